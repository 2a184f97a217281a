"""Cells whose printed ruling cannot be seen: a paper, a hand or glare lies over them, and nothing there is known.

A cell without ink is only empty where its own lines are seen; else whoever signed under a note would pass for absent.
"""

import cv2
import numpy as np
import numpy.typing as npt

from parsers.vision.arrays import Doubles, Floats
from parsers.vision.grid import Grid
from parsers.vision.page import SCALE, Page

_ALONG = np.linspace(0.1, 0.9, 9)
_STEPS = np.arange(-10, 11) * 0.1 * SCALE  # across a side, a millimetre each way
_ON_LINE = slice(7, 14)
_GAPS = 2  # of nine places along a side that may be paler: noise, dots of print
_PALE = 0.2  # of the page's usual line: a paler side is not seen; on pages of the laboratory none is below 0.37
_FAINTEST = 0.02  # darkness of the palest ruling that is believed to be one


def unseen_sides(page: Page, grid: Grid) -> "npt.NDArray[np.int_]":
    """(rows, columns): of how many of its four sides a cell shows no line on the flat page."""
    upright = _lines(page.dark, grid.nodes[:-1], grid.nodes[1:], axis=0)
    level = _lines(page.dark, grid.nodes[:, :-1], grid.nodes[:, 1:], axis=1)
    across, down = (lines < _PALE * max(float(np.median(lines)), _FAINTEST) for lines in (upright, level))
    return np.asarray(np.stack([across[:, :-1], across[:, 1:], down[:-1], down[1:]]).sum(axis=0))


def _lines(dark: Floats, start: Doubles, end: Doubles, axis: int) -> Floats:
    """How much darker each side is, along nearly its whole length, than the paper on both sides of it."""
    along = start[:, :, None, :] + (end - start)[:, :, None, :] * _ALONG[None, None, :, None]
    points = np.repeat(along[:, :, :, None, :], len(_STEPS), axis=3)
    points[..., axis] += _STEPS
    shape = points.shape[:-1]
    flat = points.reshape(shape[0] * shape[1], -1, 2).astype(np.float32)
    seen = np.asarray(cv2.remap(dark, flat, None, cv2.INTER_LINEAR)).reshape(shape)  # type: ignore[call-overload]
    profile = np.partition(seen, _GAPS, axis=2)[:, :, _GAPS]
    beside = np.partition(profile, len(_STEPS) // 6, axis=2)[:, :, len(_STEPS) // 6]
    return np.asarray(profile[..., _ON_LINE].max(axis=2) - beside, np.float32)
