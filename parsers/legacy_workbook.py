"""XLS, XLSB and ODS by calamine, which may abort the process on hostile files: only ever in the child."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from domain.errors import ReadingError
from domain.reading import FileReading, ProblemCode
from parsers.base import ParseContext
from parsers.grid import Grid, Value
from parsers.refusals import MESSAGES
from parsers.table import read_grids

MOST_ROWS = 6_000
MOST_COLUMNS = 300
_MOST_SHEETS = 100


class LegacyWorkbookParser:
    """Runs in the sandbox child. Also the second try for XLSX files that openpyxl refuses."""

    name = "legacy_workbook"
    version = "1"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read every visible worksheet."""
        try:
            book = CalamineWorkbook.from_filelike(BytesIO(data))
            return read_grids(self, _grids(book), context)
        except PasswordError as error:
            raise ReadingError(ProblemCode.ENCRYPTED, MESSAGES[ProblemCode.ENCRYPTED]) from error
        except CalamineError as error:
            raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error


def _grids(book: Any) -> Iterator[Grid]:
    shown = [
        s.name
        for s in book.sheets_metadata
        if s.typ == SheetTypeEnum.WorkSheet and s.visible == SheetVisibleEnum.Visible
    ]
    for page, name in enumerate(shown[:_MOST_SHEETS], start=1):
        sheet = book.get_sheet_by_name(name)
        yield Grid(name, [_row(r) for r in sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)], page)


def _row(values: list[Any]) -> list[Value]:
    row: list[Value] = [None if v == "" else v for v in values[:MOST_COLUMNS]]
    while row and row[-1] is None:
        row.pop()
    return row


PARSER = LegacyWorkbookParser()
