"""Three workbooks that offices really make: a daily list, a weekly grid, and a list with name and NIP in one cell."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from demo.sheets.paper import Line, Paper, day_name, long_date, month_name

_LINE = Side(style="thin")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_BOLD = Font(bold=True)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)

Cell = str | int | None


def daily_list(papers: Sequence[Paper]) -> bytes:
    """NO, NAMA, NIP, JABATAN, DATANG, PULANG, KETERANGAN with typed times; one sheet a paper."""
    book = Workbook()
    for paper in papers:
        sheet = _sheet(book, paper)
        _heading(
            sheet, "DAFTAR HADIR PEGAWAI", (("Nama OPD", paper.office.name), ("Hari/Tanggal", long_date(paper.day)))
        )
        _row(sheet, ("NO", "NAMA", "NIP", "JABATAN", "DATANG", "PULANG", "KETERANGAN"), bold=True)
        for number, line in enumerate(paper.lines, 1):
            _row(sheet, (number, line.name, line.nip, line.post, line.arrived, line.left or None, line.note))
        _signature(sheet, paper, 5)
        _widths(sheet, (5, 36, 22, 34, 10, 10, 14))
    return _saved(book)


def weekly_grid(paper: Paper, filled: Collection[date] = ()) -> bytes:
    """One week: a column pair DATANG | PULANG for each working day, dates above; days to come are empty.

    ``filled`` days have both entries; without them only today's arrival is there yet.
    """
    book = Workbook()
    sheet = _sheet(book, paper)
    monday = paper.day - timedelta(days=paper.day.weekday())
    days = [monday + timedelta(days=n) for n in range(paper.office.pattern)]
    last = days[-1]
    period = f"{monday.day} s.d. {last.day} {month_name(last)} {last.year}"
    _heading(sheet, "DAFTAR HADIR PEGAWAI MINGGUAN", (("Unit Kerja", paper.office.name), ("Periode", period)))
    dates = [cell for day in days for cell in (f"{day_name(day).upper()}\n{day:%d-%m-%Y}", None)]
    _row(sheet, ("NO", "NAMA", "NIP", *dates, "KET"), bold=True)
    top = sheet.max_row
    _row(sheet, (None, None, None, *["DATANG", "PULANG"] * len(days), None), bold=True)
    for column in (1, 2, 3, 4 + 2 * len(days)):
        sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
    for place in range(len(days)):
        sheet.merge_cells(start_row=top, end_row=top, start_column=4 + 2 * place, end_column=5 + 2 * place)
    for number, line in enumerate(paper.lines, 1):
        _row(sheet, (number, line.name, line.nip, *_week(days, paper.day, line, filled), line.note))
    _signature(sheet, paper, 3 + 2 * len(days) - 2)
    _widths(sheet, (5, 36, 22, *[9] * (2 * len(days)), 12))
    return _saved(book)


def combined_list(paper: Paper) -> bytes:
    """NAMA / NIP in one cell of two lines, TANDA TANGAN over DATANG | PULANG, ``hadir`` for those who came."""
    book = Workbook()
    sheet = _sheet(book, paper)
    _heading(sheet, "DAFTAR HADIR", (("INSTANSI", paper.office.name.upper()), ("TANGGAL", f"{paper.day:%d-%m-%Y}")))
    _row(sheet, ("No.", "NAMA / NIP", "GOL.", "TANDA TANGAN", None, "KET."), bold=True)
    top = sheet.max_row
    _row(sheet, (None, None, None, "DATANG", "PULANG", None), bold=True)
    for column in (1, 2, 3, 6):
        sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
    sheet.merge_cells(start_row=top, end_row=top, start_column=4, end_column=5)
    for number, line in enumerate(paper.lines, 1):
        _row(
            sheet,
            (number, f"{line.name}\nNIP. {line.nip}", line.grade, "hadir" if line.arrived else "", None, line.note),
        )
    _signature(sheet, paper, 3)
    _widths(sheet, (5, 40, 8, 14, 14, 12))
    return _saved(book)


def _week(days: Sequence[date], today: date, line: Line, filled: Collection[date]) -> list[str]:
    """The pair of every day."""
    pairs = [(line.arrived, line.left) if day in filled else (line.arrived if day == today else "", "") for day in days]
    return [cell for pair in pairs for cell in pair]


def _sheet(book: Workbook, paper: Paper) -> Worksheet:
    """The workbook's first sheet if it is still unused, else a further one."""
    name = paper.office.name.removeprefix("Bagian ")[:31]
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    if sheet.max_row > 1:
        sheet = book.create_sheet()
    sheet.title = name
    return sheet


def _heading(sheet: Worksheet, title: str, facts: Sequence[tuple[str, str]]) -> None:
    sheet.append(["PEMERINTAH KABUPATEN TULUNGAGUNG"])
    sheet.append([title])
    for row in (1, 2):
        sheet.cell(row, 1).font = _BOLD
    sheet.append([])
    for label, value in facts:
        sheet.append([f"{label} : {value}"])
    sheet.append([])


def _row(sheet: Worksheet, cells: Sequence[Cell], *, bold: bool = False) -> None:
    sheet.append(list(cells))
    for column in range(1, len(cells) + 1):
        cell = sheet.cell(sheet.max_row, column)
        cell.border = _BOX
        if isinstance(cell.value, int) and cell.value > 10**15:
            cell.number_format = "0"
        if bold:
            cell.font, cell.alignment = _BOLD, _CENTRE
        elif "\n" in str(cell.value):
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _signature(sheet: Worksheet, paper: Paper, column: int) -> None:
    day = f"Tulungagung, {paper.day.day} {month_name(paper.day)} {paper.day.year}"
    row = sheet.max_row + 2
    for text in (day, paper.head_post, None, None, paper.head_name, f"NIP. {paper.head_nip}"):
        sheet.cell(row, column).value = text
        row += 1


def _widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
