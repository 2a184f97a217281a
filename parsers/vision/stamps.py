"""An office's round stamp in a room to sign, found by its ring: a stamp alone is nobody's signature."""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.sheet_layout import Rect
from parsers.vision.arrays import Doubles, Floats
from parsers.vision.page import SCALE, Page

_SHARP = 2  # pixels a millimetre: a ring is sought coarsely
_RADII = np.arange(12.0, 21.5, 0.5)  # millimetres; an official stamp is 30 to 40 mm wide
_INK = 0.3  # over the room's usual darkness, which noise and moiré lift
_IN_SIGHT = 0.6  # of a ring must lie on the page
RING = 0.63
"""So much more of a stamp's ring is inked than what lies around it; signatures and print seldom reach it."""
PERHAPS = 0.55
"""Signatures reach this, and so does a stamp that the page's edge cuts or that lies over print."""
_OUTSIDE = (2.0, 2.5, 3.0)  # millimetres around the outermost ring, where no stamp goes on
_AROUND = 4.0  # millimetres that a stamp's middle may lie beside the room


@dataclass(frozen=True, slots=True)
class Stamp:
    """A disc on the page, in millimetres; ``ring``: how much more of its ring is inked than what lies around it."""

    x: float
    y: float
    radius: float
    ring: float


def stamp_in(page: Page, room: Rect, contrast: float, least: float = RING) -> Stamp | None:
    """The clearest stamp whose middle lies in ``room``, give or take, if any reaches ``least`` (``RING``)."""
    reach = float(_RADII[-1]) + _OUTSIDE[-1]
    x0, y0 = max(0.0, room.x0 - reach), max(0.0, room.y0 - reach)
    x1, y1 = min(page.layout.width, room.x1 + reach), min(page.layout.height, room.y1 + reach)
    part = page.dark[round(y0 * SCALE) : round(y1 * SCALE), round(x0 * SCALE) : round(x1 * SCALE)]
    ink = np.minimum(part / max(contrast, 0.1), 1.0).astype(np.float32)
    ink = np.asarray(cv2.resize(ink, None, fx=_SHARP / SCALE, fy=_SHARP / SCALE, interpolation=cv2.INTER_AREA))
    here = Rect(room.x0 - x0, room.y0 - y0, room.x1 - x0, room.y1 - y0)
    usual = float(np.median(_part(ink, here)))
    inked = (ink > usual + _INK).astype(np.float32)
    stamp = _clearest(inked, here.grown(_AROUND), least)
    return Stamp(x0 + stamp.x, y0 + stamp.y, stamp.radius, stamp.ring) if stamp else None


def _part(picture: Floats, rect: Rect) -> Floats:
    x0, y0 = max(0, round(rect.x0 * _SHARP)), max(0, round(rect.y0 * _SHARP))
    return picture[y0 : round(rect.y1 * _SHARP), x0 : round(rect.x1 * _SHARP)]


def _clearest(inked: Floats, near: Rect, least: float) -> Stamp | None:
    """The ring that stands out most, its middle in ``near``; all in millimetres of ``inked``."""
    wide = np.asarray(cv2.dilate(inked, np.ones((3, 3), np.uint8)), np.float32)
    left, top = max(0, round(near.x0 * _SHARP)), max(0, round(near.y0 * _SHARP))
    best, found = least, None
    for radius in _RADII:
        share = _part(_rings(inked, wide, float(radius)), near)
        row, column = np.unravel_index(int(share.argmax()), share.shape)
        if share[row, column] >= best:
            best = float(share[row, column])
            found = Stamp((left + int(column)) / _SHARP, (top + int(row)) / _SHARP, float(radius), best)
    return found


def _rings(inked: Floats, wide: Floats, radius: float) -> Floats:
    """For every middle how much more of the ring is inked than of what lies around it; -1 where too little is there."""
    side = 2 * int(np.ceil((radius + _OUTSIDE[-1]) * _SHARP)) + 3
    there = np.ones_like(inked)
    ring, outside = _drawn(side, (radius,)), _drawn(side, tuple(radius + more for more in _OUTSIDE))
    seen, around = _sum(there, ring), _sum(there, outside)
    share = _sum(wide, ring) / np.maximum(seen, 1.0) - _sum(inked, outside) / np.maximum(around, 1.0)
    return np.asarray(np.where(seen >= _IN_SIGHT * ring.sum(), share, -1.0), np.float32)


def _drawn(side: int, radii: tuple[float, ...]) -> Floats:
    ring = np.zeros((side, side), np.float32)
    for radius in radii:
        cv2.circle(ring, (side // 2, side // 2), round(radius * _SHARP), 1.0, 1)
    return ring


def _sum(picture: Floats, kernel: Floats) -> Doubles:
    return np.asarray(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_CONSTANT), np.float64)
