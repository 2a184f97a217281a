"""Drawing rows into real files of every format that offices send."""

import csv
import io
from html import escape
from typing import Any

import docx
import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from reportlab.lib import colors
from reportlab.lib.pagesizes import A3, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import SimpleDocTemplate, TableStyle
from reportlab.platypus import Table as PdfTable

Rows = list[list[object]]
Merged = list[tuple[int, int, int, int]]


def xlsx(rows: Rows, merged: Merged) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            if value not in ("", None):
                sheet.cell(r, c).value = value  # type: ignore[assignment]
    for r0, c0, r1, c1 in merged:
        sheet.merge_cells(start_row=r0 + 1, start_column=c0 + 1, end_row=r1 + 1, end_column=c1 + 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Rows, merged: Merged) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    anchors = {(r0, c0): (r0, r1, c0, c1) for r0, c0, r1, c1 in merged}
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if (r, c) in anchors:
                sheet.write_merge(*anchors[r, c], value)
            elif value not in ("", None):
                sheet.write(r, c, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: Rows, merged: Merged) -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    anchors = {(r0, c0): (r1 - r0 + 1, c1 - c0 + 1) for r0, c0, r1, c1 in merged}
    covered = {(r, c) for r0, c0, r1, c1 in merged for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)} - set(anchors)
    for r, row in enumerate(rows):
        line = TableRow()
        for c, value in enumerate(row):
            if (r, c) in covered:
                line.addElement(CoveredTableCell())
                continue
            span = anchors.get((r, c), (1, 1))
            cell = TableCell(valuetype="string", numberrowsspanned=span[0], numbercolumnsspanned=span[1])
            for text in str(value).split("\n") if value not in ("", None) else []:
                cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(rows: Rows, merged: Merged) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def html(rows: Rows, merged: Merged) -> bytes:
    anchors = {(r0, c0): (r1 - r0 + 1, c1 - c0 + 1) for r0, c0, r1, c1 in merged}
    covered = {(r, c) for r0, c0, r1, c1 in merged for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)} - set(anchors)
    lines = ["<html><body><table border=1>"]
    for r, row in enumerate(rows):
        lines.append("<tr>")
        for c, value in enumerate(row):
            if (r, c) not in covered:
                down, across = anchors.get((r, c), (1, 1))
                text = escape(str(value)).replace("\n", "<br>")
                lines.append(f"<td rowspan={down} colspan={across}>{text}</td>")
        lines.append("</tr>")
    return "\n".join([*lines, "</table></body></html>"]).encode()


def word(rows: Rows, merged: Merged) -> bytes:
    """Lines before the table as paragraphs, the table, the foot as paragraphs."""
    document: Any = docx.Document()
    start, end = table_span(rows)
    for row in rows[:start]:
        document.add_paragraph(" ".join(str(v) for v in row if v not in ("", None)))
    width = max(len(r) for r in rows[start:end])
    table = document.add_table(rows=end - start, cols=width)
    for line, row in zip(table.rows, rows[start:end], strict=True):
        for cell, value in zip(line.cells, row, strict=False):
            if value not in ("", None):
                cell.text = str(value)
    for r0, c0, r1, c1 in merged:
        table.cell(r0 - start, c0).merge(table.cell(r1 - start, c1))
    for row in rows[end:]:
        document.add_paragraph(" ".join(str(v) for v in row if v not in ("", None)))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def table_span(rows: Rows) -> tuple[int, int]:
    """First row of the header and the row after the last person."""
    start = next(i for i, row in enumerate(rows) if str(row[0] if row else "").strip(".").upper() in ("NO", "NR"))
    end = next((i for i in range(start + 2, len(rows)) if not any(v not in ("", None) for v in rows[i])), len(rows))
    return start, end


def pdf(rows: Rows, merged: Merged, *, ruled: bool = True) -> bytes:
    """The whole sheet as one table, ruled or not; lines above are drawn as rows of their own."""
    if "Posko" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Posko", "Vera.ttf"))
    start, end = table_span(rows)
    width = max(len(r) for r in rows[start:end])
    size = 6 if width > 20 else 8
    style: list[tuple[Any, ...]] = [("FONT", (0, 0), (-1, -1), "Helvetica", size), ("PADDING", (0, 0), (-1, -1), 2)]
    style += [("SPAN", (c0, r0 - start), (c1, r1 - start)) for r0, c0, r1, c1 in merged]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
    cells = [[str(v).replace("√", "v") for v in [*row, *[""] * (width - len(row))]] for row in rows[start:end]]
    header = 1 + max((r1 for r0, _, r1, _ in merged if r0 >= start), default=start) - start
    parts = [_line(row) for row in rows[:start]]
    parts.append(PdfTable(cells, style=TableStyle(style), repeatRows=header))
    parts += [_line(row) for row in rows[end:]]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=landscape(A3), leftMargin=20, rightMargin=20).build(parts)
    return out.getvalue()


def _line(row: list[object]) -> PdfTable:
    text = " ".join(str(v) for v in row if v not in ("", None))
    return PdfTable([[text or " "]], style=TableStyle([("FONT", (0, 0), (-1, -1), "Helvetica", 9)]), hAlign="LEFT")


def pdf_unruled(rows: Rows, merged: Merged) -> bytes:
    return pdf(rows, merged, ruled=False)
