"""Sending mail by SMTP (aiosmtplib): few connections, kept open, each fault told as retryable or permanent."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiosmtplib

from domain.errors import Expired, Permanent, Retryable, Unknown
from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Accepted, Capabilities, OutgoingMessage
from intake.last_call import last_call, seconds_left
from intake.mail_dialogue import cut, hand_over
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
        answers to this mail, ``Expired`` when it could not leave in time, ``Unknown`` when it left and the answer was
        lost: the repeated sending then carries the same Message-ID.
        """
        built = build_mail(message, self._settings.from_address, self._settings.from_name, self._clock.now())
        parting = _Parting(message, self._clock)
        parting.may_leave()
        try:
            async with asyncio.timeout(seconds_left(message, self._clock)) as parting.end, self._places:
                parting.may_leave()  # the wait for a free connection may have been long
                await self._carry(message.to.strip(), built, parting)
        except TimeoutError:
            raise Expired("batas waktu surat ini lewat sebelum seluruhnya terkirim") from None
        return Accepted(message_id_for(message.dedupe_key, self._settings.from_address))

    async def _carry(self, to: str, built: bytes, parting: "_Parting") -> None:
        sender = "" if self._settings.null_sender else self._settings.from_address
        client = await self._connection()
        with contextlib.ExitStack() as undo:
            undo.callback(cut, client)  # whatever cuts the dialogue short, this connection has lost its place
            try:
                await hand_over(client, sender, to, built, parting.may_leave, parting.gone)
            except aiosmtplib.SMTPRecipientRefused as error:
                undo.pop_all()
                self._idle.append(client)
                raise _by_code(error.code, error.message) from None
            except aiosmtplib.SMTPResponseException as error:
                raise _by_code(error.code, error.message) from None
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                told = f"server SMTP terputus: {type(error).__name__}"
                raise (Unknown(told) if parting.left else Retryable(told)) from None
            undo.pop_all()
        self._idle.append(client)

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

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            client = self._idle.pop()
            with contextlib.ExitStack() as undo:
                undo.callback(client.close)
                try:
                    await client.rset()  # servers drop idle connections: better to hear it now than after the data
                except (aiosmtplib.SMTPException, OSError, TimeoutError):
                    continue
                undo.pop_all()
            return client
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
                await client.rset()  # the greeting, if nothing before needed it: what the server can is known then
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


class _Parting:
    """Whether one mail may still leave, and whether it has. ``end`` is its time-out, set by the sender."""

    def __init__(self, message: OutgoingMessage, clock: Clock) -> None:
        self._message = message
        self._clock = clock
        self.end = asyncio.timeout(None)
        self.left = False

    def may_leave(self) -> None:
        """Raises ``Expired`` when it is too late."""
        last_call(self._message, self._clock)

    def gone(self) -> None:
        """It left in time: the server's answer may take as long as any answer."""
        self.left = True
        self.end.reschedule(None)


def _by_code(code: int, answer: str) -> Retryable | Permanent:
    text = f"server SMTP menjawab {code}: {answer[:200]}"
    if 500 <= code < 600 and code not in _AUTH_CODES:
        return Permanent(text, code=str(code))
    after = _BUSY_AFTER_S if code in (450, 451, 452) else None
    return Retryable(text, after=after, code=str(code), outage=code in _AUTH_CODES)
