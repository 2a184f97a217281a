"""Pens and what they leave on paper: strokes become ink, mixed into the page where they lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from demo.paper.geometry import Image, Points

_FINE = 2  # strokes are drawn at twice the page's density
Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Pen:
    """``colour`` red, green, blue of solid ink (0..1); ``width`` in mm; ``density`` how much it covers; ``grain``."""

    colour: tuple[float, float, float]
    width: float
    density: float
    grain: float
    pencil: bool = False


@dataclass(frozen=True, slots=True)
class Ink:
    """Where a mark lies: its cover (0..1) on the page's pixels from column ``left`` and row ``top`` on."""

    left: int
    top: int
    cover: Image


def new_pen(rng: Dice, school: str) -> Pen:
    """A ball or gel pen as offices have them; the test's shops sell other blues and finer points."""
    test = school == "test"
    blue = rng.random() < 0.55
    if blue:
        base = (0.10, 0.14, 0.52) if test else (0.13, 0.2, 0.62)
        colour = [min(0.9, max(0.0, c + rng.normal(0, 0.06))) for c in base]
    else:
        grey = rng.uniform(0.03, 0.22)
        colour = [grey, grey, grey + rng.uniform(0, 0.05)]
    width = rng.uniform(0.25, 0.52) if test else rng.uniform(0.22, 0.55)
    grain = rng.uniform(0, 0.35) if rng.random() < 0.6 else 0.0
    return Pen((colour[0], colour[1], colour[2]), float(width), float(rng.uniform(0.72, 1.0)), float(grain))


def new_pencil(rng: Dice) -> Pen:
    """A pencil: grey, light, grainy."""
    grey = float(rng.uniform(0.22, 0.42))
    return Pen((grey, grey, grey), float(rng.uniform(0.35, 0.7)), float(rng.uniform(0.45, 0.8)), 0.5, True)


@cache
def grains() -> Image:
    """A tile of paper grain, 1024 × 1024, mean 0 and deviation 1."""
    rng = np.random.default_rng(20261126)
    fine = rng.normal(0, 1, (1024, 1024)).astype(np.float32)
    mixed = 0.6 * fine + 1.6 * cv2.GaussianBlur(fine, (0, 0), 1.5)
    return np.asarray((mixed - mixed.mean()) / mixed.std(), dtype=np.float32)


def tile(source: Image, height: int, width: int, rng: Dice) -> Image:
    """A cut of ``source`` from anywhere, repeated where it is too small."""
    top, left = int(rng.integers(source.shape[0])), int(rng.integers(source.shape[1]))
    cut: Image = np.empty((height, width, *source.shape[2:]), source.dtype)
    for rows, from_rows in _spans(top, source.shape[0], height):
        for columns, from_columns in _spans(left, source.shape[1], width):
            cut[rows, columns] = source[from_rows, from_columns]
    return cut


def _spans(first: int, period: int, length: int) -> Iterator[tuple[slice, slice]]:
    """Which pixels of ``length`` come from which of a tile that repeats every ``period``, from ``first`` on."""
    done = 0
    while done < length:
        start = (first + done) % period
        count = min(period - start, length - done)
        yield slice(done, done + count), slice(start, start + count)
        done += count


def draw(page: Image, strokes: Sequence[Points], pen: Pen, rng: Dice, density: float) -> Ink | None:
    """Write ``strokes`` (mm) with ``pen`` on ``page`` (RGB, ``density`` pixels a mm); None when off the page."""
    every = np.vstack(strokes)
    reach = pen.width * 1.5 + 0.3
    left, top = np.floor((every.min(0) - reach) * density).astype(int)
    right, bottom = np.ceil((every.max(0) + reach) * density).astype(int)
    left, top = max(0, int(left)), max(0, int(top))
    right, bottom = min(page.shape[1], int(right)), min(page.shape[0], int(bottom))
    if right - left < 2 or bottom - top < 2:
        return None
    cover = _cover(strokes, pen, rng, (left, top, right, bottom), density)
    mix(page, left, top, cover, pen.colour)
    return Ink(left, top, cover)


def _cover(strokes: Sequence[Points], pen: Pen, rng: Dice, at: tuple[int, int, int, int], density: float) -> Image:
    left, top, right, bottom = at
    canvas = np.zeros(((bottom - top) * _FINE, (right - left) * _FINE), np.uint8)
    scale = density * _FINE
    for stroke in strokes:
        places = np.rint((stroke * scale - (left * _FINE, top * _FINE)) * 4).astype(np.int32)
        for start, end, width in _runs(len(places), rng):
            thick = max(1, round(pen.width * width * scale))
            cv2.polylines(canvas, [places[start:end].reshape(-1, 1, 2)], False, 255, thick, cv2.LINE_AA, 2)
    small = cv2.resize(canvas, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    cover: Image = small.astype(np.float32) * (pen.density / 255)
    if pen.grain:
        noise = tile(grains(), cover.shape[0], cover.shape[1], rng)
        cover *= np.clip(1 - pen.grain * (0.4 + 0.6 * noise), 0.1, 1.1)
    return np.asarray(np.minimum(cover, 1), dtype=np.float32)


def _runs(length: int, rng: Dice) -> list[tuple[int, int, float]]:
    """Parts of a stroke with their share of the pen's width: pressure changes slowly and ends thin."""
    if length < 8:
        return [(0, length, float(rng.uniform(0.85, 1.1)))]
    edges = np.linspace(0, length - 1, min(6, length // 4) + 1).astype(int)
    widths = np.clip(rng.normal(1, 0.13, len(edges) - 1), 0.6, 1.35)
    widths[-1] *= rng.uniform(0.6, 1)
    return [(int(a), int(b) + 1, float(w)) for a, b, w in zip(edges, edges[1:], widths, strict=False)]


def mix(page: Image, left: int, top: int, cover: Image, colour: tuple[float, float, float]) -> None:
    """Lay ink of ``colour`` over the page: it lets through what it does not cover."""
    height, width = cover.shape
    part = page[top : top + height, left : left + width]
    through = 1 - cover[..., None] * (1 - np.array(colour, np.float32))
    np.copyto(part, (part * through).astype(np.uint8))
