"""The columns of a month: which column is which day, as the numbers of the header agree, or that it cannot be said.

A number read a letter wrong is mended by its neighbours; a line that was not found would move every later day by one,
so columns must be alike in width and the numbers must agree. Nothing is dated by guessing (BLG-34, form E).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.vocabulary import heading
from domain.vocabulary_time import read_period

FEWEST = 8
"""Day columns from which on a page is a month's."""
_HEADER_ROWS = 4
_LAST = 31
_ALIKE = 0.25  # by so much of the usual width a column may be wider or narrower
_AGREE = 0.6  # so many of the columns say their own number
_SLIPS = 2  # a second numbering that more columns agree on is no slip of the reader
_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "i": "1", "S": "5", "B": "8", "Z": "2"})
_NUMBER = re.compile(r"\D?(\d{1,2})\D?")
_BACK, _AHEAD = 3, 1  # months from the day of arrival that a sheet may be about

Texts = Mapping[tuple[int, int], str]


class Unread(str):
    """Why a month cannot be read, in the words for the sender."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Days:
    """The row of the header that holds the numbers, the first and last day's column, and the first one's day."""

    row: int
    first: int
    last: int
    day: int

    @property
    def columns(self) -> range:
        """The columns of days."""
        return range(self.first, self.last + 1)

    def of(self, column: int) -> int:
        """The day of the month of ``column``."""
        return self.day + column - self.first


def find_days(widths: Sequence[float], texts: Texts) -> Days | Unread | None:
    """The day columns of a table whose columns are ``widths`` wide; None for a table that is no month's."""
    rows = [_numbers(texts, row) for row in range(_HEADER_ROWS)]
    row = max(range(_HEADER_ROWS), key=lambda r: len(rows[r]))
    numbers = rows[row]
    if len(numbers) < FEWEST or 0 in numbers:  # a row that numbers all columns begins with the first
        return None
    votes = Counter(number - column for column, number in numbers.items())
    (offset, most), *others = votes.most_common(2)
    if most < FEWEST:
        return None
    agreeing = [column for column, number in numbers.items() if number - column == offset]
    first, last = min(agreeing), max(agreeing)
    if most < _AGREE * (last - first + 1) or (others and others[0][1] > _SLIPS):
        return Unread("Angka tanggal pada judul kolom tidak terbaca pasti")
    usual = sorted(widths[first : last + 1])[(last - first + 1) // 2]
    if any(not _alike(width, usual) for width in widths[first : last + 1]):
        return Unread("Garis antara kolom tanggal tidak terbaca lengkap")
    while first > 1 and first + offset > 1 and _alike(widths[first - 1], usual) and _nameless(texts, row, first - 1):
        first -= 1
    while last + 1 < len(widths) and last + 1 + offset <= _LAST and _alike(widths[last + 1], usual):
        if not texts.get((row, last + 1), "") or not _nameless(texts, row, last + 1):
            break  # what follows the last number may be anything
        last += 1
    return Days(row, first, last, first + offset)


def _numbers(texts: Texts, row: int) -> dict[int, int]:
    found = {}
    for (at, column), text in texts.items():
        number = _NUMBER.fullmatch(text.strip().translate(_DIGITS)) if at == row else None
        if number and 1 <= int(number[1]) <= _LAST:
            found[column] = int(number[1])
    return found


def _alike(width: float, usual: float) -> bool:
    return abs(width - usual) <= _ALIKE * usual


def _nameless(texts: Texts, row: int, column: int) -> bool:
    """Whether nothing above a column says that it is something else than a day."""
    own = texts.get((row, column), "")
    above = [texts.get((r, column), "") for r in range(row)]
    if any(heading(text).known and heading(text).key not in (None, heading("tanggal").key) for text in above):
        return False
    return len(own) <= 2 and not heading(own).known and not own.translate(_DIGITS).isalpha()


def doubt_of_month(lines: Sequence[str], received: date) -> Unread | None:
    """Why the month named above the table must not be believed, if so.

    Two months on one page, or one that is far from the day of arrival: a letter read wrong would put everybody's marks
    into another month.
    """
    named = {period.month for line in lines if (period := read_period(line, received)).month}
    if len(named) > 1:
        return Unread("Bulan pada lembar tertulis berbeda-beda")
    for year, month in named:
        away = (year - received.year) * 12 + month - received.month
        if not -_BACK <= away <= _AHEAD:
            return Unread(f"Bulan pada lembar terbaca {month:02}-{year}, jauh dari tanggal kiriman")
    return None
