"""Recorded sheets and decisions of the small government of ``desk_world`` on a real database."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.marks import FactSource
from domain.outcome import Flag
from domain.reading import Verdict
from domain.resolution import World
from domain.terms import Session, StatusKey, Timeliness
from storage.engine import Database
from storage.records import NewArrival
from tests.fakes.desk_world import ALWAYS, DAY, PROFILE, ROSTER, WORLD, at
from tests.fakes.rows import new_fact, new_message, new_state, new_submission

SHA = "ab" * 32


@dataclass
class Records:
    """Writes what a test needs; ``world`` is what gathering is told."""

    db: Database
    world: World = WORLD
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def furnish(self) -> None:
        """Roster and period in the tables, for whoever loads them itself."""
        async with self.db.begin() as uow:
            await uow.roster.replace(ROSTER, "test", at(6, day=date(2026, 10, 1)))
            await uow.periods.add(ALWAYS)

    async def sheet(
        self,
        unit: str = "U1",
        day: date = DAY,
        session: Session | str = Session.DATANG,
        when: datetime | None = None,
        **state: Any,
    ) -> int:
        """A submission with one arrival; ``when`` is its official time."""
        number = next(self.numbers)
        moment = when or at(7, 10, day=day)
        kept = new_state(at=moment, **state)
        async with self.db.begin() as uow:
            message = await uow.messages.add(new_message(f"{number:064x}", official_at=moment))
            assert message is not None
            row = await uow.submissions.add(
                replace(new_submission(message, unit, date=day, session=str(session), first_at=moment), state=kept)
            )
            await uow.submissions.add_arrival(
                NewArrival(row.id, message, f"{number:064x}", 1, "a.xlsx", kept.kind, True, moment, moment)
            )
        return row.id

    async def fact(
        self,
        person: str,
        verdict: Verdict = Verdict.SIGNED,
        day: date = DAY,
        session: Session | None = Session.DATANG,
        source: FactSource = FactSource.SHEET,
        key: StatusKey | None = None,
        minutes: int = 0,
        **other: Any,
    ) -> None:
        """One fact, recorded at 07.20 of its day and ``minutes`` later."""
        number = next(self.numbers)
        moment = at(7, 20, day=day) + timedelta(minutes=minutes)
        unit = self.world.roster.unit_of(person, day) or "U1"
        shape = {"unit": unit, "by": "dishub@presensi.test", "seen_at": moment, "recorded_at": moment, **other}
        async with self.db.begin() as uow:
            await uow.facts.add_many(
                [
                    new_fact(
                        f"uji:{number}",
                        person=person,
                        date=day,
                        session=session,
                        verdict=verdict,
                        source=source,
                        key=key,
                        **shape,
                    )
                ]
            )

    async def absent(self, person: str, day: date = DAY, minutes: int = 600, **other: Any) -> None:
        """The desk saw both empty crops and decided."""
        for session in Session:
            await self.fact(
                person, Verdict.CODE, day, session, FactSource.DESK, StatusKey.ALPA, minutes, by="bkd", **other
            )


@pytest.fixture
def records(database: Database) -> Records:
    return Records(database)


LATE: dict[str, Any] = {"timeliness": Timeliness.LATE, "late_minutes": 4}
UNVERIFIED: dict[str, Any] = {"flags": frozenset({Flag.UNVERIFIED})}
__all__ = ["LATE", "PROFILE", "SHA", "UNVERIFIED", "Records"]
