"""The figures of the monthly recap (TLG-10, TLG-D5; BLG form F; MLG-09): one status a person and day, checked sums."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.profile import Profile
from domain.terms import StatusKey
from reports.figures import SYMBOL_WORDS, UNCODED, Correction, Evidence, PersonLine, UnitLine
from reports.figures_days import ELSEWHERE, ONLINE, DayFacts, DayRule, column_keys
from reports.figures_devices import DeviceSection
from reports.figures_discipline import Watch


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A person's month in ``person.unit``; ``days`` has one entry for each day of the period, in order.

    A person who moved has one of these in each unit, each with the other's days ELSEWHERE.
    """

    person: PersonLine
    days: Sequence[DayFacts]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Somebody who came (``before`` is the old unit's code) or went (``after``) within the period."""

    person: PersonLine
    day: date
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RecapReturn:
    """How one unit answered its recap: None while it has not; ``late`` by domain.deadlines."""

    unit: str
    at: datetime | None
    late: bool
    differences: int = 0


@dataclass(frozen=True, slots=True)
class MonthlyInput:
    """Everything the monthly recap is made of. ``people`` may be a generator; it is read once, in any order."""

    first: date
    last: date
    as_of: datetime
    units: Sequence[UnitLine]
    people: Iterable[PersonMonth]
    transfers: Sequence[Transfer] = ()
    returns: Sequence[RecapReturn] = ()
    corrections: Sequence[Correction] = ()
    evidence: Sequence[Evidence] = ()
    watch: Watch | None = None
    devices: DeviceSection | None = None
    objections: int = 0
    audit_head: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One total of the recap, as the government prints it."""

    code: str
    label: str
    keys: tuple[StatusKey, ...]


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One person: the text of each day, the totals in the order of the columns, and the sums' check."""

    person: PersonLine
    cells: tuple[str, ...]
    totals: tuple[int, ...]
    working_days: int
    open_days: int

    @property
    def balanced(self) -> bool:
        """H+A+C+S+DL+TK(+I) and what is still open make up the person's working days (BLG form F)."""
        return sum(self.totals) + self.open_days == self.working_days


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """One unit: its people in the order given, and their sums."""

    unit: UnitLine
    lines: tuple[MonthLine, ...]
    totals: tuple[int, ...]
    working_days: int
    open_days: int

    @property
    def settled(self) -> bool:
        """MLG-10: nothing is open, so the recap may be called final."""
        return self.open_days == 0


@dataclass(frozen=True, slots=True)
class Monthly:
    """The monthly recap; ``legend`` explains every code and sign that occurs (sign, words).

    ``daily`` has for each day the people in each column and, last, those still open.
    """

    first: date
    last: date
    as_of: datetime
    days: tuple[date, ...]
    daily: tuple[tuple[int, ...], ...]
    columns: tuple[Column, ...]
    legend: tuple[tuple[str, str], ...]
    units: tuple[UnitMonth, ...]
    totals: tuple[int, ...]
    working_days: int
    open_days: int
    transfers: tuple[Transfer, ...]
    returns: tuple[RecapReturn, ...]
    corrections: tuple[Correction, ...]
    evidence: tuple[Evidence, ...]
    watch: Watch | None
    devices: DeviceSection | None
    objections: int
    audit_head: str

    @property
    def people(self) -> int:
        """Different people; one who moved counts once."""
        return len({line.person.key for unit in self.units for line in unit.lines})

    @property
    def unbalanced(self) -> tuple[MonthLine, ...]:
        """Lines whose sums do not make up their working days: always empty, or the report must not go out."""
        return tuple(line for unit in self.units for line in unit.lines if not line.balanced)


_Counted = tuple[PersonLine, tuple[str, ...], Counter[StatusKey], int, int]


def monthly(given: MonthlyInput, profile: Profile) -> Monthly:
    """All figures of the period, whole months or any other span of days."""
    rule = DayRule(profile)
    counted: dict[str, list[_Counted]] = {unit.code: [] for unit in given.units}
    used: Counter[StatusKey] = Counter()
    daily: list[Counter[StatusKey | None]] = [Counter() for _ in range((given.last - given.first).days + 1)]
    texts: set[str] = set()
    for month in given.people:
        line = _count(month, rule, daily)
        counted.setdefault(month.person.unit, []).append(line)
        texts.update(line[1])
        used.update(line[2])
    columns = _columns(profile, used)
    known = {unit.code: unit for unit in given.units}
    units = tuple(
        _unit_month(known.get(code, UnitLine(code, code)), lines, columns) for code, lines in counted.items() if lines
    )
    return Monthly(
        first=given.first,
        last=given.last,
        as_of=given.as_of,
        days=tuple(given.first + timedelta(days=n) for n in range((given.last - given.first).days + 1)),
        daily=tuple((*(sum(count[key] for key in column.keys) for column in columns), count[None]) for count in daily),
        columns=columns,
        legend=_legend(profile, columns, texts),
        units=units,
        totals=_sums([unit.totals for unit in units], len(columns)),
        working_days=sum(unit.working_days for unit in units),
        open_days=sum(unit.open_days for unit in units),
        transfers=tuple(given.transfers),
        returns=tuple(given.returns),
        corrections=tuple(given.corrections),
        evidence=tuple(given.evidence),
        watch=given.watch,
        devices=given.devices,
        objections=given.objections,
        audit_head=given.audit_head,
    )


def _count(month: PersonMonth, rule: DayRule, daily: Sequence[Counter[StatusKey | None]]) -> _Counted:
    cells = [rule.cell(day) for day in month.days]
    for count, cell in zip(daily, cells, strict=True):
        if cell.counts:
            count[cell.key] += 1
    keys = Counter(cell.key for cell in cells if cell.key is not None)
    working = sum(cell.counts for cell in cells)
    return month.person, tuple(cell.text for cell in cells), keys, working, sum(cell.open for cell in cells)


def _columns(profile: Profile, used: Collection[StatusKey]) -> tuple[Column, ...]:
    legend = {s.key: s for s in profile.codes.values()}
    found = []
    for code, keys in column_keys(profile).items():
        always = any(key in legend and legend[key].in_legend for key in keys) or StatusKey.ALPA in keys
        if always or any(key in used for key in keys):  # BLG F: I only when it occurs
            label = legend[keys[0]].label if keys[0] in legend else UNCODED[keys[0]][1]
            found.append(Column(code, label, keys))
    return tuple(found)


def _unit_month(unit: UnitLine, counted: Sequence[_Counted], columns: Sequence[Column]) -> UnitMonth:
    lines = tuple(
        MonthLine(person, cells, tuple(sum(keys[k] for k in column.keys) for column in columns), working, still_open)
        for person, cells, keys, working, still_open in counted
    )
    return UnitMonth(
        unit=unit,
        lines=lines,
        totals=_sums([line.totals for line in lines], len(columns)),
        working_days=sum(line.working_days for line in lines),
        open_days=sum(line.open_days for line in lines),
    )


def _sums(rows: Iterable[Sequence[int]], width: int) -> tuple[int, ...]:
    sums = [0] * width
    for row in rows:
        for index, value in enumerate(row):
            sums[index] += value
    return tuple(sums)


def _legend(profile: Profile, columns: Sequence[Column], texts: Collection[str]) -> tuple[tuple[str, str], ...]:
    lines = [(column.code, column.label) for column in columns]
    shown = {code for code, _ in lines}
    for status in profile.codes.values():  # codes that have no column: off after a night shift, exempt
        printed = profile.code_for(status.key) or ""
        if printed in texts and printed not in shown and printed != profile.people.exempt_mark:
            lines.append((printed, status.label))
            shown.add(printed)
    if profile.people.exempt_mark in texts:
        lines.append((profile.people.exempt_mark, "bebas presensi"))
    lines += [(sign, words) for sign, words in SYMBOL_WORDS.items() if sign in texts]
    if any(text.endswith("*") for text in texts):
        lines.append(("*", "sementara"))
    lines += [(ELSEWHERE, "bukan pegawai unit ini pada hari itu")] if ELSEWHERE in texts else []
    return tuple(lines + ([(ONLINE, "presensi online")] if ONLINE in texts else []))
