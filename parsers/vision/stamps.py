"""An office's round stamp beside a signature, found by its ring: a stamp alone is nobody's signature."""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.sheet_layout import Rect
from parsers.vision.arrays import Bytes8, Floats
from parsers.vision.page import SCALE, Page

_SHARP = 2  # pixels a millimetre: a ring is sought coarsely
_RADII = np.arange(12.0, 21.5, 0.5)  # millimetres; an official stamp is 30 to 40 mm wide
_INK = 0.3
_IN_SIGHT = 0.6  # of a ring must lie on the page
_RING = 0.75  # of a ring is inked; signatures and print reach two thirds
_EDGE = 1.5  # millimetres beyond the outer ring


@dataclass(frozen=True, slots=True)
class Stamp:
    """A disc on the page, in millimetres."""

    x: float
    y: float
    radius: float

    def beyond(self, inked: Bytes8, at: Rect) -> Bytes8:
        """``inked``, which shows ``at`` at the flat page's scale, without what lies on the stamp."""
        middle = round((self.x - at.x0) * SCALE), round((self.y - at.y0) * SCALE)
        disc = cv2.circle(np.zeros_like(inked), middle, round((self.radius + _EDGE) * SCALE), 1, -1)
        return np.asarray(np.where(disc > 0, 0, inked), np.uint8)


def stamp_in(page: Page, room: Rect, contrast: float) -> Stamp | None:
    """The stamp whose middle lies in ``room``, give or take, if there is one."""
    reach = float(_RADII[-1])
    x0, x1 = max(0.0, room.x0 - reach), min(page.layout.width, room.x1 + reach)
    y0, y1 = max(0.0, room.y0 - reach), min(page.layout.height, room.y1 + reach)
    part = page.dark[round(y0 * SCALE) : round(y1 * SCALE), round(x0 * SCALE) : round(x1 * SCALE)]
    ink = np.minimum(part / max(contrast, 0.1), 1.0).astype(np.float32)
    ink = np.asarray(cv2.resize(ink, None, fx=_SHARP / SCALE, fy=_SHARP / SCALE, interpolation=cv2.INTER_AREA))
    wide = cv2.dilate((ink > _INK).astype(np.float32), np.ones((3, 3), np.uint8))
    inked = np.asarray(wide, np.float32)
    for radius in _RADII[::-1]:  # the outermost of a stamp's rings
        share = _rings(inked, float(radius))
        top, left = round((room.y0 - y0 - 4) * _SHARP), round((room.x0 - x0 - 4) * _SHARP)
        near = share[
            max(0, top) : round((room.y1 - y0 + 4) * _SHARP), max(0, left) : round((room.x1 - x0 + 4) * _SHARP)
        ]
        if near.size and float(near.max()) >= _RING:
            row, column = np.unravel_index(int(near.argmax()), near.shape)
            x = x0 + (max(0, left) + int(column)) / _SHARP
            return Stamp(x, y0 + (max(0, top) + int(row)) / _SHARP, float(radius))
    return None


def _rings(inked: Floats, radius: float) -> Floats:
    """For every middle the share of the ring around it that is inked; 0 where too little of it is on the page."""
    side = 2 * int(np.ceil(radius * _SHARP)) + 3
    ring = np.zeros((side, side), np.float32)
    cv2.circle(ring, (side // 2, side // 2), round(radius * _SHARP), 1.0, 1)
    hits = cv2.filter2D(inked, -1, ring, borderType=cv2.BORDER_CONSTANT)
    there = cv2.filter2D(np.ones_like(inked), -1, ring, borderType=cv2.BORDER_CONSTANT)
    share = np.where(there >= _IN_SIGHT * ring.sum(), hits / np.maximum(there, 1.0), 0.0)
    return np.asarray(share, np.float32)
