"""Worksheets of devices as rows of text. Runs in the sandboxed child: a stranger's workbook is never opened here."""

from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineWorkbook

from domain.errors import ReadingError
from domain.reading import ProblemCode

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 100_000, 300, 20
_SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a spreadsheet's times have no zone


def worksheets(data: bytes) -> list[list[list[str]]]:
    """The worksheets of an XLS, XLSX or ODS file, each as rows of text."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names[:MOST_SHEETS]]
    except OSError as error:
        raise ReadingError(ProblemCode.DAMAGED, "berkas tabel rusak") from error
    return [[[_text(v) for v in row[:MOST_COLUMNS]] for row in sheet.to_python(nrows=MOST_ROWS)] for sheet in sheets]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        value = (_SOME_DAY + value).time()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
