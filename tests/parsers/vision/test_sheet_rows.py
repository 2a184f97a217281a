"""Rows for newcomers: told where somebody may have written, not where an office closed its sheet with a line."""

import numpy as np
import pytest

from domain.open_sheets import OpenSheet
from domain.reading import Verdict
from parsers.vision.picture import pictures
from parsers.vision.reader import Doubt, Seen
from parsers.vision.sheet import Found, look_for_sheet
from parsers.vision.sheet_rows import NEWCOMER, rows_of
from parsers.vision.ticks import read_ticks
from tests.fakes.photos import Pen, photo
from tests.fakes.sheets import KEY, pages

PAGE = pages(18)[0]
FREE = [n for n, line in enumerate(PAGE.rows) if line.person is None]
BARE = Seen(Verdict.EMPTY, 1.0)


@pytest.fixture(scope="module")
def found() -> Found:
    sheet = look_for_sheet(next(pictures(photo(Pen(PAGE)))), [OpenSheet.of(PAGE, KEY)])
    assert isinstance(sheet, Found)
    return sheet


def newcomers(found: Found, doubts: dict[int, Seen]) -> list[int | None]:
    """The free rows that are told of when those named hold two such cells."""
    seen = [[BARE] * found.cells.columns for _ in range(found.cells.rows)]
    for number, one in doubts.items():
        seen[number][:2] = [one, one]
    ticks = read_ticks(found.page, found.grid, float(np.median(found.cells.contrast)))
    return [row.no for row in rows_of(found, seen, ticks, 1, 1.0).rows if row.name == NEWCOMER]


def test_a_line_tells_of_nobody_only_where_it_runs_through_every_free_row(found: Found) -> None:
    """A newcomer's paraf that meets the head's looks like a line too; somebody's day would be lost."""
    line = Seen(Verdict.UNSURE, 0.97, Doubt.LINE)
    assert len(FREE) > 1
    assert newcomers(found, dict.fromkeys(FREE, line)) == []
    assert newcomers(found, {FREE[-1]: line}) == [PAGE.rows[FREE[-1]].no]


@pytest.mark.parametrize("doubt", [Doubt.OTHER, Doubt.LIKELY, Doubt.FAINT])
def test_other_ink_on_a_free_row_is_always_told(found: Found, doubt: Doubt) -> None:
    ink = Seen(Verdict.UNSURE, 0.6, doubt)
    assert newcomers(found, {FREE[0]: ink}) == [PAGE.rows[FREE[0]].no]
    assert newcomers(found, {}) == []
