"""From the verdicts of a page's cells, tick boxes and the head's parafs to the rows of a reading.

A code that is ticked for a day stands in the empty cells of that day; a signature beside it is a contradiction and goes
to a person, as does a tick that is not quite one. Rows without a person are told only where somebody wrote in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from domain.reading import Box, Cell, HeadMark, Row, SheetKind, Verdict
from domain.sheet_layout import Layout
from domain.terms import Session
from parsers.vision.arrays import Doubles
from parsers.vision.ink import shape_of
from parsers.vision.page import SCALE
from parsers.vision.reader import Doubt, Seen
from parsers.vision.sheet import Found
from parsers.vision.ticks import Ticks

OTHER_NAMES = "nama pada lembar berbeda"
"""Doubt of every cell of a page that lists other people than its snapshot."""
NEWCOMER = "baris tambahan, nama ditulis tangan"
_TICK_CONFIDENCE = 0.97
_WRITTEN = (Doubt.OTHER.value, Doubt.LIKELY.value, Doubt.FAINT.value)
"""Doubts that tell of a newcomer all the same: somebody may have written there. A line does not where one runs through
every free row: so officers close a sheet. A single row with a line may be somebody's two strokes that met."""


@dataclass(frozen=True)
class Sheet:
    """The rows of the people and one cell a session of the head's own row."""

    rows: tuple[Row, ...]
    heads: tuple[Cell, ...]


def rows_of(found: Found, seen: Sequence[Sequence[Seen]], ticks: Sequence[Ticks], page: int, unit: float) -> Sheet:
    """What a found page says; boxes are in ``unit`` pixels of the file on its ``page``."""
    printed = found.printed
    boxes = _Boxes(found, page, unit)
    every = [
        [
            boxes.cell(number, day, session, seen[number])
            for day in range(len(printed.days))
            if line.open[day]
            for session in Session
        ]
        for number, line in enumerate(printed.rows)
    ]
    free = [cells for line, cells in zip(printed.rows, every, strict=True) if line.person is None]
    closed = all(any(cell.text == Doubt.LINE for cell in cells) for cells in free)
    told_by = _WRITTEN if closed else (*_WRITTEN, Doubt.LINE.value)
    rows = []
    for number, (line, cells) in enumerate(zip(printed.rows, every, strict=True)):
        box = boxes.around(number)
        if line.person is None:
            if any(cell.verdict is Verdict.SIGNED or cell.text in told_by for cell in cells):
                written = tuple(cell for cell in cells if cell.verdict is not Verdict.EMPTY)
                rows.append(Row(line.no, NEWCOMER, "", written, box=box))
            continue
        told, note = _with_codes(cells, ticks[number], found)
        rows.append(Row(line.no, line.name, line.nip, tuple(told), note, box=box))
    heads: tuple[Cell, ...] = ()
    if printed.layout.head:
        last = printed.layout.rows
        heads = tuple(
            boxes.cell(last, day, session, seen[last])
            for day in range(len(printed.days))
            if not printed.off[day]
            for session in Session
        )
    return Sheet(tuple(rows), heads)


def doubted(sheet: Sheet) -> Sheet:
    """The same page with nothing certain on it: its rows belong to nobody knows whom."""

    def doubt(cells: Sequence[Cell]) -> tuple[Cell, ...]:
        return tuple(
            replace(cell, verdict=Verdict.UNSURE, code=None, confidence=0.0, text=OTHER_NAMES, shape="")
            for cell in cells
        )

    rows = tuple(replace(row, cells=doubt(row.cells), note="") for row in sheet.rows)
    return Sheet(rows, doubt(sheet.heads))


@dataclass
class _Boxes:
    found: Found
    page: int
    unit: float

    def cell(self, row: int, day: int, session: Session, seen: Sequence[Seen]) -> Cell:
        """One signature cell as a reading names it."""
        column = 2 * day + (session is Session.PULANG)
        one = seen[column]
        box = self._box(self.found.grid.nodes[row : row + 2, column : column + 2].reshape(-1, 2))
        return Cell(
            one.verdict,
            self.found.printed.days[day],
            session,
            text=one.doubt.value if one.doubt else "",
            confidence=round(one.confidence, 4),
            box=box,
            shape=shape_of(self.found.cells, row, column) if one.verdict is Verdict.SIGNED else "",
        )

    def around(self, row: int) -> Box:
        """A person's whole line, from its number to Keterangan."""
        layout: Layout = self.found.printed.layout
        left, right = layout.columns["no"][0], layout.columns["note"][1]
        nodes = self.found.grid.nodes[row : row + 2]
        first, last = nodes[:, 0], nodes[:, -1]
        reach_left = (layout.columns["days"][0] - left) * SCALE
        reach_right = (right - layout.columns["days"][1]) * SCALE
        return self._box(np.concatenate([first - np.array([reach_left, 0]), last + np.array([reach_right, 0])]))

    def _box(self, corners: Doubles) -> Box:
        at = (self.found.page.place((corners + 0.5) / SCALE) + 0.5) * self.unit
        (x0, y0), (x1, y1) = at.min(axis=0), at.max(axis=0)
        return Box(self.page, *(round(float(value), 1) for value in (x0, y0, x1, y1)))


def _with_codes(cells: list[Cell], ticks: Ticks, found: Found) -> tuple[list[Cell], str]:
    """The cells with the row's code in them, and a note where the ticks say too little or too much."""
    days = found.printed.days
    daily = found.printed.kind is SheetKind.DAILY
    ticked = {days[day] for day in ticks.days} if not daily else set(days)
    doubtful = {days[day] for day in ticks.doubtful_days}
    names = " ".join((*ticks.codes, *ticks.doubtful_codes))
    if not names and not ticks.days:
        return cells, ""
    if len(ticks.codes) == 1 and not ticks.doubtful_codes and ticked and not doubtful:
        full = {day for day in ticked if all(c.verdict is Verdict.SIGNED for c in cells if c.date == day)}
        return [_coded(c, ticks.codes[0], c.date in full) if c.date in ticked else c for c in cells], ""
    told = ", ".join(str(day.day) for day in sorted(ticked | doubtful)) if not daily else ""
    return cells, " ".join(
        filter(None, ("kotak", names or "tanpa kode", f"tanggal {told}" if told else "", "dicentang"))
    )


def _coded(cell: Cell, code: str, full: bool) -> Cell:
    """``full``: every session of the day is signed, so that there is no room for the code and both cannot be true."""
    if full:
        told = f"ditandatangani, tetapi kotak {code} dicentang"
        return replace(cell, verdict=Verdict.UNSURE, confidence=0.0, text=told)
    if cell.verdict is Verdict.EMPTY:
        return replace(cell, verdict=Verdict.CODE, code=code, text=code, confidence=_TICK_CONFIDENCE)
    if cell.verdict is Verdict.SIGNED:
        return cell
    return replace(cell, text=f"{cell.text}; kotak {code} dicentang")


def head_of(block: HeadMark, heads: Sequence[Cell], rows: Sequence[Row]) -> HeadMark:
    """The head's mark for the whole sheet: the signature at the foot, else the paraf of the last filled session."""
    if block in (HeadMark.SIGNED, HeadMark.ABSENT) or not heads:
        return block
    signed = {(c.date, c.session) for row in rows for c in row.cells if c.verdict is Verdict.SIGNED}
    last = next((cell for cell in reversed(heads) if (cell.date, cell.session) in signed), None)
    marks = {Verdict.SIGNED: HeadMark.SIGNED, Verdict.EMPTY: HeadMark.EMPTY}
    seen = marks.get(last.verdict, HeadMark.UNSURE) if last else HeadMark.EMPTY
    return HeadMark.UNSURE if HeadMark.UNSURE in (seen, block) and seen is not HeadMark.SIGNED else seen
