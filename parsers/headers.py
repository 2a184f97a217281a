"""Finding a table's header (one to four rows, merged or not) and what each of its columns means."""

import re
from dataclasses import dataclass, replace
from datetime import date

from domain.terms import Session
from domain.vocabulary import TOTAL_CODES, Aspect, Heading, Key, heading, squeeze
from domain.vocabulary_time import read_day_month, read_period, weekday_in
from parsers.base import ParseContext
from parsers.grid import Grid

_DEEPEST = 4
_IDENTITY = frozenset({Key.NO, Key.NAME, Key.NIP, Key.RANK, Key.POST, Key.NOTE, Key.LINE})
_LETTERS = {"D": Session.DATANG, "M": Session.DATANG, "P": Session.PULANG}
_LONGEST = 80
_DAY_NUMBER = re.compile(r"0?([1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is for and, for a place of presence, its session and day as far as the header says."""

    index: int
    key: Key | None = None
    session: Session | None = None
    aspect: Aspect | None = None
    day: int | None = None
    exact: date | None = None
    weekday: int | None = None
    total: str | None = None
    text: str = ""

    @property
    def dated(self) -> bool:
        """Whether the header ties the column to a day."""
        return self.day is not None or self.exact is not None or self.weekday is not None

    @property
    def is_mark(self) -> bool:
        """Whether presence is written into it."""
        if self.total is not None or self.key in _IDENTITY or self.key is Key.TOTAL:
            return False
        return self.key is Key.SIGN or self.session is not None or self.dated or self.aspect is not None


@dataclass(frozen=True, slots=True)
class Header:
    """A header from row ``top`` to row ``bottom`` (inclusive; a row of column numbers counts as header)."""

    top: int
    bottom: int
    columns: tuple[Column, ...]

    def first(self, key: Key) -> Column | None:
        """The leftmost column for ``key``."""
        return next((c for c in self.columns if c.key is key), None)

    @property
    def marks(self) -> tuple[Column, ...]:
        """The columns of presence."""
        return tuple(c for c in self.columns if c.is_mark)

    @property
    def totals(self) -> tuple[Column, ...]:
        """The columns of sums."""
        return tuple(c for c in self.columns if c.total is not None)

    def same_layout(self, other: "Header") -> bool:
        """Whether ``other`` repeats this header (on the next page)."""
        return [replace(c, text="") for c in self.columns] == [replace(c, text="") for c in other.columns]


def find_header(grid: Grid, start: int, context: ParseContext) -> Header | None:
    """The first header at or below row ``start``."""
    for row in range(start, len(grid.rows)):
        if names_people(grid, row, context):
            top = _top(grid, row, start, context)
            bottom = _bottom(grid, row, context)
            columns = _columns(grid, top, bottom, context)
            header = Header(top, _past_numbers(grid, bottom, columns), columns)
            if header.marks or len(header.totals) >= 2:
                return header
    return None


def names_people(grid: Grid, row: int, context: ParseContext) -> bool:
    """Whether the row holds NAMA (or NO and NIP) beside another column's header."""
    texts = [t for _, t in grid.texts(row) if len(t) <= _LONGEST]
    if len(texts) < 2 or any(t.endswith(":") for t in texts):
        return False
    keys = {heading(t).key for t in texts}
    days = sum(1 for t in texts if is_sub_header(t, context) and heading(t).key is None)
    named = Key.NAME in keys or {Key.NO, Key.NIP} <= keys
    return named and (len(keys & {Key.NO, Key.NIP, Key.SIGN, Key.NOTE, Key.TOTAL, Key.RANK, Key.POST}) > 0 or days >= 3)


def _top(grid: Grid, row: int, start: int, context: ParseContext) -> int:
    """Rows above that hold only parents of columns (PDF lines: ``TANDA TANGAN`` above ``NAMA … DATANG``)."""
    named = max(c for c, t in grid.texts(row) if heading(t).key in (Key.NAME, Key.NIP))
    top = row
    while top > start and row - top < _DEEPEST - 1:
        texts = grid.texts(top - 1)
        # A date above the table stands to the left; a parent stands over the places of presence.
        if not texts or texts[0][0] <= named or not all(is_sub_header(t, context) for _, t in texts):
            break
        top -= 1
    return top


def _bottom(grid: Grid, row: int, context: ParseContext) -> int:
    bottom = row
    while bottom + 1 < len(grid.rows) and bottom - row < _DEEPEST - 1:
        below = grid.texts(bottom + 1)
        if not below or _is_numbering(below) or not all(is_sub_header(t, context) for _, t in below):
            break
        occupied = {c for c, _ in grid.texts(row) if heading(grid.text(row, c)).key in (Key.NO, Key.NAME)}
        if any(c in occupied and _DAY_NUMBER.fullmatch(t) for c, t in below):
            break  # a person's number, not a day
        bottom += 1
    return bottom


def is_sub_header(text: str, context: ParseContext) -> bool:
    """Whether a text can stand in a header's further rows: a header word, a day, a date, a code."""
    if len(text) > _LONGEST:
        return False
    bare = text.strip(" .()").upper()
    return (
        heading(text).known
        or bare in TOTAL_CODES
        or bare in context.codes
        or bare in _LETTERS
        or _DAY_NUMBER.fullmatch(bare) is not None
        or _day_of_header(text, context.received) != (None, None, None)
    )


def _is_numbering(texts: list[tuple[int, str]]) -> bool:
    """A row of column numbers: 1 2 3 … or (1) (2) (3) … from the first column on."""
    numbers = [t.strip(" ().") for _, t in texts]
    return len(numbers) >= 3 and texts[0][0] <= 1 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _past_numbers(grid: Grid, bottom: int, columns: tuple[Column, ...]) -> int:
    if bottom + 1 < len(grid.rows):
        below = grid.texts(bottom + 1)
        if _is_numbering(below) and any(c.key is Key.NAME and grid.text(bottom + 1, c.index) for c in columns):
            return bottom + 1
    return bottom


def _columns(grid: Grid, top: int, bottom: int, context: ParseContext) -> tuple[Column, ...]:
    width = max(len(grid.rows[r]) for r in range(top, bottom + 1))
    found: list[Column] = []
    for index in range(width):
        path = _path(grid, top, bottom, index)
        if path:
            found.append(_column(index, path, context))
    return _without_stray_letters(tuple(found))


def _path(grid: Grid, top: int, bottom: int, index: int) -> list[str]:
    """Header texts over a column from the top; a parent merged over several columns stands in its leftmost one."""
    path: list[str] = []
    for row in range(top, bottom + 1):
        own = " ".join(grid.text(row, index).split())
        if not own and any(grid.text(r, index) for r in range(row + 1, bottom + 1)):
            own = _parent(grid, row, bottom, index)
        if own:
            path.append(own)
    return path


def _parent(grid: Grid, row: int, bottom: int, index: int) -> str:
    for left in range(index - 1, -1, -1):
        text = " ".join(grid.text(row, left).split())
        if text:
            spans = any(grid.text(r, left) for r in range(row + 1, bottom + 1))
            return text if spans and heading(text).key not in _IDENTITY else ""
    return ""


def _column(index: int, path: list[str], context: ParseContext) -> Column:
    column = Column(index, text=" / ".join(path))
    under_total = False
    for text in path:
        known = heading(text)
        under_total = under_total or known.key is Key.TOTAL
        column = _with_heading(column, known)
        if not known.known or known.key is Key.DAY:
            day, exact, weekday = _day_of_header(text, context.received)
            column = replace(
                column, day=day or column.day, exact=exact or column.exact, weekday=weekday or column.weekday
            )
    last = path[-1].strip(" .()").upper()
    if column.key in _IDENTITY:
        return column
    if last in _LETTERS and column.dated:
        return replace(column, session=_LETTERS[last])
    if not heading(path[-1]).known or under_total:
        if under_total or last in TOTAL_CODES or last in context.codes:
            return replace(column, key=Key.TOTAL, total=last, session=None)
        if last in _LETTERS:
            return replace(column, session=_LETTERS[last])
    return column


def _with_heading(column: Column, known: Heading) -> Column:
    return replace(
        column,
        key=column.key if column.key in _IDENTITY else known.key or column.key,
        session=known.session or column.session,
        aspect=known.aspect or column.aspect,
    )


def _without_stray_letters(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """D, M and P name sessions only under a day; alone they are somebody's own codes."""
    return tuple(
        replace(c, session=None)
        if c.key is None and c.session is not None and not c.dated and squeeze(c.text).upper() in _LETTERS
        else c
        for c in columns
    )


def _day_of_header(text: str, received: date) -> tuple[int | None, date | None, int | None]:
    """Day of the month, full date and weekday in a header text."""
    weekday = weekday_in(text)
    if not re.search(r"\d", text):
        return None, None, weekday
    dates = read_period(text, received).dates
    exact = dates[0] if len(dates) == 1 else read_day_month(text, received)
    if exact:
        return exact.day, exact, weekday
    number = _DAY_NUMBER.fullmatch(re.sub(r"[a-z'`’.,/()\s]+", "", text.lower()))
    plain = weekday is not None or (number is not None and _DAY_NUMBER.fullmatch(text.strip(" .()")))
    return (int(number[1]) if number and plain else None), None, weekday
