"""Pages to learn from: drawn by the laboratory, cut into cells by the product's own eyes, with their truth."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.paper_sheets import office_pages
from benchmarks.training.own_forms import own_form
from demo.paper.geometry import HEAD, SIGN, Box
from demo.paper.habits import HARD, ORDINARY, Habits
from demo.paper.laboratory import Shot, take
from demo.paper.sheet import Sheet
from domain.open_sheets import OpenSheet
from domain.sheet_layout import Rect
from parsers.vision.cells import Cells
from parsers.vision.picture import pictures
from parsers.vision.sheet import Found, look_for_sheet
from tests.fakes.sheets import KEY

CLASSES = ("empty", "signed", "other")
IGNORED = -1
QUANTUM = 127.5
"""Planes (0..2) are kept as whole numbers of this fraction."""
_SHARES = {
    "photo1600": 0.18, "photo1280": 0.28, "screen": 0.08, "creased": 0.1, "cropped": 0.03, "scan": 0.24, "one bit": 0.09
}  # fmt: skip
_OWN = {"train": 0.33, "valid": 0.55}
"""Share of sheets that offices made themselves; about three of four of these keep all their lines and are learnt. They
have fewer cells than the desk's: where the bands are set, more of them must speak."""
_OWN_SHARES = {"photo1600": 0.3, "photo1280": 0.25, "scan": 0.37, "one bit": 0.08}
_HARD = 0.6
_LESSON = replace(HARD, strike=0.05, tall=0.17)  # the ink that is most easily taken for a signature of this cell
CHUNK = 40


Page: TypeAlias = tuple[Cells, NDArray[np.int8], NDArray[np.str_]]
"""Cells with the class and the kind of ink of each."""


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
        own, habits = rng.random() < _OWN[lesson.school], _LESSON if rng.random() < _HARD else ORDINARY
        shares = _OWN_SHARES if own else _SHARES
        name = str(rng.choice(list(shares), p=list(shares.values())))
        page = _own_page(lesson.school, name, seed, habits) if own else _desk_page(lesson.school, name, seed, habits)
        if page is None:
            continue
        cells, labels, inks = page
        planes = np.rint(np.clip(cells.planes, 0, 2) * QUANTUM).astype(np.uint8)
        path = lesson.folder / f"{lesson.school}-{seed:06d}.npz"
        np.savez(path, planes=planes, labels=labels, inks=inks, name=np.array(name), own=np.array(own))
        kept += 1
    return kept


def _desk_page(school: str, name: str, seed: int, habits: Habits) -> Page | None:
    rng = np.random.default_rng([seed, 4712])
    known, sheet = _desk()[int(rng.integers(len(_desk())))]
    shot = take(sheet, school, name, seed, habits)
    found = look_for_sheet(next(pictures(shot.data)), [known])
    return (found.cells, *truth_of(shot, found)) if isinstance(found, Found) else None


def _own_page(school: str, name: str, seed: int, habits: Habits) -> Page | None:
    drawn = own_form(school, name, seed, habits)
    if drawn is None:
        return None
    shot, cells = drawn
    return (cells, *_truths(shot, cells, lambda _: True))


def truth_of(shot: Shot, found: Found) -> tuple[NDArray[np.int8], NDArray[np.str_]]:
    """Class and kind of ink by row and column of ``found.cells``; ``IGNORED`` where nobody signs or nothing is seen."""
    return _truths(shot, found.cells, lambda box: found.page.in_sight(Rect(*box)))


def _truths(shot: Shot, cells: Cells, in_sight: Callable[[Box], bool]) -> tuple[NDArray[np.int8], NDArray[np.str_]]:
    shape = (cells.rows, cells.columns)
    labels, inks = np.full(shape, IGNORED, np.int8), np.full(shape, "", "U24")
    for slot, truth in zip(shot.geometry.slots, shot.truths, strict=True):
        if slot.kind not in (SIGN, HEAD) or not slot.open or not in_sight(slot.box):
            continue
        row = slot.row if slot.kind == SIGN else cells.rows - 1
        labels[row, slot.column], inks[row, slot.column] = CLASSES.index(truth.expected), truth.ink
    return labels, inks


def draw_all(school: str, count: int, folder: Path, workers: int) -> Iterator[int]:
    """``count`` pages in ``workers`` processes; yields how many were kept, chunk by chunk."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lessons = [Lesson(school, first, min(CHUNK, count - first), folder) for first in range(0, count, CHUNK)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw, lessons)
