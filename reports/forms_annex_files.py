"""Annex forms as files: PDF by Typst, XLSX by openpyxl, from the same blocks."""

from dataclasses import asdict, dataclass
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from domain.sheet_layout import Paper
from reports.forms_annex import AnnexForm, Block, Field, Heading, Letterhead, Paragraph, Signatures, Table
from reports.forms_pdf import typeset

_KINDS = {
    Heading: "heading",
    Letterhead: "letterhead",
    Field: "field",
    Paragraph: "paragraph",
    Table: "table",
    Signatures: "signatures",
}
_PAPER_SIZES = {Paper.A4: 9, Paper.F4: 14}  # Excel's numbers; 14 is Folio
_FONT = "Calibri"
_CHARACTER = 2.0  # millimetres of one unit of column width
_POINTS = 72 / 25.4
_LOW = 8.0  # millimetres: rows with room for a single line
_SIDE = Side(style="thin")
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)


@dataclass(frozen=True, slots=True)
class AnnexFiles:
    """The same form twice."""

    pdf: bytes
    xlsx: bytes


def annex_files(form: AnnexForm, paper: Paper = Paper.F4) -> AnnexFiles:
    """Both files of ``form``; landscape where the annex has 28 columns or more of days."""
    width, height = paper.size[::-1] if form.landscape else paper.size
    labels = [len(block.label) for block in form.blocks if isinstance(block, Field)]
    data = {
        "title": f"{form.title} (Lampiran {form.letter})",
        "width": width,
        "height": height,
        "landscape": form.landscape,
        "label": max(24, 2.1 * max(labels, default=0)),
        "blocks": [asdict(block) | {"kind": _KINDS[type(block)]} for block in form.blocks],
    }
    return AnnexFiles(typeset("annex", data), _workbook(form, paper))


def _workbook(form: AnnexForm, paper: Paper) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = f"Lampiran {form.letter}"
    table = next(block for block in form.blocks if isinstance(block, Table))
    columns = len(table.widths)
    total = (paper.size[1] if form.landscape else paper.size[0]) - 30
    rest = (total - sum(table.widths)) / table.widths.count(0)
    for column, width in enumerate(table.widths, start=1):
        page.column_dimensions[get_column_letter(column)].width = (width or rest) / _CHARACTER
    row = 1
    for block in form.blocks:
        row = _add(page, row, columns, block)
    page.page_setup.orientation = "landscape" if form.landscape else "portrait"
    page.page_setup.paperSize = _PAPER_SIZES[paper]
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _add(page: Worksheet, row: int, columns: int, block: Block) -> int:
    """Writes ``block`` from ``row`` on; gives the next free row."""
    match block:
        case Heading(text, large):
            return _centred(page, row, columns, text, large)
        case Letterhead(lines):
            for line in lines or ("KOP SURAT",):
                row = _centred(page, row, columns, line, True)
            return row + 1
        case Field(label, value, unit):
            _write(page, row, 1, f"{label} : {value}{f'     {unit}' if unit else ''}".rstrip())
            return row + 1
        case Paragraph(text):
            _span(page, row, 1, row, columns)
            _write(page, row, 1, text, Alignment(wrap_text=True, vertical="top"))
            page.row_dimensions[row].height = 15 * (1 + len(text) // 90)
            return row + 1
        case Table():
            return _table(page, row, block)
        case _:  # Signatures
            return _signatures(page, row + 1, columns, block)


def _write(
    page: Worksheet, row: int, column: int, text: str, alignment: Alignment | None = None, font: Font | None = None
) -> None:
    cell = page.cell(row, column)
    cell.number_format = "@"
    if text:
        cell.value = text
        cell.data_type = "s"  # text that begins with "=" stays text
    cell.font = font or Font(name=_FONT)
    if alignment is not None:
        cell.alignment = alignment


def _span(page: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        page.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")


def _centred(page: Worksheet, row: int, columns: int, text: str, large: bool) -> int:
    _span(page, row, 1, row, columns)
    place = Alignment(horizontal="center", vertical="center", wrap_text=True)
    _write(page, row, 1, text, place, Font(name=_FONT, bold=large, size=13 if large else 11))
    return row + 1


def _table(page: Worksheet, row: int, table: Table) -> int:
    taken: set[tuple[int, int]] = set()
    row += 1
    first = row
    low = table.row_height < _LOW
    for line in (*table.head, *table.body):
        column = 1
        heading = row < first + len(table.head)
        for cell in line:
            while (row, column) in taken:
                column += 1
            right, bottom = column + cell.across - 1, row + cell.down - 1
            taken |= {(r, c) for r in range(row, bottom + 1) for c in range(column, right + 1)}
            side, squeezed = ("left" if cell.left else "center"), cell.left and low
            place = Alignment(horizontal=side, vertical="center", wrap_text=not squeezed, shrink_to_fit=squeezed)
            _write(page, row, column, cell.text, place, Font(name=_FONT, size=table.size, bold=heading))
            _span(page, row, column, bottom, right)
            column = right + 1
        page.row_dimensions[row].height = (table.head_height if heading else table.row_height) * _POINTS
        row += 1
    for at in taken:
        page.cell(*at).border = _BOX
    page.print_title_rows = f"{first}:{first + len(table.head) - 1}"
    return row + 1


def _signatures(page: Worksheet, row: int, columns: int, block: Signatures) -> int:
    right = max(2, columns - max(1, columns // 4))
    _write(page, row, right, block.place)
    row += 1
    left = block.legend or block.left
    for lines, column in ((left, 1), (block.right, right)):
        at = row
        for line in lines:
            _write(page, at, column, line)
            at += 1 if line else 4  # the empty line is the room to sign
    return row + 4 + max(len(left), len(block.right))
