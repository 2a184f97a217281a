"""The close of the day at the machines (MLG-07): "sementara" where there is neither presence nor keterangan, taken back
by whatever comes before the cut-off; and the warning on the month's last day. Only where the profile's rules make
anybody absent by themselves; for good only by a person (TLG-18).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.device import Provisional
from domain.duty import Duties
from domain.ports import Clock
from domain.profile import Profile
from domain.provisional import closed_days, warning_at, words_due
from domain.punches import PunchDay
from domain.reading import Verdict
from domain.resolution import World
from domain.terms import Scheme
from domain.wording import long_date, month_name
from intake.letters import Outgoing
from intake.world import Worlds
from reports.gather_devices import punch_days
from storage.engine import Database, UnitOfWork
from storage.jobs import DELIVER
from storage.records import NewOutbox
from storage.records_devices import NewWord
from templates import DESK_NAME, render

BY = "posko devices"
LATE_LOG_DAYS = timedelta(days=7)  # a log of last month that comes in the new one may still take a word back
_EVERY = timedelta(hours=1)
_PEOPLE_AT_ONCE = 500
_PRESENT = (Verdict.SIGNED, Verdict.REPORTED, Verdict.CODE, Verdict.UNSURE)


@dataclass(slots=True)
class DeviceDays:
    """Looks at closed days; every round says only what is not said yet."""

    db: Database
    clock: Clock
    profile: Profile
    outgoing: Outgoing
    looked: datetime | None = None

    async def turn(self) -> None:
        """A round of the worker: a whole month of everybody is worked out once an hour, the warning is not late."""
        now = self.clock.now()
        if self.looked is None or now - self.looked >= _EVERY or now.date() != self.looked.date():
            await self.look()
            self.looked = now
        elif closed_days(self.profile, now) is not None:
            async with self.db.begin() as uow:
                world = await Worlds(self.profile).load(uow)
            await self._warn(world, now)

    async def look(self) -> int:
        """Add the words that are due; returns how many were new."""
        now = self.clock.now()
        span = closed_days(self.profile, now)
        if span is None:
            return 0
        first, last = span
        first -= LATE_LOG_DAYS
        async with self.db.begin() as uow:
            world = await Worlds(self.profile).load(uow)
            people = sorted({u.person for u in await uow.devices.users()} & world.roster.people.keys())
        said = 0
        for start in range(0, len(people), _PEOPLE_AT_ONCE):
            async with self.db.begin() as uow:
                said += await self._some(uow, world, people[start : start + _PEOPLE_AT_ONCE], first, last, now)
        await self._warn(world, now)
        return said

    async def _some(
        self, uow: UnitOfWork, world: World, people: list[str], first: date, last: date, now: datetime
    ) -> int:
        found = await punch_days(uow, world, first, last, people)
        said = {(w.person, w.date): w.word for w in await uow.punches.words(first, last, people)}
        answered = {
            (fact.person, fact.date): "keterangan" if fact.verdict is Verdict.CODE else "lembar"
            for fact in await uow.facts.for_people(people, first, last)
            if fact.verdict in _PRESENT
        }
        days = [d for d in found.days if self._changeable(d.day, said.get((d.person, d.day)), now)]
        words = words_due(days, answered, said, self._doubtful(world, days))
        await uow.punches.say(
            [
                NewWord(w.person, world.roster.unit_of(w.person, w.day) or "", w.day, w.word, w.because, BY, now)
                for w in words
            ]
        )
        return len(words)

    def _changeable(self, day: date, word: Provisional | None, now: datetime) -> bool:
        """A word is set in its own month only (MLG-06); a late log or decision may take one back afterwards."""
        local = now.astimezone(self.profile.tz).date()
        return (
            (day.year, day.month) == (local.year, local.month)
            or word is Provisional.SET
            or day == local.replace(day=1) - timedelta(days=1)
        )

    @staticmethod
    def _doubtful(world: World, days: Iterable[PunchDay]) -> list[tuple[str, date]]:
        """Days on which a sheet is due: there the sheet is asked first (``domain.absence``)."""
        duties = Duties(world)
        found = []
        for day in days:
            unit = world.roster.unit_of(day.person, day.day)
            if unit is not None and duties.on(day.person, unit, day.day).sessions:
                found.append((day.person, day.day))
        return found

    async def _warn(self, world: World, now: datetime) -> None:
        """On the month's last day from 15.00 on: each unit hears once how many days are still open (MLG-07)."""
        today = now.astimezone(self.profile.tz).date()
        moment = warning_at(self.profile, today)
        if moment is None or now < moment:
            return
        async with self.db.begin() as uow:
            words = {(w.person, w.date): w for w in await uow.punches.words(today.replace(day=1), today)}
            open_: dict[str, list[str]] = {}
            for (person, day), word in sorted(words.items()):
                if word.word is Provisional.SET and person in world.roster.people:
                    line = f"{world.roster.people[person].name}, {long_date(day)}"
                    open_.setdefault(word.unit, []).append(line)
            for unit, lines in open_.items():
                await self._tell(uow, world, unit, lines, today, now)

    async def _tell(
        self, uow: UnitOfWork, world: World, unit: str, lines: list[str], today: date, now: datetime
    ) -> None:
        named = world.roster.units[unit].name if unit in world.roster.units else unit
        body = render(
            "last_day_warning", unit=named, month=month_name(today), lines=lines, sender_name=DESK_NAME,
        )  # fmt: skip
        for to in world.roster.contacts(unit, Scheme.MAIL, today):
            if to in self.outgoing.own_addresses:
                continue
            new = await uow.outbox.put(
                NewOutbox(
                    dedupe_key=f"last_day:{unit}:{today}:{to}",
                    scheme=Scheme.MAIL,
                    to_address=to,
                    kind="last_day",
                    subject=f"Batas keterangan bulan {month_name(today)} berakhir hari ini: {named}",
                    body=body,
                    due_at=now,
                    expires_at=now + timedelta(hours=9),
                )
            )
            if new is not None:
                await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: new})
