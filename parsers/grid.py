"""A page or worksheet as rows of values, whatever file it came from; the engine behind every table parser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.reading import Box, Verdict
from domain.vocabulary import PICTURE, Mark, read_mark
from domain.vocabulary_time import time_of_number

Value = str | int | float | bool | datetime | date | time | timedelta | None

MAX_CELL = 1_000  # letters; nobody types more into a sign-in sheet, and patterns stay quick
_SPREADSHEET_EPOCH = date(1904, 1, 1)  # a moment up to here is a time of day with its date lost
_SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  a spreadsheet's times have no zone


@dataclass(frozen=True)
class Grid:
    """Rows of values, ragged to the right; ``pictures`` are (row, column) places that a picture covers.

    ``place`` gives the Box of a cell when it differs from its column and row index (PDF: points). ``ruled`` is
    False where columns were guessed from white space.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    page: int = 1
    pictures: frozenset[tuple[int, int]] = frozenset()
    place: Callable[[int, int], Box | None] | None = None
    ruled: bool = True

    def value(self, row: int, column: int) -> Value:
        """The value at a place, None outside."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def text(self, row: int, column: int) -> str:
        """The value as a person would type it; lines within a cell are kept."""
        return text_of(self.value(row, column))

    def texts(self, row: int) -> list[tuple[int, str]]:
        """The (column, text) pairs of a row that hold something."""
        shown = ((c, text_of(v)) for c, v in enumerate(self.rows[row]))
        return [(c, t) for c, t in shown if t]

    def line(self, row: int) -> str:
        """The whole row as one line of text."""
        return " ".join(" ".join(t.split()) for _, t in self.texts(row))

    def box(self, row: int, column: int) -> Box | None:
        """Where the cell is."""
        if self.place is not None:
            return self.place(row, column)
        return Box(self.page, column, row, column + 1, row + 1)

    def mark(self, row: int, column: int, codes: frozenset[str], no: int | None) -> Mark:
        """The verdict on a cell in which presence is written."""
        mark = _mark_of(self.value(row, column), codes, no)
        if (row, column) in self.pictures and mark.verdict is Verdict.EMPTY:
            return Mark(Verdict.UNSURE, PICTURE)
        return mark


def text_of(value: Value) -> str:
    """A value as text. Numbers keep every digit they have (a NIP in a number cell: DOMAIN.md 1)."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:MAX_CELL].replace("\xa0", " ").replace("_x000D_", "").strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    moment = _time_of_day(value)
    if moment is not None:
        return moment.strftime("%H.%M")
    if isinstance(value, datetime):
        day = f"{value:%d-%m-%Y}"
        return day if value.time() == time.min else f"{day} {value:%H.%M}"
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else str(value)


def _time_of_day(value: Value) -> time | None:
    if isinstance(value, time):
        return value
    if isinstance(value, timedelta) and timedelta(0) < value < timedelta(days=1):
        return (_SOME_DAY + value).time()
    if isinstance(value, datetime) and value.date() <= _SPREADSHEET_EPOCH and value.time() != time.min:
        return value.time()
    return None


def _mark_of(value: Value, codes: frozenset[str], no: int | None) -> Mark:
    shown = text_of(value)
    moment = _time_of_day(value)
    if moment is not None:
        return Mark(Verdict.REPORTED, shown, times=(moment.replace(microsecond=0),))
    if isinstance(value, bool):  # a tick box
        return Mark(Verdict.REPORTED if value else Verdict.EMPTY, shown)
    if isinstance(value, datetime) and value.time() != time.min:
        return Mark(Verdict.REPORTED, shown, times=(value.time().replace(microsecond=0),))
    if isinstance(value, datetime | date | timedelta):
        return Mark(Verdict.UNSURE, shown)
    if isinstance(value, int | float):
        typed = time_of_number(value)
        return Mark(Verdict.REPORTED, shown, times=(typed,)) if typed else Mark(Verdict.UNSURE, shown)
    return read_mark(shown, codes, no)
