"""Where each pixel of a photograph looks: a sheet bent in space, seen by a camera held by hand."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.paper.geometry import Image, Points
from demo.paper.settings import Camera, Range

STEP = 16  # pixels between the places where the view is computed
Dice = np.random.Generator
Field = NDArray[np.float64]


def pick(rng: Dice, span: Range) -> float:
    """A value between the two."""
    return float(rng.uniform(*span))


@dataclass(frozen=True, slots=True)
class Fold:
    """A crease across the page: through ``at`` (mm), along ``angle``; the paper stands up by ``slope`` beside it."""

    at: tuple[float, float]
    angle: float
    slope: float


@dataclass(frozen=True, slots=True)
class View:
    """For each pixel the place on the page (mm, two planes) and how much the bent paper faces the light (coarse)."""

    x: Image
    y: Image
    facing: Image


class Bend:
    """Height of the paper above the desk, in mm, and its slopes: a curl and some folds."""

    def __init__(self, camera: Camera, width: float, height: float, rng: Dice) -> None:
        self._middle = np.array([width / 2, height / 2])
        self._reach = height / 2
        self._curl = pick(rng, camera.curl) * (1 if rng.random() < 0.7 else -0.6)
        self._wave = pick(rng, camera.curl) * 0.3
        self._phase = rng.uniform(0, 6.3)
        self._along = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.35)
        self.folds = _folds(camera, width, height, rng)

    def height(self, places: Points) -> Field:
        """Millimetres above the desk at n × 2 places."""
        offset = places - self._middle
        t = (offset @ [np.cos(self._along), np.sin(self._along)]) / self._reach
        high: Field = self._curl * 2 * t**2 + self._wave * np.sin(3 * t + self._phase)
        for fold in self.folds:
            away = np.abs((places - fold.at) @ [-np.sin(fold.angle), np.cos(fold.angle)])
            high = high + fold.slope * 12 * np.exp(-away / 12)
        return high


def _folds(camera: Camera, width: float, height: float, rng: Dice) -> tuple[Fold, ...]:
    folds = []
    if rng.random() < camera.folded:
        folds.append(Fold((width / 2, height * rng.uniform(0.47, 0.53)), rng.normal(0, 0.01), rng.normal(0, 0.12)))
        if rng.random() < 0.4:
            folds.append(
                Fold((width * rng.uniform(0.47, 0.53), 0), np.pi / 2 + rng.normal(0, 0.01), rng.normal(0, 0.1))
            )
    for _ in range(camera.creases and int(rng.integers(3, camera.creases + 1))):
        at = (rng.uniform(0, width), rng.uniform(0, height))
        folds.append(Fold(at, rng.uniform(0, np.pi), rng.normal(0, 0.08)))
    return tuple(folds)


class Lens:
    """A camera above the page; ``project`` takes places on the bent page to pixels."""

    def __init__(self, camera: Camera, page: tuple[float, float], rng: Dice, size: tuple[int, int]) -> None:
        self._page = np.array(page)
        tilt, toward = np.radians(pick(rng, camera.tilt)), rng.uniform(0, 2 * np.pi)
        roll = np.radians(pick(rng, camera.roll))
        turn_x, turn_y = tilt * np.cos(toward), tilt * np.sin(toward)
        self._turn = cv2.Rodrigues(np.array([0, 0, roll]))[0] @ cv2.Rodrigues(np.array([turn_x, turn_y, 0.0]))[0]
        self._far = pick(rng, camera.distance) * page[1]
        self._scale, self._shift = 1.0, np.zeros(2)
        self._fit(size, pick(rng, camera.fills), rng, corner=rng.random() < camera.corner)

    def _fit(self, size: tuple[int, int], fills: float, rng: Dice, *, corner: bool) -> None:
        width, height = self._page
        corners = np.array([[0, 0], [width, 0], [0, height], [width, height]])
        seen = self.project(corners, np.zeros(4))
        low, high = seen.min(0), seen.max(0)
        self._scale = fills * float(np.min(np.array(size) / (high - low)))
        spare = np.array(size) - (high - low) * self._scale
        self._shift = spare * rng.uniform(0.25, 0.75, 2) - low * self._scale
        if corner:  # one corner with its tag lies outside the picture
            grow = rng.uniform(1.0, 1.12)
            self._scale *= grow
            self._shift = self._shift * grow + (1 - grow) * np.array(size) / 2
            self._shift += np.array(size) * rng.uniform(0.05, 0.13, 2) * rng.choice([-1, 1], 2)

    def project(self, places: Points, high: Field) -> Points:
        """Pixels of n × 2 places at ``high`` mm above the desk."""
        flat = places - self._page / 2
        seen = np.column_stack([flat, -high]) @ self._turn.T
        plane = seen[:, :2] * (self._far / (self._far + seen[:, 2]))[:, None]
        return np.asarray(plane * self._scale + self._shift, dtype=float)

    def plane(self) -> NDArray[np.float64]:
        """The homography from millimetres on a flat page to pixels."""
        width, height = self._page
        corners = np.array([[0, 0], [width, 0], [0, height], [width, height]])
        seen = self.project(corners, np.zeros(4))
        return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32)))


def look(lens: Lens, bend: Bend, size: tuple[int, int]) -> View:
    """The view over a picture of ``size`` (width, height)."""
    width, height = size
    columns, rows = width // STEP + 2, height // STEP + 2
    grid = np.stack(np.meshgrid(np.arange(columns) * STEP, np.arange(rows) * STEP), -1).reshape(-1, 2).astype(float)
    back = np.linalg.inv(lens.plane())

    def flat(pixels: Points) -> Points:
        return np.asarray(cv2.perspectiveTransform(pixels.reshape(-1, 1, 2), back).reshape(-1, 2), dtype=float)

    start = flat(grid)
    places = start
    for _ in range(4):  # the bend moves a pixel by little, so this settles fast
        places = places + start - flat(lens.project(places, bend.height(places)))
    step = np.array([2.0, 1.4])
    slope = (bend.height(places + step) - bend.height(places - step)) / (2 * step[0])
    shape = (rows, columns)
    x, y = (_spread(places[:, n].reshape(shape), width, height) for n in (0, 1))
    return View(x, y, slope.reshape(shape).astype(np.float32))


def _spread(coarse: Field, width: int, height: int) -> Image:
    """From the coarse places to every pixel."""
    moved = np.array([[STEP, 0, 0], [0, STEP, 0]], np.float32)
    return cv2.warpAffine(coarse.astype(np.float32), moved, (width, height), flags=cv2.INTER_LINEAR)
