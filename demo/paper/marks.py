"""Ink that is no signature: dashes, dots, letters, ticks, strike-outs, long lines and stamps."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import cv2
import numpy as np

from demo.paper.geometry import Box, Image, Points
from demo.paper.glyphs import ALPHABETS, CODES, spelt
from demo.paper.pens import Ink, grains, mix, tile
from demo.paper.strokes import Shape, centred, line, middle, moved, smooth, written

Dice = np.random.Generator
Lines = list[Points]


def dash(box: Box, rng: Dice, school: str) -> Lines:
    """One line across a part of the cell; the test's hands also wave it or write it twice."""
    half = (box[2] - box[0]) * rng.uniform(0.15, 0.42)
    at = middle(box) + rng.normal(0, 0.6, 2)
    tilt = rng.normal(0, 0.35)
    reach = np.array([half, -tilt])
    first = line(at - reach, at + reach, rng, 0.12)
    if school == "test" and rng.random() < 0.4:
        if rng.random() < 0.5:
            return [first, moved(first, 0.1, rng.uniform(0.8, 1.6))]
        first[:, 1] += 0.5 * np.sin(np.linspace(0, 6.3, len(first)))
    if school == "train" and rng.random() < 0.4:
        return _other_dash(first, rng)
    return [first]


def _other_dash(first: Points, rng: Dice) -> Lines:
    """A dash with a hook, a dash that bends in the middle, or a broken one."""
    kind = int(rng.integers(3))
    if kind == 0:
        hook = first[-1] + rng.uniform((-1.2, -1.4), (0.3, 1.4))
        return [np.vstack([first, hook])]
    if kind == 1:
        first[:, 1] += rng.normal(0, 0.8) * np.abs(np.linspace(-1, 1, len(first)))
        return [first]
    cut = len(first) // 2
    return [first[: cut - 2], first[cut + 2 :]]


def dot(box: Box, rng: Dice, school: str) -> Lines:
    """A point of a resting pen, or a small blot."""
    at = middle(box) + rng.normal(0, 1.0, 2)
    size = rng.uniform(0.05, 0.35 if school == "test" else 0.3)
    return [smooth(at + rng.normal(0, size, (5, 2)), 3)]


def letter(box: Box, rng: Dice, school: str) -> Lines:
    """A status code written where one signs; the test's hands write another alphabet than training's."""
    alphabet = ALPHABETS[1 if school == "test" else 0]
    code = CODES[int(rng.integers(len(CODES)))]
    height = (box[3] - box[1]) * rng.uniform(0.35, 0.7)
    strokes = spelt(code, alphabet)
    if school != "test":  # every writer's letters lean and bulge in their own way
        strokes = tuple(stroke + rng.normal(0, 0.07, stroke.shape) for stroke in strokes)
    shape = Shape(centred(strokes), sharp=school != "test" and rng.random() < 0.25)
    width = height * (0.22 if code == "I" else 0.62) * (1 if len(code) == 1 else 1.9) * rng.uniform(0.8, 1.2)
    at = middle(box) + rng.normal(0, 0.5, 2)
    return written(shape, rng, at=at, size=(width, height), slant=rng.uniform(-0.1, 0.35), loose=0.045)


def tick(box: Box, rng: Dice, school: str) -> Lines:
    """A check mark: short down, long up."""
    width, height = (box[2] - box[0]) * rng.uniform(0.35, 0.7), (box[3] - box[1]) * rng.uniform(0.4, 0.8)
    bend = rng.uniform(-0.25, -0.05)
    points = np.array([[-0.5, rng.uniform(-0.1, 0.2)], [bend, 0.5], [0.5, -0.5]])
    return written(Shape((points,), sharp=school != "test"), rng, at=middle(box), size=(width, height), loose=0.05)


def cross(box: Box, rng: Dice, _school: str) -> Lines:
    """Two strokes across each other."""
    width, height = (box[2] - box[0]) * rng.uniform(0.3, 0.6), (box[3] - box[1]) * rng.uniform(0.35, 0.7)
    ends = np.array([[-0.5, -0.5], [0.0, 0.0], [0.5, 0.5]])
    shape = Shape((ends, ends * (-1, 1)))
    return written(shape, rng, at=middle(box) + rng.normal(0, 0.4, 2), size=(width, height), loose=0.06)


def strike(box: Box, rng: Dice, school: str) -> Lines:
    """What takes a signature back: lines through it, or a scribble over it."""
    reach = np.array([box[2] - box[0], box[3] - box[1]]) * rng.uniform(0.4, 0.6)
    at = middle(box)
    if rng.random() < (0.5 if school == "test" else 0.35):
        n = int(rng.integers(6, 12))
        x = np.linspace(-1, 1, n) * reach[0]
        y = reach[1] * 0.7 * np.where(np.arange(n) % 2, 1, -1) * rng.uniform(0.6, 1, n)
        return [smooth(at + np.column_stack([x, y]), 4)]
    if school == "train" and rng.random() < 0.3:
        return _scribble(at, reach, rng)
    tilt = rng.uniform(-0.8, 0.8) * reach[1]
    slope = np.array([reach[0], -tilt])
    lines = [line(at - slope, at + slope, rng, 0.2)]
    if rng.random() < 0.5:
        lines.append(moved(lines[0], 0.2, rng.uniform(0.7, 1.8)))
    if rng.random() < 0.2:
        lines.append(line(at - slope * (1, -1), at + slope * (1, -1), rng, 0.2))
    return lines


def _scribble(at: Points, reach: Points, rng: Dice) -> Lines:
    """A coil or a fan of lines over the whole mark."""
    if rng.random() < 0.5:
        t = np.linspace(0, rng.uniform(4, 9) * 2 * np.pi, int(rng.integers(30, 60)))
        x = np.linspace(-1, 1, len(t)) * rng.uniform(0.4, 1) + 0.35 * np.cos(t)
        return [smooth(at + np.column_stack([x, 0.8 * np.sin(t)]) * reach * rng.uniform(0.7, 1.1), 3)]
    ends = rng.uniform(-1, 1, (int(rng.integers(3, 7)), 2, 2)) * reach
    return [line(at + end[0], at + end[0] * (-1, 1) + end[1] * 0.2, rng, 0.3) for end in ends]


ODD: Mapping[str, Callable[[Box, Dice, str], Lines]] = {
    "dash": dash, "dot": dot, "letter": letter, "tick": tick, "cross": cross
}  # fmt: skip
"""Kinds of ink that stand in a cell instead of a signature."""


def row_line(first: Box, last: Box, rng: Dice) -> Lines:
    """One long line through the cells from ``first`` to ``last`` of a row."""
    start = np.array([first[0] + rng.uniform(-1, 2.5), (first[1] + first[3]) / 2 + rng.normal(0, 1)])
    end = np.array([last[2] - rng.uniform(-1, 2.5), (last[1] + last[3]) / 2 + rng.normal(0, 1)])
    lines = [line(start, end, rng, 0.35, 14)]
    if rng.random() < 0.15:
        lines.append(moved(lines[0], 0.3, rng.uniform(1, 2)))
    return lines


def z_line(first: Box, last: Box, rng: Dice) -> Lines:
    """A Z, or a slash, over the cells between two corners."""
    left, top, right, bottom = first[0] + 1, first[1] + 2, last[2] - 1, last[3] - 2
    corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
    if rng.random() < 0.3:
        corners = [(right, top), (left, bottom)]
    places: list[Points] = [np.array(corner) + rng.normal(0, 0.8, 2) for corner in corners]
    return [np.vstack([line(a, b, rng, 0.5, 14) for a, b in pairwise(places)])]


def stamp(page: Image, at: Points, rng: Dice, density: float, school: str) -> Ink | None:
    """An office's round stamp, unevenly inked, around ``at`` (mm)."""
    radius = rng.uniform(15, 19)
    side = int(2.2 * radius * density)
    canvas = np.zeros((side, side), np.uint8)
    centre, unit = (side // 2, side // 2), density
    for share, width in ((1.0, 0.6), (0.92, 0.25), (0.62, 0.3)):
        cv2.circle(canvas, centre, int(radius * share * unit), 255, max(1, round(width * unit)), cv2.LINE_AA)
    for angle in np.arange(0, 2 * np.pi, 0.19):
        spot = np.array(centre) + radius * 0.76 * unit * np.array([np.cos(angle), np.sin(angle)])
        sign = "ABDEGHIKLMNOPRSTU"[int(rng.integers(17))]
        cv2.putText(canvas, sign, (int(spot[0] - 7), int(spot[1] + 7)), cv2.FONT_HERSHEY_SIMPLEX, 0.06 * unit, 255, 2)
    star = np.array([[np.sin(k * 4 * np.pi / 5), -np.cos(k * 4 * np.pi / 5)] for k in range(6)]) * radius * 0.4 * unit
    lines = np.rint(star + centre).astype(np.int32)
    cv2.polylines(canvas, [lines.reshape(-1, 1, 2)], False, 255, round(0.4 * unit), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(rng.uniform(-30, 30)), 1)
    cover = cv2.warpAffine(canvas, turn, (side, side)).astype(np.float32) / 255
    uneven = cv2.GaussianBlur(tile(grains(), side, side, rng), (0, 0), 6) * 3
    cover = cover * np.clip(rng.uniform(0.4, 0.8) + 0.2 * uneven, 0.05, 0.95)
    left, top = (int(v * density - side / 2) for v in at)
    cut_left, cut_top = max(0, -left), max(0, -top)
    cover = cover[cut_top : max(0, page.shape[0] - top), cut_left : max(0, page.shape[1] - left)]
    if min(cover.shape) < 2:
        return None
    ink = Ink(left + cut_left, top + cut_top, cover)
    mix(page, ink.left, ink.top, cover, (0.42, 0.2, 0.62) if school != "test" else (0.25, 0.25, 0.7))
    return ink
