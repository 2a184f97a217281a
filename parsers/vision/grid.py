"""The printed ruling of the signature cells found again on the flat page, cell side by cell side.

facts: scan, "Outline that worked" 3: the dark peak across each side of each cell, smoothed against ink and gaps, in
three passes of 1.7, 0.9 and 0.6 mm; the first stays below 0.38 of a row, else it locks onto the next one.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.sheet_layout import Layout
from domain.terms import Session
from parsers.vision.arrays import Doubles, Floats
from parsers.vision.page import SCALE, Page, flat_points

_PASSES = (1.7, 0.9, 0.6)
_WIDEST = 0.36  # of a row's height or a cell's width
_ALONG = np.linspace(0.14, 0.86, 9)
_STEP = 0.1  # millimetres across a line
_FAINT = 0.04  # a side whose peak stands out less tells nothing


@dataclass(frozen=True)
class Grid:
    """Corners of the cells on the flat page: ``nodes`` (rows + 1, columns + 1, 2) in its pixels.

    The rows are the people's and, last, the head's where the form has one. ``strength`` is how much of the ruling
    was seen (0..1): a page without it is not this page, or is not in focus.
    """

    nodes: Doubles
    strength: float

    @property
    def rows(self) -> int:
        """Rows of cells."""
        return int(self.nodes.shape[0]) - 1

    @property
    def columns(self) -> int:
        """Columns of cells, two a day."""
        return int(self.nodes.shape[1]) - 1


def printed_nodes(layout: Layout) -> Doubles:
    """Where the corners were printed, in millimetres: (rows + 1, columns + 1, 2)."""
    xs = [layout.sign_left(day, session) for day in range(layout.days) for session in Session]
    xs.append(xs[-1] + layout.sign_width)
    ys = [layout.row_top(row) for row in range(layout.rows + 1)]
    if layout.head:
        ys.append(layout.table_bottom)
    return np.stack(np.meshgrid(xs, ys), axis=-1).astype(np.float64)


def find_grid(page: Page) -> Grid:
    """The grid of ``page``; where nothing is seen the corners stay where the tags put them."""
    layout = page.layout
    nodes = flat_points(printed_nodes(layout))
    strength = 0.0
    for reach in _PASSES:
        wide = min(reach, _WIDEST * min(layout.sign_width, layout.row_height))
        across, seen_x = _offsets(page.dark, nodes, wide, axis=0)
        down, seen_y = _offsets(page.dark, nodes, wide, axis=1)
        nodes = nodes + np.stack([across, down], axis=-1)
        strength = (seen_x + seen_y) / 2
    return Grid(nodes, strength)


def _offsets(dark: Floats, nodes: Doubles, reach: float, axis: int) -> tuple[Doubles, float]:
    """How far each corner must move along ``axis`` (0: across upright lines), in pixels; the share of sides seen."""
    start, end = (nodes[:-1], nodes[1:]) if axis == 0 else (nodes[:, :-1], nodes[:, 1:])
    steps = np.arange(-reach, reach + _STEP / 2, _STEP) * SCALE
    along = start[:, :, None, :] + (end - start)[:, :, None, :] * _ALONG[None, None, :, None]
    points = np.repeat(along[:, :, :, None, :], len(steps), axis=3)
    points[..., axis] += steps
    shape = points.shape[:-1]
    flat = points.reshape(shape[0] * shape[1], -1, 2).astype(np.float32)
    seen = cv2.remap(dark, flat, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
    # A line is dark along its whole side, ink that crosses it only here and there.
    profile = np.partition(np.asarray(seen).reshape(shape), 3, axis=2)[:, :, 3, :]
    profile = cv2.GaussianBlur(profile.reshape(-1, len(steps)), (5, 1), 1.0, borderType=cv2.BORDER_REPLICATE)
    profile = np.asarray(profile, np.float32).reshape(shape[0], shape[1], len(steps))
    best = profile.argmax(axis=2)
    height = (
        np.take_along_axis(profile, best[..., None], axis=2)[..., 0]
        - np.partition(profile, len(steps) // 6, axis=2)[:, :, len(steps) // 6]
    )
    moved = _between(profile, best, steps)
    trust = np.clip((height - _FAINT) / 0.15, 0.0, 1.0).astype(np.float32)
    smooth = _smoothed(moved.astype(np.float32), trust, along_rows=axis == 0)
    return _at_nodes(smooth, axis), float((height > _FAINT).mean())


def _between(profile: Floats, best: "np.ndarray[tuple[int, ...], np.dtype[np.intp]]", steps: Doubles) -> Doubles:
    """The peak between the steps, by the parabola through its neighbours."""
    inner = np.clip(best, 1, len(steps) - 2)
    left, top, right = (np.take_along_axis(profile, (inner + d)[..., None], axis=2)[..., 0] for d in (-1, 0, 1))
    bend = left - 2 * top + right
    shift = np.where(np.abs(bend) > 1e-6, 0.5 * (left - right) / np.where(np.abs(bend) > 1e-6, bend, 1.0), 0.0)
    moved: Doubles = steps[inner] + np.clip(shift, -1, 1) * (steps[1] - steps[0])
    return moved


def _smoothed(moved: Floats, trust: Floats, *, along_rows: bool) -> Floats:
    """Against ink and gaps: sides that differ from the median around them are dropped, the rest averaged by trust."""
    around = cv2.medianBlur(np.where(trust > 0, moved, 0).astype(np.float32), 3 if min(moved.shape) < 5 else 5)
    keep = trust * (np.abs(moved - around) < 0.5 * SCALE)
    size = (1.0, 1.6) if along_rows else (1.6, 1.0)
    weight = cv2.GaussianBlur(keep, (0, 0), sigmaX=size[0], sigmaY=size[1])
    total = cv2.GaussianBlur(keep * moved, (0, 0), sigmaX=size[0], sigmaY=size[1])
    return np.asarray(np.where(weight > 0.02, total / np.maximum(weight, 1e-6), around), np.float32)


def _at_nodes(sides: Floats, axis: int) -> Doubles:
    """From sides to the corners between them."""
    padding = ((1, 1), (0, 0)) if axis == 0 else ((0, 0), (1, 1))
    padded = np.pad(sides, padding, mode="edge").astype(np.float64)
    joined: Doubles = (padded[:-1] + padded[1:]) / 2 if axis == 0 else (padded[:, :-1] + padded[:, 1:]) / 2
    return joined
