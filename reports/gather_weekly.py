"""A week out of storage (TLG-D4): what was due and what came, everybody's marks, corrections, the watch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from domain.board import BoardEntry
from domain.disturbance import RETRY, Disturbance, excuses
from domain.due import Due, due_on
from domain.duty import Duties
from domain.fallback import Period
from domain.marks import FactSource, Mark
from domain.reconcile import Place
from domain.report_times import Span
from domain.resolution import World
from domain.terms import Pattern, Session
from domain.timing import window_of
from domain.windows import Window, windows_on
from reports.figures_weekly import PersonWeek, Sending, WeeklyInput
from reports.gather_absence import SheetPlace, by_place, gather_watch
from reports.gather_common import gather_corrections, objections_about, units_of
from reports.gather_devices import gather_devices
from reports.gather_people import DayCells, PersonCells, Placed, cells_of, days_of, mark_of, placed_people, unit_line
from storage.engine import UnitOfWork
from storage.records_reports import CellFact, SheetFigures

Begun = Collection[tuple[Pattern, date, Session]]
"""The sessions that had begun when the report was made."""


async def gather_weekly(uow: UnitOfWork, world: World, span: Span, now: datetime) -> WeeklyInput:
    """Everything about ``span`` as it stands at ``now``; ``uow`` is best a snapshot."""
    units = units_of(world, span.pattern)
    codes = {unit.code for unit in units}
    sheets = [s for s in await uow.report_sources.sheets(span.first, span.last) if s.unit in codes]
    begins = datetime.combine(span.first, datetime.min.time(), world.profile.tz)
    silences = await uow.incidents.disturbances(begins - RETRY, now)
    sendings = list(_sendings(world, codes, span, sheets, silences))
    last = max((s.window.date for s in sendings if s.due), default=_last_day(span))
    duties = Duties(world)
    days = days_of(span.first, span.last)
    begun = {
        (pattern, day, window.session)
        for pattern in Pattern
        for day in days
        for window in windows_on(world.profile, day, pattern)
        if window.opens <= now
    }
    people = placed_people(world, duties, units, span.first, span.last)
    today = min(span.last, _local(world, now))
    devices = await gather_devices(uow, world, [unit.code for unit in units], span.first, today)
    instead = devices.instead if devices else {}
    return WeeklyInput(
        first=span.first,
        last=max(last, _last_day(span)),
        as_of=now,
        units=[unit_line(unit) for unit in units],
        sendings=sendings,
        people=[
            week
            async for placed, cells in cells_of(uow, people, span.first, span.last)
            if (week := _week(placed, cells, duties, begun, days, world, instead)) is not None
        ],
        corrections=await gather_corrections(uow, world, codes, span.first, span.last),
        objections=await objections_about(uow, codes, span.first, span.last),
        audit_head=await uow.audit.head() or "",
        devices=devices,
        watch=await gather_watch(uow, world, duties, span.first, today, now),
    )


def _last_day(span: Span) -> date:
    """The pattern's last day as it is printed; days beyond it appear only when a sheet was due on them."""
    return span.first + timedelta(days=4 if span.pattern is Pattern.FIVE else 5)


def _local(world: World, now: datetime) -> date:
    return now.astimezone(world.profile.tz).date()


def _sendings(
    world: World,
    codes: Collection[str],
    span: Span,
    sheets: Sequence[SheetFigures],
    silences: Sequence[Disturbance],
) -> Iterator[Sending]:
    """What was due, with what came of it; then what came although it was not due."""
    came = by_place(sheets)
    told: set[SheetPlace] = set()
    for day in days_of(span.first, span.last):
        for due in due_on(world.roster, world.calendar, world.profile, world.periods, day):
            if due.unit in codes:
                place = (due.unit, day, due.window.session.value)
                told.add(place)
                yield _sending(due.unit, due.window, came.get(place), silences, _late_news(world.periods, due))
    for place, sheet in came.items():
        if place in told or sheet.session not in _SESSIONS:
            continue
        window = window_of(world, sheet.unit, sheet.date, Session(sheet.session))
        if window is not None:
            yield _sending(sheet.unit, window, sheet, silences, False, due=False)


_SESSIONS = frozenset(session.value for session in Session)


def _late_news(periods: Sequence[Period], due: Due) -> bool:
    """Whether nobody had declared the period before the window was over (TLG-00): being late is no fault then."""
    day, session = due.window.date, due.window.session
    return not any(p.holds(day, session) and p.declared_at < due.window.late_from for p in periods)


def _sending(
    unit: str,
    window: Window,
    sheet: SheetFigures | None,
    silences: Sequence[Disturbance],
    late_news: bool,
    *,
    due: bool = True,
) -> Sending:
    if sheet is None:
        return Sending(unit, window, due)
    ours = late_news or excuses(silences, window, sheet.at)
    return Sending(unit, window, due, _entry(sheet), sheet.sha256, sheet.channel, ours)


def _entry(sheet: SheetFigures) -> BoardEntry:
    return BoardEntry(
        unit=sheet.unit,
        number=sheet.number,
        received=sheet.received,
        timeliness=sheet.timeliness,
        late_minutes=sheet.late_minutes,
        at=sheet.at,
        rows=sheet.rows,
        reported=sheet.reported,
        questions=sheet.questions,
        flags=sheet.flags,
    )


def _week(
    placed: Placed,
    cells: PersonCells,
    duties: Duties,
    begun: Begun,
    days: Sequence[date],
    world: World,
    instead: Mapping[Place, Mark],
) -> PersonWeek | None:
    """The person's marks in the unit; None for somebody who owed nothing there that week."""
    unit = placed.line.unit
    pattern = world.roster.units[unit].pattern
    marks = {}
    for day in days:
        if not placed.on(day):
            continue
        of_day = cells.get(day, {})
        for session in duties.on(placed.person.key, unit, day).sessions:
            if of_day or (pattern, day, session) in begun:
                place = (placed.person.key, day, session)
                marks[day, session] = instead.get(place) or mark_of(_said(of_day, session))
    return PersonWeek(placed.line, marks) if marks else None


def _said(cells: DayCells, session: Session) -> Sequence[CellFact]:
    """The session's facts, and what people said of the whole day; a recap is no sheet of a session.

    A decision about a day was not made at the sight of this cell: it counts as a decided keterangan does.
    """
    own, whole = cells.get(session.value, ()), cells.get(None, ())
    said = [
        fact._replace(source=FactSource.EXCUSE.value) if fact.source == FactSource.DESK else fact
        for fact in whole
        if fact.source != FactSource.SHEET
    ]
    return [*own, *said] if said else own
