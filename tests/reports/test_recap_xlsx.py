"""The recap made to be returned: protected, text NIPs, and it reads back cell by cell, filled in or not (TLG-10)."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from domain.profile import Profile, load_profile
from domain.reading import SheetKind, SheetReading, Verdict
from parsers import workbook
from parsers.base import ParseContext
from reports.content import changed_since, unit_recap_identity
from reports.figures import INCOMPLETE
from reports.figures_monthly import Monthly, UnitMonth, monthly
from reports.figures_recap import DifferenceKind, reconcile, returned_lines
from reports.recap_xlsx import MARK, codes_to_choose, recap_workbook
from tests.fakes.report_world import month_input

NAMES = ("tulungagung", "bulungan", "malang")
FIRST = date(2026, 10, 1)


def a_recap(name: str, people: int = 8, days: int = 31) -> tuple[Profile, Monthly, bytes]:
    profile = load_profile(name)
    month = monthly(month_input(profile, 1, people, FIRST, days), profile)
    identity = unit_recap_identity(month, month.units[0], profile)
    return profile, month, recap_workbook(month, identity, profile)


def read(data: bytes, profile: Profile) -> SheetReading:
    codes = frozenset(spelling.upper() for spelling in profile.code_spellings)
    reading = workbook.PARSER.parse(data, ParseContext("rekap.xlsx", codes, date(2026, 11, 2)))
    (sheet,) = reading.sheets
    return sheet


def filled(data: bytes, fill: dict[tuple[int, int], str], last_day: int = 31) -> bytes:
    """The workbook after somebody typed into it: (person from 0, day) → text; sums as a program would leave them."""
    book: Workbook = load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    top, column = next((cell.row, cell.column) for row in page.iter_rows() for cell in row if cell.value == "TANGGAL")
    for (person, day), text in fill.items():
        page.cell(top + 2 + person, column + day - 1).value = text
    for row in page.iter_rows(min_row=top + 2):
        days = [str(cell.value or "") for cell in row[column - 1 : column - 1 + last_day]]
        for cell in row:
            if str(cell.value or "").startswith("=COUNTIF"):
                cell.value = days.count(str(cell.value).split('"')[1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def unit_of(month: Monthly) -> UnitMonth:
    return month.units[0]


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_recap_comes_back_without_a_difference(name: str) -> None:
    profile, month, data = a_recap(name)
    sheet = read(filled(data, {}), profile)
    lines = unit_of(month).lines
    assert sheet.kind is SheetKind.RECAP
    assert sheet.unit_text == unit_of(month).unit.name
    assert max(sheet.dates) == month.last
    assert [row.nip for row in sheet.rows] == [line.person.nip for line in lines]
    assert [row.name for row in sheet.rows] == [line.person.name for line in lines]
    people = {n: line.person.key for n, line in enumerate(lines)}
    found = reconcile(unit_of(month), month, returned_lines(sheet, people), profile)
    assert found.differences == ()
    assert found.compared == found.same == 31 * len(lines)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_unit_fills_in_is_told_cell_by_cell(name: str) -> None:
    profile, month, data = a_recap(name)
    lines = unit_of(month).lines
    still_open = next((n, i) for n, line in enumerate(lines) for i, text in enumerate(line.cells) if text == INCOMPLETE)
    present = next((n, i) for n, line in enumerate(lines) for i, text in enumerate(line.cells) if text == "H")
    sheet = read(filled(data, {(still_open[0], still_open[1] + 1): "DL", (present[0], present[1] + 1): "S"}), profile)
    people = {n: line.person.key for n, line in enumerate(lines)}
    found = reconcile(unit_of(month), month, returned_lines(sheet, people), profile)
    told = {(d.person, d.place, d.recorded, d.returned, d.kind) for d in found.differences}
    assert told == {
        (lines[still_open[0]].person.key, month.days[still_open[1]], INCOMPLETE, "DL", DifferenceKind.ADDED),
        (lines[present[0]].person.key, month.days[present[1]], "H", "S", DifferenceKind.OTHER),
    }


def test_a_total_that_is_not_the_sum_of_its_cells_is_told() -> None:
    profile, month, data = a_recap("bulungan", people=1)
    book = load_workbook(io.BytesIO(filled(data, {})))
    page = book.worksheets[0]
    row = next(cell.row for line in page.iter_rows() for cell in line if cell.value == "TANGGAL") + 2
    last = max(cell.column for cell in page[row] if cell.value is not None)
    page.cell(row, last).value = 9
    out = io.BytesIO()
    book.save(out)
    lines = returned_lines(read(out.getvalue(), profile), {0: unit_of(month).lines[0].person.key})
    found = reconcile(unit_of(month), month, lines, profile)
    assert [(d.kind, d.returned) for d in found.differences] == [(DifferenceKind.TOTAL, "9")]


def test_nips_are_text_open_cells_may_be_filled_and_the_rest_is_locked() -> None:
    _, month, data = a_recap("tulungagung")
    book = load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    assert page.protection.sheet
    assert book.security.lockStructure
    line = unit_of(month).lines[0]
    nip = next(cell for row in page.iter_rows() for cell in row if cell.value == line.person.nip)
    assert (nip.data_type, nip.number_format, nip.protection.locked) == ("s", "@", True)
    cells = page[nip.row][4 : 4 + 31]
    for cell, text in zip(cells, line.cells, strict=True):
        assert cell.protection.locked == (text == "")  # rest days are not the unit's to fill in
        assert (cell.value or "") == ("" if text in (INCOMPLETE, "½", "?") else text)
    (rule,) = page.data_validations.dataValidation
    assert rule.formula1 == '"H,DL,S,C,I"'
    assert any(
        str(cell.value or "").startswith(f"{MARK};1;U001;2026-10;1;") for row in page.iter_rows() for cell in row
    )


def test_no_code_of_ours_can_be_chosen_for_an_absence() -> None:  # TLG-18
    profile, month, _ = a_recap("tulungagung")
    assert "TH" in {column.code for column in month.columns}
    assert "TH" not in codes_to_choose(month, profile)
    bulungan, month_f, _ = a_recap("bulungan")
    assert "A" in codes_to_choose(month_f, bulungan)  # form F has the column


def test_form_f_and_the_recap_of_malang_carry_their_governments_titles() -> None:
    told = {}
    for name in ("bulungan", "malang"):
        profile, _, data = a_recap(name)
        page = load_workbook(io.BytesIO(data)).worksheets[0]
        told[name] = [str(page.cell(row, 1).value) for row in range(1, 7)]
        assert read(data, profile).rows[0].cells[0].verdict in Verdict
    assert told["bulungan"][1:4] == [
        "LAPORAN PRESENSI MANUAL",
        "REKAP PRESENSI PEGAWAI PERIODE 1 s.d. 31 Oktober 2026",
        "Nama OPD : Dinas Perhubungan 1",
    ]
    assert told["malang"][1] == "REKAP ABSEN OKTOBER 2026"


def test_what_changed_since_the_draft_is_named_cell_by_cell_up_to_its_day() -> None:
    profile, month, _ = a_recap("tulungagung", people=2)
    identity = unit_recap_identity(month, month.units[0], profile)
    assert changed_since(month, identity.figures, month.last) == frozenset()
    place = next(place for place in identity.figures if "U001-1" in place)
    before = {**identity.figures, place: identity.figures[place].replace("1: ", "1: DL", 1)}
    line = unit_of(month).lines[1]
    first = next(day for day, text in zip(month.days, line.cells, strict=True) if text)
    assert changed_since(month, before, month.last) == {("U001", "U001-1", first)}
    assert changed_since(month, before, first.replace(day=first.day) - (month.days[1] - month.days[0])) == frozenset()
    assert len(changed_since(month, {}, month.last)) == sum(
        bool(text) for text in [*unit_of(month).lines[0].cells, *line.cells]
    )


def test_the_same_recap_gives_the_same_bytes() -> None:
    assert a_recap("malang")[2] == a_recap("malang")[2]
