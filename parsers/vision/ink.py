"""Strokes on the cells of a page: whose they are, and what can be said of them without a trained reader.

facts: scan, "What limits it" and "Outline that worked" 6: a part of a stroke belongs to its cell if it holds 40 % of
the stroke's largest part or reaches the cell's core; else it is overflow. A stroke across several cells is nobody's.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from parsers.vision.arrays import Floats
from parsers.vision.cells import HEIGHT, WIDTH, Cells

_INK = 0.42  # of the ruling's contrast
_SHARE = 0.4
_CORE = (slice(8, 24), slice(12, 36))  # the middle half of a cell
_LINE_CELLS = 2.3  # a stroke as long as this many cells …
_LINE_THIN = 5  # … and so thin (pixels) …
_LINE_SHARE = 0.72  # … along so much of its length is a line ruled across them
_LEAST = 6  # pixels: less is a speck
SHAPE_HEIGHT, SHAPE_WIDTH = 16, 24
"""Size of the small picture kept of the ink in a cell."""


@dataclass(frozen=True)
class Strokes:
    """What lies in each cell (rows, columns): ``area`` of its own ink in pixels, ``spill`` of its neighbours', whether
    a line is ``crossed`` over it, and how ``tall`` its ink is, as a share of the cell."""

    area: Floats
    spill: Floats
    crossed: npt.NDArray[np.bool_]
    tall: Floats


def strokes_of(cells: Cells) -> Strokes:
    """The strokes of the whole page, told apart by cell."""
    inked = (cells.planes[0] > _INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    rows, columns = cells.rows, cells.columns
    area, spill = np.zeros((rows, columns), np.float32), np.zeros((rows, columns), np.float32)
    crossed = np.zeros((rows, columns), np.bool_)
    own = np.zeros(count, np.bool_)
    own[0] = True
    across = _lines(labels, stats)
    blocks = labels.reshape(rows + 2, HEIGHT, columns + 2, WIDTH).transpose(0, 2, 1, 3)
    largest = _largest_parts(blocks, count)
    tall = np.zeros((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            block = blocks[row + 1, column + 1]
            names, sizes = np.unique(block, return_counts=True)
            if names[-1] == 0:
                continue
            core = set(np.unique(block[_CORE]).tolist())
            mine = np.zeros((HEIGHT, WIDTH), np.bool_)
            for name, size in zip(names.tolist(), sizes.tolist(), strict=True):
                if name == 0 or size < _LEAST:
                    continue
                if across[name]:
                    crossed[row, column] |= bool(np.ptp(np.nonzero((block == name).any(axis=0))[0]) > WIDTH * 0.4)
                elif size >= _SHARE * largest[name] or name in core:
                    area[row, column] += size
                    mine |= block == name
                else:
                    spill[row, column] += size
            tall[row, column] = _height(mine)
    return Strokes(area, spill, crossed, tall)


def _largest_parts(blocks: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    """For each stroke the pixels of its largest part in any one cell, the ring included."""
    rows, columns = blocks.shape[:2]
    cell = np.arange(rows * columns).reshape(rows, columns, 1, 1)
    keys = (blocks.astype(np.int64) * (rows * columns) + cell).ravel()
    names, sizes = np.unique(keys, return_counts=True)
    largest = np.zeros(count, np.int64)
    np.maximum.at(largest, names // (rows * columns), sizes)
    return largest


def _lines(labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which strokes are lines ruled over several cells rather than somebody's ink: long, and thin all along."""
    found = np.zeros(len(stats), np.bool_)
    long = (stats[:, cv2.CC_STAT_WIDTH] > _LINE_CELLS * WIDTH) | (stats[:, cv2.CC_STAT_HEIGHT] > _LINE_CELLS * HEIGHT)
    for name in np.nonzero(long)[0]:
        if name == 0:
            continue
        x, y, width, height = stats[name, :4]
        part = labels[y : y + height, x : x + width] == name
        thickness = part.sum(axis=0 if width * HEIGHT > height * WIDTH else 1)
        found[name] = float((thickness[thickness > 0] <= _LINE_THIN).mean()) > _LINE_SHARE
    return found


def _height(mine: npt.NDArray[np.bool_]) -> float:
    """How much of the cell's height the ink takes up: little for a dash or a dot."""
    lines = np.nonzero(mine.any(axis=1))[0]
    return float(np.ptp(lines) + 1) / HEIGHT if len(lines) else 0.0


def shape_of(cells: Cells, row: int, column: int) -> str:
    """The cell's ink as a small two-tone picture, in hexadecimal; empty when there is none."""
    small = cv2.resize(cells.cell(row, column), (SHAPE_WIDTH, SHAPE_HEIGHT), interpolation=cv2.INTER_AREA)
    bits = np.asarray(small) > 0.25
    return np.packbits(bits).tobytes().hex() if bits.any() else ""
