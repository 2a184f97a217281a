"""The post office's SMTP side: officers and the desk log in and hand in; unknown recipients are refused."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from demo.stamps import Submission

# aiosmtpd warns of its own old attribute at every login.
logging.getLogger("mail.log").setLevel(logging.ERROR)

TakeIn = Callable[[Submission, tuple[str, ...]], Awaitable[str]]


class SmtpHost:
    """An aiosmtpd handler. ``knows``: does an address have a mailbox here; ``take_in`` delivers and returns an id."""

    def __init__(self, host: str, knows: Callable[[str], bool], take_in: TakeIn) -> None:
        self._host, self._knows, self._take_in = host, knows, take_in
        self._passwords: dict[str, str] = {}

    def add_account(self, address: str, password: str) -> None:
        """Somebody who may log in to send."""
        self._passwords[address] = password

    def session(self) -> SMTP:
        """The protocol of one connection."""
        return SMTP(
            self, hostname=self._host, authenticator=self._authenticate, auth_require_tls=False, enable_SMTPUTF8=True
        )

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        login = data.login.decode("utf-8", "replace")
        right = self._passwords.get(login) == data.password.decode("utf-8", "replace")
        return AuthResult(success=right, handled=False, auth_data=login)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Accept an address that has a mailbox here."""
        if not self._knows(address.lower()):
            return "550 5.1.1 Alamat tidak dikenal"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Deliver the mail to every recipient."""
        login = session.auth_data if session.authenticated else None
        submission = Submission(envelope.content, login, envelope.mail_from or "", session.host_name or "localhost")
        queue_id = await self._take_in(submission, tuple(r.lower() for r in envelope.rcpt_tos))
        return f"250 2.0.0 OK: {queue_id}"
