"""The horizontal lines of a mask as curves: pieces on one height are joined by the page's common bend."""

import cv2
import numpy as np

from parsers.vision.arrays import Bytes8, Doubles
from parsers.vision.line_evidence import connected

SPLINE_POINTS = 9
"""A line is followed at so many places."""
_SHORTEST = 0.1  # of the picture


def trace(mask: Bytes8, least: float = 0.0) -> Doubles:
    """Each horizontal line of ``mask`` as its y at ``SPLINE_POINTS`` places from left to right, topmost first.

    Pieces on one height are one line; a line must reach over a tenth of the picture, and over
    ``least`` of the longest line. Where a line is not drawn it
    runs as its neighbours do.
    """
    height, width = mask.shape
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 25), np.uint8))
    count, labels, stats, _ = connected(np.asarray(closed, np.uint8))
    pieces = [i for i in range(1, count) if stats[i, cv2.CC_STAT_WIDTH] >= width * 0.015]
    curves: list[tuple[Doubles, Doubles]] = []
    for i in pieces:
        x, y, w, h = stats[i, :4]
        part = labels[y : y + h, x : x + w] == i
        weight = part.sum(0)
        ys = y + (part * np.arange(h)[:, None]).sum(0) / np.maximum(weight, 1)
        curves.append((np.arange(x, x + w, dtype=np.float64), np.asarray(ys, np.float64)))
    return _lines(curves, width, height, least)


def _lines(curves: list[tuple[Doubles, Doubles]], width: int, height: int, least: float) -> Doubles:
    """Pieces joined to lines by a common smooth bend of the whole page."""
    stops = np.linspace(0, width - 1, SPLINE_POINTS)
    if not curves:
        return np.empty((0, SPLINE_POINTS))
    bend = _common_bend(curves, width, height)
    levels = np.array([float(np.median(_bent(bend, xs, ys, width, height))) for xs, ys in curves])
    groups = _grouped(levels, [len(xs) for xs, _ in curves], max(5.0, height * 0.003))
    joined = [tuple(np.concatenate([curves[i][axis] for i in group]) for axis in (0, 1)) for group in groups]
    reach = [len(np.unique(xs)) for xs, _ in joined]
    shortest = max(width * _SHORTEST, least * max(reach))
    lines = []
    for xs, ys in [one for one, far in zip(joined, reach, strict=True) if far >= shortest]:
        line = _follow(xs, ys, bend, stops, width, height)
        if 0 <= np.median(line) < height:
            lines.append(line)
    return np.array(lines) if lines else np.empty((0, SPLINE_POINTS))


def _grouped(levels: Doubles, lengths: list[int], reach: float) -> list[list[int]]:
    """Pieces of one line each, topmost first. The longest begin: short strokes of pens between two lines join neither
    to the other.
    """
    groups: list[list[int]] = []
    heights: list[float] = []
    for i in np.argsort(lengths)[::-1]:
        near = min(range(len(groups)), key=lambda g: abs(heights[g] - levels[i]), default=None)
        if near is not None and abs(heights[near] - levels[i]) < reach:
            groups[near].append(int(i))
            continue
        groups.append([int(i)])
        heights.append(float(levels[i]))
    return [groups[g] for g in np.argsort(heights)]


def _terms(x: Doubles, y: Doubles, width: int, height: int) -> Doubles:
    u, v = x / width - 0.5, y / height - 0.5
    return np.stack([u, u * v, u * u, u * u * v, u * u * u, u * u * u * v], 1)


def _common_bend(curves: list[tuple[Doubles, Doubles]], width: int, height: int) -> Doubles:
    """Coefficients of how far a line at (x, y) departs from its own level, fitted over all long pieces at once."""
    rows, targets = [], []
    for xs, ys in curves:
        if xs[-1] - xs[0] < width * 0.15:
            continue
        pick = np.linspace(0, len(xs) - 1, 24).astype(int)
        terms = _terms(xs[pick], ys[pick], width, height)
        rows.append(terms - terms.mean(0))
        targets.append(ys[pick] - ys[pick].mean())
    if not rows:
        return np.zeros(6)
    return np.asarray(np.linalg.lstsq(np.concatenate(rows), np.concatenate(targets), rcond=None)[0], np.float64)


def _bent(bend: Doubles, x: Doubles, y: Doubles, width: int, height: int) -> Doubles:
    """``y`` with the page's common bend taken out."""
    return np.asarray(y - _terms(x, y, width, height) @ bend, np.float64)


def _follow(
    xs: Doubles,
    ys: Doubles,
    bend: Doubles,
    stops: Doubles,
    width: int,
    height: int,
) -> Doubles:
    """A line's y at ``stops``: the common bend, and its own departure from it where it is drawn."""
    rest = _bent(bend, xs, ys, width, height)
    level = float(np.median(rest))
    own = []
    for stop in stops:
        near = np.abs(xs - stop) < width / SPLINE_POINTS
        own.append(float(np.median(rest[near])) if near.sum() > 12 else level)
    base = _terms(stops, np.full_like(stops, level), width, height) @ bend
    return np.asarray(np.array(own) + base, np.float64)
