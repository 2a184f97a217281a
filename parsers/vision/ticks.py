"""Tick boxes in Keterangan and the head's room to sign at the foot, by the ink inside them.

A box is 2.9 mm wide: the row's printed strip of boxes is found again first, then each box is compared with all the
others of the page, nearly all of which are empty.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from domain.reading import HeadMark, SheetKind
from domain.sheet_layout import TICK, CodeTick, DayTick, HeadBlock, Layout, Rect
from parsers.vision.arrays import Bytes8, Doubles, Floats
from parsers.vision.grid import Grid, printed_nodes
from parsers.vision.head_room import room_chances
from parsers.vision.learned import bands
from parsers.vision.page import SCALE, Page, flat_points
from parsers.vision.stamps import PERHAPS, RING, stamp_in

_SHARP = 8  # pixels a millimetre of a straightened strip
_SEARCH = 0.9  # millimetres that a strip may have moved against the grid
_INNER = 0.5  # millimetres of a box's edge that are its own line
_LEAST_FIT = 0.15  # below, the boxes are not seen and the grid is believed
_TICKED, _CLEAN = 0.3, 0.19  # ink over the page's usual box, as a share of its inside
_FILLED = 0.65  # no stroke that only passes through fills so much of a box
_REACH = 2.0  # millimetres beyond its box that a tick may go; a crease or a neighbour's stroke comes from farther
_LEFT_REACH = 1.2  # on the side of the signatures
_SIGNED_MM2 = 5.0  # of ink in the head's room; less is no signature that can be relied on
_PLAIN = 0.95  # of the network's chances, where a ring may be a stamp's; stamps alone reached 0.9
_INK = 0.5


Names: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Ticks:
    """What is ticked in one row: codes and days, each surely or perhaps."""

    codes: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    doubtful_codes: tuple[str, ...] = ()
    doubtful_days: tuple[int, ...] = ()


def read_ticks(page: Page, grid: Grid, contrast: float) -> list[Ticks]:
    """The ticks of every person's row; ``contrast`` is the darkness of the page's ruling."""
    layout = page.layout
    boxes: list[CodeTick | DayTick] = [CodeTick(0, code) for code in layout.codes]
    if layout.kind is SheetKind.WEEKLY:
        boxes += [DayTick(0, day) for day in range(layout.days)]
    if not boxes or not layout.rows:
        return [Ticks()] * layout.rows
    rects = [layout.box(place) for place in boxes]
    strips = np.stack([_strip(page, grid, row) for row in range(layout.rows)])
    shares, passing = _inks(layout, strips, rects, contrast)
    ink = np.array(shares)
    # What an empty box shows on this page: blurred edges, noise, its own place in the strip.
    usual = np.percentile(ink, 40, axis=0, keepdims=True)
    over = ink - np.maximum(usual, 0)
    return [_ticks(boxes, row, through) for row, through in zip(over, passing, strict=True)]


def _ticks(boxes: list[CodeTick | DayTick], over: Doubles, passing: list[bool]) -> Ticks:
    seen = [
        (box, value >= (_FILLED if through else _TICKED))
        for box, value, through in zip(boxes, over, passing, strict=True)
        if value >= _CLEAN
    ]
    sure = [box for box, surely in seen if surely]
    perhaps = [box for box, surely in seen if not surely]
    return Ticks(
        tuple(box.code for box in sure if isinstance(box, CodeTick)),
        tuple(box.day for box in sure if isinstance(box, DayTick)),
        tuple(box.code for box in perhaps if isinstance(box, CodeTick)),
        tuple(box.day for box in perhaps if isinstance(box, DayTick)),
    )


def _strip(page: Page, grid: Grid, row: int) -> Floats:
    """A row's Keterangan with ``_SEARCH`` around it, as the grid beside it lies."""
    layout = page.layout
    left, right = layout.columns["note"]
    top = layout.row_top(row)
    rect = Rect(left - _SEARCH, top - _SEARCH, right + _SEARCH, top + layout.row_height + _SEARCH)
    printed = flat_points(printed_nodes(layout)[row : row + 2, -1])
    return _straight(page.dark, rect, (grid.nodes[row : row + 2, -1] - printed).mean(axis=0))


def _inks(
    layout: Layout, strips: Floats, rects: list[Rect], contrast: float
) -> tuple[list[list[float]], list[list[bool]]]:
    """Share of ink inside each box of each row, and whether that ink only passes through the box."""
    left, right = layout.columns["note"]
    drawn = _drawn(layout, rects, right - left)
    fits = np.stack([cv2.matchTemplate(strip, drawn, cv2.TM_CCOEFF_NORMED) for strip in strips])
    # A row alone may lock onto the rule above its boxes; its neighbours lie nearly as it does.
    padded = np.pad(fits, ((2, 2), (0, 0), (0, 0)), mode="edge")
    steady = np.mean(np.stack([padded[n : n + len(fits)] for n in range(5)]), axis=0)
    size = round((TICK - 2 * _INNER) * _SHARP)
    found, aligned, places, edge = [], [], [], round(_SEARCH * _SHARP)
    for strip, fit in zip(strips, steady, strict=True):
        _, score, _, (dx, dy) = cv2.minMaxLoc(fit)
        if score < _LEAST_FIT:
            dx = dy = round(_SEARCH * _SHARP)
        scaled = np.minimum(strip / max(contrast, 0.05), 1.5)
        shares, starts = [], []
        for rect in rects:
            x0 = round((rect.x0 - left + _INNER) * _SHARP) + dx
            y0 = round((rect.y0 - layout.rows_top + _INNER) * _SHARP) + dy
            inside = scaled[y0 : y0 + size, x0 : x0 + size]
            starts.append((x0 - dx + edge, y0 - dy + edge))
            shares.append(float((inside > _INK).mean()) if inside.size else 0.0)
        found.append(shares)
        places.append(starts)
        aligned.append(np.roll(scaled, (edge - dy, edge - dx), (0, 1)))
    return found, _passing(np.stack(aligned), places, size)


def _passing(rows: Floats, places: list[list[tuple[int, int]]], size: int) -> list[list[bool]]:
    """For each box whether what is written in it goes on far beyond it: what all rows show is print, and taken off."""
    written = (rows - np.median(rows, axis=0) > _INK / 2).astype(np.uint8)
    found = []
    for row, starts in zip(written, places, strict=True):
        # A stroke is lost where it crosses a printed line.
        joined = cv2.dilate(row, np.ones((3, 9), np.uint8))
        _, names = cv2.connectedComponents(joined, connectivity=8)
        found.append([_goes_on(np.asarray(names, np.int32), row, x, y, size) for x, y in starts])
    return found


def _goes_on(names: Names, row: Bytes8, x: int, y: int, size: int) -> bool:
    inside = names[y : y + size, x : x + size][row[y : y + size, x : x + size] > 0]
    if not inside.size:
        return False
    own = int(np.bincount(inside).argmax())
    ys, xs = np.nonzero((names == own) & (row > 0))
    reach, left = round((_REACH + _INNER) * _SHARP), round((_LEFT_REACH + _INNER) * _SHARP)
    right, low = x + size + reach, y + size + reach
    return bool(xs.min() < x - left or xs.max() >= right or ys.min() < y - reach or ys.max() >= low)


def _straight(dark: Floats, rect: Rect, moved: Doubles) -> Floats:
    """A rectangle of the page at ``_SHARP`` pixels a millimetre, shifted as the grid beside it was."""
    wide, tall = round(rect.width * _SHARP), round(rect.height * _SHARP)
    x0, y0 = rect.x0 * SCALE - 0.5 + moved[0], rect.y0 * SCALE - 0.5 + moved[1]
    step = SCALE / _SHARP
    to_page = np.array([[step, 0, x0 + step / 2], [0, step, y0 + step / 2]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(dark, to_page, (wide, tall), flags=flags), np.float32)


def _drawn(layout: Layout, rects: list[Rect], width: float) -> Floats:
    """The strip's boxes as printed, softened as a camera would."""
    left = layout.columns["note"][0]
    strip = np.zeros((round(layout.row_height * _SHARP), round(width * _SHARP)), np.float32)
    for rect in rects:
        a = (round((rect.x0 - left) * _SHARP), round((rect.y0 - layout.rows_top) * _SHARP))
        b = (round((rect.x1 - left) * _SHARP), round((rect.y1 - layout.rows_top) * _SHARP))
        cv2.rectangle(strip, a, b, 1.0, 2)
    return np.asarray(cv2.GaussianBlur(strip, (0, 0), 1.2), np.float32)


def read_head_block(page: Page, contrast: float) -> HeadMark:
    """Whether the head signed at the foot (TLG-08); a stamp, and a 1-bit picture, leave that open."""
    layout = page.layout
    if not layout.head:
        return HeadMark.ABSENT
    box = layout.box(HeadBlock())
    room = Rect(box.x0 + 1, box.y0 + 1.2, box.x1 - 1, box.y1 - 1.2)
    if page.two_tone or not page.in_sight(room):
        return HeadMark.UNSURE
    x0, y0, x1, y1 = (round(value * SCALE) for value in (room.x0, room.y0, room.x1, room.y1))
    inked = (page.dark[y0:y1, x0:x1] > _INK * max(contrast, 0.1)).astype(np.uint8)
    solid = np.asarray(cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)
    area = float(solid.sum()) / SCALE**2
    signed, empty = room_chances(page, box, contrast)
    if signed >= bands().signed and area >= _SIGNED_MM2:
        # What is left of a signature under a stamp cannot be told from a second stamp: a person looks.
        stamp = stamp_in(page, room, contrast, PERHAPS)
        doubtful = stamp is not None and (stamp.ring >= RING or signed < _PLAIN)
        return HeadMark.UNSURE if doubtful else HeadMark.SIGNED
    return HeadMark.EMPTY if empty >= bands().empty and area < _SIGNED_MM2 else HeadMark.UNSURE
