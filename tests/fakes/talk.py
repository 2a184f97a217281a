"""People who write to the desk: the small government with telephones, on a real database."""

import hashlib
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bot.conversation import Talk
from bot.conversing import Conversing
from bot.talk_scene import TalkDesk
from domain.roster import Address, AddressRole
from domain.terms import Scheme
from intake.event import EventKind, InboundEvent
from intake.observer import Unobserved
from storage.engine import Database, UnitOfWork
from storage.records import OutboxRow
from tests.fakes.desk_world import AGUS, BUDI, PEOPLE, PROFILE, ROSTER, SITI
from tests.fakes.trip import RECEIVER, Trip, trip_on

OFFICER, BUDIS, KASUBBAG = "62811000001", "62811000002", "62811000003"
PHONES = (
    Address(Scheme.WHATSAPP, OFFICER, "U1", role=AddressRole.RECAP_OFFICER),
    Address(Scheme.WHATSAPP, BUDIS, "U1", BUDI),
    Address(Scheme.TELEGRAM, "77", "U1", role=AddressRole.RECAP_OFFICER),
    Address(Scheme.WHATSAPP, KASUBBAG, "U1", SITI, AddressRole.SUPERVISOR),
)
STAFF = replace(
    ROSTER,
    version=9,
    people={**PEOPLE, BUDI: replace(PEOPLE[BUDI], superior=SITI), SITI: replace(PEOPLE[SITI], superior=AGUS)},
    addresses=(*ROSTER.addresses, *PHONES),
)
_numbers = itertools.count(1)


@dataclass
class Room:
    """The conversation of a trip; ``says`` is somebody's text, ``taps`` somebody's button."""

    trip: Trip
    desk: TalkDesk = field(init=False)
    consumed: bool = False

    def __post_init__(self) -> None:
        self.desk = TalkDesk(PROFILE, self.trip.clock, self.trip.outgoing)

    @property
    def talk(self) -> Talk:
        """As another process would have it."""
        return Talk(self.desk)

    def event(self, by: str | Sequence[str], channel: Scheme, kind: EventKind, **fields: object) -> InboundEvent:
        """One message of now."""
        addresses = (by,) if isinstance(by, str) else tuple(by)
        now = self.trip.clock.now()
        plain = InboundEvent(channel, "posko", f"SM{next(_numbers)}", kind, addresses, "posko", now, now)
        return replace(plain, **fields)  # type: ignore[arg-type]

    async def keep(self, event: InboundEvent) -> int:
        """The inbox row of an event."""
        sha256 = hashlib.sha256(event.event_id.encode()).hexdigest()
        async with self.trip.db.begin() as uow:
            id_ = await uow.messages.add(event.to_message(sha256))
        assert id_ is not None
        return id_

    async def hear(self, event: InboundEvent) -> list[OutboxRow]:
        """Keep and answer; the letters about it."""
        id_ = await self.keep(event)
        await Conversing(self.trip.db, self.talk, self.trip.clock, Unobserved()).converse(id_)
        return await self.trip.letters(id_)

    async def says(self, text: str, by: str | Sequence[str] = OFFICER, channel: Scheme = Scheme.WHATSAPP) -> str:
        """Say something; the answers as one text."""
        return "\n\n".join(letter.body for letter in await self.hears(text, by, channel))

    async def hears(
        self, text: str, by: str | Sequence[str] = OFFICER, channel: Scheme = Scheme.WHATSAPP
    ) -> list[OutboxRow]:
        """Say something; the letters that answer."""
        return await self.hear(self.event(by, channel, EventKind.TEXT, text=text))

    async def taps(self, payload: str, by: str = OFFICER, channel: Scheme = Scheme.WHATSAPP) -> str:
        """Tap a button; the answers as one text."""
        letters = await self.hear(self.event(by, channel, EventKind.BUTTON, button=payload, text="x"))
        return "\n\n".join(letter.body for letter in letters)

    async def receiver_says(self, text: str) -> str:
        """A receiver at BKD writes, by mail."""
        return await self.says(text, RECEIVER, Scheme.MAIL)

    async def files(self, text: str, *sha256s: str, by: str | Sequence[str] = OFFICER) -> str:
        """Files with words, as the pipeline hands them on once they are archived."""
        event = self.event(by, Scheme.WHATSAPP, EventKind.FILE, text=text)
        id_ = await self.keep(event)
        async with self.trip.db.begin() as uow:
            row = await uow.messages.get(id_)
            heard = await self.talk.with_files(uow, row, event, sha256s)
        self.consumed = heard.consumed
        return "\n\n".join(reply.text for reply in heard.replies)

    async def alerts(self, subject: str) -> list[OutboxRow]:
        """Letters to the receivers whose subject begins so."""
        found = await self.trip.letters()
        return [letter for letter in found if letter.to_address == RECEIVER and letter.subject.startswith(subject)]

    async def posted(self, kind: str) -> list[OutboxRow]:
        """Every letter of one kind, oldest first."""
        async with self.trip.db.begin() as uow:
            return await posted(uow, kind)

    def at(self, moment: datetime) -> None:
        """Move the clock."""
        self.trip.clock.moment = moment


async def posted(uow: UnitOfWork, kind: str) -> list[OutboxRow]:
    """Every letter of one kind, oldest first, whether or not a job waits to send it."""
    query = text("SELECT id FROM outbox WHERE kind = :kind ORDER BY id")
    ids = await uow._session.scalars(query, {"kind": kind})
    return [await uow.outbox.get(id_) for id_ in ids]


@asynccontextmanager
async def room_on(database: Database, folder: Path) -> AsyncIterator[Room]:
    """The government with its telephones."""
    async with trip_on(database, folder) as trip:
        async with database.begin() as uow:
            await uow.roster.replace(STAFF, "test", trip.clock.now())
        yield Room(trip)
