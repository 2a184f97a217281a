"""People and their marks out of storage: who stood where, and the current mark of each session (domain.marks)."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from domain.duty import Duties
from domain.marks import FactSource, Mark, MarkState, SeenFact, current_mark
from domain.reading import Verdict
from domain.resolution import World
from domain.roster import Person, Placement, Unit
from domain.terms import StatusKey
from reports.figures import PersonLine, UnitLine
from storage.engine import UnitOfWork
from storage.records_reports import CellFact

PEOPLE_AT_ONCE = 500  # their facts of a month are some twenty thousand rows: all that is in memory at a time

DayCells = Mapping[str | None, Sequence[CellFact]]
"""The facts of one person and date by session; None: of the whole day."""
PersonCells = Mapping[date, DayCells]


@dataclass(frozen=True, slots=True)
class Placed:
    """A person in one unit; ``placements`` are those of the span in that unit."""

    person: Person
    line: PersonLine
    placements: tuple[Placement, ...]

    def on(self, day: date) -> bool:
        """Whether the person belonged to the unit on ``day``."""
        for placement in self.placements:  # noqa: SIM110 - asked for each person and day: a generator costs as much
            if placement.covers(day):
                return True
        return False


def days_of(first: date, last: date) -> list[date]:
    """Every day from ``first`` to ``last``, both included."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def unit_line(unit: Unit) -> UnitLine:
    """A unit as reports print it."""
    return UnitLine(unit.code, unit.name, unit.pattern)


def person_line(person: Person, unit: str) -> PersonLine:
    """A person as reports print it."""
    rank = ", ".join(filter(None, (person.rank, person.grade)))
    return PersonLine(person.key, person.name, person.nip or "", unit, rank, person.post, person.employment)


def placed_people(world: World, duties: Duties, units: Sequence[Unit], first: date, last: date) -> list[Placed]:
    """Everybody who owed presence in ``units`` within the span, unit by unit in roster order.

    Somebody who moved stands in both units.
    """
    by_unit: dict[str, dict[str, list[Placement]]] = {unit.code: {} for unit in units}
    for placement in world.roster.placements:
        people = by_unit.get(placement.unit)
        if people is not None and placement.first <= last and (placement.last is None or placement.last >= first):
            people.setdefault(placement.person, []).append(placement)
    return [
        Placed(person, person_line(person, code), tuple(placements))
        for code, people in by_unit.items()
        for key, placements in people.items()
        if (person := world.roster.people.get(key)) is not None and duties.subject(person)
    ]


async def cells_of(
    uow: UnitOfWork, placed: Iterable[Placed], first: date, last: date
) -> AsyncIterator[tuple[Placed, PersonCells]]:
    """Each of ``placed`` with everything recorded about the person in the span, some hundred people at a time."""
    remaining: Iterator[Placed] = iter(placed)
    while some := list(islice(remaining, PEOPLE_AT_ONCE)):
        keys = {one.person.key for one in some}
        found = grouped(await uow.report_sources.cells(keys, first, last))
        for one in some:
            yield one, found.get(one.person.key, {})


def grouped(facts: Iterable[CellFact]) -> dict[str, dict[date, dict[str | None, list[CellFact]]]]:
    """Facts by person, date and session, each group in the order of recording."""
    people: dict[str, dict[date, dict[str | None, list[CellFact]]]] = {}
    for fact in facts:
        people.setdefault(fact.person, {}).setdefault(fact.date, {}).setdefault(fact.session, []).append(fact)
    return people


def mark_of(facts: Sequence[CellFact]) -> Mark:
    """The current mark by ``domain.marks.current_mark``, without the moment it was first seen; equal ones are one."""
    if not facts:
        return _mark(MarkState.INCOMPLETE, None, True)
    if len(facts) == 1 and facts[0].source == FactSource.SHEET:  # nine cells in ten: the short way to the same answer
        fact = facts[0]
        state, key = _OF_VERDICT[fact.verdict]
        if state is MarkState.CODE and fact.key is not None:
            key = StatusKey(fact.key)
        return _mark(state, key, fact.verified)
    mark = current_mark(_seen(fact) for fact in facts)
    return _mark(mark.state, mark.key, mark.verified, mark.said)


_OF_VERDICT: Mapping[str, tuple[MarkState, StatusKey | None]] = {
    Verdict.SIGNED.value: (MarkState.SIGNED, StatusKey.HADIR),
    Verdict.REPORTED.value: (MarkState.REPORTED, StatusKey.HADIR),
    Verdict.EMPTY.value: (MarkState.INCOMPLETE, None),
    Verdict.CODE.value: (MarkState.CODE, None),
    Verdict.UNSURE.value: (MarkState.TO_CHECK, None),
}


def _seen(fact: CellFact) -> SeenFact:
    return SeenFact(
        verdict=Verdict(fact.verdict),
        recorded_at=fact.recorded_at,
        seen_at=fact.seen_at,
        source=FactSource(fact.source),
        verified=fact.verified,
        key=StatusKey(fact.key) if fact.key is not None else None,
        time=fact.time,
    )


@lru_cache(maxsize=256)
def _mark(state: MarkState, key: StatusKey | None, verified: bool, said: StatusKey | None = None) -> Mark:
    return Mark(state, key, None, verified, said)
