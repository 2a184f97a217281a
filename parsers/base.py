"""What every parser is given, what it must give back, and where it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from domain.open_sheets import OpenSheet
from domain.reading import FileReading
from domain.sheet_identity import Identity

MEBIBYTE = 1 << 20
PATIENCE = 20.0
"""Seconds for all readers of a file together, so that what was read before the deadline is not lost."""
UNKNOWN_FORM = "unknown_form"
"""Key in ``FileReading.extra``: ``number/leaf`` of codes that name none of the given sheets, after commas."""
PROOFREAD = "proofread"
"""Key in ``FileReading.extra``: ``number/leaf`` of printed pages whose names proved to be their own, after commas."""
LAYOUT = "layout"
"""Key in ``FileReading.extra``: names of offices' own layouts, after commas (``parsers.vision.foreign_page``)."""
LAYOUT_COLUMNS = "layout_columns"
"""Key in ``FileReading.extra``: what the columns of each of these were taken for, after bars; after ``;``."""
LISTS = {UNKNOWN_FORM: ",", PROOFREAD: ",", LAYOUT: ",", LAYOUT_COLUMNS: ";"}
"""Keys of lists, and what stands between their items: the lists of several files become one by it."""


@dataclass(frozen=True, slots=True)
class ParseContext:
    """All that a parser may know beside the bytes; it never sees settings, the roster or the database.

    ``filename`` is metadata from the sender and only a hint. ``codes`` are the upper-case spellings that the
    profile knows as status codes (``DL``, ``DINAS LUAR`` …). ``received`` is the local date of arrival: it
    completes a month or a date typed without a year. ``depth`` counts the archives the file came out of. ``sheets``
    are the desk's own printed pages that may come back, without the key that made their tags. ``pages`` are those to
    read, all when there are none.
    ``layouts`` are the column maps that a person confirmed for offices' own forms, by the layout's name
    (``parsers.vision.foreign_page``): for each column the word that its header counts as.
    ``patience``: seconds after which a reader of many pages says what it has read and leaves the rest to a person.
    ``proofread``: the names on printed pages are compared with what was printed, but for the pages ``proved`` before.
    """

    filename: str
    codes: frozenset[str]
    received: date
    max_bytes: int = 25 * MEBIBYTE
    depth: int = 0
    sheets: tuple[OpenSheet, ...] = ()
    pages: frozenset[int] = frozenset()
    layouts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patience: float = PATIENCE
    proofread: bool = False
    proved: frozenset[Identity] = frozenset()


def onward(context: ParseContext, pages: frozenset[int], seconds: float) -> ParseContext:
    """For the next reader of the file, of its ``pages``, after ``seconds``; it reads one page at least."""
    return replace(context, pages=pages, patience=max(1.0, context.patience - seconds))


class Parser(Protocol):
    """One way of reading one family of files.

    Input: the whole file as bytes and a frozen context. Output: a ``FileReading`` in which every table is a
    ``SheetReading``; a file that cannot be read is a reading without sheets and with a ``Problem``.

    Errors: a parser may raise anything, run for ever, exhaust memory or crash. It runs in a child process
    (``parsers.sandbox``) that has no environment, no network, no files but Python's own, and the limits of
    its registry line; whatever it does becomes a verdict there. It must not write to stdout.

    ``name`` and ``version`` are kept with every fact; raise ``version`` when the same bytes read differently.
    """

    name: str
    version: str

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read ``data``."""
        ...


def reader_of(parser: Parser) -> str:
    """The reader's name as kept with facts: ``workbook/1``."""
    return f"{parser.name}/{parser.version}"
