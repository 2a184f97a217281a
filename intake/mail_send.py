"""Sending mail by SMTP (aiosmtplib): few connections, kept open, each fault told as retryable or permanent."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiosmtplib

from domain.errors import Expired, Permanent, Retryable
from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Accepted, Capabilities, OutgoingMessage
from intake.mail_message import build_mail, message_id_for
from intake.oauth import AccessTokens

_AUTH_CODES = frozenset({454, 530, 534, 535, 538})  # our own fault, never the mail's: it waits for a mended password
_BUSY_AFTER_S = 60.0  # greylisting and full queues rarely end sooner


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where answers leave.

    ``tls`` is ``none``, ``starttls`` or ``tls``. ``null_sender``: the envelope sender is ``<>``, so that no bounce
    and no robot can answer; some providers (Microsoft 365) refuse that and need False. ``timeout_s`` bounds each
    answer of the server, in seconds.
    """

    host: str
    port: int
    from_address: str
    from_name: str
    tls: str = "tls"
    username: str = ""
    password: Callable[[], str | None] = field(default=lambda: None, repr=False)
    tokens: AccessTokens | None = field(default=None, repr=False)
    ca_file: Path | None = None
    null_sender: bool = True
    connections: int = 3
    timeout_s: float = 30.0


class MailSender:
    """The channel for mail. Safe for many tasks at once: at most ``connections`` mails are on the wire."""

    scheme = Scheme.MAIL
    capabilities = Capabilities()

    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._places = asyncio.Semaphore(settings.connections)
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: OutgoingMessage) -> Accepted:
        """Send one mail; ``Accepted`` after the server's 250 for its data.

        Raises ``Retryable`` for 4xx answers, refused logins, time-outs and lost connections, ``Permanent`` for 5xx
        answers to this mail, ``Expired`` when its turn came too late. A connection lost after the data may mean that
        the mail was taken: the repeated sending then carries the same Message-ID.
        """
        built = build_mail(message, self._settings.from_address, self._settings.from_name, self._clock.now())
        sender = "" if self._settings.null_sender else self._settings.from_address
        async with self._places:
            client = await self._connection()
            if self._seconds_left(message) == 0:  # the wait for a free connection may have been long
                self._idle.append(client)
                raise Expired("batas waktu surat ini sudah lewat")
            with contextlib.ExitStack() as undo:
                undo.callback(client.close)  # whatever cuts the dialogue short, this connection has lost its place
                try:
                    async with asyncio.timeout(self._seconds_left(message)):
                        await client.sendmail(sender, [message.to.strip()], built)
                except aiosmtplib.SMTPRecipientsRefused as error:
                    undo.pop_all()
                    self._idle.append(client)
                    raise _by_code(error.recipients[0].code, error.recipients[0].message) from None
                except aiosmtplib.SMTPResponseException as error:
                    raise _by_code(error.code, error.message) from None
                except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                    raise Retryable(f"server SMTP terputus: {type(error).__name__}") from None
                undo.pop_all()
            self._idle.append(client)
        return Accepted(message_id_for(message.dedupe_key, self._settings.from_address))

    async def find(self, message: OutgoingMessage, since: datetime) -> Sequence[Accepted]:
        """No mail server tells; a repeated mail is recognised by its Message-ID instead."""
        return ()

    async def close(self) -> None:
        """Say goodbye on the idle connections."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit(timeout=2)
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                client.close()

    def _seconds_left(self, message: OutgoingMessage) -> float | None:
        """Real seconds in which the mail may still be handed over; None: it never expires."""
        if message.expires_at is None:
            return None
        left = self._clock.to_real(message.expires_at) - self._clock.to_real(self._clock.now())
        return max(0.0, left.total_seconds())

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            client = self._idle.pop()
            try:
                await client.rset()  # servers drop idle connections: better to hear it now than after the data
                return client
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                client.close()
        return await self._connect()

    async def _connect(self) -> aiosmtplib.SMTP:
        made = self._settings
        context = ssl.create_default_context(cafile=made.ca_file) if made.tls != "none" else None
        client = aiosmtplib.SMTP(
            hostname=made.host,
            port=made.port,
            timeout=made.timeout_s,
            use_tls=made.tls == "tls",
            start_tls=made.tls == "starttls",
            tls_context=context,
            local_hostname=made.from_address.rpartition("@")[2],
        )
        with contextlib.ExitStack() as undo:
            undo.callback(client.close)
            try:
                await client.connect()
                await self._login(client)
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                code = str(getattr(error, "code", ""))
                told = f"server SMTP tidak dapat dipakai: {type(error).__name__} {code}".rstrip()
                raise Retryable(told, code=code, outage=True) from None
            undo.pop_all()
        return client

    async def _login(self, client: aiosmtplib.SMTP) -> None:
        made = self._settings
        if made.tokens is not None:
            access = await asyncio.to_thread(made.tokens.get)
            try:
                await client.auth_xoauth2(made.username, access)
            except aiosmtplib.SMTPAuthenticationError:
                made.tokens.forget(access)
                raise
        elif made.username:
            await client.login(made.username, made.password() or "")


def _by_code(code: int, answer: str) -> Retryable | Permanent:
    text = f"server SMTP menjawab {code}: {answer[:200]}"
    if 500 <= code < 600 and code not in _AUTH_CODES:
        return Permanent(text, code=str(code))
    after = _BUSY_AFTER_S if code in (450, 451, 452) else None
    return Retryable(text, after=after, code=str(code), outage=code in _AUTH_CODES)
