"""Pages to learn from: drawn by the laboratory, cut into cells by the product's own eyes, with their truth."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.paper_sheets import office_pages
from demo.paper.geometry import HEAD, SIGN, Box
from demo.paper.habits import HARD, ORDINARY
from demo.paper.laboratory import Shot, take
from demo.paper.sheet import Sheet
from domain.open_sheets import OpenSheet
from domain.sheet_layout import Rect
from parsers.vision.picture import pictures
from parsers.vision.sheet import Found, look_for_sheet
from tests.fakes.sheets import KEY

CLASSES = ("empty", "signed", "other")
IGNORED = -1
QUANTUM = 127.5
"""Planes (0..2) are kept as whole numbers of this fraction."""
_SHARES = {
    "photo1600": 0.2, "photo1280": 0.26, "screen": 0.08, "creased": 0.1, "cropped": 0.03, "scan": 0.25, "one bit": 0.08
}  # fmt: skip
_HARD = 0.6
CHUNK = 40


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one call draws: pages of ``school`` with seeds from ``first`` on, kept in ``folder``."""

    school: str
    first: int
    count: int
    folder: Path


@cache
def _desk() -> list[tuple[OpenSheet, Sheet]]:
    return [(OpenSheet.of(page, KEY), sheet) for page, sheet in office_pages()]


def draw(lesson: Lesson) -> int:
    """Draw and keep the pages of ``lesson``; how many the eyes found."""
    cv2.setNumThreads(1)
    kept = 0
    for seed in range(lesson.first, lesson.first + lesson.count):
        rng = np.random.default_rng([seed, 4711])
        name = str(rng.choice(list(_SHARES), p=list(_SHARES.values())))
        known, sheet = _desk()[int(rng.integers(len(_desk())))]
        shot = take(sheet, lesson.school, name, seed, HARD if rng.random() < _HARD else ORDINARY)
        found = look_for_sheet(next(pictures(shot.data)), [known])
        if isinstance(found, Found):
            path = lesson.folder / f"{lesson.school}-{seed:06d}.npz"
            labels, inks = truth_of(shot, found)
            planes = np.rint(np.clip(found.cells.planes, 0, 2) * QUANTUM).astype(np.uint8)
            np.savez(path, planes=planes, labels=labels, inks=inks, name=np.array(name))
            kept += 1
    return kept


def truth_of(shot: Shot, found: Found) -> tuple[NDArray[np.int8], NDArray[np.str_]]:
    """Class and kind of ink by row and column of ``found.cells``; ``IGNORED`` where nobody signs or nothing is seen."""
    shape = (found.cells.rows, found.cells.columns)
    labels, inks = np.full(shape, IGNORED, np.int8), np.full(shape, "", "U24")
    for slot, truth in zip(shot.geometry.slots, shot.truths, strict=True):
        if slot.kind not in (SIGN, HEAD) or not slot.open or not _in_sight(found, slot.box):
            continue
        row = slot.row if slot.kind == SIGN else found.cells.rows - 1
        labels[row, slot.column], inks[row, slot.column] = CLASSES.index(truth.expected), truth.ink
    return labels, inks


def _in_sight(found: Found, box: Box) -> bool:
    return found.page.in_sight(Rect(*box))


def draw_all(school: str, count: int, folder: Path, workers: int) -> Iterator[int]:
    """``count`` pages in ``workers`` processes; yields how many were kept, chunk by chunk."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lessons = [Lesson(school, first, min(CHUNK, count - first), folder) for first in range(0, count, CHUNK)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, lessons)
