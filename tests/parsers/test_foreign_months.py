"""Months by hand on paper: which column is which day, whose lines are whose, and what is not said."""

import datetime as dt
from datetime import date
from functools import lru_cache

import pytest

from demo.paper.laboratory import Shot
from domain.columns import Hints, complete_cells, filled_columns
from domain.errors import UsageError
from domain.form_columns import checked_columns
from domain.reading import Box, Cell, FileReading, HeadMark, Row, SheetKind, SheetReading, Verdict
from domain.terms import Session
from domain.vocabulary import Aspect, Mark
from parsers.base import ParseContext
from parsers.cells import _place_of
from parsers.foreign_scan import PARSER
from parsers.vision.foreign_band import month_mended
from parsers.vision.foreign_days import Days, Unread, doubt_of_month, find_days
from parsers.vision.foreign_marks import BROKEN, SHADED, MonthMarks
from parsers.vision.foreign_month import Month, Person, line_word
from tests.fakes.foreign_bulungan import form_b, form_e
from tests.fakes.foreign_months import Style, month_list, take_month
from tests.fakes.sheets import person

MONTH = date(2026, 11, 1)
OFF = frozenset(MONTH.replace(day=day) for day in range(1, 31) if MONTH.replace(day=day).weekday() > 4)
PEOPLE = tuple(
    person(n, name=name, rank="Penata", grade="III/c")
    for n, name in enumerate(("Dra. Siti Aminah, M.Si.", "Bambang Wijaya", "Dewi Lestari, A.Md.", "Agus Santoso"), 1)
)
UNIT = "Dinas Perhubungan"
CODES = frozenset({"H", "DL", "S", "C", "I"})


@lru_cache(maxsize=4)
def shot_of(form: str, name: str, seed: int) -> Shot:
    drawn = {
        "E": lambda: form_e(UNIT, MONTH, PEOPLE, PEOPLE[0], OFF),
        "B": lambda: form_b(UNIT, date(2026, 11, 23), PEOPLE, PEOPLE[0]),
        "1": lambda: month_list(UNIT, MONTH, PEOPLE, PEOPLE[0], OFF, Style()),
        "2": lambda: month_list(UNIT, MONTH, PEOPLE, PEOPLE[0], OFF, Style(lines=2, row_mm=7)),
    }[form]()
    return take_month(drawn, "valid", name, seed)


@lru_cache(maxsize=4)
def read(form: str, name: str, seed: int, received: date = date(2026, 11, 27)) -> FileReading:
    shot = shot_of(form, name, seed)
    return PARSER.parse(shot.data, ParseContext(f"bulan.{shot.ending}", CODES, received))


def header(*numbers: str, row: int = 1) -> dict[tuple[int, int], str]:
    return {(0, 0): "No", (0, 1): "Nama/NIP", **{(row, 2 + n): text for n, text in enumerate(numbers)}}


WIDTHS = [10.0, 80.0, *[20.0] * 31]
ALL = [str(n) for n in range(1, 32)]


def test_a_number_that_was_misread_or_lost_is_what_stands_between_its_neighbours() -> None:
    read_as = ["I", *ALL[1:6], "", "#", *ALL[8:13], "11", *ALL[14:]]
    assert find_days(WIDTHS, header(*read_as)) == Days(1, 2, 32, 1)
    assert Days(1, 2, 32, 1).of(24) == 23


def test_a_missing_line_between_two_days_makes_the_month_unread_and_moves_no_date() -> None:
    wide = [*WIDTHS[:12], 40.0, *WIDTHS[14:]]
    assert isinstance(find_days(wide, header(*ALL[:10], "11", *ALL[12:])), Unread)
    assert isinstance(find_days(WIDTHS, header(*ALL[:22], *ALL[23:], "")), Unread)
    broken = [*WIDTHS[:12], 32.0, *WIDTHS[13:]]
    assert isinstance(find_days(broken, header(*ALL)), Unread)


def test_columns_after_the_last_number_are_no_days() -> None:
    february = [str(n) for n in range(1, 29)]
    assert find_days([10, 80, *[20.0] * 31], header(*february, "H", "S", "I")) == Days(1, 2, 29, 1)
    assert find_days([10, 80, *[20.0] * 31], header(*february, "", "", "")) == Days(1, 2, 29, 1)


def test_a_daily_sheet_and_a_row_that_numbers_its_columns_are_no_month() -> None:
    assert find_days([10, 80, 30, 30], header("Datang", "Pulang")) is None
    numbering = {(0, 0): "No", (0, 1): "Nama", **{(1, n): str(n + 1) for n in range(12)}}
    assert find_days([20.0] * 12, numbering) is None


@pytest.mark.parametrize(
    ("lines", "received", "doubted"),
    [
        (["Nama OPD : Dinas", "Bulan : November 2026"], date(2026, 12, 3), False),
        (["Bulan : November 2026", "Oktober 2026"], date(2026, 12, 3), True),
        (["Bulan : November 2016"], date(2026, 12, 3), True),
        (["Bulan : Juni 2026"], date(2026, 12, 3), True),
        ([], date(2026, 12, 3), False),
    ],
)
def test_a_month_far_from_its_arrival_or_named_twice_is_asked(lines: list[str], received: date, doubted: bool) -> None:
    assert (doubt_of_month(lines, received) is not None) is doubted


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        (": 23 Novemibe 2026", ": 23 November 2026"),
        ("Bulan : Septemoer 2026", "Bulan : September 2026"),
        ("Bulan : Jun1 2026", "Bulan : Jun1 2026"),
        ("Bulan : Jumi 2026", "Bulan : Jumi 2026"),
        ("Nesember 2026", "Nesember 2026"),
        ("Dinas Novembri", "Dinas Novembri"),
    ],
)
def test_the_name_of_a_month_is_mended_only_where_no_other_is_near(read_as: str, meant: str) -> None:
    assert month_mended(read_as) == meant


@pytest.mark.parametrize(
    ("read_as", "word"),
    [
        ("Masuk", "Masuk"),
        ("Mosuk", "Masuk"),
        ("Pulang", "Pulang"),
        ("Jam", "Jam"),
        ("Parat", "Paraf"),
        ("TTD", "Paraf"),
        ("Penata", ""),
        ("", ""),
    ],
)
def test_the_words_of_a_person_s_lines_may_be_a_letter_off(read_as: str, word: str) -> None:
    assert line_word(read_as) == word


def test_form_e_on_a_scan_is_read_person_by_person_and_day_by_day() -> None:
    [sheet] = read("E", "scan", 3).sheets
    assert sheet.kind is SheetKind.MONTHLY
    assert sheet.unit_text == UNIT
    assert [row.no for row in sheet.rows] == [1, 2, 3, 4]
    assert [row.nip for row in sheet.rows] == [p.nip for p in PEOPLE]
    assert sheet.dates == tuple(MONTH.replace(day=day) for day in range(1, 31))
    truths = {(t.row, t.column): t.expected for t in shot_of("E", "scan", 3).truths if t.kind == "sign"}
    told = {
        (n, 2 * (cell.date.day - 1) + (cell.session is Session.PULANG)): cell
        for n, row in enumerate(sheet.rows)
        for cell in row.cells
        if cell.date
    }
    assert len(told) == 4 * 60
    wrong = [place for place, cell in told.items() if {cell.verdict.value, truths[place]} == {"signed", "empty"}]
    assert wrong == []
    assert sum(cell.verdict is Verdict.SIGNED for cell in told.values()) >= 8
    assert sum(cell.verdict is Verdict.UNSURE for cell in told.values()) <= 20


@pytest.mark.parametrize("form", ["1", "2"])
def test_bare_cells_of_shaded_rest_days_say_nothing(form: str) -> None:
    [sheet] = read(form, "scan", 3).sheets
    assert [row.nip for row in sheet.rows] == [p.nip for p in PEOPLE]
    assert not [c for row in sheet.rows for c in row.cells if c.verdict is Verdict.EMPTY and c.date in OFF]
    worked = {c.date for row in sheet.rows for c in row.cells if c.verdict is Verdict.EMPTY}
    assert worked <= {MONTH.replace(day=day) for day in range(1, 31)} - OFF
    sessions = {c.session for row in sheet.rows for c in row.cells}
    assert sessions == ({None} if form == "1" else set(Session))


def test_a_month_that_came_years_later_is_dated_by_nobody() -> None:
    [sheet] = read("2", "scan", 3, date(2028, 11, 27)).sheets
    assert sheet.dates == ()
    assert {c.date for row in sheet.rows for c in row.cells} == {None}
    assert "jauh dari tanggal kiriman" in " ".join(p.message for p in sheet.problems)


def test_ink_in_a_shaded_column_or_between_lost_lines_is_for_a_person() -> None:
    people = (Person(2, 6, whole=True), Person(6, 9, whole=False))
    month = Month(Days(1, 2, 32, 1), people, 4, 0, (1,), (), {}, {})
    marks = MonthMarks(None, None, month, {})  # type: ignore[arg-type]
    vars(marks)["shaded"] = frozenset({2})
    assert marks.judge(3, 2, Mark(Verdict.SIGNED)).verdict is Verdict.UNSURE
    assert marks.judge(3, 2, Mark(Verdict.EMPTY)) == Mark(Verdict.EMPTY, SHADED)
    assert marks.judge(7, 5, Mark(Verdict.EMPTY)) == Mark(Verdict.UNSURE, BROKEN)


def test_form_b_of_bulungan_is_an_apel_list_of_its_day() -> None:
    [sheet] = read("B", "scan", 1).sheets
    assert sheet.kind is SheetKind.APEL
    assert sheet.dates == (date(2026, 11, 23),)
    assert [row.nip for row in sheet.rows] == [p.nip for p in PEOPLE]
    assert sheet.head is not HeadMark.ABSENT


def test_a_month_without_a_date_is_not_given_the_day_of_its_arrival() -> None:
    cell = Cell(Verdict.SIGNED, None, Session.DATANG)
    sheet = SheetReading(SheetKind.MONTHLY, rows=(Row(1, "Agus", "", (cell,)),))
    today = dt.date(2026, 11, 27)
    done = complete_cells(sheet, Hints(today, None, None, Session.DATANG))
    assert filled_columns(done) == set()


def test_the_days_of_a_month_may_stay_in_its_column_map_and_nothing_else_may_be_a_number() -> None:
    guess = ("NO", "NAMA", "", "1", "2", "3")
    assert checked_columns(("NO", "NAMA / NIP", "", "1", "2", ""), guess) == ("NO", "NAMA / NIP", "", "1", "2", "")
    with pytest.raises(UsageError):
        checked_columns(("NO", "NAMA / NIP", "", "2", "1", "3"), guess)


def test_an_hour_and_a_paraf_for_a_person_are_shown_together_and_a_sure_paraf_alone() -> None:
    hour, paraf = Box(1, 0, 0, 9, 9), Box(1, 0, 9, 9, 18)
    unsure, signed = Mark(Verdict.UNSURE, "jam tulisan tangan"), Mark(Verdict.SIGNED)
    assert _place_of(signed, [(Aspect.CLOCK, unsure, hour), (Aspect.SIGN, signed, paraf)]) == paraf
    assert _place_of(unsure, [(Aspect.CLOCK, unsure, hour), (Aspect.SIGN, unsure, paraf)]) == Box(1, 0, 0, 9, 18)
