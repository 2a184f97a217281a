"""What every report workbook shares: safe cells, table sheets, saving. Written row by row: size costs time only.

Text is always text: what begins with ``=``, ``+``, ``-`` or ``@`` is no formula, and a NIP keeps its 18 digits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.named_styles import NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from domain.profile import Profile
from domain.sheet_layout import Paper
from domain.wording import moment_text
from reports.numbering import Change, ReportIdentity
from reports.steady_xlsx import saved

Value = str | int
LINE_HEIGHT = 15.5  # points
HEAD_HEIGHT = 2 * LINE_HEIGHT
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_PAPER = {Paper.A4: 9, Paper.F4: 14}  # Excel's numbers; 14 is 8.5 x 13 inch, the nearest to F4
GROUNDS = {"white": "FFFFFF", "light": "EDEDED", "grey": "BFBFBF", "black": "404040", "hatch": "FFE699"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Col:
    """A column of a table: heading, width in characters, style (``text``, ``wrap``, ``middle``, ``number``)."""

    head: str
    width: float
    style: str = "text"


class _CellSheet(WriteOnlyWorksheet):
    """A write-only sheet whose rows are cells already: trying each as a value first takes half of the time."""

    def _values_to_row(self, values: Iterable[Cell], row_idx: int) -> Iterator[Cell]:
        for column, cell in enumerate(values, 1):
            # The same cell object may stand in many places; it is written before the next is asked for.
            cell.column, cell.row = column, row_idx
            yield cell


class Book:
    """A report workbook being written; sheets come in the order they are made."""

    def __init__(self, report: ReportIdentity, profile: Profile, paper: Paper) -> None:
        self.book = Workbook(write_only=True)
        self.report, self.profile, self.paper = report, profile, paper
        for style in _styles():
            self.book.add_named_style(style)
        # An equal cell is written many thousand times; made once, it costs only its writing.
        self._cells: dict[tuple[Value, str], Cell] = {}

    def sheet(self, title: str, widths: Sequence[float], *, frozen: str | None = None) -> Worksheet:
        """An empty landscape sheet as wide as one page, with its columns and frozen panes set."""
        made = _CellSheet(self.book, title=title)
        self.book._add_sheet(made)  # type: ignore[attr-defined]  # create_sheet() knows its own class only
        # A write-only sheet has the settings of an ordinary one; the stubs do not know it.
        sheet = cast(Worksheet, made)
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.freeze_panes = frozen
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = _PAPER[self.paper]
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        name = f"{self.report.number} versi {self.report.version}"
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(
            left=_HeaderFooterPart(text=name), right=_HeaderFooterPart(text="Halaman &P dari &N")
        )
        return sheet

    def cell(self, sheet: Worksheet, value: Value, style: str = "text") -> Cell:
        """One cell; strings are never formulas, control characters are dropped."""
        found = self._cells.get((value, style))
        if found is None:
            found = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
            found.style = style
            if isinstance(value, str):
                found.data_type = "s"  # set after the value, which would make "=1" a formula and "#N/A" an error
                found.quotePrefix = value.startswith(_FORMULA_STARTS)
            if len(self._cells) < 20000:
                self._cells[value, style] = found
        return found

    def table(self, title: str, columns: Sequence[Col], rows: Iterable[Sequence[Value]], frozen: str = "A2") -> int:
        """A sheet that is one table: frozen, repeated heading, filters. Returns the number of its last row."""
        sheet = self.sheet(title, [column.width for column in columns], frozen=frozen)
        return self.add_table(sheet, columns, rows, 1)

    def add_table(self, sheet: Worksheet, columns: Sequence[Col], rows: Iterable[Sequence[Value]], first: int) -> int:
        """The table at row ``first`` of a sheet whose earlier rows are written; returns its last row."""
        sheet.print_title_rows = f"{first}:{first}"
        sheet.row_dimensions[first].height = HEAD_HEIGHT
        sheet.append([self.cell(sheet, column.head, "head") for column in columns])
        styles = [column.style for column in columns]
        last = first
        wrapped = [(place, column.width) for place, column in enumerate(columns) if column.style == "wrap"]
        for row in rows:
            last += 1
            lines = max((_lines(str(row[place]), width) for place, width in wrapped), default=1)
            if lines > 1:  # neither Excel nor LibreOffice makes room by itself in a file that it did not write
                sheet.row_dimensions[last].height = LINE_HEIGHT * lines
            sheet.append([self.cell(sheet, value, style) for value, style in zip(row, styles, strict=True)])
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(columns))}{last}"
        return last

    def preamble(self, sheet: Worksheet, title: str) -> int:
        """Letterhead, title and proof at the top of the first sheet; returns the number of rows written."""
        report, profile = self.report, self.profile
        lines = [(line, "") for line in profile.kop]
        lines += [("", ""), (title, ""), ("Nomor", f"{report.number}, versi {report.version}")]
        if report.replaces:
            lines.append((report.replaces, "daftar perbedaan pada lembar Perubahan"))
        lines += [
            ("Periode", report.period),
            ("Keadaan data", moment_text(report.as_of, profile)),
            ("Sidik SHA-256", report.sha256),
            ("Pemeriksaan", f"balas CEK {report.number}"),
            ("", ""),
        ]
        for number, (label, value) in enumerate(lines):
            bold = "title" if number < len(profile.kop) or label in (title, report.replaces) else "plain"
            sheet.append([self.cell(sheet, label, bold), self.cell(sheet, value, "plain")])
        return len(lines)

    def changes(self, changes: Sequence[Change]) -> None:
        """What is different from the version before; no sheet for a first version."""
        if self.report.version > 1:
            rows = [(change.place, change.before, change.after) for change in changes]
            self.table("Perubahan", [Col("Tempat", 70), Col("Semula", 45, "wrap"), Col("Menjadi", 45, "wrap")], rows)

    def saved(self, moment: datetime) -> bytes:
        """The bytes; the same figures give the same ones."""
        return saved(self.book, moment)


def _lines(text: str, width: float) -> int:
    """Lines that ``text`` needs in a column of ``width`` characters; words leave about a tenth of each unused."""
    return max(1, -(-len(text) * 11 // int(width * 10)))


def _styles() -> list[NamedStyle]:
    """``ground-…`` are those of the heat map: their letters are enough where colours do not print."""
    left = Alignment(horizontal="left", vertical="center")
    fitted = Alignment(horizontal="left", vertical="center", shrink_to_fit=True)
    flowing = Alignment(horizontal="left", vertical="center", wrap_text=True)
    middle = Alignment(horizontal="center", vertical="center")
    wrapped = Alignment(horizontal="center", vertical="center", wrap_text=True)
    grey = PatternFill("solid", fgColor="D6D6D6")
    made = [
        NamedStyle("plain", Font(name="Calibri"), alignment=left, number_format="@"),
        NamedStyle("title", Font(name="Calibri", bold=True, size=12), alignment=left, number_format="@"),
        NamedStyle("head", Font(name="Calibri", bold=True), grey, _BOX, wrapped, "@"),
        NamedStyle("text", Font(name="Calibri"), border=_BOX, alignment=fitted, number_format="@"),
        NamedStyle("wrap", Font(name="Calibri"), border=_BOX, alignment=flowing, number_format="@"),
        NamedStyle("middle", Font(name="Calibri"), border=_BOX, alignment=middle, number_format="@"),
        NamedStyle("number", Font(name="Calibri"), border=_BOX, alignment=middle, number_format="0"),
        NamedStyle(
            "changed", Font(name="Calibri", bold=True), PatternFill("solid", fgColor="FFE699"), _BOX, middle, "@"
        ),
    ]
    for name, colour in GROUNDS.items():
        ink = Font(name="Calibri", bold=True, color="FFFFFF") if name == "black" else Font(name="Calibri")
        made.append(NamedStyle(f"ground-{name}", ink, PatternFill("solid", fgColor=colour), _BOX, middle, "@"))
    return made
