"""Where everything is on a printed sheet, in millimetres from the top left of the page.

Drawn by ``reports``, read by ``parsers``: a ``Layout`` follows from a page's snapshot alone. Sizes come from the
prototype (facts: "Form geometry"): rows of 7 mm or more, tags of 12 mm, QR codes of 24 mm at opposite corners.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from domain.reading import SheetKind
from domain.terms import Pattern, Session

ROWS_A_PAGE = 25
MARGIN = 7.0  # what the offices' ink-jet printers leave white
TAG = 12.0
QUIET = 2.0  # white around a tag
EDGE = MARGIN + TAG + QUIET  # left and right of the content
QR = 24.0
QR_QUIET = QR / 21 * 4  # four modules of a version 1 code
TICK = 2.9
HEADER_TOP = MARGIN
TABLE_TOP = 36.0
DAY_HEIGHT = 5.0
SESSION_HEIGHT = 4.4
HEAD_HEIGHT = 10.0
FOOT = 40.0
"""Height of the block below the table: QR code, two signatures, tags."""
TALLEST_ROW = 11.0


class Paper(StrEnum):
    """A4, or F4 (Folio) as Indonesian offices know it."""

    A4 = "A4"
    F4 = "F4"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return (210.0, 297.0) if self is Paper.A4 else (215.0, 330.0)


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in millimetres; edges are the middles of the ruled lines."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Millimetres across."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Millimetres down."""
        return self.y1 - self.y0

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside; the left and upper edge belong to the rectangle."""
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def overlaps(self, other: "Rect") -> bool:
        """Whether the two share an area; touching edges do not."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def grown(self, by: float) -> "Rect":
        """The same with ``by`` more on each side."""
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def moved(self, right: float, down: float) -> "Rect":
        """The same elsewhere."""
        return Rect(self.x0 + right, self.y0 + down, self.x1 + right, self.y1 + down)


@dataclass(frozen=True, slots=True)
class Sign:
    """A person's signature cell; ``row`` and ``day`` count from 0 on this page."""

    row: int
    day: int
    session: Session


@dataclass(frozen=True, slots=True)
class CodeTick:
    """The tick box of a status code in a row's Keterangan."""

    row: int
    code: str


@dataclass(frozen=True, slots=True)
class DayTick:
    """The tick box that says for which day a row's code holds (weekly sheets)."""

    row: int
    day: int


@dataclass(frozen=True, slots=True)
class Name:
    """Name and NIP of a row; blank for newcomers on free rows."""

    row: int


@dataclass(frozen=True, slots=True)
class Note:
    """Room to write in below the tick boxes (daily sheets)."""

    row: int


@dataclass(frozen=True, slots=True)
class HeadSign:
    """The head's paraf for one session."""

    day: int
    session: Session


@dataclass(frozen=True, slots=True)
class HeadBlock:
    """The head's signature at the foot (TLG-08)."""


Place: TypeAlias = Sign | CodeTick | DayTick | Name | Note | HeadSign | HeadBlock
"""The address of a box that may carry ink."""


@dataclass(frozen=True)
class Layout:
    """The geometry of one page: ``days`` columns of two sessions, ``rows`` people, ``codes`` as printed."""

    paper: Paper
    kind: SheetKind
    days: int
    rows: int
    codes: tuple[str, ...]
    head: bool

    @property
    def width(self) -> float:
        """Page width."""
        return self.paper.size[0]

    @property
    def height(self) -> float:
        """Page height."""
        return self.paper.size[1]

    @property
    def rows_top(self) -> float:
        """Upper edge of the first row; the table's heading lies above, from ``TABLE_TOP``."""
        return TABLE_TOP + DAY_HEIGHT + SESSION_HEIGHT

    @cached_property
    def row_height(self) -> float:
        """As tall as the page allows, in tenths of a millimetre."""
        room = self.height - FOOT - self.rows_top - (HEAD_HEIGHT if self.head else 0)
        return min(TALLEST_ROW, int(room / self.rows * 10) / 10)

    @property
    def rows_bottom(self) -> float:
        """Lower edge of the last person's row."""
        return self.row_top(self.rows)

    @property
    def table_bottom(self) -> float:
        """Lower edge of the table with the head's row."""
        return self.rows_bottom + (HEAD_HEIGHT if self.head else 0)

    def row_top(self, row: int) -> float:
        """Upper edge of ``row``."""
        return self.rows_top + row * self.row_height

    @cached_property
    def columns(self) -> Mapping[str, tuple[float, float]]:
        """Left and right edge of ``no``, ``name``, ``post`` (daily only), ``days`` and ``note``."""
        right = self.width - EDGE
        daily = self.kind is SheetKind.DAILY
        note = 30.0 if daily else 35.0 if self.days < Pattern.SIX else 37.0
        post = 30.0 if daily else 0.0
        no = 7.0 if daily else 6.0
        days_left = right - note - 2 * self.days * self.sign_width
        return {
            "no": (EDGE, EDGE + no),
            "name": (EDGE + no, days_left - post),
            **({"post": (days_left - post, days_left)} if daily else {}),
            "days": (days_left, right - note),
            "note": (right - note, right),
        }

    @property
    def sign_width(self) -> float:
        """Width of one signature cell."""
        if self.kind is SheetKind.DAILY:
            return 27.0
        return {5: 8.6, 6: 7.5}.get(self.days, 6.6)

    def sign_left(self, day: int, session: Session) -> float:
        """Left edge of a session's column."""
        return self.columns["days"][0] + (2 * day + (session is Session.PULANG)) * self.sign_width

    def box(self, place: Place) -> Rect:
        """Where ``place`` is; places that this layout does not have are a programming error."""
        match place:
            case Sign(row, day, session):
                left, top = self.sign_left(day, session), self.row_top(row)
                return Rect(left, top, left + self.sign_width, top + self.row_height)
            case CodeTick(row, code):
                return self._tick(row, self.codes.index(code), len(self.codes), line=0)
            case DayTick(row, day):
                return self._tick(row, day, self.days, line=1)
            case Name(row):
                return self._across("name", row)
            case Note(row):
                cell = self._across("note", row)
                return Rect(cell.x0, self._tick_top(row, 0) + TICK + 0.4, cell.x1, cell.y1)
            case HeadSign(day, session):
                left = self.sign_left(day, session)
                return Rect(left, self.rows_bottom, left + self.sign_width, self.table_bottom)
            case _:  # HeadBlock
                return Rect(self.width - EDGE - 74, self.height - 28, self.width - EDGE, self.height - 16.5)

    def _across(self, column: str, row: int) -> Rect:
        left, right = self.columns[column]
        return Rect(left, self.row_top(row), right, self.row_top(row + 1))

    def _tick_top(self, row: int, line: int) -> float:
        if self.kind is SheetKind.DAILY:
            return self.row_top(row) + 0.7
        spare = (self.row_height - 2 * TICK) / 3
        return self.row_top(row) + spare + line * (TICK + spare)

    def _tick(self, row: int, index: int, count: int, line: int) -> Rect:
        left, right = self.columns["note"]
        slot = (right - left - 0.8) / count
        x, y = left + 0.8 + index * slot, self._tick_top(row, line)
        return Rect(x, y, x + TICK, y + TICK)

    def places(self) -> Iterator[Place]:
        """Every address of the page, people before the head."""
        for row in range(self.rows):
            yield Name(row)
            yield from (Sign(row, day, session) for day in range(self.days) for session in Session)
            yield from (CodeTick(row, code) for code in self.codes)
            if self.kind is SheetKind.DAILY:
                yield Note(row)
            else:
                yield from (DayTick(row, day) for day in range(self.days))
        if self.head:
            yield from (HeadSign(day, session) for day in range(self.days) for session in Session)
            yield HeadBlock()

    def at(self, x: float, y: float) -> Place | None:
        """The address whose box holds the point, if any."""
        return next((place for place, box in self._boxes if box.holds(x, y)), None)

    @cached_property
    def _boxes(self) -> tuple[tuple[Place, Rect], ...]:
        return tuple((place, self.box(place)) for place in self.places())

    @cached_property
    def tags(self) -> tuple[Rect, ...]:
        """The nine tags by position: corners TL TR BL BR, left upper and lower, right upper and lower, bottom."""
        left, right = MARGIN, self.width - MARGIN - TAG
        top, bottom = MARGIN, self.height - MARGIN - TAG
        upper, lower = top + (bottom - top) / 3, top + (bottom - top) * 2 / 3
        corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
        sides = [(left, upper), (left, lower), (right, upper), (right, lower), ((self.width - TAG) / 2, bottom)]
        return tuple(Rect(x, y, x + TAG, y + TAG) for x, y in corners + sides)

    @cached_property
    def qr_codes(self) -> tuple[Rect, Rect]:
        """The QR code at the top right and the one at the bottom left, without their white border."""
        x, y = self.width - EDGE - QR_QUIET - QR, HEADER_TOP
        u, v = EDGE + QR_QUIET, self.height - 10.0 - QR
        return Rect(x, y, x + QR, y + QR), Rect(u, v, u + QR, v + QR)

    @property
    def header(self) -> Rect:
        """The heading's text, left of the QR code."""
        return Rect(EDGE, HEADER_TOP, self.qr_codes[0].x0 - QR_QUIET, TABLE_TOP - 1)

    @property
    def officer_block(self) -> Rect:
        """Who filled the sheet in, at the foot."""
        return Rect(
            self.qr_codes[1].x1 + QR_QUIET, self.height - FOOT + 2, (self.width - TAG) / 2 - QUIET, self.height - 8
        )

    @property
    def head_block(self) -> Rect:
        """The head's whole signature block: post, room to sign (``HeadBlock``), name and NIP."""
        return Rect(self.width - EDGE - 74, self.height - FOOT + 2, self.width - EDGE, self.height - 8)
