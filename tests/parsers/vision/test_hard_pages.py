"""Own forms on which lines lie: streaks, a desk of wood, glare, a pen's lines; and rows that must not get lost."""

from datetime import date

import numpy as np
import pytest

from benchmarks.bench_foreign import roster
from benchmarks.foreign_month_reading import MonthScore, count_month, month_sample
from benchmarks.foreign_reading import Score, count, read, sample
from domain.reading import ProblemCode
from parsers.base import ParseContext
from parsers.grid import Grid, Value
from parsers.headers import find_header
from parsers.people import read_body
from parsers.table import read_grids
from parsers.vision.faint_print import evened
from parsers.vision.row_numbers import mended_numbers

CONTEXT = ParseContext("lembar.jpg", frozenset({"H", "DL"}), date(2026, 11, 23))


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("scan", 550_023),  # a streak crosses the table and meets the scanner's edge far below it
        ("scan", 560_031),  # two columns of long flat strokes, as long as pieces of a line
        ("photo1600", 563_007),  # the sheet's own edge on a desk of wood has more crossings than the table
        ("photo1280", 560_010),  # pens' lines through several rows beside a ruling that blur has broken
    ],
)
def test_every_row_is_found_where_other_lines_lie_on_the_page(name: str, seed: int) -> None:
    one = sample(roster(), "test", name, seed)
    score = Score()
    count(one, *read(one), score)
    assert (score.rows_right, score.wrong_person, score.wrong) == (len(one.people), 0, 0)


def test_scraps_of_writing_do_not_turn_a_month_s_list_on_its_head() -> None:
    one = month_sample(roster(), "test", "month list", "photo1600", 590_000)
    score = MonthScore()
    count_month(one, "month list", *read(one), score)
    assert (score.rows_right, score.wrong_person, score.wrong) == (score.rows, 0, 0)


def test_a_corner_that_glare_has_taken_does_not_cut_off_the_last_rows() -> None:
    one = sample(roster(), "test", "photo1280", 560_031)
    score = Score()
    count(one, *read(one), score)
    assert score.rows_right >= len(one.people) - 1
    assert (score.wrong_person, score.wrong) == (0, 0)


def test_a_misread_degree_after_a_comma_is_not_the_foot_of_the_table() -> None:
    lines: list[list[Value]] = [["No", "Nama", "NIP", "TTD"], ["1", "Siti Aminah, S.E.", "198705142010012003", None]]
    lines += [[None, "Hadi Wahyu Kurniawan, 8.Sos.", "198402032020011942", None]]
    lines += [["3", "Umi Sari Kurniasih", "197302142021212997", None], ["Tulungagung, ......", None, None, None]]
    grid = Grid("", lines)
    header = find_header(grid, 0, CONTEXT)
    assert header is not None
    assert len(read_body(grid, header, header.bottom + 1, CONTEXT).blocks) == 3


def test_rows_with_a_nip_that_did_not_become_people_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    one = sample(roster(), "test", "scan", 560_031)
    whole, _ = read(one)
    assert not any("ber-NIP" in p.message for sheet in whole.sheets for p in sheet.problems)
    monkeypatch.setattr(
        "parsers.foreign_scan.read_grids",
        lambda reader, grids, context: read_grids(reader, [Grid("", g.rows[:-12], g.page) for g in grids], context),
    )
    cut, _ = read(one)
    told = [p for sheet in cut.sheets for p in sheet.problems if "ber-NIP" in p.message]
    assert [p.code for p in told] == [ProblemCode.ROW_UNREAD]


def test_pale_letters_are_darkened_and_dark_ones_and_paper_are_left_alone() -> None:
    page = np.full((40, 400), 255, np.uint8)
    page[15:25, 20:60] = 205
    page[15:25, 320:360] = 60
    seen = evened(page)
    assert seen[20, 40] < 190
    assert seen[20, 340] == 60
    assert (seen[:, 180:220] == 255).all()


def test_a_number_is_told_by_its_neighbours_only_where_they_agree() -> None:
    assert mended_numbers({1: 1, 2: None, 3: 3, 4: 9, 5: 5, 6: 6}) == {2: 2, 4: 4}
    assert mended_numbers({1: None, 2: None, 3: 7}) == {}
    assert mended_numbers({1: None, 2: 2, 3: 3}) == {1: 1}
