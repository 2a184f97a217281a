"""A photograph of a sheet as it arrives by WhatsApp or mail: seen, lit, blurred, noisy, shrunk, compressed."""

from functools import cache

import cv2
import numpy as np

from demo.paper.geometry import Image
from demo.paper.lens import Bend, Fold, Lens, look, pick
from demo.paper.light import desk, lighting, spread
from demo.paper.pens import tile
from demo.paper.settings import Camera

SENSOR = 1.2  # the telephone's own picture is larger than the one it sends
Dice = np.random.Generator


@cache
def _noise() -> Image:
    """A tile of sensor noise in three colours, deviation 1, coarser than a pixel as telephones leave it."""
    rng = np.random.default_rng(20261127)
    plain = rng.normal(0, 1, (1024, 1024, 3)).astype(np.float32)
    mixed = plain * 0.7 + 1.5 * cv2.GaussianBlur(plain, (0, 0), 1.2) + rng.normal(0, 0.5, (1024, 1024, 1))
    return np.asarray(mixed / mixed.std(), dtype=np.float32)


def photograph(page: Image, density: float, camera: Camera, rng: Dice) -> Image:
    """RGB picture of ``page`` (RGB, ``density`` pixels a mm) with ``camera.long_side`` pixels on its long side."""
    long_side = round(camera.long_side * SENSOR)
    size = (round(long_side * 0.75), long_side)
    width, height = page.shape[1] / density, page.shape[0] / density
    bend = Bend(camera, width, height, rng)
    for fold in bend.folds:
        _crease(page, fold, density, rng)
    lens = Lens(camera, (width, height), rng, size)
    view = look(lens, bend, size)
    screen = rng.random() < camera.screen
    shot = desk(*size, rng) if not screen else np.full((size[1], size[0], 3), rng.uniform(5, 40), np.uint8)
    cv2.remap(page, view.x * density - 0.5, view.y * density - 0.5, cv2.INTER_LINEAR, shot, cv2.BORDER_TRANSPARENT)
    lit = shot.astype(np.float32)
    light, glare = lighting(camera, view, rng)
    if screen:
        lit = _screen(lit, view.x, view.y, rng)
    lit *= spread(light, *size)
    if glare is not None:
        lit += spread(glare, *size)[..., None]
    return _developed(_blurred(lit, camera, rng), camera, rng)


def _crease(page: Image, fold: Fold, density: float, rng: Dice) -> None:
    """A worn line where the paper was folded: light where toner and fibre broke, dark beside it."""
    along = np.array([np.cos(fold.angle), np.sin(fold.angle)])
    t = np.linspace(-330, 330, 60)
    spine = np.array(fold.at) + t[:, None] * along + rng.normal(0, 0.12, (60, 2))
    for offset, shade in ((0.0, rng.uniform(4, 26)), (0.35, -rng.uniform(6, 34))):
        layer = np.zeros(page.shape[:2], np.uint8)
        places = np.rint((spine + offset) * density * 4).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(layer, [places], False, 255, max(1, round(rng.uniform(0.15, 0.4) * density)), cv2.LINE_AA, 2)
        rows, columns = np.nonzero(layer)
        if not len(rows):
            continue
        strength = layer[rows, columns] / 255 * shade * (0.6 + 0.4 * rng.random(len(rows)))
        page[rows, columns] = np.clip(page[rows, columns] + strength[:, None], 0, 255).astype(np.uint8)


def _screen(lit: Image, x: Image, y: Image, rng: Dice) -> Image:
    """A monitor instead of paper: its black glows, its grid of dots beats with the sensor's."""
    lit = lit * rng.uniform(0.8, 0.92) + rng.uniform(8, 34)
    for _ in range(int(rng.integers(1, 3))):
        angle, period = rng.uniform(0, np.pi), rng.uniform(0.9, 9)
        bow = rng.normal(0, 0.0015, 2)
        phase = 2 * np.pi / period * (x * np.cos(angle) + y * np.sin(angle) + bow[0] * x * x + bow[1] * y * y)
        depth = rng.uniform(0.01, 0.06)
        for colour, late in enumerate((0.0, 2.1, 4.2)):
            lit[..., colour] *= 1 + depth * np.cos(phase + late * rng.uniform(0, 1))
    return lit * np.array([rng.uniform(0.9, 1), 1, rng.uniform(1, 1.1)], np.float32)


def _blurred(lit: Image, camera: Camera, rng: Dice) -> Image:
    sigma = pick(rng, camera.blur) * SENSOR
    if camera.disc and rng.random() < 0.5:
        radius = sigma * 1.9
        edge = int(np.ceil(radius))
        y, x = np.mgrid[-edge : edge + 1, -edge : edge + 1]
        kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
        lit = cv2.filter2D(lit, -1, (kernel / kernel.sum()).astype(np.float32))
    else:
        lit = cv2.GaussianBlur(lit, (0, 0), sigma)
    if rng.random() < camera.motion:
        reach = pick(rng, camera.motion_reach) * SENSOR
        side = int(np.ceil(reach)) | 1
        kernel = np.zeros((side + 2, side + 2), np.float32)
        angle = rng.uniform(0, np.pi)
        for t in np.linspace(-0.5, 0.5, 21):
            across, down = reach * t * np.cos(angle), reach * t * np.sin(angle)
            kernel[round((side + 1) / 2 + down), round((side + 1) / 2 + across)] += 1
        kernel = cv2.GaussianBlur(kernel, (0, 0), 0.4)
        lit = cv2.filter2D(lit, -1, kernel / kernel.sum())
    return lit


def _developed(lit: Image, camera: Camera, rng: Dice) -> Image:
    """What the telephone and the messenger make of it."""
    height, width = lit.shape[:2]
    strength = pick(rng, camera.noise)
    lit += tile(_noise(), height, width, rng) * np.float32(strength)
    shot: Image = np.clip(lit, 0, 255).astype(np.uint8)
    if rng.random() < camera.smear:
        shot = cv2.medianBlur(shot, 3)
    amount = pick(rng, camera.sharpen)
    if amount > 0.1:
        soft = cv2.GaussianBlur(shot, (0, 0), 1.4)
        shot = cv2.addWeighted(shot, 1 + amount, soft, -amount, 0)
    if rng.random() < camera.twice:
        shot = _pressed(shot, int(rng.integers(70, 93)))
    scale = camera.long_side / max(height, width)
    shot = cv2.resize(shot, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    bend = rng.uniform(0.85, 1.2)
    curve = 255 * (np.arange(256) / 255) ** bend
    shot = cv2.LUT(shot, np.clip(curve * rng.uniform(0.95, 1.06), 0, 255).astype(np.uint8))
    if rng.random() < camera.turned:
        shot = np.ascontiguousarray(np.rot90(shot, int(rng.integers(1, 4))))
    return shot


def _pressed(shot: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", shot, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


def jpeg(shot: Image, quality: int) -> bytes:
    """The RGB picture as JPEG."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(shot, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()
