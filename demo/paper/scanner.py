"""A scan of a sheet: slightly askew, grey or black and white, with the streaks of a dirty glass."""

from io import BytesIO

import cv2
import numpy as np
from PIL import Image as Pictures

from demo.paper.geometry import Image
from demo.paper.lens import pick
from demo.paper.pens import grains, tile
from demo.paper.settings import Scanner

Dice = np.random.Generator


def scan(page: Image, density: float, scanner: Scanner, dpi: int, rng: Dice) -> Image:
    """Grey picture of ``page`` (RGB, ``density`` pixels a mm) at ``dpi``; one of two levels for a fax-like scanner."""
    scale = dpi / 25.4 / density
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    margin = int(dpi * rng.uniform(0, 0.25))
    size = (round(width * scale) + margin, round(height * scale) + margin)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), pick(rng, scanner.skew), scale)
    turn[:, 2] += np.array(size) / 2 - (width / 2, height / 2) + rng.normal(0, dpi * 0.02, 2)
    lid = int(rng.integers(235, 256)) if rng.random() < 0.7 else int(rng.integers(20, 120))
    if scale < 0.85:
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 / scale)
    shot: Image = cv2.warpAffine(grey, turn, size, flags=cv2.INTER_LINEAR, borderValue=lid).astype(np.float32)
    shot = np.asarray(cv2.GaussianBlur(shot, (0, 0), pick(rng, scanner.blur) * dpi / 200))
    if rng.random() < scanner.streaks:
        _streak(shot, rng)
    shot = shot + tile(grains(), shot.shape[0], shot.shape[1], rng) * np.float32(pick(rng, scanner.noise))
    curve = 255 * (np.arange(256) / 255) ** pick(rng, scanner.gamma) * pick(rng, scanner.white)
    shot = cv2.LUT(np.clip(shot, 0, 255).astype(np.uint8), np.clip(curve, 0, 255).astype(np.uint8))
    if rng.random() < scanner.one_bit:
        _, shot = cv2.threshold(shot, int(rng.integers(110, 190)), 255, cv2.THRESH_BINARY)
    return shot


def _streak(shot: Image, rng: Dice) -> None:
    """Lines from edge to edge, where dust lies on the glass."""
    for _ in range(int(rng.integers(1, 4))):
        at, width = int(rng.integers(shot.shape[1])), int(rng.integers(1, 4))
        shot[:, at : at + width] += rng.uniform(-110, -25) if rng.random() < 0.75 else rng.uniform(15, 50)


def saved(shots: list[Image], dpi: int, quality: int, *, pdf: bool) -> tuple[bytes, str]:
    """The pictures as one PDF, or the first as JPEG (grey) or PNG (two levels), with the name's ending."""
    out = BytesIO()
    pictures = [Pictures.fromarray(shot) for shot in shots]
    two_levels = [_two_levels(shot) for shot in shots]
    pictures = [p.convert("1") if two else p for p, two in zip(pictures, two_levels, strict=True)]
    if pdf:
        options = {} if two_levels[0] else {"quality": quality}
        pictures[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=pictures[1:], **options)
        return out.getvalue(), "pdf"
    if two_levels[0]:
        pictures[0].save(out, "PNG")
        return out.getvalue(), "png"
    pictures[0].save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue(), "jpg"


def _two_levels(shot: Image) -> bool:
    return bool(((shot == 0) | (shot == 255)).all())
