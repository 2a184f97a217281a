"""The sheet as a workbook: protected, text NIPs, drop-downs, a hidden mark, and read back by the desk's own reader."""

from dataclasses import replace
from datetime import date, time
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from domain.profile import load_profile
from domain.reading import SheetKind, Verdict
from domain.sheet import SheetPage
from domain.sheet_layout import Paper
from domain.terms import Pattern, Session
from parsers.base import ParseContext
from parsers.workbook import WorkbookParser
from reports.forms_xlsx import read_mark, workbook
from tests.fakes.sheets import daily, pages

LAW = load_profile("tulungagung")
FIRST = 10  # row of the first person


def opened(sheets: tuple[SheetPage, ...]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(workbook(LAW, sheets)))


def page_of(book: openpyxl.Workbook) -> Worksheet:
    page = book.worksheets[0]
    assert isinstance(page, Worksheet)
    return page


def test_all_pages_of_a_unit_are_one_worksheet_with_text_nips() -> None:
    sheets = pages(48)
    page = page_of(opened(sheets))
    rows = [row for one in sheets for row in one.rows]
    for number, row in enumerate(rows, start=FIRST):
        name, nip = page.cell(number, 2), page.cell(number, 3)
        assert (name.value or "", nip.value or "") == (row.name, row.nip)
        assert nip.number_format == "@"
        assert name.data_type != "f", "a name that begins with = is no formula"
        assert nip.data_type != "n" or nip.value is None


def test_only_open_cells_free_rows_and_notes_may_be_changed() -> None:
    sheets = pages(4, week="2026-W52")
    page = page_of(opened(sheets))
    assert page.protection.sheet
    assert page.cell(FIRST, 2).protection.locked
    assert not page.cell(FIRST + 4, 2).protection.locked, "a newcomer's row"
    assert not page.cell(FIRST, 5).protection.locked
    assert page.cell(FIRST, 5 + 2 * 4).protection.locked, "25 December"
    assert not page.cell(FIRST, 15).protection.locked, "Keterangan"


def test_codes_are_offered_and_times_are_not_forbidden() -> None:
    page = page_of(opened(pages(4)))
    (rule,) = page.data_validations.dataValidation
    assert rule.formula1 == '"H,DL,S,C,I"'
    assert not rule.showErrorMessage
    assert f"E{FIRST}" in rule.sqref


def test_the_hidden_cell_names_layout_unit_and_week() -> None:
    sheets = pages(4)
    page = page_of(opened(sheets))
    hidden = [letter for letter, column in page.column_dimensions.items() if column.hidden]
    (mark,) = [cell.value for cell in page[hidden[0]] if cell.value]
    assert read_mark(str(mark)) == ("U001", "2026-W48", sheets[0].qr_texts[0])
    assert read_mark("POSKO") is None


def test_there_are_no_macros_or_links_and_the_structure_is_locked() -> None:
    book = opened(pages(4))
    assert book.security is not None
    assert book.security.lockStructure
    assert book.vba_archive is None
    assert [page.title for page in book.worksheets] == ["2026-W48", "Petunjuk"]
    assert "DL = Dinas Luar" in [row[0] for row in book.worksheets[1].iter_rows(values_only=True)]


@pytest.mark.parametrize(("paper", "number"), [(Paper.A4, 9), (Paper.F4, 14)])
def test_it_prints_across_one_page_with_repeated_heading(paper: Paper, number: int) -> None:
    page = page_of(opened(pages(4, paper=paper)))
    assert page.page_setup.paperSize == number
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$8:$9"
    assert page.freeze_panes == f"C{FIRST}"


@pytest.mark.parametrize("head", [True, False])
def test_the_heads_block_follows_the_profile(head: bool) -> None:
    (sheet,) = pages(4)
    page = page_of(opened((replace(sheet, head=head),)))
    values = {cell for row in page.iter_rows(values_only=True) for cell in row}
    assert ("Mengetahui," in values) == head


def test_daily_sheets_are_a_worksheet_each() -> None:
    book = opened(pages(4, profile=daily(LAW), week="2026-W52"))
    assert [page.title for page in book.worksheets] == ["21-12-2026", "22-12-2026", "23-12-2026", "Petunjuk"]


@pytest.mark.parametrize("pattern", Pattern)
def test_the_desk_reads_its_own_workbook(pattern: Pattern) -> None:
    sheets = pages(30, pattern)
    sheets = tuple(
        replace(one, rows=tuple(replace(row, name=row.name and f"Pegawai Contoh {row.no}") for row in one.rows))
        for one in sheets
    )
    book = opened(sheets)
    page = page_of(book)
    page.cell(FIRST, 5).value = "07.15"
    page.cell(FIRST + 1, 6).value = "DL"
    out = BytesIO()
    book.save(out)
    context = ParseContext("presensi.xlsx", frozenset(LAW.code_spellings), date(2026, 11, 27))
    reading = WorkbookParser().parse(out.getvalue(), context)
    assert reading.problems == ()
    (sheet,) = [one for one in reading.sheets if one.kind is not SheetKind.NOT_SHEET]
    assert sheet.kind is SheetKind.WEEKLY
    assert sheet.unit_text == "Dinas Perhubungan"
    assert sheet.title == LAW.forms["weekly"].title
    assert sheet.dates == sheets[0].days
    nips = [row.nip for one in sheets for row in one.rows if row.person]
    assert [row.nip for row in sheet.rows] == nips
    first, second = sheet.rows[0].cells[0], sheet.rows[1].cells[1]
    assert (first.verdict, first.time, first.session, first.date) == (
        Verdict.REPORTED, time(7, 15), Session.DATANG, date(2026, 11, 23),
    )  # fmt: skip
    assert (second.verdict, second.code, second.session) == (Verdict.CODE, "DL", Session.PULANG)
