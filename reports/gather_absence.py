"""Who is absent for good (TLG-18) or for the time being (MLG-07), judged on what is recorded; and the year's watch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.absence import AbsenceCase, is_final, is_provisional
from domain.deadlines import DeadlineKind, monthly_deadline
from domain.disturbance import MAILBOX_SILENT
from domain.duty import Duties
from domain.marks import FactSource
from domain.reading import Verdict
from domain.resolution import World
from domain.terms import Pattern, Session, StatusKey
from reports.figures_days import Absence
from reports.figures_discipline import AbsenceYear, Watch, watch
from reports.gather_people import DayCells, grouped, person_line
from storage.engine import UnitOfWork
from storage.records_reports import CellFact, SheetFigures

SheetPlace = tuple[str, date, str]
"""Unit, date and session of a sheet."""
_EVERY = timedelta(days=1)


def by_place(sheets: Sequence[SheetFigures]) -> dict[SheetPlace, SheetFigures]:
    """Sheets by unit, date and session: there is one submission of each."""
    return {(sheet.unit, sheet.date, sheet.session): sheet for sheet in sheets}


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is open besides the questions of a sheet, so that nobody becomes absent meanwhile (TLG-18).

    ``disturbed``: a mailbox of ours is silent. ``remarks``: objections and inspections by unit and date, each with its
    session (None: the day's). ``excuses``: undecided keterangan by person, each with its days.
    """

    disturbed: bool = False
    remarks: Mapping[tuple[str, date], tuple[str | None, ...]] = field(default_factory=dict)
    excuses: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def about(self, person: str, unit: str, day: date, session: Session) -> int:
        """How many concern one person's session."""
        remarks = sum(one in (None, session.value) for one in self.remarks.get((unit, day), ()))
        excuses = sum(first <= day <= last for first, last in self.excuses.get(person, ()))
        return self.disturbed + remarks + excuses


async def gather_doubts(uow: UnitOfWork) -> Doubts:
    """Everything that is open at this moment."""
    remarks: dict[tuple[str, date], tuple[str | None, ...]] = {}
    for remark in await uow.remarks.open():
        place = (remark.unit, remark.date)
        remarks[place] = (*remarks.get(place, ()), remark.session)
    excuses: dict[str, tuple[tuple[date, date], ...]] = {}
    for excuse in await uow.excuses.undecided():
        excuses[excuse.person] = (*excuses.get(excuse.person, ()), (excuse.first, excuse.last))
    silent = any(incident.kind == MAILBOX_SILENT for incident in await uow.incidents.all_open())
    return Doubts(silent, remarks, excuses)


class AbsenceJudge:
    """Judges days at ``now``."""

    def __init__(
        self, world: World, duties: Duties, sheets: Mapping[SheetPlace, SheetFigures], now: datetime, doubts: Doubts
    ) -> None:
        self._world = world
        self._duties = duties
        self._sheets = sheets
        self._now = now
        self._doubts = doubts
        self._cut_offs: dict[tuple[str, int, int], datetime | None] = {}

    def judge(self, person: str, unit: str, day: date, sessions: Sequence[Session], cells: DayCells) -> Absence:
        """What is decided about a person's day in ``unit`` of which ``sessions`` are due."""
        if not self.concerns(day, cells):
            return Absence.NONE
        cases = [self._case(person, unit, day, session, cells) for session in sessions]
        if is_final(cases, self._now):
            return Absence.FINAL
        if self._by_itself(day) and is_provisional(cases, self._now):
            return Absence.PROVISIONAL
        return Absence.NONE

    def concerns(self, day: date, cells: DayCells) -> bool:
        """Whether there is anything to judge: a decision of the desk, or rules that need none."""
        return bool(cells) and (self._by_itself(day) or any(_is_decision(f) for group in cells.values() for f in group))

    def _by_itself(self, day: date) -> bool:
        rule = self._world.profile.absence
        if not rule.automatic or rule.runs_at is None:
            return False
        return self._now >= datetime.combine(day + _EVERY, rule.runs_at, self._world.profile.tz)  # MLG-07

    def _case(self, person: str, unit: str, day: date, session: Session, cells: DayCells) -> AbsenceCase:
        own, whole = cells.get(session.value, ()), cells.get(None, ())
        sheet = self._sheets.get((unit, day, session.value))
        said = sorted((f for f in (*own, *whole) if f.source != FactSource.SHEET), key=lambda f: f.recorded_at)
        seen = [place for place, fact in enumerate(said) if fact.source == FactSource.DESK]
        # What an officer or a keterangan said before, the desk knew when it decided; what came later is an objection.
        unheard = len(said) - 1 - seen[-1] if seen else len(said)
        return AbsenceCase(
            expected=True,
            received=sheet is not None and sheet.received,
            missing_pages=sheet.missing_pages if sheet else 0,
            flags=sheet.flags if sheet else frozenset(),
            verdicts=tuple(Verdict(f.verdict) for f in own if f.source == FactSource.SHEET),
            seen=bool(seen) and _is_decision(said[seen[-1]]),
            doubts=(sheet.questions if sheet else 0) + self._doubts.about(person, unit, day, session) + unheard,
            cut_off=self._cut_off(unit, day),
        )

    def _cut_off(self, unit: str, day: date) -> datetime | None:
        key = (unit, day.year, day.month)
        if key not in self._cut_offs:
            known = self._world.roster.units.get(unit)
            pattern = known.pattern if known else Pattern.FIVE
            kind = DeadlineKind.KETERANGAN_CUTOFF
            deadline = monthly_deadline(self._world.calendar, pattern, kind, day.year, day.month, unit)
            self._cut_offs[key] = deadline.late_from if deadline else None
        return self._cut_offs[key]


def _is_decision(fact: CellFact) -> bool:
    return fact.source == FactSource.DESK and fact.verdict == Verdict.CODE and fact.key == StatusKey.ALPA


async def gather_watch(uow: UnitOfWork, world: World, duties: Duties, first: date, last: date, now: datetime) -> Watch:
    """Final absent days of the year of ``last`` up to it, against the profile's tables; new since ``first``."""
    begin = date(last.year, 1, 1)
    decided = await uow.report_sources.decided_absences(begin, last)
    people = sorted({person for person, _ in decided if person in world.roster.people})
    cells = grouped(await uow.report_sources.cells(people, begin, last)) if people else {}
    units = {(person, day): world.roster.unit_of(person, day) for person, day in decided}
    places = {(unit, day) for (_, day), unit in units.items() if unit}
    sheets = by_place(await uow.report_sources.sheets_of(places)) if places else {}
    judge = AbsenceJudge(world, duties, sheets, now, await gather_doubts(uow))
    years = []
    for key in people:
        days = []
        for person, day in sorted(decided):
            unit = units[person, day]
            if person != key or unit is None:
                continue
            sessions = duties.on(person, unit, day).sessions
            if judge.judge(key, unit, day, sessions, cells[key].get(day, {})) is Absence.FINAL:
                days.append(day)
        line = person_line(world.roster.people[key], world.roster.unit_of(key, last) or "")
        years.append(AbsenceYear(line, days, list(duties.working_days(key, begin, last)) if days else ()))
    return watch(years, world.profile, last.year, first)
