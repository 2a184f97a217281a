"""The desk's own sheets as the laboratory takes them: the PDF that offices print, and where its cells are."""

from collections.abc import Sequence
from functools import cache

from demo.paper.geometry import BLOCK, CODE, DAY, HEAD, SIGN, Geometry, Slot
from demo.paper.sheet import Sheet
from domain.profile import load_profile
from domain.sheet import SheetPage
from domain.sheet_layout import CodeTick, DayTick, HeadBlock, HeadSign, Paper, Sign
from domain.terms import Pattern, Session
from reports.forms import print_sheets
from tests.fakes import sheets as fakes

PEOPLE = (5, 9, 14, 19, 23, 31, 42)
"""People in an office: rows from 11 mm down to the smallest, and sheets of two pages."""


def geometry(page: SheetPage, leaf: int) -> Geometry:
    """Where ink may go on ``page``, which is the PDF's page ``leaf`` (from 0)."""
    layout = page.layout
    slots = []
    for place in layout.places():
        box = layout.box(place)
        corners = (box.x0, box.y0, box.x1, box.y1)
        match place:
            case Sign(row, day, session):
                column = 2 * day + (session is Session.PULANG)
                slots.append(Slot(SIGN, row, column, corners, page.rows[row].open[day]))
            case HeadSign(day, session):
                slots.append(Slot(HEAD, -1, 2 * day + (session is Session.PULANG), corners, not page.off[day]))
            case CodeTick(row, code):
                slots.append(Slot(CODE, row, page.codes.index(code), corners))
            case DayTick(row, day):
                slots.append(Slot(DAY, row, day, corners, page.rows[row].open[day]))
            case HeadBlock():
                slots.append(Slot(BLOCK, -1, 0, corners))
            case _:
                pass
    return Geometry(layout.width, layout.height, leaf, tuple(slots))


def sheets_of(pages: Sequence[SheetPage], profile_name: str = "tulungagung") -> list[Sheet]:
    """The pages of one unit as the laboratory takes them; every second page of the PDF is the guide."""
    pdf = print_sheets(load_profile(profile_name), fakes.KEY, pages).pdf
    return [Sheet(pdf, geometry(page, 2 * n)) for n, page in enumerate(pages)]


@cache
def office_sheets() -> tuple[Sheet, ...]:
    """Sheets of offices of every size: weekly and daily, five and six days, A4 and F4."""
    return tuple(sheet for _, sheet in office_pages())


@cache
def office_pages() -> tuple[tuple[SheetPage, Sheet], ...]:
    """The same with the snapshots that the desk keeps of them."""
    weekly = load_profile("tulungagung")
    every: list[tuple[SheetPage, Sheet]] = []
    for n, people in enumerate(PEOPLE):
        for law in (weekly, fakes.daily(weekly)):
            pattern = Pattern.SIX if n % 3 == 1 else Pattern.FIVE
            pages = fakes.pages(people, pattern, Paper.F4 if n % 2 else Paper.A4, profile=law)
            chosen = pages if law is weekly else pages[:2]
            every += zip(chosen, sheets_of(pages)[: len(chosen)], strict=True)
    return tuple(every)
