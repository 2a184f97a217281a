"""One page of a sheet that an office made itself, from a picture to a grid that the table engine understands.

Printed words are read (headers, numbers, names, NIPs, notes); places of presence are only looked at for ink. A time
or a code in somebody's hand is never guessed: it is unsure and waits for a person.
"""

import hashlib
import re

import numpy as np

from domain.reading import Box, Verdict
from domain.vocabulary import Key, Mark, heading, squeeze
from parsers.base import ParseContext
from parsers.grid import Grid, Value
from parsers.headers import Header, find_header
from parsers.vision.arrays import Floats
from parsers.vision.cells import cut
from parsers.vision.faint_print import evened, sharpened
from parsers.vision.foreign_band import lines_of, read_beside
from parsers.vision.foreign_days import Unread
from parsers.vision.foreign_grid import ForeignPage, InkGrid, Text, Turn, unread_page, unturning
from parsers.vision.foreign_head import read_foot
from parsers.vision.foreign_marks import MonthMarks
from parsers.vision.foreign_month import Month, find_month, words_of
from parsers.vision.header_words import (
    NIP_DIGITS,
    digits_in,
    header_word,
    heading_of_contents,
    mended,
    nearest_heading,
    nearest_sign,
    unread_sign,
)
from parsers.vision.ocr import find_pieces, has_ink, read_pieces, search_pieces
from parsers.vision.reader import Doubt, Seen, read_cells
from parsers.vision.row_numbers import mended_numbers
from parsers.vision.ruling import Gray, Ruled, find_ruled
from parsers.vision.table_cells import TableCell, cells_of

HANDWRITTEN = "(tulisan tangan)"
_UNSEEN = Seen(Verdict.UNSURE, 0.0, Doubt.FAINT)
_COVERED = Seen(Verdict.UNSURE, 0.0, Doubt.COVERED)
_ELSEWHERE = Seen(Verdict.UNSURE, 0.0, Doubt.ELSEWHERE)
_HEADER_ROWS, _ENOUGH = 4, 3  # known headings
_LEAST_SCORE = 0.55
_LEAST_GUESS = 0.3  # of names and their numbers
_PRINTED_SCORE = 0.9
_SCRAP = 3  # letters and digits that a reader of print may make of a signature
_UNREAD = (Key.RANK, Key.POST, Key.TOTAL)
_NUMBER = re.compile(r"(\d{1,3})\s*[.)]?")


def read_page(gray: Gray, number: int, context: ParseContext, *, one_bit: bool) -> ForeignPage | None:
    """The table of a page in whichever of four ways it lies; None when nothing is ruled on it."""
    best: tuple[tuple[bool, int], _Table] | None = None
    for turns in (0, 2, 1, 3):
        turned = np.ascontiguousarray(np.rot90(gray, turns))
        ruled = find_ruled(turned)
        if ruled is None:
            return None
        table = _Table(ruled, turned)
        score = table.read_header()
        if best is None or score > best[0]:
            best = (score, table)
            best_turns = turns
        if score >= (True, _ENOUGH):
            break
    assert best is not None
    return best[1].finish(number, context, one_bit=one_bit, turned=unturning(gray.shape, best_turns))


class _Table:
    """A ruled table under reading."""

    def __init__(self, ruled: Ruled, source: Gray) -> None:
        self._ruled, self._source = ruled, source
        self._marks: MonthMarks | None = None
        self._cells = {(c.row, c.column): c for c in cells_of(ruled)}
        self._rows = len(ruled.ys) - 1
        self._columns = len(ruled.xs) - 1
        self._texts: dict[tuple[int, int], Text] = {}
        self._height = 1.0

    def read_header(self) -> tuple[bool, int]:
        """Whether the first rows name people (scraps of writing hardly do), and how many known headings they hold."""
        self._read([c for c in self._cells.values() if c.row < _HEADER_ROWS])
        self._mend_headings()
        told = [heading(" ".join(t.text.split())) for (row, _), t in self._texts.items() if row < _HEADER_ROWS]
        return any(h.key in (Key.NAME, Key.NIP) for h in told), sum(1 for h in told if h.known)

    def finish(
        self,
        number: int,
        context: ParseContext,
        *,
        one_bit: bool,
        turned: Turn,
    ) -> ForeignPage:
        """Read what identifies people and make the grid."""
        self._look_again()
        month = find_month(self._ruled, self._cells, self._plain())
        if isinstance(month, Unread):
            return unread_page(number, month)
        top = self._take(month) if month else self._header_end()
        layout, confirmed = self._layout(top, context)
        if confirmed:
            self._rename(top, confirmed)
        header = find_header(Grid("", self._values()), 0, context)
        top = header.bottom + 1 if header else top
        self._read_people(header, top)
        if month and (unread := self._take_words(month)):
            return unread_page(number, unread)
        above, below = read_beside(self._ruled.gray, self._ruled.xs, self._ruled.ys)
        values = [*lines_of(above), *self._values(), *lines_of(below)]
        offset, seen = len(lines_of(above)), self._look(header, top, two_tone=one_bit)
        if header and not confirmed and not month:
            self._doubt_beside(header, top, seen)

        def look(row: int, column: int) -> Seen | None:
            if header is None or not 0 <= row - offset < self._rows:
                return None
            # A place that nobody looked at is not empty, nor is one that lines not found have joined to another's.
            return seen.get((row - offset, column), _UNSEEN)

        def place_of(row: int, column: int) -> Box | None:
            if not 0 <= row - offset < self._rows or column >= self._columns:
                return None
            return self._box(number, row - offset, column, turned)

        def judge(row: int, column: int, mark: Mark) -> Mark:
            return self._marks.judge(row - offset, column, mark) if self._marks else mark

        grid = InkGrid("", values, number, place=place_of, look=look, judge=judge)
        foot = read_foot(self._ruled, below, two_tone=one_bit, seen=self._source.shape[:2])
        return ForeignPage(
            grid, layout, self._words(header), confirmed is not None, self._ruled.other_tables,
            head=foot.mark, head_box=self._around(number, foot.room, turned) if foot.room else None,
            said=tuple(" ".join(map(str, line)) for line in lines_of(above)), month=month is not None,
            numbered=self._numbered(top),
        )  # fmt: skip

    def _plain(self) -> dict[tuple[int, int], str]:
        return {place: text.text for place, text in self._texts.items()}

    def _take(self, month: Month) -> int:
        """A month's header as it must read, and the people's cells as they are ruled; the first row below it."""
        self._cells = dict(month.cells)
        self._texts = {place: Text(text) for place, text in month.headings.items()}
        return month.top

    def _take_words(self, month: Month) -> Unread | None:
        """A month's numbers and words, or why they cannot be told."""
        words = words_of(month, self._plain())
        if isinstance(words, Unread):
            return words
        self._texts |= {place: Text(text) for place, text in words.items()}
        self._marks = MonthMarks(self._ruled, self._source, month, words)
        return None

    def _words(self, header: Header | None) -> tuple[str, ...]:
        """For each column the word that it was taken for, as a person confirms or mends it; "" for the others."""
        known = {c.index: header_word(c) for c in header.columns} if header else {}
        return tuple(known.get(column, "") for column in range(self._columns))

    def _read(self, cells: list[TableCell], *, guess: bool = False) -> None:
        """Read the printed text of cells that were not read yet; ``guess``: pale and doubtful print as well."""
        pieces, owners = [], []
        for cell in cells:
            if (cell.row, cell.column) in self._texts:
                continue
            inside = evened(cell.inside(self._ruled.gray)) if guess else cell.inside(self._ruled.gray)
            self._texts[cell.row, cell.column] = Text("")
            for piece in find_pieces(inside):
                pieces.append(piece.cut(inside))
                owners.append((cell.row, cell.column, piece.y1 - piece.y0))
        told = read_pieces(pieces)
        heights = [h for (_, _, h), (text, score) in zip(owners, told, strict=True) if text and score > _PRINTED_SCORE]
        self._height = float(np.median(heights)) if heights else self._height
        for (row, column, height), (text, score) in zip(owners, told, strict=True):
            if not text or score < (_LEAST_GUESS if guess else _LEAST_SCORE):
                before = self._texts[row, column]
                self._texts[row, column] = Text(before.text, printed=False)
                continue
            before = self._texts[row, column]
            printed = before.printed and score >= _PRINTED_SCORE and 0.6 < height / self._height < 1.7
            self._texts[row, column] = Text("\n".join(filter(None, (before.text, mended(text)))), printed)

    def _read_people(self, header: Header | None, top: int) -> None:
        """The columns that say who it is; a name that the quick way lost is looked for once more."""
        wanted = self._wanted(header)
        who = {c.index for c in header.columns if c.key in (Key.NAME, Key.NIP)} if header else set()
        self._read([c for c in self._cells.values() if c.row >= top and c.column in wanted & who], guess=True)
        self._read([c for c in self._cells.values() if c.row >= top and c.column in wanted])
        names = {c.index for c in header.columns if c.key in (Key.NAME, Key.NIP)} if header else set()
        for (row, column), cell in self._cells.items():
            if row < top or column not in names or len(self._texts[row, column].text) > 3:
                continue
            inside = evened(cell.inside(self._ruled.gray))
            if has_ink(inside):
                told = [mended(text) for text, score in search_pieces(inside) if score >= _LEAST_SCORE]
                self._texts[row, column] = Text("\n".join(told))
        number = header.first(Key.NO) if header else None
        if number is not None:
            self._number(number.index, top)

    def _number(self, column: int, top: int) -> None:
        """A lost or misread number between two neighbours is what stands between them."""
        told = {}
        for row in range(top, self._rows):
            found = _NUMBER.fullmatch(self._texts.get((row, column), Text("")).text)
            told[row] = int(found[1]) if found else None
        for row, number in mended_numbers(told).items():
            if (row, column) in self._cells:
                self._texts[row, column] = Text(str(number))

    def _numbered(self, top: int) -> int:
        """How many rows hold a NIP: none of them may be lost to the reader of tables."""
        held = {row for (row, _), t in self._texts.items() if digits_in(t.text) >= NIP_DIGITS}
        return sum(row >= top for row in held)

    def _look_again(self) -> None:
        """Headings that nobody knows, read once more from a sharper picture."""
        for cell in [c for c in self._cells.values() if c.row == 0]:
            before = " ".join(self._texts.get((0, cell.column), Text("")).text.split())
            if heading(before).known or digits_in(before):
                continue
            inside = sharpened(cell.inside(self._ruled.gray))
            told = read_pieces([piece.cut(inside) for piece in find_pieces(inside)])
            word = nearest_heading(" ".join(text for text, _ in told))
            if heading(word).known and len(squeeze(word)) >= _SCRAP:  # "S" may be a five
                self._texts[0, cell.column] = Text(word)
        self._mend_headings()

    def _mend_headings(self) -> None:
        """Headings a letter off, and those that only the column's contents tell."""
        for place, text in list(self._texts.items()):
            if place[0] < _HEADER_ROWS - 1:
                self._texts[place] = Text(nearest_heading(text.text), text.printed)
        for column in range(self._columns):
            written = self._texts.get((0, column))
            if written is None or heading(" ".join(written.text.split())).known:
                continue
            word = heading_of_contents([t.text for t in self._below(column)], column == 0)
            self._texts[0, column] = Text(word or nearest_sign(written.text), written.printed or bool(word))
        headings = [self._texts.get((0, column), Text("")).text for column in range(self._columns)]
        if (sign := unread_sign(headings, self._bare())) is not None:
            self._texts[0, sign] = Text("TTD")

    def _below(self, column: int) -> list[Text]:
        """What the first rows hold below a column's heading."""
        first = self._cells[0, column].last_row + 1
        return [self._texts[row, column] for row in range(first, _HEADER_ROWS) if (row, column) in self._texts]

    def _bare(self) -> set[int]:
        """Columns of one heading each that hold places and no print: writing is at most read as a scrap."""
        bare = set()
        for cell in (c for c in self._cells.values() if c.row == 0 and c.column == c.last_column):
            below = self._below(cell.column)
            printed = [t for t in below if t.printed and len(squeeze(t.text)) > _SCRAP]
            if len(below) >= 2 and not printed:
                bare.add(cell.column)
        return bare

    def _header_end(self) -> int:
        """The first row that numbers a person; what stands above it is the header."""
        for row in range(1, min(_HEADER_ROWS, self._rows)):
            first = self._texts.get((row, 0), Text("")).text
            if _NUMBER.fullmatch(first) and not self._texts.get((row, 1), Text("")).text.isdigit():
                return row
        return min(2, self._rows)

    def _layout(self, top: int, context: ParseContext) -> tuple[str, tuple[str, ...] | None]:
        """The layout's name, and the column map that a person confirmed for it."""
        wording = [f"{r}.{c}:{squeeze(t.text)}" for (r, c), t in sorted(self._texts.items()) if r < top and t.text]
        name = hashlib.sha256("|".join([str(self._columns), *wording]).encode()).hexdigest()[:16]
        return name, context.layouts.get(name)

    def _rename(self, top: int, columns: tuple[str, ...]) -> None:
        """Put the confirmed meaning in the place of the header's own words."""
        for row, column in [place for place in self._texts if place[0] < top]:
            self._texts[row, column] = Text("")
        for column, word in enumerate(columns[: self._columns]):
            self._texts[top - 1, column] = Text(word)

    def _values(self) -> list[list[Value]]:
        values: list[list[Value]] = [[None] * self._columns for _ in range(self._rows)]
        for (row, column), text in self._texts.items():
            values[row][column] = (
                text.text if text.printed or row < _HEADER_ROWS else self._doubtful(text, column)
            ) or None
        return values

    def _doubtful(self, text: Text, column: int) -> str:
        """Names and numbers are matched against the roster, which bears a misread letter; a note would be believed."""
        return HANDWRITTEN if column in self._notes else text.text

    @property
    def _notes(self) -> set[int]:
        return {c for (r, c), t in self._texts.items() if r < _HEADER_ROWS and heading(t.text).key is Key.NOTE}

    def _wanted(self, header: Header | None) -> set[int]:
        """The columns whose printed words are needed: who it is, notes, a person's own lines."""
        if header is None:
            return set()
        return {c.index for c in header.columns if not c.is_mark and c.total is None and c.key not in _UNREAD}

    def _spans(self, header: Header | None) -> dict[int, int]:
        """The last column of each heading over several: signatures stand by turns on its left and right."""
        if header is None:
            return {}
        marks = {c.index for c in header.marks}
        return {
            cell.column: cell.last_column
            for cell in self._cells.values()
            if cell.row < _HEADER_ROWS
            and cell.column in marks
            and not marks & set(range(cell.column + 1, cell.last_column + 1))
        }

    def _look(self, header: Header | None, top: int, *, two_tone: bool) -> dict[tuple[int, int], Seen]:
        """What is in every place of presence; columns side by side with the same rows are looked at together."""
        if header is None:
            return {}
        dark = self._marks.dark if self._marks else self._plain_dark
        spans = self._spans(header)
        strips: list[list[int]] = []
        for column in sorted(c.index for c in header.marks):
            last = strips[-1][-1] if strips else None
            beside = last is not None and spans.get(last, last) + 1 == column
            if last is not None and beside and self._edges(last, top) == self._edges(column, top):
                strips[-1].append(column)
            else:
                strips.append([column])
        seen: dict[tuple[int, int], Seen] = {}
        for strip in strips:
            seen |= self._strip(strip, top, dark, spans, two_tone=two_tone)
        return seen

    def _strip(
        self, strip: list[int], top: int, dark: Floats, spans: dict[int, int], *, two_tone: bool
    ) -> dict[tuple[int, int], Seen]:
        """What is in the cells of columns side by side that have the same rows."""
        edges = self._edges(strip[0], top)
        if len(edges) < 2:
            return {}
        xs = [self._ruled.xs[c] for c in strip] + [self._ruled.xs[spans.get(strip[-1], strip[-1]) + 1]]
        corners = np.stack(np.meshgrid(xs, [self._ruled.ys[r] for r in edges]), axis=-1).astype(np.float64)
        verdicts = read_cells(cut(dark, corners), two_tone=two_tone, own_form=True)
        seen: dict[tuple[int, int], Seen] = {}
        for row, below, line in zip(edges, edges[1:], verdicts, strict=False):
            for column, one in zip(strip, line, strict=True):
                hidden = self._ruled.hidden[row:below, column : spans.get(column, column) + 1].any()
                seen[row, column] = _COVERED if hidden and one.verdict is Verdict.EMPTY else one
        return seen

    def _doubt_beside(self, header: Header, top: int, seen: dict[tuple[int, int], Seen]) -> None:
        """Who wrote in a column whose heading nobody could read may have signed there: a bare cell in that row does not
        say that the person was away.
        """
        known = {c.index for c in header.columns if c.key or c.is_mark or c.total is not None}
        known |= {n for first, last in self._spans(header).items() for n in range(first, last + 1)}
        who = min((c.index for c in header.columns if c.key in (Key.NAME, Key.NIP)), default=self._columns)
        for nameless in [column for column in sorted(self._bare() - known) if column > who]:
            written = self._strip([nameless], top, self._plain_dark, {}, two_tone=False)
            for row, column in [place for place, one in seen.items() if one.verdict is Verdict.EMPTY]:
                beside = written.get((row, nameless))
                if beside is not None and beside.verdict is not Verdict.EMPTY:
                    seen[row, column] = _ELSEWHERE

    @property
    def _plain_dark(self) -> Floats:
        return np.asarray((255 - self._ruled.gray) / np.float32(255), np.float32)

    def _edges(self, column: int, top: int) -> list[int]:
        """The horizontal lines that bound a column's cells below the header."""
        rows = [row for row in range(top, self._rows) if (row, column) in self._cells]
        return [*rows, self._rows]

    def _box(self, number: int, row: int, column: int, turned: Turn) -> Box | None:
        cell = self._cells.get((row, column))
        x0, y0, x1, y1 = (
            (cell.x0, cell.y0, cell.x1, cell.y1)
            if cell
            else (self._ruled.xs[column], self._ruled.ys[row], self._ruled.xs[column + 1], self._ruled.ys[row + 1])
        )
        return self._around(number, (x0, y0, x1, y1), turned)

    def _around(
        self,
        number: int,
        place: tuple[float, float, float, float],
        turned: Turn,
    ) -> Box:
        """A rectangle of the straight page in the picture as it came."""
        x0, y0, x1, y1 = place
        corners = [turned(*self._ruled.origin(x, y)) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [c[0] for c in corners], [c[1] for c in corners]
        return Box(number, round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))
