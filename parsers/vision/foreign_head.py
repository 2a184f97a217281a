"""The head's signature at the foot of a form that an office made itself (TLG-08): found by the words around it.

``Kepala …`` or ``Mengetahui`` stand above the room to sign, name and ``NIP.`` below it. Whether the room holds a
signature is said by the same eyes as on the desk's own sheets (``parsers.vision.ticks``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from domain.reading import HeadMark, SheetKind
from domain.sheet_layout import HeadBlock, Layout, Paper, Place, Rect
from domain.vocabulary import squeeze
from parsers.vision.arrays import Doubles, Floats
from parsers.vision.foreign_band import Printed
from parsers.vision.page import SCALE, Page
from parsers.vision.placing import Place as Map
from parsers.vision.ruling import Ruled
from parsers.vision.ticks import read_head_block

_HEAD = re.compile(
    r"\b(?:kepala|camat|lurah|direktur|inspektur|sekretaris daerah|kepsek|plt|plh)\b|^\s*a\.?\s?n\.?\s", re.IGNORECASE
)
_KNOWN = re.compile(r"\b(?:mengetahui|menyetujui)\b", re.IGNORECASE)
_LOWER = re.compile(r"\bsub\s?bag|\bkasub|\bseksi\b|\bbidang\b|\btata usaha\b|\bpengelola\b|\bpetugas\b", re.IGNORECASE)
_NIP = re.compile(r"n\s?[il1]\s?p\b|(?:\d[\s.]?){14,}", re.IGNORECASE)
_LEAST_SCORE, _LEAST_LETTERS = 0.8, 5
_LONG_SIDE = 305.0  # mm of the paper's long side, A4 or Folio
_FILLS = 0.95  # of a picture's long side
_GAP = 1.5  # lines: a space that is taller is room to sign
_WIDE, _LEFT = 58.0, 6.0  # mm that a signature may take, and may reach out to the left of the words
_LOW = 3.0  # mm: less is no room to sign
_STAMP = 26.0  # mm around the room in which a stamp is looked for
_MIDDLE = (100.0, 120.0)  # mm: where the room is laid on an empty page
_AIR = 0.6  # mm between the room and the words above and below it


@dataclass(frozen=True, slots=True)
class Foot:
    """What was seen of the head's signature, and (pixels of the straight page) where it was looked for."""

    mark: HeadMark
    room: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class _Room(Layout):
    """A page that is empty but for one room to sign."""

    room: Rect = field(default=Rect(0, 0, 1, 1))

    def box(self, place: Place) -> Rect:
        """The room, for the head's block."""
        return self.room if isinstance(place, HeadBlock) else super().box(place)


def read_foot(ruled: Ruled, below: Sequence[Printed], *, two_tone: bool, seen: tuple[int, int]) -> Foot:
    """The head's mark below the table; ``seen`` is the size of the picture that ``ruled`` was straightened from.

    ABSENT where nothing is printed there; UNSURE where it cannot be told which room is the head's.
    """
    words = [p for p in below if p.score >= _LEAST_SCORE and len(squeeze(p.text)) >= _LEAST_LETTERS]
    if not any(_HEAD.search(p.text) or _KNOWN.search(p.text) or _NIP.search(p.text) for p in words):
        return Foot(HeadMark.UNSURE if words else HeadMark.ABSENT)
    millimetre = _millimetre(ruled, seen)
    rooms = [room for block in _blocks(words) if (room := _room_of(block, millimetre))]
    if len(rooms) != 1:
        return Foot(HeadMark.UNSURE)
    return Foot(_seen(ruled, rooms[0], millimetre, two_tone=two_tone, seen=seen), rooms[0])


def _millimetre(ruled: Ruled, seen: tuple[int, int]) -> float:
    """Pixels of the straight page a millimetre, as far as the paper's usual sizes tell."""
    y, x = float(ruled.ys[-1]), float(ruled.xs[-1] + ruled.xs[0]) / 2
    step = np.subtract(ruled.origin(x + 100, y), ruled.origin(x - 100, y))
    return float(max(seen)) * _FILLS / _LONG_SIDE * 200 / max(1.0, float(np.hypot(*step)))


def _blocks(words: Sequence[Printed]) -> list[list[Printed]]:
    """The head's block: lines that stand under each other; several when it cannot be told whose is the head's."""
    blocks: list[list[Printed]] = []
    for word in sorted(words, key=lambda p: p.y0):
        over = [block for block in blocks if any(p.x0 < word.x1 and word.x0 < p.x1 for p in block)]
        blocks = [block for block in blocks if block not in over] + [[*(p for block in over for p in block), word]]
    named = [block for block in blocks if any(_HEAD.search(p.text) for p in block)]
    if len(named) > 1:
        named = [b for b in named if any(_KNOWN.search(p.text) for p in b)] or [
            b for b in named if not any(_LOWER.search(p.text) for p in b)
        ]
    return named or [b for b in blocks if any(_KNOWN.search(p.text) for p in b)] or (blocks if len(blocks) == 1 else [])


def _room_of(block: list[Printed], millimetre: float) -> tuple[float, float, float, float] | None:
    """Between the words above and the name: the one space that is taller than those between lines."""
    lines = sorted(block, key=lambda p: p.y0)
    end = next((n for n, p in enumerate(lines) if _NIP.search(p.text)), len(lines) - 1)
    gaps = [(below.y0 - above.y1, above, below) for above, below in pairwise(lines[: end + 1])]
    if not gaps:
        return None
    tall, above, below = max(gaps, key=lambda gap: gap[0])
    usual = float(np.median([p.y1 - p.y0 for p in lines]))
    if tall < max(_GAP * usual, _LOW * millimetre):
        return None
    left = min(above.x0, below.x0) - _LEFT * millimetre
    right = max(above.x1, below.x1, left + _WIDE * millimetre)
    return left, above.y1 + _AIR * millimetre, right, below.y0 - _AIR * millimetre


def _seen(
    ruled: Ruled, room: tuple[float, float, float, float], millimetre: float, *, two_tone: bool, seen: tuple[int, int]
) -> HeadMark:
    """What the desk's own eyes say of the room, laid on an empty page of theirs."""
    x0, y0, x1, y1 = room
    wide, tall = (x1 - x0) / millimetre, (y1 - y0) / millimetre
    at = Rect(_MIDDLE[0] - wide / 2, _MIDDLE[1] - tall / 2, _MIDDLE[0] + wide / 2, _MIDDLE[1] + tall / 2)
    layout = _Room(Paper.F4, SheetKind.DAILY, 1, 1, (), head=True, room=at)
    # From the empty page's pixels to the straight page's.
    step = millimetre / SCALE
    back = np.array([[step, 0, x0 - at.x0 * millimetre], [0, step, y0 - at.y0 * millimetre]], np.float64)
    size = round(layout.width * SCALE), round(layout.height * SCALE)
    shrink = cv2.INTER_AREA if step > 1 else cv2.INTER_LINEAR
    flat = cv2.warpAffine(_softened(ruled.gray, step), back, size, flags=shrink | cv2.WARP_INVERSE_MAP, borderValue=255)
    dark = np.asarray((255 - flat) / np.float32(255), np.float32)
    around = at.grown(_STAMP)
    outside = np.ones(dark.shape, np.bool_)
    outside[_pixel(around.y0) : _pixel(around.y1), _pixel(around.x0) : _pixel(around.x1)] = False
    dark[outside] = 0
    page = Page(layout, _map(ruled, at, back), dark, np.asarray(flat, np.uint8), two_tone, seen)
    return read_head_block(page, _contrast(ruled))


def _softened(gray: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", step: float) -> Floats:
    """Reducing skips pixels unless they are spread first."""
    soft = cv2.GaussianBlur(gray, (0, 0), 0.4 * step) if step > 1.3 else gray
    return np.asarray(soft, np.float32)


def _pixel(millimetres: float) -> int:
    return max(0, round(millimetres * SCALE))


def _map(ruled: Ruled, at: Rect, back: Doubles) -> Map:
    """Millimetres of the empty page → pixels of the picture, as flat as the paper is around the room."""
    corners = np.array([(at.x0, at.y0), (at.x1, at.y0), (at.x1, at.y1), (at.x0, at.y1)], np.float64)
    straight = corners * SCALE @ back[:, :2].T + back[:, 2]
    picture = np.array([ruled.origin(float(x), float(y)) for x, y in straight], np.float64)
    # Out of the straight page ``origin`` gives its border: such a room lies outside the picture.
    picture[
        (straight.min(1) < 0) | (straight[:, 0] >= ruled.gray.shape[1]) | (straight[:, 1] >= ruled.gray.shape[0])
    ] = -1
    found, _ = cv2.findHomography(corners, picture, 0)
    plane = np.asarray(found if found is not None else np.diag([0.0, 0.0, 1.0]), np.float64)
    return Map(plane, np.zeros((6, 2)), _MIDDLE, 100.0)


def _contrast(ruled: Ruled) -> float:
    """How dark the table's own lines are, 0 to 1."""
    x0, x1 = round(ruled.xs[0]), round(ruled.xs[-1])
    lines = [255 - ruled.gray[max(0, round(y) - 2) : round(y) + 3, x0:x1].min(0) for y in ruled.ys]
    return float(np.median(np.concatenate(lines))) / 255
