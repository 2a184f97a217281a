"""Roster files as tables of text: XLSX and CSV in, rows with their place out. Nothing is understood here yet."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import RosterError
from intake import roster_layout as layout

HEADING_ROWS = 15  # titles and logos may stand above the heading
_MAX_ROWS = 200_000
_ENCODINGS = ("utf-8-sig", "cp1252")
_DAY_FIRST = re.compile(r"^(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{4})$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$")

Cells = tuple[object, ...]


@dataclass
class Notes:
    """What is wrong (``problems``: nothing is imported) and what should be looked at (``warnings``)."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet; values by column name, with what is needed to say where a fault is."""

    sheet: str
    number: int
    cells: Cells
    places: dict[str, int]
    notes: Notes

    def raw(self, column: str) -> object:
        """The cell as the file holds it; None when the column or the value is absent."""
        place = self.places.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def text(self, column: str) -> str:
        """The cell as trimmed text; whole numbers lose the ``.0`` that spreadsheets add."""
        value = self.raw(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
            return str(int(value))
        text = " ".join(str(value).split())
        # CSV files guard text that a spreadsheet would compute with an apostrophe.
        return text[1:] if re.match(r"^'[=+\-@']", text) else text

    def day(self, column: str) -> date | None:
        """The cell as a date (day first, or ISO); a fault is noted."""
        value = self.raw(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = self.text(column)
        if not text:
            return None
        found = parse_day(text)
        if found is None:
            self.problem(column, f"tanggal '{text}' tidak dikenal; tulis TT-BB-TTTT, misalnya 23-11-2026")
        return found

    def yes(self, column: str) -> bool:
        """Whether the cell says yes (1, ya, x, v, benar)."""
        return self.text(column).casefold() in ("1", "ya", "y", "x", "v", "√", "benar", "true", "kepala")

    def at(self, column: str) -> str:
        """The place of a cell in words: sheet, row, column."""
        place = self.places.get(column)
        letter = f" ({get_column_letter(place + 1)})" if place is not None else ""
        return f"lembar {self.sheet}, baris {self.number}, kolom {column}{letter}"

    def problem(self, column: str, message: str) -> None:
        """Note a fault that forbids the import."""
        self.notes.problems.append(f"{self.at(column)}: {message}")

    def warn(self, column: str, message: str) -> None:
        """Note something that a person should look at."""
        self.notes.warnings.append(f"{self.at(column)}: {message}")


def parse_day(text: str) -> date | None:
    """``23-11-2026``, ``23/11/2026``, ``23.11.2026`` or ``2026-11-23``; None if it is no date."""
    first, iso = _DAY_FIRST.match(text), _ISO.match(text)
    try:
        if first:
            return date(int(first.group(3)), int(first.group(2)), int(first.group(1)))
        return date(int(iso.group(1)), int(iso.group(2)), int(iso.group(3))) if iso else None
    except ValueError:
        return None


def read_tables(data: bytes, filename: str, notes: Notes) -> dict[str, list[Row]]:
    """Rows of every known sheet; raises ``RosterError`` when the file cannot be opened or has no people."""
    sheets = list(read_xlsx(data, filename)) if data[:2] == b"PK" else [(layout.PEOPLE, read_csv(data))]
    tables: dict[str, list[Row]] = {}
    for title, rows in sheets:
        sheet = _sheet_of(title)
        if sheet is not None:
            tables.setdefault(sheet, []).extend(_rows(sheet, title, rows, notes))
    if layout.PEOPLE not in tables and len(sheets) == 1:
        tables[layout.PEOPLE] = list(_rows(layout.PEOPLE, sheets[0][0], sheets[0][1], notes))
    if layout.PEOPLE not in tables:
        names = ", ".join(title for title, _ in sheets)
        raise RosterError(f"tidak ada lembar '{layout.PEOPLE}' (yang ada: {names})", file=filename)
    return tables


def _sheet_of(title: str) -> str | None:
    wanted = layout.heading(title)
    return next((sheet for sheet, spellings in layout.SHEET_SPELLINGS.items() if wanted in spellings), None)


def _rows(sheet: str, title: str, rows: list[Cells], notes: Notes) -> Iterator[Row]:
    for index, cells in enumerate(rows[:HEADING_ROWS]):
        places = layout.columns_of(sheet, cells)
        if places:
            yield from _body(title, rows, index + 1, places, notes)
            return
    if any(any(cell is not None for cell in cells) for cells in rows):
        needed = ", ".join(column.name for column in layout.LAYOUT[sheet] if column.needed)
        notes.problems.append(f"lembar {title}, baris 1: judul kolom tidak lengkap; yang wajib ada: {needed}")


def _body(title: str, rows: list[Cells], start: int, places: dict[str, int], notes: Notes) -> Iterator[Row]:
    for number, cells in enumerate(rows[start:], start=start + 1):
        row = Row(title, number, cells, places, notes)
        filled = any(row.text(column) for column in places if column != "no")
        if filled and not any(str(cell).strip().startswith(layout.EXAMPLE) for cell in cells[:1]):
            yield row


def read_xlsx(data: bytes, filename: str) -> Iterable[tuple[str, list[Cells]]]:
    """Each sheet with its rows; raises ``RosterError`` when the file cannot be opened."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets: list[tuple[str, list[Cells]]] = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            sheets.append((sheet.title, list(sheet.iter_rows(values_only=True, max_row=_MAX_ROWS))))
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        raise RosterError("berkas Excel tidak dapat dibuka; simpan ulang sebagai .xlsx", file=filename) from error
    return sheets


def read_csv(data: bytes) -> list[Cells]:
    """The rows of a text file in the usual encodings and separators."""
    text = _decode(data)
    # A comma inside "S.E., M.M." is common: the first line with several cells, the heading, tells the separator.
    lines = text.splitlines()[:HEADING_ROWS]
    head = next((line for line in lines if max(map(line.count, ";,\t")) >= 2), "")
    separator = max(";,\t", key=head.count)
    return [tuple(cell or None for cell in cells) for cells in csv.reader(io.StringIO(text), delimiter=separator)]


def _decode(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
