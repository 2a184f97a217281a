"""Paper against machines: what contradicts becomes a question of the review queue, and is withdrawn when a late punch,
a sheet or a decision on a clock makes it fall away. Nobody becomes absent by it (TLG-18).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.contradiction import Contradiction, contradictions
from domain.marks import FactSource
from domain.outcome import CellDraft, QuestionKind
from domain.ports import Clock
from domain.profile import Profile
from domain.resolution import World
from intake.world import Worlds
from reports.gather_devices import compared_sessions
from storage.contradictions import Watermark
from storage.engine import Database, UnitOfWork
from storage.records import FactRow, NewQuestion

BY = "posko devices"
_EVERY = timedelta(hours=1)
_PEOPLE_AT_ONCE = 100  # a second of arithmetic at the most, so that machines that call in are answered meanwhile
_PAPER = (FactSource.SHEET, FactSource.EXCUSE, FactSource.DESK)


@dataclass(slots=True)
class DeviceDifferences:
    """Asks and withdraws; a round looks at those of whom something is new, and once an hour at everybody."""

    db: Database
    clock: Clock
    profile: Profile
    looked: datetime | None = None
    seen: Watermark = field(default_factory=Watermark)

    async def turn(self) -> int:
        """A round of the worker; returns how many questions were asked or withdrawn."""
        now = self.clock.now()
        async with self.db.begin() as uow:
            mark = await uow.contradictions.watermark()
            touched = await uow.contradictions.touched(self.seen)
        everybody = self.looked is None or now - self.looked >= _EVERY or mark.rules != self.seen.rules
        changed = await self.look(None if everybody else touched) if everybody or touched else 0
        self.seen = mark
        self.looked = now if everybody else self.looked
        return changed

    async def look(self, people: Collection[str] | None = None) -> int:
        """Bring the questions about this month and the last up to date, of ``people`` or of everybody with an id."""
        now = self.clock.now()
        last = now.astimezone(self.profile.tz).date()
        first = (last.replace(day=1) - timedelta(days=1)).replace(day=1)
        async with self.db.begin() as uow:
            world = await Worlds(self.profile).load(uow)
            mapped = {user.person for user in await uow.devices.users()} & world.roster.people.keys()
            mapped |= {q.candidates[0] for q in await uow.contradictions.between(first, last) if q.answer is None}
        wanted = sorted(mapped if people is None else mapped.intersection(people))
        changed = 0
        for start in range(0, len(wanted), _PEOPLE_AT_ONCE):
            async with self.db.begin() as uow:
                changed += await self._some(uow, world, wanted[start : start + _PEOPLE_AT_ONCE], first, last, now)
        return changed

    async def _some(
        self, uow: UnitOfWork, world: World, people: list[str], first: date, last: date, now: datetime
    ) -> int:
        found = contradictions(await compared_sessions(uow, world, first, last, people))
        facts = await uow.facts.for_people({one.person for one in found}, first, last) if found else []
        asked = await uow.contradictions.ask([_question(one, facts, now) for one in found])
        subjects = {one.subject for one in found}
        stale = [
            q.id
            for q in await uow.contradictions.between(first, last, set(people))
            if q.answered_at is None and q.subject not in subjects
        ]
        closed = await uow.contradictions.withdraw(stale, BY, now)
        for number in closed:
            await uow.audit.add("question_withdrawn", "question", str(number), BY, now)
        return asked + len(closed)


def _question(one: Contradiction, facts: Iterable[FactRow], now: datetime) -> NewQuestion:
    """The question with its evidence on paper: the newest fact that says what the mark says."""
    said = one.cells[0]
    fitting = [
        f
        for f in facts
        if f.person == one.person and f.date == one.day and f.source in _PAPER and _says(f, one.session, said)
    ]
    fact = max(fitting, key=lambda f: (f.sha256 is not None, f.id), default=None)
    return NewQuestion(
        submission_id=fact.submission_id if fact else None,
        message_id=fact.message_id if fact else None,
        kind=QuestionKind.DEVICE,
        sha256=(fact.sha256 if fact else None) or "",
        sheet=(fact.sheet if fact else None) or 0,
        row=(fact.row if fact else None) or 0,
        paper_no=fact.paper_no if fact else None,
        text=one.words,
        asked_at=now,
        candidates=(one.person,),
        cells=(_with_place(said, fact), *one.cells[1:]),
        subject=one.subject,
    )


def _says(fact: FactRow, session: object, said: CellDraft) -> bool:
    return fact.session is session and fact.verdict is said.verdict and (said.key is None or fact.key is said.key)


def _with_place(said: CellDraft, fact: FactRow | None) -> CellDraft:
    if fact is None:
        return said
    return CellDraft(
        said.date, said.session, said.verdict, fact.code, said.key, fact.time, fact.confidence, fact.box, said.text
    )
