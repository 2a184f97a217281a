"""A unit's monthly recap as a workbook made to be returned (TLG-10; BLG form F; MLG-09).

Filled in from what was recorded, protected, NIPs as text, codes to choose from. What is still open stays empty and
tinted; greyed cells are not the unit's to fill in. Read back by ``parsers.workbook`` like any office's own recap.
"""

from collections.abc import Collection, Mapping
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from domain.profile import Profile
from domain.sheet_layout import Paper
from domain.terms import StatusKey
from domain.wording import MONTHS, month_name
from reports.figures import HALF, INCOMPLETE, TO_CHECK, PersonLine
from reports.figures_days import DAY_OFF, ELSEWHERE, ONLINE
from reports.figures_monthly import MonthLine, Monthly, UnitMonth
from reports.forms_xlsx import put
from reports.numbering import ReportIdentity
from reports.pdf import Signatory
from reports.pdf_pages import is_form_f
from reports.steady_xlsx import saved

MARK = "POSKO-REKAP"
VERSION = 1
"""Of the workbook's layout, in its hidden cell."""
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY, _TINT, _CHANGED = (PatternFill("solid", fgColor=colour) for colour in ("D6D6D6", "FFF6CC", "FFD966"))
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_FONT = "Calibri"
_LINE = 15.0  # points
_NAME_WIDTH, _POST_WIDTH = 34, 26  # characters
_PAPER = {Paper.A4: 9, Paper.F4: 14}
_OPEN = (INCOMPLETE, HALF, TO_CHECK)
_CLOSED = (DAY_OFF, ELSEWHERE, ONLINE)
_NO_CHANGES = frozenset[tuple[str, str, date]]()


def recap_workbook(
    month: Monthly,
    report: ReportIdentity,
    profile: Profile,
    signatory: Signatory | None = None,
    paper: Paper = Paper.F4,
    *,
    changed: Collection[tuple[str, str, date]] = _NO_CHANGES,
) -> bytes:
    """XLSX of the only unit in ``month``; ``changed`` cells stand out against the version before."""
    (unit,) = month.units
    book = Workbook()
    book.remove(book.worksheets[0])
    _add_styles(book)
    sheet = _Sheet(book.create_sheet("Rekap"), month, unit, report, profile, changed)
    sheet.fill(signatory)
    sheet.set_up(paper)
    _guide(book.create_sheet("Petunjuk"), month, profile)
    # Structure only, without a password: it guards against slips, not against people.
    book.security = WorkbookProtection(lockStructure=True)
    return saved(book, month.as_of)


def _add_styles(book: Workbook) -> None:
    locked, free = Protection(locked=True), Protection(locked=False)
    none = PatternFill()
    styles: Mapping[str, tuple[Font, Alignment, Border, PatternFill, Protection]] = {
        "judul": (Font(name=_FONT, size=12, bold=True), Alignment(), Border(), none, locked),
        "teks": (Font(name=_FONT), Alignment(), Border(), none, locked),
        "kepala": (Font(name=_FONT, bold=True), _MIDDLE, _BOX, _GREY, locked),
        "nomor": (Font(name=_FONT), _MIDDLE, _BOX, none, locked),
        "tetap": (Font(name=_FONT), _LEFT, _BOX, none, locked),
        "isian": (Font(name=_FONT), _MIDDLE, _BOX, none, free),
        "terbuka": (Font(name=_FONT), _MIDDLE, _BOX, _TINT, free),
        "berubah": (Font(name=_FONT, bold=True), _MIDDLE, _BOX, _CHANGED, free),
        "tutup": (Font(name=_FONT), _MIDDLE, _BOX, _GREY, locked),
    }
    for name, (font, alignment, border, fill, protection) in styles.items():
        book.add_named_style(NamedStyle(name, font, fill, border, alignment, number_format="@", protection=protection))


class _Sheet:
    """The one worksheet being filled."""

    def __init__(
        self,
        page: Worksheet,
        month: Monthly,
        unit: UnitMonth,
        report: ReportIdentity,
        profile: Profile,
        changed: Collection[tuple[str, str, date]],
    ) -> None:
        self._page, self._month, self._unit = page, month, unit
        self._report, self._profile, self._changed = report, profile, changed
        self._form_f = is_form_f(profile)
        # BLG form F has name, NIP, rank and post in one cell of four lines.
        self._who = ("Nama/NIP/Pangkat/Gol./Jabatan",) if self._form_f else ("NAMA", "NIP", "JABATAN")
        self._first_day = len(self._who) + 2
        self._first_total = self._first_day + len(month.days)
        self._last = self._first_total + len(month.columns) - 1
        self._top = 0

    def fill(self, signatory: Signatory | None) -> None:
        """Everything from the title to the signature."""
        for text, style in self._preamble():
            self._top += 1
            put(self._page, self._top, 1, text, style)
        self._top += 2
        self._heading()
        for number, line in enumerate(self._unit.lines, 1):
            self._row(self._top + 1 + number, number, line)
        end = self._top + 2 + len(self._unit.lines)
        self._choices(self._top + 2, end - 1)
        legend = ", ".join(f"{column.code} : {column.label.upper()}" for column in self._month.columns)
        put(self._page, end + 1, 1, f"KETERANGAN: {legend}", "teks")
        self._signature(end + 3, signatory)
        mark = f"{MARK};{VERSION};{self._unit.unit.code};{self._month.first:%Y-%m};{self._report.version};"
        put(self._page, self._top - 1, self._last + 2, mark + self._report.short_hash, "teks")

    def _preamble(self) -> list[tuple[str, str]]:
        profile, month = self._profile, self._month
        first, last = month.first, month.last
        period = f"{first.day} s.d. {last.day} {MONTHS[last.month - 1]} {last.year}"
        title = profile.forms["monthly"].title
        if self._form_f:
            titles = [profile.forms["manual_recap"].title, f"{title} PERIODE {period}"]
        else:
            titles = [f"{title} {month_name(first).upper()}"]
        label = "Nama OPD" if self._form_f else "Unit Kerja"
        return [
            (profile.government.upper(), "teks"),
            *((line, "judul") for line in titles),
            (f"{label} : {self._unit.unit.name}", "judul"),
            (f"Periode : {period}", "teks"),
            (f"Rekap {self._report.number}, versi {self._report.version}", "teks"),
        ]

    def _heading(self) -> None:
        page, top = self._page, self._top
        for column, name in enumerate(("NO", *self._who), 1):
            self._tall(column, name)
        for place, day in enumerate(self._month.days):
            put(page, top, self._first_day + place, "TANGGAL" if place == 0 else "", "kepala")
            put(page, top + 1, self._first_day + place, str(day.day), "kepala")
        _merge(page, self._first_day, top, self._first_total - 1, top)
        for place, column_of in enumerate(self._month.columns):
            self._tall(self._first_total + place, column_of.code)

    def _tall(self, column: int, name: str) -> None:
        put(self._page, self._top, column, name, "kepala")
        put(self._page, self._top + 1, column, "", "kepala")
        _merge(self._page, column, self._top, column, self._top + 1)

    def _row(self, row: int, number: int, line: MonthLine) -> None:
        page, person = self._page, line.person
        put(page, row, 1, str(number), "nomor")
        if self._form_f:
            lines = (person.name, person.nip, person.rank, person.post)
            put(page, row, 2, "\n".join(filter(None, lines)), "tetap")
        else:
            for column, text in enumerate((person.name, person.nip, person.post), 2):
                put(page, row, column, text, "tetap")
        for place, (day, text) in enumerate(zip(self._month.days, line.cells, strict=True)):
            put(page, row, self._first_day + place, *self._cell(line, day, text))
        first, last = (get_column_letter(c) for c in (self._first_day, self._first_total - 1))
        for place, total in enumerate(self._month.columns):
            # The sum follows what the unit fills in; a returned total that is not the sum of its cells is told.
            cell = page.cell(row, self._first_total + place, f'=COUNTIF({first}{row}:{last}{row},"{total.code}")')
            cell.style = "nomor"
            cell.number_format = "0"
        page.row_dimensions[row].height = _LINE * self._lines(person)

    def _lines(self, person: PersonLine) -> float:
        """Neither Excel nor LibreOffice makes room by itself in a file that it did not write."""
        long_name = len(person.name) > _NAME_WIDTH
        if self._form_f:
            return 4.0 + long_name
        return 2.0 if long_name or len(person.post) > _POST_WIDTH else 1.2

    def _cell(self, line: MonthLine, day: date, text: str) -> tuple[str, str]:
        if text in _CLOSED:
            return "", "tutup"
        if text == self._profile.people.exempt_mark:
            return text, "tutup"  # BLG-15: the row stays, its cells are "-"
        marked = (self._unit.unit.code, line.person.key, day) in self._changed
        if text in _OPEN or text.endswith("*"):
            return "", "berubah" if marked else "terbuka"
        return text, "berubah" if marked else "isian"

    def _choices(self, top: int, bottom: int) -> None:
        codes = codes_to_choose(self._month, self._profile)
        rule = DataValidation("list", formula1=f'"{",".join(codes)}"', allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = (
            "Kode tidak dikenal",
            f"Isi dengan salah satu: {', '.join(codes)}; atau kosongkan.",
        )
        first, last = (get_column_letter(c) for c in (self._first_day, self._first_total - 1))
        rule.add(f"{first}{top}:{last}{bottom}")
        self._page.add_data_validation(rule)

    def _signature(self, row: int, who: Signatory | None) -> None:
        if who is None or not self._profile.forms["monthly"].head_signature:
            return
        column = max(1, self._first_total - 8)
        for offset, text in enumerate(("Mengetahui,", who.post, "", "", who.name, who.rank, f"NIP. {who.nip}")):
            put(self._page, row + offset, column, text, "judul" if offset == 4 else "teks")

    def set_up(self, paper: Paper) -> None:
        """Protection, widths, printing."""
        page = self._page
        page.protection.sheet = True
        page.protection.formatColumns = page.protection.formatRows = False
        widths = (5, _NAME_WIDTH) if self._form_f else (5, _NAME_WIDTH, 21, _POST_WIDTH)
        for column, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(column)].width = width
        for column in range(self._first_day, self._last + 1):
            page.column_dimensions[get_column_letter(column)].width = 4.6
        page.column_dimensions[get_column_letter(self._last + 2)].hidden = True
        page.row_dimensions[self._top + 1].height = _LINE
        page.freeze_panes = f"{get_column_letter(self._first_day)}{self._top + 2}"
        page.print_title_rows = f"{self._top}:{self._top + 1}"
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = _PAPER[paper]
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        footer = page.oddFooter
        if footer is not None and footer.right is not None:
            footer.right.text = f"{self._report.number} versi {self._report.version}, halaman &P dari &N"


def codes_to_choose(month: Monthly, profile: Profile) -> tuple[str, ...]:
    """What a unit may write into a cell: the codes of the government's own rules, never one of ours."""
    found = [column.code for column in month.columns if any(profile.code_for(key) for key in column.keys)]
    izin = profile.code_for(StatusKey.IZIN)
    return tuple(dict.fromkeys([*found, *([izin] if izin else [])]))


def _merge(page: Worksheet, left: int, top: int, right: int, bottom: int) -> None:
    # merge_cells() would compute again the borders that every cell already has.
    page.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")


def _guide(page: Worksheet, month: Monthly, profile: Profile) -> None:
    codes = codes_to_choose(month, profile)
    lines = [
        ("PETUNJUK", "judul"),
        ("Isi sudah diambil dari lembar yang tercatat. Mohon diperiksa, dilengkapi, lalu dikirim kembali.", "teks"),
        ("Sel kuning muda belum lengkap: pilih kode dari daftar bila ada keterangannya, atau biarkan kosong.", "teks"),
        ("Sel kuning tua berubah sejak rancangan. Sel kelabu tidak diisi.", "teks"),
        *((f"{code} = {_label(code, month, profile)}", "teks") for code in codes),
        ("Jangan mengubah judul, susunan kolom, atau baris; lembar dilindungi tanpa sandi.", "teks"),
        ("Perbedaan dengan catatan kami diberitahukan; catatan tidak ditimpa.", "teks"),
    ]
    for number, (text, style) in enumerate(lines, start=1):
        put(page, number, 1, text, style)
    page.column_dimensions["A"].width = 100
    page.protection.sheet = True


def _label(code: str, month: Monthly, profile: Profile) -> str:
    found = next((column.label for column in month.columns if column.code == code), None)
    return found or (profile.codes[code].label if code in profile.codes else code)
