"""The desk between a fake Twilio, a fake Telegram and a real database, all on this machine."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import psycopg
from PIL import Image

from bot.conversation import Talk
from bot.conversing import Conversing
from bot.dispatch import Dispatcher
from bot.talk_scene import TalkDesk
from demo.chat.telegram import FakeTelegram
from demo.chat.twilio import FakeTwilio
from demo.chat.twilio_data import Message, new_sid
from desk.server import WebServer
from desk.webhooks import create_webhook_app
from domain.roster import Address, AddressRole
from domain.terms import Scheme
from intake.approved import APPROVED, NEWS, REMINDER
from intake.channel import Channel, ChatChannel
from intake.fetching import Fetching
from intake.letters import Outgoing
from intake.links import Links
from intake.observer import Observer, Unobserved
from intake.polling import Polling
from intake.receiver import Answer, Receiver
from intake.telegram import Telegram, TelegramSettings
from intake.undelivered import Undelivered
from intake.whatsapp import WhatsApp, WhatsAppSettings
from storage.engine import Database
from storage.records import MessageRow, NewOutbox, OutboxRow
from tests.fakes.desk_world import PROFILE, ROSTER
from tests.fakes.trip import DESK, RECEIVER, Trip, trip_on

T = TypeVar("T")
OFFICER, OTHER_OFFICER, STRANGER = "6281200000001", "6281200000002", "6281299999999"
STAFF = 900001  # a Telegram user
ADDRESSES = (
    Address(Scheme.WHATSAPP, OFFICER, unit="U1", role=AddressRole.RECAP_OFFICER),
    Address(Scheme.WHATSAPP, OTHER_OFFICER, unit="U3", role=AddressRole.RECAP_OFFICER),
    Address(Scheme.TELEGRAM, str(STAFF), unit="U1", role=AddressRole.RECAP_OFFICER),
)
TEMPLATES = {name: new_sid("HX") for name in (REMINDER, NEWS)}


def photo(shade: int = 0) -> bytes:
    """A picture that shows nothing; every ``shade`` is another one."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (shade * 37 % 256, shade * 91 % 256, 90)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class ChatDesk:
    """What a test holds in its hands. ``observer`` may be replaced before something is asked."""

    trip: Trip
    url: str
    twilio: FakeTwilio
    telegram: FakeTelegram
    whatsapp: WhatsApp
    bot: Telegram
    channels: dict[Scheme, Channel]
    database_url: str
    public_url: str
    links: Links
    outgoing: Outgoing
    observer: Observer = field(default_factory=Unobserved)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32, "luar"))

    @property
    def talk(self) -> Talk:
        """The conversation as another process would have it."""
        return Talk(TalkDesk(PROFILE, self.trip.clock, self.outgoing, link=self.links.make))

    @property
    def undelivered(self) -> Undelivered:
        return Undelivered(PROFILE, self.outgoing, {Scheme.MAIL, *self.channels})

    def receiver(self, db: Database | None = None) -> Receiver:
        return Receiver(
            db or self.trip.db,
            self.trip.blobs,
            self.trip.clock,
            {"whatsapp": self.whatsapp, "telegram": self.bot},
            self.undelivered,
            self.observer,
        )

    def fetching(self, db: Database | None = None) -> Fetching:
        chats: dict[Scheme, ChatChannel] = {Scheme.WHATSAPP: self.whatsapp, Scheme.TELEGRAM: self.bot}
        trip = self.trip
        return Fetching(db or trip.db, trip.blobs, trip.clock, PROFILE, self.outgoing, chats, self.observer)

    def dispatcher(self, db: Database | None = None) -> Dispatcher:
        trip = self.trip
        return Dispatcher(
            db or trip.db, self.channels, trip.blobs, trip.clock, self.observer, self.undelivered, self.links
        )

    def polling(self) -> Polling:
        return Polling(self.bot, self.receiver(), self.trip.clock)

    async def writes(self, sender: str, body: str = "", *files: tuple[str, bytes], **more: object) -> Message:
        """Somebody writes by WhatsApp; returns after the webhook's answer."""
        return await self.outside(partial(self.twilio.write, sender, body, *files, **more))  # type: ignore[arg-type]

    async def outside(self, work: Callable[[], T]) -> T:
        """What other machines do: not in the threads that the desk itself needs."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    async def fetch(self) -> None:
        """Every fetching job that is due."""
        for id_ in self.ids("SELECT id FROM message WHERE state = 'fetching' ORDER BY id"):
            await self.fetching().fetch_media(id_)

    async def read(self) -> None:
        """Every reading and every conversation that is due."""
        for id_ in self.ids("SELECT id FROM message WHERE state = 'new' ORDER BY id"):
            await self.trip.pipeline(self.observer, conversation=self.talk).read_message(id_)
        talk = Conversing(self.trip.db, self.talk, self.trip.clock, self.observer)
        for id_ in self.ids("SELECT id FROM message WHERE state = 'talking' ORDER BY id"):
            await talk.converse(id_)

    async def deliver(self, after: float = 5) -> None:
        """Every letter, ``after`` seconds later: receipts wait a little."""
        self.trip.clock.move(after)
        for id_ in self.ids("SELECT id FROM outbox WHERE state = 'pending' AND scheme <> 'mail' ORDER BY id"):
            await self.dispatcher().deliver(id_)
        await self.settle()

    async def work(self, after: float = 5) -> None:
        """All of it."""
        await self.fetch()
        await self.read()
        await self.deliver(after)

    async def settle(self) -> None:
        """Until Twilio has told everything."""
        for _ in range(200):
            waiting = [m for m in self.twilio.sent() if not m.told]
            if not waiting:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.02)

    def ids(self, query: str) -> list[int]:
        return [int(str(row[0])) for row in self.rows(query)]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return [tuple(row) for row in connection.execute(query.encode()).fetchall()]

    def count(self, query: str) -> int:
        return int(str(self.rows(query)[0][0]))

    async def put(self, key: str, to: str = OFFICER, scheme: Scheme = Scheme.WHATSAPP, **more: object) -> int:
        """A letter in the outbox."""
        text = str(more.pop("body", f"Kabar {key}"))
        letter = NewOutbox(key, scheme, to, "receipt", f"Perihal {key}", text, self.trip.clock.now())
        async with self.trip.db.begin() as uow:
            id_ = await uow.outbox.put(replace(letter, **more))  # type: ignore[arg-type]
        assert id_ is not None
        return id_

    async def letter(self, id_: int) -> OutboxRow:
        async with self.trip.db.begin() as uow:
            return await uow.outbox.get(id_)

    async def messages(self) -> list[MessageRow]:
        async with self.trip.db.begin() as uow:
            return [await uow.messages.get(id_) for id_ in self.ids("SELECT id FROM message ORDER BY id")]

    def texts(self, to: str = OFFICER) -> list[str]:
        """What arrived at a number by WhatsApp."""
        return [m.body for m in self.twilio.sent(to)]


class _Hooks:
    """The webhook's side of the desk."""

    def __init__(self) -> None:
        self.desk: ChatDesk | None = None
        self.public_url = ""
        self.receiver: Receiver | None = None

    async def take(self, name: str, url: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        assert self.receiver is not None
        return await self.receiver.take(name, url, headers, raw)

    async def file(self, token: str, name: str) -> tuple[bytes, str] | None:
        assert self.desk is not None
        found = self.desk.links.open(token, name)
        return (await self.desk.trip.blobs.get(found.sha256), found.media_type) if found else None


@asynccontextmanager
async def chat_desk(database: Database, database_url: str, folder: Path) -> AsyncIterator[ChatDesk]:
    """Everything open; officers of U1 and U3 are registered."""
    async with AsyncExitStack() as stack:
        trip = await stack.enter_async_context(trip_on(database, folder))
        async with database.begin() as uow:
            await uow.roster.replace(
                replace(ROSTER, addresses=(*ROSTER.addresses, *ADDRESSES)), "uji", trip.clock.now()
            )
        hooks = _Hooks()
        web = WebServer(create_webhook_app(hooks), "127.0.0.1", 0)
        web.open()
        hooks.public_url = url = f"http://127.0.0.1:{web.port}"
        serving = asyncio.create_task(web.serve())
        stack.push_async_callback(web.stop)
        texts = {sid: APPROVED[name].text for name, sid in TEMPLATES.items()}
        twilio = FakeTwilio(webhook=f"{url}/webhooks/whatsapp", now=trip.clock.now, templates=texts)
        stack.enter_context(twilio)
        telegram = stack.enter_context(FakeTelegram(trip.clock.now))
        settings = WhatsAppSettings(
            twilio.account, lambda: twilio.token, twilio.number, url, TEMPLATES, twilio.api, timeout_s=2.0
        )
        whatsapp = WhatsApp(settings, trip.clock)
        stack.push_async_callback(whatsapp.close)
        bot = Telegram(TelegramSettings(lambda: telegram.token, api=telegram.api, timeout_s=2.0), trip.clock)
        stack.push_async_callback(bot.close)
        links = Links(url, b"kunci uji", trip.clock)
        channels: dict[Scheme, Channel] = {Scheme.WHATSAPP: whatsapp, Scheme.TELEGRAM: bot}
        outgoing = Outgoing((RECEIVER,), frozenset({DESK}))
        desk = ChatDesk(trip, url, twilio, telegram, whatsapp, bot, channels, database_url, url, links, outgoing)
        hooks.desk, hooks.receiver = desk, desk.receiver()
        yield desk
        assert not serving.done()
        desk.pool.shutdown(wait=False, cancel_futures=True)
