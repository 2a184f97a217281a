"""Pictures of the laboratory's test school, read by the product's parser, cell by cell against the truth."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from multiprocessing import get_context
from time import process_time
from unittest.mock import patch

import cv2
import numpy as np

from benchmarks.paper_score import EMPTY, OTHER, SIGNED, UNSURE, CellScore, PageScore
from benchmarks.paper_sheets import office_pages
from demo.paper.geometry import HEAD, SIGN, Slot
from demo.paper.habits import HARD, ORDINARY
from demo.paper.laboratory import Shot, take
from demo.paper.sheet import Sheet
from domain.open_sheets import OpenSheet
from domain.reading import Cell, FileReading, ProblemCode, Verdict
from domain.sheet import SheetPage
from domain.terms import Session
from parsers.base import ParseContext
from parsers.printed_form import PARSER
from parsers.sandbox import ENVIRONMENT
from parsers.vision.picture import pictures
from parsers.vision.reader import Doubt
from parsers.vision.sheet import Found, look_for_sheet
from tests.fakes.sheets import KEY

SCHOOL = "test"
_SAID = {Verdict.SIGNED: SIGNED, Verdict.EMPTY: EMPTY, Verdict.CODE: EMPTY, Verdict.UNSURE: UNSURE}
_RETAKE = {ProblemCode.BLURRED, ProblemCode.CROPPED}
_AROUND = 0.35  # of a cell, shown around it in its crop
_HEAD_ROW = -1
_Key = tuple[int, date, Session]


@dataclass(frozen=True, slots=True)
class Task:
    """One picture to draw and read: the set's ``name``, and whether its sheet is a ``hard`` one."""

    name: str
    seed: int
    hard: bool = False


@cache
def desk() -> tuple[tuple[SheetPage, Sheet], ...]:
    """Every open sheet of the invented offices: the reader must tell them apart."""
    return office_pages()


@cache
def context() -> ParseContext:
    """What the parser knows: all these sheets."""
    return ParseContext(
        "foto", frozenset(), desk()[0][0].days[0], sheets=tuple(OpenSheet.of(p, KEY) for p, _ in desk())
    )


def _sheet_of(task: Task) -> tuple[SheetPage, Sheet]:
    return desk()[task.seed % len(desk())]


def _shot(task: Task) -> Shot:
    return take(_sheet_of(task)[1], SCHOOL, task.name, task.seed, HARD if task.hard else ORDINARY)


def drawn(task: Task) -> bytes:
    """The picture of ``task`` as an office sends it."""
    return _shot(task).data


def read_task(task: Task) -> PageScore:
    """Draw the picture, then read it; only the reading is timed."""
    cv2.setNumThreads(1)
    printed, _ = _sheet_of(task)
    shot, known = _shot(task), context()
    began = process_time()
    reading = PARSER.parse(shot.data, known)
    seconds = process_time() - began
    outcome = _outcome(reading, printed)
    cells = tuple(_cells(shot, reading, printed)) if outcome == "found" else ()
    return PageScore(task.name, task.seed, outcome, seconds, _with_crops(cells, shot))


def _outcome(reading: FileReading, printed: SheetPage) -> str:
    (sheet,) = reading.sheets
    if sheet.form is not None and sheet.form != printed.form:
        return "wrong sheet"
    codes = {problem.code for problem in (*reading.problems, *sheet.problems)}
    if sheet.rows:
        return "found"
    return "retake" if codes & _RETAKE else "stranger" if ProblemCode.UNKNOWN_FORM in codes else "lost"


def _cells(shot: Shot, reading: FileReading, printed: SheetPage) -> Iterator[tuple[Slot, CellScore]]:
    told = dict(_told(reading))
    pale = any(problem.code is ProblemCode.TWO_TONE for problem in reading.sheets[0].problems)
    untold = UNSURE if pale else EMPTY  # of a 1-bit page the sender is told that no empty cell is certain
    for slot, truth in zip(shot.geometry.slots, shot.truths, strict=True):
        if slot.kind not in (SIGN, HEAD) or not slot.open:
            continue
        no = printed.rows[slot.row].no if slot.kind == SIGN else _HEAD_ROW
        cell = told.get((no, printed.days[slot.column // 2], list(Session)[slot.column % 2]))
        if cell is None:  # rows for newcomers are told only where somebody wrote; a line through them tells of nobody
            if truth.expected != OTHER:
                yield slot, CellScore(truth.ink, truth.expected, untold, 1.0)
        elif not cell.text.startswith(Doubt.CUT):
            yield slot, CellScore(truth.ink, truth.expected, _SAID[cell.verdict], cell.confidence)


def _told(reading: FileReading) -> Iterator[tuple[_Key, Cell]]:
    (sheet,) = reading.sheets
    named = [(row.no or 0, cell) for row in sheet.rows for cell in row.cells]
    for no, cell in (*named, *((_HEAD_ROW, cell) for cell in sheet.heads)):
        assert cell.date is not None
        assert cell.session is not None
        yield (no, cell.date, cell.session), cell


def _with_crops(cells: Sequence[tuple[Slot, CellScore]], shot: Shot) -> tuple[CellScore, ...]:
    """The scores, with a picture of each cell of which something false was said."""
    bad = {slot for slot, cell in cells if cell.wrong or (cell.expected == OTHER and cell.said != UNSURE)}
    crops: Mapping[Slot, bytes] = _crops(bad, shot) if bad else {}
    return tuple(replace(cell, crop=crops.get(slot, b"")) for slot, cell in cells)


def _crops(bad: set[Slot], shot: Shot) -> dict[Slot, bytes]:
    found = look_for_sheet(next(pictures(shot.data)), context().sheets)
    assert isinstance(found, Found)
    last = found.cells.rows - 1
    return {slot: crop_of(found, slot.row if slot.kind == SIGN else last, slot.column) for slot in bad}


def crop_of(found: Found, row: int, column: int) -> bytes:
    """The cell with a little of its neighbours as PNG, three times as large as on the flat page."""
    corners = found.grid.nodes[row : row + 2, column : column + 2].reshape(-1, 2)
    low, high = corners.min(0), corners.max(0)
    low, high = low - (high - low) * _AROUND, high + (high - low) * _AROUND
    (x0, y0), (x1, y1) = np.maximum(low, 0).astype(int), np.ceil(high).astype(int)
    part = cv2.resize(found.page.gray[y0:y1, x0:x1], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(".png", part)[1].tobytes()


def read_all(tasks: Sequence[Task], workers: int) -> Iterator[PageScore]:
    """Every task in ``workers`` processes, in order; they find the environment of the product's children."""
    with (
        patch.dict(os.environ, ENVIRONMENT),
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        yield from pool.map(read_task, tasks, chunksize=5)
