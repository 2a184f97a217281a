"""A returned monthly recap against what was recorded, cell by cell (TLG-10). Nothing is overwritten: both are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.profile import Profile
from domain.reading import Cell, SheetReading, Verdict
from reports.figures import HALF, INCOMPLETE, REPORTED, SIGNED, TO_CHECK
from reports.figures_days import ELSEWHERE, ONLINE
from reports.figures_monthly import MonthLine, Monthly, UnitMonth

_OPEN = frozenset({"", INCOMPLETE, HALF, TO_CHECK})


class DifferenceKind(StrEnum):
    """How a returned cell disagrees; the value is what people read."""

    OTHER = "berbeda"
    ADDED = "hanya pada rekap kembali"
    DROPPED = "hanya pada catatan"
    UNKNOWN_CODE = "kode tidak dikenal"
    TOTAL = "jumlah tidak sesuai"
    UNKNOWN_PERSON = "tidak ada dalam catatan unit"
    MISSING_PERSON = "tidak ada pada rekap kembali"


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """One person of the returned recap: ``cells`` as written, ``totals`` by the codes of its own header."""

    person: str
    name: str
    cells: Mapping[date, str]
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement. ``place`` is a date, the code of a total, or "" when it concerns the whole line."""

    person: str
    name: str
    place: date | str
    recorded: str
    returned: str
    kind: DifferenceKind


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """``same`` + the differences of day cells = ``compared``, the days of everybody who is in both."""

    unit: str
    compared: int
    same: int
    differences: tuple[Difference, ...]


def reconcile(
    recorded: UnitMonth, month: Monthly, returned: Sequence[ReturnedLine], profile: Profile
) -> Reconciliation:
    """Compare; codes are compared by meaning (K1), a tick with Hadir, and a total with the returned cells' own sum."""
    lines = {line.person.key: line for line in recorded.lines}
    differences: list[Difference] = []
    compared = same = 0
    for back in returned:
        line = lines.pop(back.person, None)
        if line is None:
            differences.append(Difference(back.person, back.name, "", "", "", DifferenceKind.UNKNOWN_PERSON))
            continue
        cells = _cells(line, month, back, profile)
        counted = len(line.cells) - line.cells.count(ONLINE)  # days that are not ours to count
        compared += counted
        same += counted - len(cells)
        differences += cells
        differences += _totals(line, month, back, profile)
    differences += [
        Difference(line.person.key, line.person.name, "", "", "", DifferenceKind.MISSING_PERSON)
        for line in lines.values()
    ]
    return Reconciliation(recorded.unit.code, compared, same, tuple(differences))


def _meaning(text: str, profile: Profile) -> str:
    """What a cell says: the printed code of its key, "" for nothing, the text itself when it is unknown."""
    plain = text.strip()
    if plain in ("", "-", ELSEWHERE):
        return ""
    if plain in (SIGNED, "√", REPORTED):
        plain = "HADIR"
    key = profile.code_key(plain)
    return (profile.code_for(key) or plain) if key else plain


def _cells(line: MonthLine, month: Monthly, back: ReturnedLine, profile: Profile) -> list[Difference]:
    known = {column.code for column in month.columns}
    found = []
    for day, ours in zip(month.days, line.cells, strict=True):
        theirs = back.cells.get(day, "")
        one, two = _meaning(ours, profile), _meaning(theirs, profile)
        if ours == ONLINE or one == two or (one in _OPEN and two in _OPEN):
            continue
        if two and two not in known and profile.code_key(theirs) is None and two not in _OPEN:
            kind = DifferenceKind.UNKNOWN_CODE  # K3: never guessed
        elif one in _OPEN:
            kind = DifferenceKind.ADDED
        else:
            kind = DifferenceKind.DROPPED if two in _OPEN else DifferenceKind.OTHER
        found.append(Difference(line.person.key, line.person.name, day, ours, theirs, kind))
    return found


def _totals(line: MonthLine, month: Monthly, back: ReturnedLine, profile: Profile) -> list[Difference]:
    """A returned total must be the sum of the returned cells; recorded sums differ wherever cells do."""
    sums: dict[str, int] = {}
    for day in month.days:
        meaning = _meaning(back.cells.get(day, ""), profile)
        sums[meaning] = sums.get(meaning, 0) + 1
    return [
        Difference(line.person.key, line.person.name, code, str(sums.get(code, 0)), str(total), DifferenceKind.TOTAL)
        for code, total in back.totals.items()
        if sums.get(code, 0) != total
    ]


def returned_lines(reading: SheetReading, people: Mapping[int, str]) -> list[ReturnedLine]:
    """The rows of a returned recap; ``people``: index of a row → the person it was matched with, if any."""
    return [
        ReturnedLine(
            person=people.get(index, f"? {row.name}"),
            name=row.name,
            cells={cell.date: _written(cell) for cell in row.cells if cell.date is not None},
            totals=dict(row.totals),
        )
        for index, row in enumerate(reading.rows)
        if row.name or index in people
    ]


def _written(cell: Cell) -> str:
    if cell.verdict in (Verdict.SIGNED, Verdict.REPORTED):
        return SIGNED  # presence, however it was written
    if cell.verdict is Verdict.CODE:
        return cell.code or cell.text
    return "" if cell.verdict is Verdict.EMPTY else (cell.text or TO_CHECK)
