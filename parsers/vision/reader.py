"""What is in each cell: nothing, a signature, or other ink; with a band in which nothing is said.

facts: scan, "A small network" and "Pitfalls": bands on both probabilities; a line across cells is never a signature; a
1-bit picture never shows that a cell is empty.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.reading import Verdict
from parsers.vision.arrays import Floats
from parsers.vision.cells import Cells
from parsers.vision.ink import crossed_by_lines
from parsers.vision.learned import Bands, bands, chances_of


class Doubt(StrEnum):
    """Why a cell is unsure, in the words shown beside its picture."""

    LINE = "garis melintasi beberapa kotak"
    OTHER = "coretan bukan tanda tangan"
    LIKELY = "mirip tanda tangan, kurang pasti"
    FAINT = "tinta tipis atau samar"
    TWO_TONE = "gambar hitam-putih: tinta tipis dapat hilang"
    CUT = "di luar foto"


@dataclass(frozen=True, slots=True)
class Seen:
    """One cell's verdict with its probability, and the doubt of an unsure one."""

    verdict: Verdict
    confidence: float
    doubt: Doubt | None = None


def read_cells(cells: Cells, *, two_tone: bool) -> list[list[Seen]]:
    """The verdicts by row and column."""
    crossed, limits = crossed_by_lines(cells), bands()
    return [
        [
            _verdict(chances, limits, crossed=bool(line), two_tone=two_tone)
            for chances, line in zip(row, lines, strict=True)
        ]
        for row, lines in zip(chances_of(cells), crossed, strict=True)
    ]


def _verdict(chances: Floats, limits: Bands, *, crossed: bool, two_tone: bool) -> Seen:
    empty, signed, other = (float(chance) for chance in chances)
    if crossed:  # two signatures that run into each other look like a line: somebody wrote there all the same
        doubt = Doubt.LIKELY if signed >= limits.signed else Doubt.LINE
        return Seen(Verdict.UNSURE, max(other, 0.5), doubt)
    if signed >= limits.signed:
        return Seen(Verdict.SIGNED, signed)
    if empty >= limits.empty:
        return Seen(Verdict.UNSURE, empty, Doubt.TWO_TONE) if two_tone else Seen(Verdict.EMPTY, empty)
    if other > max(empty, signed):
        return Seen(Verdict.UNSURE, other, Doubt.OTHER)
    return Seen(Verdict.UNSURE, max(signed, empty), Doubt.LIKELY if signed > empty else Doubt.FAINT)
