"""The head's room at the foot: stamped, signed, both or neither, photographed and scanned, and what was said of it."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

import cv2
import numpy as np

from benchmarks.paper_sheets import office_pages
from demo.paper import marks
from demo.paper.camera import jpeg, photograph
from demo.paper.geometry import BLOCK, Image
from demo.paper.hands import new_hand
from demo.paper.laboratory import PHOTOS, dice
from demo.paper.pens import draw, new_pen
from demo.paper.scanner import saved, scan
from demo.paper.settings import CAMERAS, SCANNERS
from demo.paper.sheet import DENSITY, Sheet, printed
from demo.paper.strokes import middle, written
from domain.open_sheets import OpenSheet
from domain.reading import HeadMark
from parsers.vision.picture import pictures
from parsers.vision.sheet import Found, look_for_sheet
from parsers.vision.ticks import read_head_block
from tests.fakes.sheets import KEY

SCHOOL = "test"
SETS = ("photo1280", "photo1600", "scan", "creased")
ONE_BIT = ("one bit",)
_BESIDE = (-22.0, 0.0)  # millimetres from the middle of the room to that of a stamp


class Room(StrEnum):
    """What is in the head's room."""

    CLEAN = "clean"
    SIGNED = "signed"
    STAMPED = "stamped"
    BOTH = "signed and stamped"


def head_marks(seeds: Sequence[int], sets: Sequence[str] = SETS) -> Iterator[tuple[Room, HeadMark]]:
    """For every seed and kind of room what was read; pages that were not found are left out."""
    pages = [(page, sheet) for page, sheet in office_pages() if sheet.geometry.of(BLOCK)]
    for seed in seeds:
        page, sheet = pages[seed % len(pages)]
        for room in Room:
            data = _picture(sheet, room, sets[seed % len(sets)], seed)
            found = look_for_sheet(next(pictures(data)), [OpenSheet.of(page, KEY)])
            if isinstance(found, Found):
                yield room, read_head_block(found.page, float(np.median(found.cells.contrast)))


def _picture(sheet: Sheet, room: Room, name: str, seed: int) -> bytes:
    rng = dice(SCHOOL, f"{name} {room}", seed)
    page = printed(sheet, rng)
    if room in (Room.SIGNED, Room.BOTH):
        _sign(page, sheet, rng)
    if room in (Room.STAMPED, Room.BOTH):
        marks.stamp(page, _room(sheet) + rng.normal(_BESIDE, 4, 2), rng, DENSITY, SCHOOL)
    page = cv2.GaussianBlur(page, (0, 0), 0.5)
    if name in PHOTOS:
        return jpeg(photograph(page, DENSITY, CAMERAS[SCHOOL][name], rng), 60)
    scanner = SCANNERS[SCHOOL][name]
    dpi = int(rng.choice(scanner.dpi))
    return saved([scan(page, DENSITY, scanner, dpi, rng)], dpi, 70, pdf=False)[0]


def _room(sheet: Sheet) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return middle(sheet.geometry.slots[next(iter(sheet.geometry.of(BLOCK).values()))].box)


def _sign(page: Image, sheet: Sheet, rng: np.random.Generator) -> None:
    """As ``demo.paper.filling`` writes a head's signature."""
    hand = new_hand(SCHOOL, rng, tall=0.1, tiny=0.0)
    at = _room(sheet) + rng.normal(hand.off, 0.04) * (22.0, 11.5)
    size = (hand.width * 22.0, hand.height * 11.5)
    lines = written(hand.shape, rng, at=at, size=size, slant=hand.slant, loose=hand.loose)
    draw(page, lines, new_pen(rng, SCHOOL), rng, DENSITY)
