"""From the places of presence of one person to cells: one a date and session."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from domain.reading import Box, Cell, Verdict
from domain.terms import Session
from domain.vocabulary import MAX_TEXT, Aspect, Key, Mark, code_in, read_mark
from domain.vocabulary_time import read_period
from parsers.base import ParseContext
from parsers.grid import Grid
from parsers.headers import Column, Header
from parsers.people import Block, line_heading

_TICKS = frozenset({"√", "✓", "✔", "☑", "✅", "V", "X"})


@dataclass(frozen=True, slots=True)
class Place:
    """What a column of presence stands for on this sheet; ``off`` marks a day that the month does not have."""

    column: Column
    date: date | None
    session: Session | None
    off: bool = False


def read_cells(
    grid: Grid, header: Header, places: tuple[Place, ...], block: Block, context: ParseContext
) -> tuple[Cell, ...]:
    """The cells of one person in the order of the columns."""
    seen: dict[tuple[date | None, Session | None], list[tuple[Aspect | None, Mark, Box | None]]] = {}
    lines = [(row, line_heading(grid, header, row)) for row in block.lines]
    told = any(h.session for _, h in lines)
    session: Session | None = None
    for row, heading in lines:
        session = heading.session or session
        day = _row_date(grid, header, row, context)
        for place in places:
            mark = grid.mark(row, place.column.index, context.codes, block.no)
            if place.off and mark.verdict is Verdict.EMPTY:
                continue
            key = (place.date or day, place.session or (session if told else None))
            aspect = heading.aspect or place.column.aspect
            seen.setdefault(key, []).append((aspect, mark, grid.box(row, place.column.index)))
    cells = [cell for (day, which), marks in seen.items() for cell in _cells(day, which, marks)]
    return tuple(cells) or _ticked(grid, header, block, context)


def _row_date(grid: Grid, header: Header, row: int, context: ParseContext) -> date | None:
    """The date in a TANGGAL column, in sheets with a line for each day."""
    column = next((c for c in header.columns if c.key is Key.DAY and not c.is_mark), None)
    if column is None:
        return None
    dates = read_period(grid.text(row, column.index), context.received).dates
    return dates[0] if len(dates) == 1 else None


def _cells(
    day: date | None, session: Session | None, marks: list[tuple[Aspect | None, Mark, Box | None]]
) -> list[Cell]:
    mark = _combined([(aspect, m) for aspect, m, _ in marks])
    box = _place_of(mark, marks)
    cell = Cell(mark.verdict, day, session, mark.code, None, mark.text, box=box)
    times = tuple(dict.fromkeys(mark.times))
    if mark.verdict is not Verdict.REPORTED or not times:
        return [cell]
    if len(times) == 1:
        return [replace(cell, time=_local(times[0], mark.text, session))]
    if len(times) == 2 and session is None and times[0] < times[1]:
        pairs = zip((Session.DATANG, Session.PULANG), times, strict=True)
        return [replace(cell, session=which, time=moment) for which, moment in pairs]
    return [replace(cell, verdict=Verdict.UNSURE)]


def _place_of(mark: Mark, marks: list[tuple[Aspect | None, Mark, Box | None]]) -> Box | None:
    """Where the verdict was seen: a paraf beside its hour, or hour and paraf together when they are for a person."""
    written = [(m, b) for _, m, b in marks if m.verdict is not Verdict.EMPTY]
    own = [b for m, b in written if m.verdict is mark.verdict] or [b for _, b in written]
    if mark.verdict is Verdict.UNSURE and len(own) > 1 and all(own) and len({b.page for b in own if b}) == 1:
        boxes = [b for b in own if b]
        return Box(
            boxes[0].page, min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )  # fmt: skip
    return own[0] if own else marks[0][2]


def _local(moment: time, text: str, session: Session | None) -> time:
    """A spoken ``setengah empat`` is of the twelve-hour clock: after noon when people go home."""
    spoken = "setengah" in text.lower() or "stgh" in text.lower()
    return moment.replace(hour=moment.hour + 12) if spoken and session is Session.PULANG and moment.hour < 7 else moment


def _combined(marks: list[tuple[Aspect | None, Mark]]) -> Mark:
    """One mark of a session that has a place for the time and one for the paraf."""
    written = [(a, m) for a, m in marks if m.verdict is not Verdict.EMPTY]
    if not written:
        return next((m for _, m in marks if m.text), marks[0][1])
    signed = next((m for a, m in written if a is not Aspect.CLOCK and m.verdict is Verdict.SIGNED), None)
    if signed and all(a is Aspect.CLOCK and m.verdict is Verdict.UNSURE for a, m in written if m is not signed):
        return signed  # the paraf tells presence; the hour in somebody's hand stays a picture
    verdicts = {m.verdict for _, m in written}
    text = " | ".join(dict.fromkeys(m.text for _, m in written))[:MAX_TEXT]
    if verdicts == {Verdict.REPORTED}:
        clocked = [m.times for a, m in written if m.times and a is Aspect.CLOCK] or [m.times for _, m in written]
        return Mark(Verdict.REPORTED, text, times=tuple(t for times in clocked for t in times))
    codes = {m.code for _, m in written}
    if verdicts == {Verdict.CODE} and len(codes) == 1:
        return replace(written[0][1], text=text)
    return Mark(Verdict.UNSURE, text)


def _ticked(grid: Grid, header: Header, block: Block, context: ParseContext) -> tuple[Cell, ...]:
    """A daily sheet with a column for each code (H, S, I, A) and a tick under one of them."""
    if header.marks:
        return ()
    ticked = [
        (column, row)
        for row in block.lines
        for column in header.totals
        if grid.text(row, column.index).upper().strip(" .") in _TICKS
    ]
    if not ticked:
        return ()
    column, row = ticked[0]
    box = grid.box(row, column.index)
    text = f"{column.total} {grid.text(row, column.index)}"
    if len(ticked) > 1:
        return (Cell(Verdict.UNSURE, text=text, box=box),)
    mark = read_mark(column.total or "", context.codes)
    return (Cell(mark.verdict, code=mark.code, text=text, box=box),)


def with_note(cells: tuple[Cell, ...], note: str, context: ParseContext) -> tuple[Cell, ...]:
    """A code in KETERANGAN stands for a person's whole day when every cell of that day is empty."""
    code = code_in(note, context.codes) if note else None
    if code is None or any(c.verdict is not Verdict.EMPTY for c in cells):
        return cells
    return tuple(replace(c, verdict=Verdict.CODE, code=code, text=note[:MAX_TEXT]) for c in cells)


def totals_of(grid: Grid, header: Header, block: Block) -> tuple[tuple[str, int], ...]:
    """The sums printed at the end of a person's line."""
    return tuple(_sums(grid, header.totals, block))


def _sums(grid: Grid, columns: Iterable[Column], block: Block) -> Iterable[tuple[str, int]]:
    for column in columns:
        text = next((t for row in block.lines if (t := grid.text(row, column.index))), "")
        if text.isdigit() and len(text) <= 4:
            yield column.total or "", int(text)
