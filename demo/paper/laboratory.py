"""One picture of one filled sheet, with the truth: everything follows from the school, the set and the seed."""

from dataclasses import dataclass
from zlib import crc32

import cv2
import numpy as np

from demo.paper.camera import jpeg, photograph
from demo.paper.filling import Filling, Office
from demo.paper.geometry import Geometry, Image
from demo.paper.habits import ORDINARY, Habits
from demo.paper.ledger import Truth
from demo.paper.lens import pick
from demo.paper.scanner import saved, scan
from demo.paper.settings import CAMERAS, SCANNERS
from demo.paper.sheet import DENSITY, Sheet, printed

PHOTOS = ("photo1600", "photo1280", "turned", "cropped", "creased", "screen")
SCANS = ("scan", "one bit")
SETS = PHOTOS + SCANS
Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Shot:
    """A file as an office sends it (``ending``: jpg, png or pdf) and what stands in each slot of its geometry."""

    data: bytes
    ending: str
    geometry: Geometry
    truths: tuple[Truth, ...]


def dice(school: str, name: str, seed: int) -> Dice:
    """Chance of one picture; no two schools share any."""
    return np.random.default_rng([crc32(school.encode()), crc32(name.encode()), seed])


def take(
    sheet: Sheet, school: str, name: str, seed: int, habits: Habits = ORDINARY, office: Office | None = None
) -> Shot:
    """Fill ``sheet`` in and take a picture of the set ``name`` (``SETS``); ``office`` fixes who signs."""
    rng = dice(school, name, seed)
    if name in PHOTOS:
        page, truths = filled(sheet, school, rng, habits, office)
        camera = CAMERAS[school][name]
        shot = photograph(page, DENSITY, camera, rng)
        return Shot(jpeg(shot, round(pick(rng, camera.quality))), "jpg", sheet.geometry, truths)
    scanner = SCANNERS[school][name]
    dpi = int(rng.choice(scanner.dpi))
    page, truths = filled(sheet, school, rng, habits, office)
    pixels = scan(page, DENSITY, scanner, dpi, rng)
    data, ending = saved([pixels], dpi, round(pick(rng, scanner.quality)), pdf=rng.random() < scanner.pdf)
    return Shot(data, ending, sheet.geometry, truths)


def filled(
    sheet: Sheet, school: str, rng: Dice, habits: Habits, office: Office | None = None
) -> tuple[Image, tuple[Truth, ...]]:
    """The printed page with ink on it (RGB, ``DENSITY`` pixels a mm) and the truth."""
    page = printed(sheet, rng)
    truths = Filling(page, sheet.geometry, DENSITY, school, habits, rng).fill(office or Office())
    return cv2.GaussianBlur(page, (0, 0), 0.5), truths
