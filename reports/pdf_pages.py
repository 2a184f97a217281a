"""Which rows of a unit's month stand on which page: known before anything is drawn, so that 12,000 people need no
second pass for "page x dari y". Lengths are millimetres.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from domain.profile import Profile
from reports.figures import PersonLine, spaced_nip
from reports.figures_monthly import MonthLine, Monthly, UnitMonth

MARGIN = 10.0
TOP = 10.0
BOTTOM = 15.0
CAPTION = 9.0  # unit and period above each table
NUMBER = 7.0
HEADER = 8.0
SUMS = 5.0
LEGEND = 11.0
SIGNATURE = 44.0
NAME_PT = 6.6
_POINT = 0.3528
_SMALL_PT = 5.2
_GAP = 0.75  # between the lines of a person, at most
_LINE = 1.63
_WEEKDAYS = ("Sn", "Sl", "Rb", "Km", "Jm", "Sb", "Mg")


@dataclass(frozen=True, slots=True)
class Table:
    """Geometry of a month's table on one paper; ``form_f``: four lines a person and no columns of ours (BLG F)."""

    width: float
    height: float
    form_f: bool
    days: int
    totals: tuple[str, ...]

    @property
    def row(self) -> float:
        """Height of one person."""
        return 11.4 if self.form_f else 6.8

    @property
    def name(self) -> float:
        """Width of the name column."""
        return (self.width - 2 * MARGIN) * 0.19

    @property
    def total(self) -> float:
        """Width of one total."""
        return 6.2 if len(self.totals) <= 9 else 5.6

    @property
    def day(self) -> float:
        """Width of one day."""
        return (self.width - 2 * MARGIN - NUMBER - self.name - self.total * len(self.totals)) / self.days

    def data(self) -> dict[str, Any]:
        """As the template takes it."""
        return {
            "margin": MARGIN,
            "number": NUMBER,
            "name": self.name,
            "day": self.day,
            "total": self.total,
            "row": self.row,
            "header": HEADER,
            "sums": SUMS,
            "name_head": "Nama/NIP/Pangkat/Gol./Jabatan" if self.form_f else "Nama / NIP",
            "total_heads": list(self.totals),
        }


def is_form_f(profile: Profile) -> bool:
    """Whether this government's monthly recap is Bulungan's form F."""
    return "manual_recap" in profile.forms


def table_of(month: Monthly, profile: Profile, size: tuple[float, float]) -> Table:
    """The table for landscape paper of ``size``."""
    form_f = is_form_f(profile)
    totals = tuple(column.code for column in month.columns) + (() if form_f else ("HK", "Blm"))
    return Table(size[0], size[1], form_f, len(month.days), totals)


def unit_pages(
    unit: UnitMonth,
    month: Monthly,
    table: Table,
    *,
    letter: float = 0.0,
    signed: bool = False,
    changed: Collection[tuple[str, str, date]] = (),
) -> list[dict[str, Any]]:
    """The pages of one unit. ``letter``: height of a letterhead on its first page; ``signed``: it ends with a name.

    The last page always holds a person: sums, legend and signature never stand alone.
    """
    first = TOP + letter + CAPTION + HEADER
    ending = SUMS + LEGEND + (SIGNATURE if signed else 0.0)
    room = table.height - BOTTOM
    following = TOP + CAPTION + HEADER
    pages = []
    start = 0
    for count in _split(len(unit.lines), (room - first, room - following), ending, table.row):
        lines = unit.lines[start : start + count]
        pages.append(
            {
                "first": start == 0,
                "last": start + count == len(unit.lines),
                "top": (following if start else first) - HEADER,
                "unit": unit.unit.name,
                "off": _days_off(unit, month),
                "rows": [
                    _row(start + n + 1, line, table, _changed(unit, line, month, changed))
                    for n, line in enumerate(lines)
                ],
                "columns": _total_columns(lines, table),
                "sums": _sums(unit, table),
            }
        )
        start += count
    return pages


def _split(rows: int, space: tuple[float, float], ending: float, height: float) -> Iterator[int]:
    """Rows a page, ``space`` being that of the first and of a following page; one row stays for the last page."""
    room = space[0]
    while rows:
        whole = max(1, int(room / height))
        closing = int((room - ending) / height)
        count = rows if rows <= closing else max(1, min(whole, rows - 1))
        if rows == 1:  # a page too short for one person and the ending would never end
            count = 1
        yield count
        rows -= count
        room = space[1]


def _changed(unit: UnitMonth, line: MonthLine, month: Monthly, changed: Collection[tuple[str, str, date]]) -> list[int]:
    if not changed:
        return []
    return [d for d, day in enumerate(month.days) if (unit.unit.code, line.person.key, day) in changed]


def _days_off(unit: UnitMonth, month: Monthly) -> list[int]:
    return [d for d in range(len(month.days)) if not any(line.cells[d] for line in unit.lines)]


def _row(number: int, line: MonthLine, table: Table, changed: Sequence[int]) -> dict[str, Any]:
    cells = line.cells
    lines = [
        [part, size]
        for text in _person_lines(line.person, table.form_f)
        for part, size in _fitted(text, table.name - 1.6)
    ]
    return {
        "no": str(number),
        "lines": lines,
        "gap": min(_GAP, (table.row - 0.4 - len(lines) * _LINE) / (len(lines) - 1)),
        "run": _run(cells),
        "codes": [[d, cell] for d, cell in enumerate(cells) if len(cell) > 1],
        "changed": list(changed),
    }


def _run(cells: Sequence[str]) -> list[str | int]:
    """Letters of neighbouring days as one text, a number where days are skipped: a table of cells would take ten
    times as long. Codes of several letters are placed one by one.
    """
    run: list[str | int] = []
    for single, group in groupby(cells, key=lambda cell: len(cell) == 1):
        found = list(group)
        run.append("".join(found) if single else len(found))
    return run


def _person_lines(person: PersonLine, form_f: bool) -> tuple[str, ...]:
    nip = spaced_nip(person.nip) if person.nip else "–"
    return (person.name, nip, person.rank or "–", person.post or "–") if form_f else (person.name, nip)


def _fitted(text: str, width: float) -> list[tuple[str, float]]:
    """``text`` with the type size, in points, at which it surely fits; in two lines where one would be too small."""
    size = _size(text, width)
    if size >= _SMALL_PT or " " not in text:
        return [(text, size)]
    spaces = [index for index, letter in enumerate(text) if letter == " "]
    middle = min(spaces, key=lambda index: abs(2 * _width(text[:index]) - _width(text)))
    halves = (text[:middle], text[middle + 1 :])
    size = min(_size(half, width) for half in halves)
    return [(half, size) for half in halves]


def _size(text: str, width: float) -> float:
    return round(min(NAME_PT, width / _POINT / max(_width(text), 1.0)), 2)


def _width(text: str) -> float:
    """An upper bound in ems: capitals are wide, points and blanks narrow."""
    return sum(0.76 if c.isupper() else 0.3 if c in " .,:;/il|" else 0.56 for c in text)


def _total_columns(lines: Sequence[MonthLine], table: Table) -> list[list[str]]:
    rows = [[*line.totals, line.working_days, line.open_days][: len(table.totals)] for line in lines]
    return [[str(row[n]) if row[n] else "–" for row in rows] for n in range(len(table.totals))]


def _sums(unit: UnitMonth, table: Table) -> list[str]:
    return [str(value) for value in [*unit.totals, unit.working_days, unit.open_days][: len(table.totals)]]


def letter_height(kop: int, title: int, *, replaces: bool) -> float:
    """Height of a letterhead of that many lines, title and particulars, as ``frame.typ`` draws them."""
    return 15.0 + 4.6 * max(0, kop - 2) + 5.0 * title + (7.5 if replaces else 0.0) + 31.0


def day_heads(month: Monthly) -> list[list[str]]:
    """Number and letter of each day."""
    return [[str(day.day), _WEEKDAYS[day.weekday()]] for day in month.days]
