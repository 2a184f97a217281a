"""Telegram's Bot API through python-telegram-bot (facts: chat): the only file that knows both. Keeps no state."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import httpx
import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from domain.errors import Permanent, Refusal, Retryable, Unknown
from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Accepted, Capabilities, Fetched, OutgoingMessage, Received
from intake.event import InboundEvent, MediaRef
from intake.last_call import in_time, last_call
from intake.telegram_parse import ALLOWED, message_name, read_update

T = TypeVar("T")
API = "https://api.telegram.org"
TEXT_LIMIT, CAPTION_LIMIT, FILE_LIMIT = 4096, 1024, 20 * 1024 * 1024
_CHAT_GAP = 1.0  # seconds between two messages to one chat
_SECRET = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """A bot. ``webhook_secret`` returns None when updates are fetched instead of delivered; ``api``: a fake's host."""

    token: Callable[[], str] = field(repr=False)
    webhook_secret: Callable[[], str | None] = field(default=lambda: None, repr=False)
    api: str = API
    timeout_s: float = 15.0


class Telegram:
    """The channel. Safe for many tasks at once."""

    scheme = Scheme.TELEGRAM
    capabilities = Capabilities(TEXT_LIMIT, buttons=8)

    def __init__(self, settings: TelegramSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.account = settings.token().partition(":")[0]
        self._made: ExtBot[int] | None = None
        self._opening = asyncio.Lock()
        self._free_at: dict[str, float] = {}

    def verify(self, url: str, headers: Mapping[str, str], raw: bytes) -> bool:
        """The secret that we gave Telegram with the webhook; without one nothing is delivered."""
        secret = self._settings.webhook_secret()
        return bool(secret) and hmac.compare_digest(headers.get(_SECRET, "").encode(), str(secret).encode())

    def parse(self, url: str, raw: bytes, received_at: datetime) -> Received:
        """One update."""
        event = read_update(raw, self.account, received_at)
        return Received(events=(event,) if event else ())

    def answer(self) -> tuple[bytes, str]:
        """Nothing to say at once."""
        return b"{}", "application/json"

    async def updates(self, offset: int | None, wait_s: int) -> list[tuple[int, bytes]]:
        """The next updates (number and JSON) from ``offset`` on, which confirms all before it; waits up to ``wait_s``.

        Raises ``Retryable``.
        """
        bot = await self._bot()
        try:
            found = await bot.get_updates(
                offset=offset, timeout=wait_s, allowed_updates=list(ALLOWED), read_timeout=wait_s + 10
            )
        except TelegramError as error:
            raise _judged(error, asked_only=True) from None
        return [(update.update_id, update.to_json().encode()) for update in found]

    async def use_webhook(self, url: str | None) -> None:
        """Have updates delivered to ``url``, or (None) waiting for ``updates``; those that wait stay."""
        bot = await self._bot()
        if url is None:
            await self._asked(bot.delete_webhook(drop_pending_updates=False))
            return
        await self._asked(
            bot.set_webhook(
                url,
                allowed_updates=list(ALLOWED),
                drop_pending_updates=False,
                secret_token=self._settings.webhook_secret(),
            )
        )

    async def name(self) -> str:
        """The bot's own name there, for ``posko doctor``."""
        return (await self._asked((await self._bot()).get_me())).username or ""

    async def fetch_media(self, ref: MediaRef) -> Fetched:
        """The file; at most 20 MB."""
        if (ref.size or 0) > FILE_LIMIT:
            raise Permanent("berkas terlalu besar", code="too_large", refusal=Refusal.MEDIA)
        bot = await self._bot()
        try:
            found = await bot.get_file(ref.ref)
            data = bytes(await found.download_as_bytearray())
        except BadRequest as error:
            raise Permanent("berkas tidak dapat diambil", code=str(error.message), refusal=Refusal.MEDIA) from None
        except TelegramError as error:
            raise _judged(error, asked_only=True) from None
        return Fetched(data, ref.media_type, ref.name)

    async def time_of(self, event: InboundEvent) -> datetime | None:
        """The message's own date, which came with it (TLG-04)."""
        return event.provider_time

    async def acknowledge(self, event: InboundEvent) -> None:
        """Stop the little clock on a tapped button; an old tap or a lost line does no harm."""
        if event.handle:
            with suppress(TelegramError, Retryable, Unknown):
                await (await self._bot()).answer_callback_query(event.handle)

    async def recent(
        self, since: datetime, unknown: Callable[[Collection[str]], Awaitable[set[str]]]
    ) -> Sequence[InboundEvent]:
        """Telegram keeps what was not confirmed; there is nothing else to look for."""
        return ()

    async def forget(self, ref: MediaRef) -> None:
        """Telegram lets no bot delete what others sent."""

    async def send(self, message: OutgoingMessage) -> Accepted:
        """One message, or one per file; 30 a second over all and one a second per chat."""
        await self._turn(message.to)
        last_call(message, self._clock)
        if not message.to.removeprefix("-").isdigit():
            raise Permanent("alamat Telegram harus nomor", code="bad_address", refusal=Refusal.ADDRESS)
        bot = await self._bot()
        async with in_time(message, self._clock):
            sent = await self._hand_over(bot, int(message.to), message)
        return Accepted(message_name(sent.chat.id, sent.message_id))

    async def _hand_over(self, bot: "ExtBot[int]", chat: int, message: OutgoingMessage) -> telegram.Message:
        keys = _keys(message)
        if len(message.files) == 1 and len(message.text) <= CAPTION_LIMIT:
            only = message.files[0]
            return await self._asked(
                bot.send_document(chat, only.data, caption=message.text, filename=only.name, reply_markup=keys)
            )
        sent = await self._asked(bot.send_message(chat, message.text[:TEXT_LIMIT], reply_markup=keys))
        for more in message.files:
            await self._asked(bot.send_document(chat, more.data, filename=more.name))
        return sent

    async def find(self, message: OutgoingMessage, since: datetime) -> Sequence[Accepted]:
        """A bot cannot look at what it sent."""
        return ()

    async def close(self) -> None:
        """Let go of connections."""
        bot, self._made = self._made, None
        if bot is not None:
            await bot.shutdown()

    async def _bot(self) -> "ExtBot[int]":
        async with self._opening:
            if self._made is None:
                timeout = self._settings.timeout_s
                bot: ExtBot[int] = ExtBot(
                    self._settings.token(),
                    base_url=f"{self._settings.api}/bot",
                    base_file_url=f"{self._settings.api}/file/bot",
                    request=HTTPXRequest(connection_pool_size=16, read_timeout=timeout, pool_timeout=timeout),
                    rate_limiter=AIORateLimiter(max_retries=0),
                )
                await self._asked(bot.initialize())
                self._made = bot
            return self._made

    async def _turn(self, chat: str) -> None:
        now = asyncio.get_running_loop().time()
        self._free_at = {to: at for to, at in self._free_at.items() if at > now}
        at = max(now, self._free_at.get(chat, now))
        self._free_at[chat] = at + _CHAT_GAP
        await asyncio.sleep(at - now)

    async def _asked(self, question: Awaitable[T]) -> T:
        try:
            return await question
        except TelegramError as error:
            raise _judged(error) from None


def _keys(message: OutgoingMessage) -> telegram.InlineKeyboardMarkup | None:
    rows = [[telegram.InlineKeyboardButton(b.title, callback_data=b.payload)] for b in message.buttons]
    return telegram.InlineKeyboardMarkup(rows) if rows else None


def _judged(error: TelegramError, *, asked_only: bool = False) -> Retryable | Permanent | Unknown:
    """What an error of the library means; ``asked_only``: a lost answer to a question harms nothing."""
    if isinstance(error, RetryAfter):
        wait = error._retry_after.total_seconds()  # the public attribute warns until it changes its type
        return Retryable("Telegram minta menunggu", after=wait, code="429", outage=True)
    if isinstance(error, Forbidden):
        return Permanent("penerima memblokir bot ini", code="403", refusal=Refusal.BLOCKED)
    if isinstance(error, InvalidToken):
        return Retryable("token bot Telegram ditolak", after=60.0, code="401", outage=True, mend=True)
    if isinstance(error, ChatMigrated):
        return Permanent("percakapan sudah pindah", code="migrated", refusal=Refusal.ADDRESS)
    if isinstance(error, BadRequest):
        gone = "not found" in error.message.lower()
        refusal = Refusal.ADDRESS if gone else Refusal.POLICY
        return Permanent(f"Telegram menolak: {error.message[:100]}", code="400", refusal=refusal)
    never_left = isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    if never_left:
        return Retryable("Telegram tidak dapat dihubungi", outage=True)
    if isinstance(error, TimedOut | NetworkError) and not asked_only:
        return Unknown(f"jawaban Telegram tidak sampai: {type(error).__name__}")
    return Retryable(f"Telegram: {type(error).__name__}", after=5.0)
