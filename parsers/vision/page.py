"""A page laid flat: darkness of ink against its own paper, at five pixels a millimetre.

facts: scan, "Outline that worked" 2 and 4: one rectification; division by the closed background; darkness is the
larger one of red and green, since blue ink is strongest in red.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.sheet_layout import Layout, Rect
from parsers.vision.arrays import Bytes8, Doubles, Floats
from parsers.vision.picture import Picture
from parsers.vision.placing import Place

SCALE = 5
"""Pixels a millimetre of a flat page."""
_COARSE = 8  # the map is made at every eighth pixel
_PAPER_REACH = 23  # pixels: nothing that is written is wider
_SHARPEST = 1.35  # pixels of the picture a pixel of the flat page; above, it is reduced first


@dataclass(frozen=True)
class Page:
    """``dark`` is 0 for paper and 1 for black, (height, width) of the flat page; ``seen`` is the picture's outline.

    ``place`` leads from millimetres to pixels of the picture; ``gray`` is the flat page as it looks.
    """

    layout: Layout
    place: Place
    dark: Floats
    gray: Bytes8
    two_tone: bool
    seen: tuple[int, int]

    def in_sight(self, rect: Rect) -> bool:
        """Whether a rectangle of the page lies within the picture."""
        corners = np.array([(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)])
        at = self.place(corners)
        return bool(at.min() >= 0 and at[:, 0].max() <= self.seen[1] - 1 and at[:, 1].max() <= self.seen[0] - 1)

    def box(self, rect: Rect) -> tuple[float, float, float, float]:
        """The upright box around a rectangle of the page, in pixels of the picture."""
        corners = np.array([(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)])
        at = self.place(corners)
        (x0, y0), (x1, y1) = at.min(axis=0), at.max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)


def flatten(picture: Picture, place: Place, layout: Layout) -> Page:
    """The page of ``layout`` that lies at ``place`` in ``picture``."""
    width, height = round(layout.width * SCALE), round(layout.height * SCALE)
    source, shrink = _near_scale(picture.rgb, place.scale(layout.width / 2, layout.height / 2))
    columns, lines = -(-width // _COARSE) + 1, -(-height // _COARSE) + 1
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(lines)), axis=-1).reshape(-1, 2)
    at = (place((grid * _COARSE + 0.5) / SCALE) + 0.5) * shrink - 0.5
    fine = _spread(at.reshape(lines, columns, 2).astype(np.float32), width, height)
    flat = cv2.remap(source, fine, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    del source, fine  # the most that is held while a page is read
    if picture.two_tone:
        flat = cv2.GaussianBlur(flat, (0, 0), 0.8)
    rgb = np.asarray(flat, np.uint8)
    dark = _darkness(rgb[:, :, 0])
    np.maximum(dark, _darkness(rgb[:, :, 1]), out=dark)
    return Page(layout, place, dark, np.ascontiguousarray(rgb[:, :, 1]), picture.two_tone, picture.rgb.shape[:2])


def _near_scale(rgb: Bytes8, scale: float) -> tuple[Bytes8, float]:
    """The picture at about the flat page's scale, so that sampling it skips nothing; and by how much it shrank."""
    if scale <= SCALE * _SHARPEST:
        return rgb, 1.0
    shrink = SCALE * 1.1 / scale
    return np.asarray(cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8), shrink


def _spread(coarse: Floats, width: int, height: int) -> Floats:
    """The map at every pixel, linear between the coarse points."""
    to_coarse = np.array([[1 / _COARSE, 0, 0], [0, 1 / _COARSE, 0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(coarse, to_coarse, (width, height), flags=flags), np.float32)


def _darkness(channel: Bytes8) -> Floats:
    """How much darker than the paper around it each pixel is."""
    half = cv2.resize(channel, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    reach = _PAPER_REACH // 2
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))
    paper = cv2.morphologyEx(half, cv2.MORPH_CLOSE, kernel)
    paper = cv2.blur(paper, (reach, reach))
    paper = cv2.resize(paper, (channel.shape[1], channel.shape[0]), interpolation=cv2.INTER_LINEAR)
    dark = channel.astype(np.float32)
    dark /= np.maximum(paper, 8)
    np.subtract(1.0, dark, out=dark)
    return np.asarray(np.clip(dark, 0.0, 1.0, out=dark), np.float32)


def flat_points(millimetres: Doubles) -> Doubles:
    """Pixels of the flat page of points in millimetres."""
    flat: Doubles = millimetres * SCALE - 0.5
    return flat
