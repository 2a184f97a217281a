"""A picture on which no sheet of the desk was made out: is it blurred, could it be an office's own form, or neither?"""

from enum import StrEnum

import cv2
import numpy as np

from parsers.vision.arrays import Bytes8, Doubles, Floats

_SIDE = 1_000
_FLAT = 6.0  # gray levels: a wall, a black frame, a blank page
_EDGES = 0.02  # the strongest share of edges is asked how sharp it is
_SHARP = 1.55  # a sharp edge is this much steeper close up than from afar, at least
_IN_FOCUS = 1.85  # photos whose tags are lost by blur reach 1.75, parts of a sheet in focus start at 2.0
_BUSY = 0.22  # a page is mostly paper; fur and grass are not
_LEVEL_LINES, _UPRIGHT_LINES = 6, 3  # a form has so many rules each way


class Glance(StrEnum):
    """What the picture may be."""

    BLURRED = "blurred"
    FORM = "form"
    NOTHING = "nothing"


def glance(gray: Bytes8) -> Glance:
    """What a gray picture may be."""
    small = _small(gray)
    if float(np.percentile(small, 99) - np.percentile(small, 1)) < 4 * _FLAT:
        return Glance.NOTHING
    if _has_rules(small):
        return Glance.FORM if sharpness(small) >= _SHARP else Glance.BLURRED
    return Glance.BLURRED if sharpness(small) < _SHARP and _is_pale(small) else Glance.NOTHING


def out_of_focus(gray: Bytes8) -> bool:
    """Whether a picture of a sheet of the desk is so soft that its marks are lost by blur rather than cut off."""
    return sharpness(_small(gray)) < _IN_FOCUS


def _small(gray: Bytes8) -> Bytes8:
    scale = _SIDE / max(gray.shape)
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _is_pale(small: Bytes8) -> bool:
    """Whether much of the picture is paper: a blurred cat is no reason to ask for a retake."""
    middle = small[_SIDE // 10 : -_SIDE // 10 or None, :]
    light = middle > 0.55 * float(np.percentile(small, 98))
    return bool(light.mean() > 0.4)


def sharpness(gray: Bytes8) -> float:
    """How much steeper the strongest edges are close up than from afar: 1 for a blur, 2.5 for a sharp picture.

    The direction that is worst counts: a hand that moved leaves the edges along its way sharp.
    """
    fine, coarse = _slopes(gray, 1.0), _slopes(gray, 3.0)
    size = np.hypot(coarse[0], coarse[1])
    strong = size >= max(float(np.quantile(size, 1 - _EDGES)), 1e-3)
    angle = np.mod(np.arctan2(coarse[1], coarse[0]), np.pi)[strong]
    steep = cv2.dilate(np.hypot(fine[0], fine[1]).astype(np.float32), np.ones((5, 5), np.uint8))[strong] / size[strong]
    found = [
        float(np.median(steep[part]))
        for low in np.arange(4) * np.pi / 4
        for part in [np.abs(np.mod(angle - low + np.pi / 2, np.pi) - np.pi / 2) < np.pi / 8]
        if part.sum() > 0.05 * strong.sum()
    ]
    return min(found, default=1.0)


def _slopes(gray: Bytes8, sigma: float) -> tuple[Floats, Floats]:
    soft = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), sigma)
    return np.asarray(cv2.Scharr(soft, cv2.CV_32F, 1, 0)), np.asarray(cv2.Scharr(soft, cv2.CV_32F, 0, 1))


def _has_rules(small: Bytes8) -> bool:
    """Whether long parallel lines cross others at a right angle."""
    calm = cv2.GaussianBlur(small, (0, 0), 1.0)
    edges = cv2.adaptiveThreshold(calm, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 9)
    if edges.mean() > _BUSY * 255:
        return False
    found = cv2.HoughLinesP(edges, 1, np.pi / 360, 120, minLineLength=_SIDE // 6, maxLineGap=6)
    if found is None:
        return False
    lines = found.reshape(-1, 4).astype(np.float64)
    angles = np.mod(np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0]), np.pi)
    votes = np.histogram(angles, bins=36, range=(0, np.pi))[0]
    main = (int(votes.argmax()) + 0.5) * np.pi / 36
    counts = sorted(_distinct(lines, angles, main + turn) for turn in (0.0, np.pi / 2))
    return counts[1] >= _LEVEL_LINES and counts[0] >= _UPRIGHT_LINES


def _distinct(lines: Doubles, angles: Doubles, main: float) -> int:
    near = np.abs(np.mod(angles - main + np.pi / 2, np.pi) - np.pi / 2) < 0.12
    middles = (lines[near, :2] + lines[near, 2:]) / 2
    offsets = np.sort(middles @ np.array([-np.sin(main), np.cos(main)]))
    return int((np.diff(offsets, prepend=-1e9) > 8).sum())
