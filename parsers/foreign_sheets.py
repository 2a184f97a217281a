"""From the pages of an office's own form to what its sheet says: the head's signature, and a month's days."""

from collections.abc import Sequence
from dataclasses import replace

from domain.reading import Cell, HeadMark, Problem, ProblemCode, Row, SheetKind, SheetReading, Verdict
from parsers.base import ParseContext
from parsers.vision.foreign_days import Unread, doubt_of_month
from parsers.vision.foreign_grid import ForeignPage
from parsers.vision.foreign_marks import SHADED

_BEST = (HeadMark.SIGNED, HeadMark.UNSURE, HeadMark.EMPTY)
_VERDICTS = {HeadMark.SIGNED: Verdict.SIGNED, HeadMark.EMPTY: Verdict.EMPTY, HeadMark.UNSURE: Verdict.UNSURE}
_INSTEAD = "Mohon melampirkan juga berkas XLSX-nya, atau memindai ulang lembarnya (200 dpi, abu-abu)."


def unread_month(why: Unread) -> Problem:
    """What is said of a page that is a month's and cannot be read."""
    return Problem(ProblemCode.READING_PENDING, f"Presensi sebulan belum terbaca: {why}. {_INSTEAD}")


def with_page(sheet: SheetReading, pages: Sequence[ForeignPage], context: ParseContext) -> SheetReading:
    """The sheet with what stands beside its rows on the pages that they came from."""
    numbers = {cell.box.page for row in sheet.rows for cell in row.cells if cell.box}
    own = [page for page in pages if page.grid.page in numbers]
    head = next((mark for mark in _BEST if any(page.head is mark for page in own)), HeadMark.ABSENT)
    boxes = tuple(Cell(_VERDICTS[p.head], box=p.head_box) for p in own if p.head_box and p.head in _VERDICTS)
    sheet = replace(sheet, head=head, heads=boxes)
    return _month(sheet, own, context) if any(page.month for page in own) else sheet


def _month(sheet: SheetReading, pages: Sequence[ForeignPage], context: ParseContext) -> SheetReading:
    """A month without what its shaded days do not say, and without any date where the month is doubtful."""
    sheet = replace(sheet, rows=tuple(_without_rest(row) for row in sheet.rows))
    doubt = doubt_of_month([line for page in pages for line in page.said], context.received)
    if doubt is None or sheet.kind is not SheetKind.MONTHLY:
        return sheet
    asked = Problem(ProblemCode.DATE_DOUBTFUL, f"{doubt}. Mohon menyebutkan bulan dan tahunnya kepada petugas BKD.")
    rows = tuple(replace(row, cells=tuple(replace(c, date=None) for c in row.cells)) for row in sheet.rows)
    return replace(sheet, rows=rows, dates=(), problems=(*sheet.problems, asked))


def _without_rest(row: Row) -> Row:
    kept = (cell for cell in row.cells if not (cell.verdict is Verdict.EMPTY and cell.text == SHADED))
    return replace(row, cells=tuple(kept))
