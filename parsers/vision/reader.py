"""What is in each cell: nothing, a signature, or other ink; with a band in which nothing is said.

facts: scan, "A small network" and "Pitfalls": bands on both probabilities; a line across cells is never a signature; a
1-bit picture never shows that a cell is empty.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from domain.reading import Verdict
from parsers.vision.arrays import Floats
from parsers.vision.cells import HEIGHT, WIDTH, Cells
from parsers.vision.ink import Strokes, strokes_of

EMPTY, SIGNED, OTHER = range(3)
_PIXELS = HEIGHT * WIDTH
_NOTHING, _SOMETHING, _WRITING = 0.004, 0.015, 0.035  # shares of a cell's pixels


class Doubt(StrEnum):
    """Why a cell is unsure, in the words shown beside its picture."""

    LINE = "garis melintasi beberapa kotak"
    OTHER = "coretan bukan tanda tangan"
    FAINT = "tinta tipis atau samar"
    TWO_TONE = "gambar hitam-putih: tinta tipis dapat hilang"
    CUT = "di luar foto"


@dataclass(frozen=True, slots=True)
class Seen:
    """One cell's verdict with its probability, and the doubt of an unsure one."""

    verdict: Verdict
    confidence: float
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Bands:
    """From which probability on a cell is called signed or empty."""

    signed: float
    empty: float


_BY_RULE = Bands(0.9, 0.9)


def read_cells(cells: Cells, *, two_tone: bool) -> list[list[Seen]]:
    """The verdicts by row and column."""
    strokes = strokes_of(cells)
    chances = _by_rule(strokes)
    return [
        [_verdict(chances[row, column], bool(strokes.crossed[row, column]), _BY_RULE, two_tone=two_tone)
         for column in range(cells.columns)]
        for row in range(cells.rows)
    ]  # fmt: skip


def _verdict(chances: Floats, crossed: bool, bands: Bands, *, two_tone: bool) -> Seen:
    empty, signed, other = (float(chance) for chance in chances)
    if crossed:
        return Seen(Verdict.UNSURE, max(other, 0.5), Doubt.LINE)
    if signed >= bands.signed:
        return Seen(Verdict.SIGNED, signed)
    if empty >= bands.empty:
        return Seen(Verdict.UNSURE, empty, Doubt.TWO_TONE) if two_tone else Seen(Verdict.EMPTY, empty)
    if other > max(empty, signed):
        return Seen(Verdict.UNSURE, other, Doubt.OTHER)
    return Seen(Verdict.UNSURE, max(signed, empty), Doubt.FAINT)


def _by_rule(strokes: Strokes) -> Floats:
    """Chances (rows, columns, 3) from the amount of ink and its height, as long as nothing better is known."""
    area = strokes.area / _PIXELS
    inked = np.clip((area - _NOTHING) / (_SOMETHING - _NOTHING), 0.0, 1.0)
    written = np.clip((area - _SOMETHING) / (_WRITING - _SOMETHING), 0.0, 1.0)
    tall = np.clip((strokes.tall - 0.2) / 0.15, 0.0, 1.0)
    signed = written * tall
    empty = 1.0 - inked
    return np.stack([empty, signed, np.clip(1.0 - empty - signed, 0.0, 1.0)], axis=-1).astype(np.float32)
