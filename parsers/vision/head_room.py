"""The head's room to sign at the foot, seen by the cell reader as if it were a row of the table.

The room has no ruling of its own: lines as dark as the page's ruling are laid over it, which the cutting of cells takes
off again. The reader takes the star of a stamp for a signature: stamps are looked for apart (``stamps``).
"""

import cv2
import numpy as np

from domain.sheet_layout import Rect
from parsers.vision.arrays import Doubles, Floats
from parsers.vision.cells import cut
from parsers.vision.learned import EMPTY, SIGNED, chances_of
from parsers.vision.page import Page, flat_points

_CELLS = 4  # to the room's width: 18 mm each, as wide as a signature
_FAINTEST = 0.12  # darkness of the lines laid over, at least
_SOFT = 0.6  # pixels: a printed line has no sharp edge


def room_chances(page: Page, room: Rect, contrast: float) -> tuple[float, float]:
    """How surely somebody signed in ``room``, and how surely nothing is written there (0..1).

    Two looks, half a cell apart, so that no signature falls between two cells in both.
    """
    step = room.width / _CELLS
    looks = np.concatenate(
        [
            _chances(page.dark, room, step, start, cells, contrast)
            for start, cells in ((0.0, _CELLS), (step / 2, _CELLS - 1))
        ]
    )
    return float(looks[:, SIGNED].max()), float(looks[:, EMPTY].min())


def _chances(dark: Floats, room: Rect, step: float, start: float, cells: int, contrast: float) -> Floats:
    xs = room.x0 + start + step * np.arange(cells + 1)
    corners = flat_points(np.stack(np.meshgrid(xs, [room.y0, room.y1]), axis=-1))
    return np.asarray(chances_of(cut(_ruled(dark, corners, max(contrast, _FAINTEST)), corners))[0], np.float32)


def _ruled(dark: Floats, corners: Doubles, contrast: float) -> Floats:
    """``dark`` with lines along ``corners`` (2, n, 2) and those of one more cell on every side."""
    lines = np.zeros_like(dark)
    across, down = corners[0, 1] - corners[0, 0], corners[1, 0] - corners[0, 0]
    first, last = corners[0, 0] - across, corners[0, -1] + across
    for n in range(-1, 3):
        cv2.line(lines, _pixel(first + n * down), _pixel(last + n * down), 1.0, 2)
    for top in (first, *corners[0], last):
        cv2.line(lines, _pixel(top - down), _pixel(top + 2 * down), 1.0, 2)
    lines = np.asarray(cv2.GaussianBlur(lines, (0, 0), _SOFT), np.float32)
    return np.asarray(np.maximum(dark, lines * (contrast / max(float(lines.max()), 1e-6))), np.float32)


def _pixel(point: Doubles) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
