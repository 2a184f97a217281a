"""A month out of storage (TLG-10, TLG-D5): one status a person and day, moves, returns, evidence, the watch.

The facts of a month are read some hundred people at a time; what is kept of them are shared ``DayFacts``, so that
12,000 people need a few megabytes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from domain.duty import Duties
from domain.marks import FactSource, Mark
from domain.outcome import RECAP
from domain.reconcile import Place
from domain.report_times import Span
from domain.resolution import World
from domain.roster import Placement, Unit
from domain.terms import Session, Timeliness
from reports.figures import Evidence
from reports.figures_days import Absence, DayFacts, DayKind
from reports.figures_monthly import MonthlyInput, PersonMonth, RecapReturn, Transfer
from reports.gather_absence import AbsenceJudge, by_place, gather_doubts, gather_watch
from reports.gather_common import gather_corrections, objections_about, units_of
from reports.gather_devices import gather_devices
from reports.gather_people import (
    DayCells,
    PersonCells,
    Placed,
    cells_of,
    days_of,
    mark_of,
    person_line,
    placed_people,
    unit_line,
)
from storage.engine import UnitOfWork
from storage.records_reports import RecapCheckRow, SheetFigures

_NO_CELLS: DayCells = {}


async def gather_monthly(
    uow: UnitOfWork,
    world: World,
    span: Span,
    now: datetime,
    only: Collection[str] | None = None,
    *,
    recaps: bool = True,
) -> MonthlyInput:
    """Everything about ``span`` as it stands at ``now``: of every unit that owed sheets in it (TLG-00), or of ``only``
    some units (codes) without the watch.

    ``recaps``: whether what returned recaps say of whole days counts; without them it is what the sheets told, which a
    returned recap is compared with. ``uow`` is best a snapshot.
    """
    duties = Duties(world)
    units = units_of(world, span.pattern, only)
    due = duties.units_due(units, span.first, span.last)
    units = due if only is None else units
    codes = {one.code for one in units}
    sheets = [s for s in await uow.report_sources.sheets(span.first, span.last) if s.unit in codes]
    judge = AbsenceJudge(world, duties, by_place(sheets), now, await gather_doubts(uow))
    people = placed_people(world, duties, units, span.first, span.last)
    today = now.astimezone(world.profile.tz).date()
    devices = await gather_devices(uow, world, [one.code for one in units], span.first, min(span.last, today))
    instead = devices.instead if devices else {}
    months = _Months(world, duties, judge, days_of(span.first, span.last), instead, recaps=recaps)
    watch = None
    if only is None:  # the watch is for the discipline section alone
        watch = await gather_watch(uow, world, duties, span.first, min(span.last, today), now)
    return MonthlyInput(
        first=span.first,
        last=span.last,
        as_of=now,
        units=[unit_line(one) for one in units],
        people=[months.of(placed, cells) async for placed, cells in cells_of(uow, people, span.first, span.last)],
        transfers=list(_transfers(world, codes, span)),
        returns=list(_returns(due, sheets, await uow.recap_checks.latest(span.first))),
        corrections=await gather_corrections(uow, world, codes, span.first, span.last),
        evidence=list(_evidence(sheets)),
        watch=watch,
        devices=devices,
        objections=await objections_about(uow, codes, span.first, span.last),
        audit_head=await uow.audit.head() or "",
    )


class _Months:
    """From the facts of one person to the days of one month."""

    def __init__(
        self,
        world: World,
        duties: Duties,
        judge: AbsenceJudge,
        days: Sequence[date],
        instead: Mapping[Place, Mark],
        *,
        recaps: bool,
    ) -> None:
        self._world = world
        self._duties = duties
        self._judge = judge
        self._days = days
        self._instead = instead
        self._recaps = recaps

    def of(self, placed: Placed, cells: PersonCells) -> PersonMonth:
        """The person's month in one unit."""
        return PersonMonth(placed.line, [self._day(placed, day, cells.get(day, _NO_CELLS)) for day in self._days])

    def _day(self, placed: Placed, day: date, cells: DayCells) -> DayFacts:
        if not placed.on(day):
            return _day(DayKind.ELSEWHERE)
        unit = placed.line.unit
        duty = self._duties.on(placed.person.key, unit, day)
        if not duty.works:
            return _day(DayKind.DAY_OFF)
        if not duty.sessions:
            return _day(DayKind.ONLINE)  # TLG-00
        absence = self._judge.judge(placed.person.key, unit, day, duty.sessions, cells)
        if absence is Absence.FINAL:
            # The desk's own decision is no mark beside the absence that it makes.
            return _day(DayKind.EXPECTED, tuple(mark_of(()) for _ in duty.sessions), None, absence)
        person = placed.person.key
        marks = tuple(
            self._instead.get((person, day, session)) or mark_of(cells.get(session.value, ()))
            for session in duty.sessions
        )
        whole = self._whole(cells)
        return _day(DayKind.EXPECTED, marks, whole and (self._instead.get((person, day, None)) or whole), absence)

    def _whole(self, cells: DayCells) -> Mark | None:
        facts = cells.get(None, ())
        if not self._recaps:
            facts = [fact for fact in facts if fact.source != FactSource.SHEET]
        return mark_of(facts) if facts else None


@lru_cache(maxsize=4096)
def _day(
    kind: DayKind, sessions: tuple[Mark, ...] = (), whole: Mark | None = None, absence: Absence = Absence.NONE
) -> DayFacts:
    return DayFacts(kind, sessions, whole, absence)


def _transfers(world: World, codes: Collection[str], span: Span) -> Iterator[Transfer]:
    """Who came, went or moved within the span, by day; who was there from the first day on did not come."""
    found = [t for p in world.roster.placements for t in _moves(world, p, span)]
    for move in sorted(found, key=lambda t: (t.day, t.person.name)):
        if move.before in codes or move.after in codes:
            yield move


def _moves(world: World, placement: Placement, span: Span) -> Iterator[Transfer]:
    person = world.roster.people.get(placement.person)
    if person is None:
        return
    if span.first < placement.first <= span.last:
        before = world.roster.unit_of(person.key, placement.first - _DAY)
        if before != placement.unit:
            yield Transfer(person_line(person, placement.unit), placement.first, before, placement.unit)
    if placement.last is not None and span.first <= placement.last < span.last:
        gone = placement.last + _DAY
        if world.roster.unit_of(person.key, gone) is None:
            yield Transfer(person_line(person, placement.unit), gone, placement.unit, None)


_DAY = timedelta(days=1)


def _returns(
    due: Sequence[Unit], sheets: Sequence[SheetFigures], checks: Mapping[str, RecapCheckRow]
) -> Iterator[RecapReturn]:
    """How each unit that owes a recap answered; ``late`` as it was judged on arrival (TLG-10)."""
    came: dict[str, SheetFigures] = {}
    for sheet in sheets:
        if sheet.session == RECAP and sheet.received:
            came.setdefault(sheet.unit, sheet)
    for unit in due:
        back = came.get(unit.code)
        late = back is not None and back.timeliness is Timeliness.LATE
        check = checks.get(unit.code)
        yield RecapReturn(unit.code, back.at if back else None, late, len(check.differences) if check else 0)


def _evidence(sheets: Sequence[SheetFigures]) -> Iterator[Evidence]:
    sessions: Mapping[str, Session] = {session.value: session for session in Session}
    for sheet in sheets:
        if sheet.session in sessions and sheet.received:
            yield Evidence(sheet.unit, sheet.date, sessions[sheet.session], sheet.number, sheet.sha256)
