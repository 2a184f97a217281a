"""Sheets that an office made itself, signed by hand and scanned or photographed (facts: scan, "offices' own").

The ruling gives rows and columns, OCR the printed words, an ink reader the verdict on each place to sign. Who is who
is decided later, by NIP and name against the unit's roster. What cannot be read is said, never guessed.
"""

import time
from dataclasses import replace

import numpy as np

from domain.reading import Cell, FileReading, Problem, ProblemCode, Row, SheetKind, SheetReading, Verdict
from parsers.base import LAYOUT, LAYOUT_COLUMNS, ParseContext, reader_of
from parsers.foreign_sheets import unread_month, with_page
from parsers.grid import Grid
from parsers.refusals import problem
from parsers.table import read_grids
from parsers.vision.foreign_grid import ForeignPage
from parsers.vision.foreign_page import HANDWRITTEN, read_page
from parsers.vision.header_words import NIP_DIGITS, digits_in
from parsers.vision.learned import model_version
from parsers.vision.picture import Picture, pictures
from parsers.vision.ruling import Gray
from parsers.vision.streaks import without_streaks

_TWO_NIPS = 30  # digits, where one NIP has 18
_SEVERAL = "beberapa orang dalam satu baris"
_SESSIONS = (SheetKind.DAILY, SheetKind.WEEKLY, SheetKind.MONTHLY, SheetKind.APEL)


class ForeignScanParser:
    """Runs in the sandbox child, for pictures and for PDFs of pictures."""

    name = "foreign_scan"
    version = f"3.{model_version()}"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read every page; pages without a ruled table are pictures that a person has to look at."""
        started = time.monotonic()
        read: list[ForeignPage] = []
        sheets: list[SheetReading] = []
        count = 0
        for page in pictures(data, context.pages):
            count += 1
            if time.monotonic() - started > context.patience:
                sheets.append(_picture(page.page, problem(ProblemCode.TOO_SLOW)))
                continue
            found = read_page(without_streaks(ink_of(page)), page.page, context, one_bit=page.two_tone)
            if found is None:
                sheets.append(_picture(page.page, problem(ProblemCode.READING_PENDING)))
            elif found.unread is not None:
                sheets.append(_picture(page.page, unread_month(found.unread)))
            else:
                read.append(found)
        reading = read_grids(self, _grids(read), context)
        told = _told(read, reading)
        sheets = [*(_checked(with_page(sheet, read, context), told) for sheet in reading.sheets), *sheets]
        problems = reading.problems if read else ()
        return FileReading(reader_of(self), tuple(sheets), problems, max(count, 1), extra=_layouts(read))


def _layouts(pages: list[ForeignPage]) -> dict[str, str]:
    """Names of the layouts and, in the same order, what their columns were taken for."""
    seen = {page.layout: "|".join(word.replace("|", "/").replace(";", ",") for word in page.columns) for page in pages}
    return {LAYOUT: ",".join(seen), LAYOUT_COLUMNS: ";".join(seen.values())} if seen else {}


def ink_of(page: Picture) -> Gray:
    """Darkness as pens show it: blue ink is strongest in red, so the darker of red and green."""
    if page.rgb.ndim == 2:
        return page.rgb
    return np.ascontiguousarray(np.minimum(page.rgb[..., 0], page.rgb[..., 1]))


def _grids(pages: list[ForeignPage]) -> list[Grid]:
    return [page.grid for page in pages]


def _picture(number: int, told: Problem) -> SheetReading:
    """A page that a person has to look at."""
    return SheetReading(SheetKind.IMAGE, name=f"halaman {number}", problems=(told,))


def _told(pages: list[ForeignPage], reading: FileReading) -> tuple[Problem, ...]:
    told = []
    if reading.sheets and not all(page.known for page in pages):
        told.append(problem(ProblemCode.NEW_LAYOUT))
    if any(page.other_tables for page in pages):
        told.append(problem(ProblemCode.ROW_UNREAD, "Tabel kedua pada halaman yang sama belum dibaca"))
    rows = [row for sheet in reading.sheets for row in sheet.rows]
    lost = sum(page.numbered for page in pages) - sum(_digits(row) >= NIP_DIGITS for row in rows)
    if lost > 0:
        told.append(problem(ProblemCode.ROW_UNREAD, f"{lost} baris ber-NIP pada tabel belum terbaca sebagai pegawai"))
    return tuple(told)


def _digits(row: Row) -> int:
    return digits_in(row.name + row.nip)


def _checked(sheet: SheetReading, told: tuple[Problem, ...]) -> SheetReading:
    """Codes in somebody's hand stay unsure; a recap of codes on paper is for a person or for its workbook."""
    if sheet.kind not in _SESSIONS:
        said = "Rekap hasil pindaian belum dibaca per sel"
        asked = Problem(ProblemCode.ROW_UNREAD, f"{said}. Mohon melampirkan juga berkas XLSX-nya.")
        rows = tuple(replace(row, cells=tuple(_unsure(c, said) for c in row.cells)) for row in sheet.rows)
        return replace(sheet, rows=rows, problems=(*sheet.problems, *told, asked))
    return replace(sheet, rows=tuple(_row(row) for row in sheet.rows), problems=(*sheet.problems, *told))


def _row(row: Row) -> Row:
    if _digits(row) >= _TWO_NIPS:
        # A line between people was not found: what stands in the row is not one person's.
        return replace(row, name=_SEVERAL, nip="", cells=tuple(_unsure(c, _SEVERAL) for c in row.cells))
    if HANDWRITTEN not in row.note or any(c.verdict is not Verdict.EMPTY for c in row.cells):
        return row
    return replace(row, cells=tuple(_unsure(c, "keterangan tulisan tangan") for c in row.cells))


def _unsure(cell: Cell, why: str) -> Cell:
    return replace(cell, verdict=Verdict.UNSURE, text=why, confidence=0.5)


PARSER = ForeignScanParser()
