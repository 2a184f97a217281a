"""The same sheet as a workbook to be typed in: protected, NIPs as text, drop-down codes, no macros.

What is typed is a report, never a signature (BLG-03). Opens in Excel, LibreOffice and WPS.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from domain.profile import Profile
from domain.sheet import SheetPage, SheetRow
from domain.sheet_layout import Paper
from domain.wording import DAYS, MONTHS, long_date
from reports.forms_sheet import period_text, qr_code
from reports.steady_xlsx import saved

MARK = "POSKO-PRESENSI"
VERSION = 1
"""Of the workbook's layout, in its hidden cell."""
_FIXED = 4  # NO, NAMA, NIP, JABATAN
_TOP = 8  # first row of the table's heading
_FOLIO = 14  # Excel's number for 8.5 x 13 inch, the nearest to F4
_A4 = 9
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = PatternFill("solid", fgColor="D6D6D6")
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", shrink_to_fit=True)
_FONT = "Calibri"
_ROW_HEIGHT = 18  # points


def workbook(profile: Profile, pages: Sequence[SheetPage]) -> bytes:
    """XLSX of issued ``pages`` of one unit and week: one worksheet a sheet, whatever its number of pages."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _add_styles(book)
    sheets: dict[tuple[str, ...], list[SheetPage]] = {}
    for page in pages:
        sheets.setdefault(tuple(day.isoformat() for day in page.days), []).append(page)
    for days, group in sheets.items():
        name = group[0].week if len(days) > 1 else f"{group[0].days[0]:%d-%m-%Y}"
        _fill(book.create_sheet(name), profile, group)
    _legend(book.create_sheet("Petunjuk"), profile, pages[0])
    # Structure only, without a password: it guards against slips, not against people.
    book.security = WorkbookProtection(lockStructure=True)
    # The day of the sheet, not of the print: the same sheet gives the same bytes.
    return saved(book, datetime.combine(pages[0].days[0], time.min))


def _add_styles(book: Workbook) -> None:
    locked, free = Protection(locked=True), Protection(locked=False)
    styles: Mapping[str, tuple[Font, Alignment, Border, PatternFill, Protection]] = {
        "judul": (Font(name=_FONT, size=12, bold=True), Alignment(), Border(), PatternFill(), locked),
        "teks": (Font(name=_FONT), Alignment(), Border(), PatternFill(), locked),
        "kepala": (Font(name=_FONT, bold=True), _MIDDLE, _BOX, _GREY, locked),
        "nomor": (Font(name=_FONT), _MIDDLE, _BOX, PatternFill(), locked),
        "tetap": (Font(name=_FONT), _LEFT, _BOX, PatternFill(), locked),
        "isian": (Font(name=_FONT), _MIDDLE, _BOX, PatternFill(), free),
        "tulis": (Font(name=_FONT), _LEFT, _BOX, PatternFill(), free),
        "tutup": (Font(name=_FONT), _MIDDLE, _BOX, _GREY, locked),
    }
    for name, (font, alignment, border, fill, protection) in styles.items():
        book.add_named_style(NamedStyle(name, font, fill, border, alignment, number_format="@", protection=protection))


def put(page: Worksheet, row: int, column: int, text: str, style: str) -> None:
    """Text and nothing but text: a NIP stays a NIP, ``=...`` is no formula."""
    cell = page.cell(row, column)
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"
    cell.style = style


def _fill(page: Worksheet, profile: Profile, group: Sequence[SheetPage]) -> None:
    first = group[0]
    rows = [row for one in group for row in one.rows]
    last = _FIXED + 2 * len(first.days) + 1
    for number, (text, style) in enumerate(_preamble(first), start=1):
        put(page, number, 1, text, style)
    _heading(page, first, last)
    for number, row in enumerate(rows, start=_TOP + 2):
        _row(page, number, row, first, last)
    _foot(page, first, _TOP + 3 + len(rows), last)
    _choices(page, profile, first, _TOP + 2, _TOP + 1 + len(rows), last)
    _hidden(page, first, last + 1)
    _set_up(page, first, last)
    image = BytesIO()
    qr_code(first.qr_texts[0]).save(image, kind="png", scale=4)
    page.add_image(Image(image), f"{get_column_letter(last - 1)}1")


def _preamble(page: SheetPage) -> list[tuple[str, str]]:
    return [
        (page.government.upper(), "teks"),
        (page.title, "judul"),
        (f"Unit Kerja : {page.unit_name}", "judul"),
        (period_text(page), "teks"),
        (f"Kode : {page.code}", "teks"),
        ("Isi jam (misalnya 07.15) atau pilih kode. Isian ketikan adalah laporan, bukan tanda tangan.", "teks"),
    ]


def _heading(page: Worksheet, first: SheetPage, last: int) -> None:
    for column, name in enumerate(("NO", "NAMA", "NIP", "JABATAN"), start=1):
        put(page, _TOP, column, name, "kepala")
        put(page, _TOP + 1, column, "", "kepala")
        _merge(page, column, _TOP, column, _TOP + 1)
    for number, day in enumerate(first.days):
        column = _FIXED + 1 + 2 * number
        put(page, _TOP, column, f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}", "kepala")
        put(page, _TOP, column + 1, "", "kepala")
        _merge(page, column, _TOP, column + 1, _TOP)
        for offset, name in enumerate(first.session_names):
            put(page, _TOP + 1, column + offset, name, "kepala")
    put(page, _TOP, last, "KETERANGAN", "kepala")
    put(page, _TOP + 1, last, "", "kepala")
    _merge(page, last, _TOP, last, _TOP + 1)


def _merge(page: Worksheet, left: int, top: int, right: int, bottom: int) -> None:
    # merge_cells() would compute again the borders that every cell already has.
    page.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")


def _row(page: Worksheet, number: int, row: SheetRow, first: SheetPage, last: int) -> None:
    who = "tetap" if row.person else "tulis"
    page.row_dimensions[number].height = _ROW_HEIGHT
    put(page, number, 1, str(row.no), "nomor")
    for column, text in enumerate((row.name, row.nip, row.post), start=2):
        put(page, number, column, text, who)
    for day in range(len(first.days)):
        for offset in range(2):
            put(page, number, _FIXED + 1 + 2 * day + offset, "", "isian" if row.open[day] else "tutup")
    put(page, number, last, "", "tulis")


def _foot(page: Worksheet, first: SheetPage, row: int, last: int) -> None:
    if not first.head:
        return
    lines = ("Mengetahui,", first.head_post, "", "", first.head_name, f"NIP {first.head_nip}".strip())
    for offset, line in enumerate(lines):
        put(page, row + offset, max(1, last - 4), line, "judul" if offset == 4 else "teks")


def _choices(page: Worksheet, profile: Profile, first: SheetPage, top: int, bottom: int, last: int) -> None:
    codes = ",".join((*_present(profile), *first.codes))
    # A list that helps and does not forbid: times are typed into the same cells.
    rule = DataValidation("list", formula1=f'"{codes}"', allow_blank=True, showErrorMessage=False)
    rule.promptTitle, rule.prompt = "Isian", "Jam, misalnya 07.15, atau kode dari daftar."
    rule.add(f"{get_column_letter(_FIXED + 1)}{top}:{get_column_letter(last - 1)}{bottom}")
    page.add_data_validation(rule)


def _present(profile: Profile) -> tuple[str, ...]:
    code = next((code for code, status in profile.codes.items() if status.key.value == "HADIR"), None)
    return (code,) if code else ()


def _hidden(page: Worksheet, first: SheetPage, column: int) -> None:
    """Which sheet this is, for the desk that reads it back."""
    mark = f"{MARK};{VERSION};{first.unit};{first.week};{first.copy};{first.qr_texts[0]}"
    put(page, _TOP - 1, column, mark, "teks")
    page.column_dimensions[get_column_letter(column)].hidden = True


def read_mark(text: str) -> tuple[str, str, str] | None:
    """Unit, week and QR text from the hidden cell's ``text``; None for any other text."""
    parts = text.split(";")
    return (parts[2], parts[3], parts[5]) if len(parts) == 6 and parts[0] == MARK else None


def _set_up(page: Worksheet, first: SheetPage, last: int) -> None:
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False
    for column, width in enumerate((5, 34, 21, 26), start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    for column in range(_FIXED + 1, last):
        page.column_dimensions[get_column_letter(column)].width = 10
    page.column_dimensions[get_column_letter(last)].width = 24
    page.row_dimensions[_TOP].height = 32
    page.freeze_panes = f"C{_TOP + 2}"
    page.print_title_rows = f"{_TOP}:{_TOP + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _FOLIO if first.paper is Paper.F4 else _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = page.oddFooter
    if footer is not None and footer.right is not None:
        footer.right.text = "Halaman &P dari &N"


def _legend(page: Worksheet, profile: Profile, first: SheetPage) -> None:
    codes = (*_present(profile), *first.codes)
    lines = [
        ("PETUNJUK", "judul"),
        ("Kolom DATANG dan PULANG: ketik jam kehadiran (misalnya 07.15) atau pilih kode.", "teks"),
        *((f"{code} = {profile.codes[code].label}", "teks") for code in codes),
        ("Kotak kelabu tidak diisi. Pegawai baru ditulis pada baris kosong di akhir daftar.", "teks"),
        ("Jangan mengubah judul, susunan kolom, atau baris; lembar dilindungi tanpa sandi.", "teks"),
        (f"Dibuat untuk {first.unit_name}, {long_date(first.days[0])} s.d. {long_date(first.days[-1])}.", "teks"),
    ]
    for number, (text, style) in enumerate(lines, start=1):
        put(page, number, 1, text, style)
    page.column_dimensions["A"].width = 90
    page.protection.sheet = True
