"""The engine: a grid of values becomes the sheets on it (one unit, one table each)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from domain.reading import (
    FileReading,
    Problem,
    ProblemCode,
    Row,
    SheetKind,
    SheetReading,
    Verdict,
)
from domain.terms import Session
from domain.vocabulary import Key, is_title, sessions_in
from domain.vocabulary_time import Period, read_period
from parsers.base import ParseContext, Parser, reader_of
from parsers.cells import Place, read_cells, totals_of, with_note
from parsers.grid import Grid
from parsers.headers import Column, Header, find_header
from parsers.people import Block, is_numbered_blank, person_lines, read_body
from parsers.preamble import Preamble, read_preamble
from parsers.refusals import problem

_MONTHLY_FROM = 8  # days on one sheet
_MOST_SHEETS = 200
_TITLE_ROWS = 30


@dataclass
class _Table:
    """A sheet under construction; a table may go on over several pages."""

    grid: Grid
    header: Header
    about: Preamble
    rows: list[Row] = field(default_factory=list)
    places: tuple[Place, ...] = ()
    unread: list[int] = field(default_factory=list)  # pages that seem to go on but whose columns are not certain


def read_grids(
    parser: Parser, grids: Iterable[Grid], context: ParseContext, told: tuple[Problem, ...] = ()
) -> FileReading:
    """Every sheet on ``grids``; a file without any gets the problem that says so, after those already ``told``."""
    sheets: list[SheetReading] = []
    titled = False
    pages = 0
    open_table: _Table | None = None
    for grid in grids:
        pages += 1
        tables = _tables(
            grid, context, open_table if grid.page > 1 and open_table and not _named(open_table, grid) else None
        )
        titled = titled or _is_titled(grid)
        for table in tables:
            if table is open_table:
                continue
            if open_table is not None:
                sheets.append(_finish(open_table, context))
            open_table = table
        if len(sheets) >= _MOST_SHEETS:
            break
    if open_table is not None:
        sheets.append(_finish(open_table, context))
    kept = tuple(s for s in sheets if s.rows)
    if not kept and not told:
        told = (problem(ProblemCode.UNKNOWN_LAYOUT if titled else ProblemCode.NOT_SHEET),)
    return FileReading(reader_of(parser), kept, told, pages=max(pages, 1))


def _is_titled(grid: Grid) -> bool:
    lines = range(min(len(grid.rows), _TITLE_ROWS))
    return any(len(grid.texts(r)) <= 2 and is_title(grid.line(r)) for r in lines)


def _named(table: _Table, grid: Grid) -> bool:
    """Worksheets have names of their own and never continue each other; pages of a document do."""
    return table.grid.name != grid.name


def _tables(grid: Grid, context: ParseContext, going_on: _Table | None) -> list[_Table]:
    tables = [going_on] if going_on else []
    row = _continue(going_on, grid, context) if going_on else 0
    while (header := find_header(grid, row, context)) is not None:
        about = read_preamble(grid, row, header.top, context)
        body = read_body(grid, header, header.bottom + 1, context)
        if _is_attendance(grid, header, about, tables):
            tables = _joined(tables, grid, header, about)
            _take(tables[-1], grid, header, body.blocks, context)
            while body.unit_text is not None:
                unit = body.unit_text
                body = read_body(grid, header, body.end, context)
                tables = _under(tables, grid, header, unit, context)
                _take(tables[-1], grid, header, body.blocks, context)
        row = max(body.end, header.bottom + 1)
    return tables


def _continue(table: _Table, grid: Grid, context: ParseContext) -> int:
    """Read a page that goes on without repeating the header; returns the row after its people.

    Only when the numbers go on and every line has all the header's columns: an unruled page does not tell which.
    """
    body = read_body(grid, table.header, 0, context)
    numbered = [b for b in body.blocks if b.no is not None]
    last = max((r.no for r in table.rows if r.no is not None), default=0)
    if not numbered or numbered[0].no != last + 1:
        return 0
    width = max(len(table.grid.rows[r]) for r in range(table.header.top, table.header.bottom + 1))
    if any(len(grid.rows[line]) != width for b in body.blocks for line in b.lines):
        table.unread.append(grid.page)
        return 0
    _take(table, grid, table.header, body.blocks, context)
    return body.end


def _is_attendance(grid: Grid, header: Header, about: Preamble, tables: list[_Table]) -> bool:
    """A list with a signature column alone may be for honoraria: then the title has to say what it is."""
    if any(c.session or c.dated for c in header.marks) or (tables and tables[-1].header.same_layout(header)):
        return True
    return is_title(about.title) or is_title(grid.name)


def _joined(tables: list[_Table], grid: Grid, header: Header, about: Preamble) -> list[_Table]:
    """The tables with one for this header: the last one when it merely repeats it, else a new one."""
    last = tables[-1] if tables else None
    if last is None:
        return [_Table(grid, header, about)]
    says = about.unit_text not in (None, last.about.unit_text) or about.period not in (Period(), last.about.period)
    if not says and about.sessions in ((), last.about.sessions) and last.header.same_layout(header):
        return tables
    return [*tables, _Table(grid, header, about.filled_from(last.about))]


def _under(tables: list[_Table], grid: Grid, header: Header, unit: str, context: ParseContext) -> list[_Table]:
    """A unit's name on a line inside the table begins that unit's sheet; above all rows it only names the sheet."""
    about = replace(tables[-1].about, unit_text=" ".join(unit.split()))
    if not tables[-1].rows:
        tables[-1].about = about
        return tables
    return [*tables, _Table(grid, header, about)]


def _take(table: _Table, grid: Grid, header: Header, blocks: tuple[Block, ...], context: ParseContext) -> None:
    table.places = _places(grid, header, table.about, context)
    kind = _kind(header, table.about)
    for block in blocks:
        if block.continued and not grid.ruled:
            table.unread.append(grid.page)  # a name above its number: whose line is whose is not certain
            return
        if block.continued and (not table.rows or grid is table.grid):
            continue
        row = _row(grid, header, table.places, block, kind, context)
        if row is not None and block.continued:
            table.rows[-1] = _with_lines(table.rows[-1], row)
        elif row is not None:
            table.rows.append(row)


def _with_lines(person: Row, more: Row) -> Row:
    """A person whose last lines stand on the next page."""
    written = {(c.date, c.session): c for c in more.cells if c.verdict is not Verdict.EMPTY}
    known = {(c.date, c.session) for c in person.cells}
    cells = [written.get((c.date, c.session), c) if c.verdict is Verdict.EMPTY else c for c in person.cells] + [
        c for c in more.cells if (c.date, c.session) not in known
    ]
    both = [c for c in person.cells if c.verdict is not Verdict.EMPTY and (c.date, c.session) in written]
    doubtful = {(c.date, c.session) for c in both if c.verdict is not written[c.date, c.session].verdict}
    cells = [replace(c, verdict=Verdict.UNSURE) if (c.date, c.session) in doubtful else c for c in cells]
    return replace(person, nip=person.nip or more.nip, cells=tuple(cells), note=person.note or more.note)


def _row(
    grid: Grid, header: Header, places: tuple[Place, ...], block: Block, kind: SheetKind, context: ParseContext
) -> Row | None:
    name, nip = person_lines(grid, header, block)
    cells = read_cells(grid, header, places, block, context)
    note_column = header.first(Key.NOTE)
    notes = [grid.text(r, note_column.index) for r in block.lines] if note_column else []
    note = " ".join(" ".join(n for n in notes if n).split())
    totals = totals_of(grid, header, block)
    if is_numbered_blank(grid, header, block) and not block.continued:
        if not any(c.verdict is not Verdict.EMPTY for c in cells) and not note.strip("-. "):
            return None
        name = ""
    if kind in (SheetKind.DAILY, SheetKind.APEL):
        cells = with_note(cells, note, context)
    name_column = header.first(Key.NAME)
    box = grid.box(block.lines[0], name_column.index) if name_column else None
    return Row(block.no, name, nip, cells, note, totals, box)


def _kind(header: Header, about: Preamble) -> SheetKind:
    title = about.title.lower()
    days = {(c.day, c.exact, c.weekday) for c in header.marks if c.dated}
    if not days:
        if not header.marks and header.totals and "rekap" in title:
            return SheetKind.RECAP
        return SheetKind.APEL if "apel" in title or "upacara" in title else SheetKind.DAILY
    sessions = any(c.session for c in header.marks) or header.first(Key.LINE) is not None
    if not sessions and (header.totals or "rekap" in title):
        return SheetKind.RECAP
    if len(days) >= _MONTHLY_FROM:
        return SheetKind.MONTHLY
    return SheetKind.WEEKLY if len(days) > 1 else SheetKind.DAILY


def _places(grid: Grid, header: Header, about: Preamble, context: ParseContext) -> tuple[Place, ...]:
    period = _period(grid, about, context)
    sessions = about.sessions or sessions_in(grid.name)
    alone = sessions[0] if len(sessions) == 1 else None
    dated = any(c.dated for c in header.marks)
    by_row = header.first(Key.DAY) is not None
    single = period.dates[0] if len(period.dates) == 1 and not by_row else None
    places: list[Place] = []
    for column in header.marks:
        if not dated:
            places.append(Place(column, single, column.session or alone))
            continue
        if not column.dated:
            continue  # a signature for the whole week
        day, off = _date_of(column, period)
        places.append(Place(column, day, column.session or alone, off))
    return tuple(places)


def _period(grid: Grid, about: Preamble, context: ParseContext) -> Period:
    """The sheet's period; a worksheet's name is asked when nothing is written above the table."""
    return about.period if about.period != Period() else read_period(grid.name, context.received)


def _date_of(column: Column, period: Period) -> tuple[date | None, bool]:
    """The date of a column, and whether it is a day that the month does not have (a form with 31 columns)."""
    if column.exact is not None:
        return column.exact, False
    if len(period.dates) > 1:
        fits = [d for d in period.dates if column.day in (None, d.day) and column.weekday in (None, d.isoweekday())]
        return (fits[0], False) if len(fits) == 1 else (None, not fits)
    if column.day is None or period.month is None:
        only = period.dates[0] if period.dates else None
        return (only if only and column.day is None and only.isoweekday() == column.weekday else None), False
    year, month = period.month
    if column.day > monthrange(year, month)[1]:
        return None, True
    return date(year, month, column.day), False


def _finish(table: _Table, context: ParseContext) -> SheetReading:
    about, header = table.about, table.header
    period = _period(table.grid, about, context)
    in_cells = {c.date for r in table.rows for c in r.cells if c.date} | {p.date for p in table.places if p.date}
    dates = tuple(sorted(in_cells)) or period.dates
    sessions = {p.session for p in table.places if p.session} | {
        c.session for r in table.rows for c in r.cells if c.session
    }
    sessions |= set(about.sessions)
    return SheetReading(
        kind=_kind(header, about),
        title=about.title,
        unit_text=about.unit_text,
        dates=dates,
        rows=tuple(table.rows),
        sessions_seen=tuple(s for s in Session if s in sessions),
        name=table.grid.name,
        problems=tuple(_problems(table, period)),
    )


def _problems(table: _Table, period: Period) -> Iterable[Problem]:
    if any(c.date is None for r in table.rows for c in r.cells):
        yield problem(ProblemCode.DATE_MISSING)
    if period.contradicts_itself or any(
        c.exact and c.weekday and c.exact.isoweekday() != c.weekday for c in table.header.columns
    ):
        yield problem(ProblemCode.DATE_DOUBTFUL)
    if table.about.unit_text is None:
        yield problem(ProblemCode.UNIT_MISSING)
    nameless = [str(r.no) for r in table.rows if not r.name]
    if table.unread:
        pages = ", ".join(map(str, table.unread))
        yield problem(ProblemCode.ROW_UNREAD, f"Susunan baris halaman {pages} tidak pasti")
    if nameless:
        yield problem(ProblemCode.ROW_UNREAD, f"Baris {', '.join(nameless[:10])} tanpa nama")
