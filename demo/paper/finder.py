"""Where to sign on a printed sheet of which only the PDF is at hand, as an office sees it: by its ruled lines."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from demo.paper.geometry import BLOCK, CODE, DAY, HEAD, SIGN, Box, Geometry, Image, Slot
from demo.paper.sheet import DENSITY, raster

_DARK = 128
_LONG_LEVEL, _LONG_UPRIGHT = 100.0, 9.0  # mm: ruled lines are longer than any letter
_SAME = 0.35  # mm within which two lines or widths are one
_TICK = (2.3, 3.5)  # mm, side of a tick box
_GREY = 235  # closed cells are darker than paper
_BLOCK = (74.0, 12.0, 11.5)  # width, offset above the last line of text, height of the head's room to sign


def find_geometry(pdf: bytes, page: int = 0) -> Geometry:
    """The cells of page ``page`` (from 0); ``ValueError`` when it has no table of signatures."""
    grey = raster(pdf, page, DENSITY)
    dark = (grey < _DARK).astype(np.uint8)
    level = _lines(dark, (round(_LONG_LEVEL * DENSITY), 1), axis=1)
    table = dark[round(level[0] * DENSITY) : round(level[-1] * DENSITY)] if level else dark[:1]  # no tags, no codes
    upright = _lines(table, (1, round(_LONG_UPRIGHT * DENSITY)), axis=0)
    if len(level) < 3 or len(upright) < 4:
        raise ValueError("halaman ini tidak memuat tabel tanda tangan")
    columns = _equal(upright)
    rows, head = _rows(dark, level, upright)
    slots = [
        Slot(SIGN, r, c, (x0, y0, x1, y1), _open(grey, (x0, y0, x1, y1)))
        for r, (y0, y1) in enumerate(pairwise(rows))
        for c, (x0, x1) in enumerate(pairwise(columns))
    ]
    if head:
        middle = [all(s.open for s in slots if s.column == c) or any(s.open for s in slots if s.column == c)
                  for c in range(len(columns) - 1)]  # fmt: skip
        slots += [
            Slot(HEAD, -1, c, (x0, head[0], x1, head[1]), middle[c]) for c, (x0, x1) in enumerate(pairwise(columns))
        ]
    slots += _ticks(dark, rows, (columns[-1], upright[-1]))
    height, width = grey.shape[0] / DENSITY, grey.shape[1] / DENSITY
    right = upright[-1]
    slots.append(Slot(BLOCK, -1, 0, (right - _BLOCK[0], height - 28, right, height - 28 + _BLOCK[2])))
    return Geometry(width, height, page, tuple(slots))


def _lines(dark: Image, kernel: tuple[int, int], axis: int) -> list[float]:
    """Middles (mm) of the lines that hold a run as long as ``kernel``."""
    kept = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8))
    marked = np.flatnonzero(kept.any(axis=axis))
    groups = np.split(marked, np.flatnonzero(np.diff(marked) > 1) + 1) if len(marked) else []
    thin = [group for group in groups if len(group) <= 1.2 * DENSITY]  # tags and QR codes are thicker
    return [float(group.mean() + 0.5) / DENSITY for group in thin]


def _equal(edges: Sequence[float]) -> list[float]:
    """The longest run of columns of one width: those that are signed."""
    best: list[float] = []
    for start in range(len(edges) - 1):
        width = edges[start + 1] - edges[start]
        run = [edges[start], edges[start + 1]]
        for edge in edges[start + 2 :]:
            if abs(edge - run[-1] - width) > _SAME:
                break
            run.append(edge)
        if len(run) > len(best):
            best = run
    return best


def _rows(
    dark: Image, level: Sequence[float], upright: Sequence[float]
) -> tuple[list[float], tuple[float, float] | None]:
    """Edges of the people's rows, and the head's row: the last, where number and name are one."""
    lines = _equal(level[1:])
    after = [y for y in level if y > lines[-1] + _SAME]
    divided = round(upright[1] * DENSITY)

    def split(top: float, bottom: float) -> bool:
        part = dark[round((top + 1) * DENSITY) : round((bottom - 1) * DENSITY), divided - 2 : divided + 3]
        return bool(part.any(axis=1).mean() > 0.9)

    if after and not split(lines[-1], after[0]):
        return lines, (lines[-1], after[0])
    if not split(lines[-2], lines[-1]):
        return lines[:-1], (lines[-2], lines[-1])
    return lines, None


def _open(grey: Image, box: Box) -> bool:
    x0, y0, x1, y1 = (round(v * DENSITY) for v in box)
    return bool(np.percentile(grey[y0 + 6 : y1 - 6, x0 + 6 : x1 - 6], 75) > _GREY)


def _ticks(dark: Image, rows: Sequence[float], across: tuple[float, float]) -> list[Slot]:
    """Tick boxes right of the signatures: the upper line of a row holds the codes, the lower one the days."""
    offset = round(across[0] * DENSITY) + 3
    part = 1 - dark[:, offset : round(across[1] * DENSITY)]
    _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=4)
    low, high = (v * DENSITY for v in _TICK)
    boxes = []
    for x, y, width, height, area in stats[1:]:
        if low - 4 <= width <= high and low - 4 <= height <= high and area > 0.9 * width * height:
            x0, y0 = float(x + offset) / DENSITY, float(y) / DENSITY
            boxes.append((x0, y0, x0 + float(width) / DENSITY, y0 + float(height) / DENSITY))
    slots = []
    for row, (top, bottom) in enumerate(pairwise(rows)):
        inside = sorted((box for box in boxes if top <= box[1] < bottom), key=lambda box: box[1])
        upper = [box for box in inside if box[1] - inside[0][1] < 1.5]
        lower = [box for box in inside if box not in upper]
        for kind, line in ((CODE, upper), (DAY, lower)):
            slots += [Slot(kind, row, n, box) for n, box in enumerate(sorted(line))]
    return slots
