"""Where a point of the paper lies in the picture: a homography and a bend of the second degree.

Millimetres of the page go in, pixels of the picture come out (the middle of the first pixel is 0, 0).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from parsers.vision.arrays import Doubles

_STRAY = 4.0  # millimetres that a corner may lie off a plane on curled paper
_TAGS_FOR_A_BEND = 5
_STIFF = 0.02  # keeps the bend small where few tags tell of it


@dataclass(frozen=True)
class Place:
    """The map; ``bend`` holds six coefficients (of 1, x, y, x², xy, y²) for each axis, in pixels."""

    homography: Doubles
    bend: Doubles
    middle: tuple[float, float]
    reach: float

    def __call__(self, points: Doubles) -> Doubles:
        """Pixels (n, 2) of points (n, 2) in millimetres."""
        flat = _through(self.homography, points)
        bent: Doubles = flat + _terms(points, self.middle, self.reach) @ self.bend
        return bent

    def scale(self, x: float, y: float) -> float:
        """Pixels a millimetre at a place of the page."""
        square = np.array([[x - 5, y - 5], [x + 5, y - 5], [x + 5, y + 5], [x - 5, y + 5]], np.float64)
        area = cv2.contourArea(self(square).astype(np.float32))
        return float(np.sqrt(max(area, 1e-6)) / 10)


@dataclass(frozen=True)
class Fit:
    """A place, which of the points agree with it, and how far (millimetres, root mean square) these lie off."""

    place: Place
    inliers: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    off: float


def fit(paper: Doubles, picture: Doubles, size: tuple[float, float]) -> Fit | None:
    """The place of a page of ``size`` millimetres from corners of tags, four rows a tag, in both systems.

    None when fewer than two tags agree, or when the page would be seen from behind.
    """
    if len(paper) < 8:
        return None
    spread = np.sqrt(np.prod(np.ptp(picture, axis=0)) / max(np.prod(np.ptp(paper, axis=0)), 1e-6))
    found, mask = cv2.findHomography(paper, picture, cv2.RANSAC, max(_STRAY * spread, 2.0), maxIters=4000)
    if found is None or mask is None:
        return None
    # A tag belongs to the page as a whole or not at all.
    inliers = np.repeat(mask.reshape(-1, 4).sum(axis=1) >= 3, 4)
    if inliers.sum() < 8:
        return None
    plane, _ = cv2.findHomography(paper[inliers], picture[inliers], 0)
    if plane is None or not _faces_us(plane, size):
        return None
    middle, reach = (size[0] / 2, size[1] / 2), size[1] / 2
    flat = Place(np.asarray(plane, np.float64), np.zeros((6, 2)), middle, reach)
    rest = picture[inliers] - flat(paper[inliers])
    place = flat
    if inliers.sum() >= 4 * _TAGS_FOR_A_BEND:
        terms = _terms(paper[inliers], middle, reach)
        stiff = _STIFF * len(terms) * np.diag([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]) + 1e-9 * np.eye(6)
        place = Place(flat.homography, np.linalg.solve(terms.T @ terms + stiff, terms.T @ rest), middle, reach)
        rest = picture[inliers] - place(paper[inliers])
    off = float(np.sqrt((rest**2).sum(axis=1).mean()) / max(spread, 1e-6))
    return Fit(place, inliers, off)


def _through(homography: Doubles, points: Doubles) -> Doubles:
    lifted = points @ homography[:, :2].T + homography[:, 2]
    flat: Doubles = lifted[:, :2] / lifted[:, 2:]
    return flat


def _terms(points: Doubles, middle: tuple[float, float], reach: float) -> Doubles:
    x, y = (points[:, 0] - middle[0]) / reach, (points[:, 1] - middle[1]) / reach
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _faces_us(plane: Doubles, size: tuple[float, float]) -> bool:
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    depth = corners @ plane[2, :2] + plane[2, 2]
    if depth.min() <= 0 < depth.max():
        return False
    turn = cv2.contourArea(_through(plane, corners).astype(np.float32), oriented=True)
    return bool(turn > 0)
