"""Tick boxes of the test school, box by box against the truth."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from benchmarks.paper_sheets import office_pages
from demo.paper.geometry import CODE, DAY
from demo.paper.laboratory import take
from demo.paper.ledger import EMPTY, OTHER
from domain.open_sheets import OpenSheet
from parsers.vision.picture import pictures
from parsers.vision.sheet import Found, look_for_sheet
from parsers.vision.ticks import Ticks, read_ticks
from tests.fakes.sheets import KEY

SETS = ("photo1280", "photo1600", "scan", "creased")


class Said(StrEnum):
    """What was said of a box."""

    TICKED = "ticked"
    UNSURE = "unsure"
    CLEAN = "not ticked"


def tick_counts(seeds: Sequence[int], sets: Sequence[str] = SETS) -> Counter[tuple[bool, Said]]:
    """How many boxes, ticked in truth or not, were called what; what a line or a stamp crosses is left out."""
    counts: Counter[tuple[bool, Said]] = Counter()
    for seed in seeds:
        page, sheet = office_pages()[seed % len(office_pages())]
        shot = take(sheet, "test", sets[seed % len(sets)], seed)
        found = look_for_sheet(next(pictures(shot.data)), [OpenSheet.of(page, KEY)])
        if not isinstance(found, Found):
            continue
        read = read_ticks(found.page, found.grid, float(np.median(found.cells.contrast)))
        for slot, truth in zip(shot.geometry.slots, shot.truths, strict=True):
            if slot.kind in (CODE, DAY) and truth.expected != OTHER:
                name = page.codes[slot.column] if slot.kind == CODE else slot.column
                counts[truth.expected != EMPTY, _said(read[slot.row], name)] += 1
    return counts


def _said(row: Ticks, box: str | int) -> Said:
    if box in (*row.codes, *row.days):
        return Said.TICKED
    return Said.UNSURE if box in (*row.doubtful_codes, *row.doubtful_days) else Said.CLEAN
