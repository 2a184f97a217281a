"""What is drawn on a page for people to look at: the cells of a reading. Loads no eyes: anyone may import it."""

from dataclasses import dataclass

from domain.reading import Box, SheetReading, Verdict


@dataclass(frozen=True, slots=True)
class Marked:
    """One cell to draw: where, and what was said of it."""

    box: Box
    verdict: Verdict


def marks_of(sheet: SheetReading, page: int) -> tuple[Marked, ...]:
    """The cells of ``sheet`` that lie on ``page`` of its file, the head's parafs among them."""
    cells = [*(cell for row in sheet.rows for cell in row.cells), *sheet.heads]
    return tuple(Marked(cell.box, cell.verdict) for cell in cells if cell.box and cell.box.page == page)
