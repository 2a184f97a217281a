"""What every part of the conversation works with: one message, who speaks, and what the desk knows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from domain.answers import meant
from domain.calendar import month_start
from domain.marks import FactSource
from domain.ports import Clock
from domain.profile import Profile
from domain.reading import Verdict
from domain.resolution import World
from domain.speaker import Speaker
from domain.terms import Session
from domain.wording import clock_time
from intake.event import InboundEvent
from intake.letters import Outgoing
from intake.talk import Reply
from storage.engine import UnitOfWork
from storage.records import LetterFile, MessageRow, NewFact, SubmissionRow
from templates import render_chat

MEMORY = timedelta(days=45)  # how far back the last digits of a number reach
LINK_LIFE = timedelta(minutes=30)
READER = "petugas/1"


class FormLetter(Protocol):
    """A unit's printed sheets, already in the archive (``bot.sheet_post``)."""

    @property
    def week(self) -> str:
        """``2026-W48``."""
        ...

    @property
    def copy(self) -> int:
        """1 for the first print."""
        ...

    @property
    def again(self) -> bool:
        """The open copy as it was."""
        ...

    @property
    def files(self) -> tuple[LetterFile, ...]:
        """PDF and XLSX."""
        ...


class FormPost(Protocol):
    """Who makes sheets on request; raises ``UsageError`` when there is none to make."""

    async def format_letter(self, unit: str, *, by: str, new_copy: bool = False) -> FormLetter:
        """The sheets of ``unit`` for the week it needs now."""
        ...


Check = Callable[[UnitOfWork, str], Awaitable[str | None]]
"""The answer to CEK about a report's number; None when it is no report's."""

Crop = Callable[[UnitOfWork, int], Awaitable[LetterFile | None]]
"""The picture of one question's cell; None where there is none."""


@dataclass(frozen=True, slots=True)
class TalkDesk:
    """What the conversation is told of this installation.

    ``forms`` and ``check`` are None where nobody provides them; ``link`` makes the address of a file, open for so long.
    """

    profile: Profile
    clock: Clock
    outgoing: Outgoing = field(default_factory=Outgoing)
    forms: FormPost | None = None
    check: Check | None = None
    crop: Crop | None = None
    link: Callable[[LetterFile, timedelta], str] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One message from a known speaker. ``at`` is its official time; everything written in it carries ``now``."""

    uow: UnitOfWork
    world: World
    desk: TalkDesk
    row: MessageRow
    event: InboundEvent
    speaker: Speaker
    now: datetime
    text: str = ""

    @property
    def at(self) -> datetime:
        """When the message counts."""
        return self.row.official_at

    @property
    def today(self) -> date:
        """The local day of the message."""
        return self.at.astimezone(self.world.profile.tz).date()

    def clock(self, moment: datetime) -> str:
        """``07.18 WIB``."""
        return clock_time(moment, self.world.profile)

    def unit_name(self, code: str) -> str:
        """As the roster writes it."""
        known = self.world.roster.units.get(code)
        return known.name if known else code

    def session_name(self, session: str) -> str:
        """``DATANG`` in this government's words; ``rekap`` stays."""
        known = {s.value: name for s, name in self.world.profile.session_names.items()}
        return known.get(session, session)

    def person_name(self, key: str) -> str:
        """Without titles."""
        known = self.world.roster.people.get(key)
        return known.bare_name if known else key

    async def submissions(self) -> list[SubmissionRow]:
        """The submissions of the speaker's units in the last weeks, oldest first."""
        first = self.today - MEMORY
        found: list[SubmissionRow] = []
        for unit in self.speaker.units:
            found += await self.uow.submissions.in_range(unit, first, self.today)
        return sorted(found, key=lambda s: (s.date, s.sequence))

    async def meant(self, number: str) -> list[SubmissionRow]:
        """The submissions that a number or its last digits may mean; to a receiver those of every unit."""
        if self.speaker.receiver:
            return await self._meant_by_receiver(number)
        known = await self.submissions()
        numbers = set(meant(number, [s.number for s in known]))
        return [s for s in known if s.number in numbers]

    async def _meant_by_receiver(self, number: str) -> list[SubmissionRow]:
        """All units' weeks are too many to look through: the whole number, or its last part of this or last month."""
        if not number.isdecimal():
            found = [await self.uow.submissions.by_number(number)]
        else:
            months = (month_start(self.today.year, self.today.month, offset) for offset in (-1, 0))
            found = [await self.uow.submissions.by_sequence(int(number), month) for month in months]
        return [row for row in found if row is not None]

    def titled(self, submission: SubmissionRow) -> str:
        """``TLG-20261124-D-0117: DATANG Dinas Perhubungan``."""
        what = f"{self.session_name(submission.session)} {self.unit_name(submission.unit)}"
        return f"{submission.number}: {what}"


def say(name: str, /, items: Sequence[str] = (), **fields: object) -> list[Reply]:
    """One answer from a template."""
    return [Reply(render_chat(name, items, **fields))]


def digits_of(number: str) -> str:
    """``0117``: what people type of a number."""
    return number.rpartition("-")[2]


def session_of(submission: SubmissionRow) -> Session | None:
    """The session, None for a recap."""
    return Session(submission.session) if submission.session in tuple(Session) else None


def officer_fact(
    scene: Scene, key: str, person: str, unit: str, day: date, session: Session | None, verdict: Verdict
) -> NewFact:
    """What the speaker says of a person's session: "menurut petugas", never verified; ``key`` within the message."""
    return NewFact(
        dedupe_key=f"petugas:{scene.row.id}:{key}",
        person=person,
        unit=unit,
        date=day,
        session=session,
        verdict=verdict,
        source=FactSource.OFFICER,
        verified=False,
        seen_at=scene.at,
        recorded_at=scene.now,
        by=scene.speaker.address,
        profile_version=scene.world.profile.version,
        roster_version=scene.world.roster.version,
        reader=READER,
        message_id=scene.row.id,
    )
