"""Photographed and scanned sheets for tests: a printed page, pen strokes on it, a simple camera. Small and seeded."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2

from domain.profile import load_profile
from domain.sheet import SheetPage
from domain.sheet_layout import Place, Sign
from domain.terms import Session
from reports.forms import print_sheets
from tests.fakes.sheets import KEY

Picture = npt.NDArray[np.uint8]
DPI = 254  # ten pixels a millimetre
BLUE = (35, 45, 150)
BLACK = (25, 25, 28)


@lru_cache(maxsize=16)
def _printed(page: SheetPage) -> bytes:
    return print_sheets(load_profile("tulungagung"), KEY, [page]).pdf


def paper(page: SheetPage) -> Picture:
    """The page as printed, RGB."""
    document = pypdfium2.PdfDocument(_printed(page))
    return np.asarray(document[0].render(scale=DPI / 72).to_pil().convert("RGB"), np.uint8).copy()


def signs(rows: Iterable[int], *columns: tuple[int, Session]) -> list[Sign]:
    """Signature cells of ``rows`` in the given (day, session) columns."""
    return [Sign(row, day, session) for row in rows for day, session in columns]


@dataclass
class Pen:
    """Draws on a page; every stroke comes from the seed and the place, so that a person's sign looks alike."""

    page: SheetPage
    seed: int = 0
    colour: tuple[int, int, int] = BLUE
    image: Picture = field(init=False)

    def __post_init__(self) -> None:
        self.image = paper(self.page)

    def sign(self, places: Iterable[Place], hand: int | None = None) -> "Pen":
        """A wild little signature in each place; ``hand`` gives all of them the very same strokes."""
        for place in places:
            own = zlib.crc32(repr(place).encode())
            rng = np.random.default_rng((self.seed, own if hand is None else hand))
            box = self.page.layout.box(place)
            width, height = min(box.width, 16.0), min(box.height, 10.0)
            # Points of a wandering hand, joined by a curve.
            count = int(rng.integers(7, 11))
            knots = np.sort(rng.uniform(-0.42, 0.42, count)) + rng.normal(0, 0.09, count)
            heights = rng.uniform(-0.4, 0.4, count)
            at = np.linspace(0, count - 1, 90)
            part = at % 1
            ease = np.floor(at) + part * part * (3 - 2 * part)
            x = box.x0 + box.width / 2 + width * np.clip(np.interp(ease, np.arange(count), knots), -0.44, 0.44)
            y = box.y0 + box.height / 2 + height * np.interp(ease, np.arange(count), heights)
            self._line(np.stack([x, y], axis=1))
        return self

    def tick(self, places: Iterable[Place]) -> "Pen":
        """A check mark in each place."""
        for place in places:
            box = self.page.layout.box(place)
            size = box.width
            points = [(0.15, 0.5), (0.42, 0.85), (0.95, 0.0)]
            self._line(np.array([(box.x0 + a * size, box.y0 + b * size) for a, b in points]))
        return self

    def line(self, *points: tuple[float, float], width: float = 0.5) -> "Pen":
        """A line through points in millimetres."""
        return self._line(np.array(points, np.float64), width)

    def _line(self, points: npt.NDArray[np.float64], width: float = 0.5) -> "Pen":
        pixels = np.round(points * DPI / 25.4 * 16).astype(np.int32)
        cv2.polylines(self.image, [pixels], False, self.colour, round(width * DPI / 25.4), cv2.LINE_AA, 4)
        return self


@dataclass(frozen=True)
class Camera:
    """A phone: ``side`` pixels high, ``turn`` quarter turns, ``blur`` and ``noise`` in pixels and gray levels."""

    side: int = 1600
    turn: int = 0
    blur: float = 0.8
    noise: float = 4.0
    slant: float = 0.04
    fill: float = 0.92
    shadow: float = 0.35
    quality: int = 72
    seed: int = 0

    def shoot(self, sheet: Picture, shift: tuple[float, float] = (0.0, 0.0)) -> Picture:
        """The photo; ``shift`` moves the sheet by shares of the picture, also out of it."""
        rng = np.random.default_rng(self.seed)
        height, width = self.side, round(self.side * 0.75)
        tall = height * self.fill
        wide = tall * sheet.shape[1] / sheet.shape[0]
        x0, y0 = (width - wide) / 2 + shift[0] * width, (height - tall) / 2 + shift[1] * height
        corners = np.array([(x0, y0), (x0 + wide, y0), (x0 + wide, y0 + tall), (x0, y0 + tall)])
        corners += rng.uniform(-self.slant, self.slant, (4, 2)) * wide
        source = np.array([(0, 0), (sheet.shape[1], 0), (sheet.shape[1], sheet.shape[0]), (0, sheet.shape[0])])
        shrink = 1.25 * tall / sheet.shape[0]
        small = cv2.resize(sheet, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else sheet
        scale = small.shape[0] / sheet.shape[0]
        plane = cv2.getPerspectiveTransform((source * scale).astype(np.float32), corners.astype(np.float32))
        desk = (92, 84, 70)
        seen = cv2.warpPerspective(small, plane, (width, height), flags=cv2.INTER_AREA, borderValue=desk)
        seen = cv2.GaussianBlur(seen, (0, 0), self.blur) if self.blur else seen
        light = 1.0 - self.shadow * np.linspace(0, 1, width)[None, :, None] * np.linspace(0.4, 1, height)[:, None, None]
        noisy = seen * light * 0.93 + rng.normal(0, self.noise, seen.shape)
        return np.ascontiguousarray(np.rot90(np.clip(noisy, 0, 255).astype(np.uint8), self.turn))


def jpeg(picture: Picture, quality: int = 72) -> bytes:
    """As a phone sends it."""
    done, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


def photo(pen: Pen, camera: Camera | None = None, shift: tuple[float, float] = (0.0, 0.0)) -> bytes:
    """A JPEG of the page that ``pen`` wrote on."""
    used = camera or Camera()
    return jpeg(used.shoot(pen.image, shift), used.quality)


def scan(pen: Pen, dpi: int = 150, skew: float = 0.6, noise: float = 3.0) -> Picture:
    """A flatbed's picture, gray, a little askew."""
    shrink = dpi / DPI
    small = cv2.resize(cv2.cvtColor(pen.image, cv2.COLOR_RGB2GRAY), None, fx=shrink, fy=shrink, interpolation=3)
    middle = (small.shape[1] / 2, small.shape[0] / 2)
    plane = cv2.getRotationMatrix2D(middle, skew, 1.0)
    turned = cv2.warpAffine(small, plane, (small.shape[1], small.shape[0]), borderValue=250)
    rough = turned + np.random.default_rng(5).normal(0, noise, turned.shape)
    return np.asarray(np.clip(rough, 0, 255), np.uint8)
