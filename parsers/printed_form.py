"""The desk's own printed sheets, photographed or scanned, page by page (TLG-08, TLG-09).

Pictures that show no sheet of the desk are told apart here as well: blurred or cut ones are asked for again, those that
may be an office's own form are kept for its reader, everything else is no sheet.
"""

import time
from dataclasses import dataclass, replace

import cv2
import numpy as np

from domain.reading import FileReading, HeadMark, Problem, ProblemCode, SheetKind, SheetReading, Verdict
from parsers.base import PROOFREAD, UNKNOWN_FORM, ParseContext, reader_of
from parsers.joined import PICTURES
from parsers.memory import give_back
from parsers.refusals import problem
from parsers.vision.covered import unseen_sides
from parsers.vision.glance import Glance, glance, out_of_focus
from parsers.vision.learned import model_version
from parsers.vision.naming import How
from parsers.vision.picture import Picture, pictures
from parsers.vision.proofreading import Names, names_on
from parsers.vision.reader import Doubt, Seen, read_cells
from parsers.vision.sheet import Found, Lost, Why, gray_of, look_for_sheet, without
from parsers.vision.sheet_rows import doubted, head_of, rows_of
from parsers.vision.ticks import read_head_block, read_ticks

_BLURRED_SHARE = 0.3  # of the cells unsure because nothing can be made out: the page is asked for again
_CUT_SHARE = 0.15
_COVERED_SHARE = 0.3
_PHASH = 16
_STRAYS = 2  # tags beside a page from which on another sheet is looked for
_MOST_IN_ONE = 4


class PrintedFormParser:
    """Runs in the sandbox child; knows the open sheets from ``ParseContext.sheets`` alone."""

    name = "printed_form"
    version = f"6.{model_version()}"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read every page; pages that come after the deadline are said to be unread."""
        started = time.monotonic()
        sheets: list[SheetReading] = []
        problems: list[Problem] = []
        extra: dict[str, str] = {}
        left: list[int] = []
        proved: list[str] = []
        strangers: list[str] = []
        pages = 0
        for picture in pictures(data, context.pages):
            pages = picture.page
            if time.monotonic() - started > context.patience:
                problems.append(problem(ProblemCode.TOO_SLOW, f"halaman {picture.page} dan seterusnya"))
                break
            for one in read_pages(picture, context):
                sheets.append(one.sheet if pages == 1 else replace(one.sheet, name=f"halaman {pages}"))
                strangers += [one.stranger] if one.stranger else []
                proved += [one.proved] if one.proved else []
                if one.sheet.kind is SheetKind.IMAGE:
                    left.append(picture.page)
        extra |= {PICTURES: ",".join(map(str, left))} if left else {}
        extra |= {UNKNOWN_FORM: ",".join(strangers)} if strangers else {}
        extra |= {PROOFREAD: ",".join(proved)} if proved else {}
        return FileReading(reader_of(self), tuple(sheets), tuple(problems), pages=max(pages, 1), extra=extra)


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page; ``number/leaf`` of a code that names no given sheet, or of a page whose names proved to be its own."""

    sheet: SheetReading
    stranger: str = ""
    proved: str = ""


def read_pages(picture: Picture, context: ParseContext) -> list[PageRead]:
    """What one picture shows: a sheet, or several that lie side by side."""
    look = look_for_sheet(picture, context.sheets)
    reads = [_page_read(look, picture, context)]
    while isinstance(look, Found) and look.sight.strays >= _STRAYS and len(reads) < _MOST_IN_ONE:
        picture = without(picture, look)
        look = look_for_sheet(picture, context.sheets)
        if isinstance(look, Found) or look.sheet is not None:  # else it is a corner of something
            reads.append(_page_read(look, picture, context))
    return reads


def _page_read(look: Found | Lost, picture: Picture, context: ParseContext) -> PageRead:
    if isinstance(look, Found):
        return _reading(look, picture, context)
    if look.why is Why.STRANGER:
        assert look.stranger is not None
        return PageRead(_unread(look, SheetKind.UNREADABLE, ProblemCode.UNKNOWN_FORM), stranger=str(look.stranger))
    if look.why is Why.BLURRED:
        return PageRead(_unread(look, SheetKind.UNREADABLE, ProblemCode.BLURRED))
    if look.why is Why.CUT:
        # A whole sheet out of focus shows no more of its marks than a part of a sharp one.
        code = ProblemCode.BLURRED if out_of_focus(gray_of(picture)) else ProblemCode.CROPPED
        return PageRead(_unread(look, SheetKind.UNREADABLE, code))
    # Where the desk's own marks are missing: the hook of the readers of offices' own forms.
    seen = glance(gray_of(picture))
    if seen is Glance.BLURRED:
        return PageRead(_unread(look, SheetKind.UNREADABLE, ProblemCode.BLURRED))
    if seen is Glance.FORM:
        return PageRead(_unread(look, SheetKind.IMAGE, ProblemCode.READING_PENDING))
    return PageRead(_unread(look, SheetKind.NOT_SHEET, ProblemCode.NOT_SHEET))


def _unread(look: Lost, kind: SheetKind, code: ProblemCode) -> SheetReading:
    printed = look.sheet.page() if look.sheet else None
    return SheetReading(
        kind,
        unit_text=printed.unit_name if printed else None,
        dates=printed.days if printed else (),
        form=printed.form if printed else None,
        problems=(problem(code),),
    )


def _reading(found: Found, picture: Picture, context: ParseContext) -> PageRead:
    printed = found.printed
    seen = _in_view(found, read_cells(found.cells, two_tone=picture.two_tone))
    spoiled = _spoiled(seen)
    if spoiled:
        return PageRead(_unread(Lost(Why.BLURRED, found.sheet), SheetKind.UNREADABLE, spoiled))
    names = _names(found, context)
    contrast = float(np.median(found.cells.contrast))
    sheet = rows_of(found, seen, read_ticks(found.page, found.grid, contrast), picture.page, picture.unit)
    head = head_of(read_head_block(found.page, contrast), sheet.heads, sheet.rows)
    told = [problem(ProblemCode.FORM_RETIRED)] if found.sheet.retired else []
    if names is Names.OTHER:
        told.append(problem(ProblemCode.NAMES_DIFFER))
        sheet, head = doubted(sheet), HeadMark.UNSURE
    if any(one.doubt is Doubt.COVERED for line in seen for one in line):
        told.append(problem(ProblemCode.COVERED))
    if picture.two_tone:
        told.append(problem(ProblemCode.TWO_TONE))
    read = SheetReading(
        printed.kind,
        title=printed.title,
        unit_text=printed.unit_name,
        dates=printed.days,
        rows=sheet.rows,
        head=head,
        form=printed.form,
        problems=tuple(told),
        heads=sheet.heads,
        look=_fingerprint(picture),
    )
    return PageRead(read, proved=str(printed.identity) if names is Names.SAME else "")


def _names(found: Found, context: ParseContext) -> Names:
    """What the printed names say, where they are asked: reading them costs more than all the rest of the page.

    A page that only the look of its tags named is always asked.
    """
    asked = context.proofread and found.sheet.identity not in context.proved
    if not (asked or found.how is How.SOFT):
        return Names.UNREAD
    give_back()  # what finding the page needed: reading names takes the most
    return names_on(found)


def _in_view(found: Found, seen: list[list[Seen]]) -> list[list[Seen]]:
    """Cells outside the photo are unsure, whatever the border looks like, and so are those under something.

    Ink is believed beside one missing line; that there is none is not.
    """
    hidden = unseen_sides(found.page, found.grid)

    def view(row: int, column: int, one: Seen) -> Seen:
        if not found.in_sight(row, column):
            return Seen(Verdict.UNSURE, 0.0, Doubt.CUT)
        most = {Verdict.EMPTY: 0, Verdict.SIGNED: 1}.get(one.verdict)
        # Where lines are broken into dots no cell is called empty anyway.
        if most is None or hidden[row, column] <= most or found.page.two_tone:
            return one
        return Seen(Verdict.UNSURE, 0.0, Doubt.COVERED)

    return [[view(row, column, one) for column, one in enumerate(line)] for row, line in enumerate(seen)]


def _spoiled(seen: list[list[Seen]]) -> ProblemCode | None:
    """Why the page must be photographed again, if it must."""
    doubts = [one.doubt for line in seen for one in line]
    if doubts.count(Doubt.CUT) > _CUT_SHARE * len(doubts) or doubts.count(Doubt.COVERED) > _COVERED_SHARE * len(doubts):
        return ProblemCode.CROPPED
    return ProblemCode.BLURRED if doubts.count(Doubt.FAINT) > _BLURRED_SHARE * len(doubts) else None


def _fingerprint(picture: Picture) -> str:
    """A perceptual hash of the picture as it came: 256 bits in hexadecimal, alike for the same photo sent again."""
    gray = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (_PHASH + 1, _PHASH), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).tobytes().hex()


PARSER = PrintedFormParser()
