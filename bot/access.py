"""Access tokens of mailboxes that sign in by XOAUTH2: one per mailbox, shared by IMAP and SMTP, so that a rotated
refresh token is never spent twice."""

import asyncio

from bot.settings_base import Block
from bot.settings_blocks import Mailbox
from domain.errors import UsageError
from domain.ports import Clock
from intake.mailbox_tokens import StoredRefreshTokens
from intake.oauth import AccessTokens, OAuthSettings
from storage.engine import Database


def secret_text(block: Block, name: str) -> str | None:
    """A fetched secret as text, at the moment it is needed."""
    kept = block.secret(name)
    return kept.get_secret_value() if kept else None


class TokenShelf:
    """Hands out the one ``AccessTokens`` of each mailbox; made inside the running event loop."""

    def __init__(self, boxes: tuple[Mailbox, ...], db: Database, clock: Clock) -> None:
        self._boxes = {box.name: box for box in boxes}
        self._db = db
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._made: dict[str, AccessTokens] = {}

    def of(self, name: str) -> AccessTokens:
        """The tokens of mailbox ``name``; raises ``UsageError`` when there is no such mailbox."""
        if name not in self._boxes:
            raise UsageError(f"tidak ada kotak surel bernama {name}")
        if name not in self._made:
            self._made[name] = self._make(self._boxes[name])
        return self._made[name]

    def _make(self, box: Mailbox) -> AccessTokens:
        settings = OAuthSettings(
            token_url=box.token_url or "",
            client_id=box.client_id or "",
            scope=box.scope,
            client_secret=lambda: secret_text(box, "client_secret"),
            first_refresh_token=lambda: secret_text(box, "refresh_token") or "",
        )
        stored = StoredRefreshTokens(box.name, self._db, self._clock, self._loop)
        return AccessTokens(settings, stored, self._clock.elapsed_real)
