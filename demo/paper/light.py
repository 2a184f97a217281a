"""Light on the sheet: a lamp to one side, shadows of hands and telephones, glare, and the desk below."""

import cv2
import numpy as np

from demo.paper.geometry import Image
from demo.paper.lens import STEP, View, pick
from demo.paper.pens import grains, tile
from demo.paper.settings import Camera

Dice = np.random.Generator


def lighting(camera: Camera, view: View, rng: Dice) -> tuple[Image, Image | None]:
    """How much light falls (coarse, three colours) and the glare to add (coarse, one plane, or none)."""
    rows, columns = view.facing.shape
    y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    dark = pick(rng, camera.light)
    light = 1 - (1 - dark) * np.clip(along / 1.2 + 0.5, 0, 1) ** rng.uniform(0.8, 2)
    light *= 1 - rng.uniform(0, 0.25) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    light *= 1 + rng.uniform(0.3, 1.0) * np.clip(view.facing, -0.4, 0.4)
    if rng.random() < camera.shadow:
        for _ in range(int(rng.integers(1, 3))):
            light *= _shadow(rows, columns, rng)
    warmth = pick(rng, camera.warmth)
    colours = np.array([1 + warmth, 1.0, 1 - warmth])
    level = rng.uniform(0.82, 1.02)
    glare = None
    if rng.random() < camera.glare:
        centre, reach = rng.uniform(0.1, 0.9, 2), rng.uniform(0.05, 0.16)
        glare = rng.uniform(40, 140) * np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * reach**2))
        glare = glare.astype(np.float32)
    return (light[..., None] * colours * level).astype(np.float32), glare


def _shadow(rows: int, columns: int, rng: Dice) -> Image:
    """A soft-edged shadow that comes in from a side."""
    mask = np.zeros((rows, columns), np.uint8)
    side = rng.integers(4)
    n = int(rng.integers(3, 7))
    depth = rng.uniform(0.1, 0.75, n)
    at = np.sort(rng.uniform(-0.1, 1.1, n))
    edge = [(a, d) for a, d in zip(at, depth, strict=True)]
    shape = [(edge[0][0], -0.1), *edge, (edge[-1][0], -0.1)]
    if side >= 2:
        shape = [(a, 1 - d) for a, d in shape]
    if side % 2:
        shape = [(d, a) for a, d in shape]
    corners = np.rint(np.array(shape) * (columns, rows)).astype(np.int32)
    cv2.fillPoly(mask, [corners.reshape(-1, 1, 2)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.4, 5)))
    return np.asarray(1 - soft.astype(np.float32) / 255 * rng.uniform(0.15, 0.5), dtype=np.float32)


def desk(width: int, height: int, rng: Dice) -> Image:
    """A table top: wood, cloth or stone."""
    base = np.array([rng.uniform(40, 190)] * 3) + rng.normal(0, 14, 3) + (14, 0, -14)
    small = tile(grains(), height // 8 + 2, width // 8 + 2, rng)
    reach = (float(rng.uniform(4, 14)), float(rng.uniform(0.3, 2)))
    if rng.random() < 0.5:
        reach = (reach[1], reach[0])
    texture: Image = cv2.GaussianBlur(small, (0, 0), sigmaX=reach[0], sigmaY=reach[1])
    texture = texture / (float(texture.std()) + 1e-6) * rng.uniform(3, 18)
    full = cv2.resize(texture, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.stack([np.clip(full + colour, 5, 235).astype(np.uint8) for colour in base], axis=-1)


def spread(coarse: Image, width: int, height: int) -> Image:
    """A coarse field over every pixel."""
    moved = np.array([[STEP, 0, 0], [0, STEP, 0]], np.float32)
    return cv2.warpAffine(coarse, moved, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
