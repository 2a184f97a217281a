"""The rotating refresh token of one account in the database, for threads that wait for the event loop."""

import asyncio

from domain.ports import Clock
from storage.engine import Database

_DATABASE_S = 60.0


class StoredRefreshTokens:
    """``intake.oauth.RefreshTokens`` on ``uow.tokens``. Never called on the loop's own thread: it waits for it."""

    def __init__(self, account: str, db: Database, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self._account = account
        self._db = db
        self._clock = clock
        self._loop = loop

    def load(self) -> str | None:
        """The newest stored token."""
        return asyncio.run_coroutine_threadsafe(self._load(), self._loop).result(_DATABASE_S)

    def save(self, token: str) -> None:
        """Keep ``token``; returns after the commit."""
        asyncio.run_coroutine_threadsafe(self._save(token), self._loop).result(_DATABASE_S)

    async def _load(self) -> str | None:
        async with self._db.begin() as uow:
            return await uow.tokens.get(self._account)

    async def _save(self, token: str) -> None:
        async with self._db.begin() as uow:
            await uow.tokens.set(self._account, token, self._clock.now())
