"""What is known of one printed page after every look at it: a cell's best verdict and the first sight of its ink."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.reading import Cell, Row, SheetReading, Verdict
from domain.terms import Session


@dataclass(frozen=True, slots=True)
class SeenCell:
    """One cell as it is known: ``person`` is the row's NIP, or name where there is none; ``shape`` its first ink."""

    no: int | None
    person: str
    date: dt.date
    session: Session
    verdict: Verdict
    shape: str = ""

    @property
    def place(self) -> tuple[int | None, dt.date, Session]:
        """Where on the sheet it is."""
        return self.no, self.date, self.session


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one printed page (``form``: its code): every cell, and the pictures that showed it.

    ``photos`` are perceptual hashes, hexadecimal, in the order in which the pictures came.
    """

    form: str
    unit: str
    week: str
    page: int
    seen_at: dt.datetime
    photos: tuple[str, ...]
    cells: tuple[SeenCell, ...]


def look_of(sheet: SheetReading, seen_at: dt.datetime, others: Iterable[str] = ()) -> Look | None:
    """What one reading shows of a printed page; None for other sheets and unread ones.

    ``others`` are the perceptual hashes of further photos that were joined in it.
    """
    form = sheet.form
    if form is None or not sheet.rows:
        return None
    cells = tuple(_seen(row, c) for row in sheet.rows for c in row.cells if c.date and c.session)
    photos = tuple(dict.fromkeys(photo for photo in (sheet.look, *others) if photo))
    return Look(form.id, form.unit, form.week, form.page, seen_at, photos, cells)


def _seen(row: Row, cell: Cell) -> SeenCell:
    assert cell.date is not None
    assert cell.session is not None
    return SeenCell(row.no, row.nip or row.name, cell.date, cell.session, cell.verdict, cell.shape)


def merged(before: Look | None, now: Look) -> Look:
    """What is known after one more look: the first sight of ink stays, a later one is added where there was none."""
    if before is None:
        return now
    cells = {cell.place: cell for cell in before.cells}
    for cell in now.cells:
        known = cells.get(cell.place)
        if known is None or _rank(cell.verdict) > _rank(known.verdict):
            cells[cell.place] = cell
        elif not known.shape and cell.shape and known.verdict is cell.verdict:
            cells[cell.place] = replace(known, shape=cell.shape)
    photos = tuple(dict.fromkeys((*before.photos, *now.photos)))
    return replace(now, photos=photos, cells=tuple(cells.values()))


def _rank(verdict: Verdict) -> int:
    return {Verdict.SIGNED: 3, Verdict.CODE: 2, Verdict.EMPTY: 1}.get(verdict, 0)
