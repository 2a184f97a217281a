"""Strokes on the cells of a page: lines ruled across several of them, and the small picture kept of a cell's ink."""

import cv2
import numpy as np
import numpy.typing as npt

from parsers.vision.arrays import Floats
from parsers.vision.cells import HEIGHT, WIDTH, Cells

_INK = 0.42  # of the ruling's contrast
_LINE_CELLS = 2.3  # a stroke as long as this many cells …
_LINE_THIN = 5  # … and so thin (pixels) …
_LINE_SHARE = 0.72  # … along so much of its length is a line ruled across them
_REACH = 0.4  # of a cell's width: a line that reaches so far into a cell crosses it
_SHIFT = 5  # pixels
SHAPE_HEIGHT, SHAPE_WIDTH = 16, 24
"""Size of the small picture kept of the ink in a cell."""


def crossed_by_lines(cells: Cells) -> npt.NDArray[np.bool_]:
    """Over which cells (rows, columns) somebody ruled a line that is nobody's signature.

    facts: scan, "What limits it" 7: officers rule one long line through the absent rows.
    """
    inked = (cells.planes[0] > _INK).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    crossed = np.zeros((cells.rows, cells.columns), np.bool_)
    for name in _lines(labels, stats):
        x, y, width, height = (int(value) for value in stats[name, :4])
        for row in range(max(0, y // HEIGHT - 1), min(cells.rows, (y + height - 1) // HEIGHT)):
            for column in range(max(0, x // WIDTH - 1), min(cells.columns, (x + width - 1) // WIDTH)):
                top, left = (row + 1) * HEIGHT, (column + 1) * WIDTH
                within = np.nonzero((labels[top : top + HEIGHT, left : left + WIDTH] == name).any(axis=0))[0]
                crossed[row, column] |= len(within) > 0 and bool(np.ptp(within) > WIDTH * _REACH)
    return crossed


def _lines(labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32]) -> list[int]:
    """Which strokes are lines ruled over several cells rather than somebody's ink: long, and thin all along."""
    found = []
    long = (stats[:, cv2.CC_STAT_WIDTH] > _LINE_CELLS * WIDTH) | (stats[:, cv2.CC_STAT_HEIGHT] > _LINE_CELLS * HEIGHT)
    for name in np.nonzero(long)[0]:
        if name == 0:
            continue
        x, y, width, height = stats[name, :4]
        part = labels[y : y + height, x : x + width] == name
        thickness = part.sum(axis=0 if width * HEIGHT > height * WIDTH else 1)
        if float((thickness[thickness > 0] <= _LINE_THIN).mean()) > _LINE_SHARE:
            found.append(int(name))
    return found


def likeness(first: Floats, second: Floats) -> float:
    """How alike the ink of two cells is, -1 to 1, whatever their place and a little of their size."""
    soft = [cv2.GaussianBlur(np.minimum(cell, 1.5), (0, 0), 2.0)[1:-1, 2:-2] for cell in (first, second)]
    room = cv2.copyMakeBorder(soft[1], _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_CONSTANT, value=0.0)
    return float(cv2.matchTemplate(room, soft[0], cv2.TM_CCOEFF_NORMED).max())


def shape_of(cells: Cells, row: int, column: int) -> str:
    """The cell's ink as a small two-tone picture, in hexadecimal; empty when there is none."""
    small = cv2.resize(cells.cell(row, column), (SHAPE_WIDTH, SHAPE_HEIGHT), interpolation=cv2.INTER_AREA)
    bits = np.asarray(small) > 0.25
    return np.packbits(bits).tobytes().hex() if bits.any() else ""
