"""What is in each cell: nothing, a signature, or other ink; with a band in which nothing is said.

facts: scan, "A small network" and "Pitfalls": bands on both probabilities; a line across cells is never a signature; a
1-bit picture never shows that a cell is empty.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.reading import Verdict
from parsers.vision.arrays import Floats
from parsers.vision.cells import Cells
from parsers.vision.ink import crossed_by_lines, likeness
from parsers.vision.learned import EMPTY, OTHER, SIGNED, Bands, bands, chances_of

_PLAIN = 0.97  # so sure is the network that a line which seems to cross the cell passes it by
_LINE = 0.9  # so sure must it be that the ink is no signature before a line is called one
_RATHER = 0.5  # a signature is likelier than all else …
_QUITE_EMPTY, _SEVERAL = 0.97, 3  # so many cells of a row that are less surely empty doubt each other
_GOOD_SHARE = 0.25
_ONE_HAND = 0.75  # … and the ink is so like a signature in the same row: that person's hand


class Doubt(StrEnum):
    """Why a cell is unsure, in the words shown beside its picture."""

    LINE = "garis melintasi beberapa kotak"
    OTHER = "coretan bukan tanda tangan"
    LIKELY = "mirip tanda tangan, kurang pasti"
    FAINT = "tinta tipis atau samar"
    TWO_TONE = "gambar hitam-putih: tinta tipis dapat hilang"
    CUT = "di luar foto"
    COVERED = "tertutup atau silau"
    ELSEWHERE = "ada tulisan di kolom yang judulnya tidak terbaca"


@dataclass(frozen=True, slots=True)
class Seen:
    """One cell's verdict with its probability, and the doubt of an unsure one."""

    verdict: Verdict
    confidence: float
    doubt: Doubt | None = None


def read_cells(cells: Cells, *, two_tone: bool, own_form: bool = False) -> list[list[Seen]]:
    """The verdicts by row and column; ``own_form``: of a sheet that an office made itself."""
    crossed, chances, limits = crossed_by_lines(cells), chances_of(cells), bands(own_form=own_form)
    seen = [
        [
            _verdict(of_cell, limits, crossed=bool(line), two_tone=two_tone)
            for of_cell, line in zip(row, lines, strict=True)
        ]
        for row, lines in zip(chances, crossed, strict=True)
    ]
    for number, row in enumerate(seen):
        _by_the_same_hand(cells, number, row, chances[number])
        _doubted_together(row)
    return seen


def _verdict(chances: Floats, limits: Bands, *, crossed: bool, two_tone: bool) -> Seen:
    empty, signed, other = (float(chances[n]) for n in (EMPTY, SIGNED, OTHER))
    if crossed and max(empty, signed) < _PLAIN:
        # Two signatures that run into each other look like a line: somebody wrote there all the same.
        doubt = Doubt.LINE if other >= _LINE else Doubt.OTHER if other > signed else Doubt.LIKELY
        return Seen(Verdict.UNSURE, max(other, 0.5), doubt)
    if signed >= (limits.signed_two_tone if two_tone else limits.signed):
        return Seen(Verdict.SIGNED, signed)
    if empty >= limits.empty:
        return Seen(Verdict.UNSURE, empty, Doubt.TWO_TONE) if two_tone else Seen(Verdict.EMPTY, empty)
    if other > max(empty, signed):
        return Seen(Verdict.UNSURE, other, Doubt.OTHER)
    return Seen(Verdict.UNSURE, max(signed, empty), Doubt.LIKELY if signed > empty else Doubt.FAINT)


def _by_the_same_hand(cells: Cells, number: int, row: list[Seen], chances: Floats) -> None:
    """A likely signature becomes one where the same person's sure signature in the row looks alike.

    On validation pages this settles a third of the unsure signatures and no empty cell; of other ink it calls 0.8 %
    more signed, nearly all of it signatures that a line touches.
    """
    sure = [column for column, one in enumerate(row) if one.verdict is Verdict.SIGNED]
    for column, one in enumerate(row):
        chance = float(chances[column, SIGNED])
        if one.doubt is not Doubt.LIKELY or chance < _RATHER or not sure:
            continue
        alike = max(likeness(cells.cell(number, column), cells.cell(number, other)) for other in sure)
        if alike >= _ONE_HAND:
            row[column] = Seen(Verdict.SIGNED, chance)


def _doubted_together(row: list[Seen]) -> None:
    """Cells of one row that are all a little doubtful are not called empty: chance does not doubt one person again and
    again, but a hand that always signs beside its own row does (of 9,700 cells on fresh pages one is asked for it).
    In a month's long row chance doubts some cells; there it must be a good share of the empty ones.
    """
    empty = [n for n, one in enumerate(row) if one.verdict is Verdict.EMPTY]
    doubtful = [n for n in empty if row[n].confidence < _QUITE_EMPTY]
    faint = sum(one.doubt is Doubt.FAINT for one in row)
    if len(doubtful) + faint >= max(_SEVERAL, _GOOD_SHARE * len(empty)):
        for column in doubtful:
            row[column] = Seen(Verdict.UNSURE, row[column].confidence, Doubt.FAINT)
