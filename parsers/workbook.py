"""XLSX and XLSM by openpyxl's streaming reader: values only, never formulas, macros or links.

``read_only`` with ``reset_dimensions`` does not believe the size that a file claims (facts: mail, "Hostile
attachments"). Merged cells show only their first cell; ``parsers.headers`` fills the headers.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import cast
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import ReadingError
from domain.reading import FileReading, ProblemCode
from parsers.base import MEBIBYTE, ParseContext
from parsers.drawings import pictures_by_sheet
from parsers.grid import Grid, Value
from parsers.refusals import MESSAGES, problem
from parsers.table import read_grids

MOST_ROWS = 6_000
MOST_COLUMNS = 300
MOST_CELLS = 400_000
_MOST_SHEETS = 100
_LARGEST_PART = 64 * MEBIBYTE  # of XML, unpacked: a hundred times the sheets of the largest hospital


class WorkbookParser:
    """Runs in the sandbox child. Hidden worksheets are left out: their owner does not see what they say."""

    name = "workbook"
    version = "1"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read every visible worksheet."""
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                members = archive.infolist()
        except (BadZipFile, ValueError, OSError) as error:
            raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error
        if any(m.file_size > _LARGEST_PART for m in members if m.filename.endswith(".xml")):
            raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB])
        has_macros = any(m.filename.lower().endswith("vbaproject.bin") for m in members)
        try:
            book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        except InvalidFileException as error:
            raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error
        told = (problem(ProblemCode.HAS_MACROS),) if has_macros else ()
        reading = read_grids(self, _grids(book, data), context)
        book.close()
        return FileReading(reading.reader, reading.sheets, (*told, *reading.problems), reading.pages)


def _grids(book: openpyxl.Workbook, data: bytes) -> Iterator[Grid]:
    pictures = pictures_by_sheet(data)
    left = MOST_CELLS
    visible = [s for s in book.worksheets if s.sheet_state == "visible"]
    for page, sheet in enumerate(visible[:_MOST_SHEETS], start=1):
        sheet.reset_dimensions()
        values = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
        rows, used = _rows(cast("Iterator[tuple[Value, ...]]", values), left)
        left -= used
        yield Grid(sheet.title, rows, page, pictures.get(sheet.title, frozenset()))


def _rows(source: Iterator[tuple[Value, ...]], left: int) -> tuple[list[list[Value]], int]:
    rows: list[list[Value]] = []
    used = 0
    for values in source:
        row = list(values)
        while row and row[-1] is None:
            row.pop()
        used += len(row)
        if used > left:
            raise ReadingError(ProblemCode.TOO_LARGE, MESSAGES[ProblemCode.TOO_LARGE])
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows, used


PARSER = WorkbookParser()
