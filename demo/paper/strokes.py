"""Shapes of pen movements: a few control points a stroke, made smooth when they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.paper.geometry import Box, Points


@dataclass(frozen=True, slots=True)
class Shape:
    """Strokes as control points in a unit square around 0; ``sharp`` ones are written without rounding."""

    strokes: tuple[Points, ...]
    sharp: bool = False


def smooth(points: Points, steps: int = 6) -> Points:
    """A Catmull–Rom curve through the points, ``steps`` places between two of them."""
    if len(points) < 3:
        return points
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def centred(strokes: Sequence[Points]) -> tuple[Points, ...]:
    """The strokes scaled to fill the unit square around 0; a flat one keeps its flatness."""
    every = np.vstack(strokes)
    low, high = every.min(0), every.max(0)
    size = np.maximum(high - low, 0.05)
    return tuple((stroke - (low + high) / 2) / size for stroke in strokes)


def middle(box: Box) -> Points:
    """The middle of a box."""
    return np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])


def moved(points: Points, right: float, down: float) -> Points:
    """The points elsewhere."""
    return np.asarray(points + np.array([right, down]), dtype=float)


def written(
    shape: Shape,
    rng: np.random.Generator,
    *,
    at: Points,
    size: tuple[float, float],
    slant: float = 0.0,
    loose: float = 0.03,
) -> list[Points]:
    """The shape as a hand writes it once: ``size`` in mm, around ``at``; ``loose`` is how much it varies."""
    scale = np.array(size) * rng.normal(1, loose * 2, 2)
    turn = slant + rng.normal(0, loose * 1.2)
    lines = []
    for stroke in shape.strokes:
        shaken = stroke + rng.normal(0, loose, stroke.shape)
        curve = shaken if shape.sharp else smooth(shaken)
        curve = curve * scale
        curve[:, 0] -= curve[:, 1] * turn
        lines.append(curve + at)
    return lines


def line(start: Points, end: Points, rng: np.random.Generator, wobble: float = 0.2, steps: int = 8) -> Points:
    """A hand-drawn line between two points, swaying by about ``wobble`` mm."""
    t = np.linspace(0, 1, steps)[:, None]
    return smooth(start + (end - start) * t + rng.normal(0, wobble, (steps, 2)) * np.sin(np.pi * t) ** 0.5, 5)
