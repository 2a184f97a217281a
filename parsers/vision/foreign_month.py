"""A month of presence on one page: rows are people, columns days (form E of Bulungan, offices' monthly lists; BLG-34).

A person has one line, two (datang, pulang) or the four of form E (Masuk: Jam, Paraf; Pulang: Jam, Paraf). Where one
person ends is seen on the ruling of the number's column and checked by the words of the lines, never on the writing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from domain.vocabulary import Key, heading, squeeze
from parsers.vision.foreign_days import Days, Texts, Unread, find_days
from parsers.vision.ruling import Ruled
from parsers.vision.table_cells import TableCell

Place = tuple[int, int]
_DRAWN = 0.7  # of a line's way through a column
_DARK = 0.5  # of the same line's darkness elsewhere
_BESIDE, _INSET = 3, 4  # pixels
_ALIKE = 0.25
_LIKE = 75.0
_FORM_E = "namanippangkatgoljabatan"
_LINES = {"masuk": "Masuk", "datang": "Masuk", "pulang": "Pulang", "jam": "Jam", "pukul": "Jam", "paraf": "Paraf",
          "ttd": "Paraf"}  # fmt: skip
_PATTERNS: Mapping[int, tuple[tuple[tuple[str, str], ...], ...]] = {
    1: ((("", ""),),),
    2: ((("Masuk", ""), ("Pulang", "")), (("", "Jam"), ("", "Paraf"))),
    4: ((("Masuk", "Jam"), ("Masuk", "Paraf"), ("Pulang", "Jam"), ("Pulang", "Paraf")),),
}
"""By lines a person: what each line is for."""
_HALF, _FEW = 0.5, 0.1
_NIP_DIGITS = 9
_WHO = (Key.NAME, Key.NIP)


@dataclass(frozen=True, slots=True)
class Person:
    """The first line of somebody in the table, the line after the last, and whether they are as many as must be."""

    first: int
    end: int
    whole: bool


@dataclass(frozen=True)
class Month:
    """The table of a month before its words are read."""

    days: Days
    people: tuple[Person, ...]
    each: int
    number: int
    names: tuple[int, ...]
    lines: tuple[int, ...]
    headings: Mapping[Place, str]
    cells: Mapping[Place, TableCell]

    @property
    def top(self) -> int:
        """The first row below the header."""
        return self.days.row + 1

    @property
    def broken(self) -> frozenset[int]:
        """Rows in which a line between two people or lines may be missing."""
        return frozenset(row for person in self.people if not person.whole for row in range(person.first, person.end))


def find_month(ruled: Ruled, cells: Mapping[Place, TableCell], texts: Texts) -> Month | Unread | None:
    """The month that a ruled page shows; None when it is another kind of page."""
    days = find_days(np.diff(ruled.xs).tolist(), texts)
    if days is None or isinstance(days, Unread):
        return days
    headings = _headings(days, texts)
    columns = {column: heading(_text(headings, days, column)).key for column in range(days.first)}
    names = tuple(column for column, key in columns.items() if key in _WHO)
    number = next((column for column, key in columns.items() if key is Key.NO), None)
    if not names or number is None:
        return Unread("Judul kolom nomor atau nama tidak terbaca")
    top, rows = days.row + 1, len(ruled.ys) - 1
    people = _people(ruled, number, days, top, rows)
    each = Counter(person.end - person.first for person in people).most_common(1)[0][0] if people else 0
    if each not in _PATTERNS:
        return Unread("Batas antara pegawai tidak terbaca pasti")
    people = tuple(Person(p.first, p.end, p.whole and p.end - p.first == each) for p in people)
    lines = tuple(c for c in range(max(names) + 1, days.first) if columns[c] is None) if each > 1 else ()
    headings |= {(days.row, column): ("Masuk/Pulang", "Jam/Paraf")[min(n, 1)] for n, column in enumerate(lines)}
    left = [number, *names, *lines]
    regrouped = {place: cell for place, cell in cells.items() if place[0] < top or place[1] not in left}
    for person in people:
        for column in left:
            for cell in _groups(ruled, column, days, person):
                regrouped[cell.row, cell.column] = cell
    return Month(days, people, each, number, names, lines, headings, regrouped)


def _text(headings: Mapping[Place, str], days: Days, column: int) -> str:
    return next((t for row in range(days.row + 1) if (t := headings.get((row, column), ""))), "")


def _headings(days: Days, texts: Texts) -> dict[Place, str]:
    """The header as it must read: every day's number, a heading a few letters off as what it can only be."""
    told = {place: text for place, text in texts.items() if place[0] <= days.row}
    for row in range(days.row + 1):
        for column in days.columns:
            told[row, column] = str(days.of(column)) if row == days.row else ""
    for (row, column), text in list(told.items()):
        if column < days.first and text and fuzz.ratio(squeeze(text), _FORM_E) >= _LIKE:
            told[row, column] = "Nama/NIP/Pangkat/Gol./Jabatan"
    if heading(_text(told, days, 0)).key is None and heading(_text(told, days, 1)).key is Key.NAME:
        told[0, 0] = "No"
    return told


def _people(ruled: Ruled, number: int, days: Days, top: int, rows: int) -> tuple[Person, ...]:
    """Whoever stands between two lines that are drawn through the number's column."""
    edges = [top, *(row for row in range(top + 1, rows) if _is_drawn(ruled, row, number, days)), rows]
    heights = np.diff(ruled.ys)[top:]
    usual = float(np.median(heights)) if len(heights) else 1.0
    return tuple(
        Person(a, b, all(abs(h - usual) <= _ALIKE * usual for h in heights[a - top : b - top]))
        for a, b in pairwise(edges)
    )


def _is_drawn(ruled: Ruled, row: int, column: int, days: Days) -> bool:
    """Whether a level line is drawn through ``column``, as dark as it is through the days."""

    def along(first: int, last: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
        y = round(ruled.ys[row])
        x0, x1 = round(ruled.xs[first]) + _INSET, round(ruled.xs[last]) - _INSET
        return np.asarray(255 - ruled.gray[max(0, y - _BESIDE) : y + _BESIDE + 1, x0:x1].min(0), np.uint8)

    usual = float(np.median(along(days.first, days.last + 1)))
    here = along(column, column + 1)
    return bool(here.size) and float((here >= _DARK * usual).mean()) >= _DRAWN


def _groups(ruled: Ruled, column: int, days: Days, person: Person) -> list[TableCell]:
    """A person's cells in ``column``, joined over the lines that stop before it."""
    inner = [row for row in range(person.first + 1, person.end) if _is_drawn(ruled, row, column, days)]
    return [
        TableCell(
            a, column, b - 1, column,
            float(ruled.xs[column]), float(ruled.ys[a]), float(ruled.xs[column + 1]), float(ruled.ys[b]),
        )
        for a, b in pairwise([person.first, *inner, person.end])
    ]  # fmt: skip


def words_of(month: Month, texts: Texts) -> dict[Place, str] | Unread:
    """What the columns beside the days say, numbers and words of the lines mended; below the header nothing else."""
    told = _lines_told(month, texts)
    if isinstance(told, Unread):
        return told
    told |= _numbers_told(month, texts)
    for person in month.people:
        for column in month.names:
            rows = [row for row in range(person.first, person.end) if (row, column) in month.cells]
            for n, row in enumerate(rows):
                text = texts.get((row, column), "")
                # Rank and post say nothing of who it is, and a post reads like the foot of the table.
                told[row, column] = text if n == 0 or sum(ch.isdigit() for ch in text) >= _NIP_DIGITS else ""
    return told


def _lines_told(month: Month, texts: Texts) -> dict[Place, str] | Unread:
    read = [
        (row - person.first, word)
        for person in month.people
        if person.whole
        for row in range(person.first, person.end)
        for column in month.lines
        if (word := line_word(texts.get((row, column), "")))
    ]
    whole = sum(person.whole for person in month.people)
    best = max(_PATTERNS[month.each], key=lambda pattern: sum(word in pattern[n] for n, word in read))
    agree = sum(word in best[n] for n, word in read)
    wanted = whole * sum(len({line[kind] for line in best if line[kind]}) for kind in (0, 1))
    if agree < _HALF * wanted or len(read) - agree > _FEW * len(read):
        return Unread("Baris Masuk/Pulang dan Jam/Paraf tidak terbaca pasti")
    # Both words of a line stand in its own row, wherever the office wrote them.
    told = {}
    for person in month.people:
        for n, row in enumerate(range(person.first, person.end)):
            for column, word in zip(month.lines, best[n] if person.whole else (), strict=False):
                told[row, column] = word
            if person.whole and len(month.lines) == 1:
                told[row, month.lines[0]] = " ".join(filter(None, reversed(best[n])))
    return told


def line_word(text: str) -> str:
    """Masuk, Pulang, Jam or Paraf, read at most a letter wrong; "" for anything else."""
    word = squeeze(text)
    if word in _LINES:
        return _LINES[word]
    near = {meant for known, meant in _LINES.items() if Levenshtein.distance(word, known, score_cutoff=1) <= 1}
    return near.pop() if len(near) == 1 and len(word) > 2 else ""


def _numbers_told(month: Month, texts: Texts) -> dict[Place, str]:
    """The people's numbers, which follow each other; counted from 1 where none can be read."""
    read = {}
    for n, person in enumerate(month.people):
        text = squeeze(texts.get((person.first, month.number), ""))
        if text.isdigit():
            read[n] = int(text)
    votes = Counter(number - n for n, number in read.items() if number > n)
    start = votes.most_common(1)[0][0] if votes else 1
    return {(person.first, month.number): str(start + n) for n, person in enumerate(month.people)}


def is_clock_line(month: Month, texts: Texts) -> Callable[[int], bool]:
    """Whether a row is a line for the hour."""
    rows = {row for (row, column), text in texts.items() if column in month.lines and text.startswith("Jam")}
    return rows.__contains__
