"""Reading: what a parser saw on a sheet, cell by cell, before anyone judged it.

A parser never guesses: what it cannot say is ``Verdict.UNSURE`` or ``None``. Coordinates in ``Box`` are points
from the top left of the page (PDF, pictures: pixels) or column/row indices (workbooks), pages from 1.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from domain.terms import Session


class Verdict(StrEnum):
    """What was seen in one cell."""

    SIGNED = "signed"  # ink of a pen
    REPORTED = "reported"  # typed time, H, √, v, hadir: BLG-03, never a signature
    EMPTY = "empty"
    CODE = "code"  # a status code; its meaning belongs to the profile (K1)
    UNSURE = "unsure"


class HeadMark(StrEnum):
    """The head's signature below the sheet (TLG-08)."""

    SIGNED = "signed"
    EMPTY = "empty"
    UNSURE = "unsure"
    ABSENT = "absent"  # the sheet has no place for it, or it is a typed sheet


class SheetKind(StrEnum):
    """What a sheet is, as far as its title, columns and period tell."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"  # form E and alike: sessions per day
    RECAP = "recap"  # form F and alike: one code a day and totals
    APEL = "apel"  # form B
    IMAGE = "image"  # received, reading pending
    NOT_SHEET = "not_sheet"
    UNREADABLE = "unreadable"


class ProblemCode(StrEnum):
    """Why a file or a part of it could not be read; each has an Indonesian answer in ``templates``."""

    NOT_SHEET = "not_sheet"
    EMPTY_FILE = "empty_file"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    UNSUPPORTED_ARCHIVE = "unsupported_archive"  # RAR, 7z …
    UNSUPPORTED_TYPE = "unsupported_type"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    TOO_SLOW = "too_slow"
    CRASHED = "crashed"
    READING_PENDING = "reading_pending"  # a picture, or a PDF of pictures
    HAS_MACROS = "has_macros"  # values were read, macros ignored
    DATE_MISSING = "date_missing"
    DATE_DOUBTFUL = "date_doubtful"  # the named weekday is not the date's
    UNIT_MISSING = "unit_missing"
    UNKNOWN_LAYOUT = "unknown_layout"
    ROW_UNREAD = "row_unread"
    BLURRED = "blurred"  # a photo of a sheet that must be taken again
    CROPPED = "cropped"
    COVERED = "covered"  # something, or glare, lies over cells of a sheet that was read
    UNKNOWN_FORM = "unknown_form"  # a printed sheet of the desk's kind that was not issued here
    FORM_RETIRED = "form_retired"  # a printed sheet that a later copy has replaced
    TWO_TONE = "two_tone"  # a 1-bit picture: nothing on it proves a cell empty
    NAMES_DIFFER = "names_differ"  # a printed sheet that lists other people than its code says
    NEW_LAYOUT = "new_layout"  # an office's own form whose column map nobody confirmed yet


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page: ``page`` from 1; x0, y0, x1, y1 in the unit of that page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of one person's row.

    ``date`` and ``session`` are None when the sheet does not say. ``text`` is the cell as typed (≤ 200
    characters) or why it is unsure, ``code`` the upper-case code for ``Verdict.CODE``, ``time`` a typed local time.
    ``shape`` is a small two-tone picture of the ink in a signed cell, hexadecimal (``domain.looks``).
    """

    verdict: Verdict
    date: dt.date | None = None
    session: Session | None = None
    code: str | None = None
    time: dt.time | None = None
    text: str = ""
    confidence: float = 1.0
    box: Box | None = None
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One person's row as printed: ``no`` is the paper's own number, name and NIP are raw text."""

    no: int | None
    name: str
    nip: str
    cells: tuple[Cell, ...]
    note: str = ""
    totals: tuple[tuple[str, int], ...] = ()  # recap forms: (("H", 20), ("A", 0), …)
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell the sender or the desk; ``message`` is Indonesian."""

    code: ProblemCode
    message: str


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """Identity of one of the desk's own printed sheets (``domain.sheet``)."""

    id: str
    unit: str
    week: str
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class SheetReading:
    """One sheet: one unit, one table. A workbook of many sheets, or a sheet with several units, gives several.

    ``unit_text`` is the unit as written (None if the sheet does not say). ``dates`` are all dates the sheet
    claims to cover, in order. ``sessions_seen`` are the sessions its title or columns name. ``heads`` are the head's
    parafs, one a session; ``look`` is a perceptual hash of the picture, hexadecimal (``domain.looks``).
    """

    kind: SheetKind
    title: str = ""
    unit_text: str | None = None
    dates: tuple[dt.date, ...] = ()
    rows: tuple[Row, ...] = ()
    head: HeadMark = HeadMark.ABSENT
    sessions_seen: tuple[Session, ...] = ()
    form: PrintedForm | None = None
    name: str = ""  # sheet name, page range or member of an archive
    problems: tuple[Problem, ...] = ()
    heads: tuple[Cell, ...] = ()
    look: str = ""


@dataclass(frozen=True, slots=True)
class FileReading:
    """All that was seen in one file. ``reader`` is the parser's name and version, kept with each fact."""

    reader: str
    sheets: tuple[SheetReading, ...] = ()
    problems: tuple[Problem, ...] = ()
    pages: int = 1
    seconds: float = 0.0
    extra: dict[str, str] = field(default_factory=dict)
