"""The figures of the weekly recap (TLG-D4): units first, for lateness belongs to a unit's sending (TLG-05)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from domain.board import BoardEntry, UnitState, state_of
from domain.marks import Mark, MarkState
from domain.outcome import Flag
from domain.profile import Profile
from domain.terms import Scheme, Session
from domain.windows import Window
from reports.figures import Correction, PersonLine, UnitLine, mark_text
from reports.figures_arrivals import Histogram, histograms
from reports.figures_devices import DeviceSection
from reports.figures_discipline import Watch

MOST_MISSING = 10


class Outcome(StrEnum):
    """What became of one due sheet; the value is what people read."""

    ON_TIME = "tepat waktu"
    EARLY = "lebih awal"
    PARTIAL = "tepat waktu sebagian"
    LATE = "terlambat"
    EXCUSED = "gangguan penerima"  # late inside a disturbance of ours: counted against nobody
    MISSING = "belum diterima"
    TO_CHECK = "perlu periksa"
    NOT_YET = "belum waktunya"
    EXTRA = "tidak wajib"


@dataclass(frozen=True, slots=True)
class Sending:
    """One unit's sheet of one session: due, or sent although it was not, or both.

    ``entry`` is None while nothing came. ``sha256`` is the first file's. ``ours``: the window met a disturbance of
    the receivers' own mailboxes.
    """

    unit: str
    window: Window
    due: bool
    entry: BoardEntry | None = None
    sha256: str = ""
    channel: Scheme | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """A person's current marks; only the sessions in which the person was expected."""

    person: PersonLine
    marks: Mapping[tuple[date, Session], Mark]


@dataclass(frozen=True, slots=True)
class WeeklyInput:
    """Everything the weekly recap is made of; ``objections`` are those not decided yet (sanggahan)."""

    first: date
    last: date
    as_of: datetime
    units: Sequence[UnitLine]
    sendings: Sequence[Sending]
    people: Iterable[PersonWeek] = ()
    corrections: Sequence[Correction] = ()
    objections: int = 0
    audit_head: str = ""
    watch: Watch | None = None
    devices: DeviceSection | None = None


@dataclass(slots=True)
class Tally:
    """Counts of sheets. The first seven add up to ``due``; the rest lies across them."""

    on_time: int = 0
    early: int = 0
    partial: int = 0
    late: int = 0
    excused: int = 0
    missing: int = 0
    to_check: int = 0
    extra: int = 0
    late_minutes: int = 0
    latest_minutes: int = 0
    wrong_route: int = 0
    unverified: int = 0
    questions: int = 0

    @property
    def due(self) -> int:
        """Sheets that were due when the report was made."""
        return sum(getattr(self, name) for name in OUTCOME_FIELDS.values())

    def count(self, sending: Sending, outcome: Outcome) -> None:
        """Add one sheet."""
        if outcome is Outcome.NOT_YET:
            return
        name = OUTCOME_FIELDS.get(outcome, "extra")
        setattr(self, name, getattr(self, name) + 1)
        entry = sending.entry
        if entry is None:
            return
        if outcome is Outcome.LATE:
            self.late_minutes += entry.late_minutes
            self.latest_minutes = max(self.latest_minutes, entry.late_minutes)
        self.wrong_route += Flag.WRONG_ROUTE in entry.flags
        self.unverified += bool(entry.flags & {Flag.UNVERIFIED, Flag.STRANGER})
        self.questions += entry.questions

    def add(self, other: "Tally") -> None:
        """Add all counts of another tally; the latest sheet stays the latest."""
        for field in fields(self):
            both = (getattr(self, field.name), getattr(other, field.name))
            setattr(self, field.name, max(both) if field.name == "latest_minutes" else sum(both))


OUTCOME_FIELDS = {
    Outcome.ON_TIME: "on_time",
    Outcome.EARLY: "early",
    Outcome.PARTIAL: "partial",
    Outcome.LATE: "late",
    Outcome.EXCUSED: "excused",
    Outcome.MISSING: "missing",
    Outcome.TO_CHECK: "to_check",
}
"""The outcomes that make up ``due``."""

_OF_STATE = {
    UnitState.ON_TIME: Outcome.ON_TIME,
    UnitState.EARLY: Outcome.EARLY,
    UnitState.PARTIAL: Outcome.PARTIAL,
    UnitState.LATE: Outcome.LATE,
    UnitState.MISSING: Outcome.MISSING,
    UnitState.TO_CHECK: Outcome.TO_CHECK,
}


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """One unit: its counts by session, and what became of each column of the heat map (None: nothing was due)."""

    unit: UnitLine
    sessions: Mapping[Session, Tally]
    total: Tally
    cells: tuple[Outcome | None, ...]
    late: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PersonLineWeek:
    """One person: the text of each column, and how many sessions are signed, coded, open and to be checked."""

    person: PersonLine
    cells: tuple[str, ...]
    present: int
    coded: int
    open: int
    to_check: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """The weekly recap. ``columns`` are the (day, session) columns of heat map and person marks."""

    first: date
    last: date
    as_of: datetime
    columns: tuple[tuple[date, Session], ...]
    units: tuple[UnitWeek, ...]
    sessions: Mapping[Session, Tally]
    total: Tally
    arrivals: tuple[Histogram, ...]
    most_missing: tuple[UnitWeek, ...]
    people: tuple[PersonLineWeek, ...]
    corrections: tuple[Correction, ...]
    corrected_by: tuple[tuple[str, int], ...]
    evidence: tuple[tuple[Sending, Outcome], ...]
    objections: int
    audit_head: str
    watch: Watch | None
    devices: DeviceSection | None


def outcome_of(sending: Sending, as_of: datetime) -> Outcome:
    """The one rule from a sending to what the report says."""
    if not sending.due:
        return Outcome.EXTRA
    if sending.entry is None and as_of < sending.window.late_from:
        return Outcome.NOT_YET
    outcome = _OF_STATE[state_of(sending.entry, due=True)]
    if sending.ours and outcome in (Outcome.LATE, Outcome.PARTIAL):
        return Outcome.EXCUSED
    return outcome


def weekly(given: WeeklyInput, profile: Profile) -> Weekly:
    """All figures of the week."""
    judged = [
        (s, outcome_of(s, given.as_of))
        for s in sorted(given.sendings, key=lambda s: (s.window.date, s.window.opens, s.unit))
        if s.due or s.entry is not None
    ]
    columns = _columns(judged)
    units = _unit_weeks(given.units, judged, columns)
    sessions = {session: Tally() for session in Session}
    total = Tally()
    for unit in units:
        total.add(unit.total)
        for session, tally in unit.sessions.items():
            sessions[session].add(tally)
    received = [(s.window, s.entry.at) for s, _ in judged if s.due and s.entry is not None and s.entry.received]
    missing = [u for u in units if u.total.missing]
    missing.sort(key=lambda u: (-u.total.missing, -u.total.late, u.unit.code))
    return Weekly(
        first=given.first,
        last=given.last,
        as_of=given.as_of,
        columns=columns,
        units=units,
        sessions=sessions,
        total=total,
        arrivals=histograms((w, at.astimezone(profile.tz)) for w, at in received),
        most_missing=tuple(missing[:MOST_MISSING]),
        people=tuple(_person_week(p, columns, profile) for p in given.people),
        corrections=tuple(sorted(given.corrections, key=lambda c: c.at)),
        corrected_by=tuple(Counter(c.by for c in given.corrections).most_common()),
        evidence=tuple(judged),
        objections=given.objections,
        audit_head=given.audit_head,
        watch=given.watch,
        devices=given.devices,
    )


def _columns(judged: Sequence[tuple[Sending, Outcome]]) -> tuple[tuple[date, Session], ...]:
    order = list(Session)
    found = {(s.window.date, s.window.session) for s, _ in judged}
    return tuple(sorted(found, key=lambda c: (c[0], order.index(c[1]))))


def _unit_weeks(
    units: Sequence[UnitLine],
    judged: Sequence[tuple[Sending, Outcome]],
    columns: Sequence[tuple[date, Session]],
) -> tuple[UnitWeek, ...]:
    by_unit: dict[str, list[tuple[Sending, Outcome]]] = {}
    for sending, outcome in judged:
        by_unit.setdefault(sending.unit, []).append((sending, outcome))
    names = {unit.code: unit for unit in units}
    # A unit that left the roster since still sent what it sent.
    for code in by_unit:
        names.setdefault(code, UnitLine(code, code))
    return tuple(_unit_week(unit, by_unit[code], columns) for code, unit in names.items() if code in by_unit)


def _unit_week(
    unit: UnitLine, judged: Sequence[tuple[Sending, Outcome]], columns: Sequence[tuple[date, Session]]
) -> UnitWeek:
    sessions = {session: Tally() for session in Session}
    total = Tally()
    places: dict[tuple[date, Session], tuple[Outcome, int]] = {}
    for sending, outcome in judged:
        total.count(sending, outcome)
        sessions[sending.window.session].count(sending, outcome)
        late = sending.entry.late_minutes if sending.entry else 0
        places[sending.window.date, sending.window.session] = (outcome, late)
    found = [places.get(column) for column in columns]
    cells = tuple(place[0] if place else None for place in found)
    return UnitWeek(unit, sessions, total, cells, tuple(place[1] if place else 0 for place in found))


def _person_week(given: PersonWeek, columns: Sequence[tuple[date, Session]], profile: Profile) -> PersonLineWeek:
    states = Counter(mark.state for mark in given.marks.values())
    cells = tuple(mark_text(given.marks[c], profile) if c in given.marks else "" for c in columns)
    return PersonLineWeek(
        person=given.person,
        cells=cells,
        present=states[MarkState.SIGNED] + states[MarkState.REPORTED],
        coded=states[MarkState.CODE],
        open=states[MarkState.INCOMPLETE],
        to_check=states[MarkState.TO_CHECK],
    )
