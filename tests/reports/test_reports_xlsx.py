"""Report workbooks read back: text stays text, headings are frozen and filtered, charts are native."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.profile import load_profile
from domain.sheet_layout import Paper
from domain.terms import Scheme, Session
from reports.content import monthly_identity, weekly_identity
from reports.figures import Evidence
from reports.figures_monthly import Monthly, monthly
from reports.figures_recap import ReturnedLine, reconcile
from reports.figures_weekly import Weekly, weekly
from reports.xlsx_monthly import monthly_xlsx
from reports.xlsx_weekly import weekly_xlsx
from tests.fakes.report_world import MONDAY, month_input, units, week_input

TLG = load_profile("tulungagung")
HOSTILE = ("=1+1", '=HYPERLINK("http://example.test")', "+62", "-5", "@SUM(A1)", "#N/A", "\x0bpisah")


def read(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(book: Workbook, title: str) -> list[tuple[object, ...]]:
    sheet = book[title]
    assert isinstance(sheet, Worksheet)
    return list(sheet.iter_rows(values_only=True))


def charts(book: Workbook, title: str) -> int:
    sheet = book[title]
    assert isinstance(sheet, Worksheet)
    return len(vars(sheet)["_charts"])


@pytest.fixture(scope="module")
def week() -> Weekly:
    given = week_input(TLG, 6, 12)
    return weekly(replace(given, sendings=[replace(s, channel=Scheme.MAIL) for s in given.sendings]), TLG)


@pytest.fixture(scope="module")
def week_book(week: Weekly) -> Workbook:
    return read(weekly_xlsx(week, weekly_identity(week, TLG), TLG))


@pytest.fixture(scope="module")
def month() -> Monthly:
    evidence = [Evidence("U001", date(2026, 10, 1), Session.PULANG, "TLG-20261001-P-0001", "cd" * 32)]
    return monthly(replace(month_input(TLG, 3, 15), evidence=evidence), TLG)


def test_every_table_has_a_frozen_heading_filters_and_a_repeated_row(week_book: Workbook) -> None:
    for title in ("Unit", "Kedatangan", "Pegawai", "Bukti", "Perbaikan", "Disiplin"):
        sheet = week_book[title]
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None
        assert sheet.print_title_rows == ("$2:$2" if title == "Disiplin" else "$1:$1")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0


def test_the_sums_of_the_workbook_are_those_of_the_figures(week: Weekly, week_book: Workbook) -> None:
    found = rows(week_book, "Unit")
    heads = [str(head) for head in found[0]]
    due, late, missing = (heads.index(head) for head in ("Wajib", "Terlambat", "Belum"))
    assert sum(int(str(row[due])) for row in found[1:]) == week.total.due
    assert sum(int(str(row[late])) for row in found[1:]) == week.total.late
    assert sum(int(str(row[missing])) for row in found[1:]) == week.total.missing


def test_the_first_sheet_carries_number_moment_and_hash(week: Weekly, week_book: Workbook) -> None:
    report = weekly_identity(week, TLG)
    texts = {value for row in rows(week_book, "Ringkasan") for value in row if value}
    assert {report.sha256, f"{report.number}, versi 1", "Jumat, 27 November 2026, pukul 16.15 WIB"} <= texts


def test_each_sheet_is_proven_by_number_and_hash(week: Weekly, week_book: Workbook) -> None:
    found = rows(week_book, "Bukti")
    received = [row for row in found[1:] if row[7]]
    assert len(found) - 1 == len(week.evidence)
    assert {len(str(row[8])) for row in received} == {64}
    assert all(str(row[7]).startswith("TLG-2026") for row in received)
    assert {row[6] for row in received} == {"mail"}


def test_a_nip_is_text_and_keeps_its_18_digits(week_book: Workbook) -> None:
    sheet = week_book["Pegawai"]
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, 3)
        assert (cell.data_type, cell.number_format, len(str(cell.value))) == ("s", "@", 18)


def test_charts_are_native_and_one_for_each_window(week: Weekly, week_book: Workbook) -> None:
    assert charts(week_book, "Kedatangan") == len(week.arrivals) == 3
    assert charts(week_book, "Ringkasan") == 1


def test_the_heat_map_has_a_sign_in_every_coloured_cell(week: Weekly, week_book: Workbook) -> None:
    found = rows(week_book, "Peta")
    assert len(found[0]) == 2 + len(week.columns)
    by_code = {row[0]: row[2:] for row in found[1:]}
    for unit in week.units:
        signs = by_code[unit.unit.code]
        assert [bool(sign) for sign in signs] == [cell is not None for cell in unit.cells]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_by_people_becomes_a_formula(text: str) -> None:
    given = week_input(TLG, 1, 1)
    found = weekly(replace(given, units=[replace(units(1)[0], name=text)]), TLG)
    sheet = read(weekly_xlsx(found, weekly_identity(found, TLG), TLG))["Unit"]
    cell = sheet["B2"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\x0b", "")
    assert cell.quotePrefix is text.startswith(("=", "+", "-", "@"))


def test_long_words_get_the_lines_they_need(week_book: Workbook) -> None:
    sheet = week_book["Disiplin"]
    words = {row: str(sheet.cell(row, 10).value) for row in range(3, sheet.max_row + 1)}
    tall = {row for row in words if (sheet.row_dimensions[row].height or 15) > 20}
    assert tall == {row for row, text in words.items() if len(text) > 64}
    assert tall


def test_a_report_without_discipline_watch_has_no_such_sheet() -> None:
    found = weekly(week_input(TLG, 1, 1, with_watch=False), TLG)
    assert "Disiplin" not in read(weekly_xlsx(found, weekly_identity(found, TLG), TLG)).sheetnames


def test_a_week_without_anything_due_is_still_a_workbook() -> None:
    found = weekly(replace(week_input(TLG, 1, 1), sendings=[], people=[]), TLG)
    assert rows(read(weekly_xlsx(found, weekly_identity(found, TLG), TLG)), "Bukti")[1:] == []


def test_a_later_version_brings_its_differences(week: Weekly) -> None:
    later = replace(week, objections=8)
    report = weekly_identity(later, TLG, earlier=weekly_identity(week, TLG))
    book = read(weekly_xlsx(later, report, TLG))
    assert rows(book, "Perubahan")[1:] == [("jumlah, sanggahan belum diputus", "3", "8")]
    assert any("MENGGANTIKAN versi 1" in map(str, row) for row in rows(book, "Ringkasan"))


def test_each_person_has_one_row_with_all_days_and_a_checked_sum(month: Monthly) -> None:
    book = read(monthly_xlsx(month, monthly_identity(month, TLG), TLG, Paper.A4))
    found = rows(book, "Rekap")
    assert len(found) == 1 + 45
    assert [str(head) for head in found[0][7:38]] == [str(n) for n in range(1, 32)]
    first = found[1]
    line = month.units[0].lines[0]
    assert tuple(value or "" for value in first[7:38]) == line.cells
    assert first[-1] == "ya"
    assert book["Rekap"].freeze_panes == "F2"
    assert book["Rekap"].page_setup.paperSize == 9
    assert charts(book, "Harian") == 1


def test_the_month_shows_transfers_returns_evidence_and_sums(month: Monthly) -> None:
    book = read(monthly_xlsx(month, monthly_identity(month, TLG), TLG))
    assert len(rows(book, "Perpindahan")) == 3
    assert [row[2] for row in rows(book, "Rekap kembali")[1:]] == ["belum kembali", "tepat waktu", "tepat waktu"]
    assert rows(book, "Bukti")[1] == ("Dinas Perhubungan 1", "01-10-2026", "PULANG", "TLG-20261001-P-0001", "cd" * 32)
    total = next(row for row in rows(book, "Ringkasan") if row[0] == "Jumlah")
    assert total[2:4] == (month.people, month.working_days)


def test_cells_changed_since_the_draft_stand_out(month: Monthly) -> None:
    changed = {("U001", "U001-0", date(2026, 10, 2))}
    book = read(monthly_xlsx(month, monthly_identity(month, TLG), TLG, changed=changed))
    sheet = book["Rekap"]
    assert sheet.cell(2, 9).font.b
    assert not sheet.cell(3, 9).font.b


def test_differences_with_the_returned_recap_have_a_sheet_of_their_own(month: Monthly) -> None:
    unit = month.units[0]
    line = unit.lines[0]
    back = ReturnedLine(line.person.key, line.person.name, {date(2026, 10, 1): "S"}, {"S": 2})
    found = reconcile(unit, month, [back], TLG)
    book = read(monthly_xlsx(month, monthly_identity(month, TLG), TLG, reconciled=[found]))
    listed = rows(book, "Perbedaan")
    assert len(listed) == 1 + len(found.differences)
    assert ("Dinas Perhubungan 1", line.person.name, "01-10-2026", "H", "S", "berbeda") in listed
    assert any(row[2] == "S" and row[5] == "jumlah tidak sesuai" for row in listed)


def test_the_same_figures_give_the_same_bytes(week: Weekly) -> None:
    report = weekly_identity(week, TLG)
    assert weekly_xlsx(week, report, TLG) == weekly_xlsx(week, report, TLG)
    assert report.period.startswith(str(MONDAY.day))
