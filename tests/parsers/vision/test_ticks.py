"""Tick boxes on a photograph: a mark in a box is a tick, a line that only passes through is for a person."""

from datetime import date

import pytest

from domain.open_sheets import OpenSheet
from domain.reading import Row, Verdict
from domain.sheet_layout import CodeTick, DayTick
from parsers.base import ParseContext
from parsers.printed_form import PARSER
from tests.fakes.photos import Pen, photo
from tests.fakes.sheets import KEY, pages

(PAGE,) = pages(14)[:1]
ROW = 5


def read(pen: Pen) -> Row:
    known = ParseContext("foto.jpg", frozenset(), date(2026, 11, 23), sheets=(OpenSheet.of(PAGE, KEY),))
    (sheet,) = PARSER.parse(photo(pen), known).sheets
    return sheet.rows[ROW]


def test_a_mark_in_a_box_is_a_tick() -> None:
    row = read(Pen(PAGE).tick([CodeTick(ROW, "S"), DayTick(ROW, 2)]))
    assert {cell.date for cell in row.cells if cell.code == "S"} == {PAGE.days[2]}


@pytest.mark.parametrize("far", [(-9.0, 3.0), (9.0, -4.0), (7.0, 7.0)])
def test_a_line_that_comes_from_elsewhere_is_no_tick(far: tuple[float, float]) -> None:
    pen = Pen(PAGE).tick([DayTick(ROW, 2)])
    box = PAGE.layout.box(CodeTick(ROW, "DL"))
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    pen.line((x + far[0], y + far[1]), (x - far[0] / 9, y - far[1] / 9), width=0.4)
    row = read(pen)
    assert Verdict.CODE not in {cell.verdict for cell in row.cells}
