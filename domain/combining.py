"""Several photos of one printed page in one message are one sheet: cell by cell, the better sight counts.

Ink that one photo shows is there. A cell that one photo cannot tell takes the other's word, unless something was
written in it that is no signature: that stays for a person.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.reading import Cell, HeadMark, ProblemCode, Row, SheetKind, Verdict
from domain.resolution import ResolvedSheet

_UNREAD = (SheetKind.UNREADABLE, SheetKind.NOT_SHEET, SheetKind.IMAGE)
_UNTOLD = ("tinta tipis", "gambar hitam-putih", "di luar foto", "tertutup atau silau")
"""Doubts that another photo may settle (``parsers.vision.reader``)."""
OTHER_CODE = "dua foto menunjukkan kode yang berbeda"


def combine(sheets: Sequence[ResolvedSheet]) -> tuple[ResolvedSheet, ...]:
    """``sheets`` with every printed page once, the files of its other photos beside it."""
    pages: dict[str, list[ResolvedSheet]] = {}
    order: list[str | ResolvedSheet] = []
    for sheet in sheets:
        form = sheet.sheet.form
        if form is None:
            order.append(sheet)
        elif form.id in pages:
            pages[form.id].append(sheet)
        else:
            pages[form.id] = [sheet]
            order.append(form.id)
    found: list[ResolvedSheet] = []
    for item in order:
        found += _one_page(pages[item]) if isinstance(item, str) else [item]
    return tuple(found)


def _one_page(photos: list[ResolvedSheet]) -> list[ResolvedSheet]:
    readable = [photo for photo in photos if photo.sheet.kind not in _UNREAD]
    if len(photos) == 1 or not readable:
        return photos
    strange = [photo for photo in readable if any(p.code is ProblemCode.NAMES_DIFFER for p in photo.sheet.problems)]
    best = min(strange or readable, key=_doubts)
    whole = best
    for photo in readable:
        if photo is not best and not strange:  # a sheet with other names is settled by no other photo
            whole = _with(whole, photo)
    return [replace(whole, also=tuple(photo.file for photo in photos if photo is not best))]


def _doubts(photo: ResolvedSheet) -> int:
    return sum(cell.verdict is Verdict.UNSURE for row in photo.sheet.rows for cell in row.cells)


def _with(one: ResolvedSheet, other: ResolvedSheet) -> ResolvedSheet:
    theirs = {row.no: row for row in other.sheet.rows}
    rows = tuple(_row(row, theirs.get(row.no), other.file.name) for row in one.sheet.rows)
    known = {row.no for row in one.sheet.rows}
    extra = [(row, match) for row, match in zip(other.sheet.rows, other.matches, strict=True) if row.no not in known]
    sheet = replace(
        one.sheet,
        rows=(*rows, *(row for row, _ in extra)),
        head=_head(one.sheet.head, other.sheet.head),
        heads=_cells(one.sheet.heads, other.sheet.heads, other.file.name),
    )
    return replace(one, sheet=sheet, matches=(*one.matches, *(match for _, match in extra)))


def _row(row: Row, other: Row | None, name: str) -> Row:
    if other is None:
        return row
    return replace(row, cells=_cells(row.cells, other.cells, name), note=row.note or other.note)


def _cells(cells: Sequence[Cell], others: Sequence[Cell], name: str) -> tuple[Cell, ...]:
    theirs = {(cell.date, cell.session): cell for cell in others}
    return tuple(_better(cell, theirs.get((cell.date, cell.session)), name) for cell in cells)


def _better(cell: Cell, other: Cell | None, name: str) -> Cell:
    """The one that says more, in whatever order the photos came.

    The place stays that in the first photo, which is the evidence kept with the sheet.
    """
    if other is None:
        return cell
    if cell.verdict is other.verdict is Verdict.CODE and cell.code != other.code:
        return replace(cell, verdict=Verdict.UNSURE, code=None, confidence=0.0, text=OTHER_CODE)
    if _weight(other) <= _weight(cell):
        return cell
    told = other.text or f"terlihat pada {name}"
    return replace(
        cell, verdict=other.verdict, code=other.code, confidence=other.confidence, shape=other.shape, text=told
    )


def _weight(cell: Cell) -> int:
    """A signature is one; what was written but is none stays for a person; a doubt of the photo alone says least."""
    if cell.verdict is Verdict.UNSURE:
        return 0 if cell.text.startswith(_UNTOLD) else 3
    return {Verdict.EMPTY: 1, Verdict.CODE: 2}.get(cell.verdict, 4)


def _head(one: HeadMark, other: HeadMark) -> HeadMark:
    order = (HeadMark.SIGNED, HeadMark.UNSURE, HeadMark.EMPTY)
    return next((mark for mark in order if mark in (one, other)), HeadMark.ABSENT)
