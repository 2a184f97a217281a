"""What every log reader gives, and how the bytes of a text log become lines whatever a device did to them."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

PunchLine = tuple[int, str, str, str, str, str]
"""(line from 1, id, ``YYYY-MM-DD HH:MM:SS``, verify, state, work code); numbers as text, ``-1`` where untold."""
BadLine = tuple[int, str, str]
"""(line, reason, the line's text)."""

NONE = "-1"
CHUNK = 1 << 20  # letters of a log that are taken at once


class Reason(StrEnum):
    """Why a line was set aside."""

    FORM = "form"  # not a line of this layout
    DATE = "date"  # 30 February, month 0, negative numbers
    NUL = "nul"  # NUL bytes in the middle: two halves of different lines
    ORDER = "date_order"  # DD/MM in a file of MM/DD, or the other way round
    CUT = "cut"  # the file ends in the middle of a record


@dataclass(slots=True)
class Batch:
    """Some lines of a log. ``read`` counts the lines that hold something: punches and bad ones."""

    punches: list[PunchLine] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many lines were looked at."""
        return len(self.punches) + len(self.bad)


@dataclass(slots=True)
class Notes:
    """What a reader noticed beside the lines: names of ids (for suggestions), device numbers, odd bytes."""

    names: dict[str, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    nul_bytes: int = 0
    no_seconds: int = 0


class LogReader(Protocol):
    """One layout. ``layout`` names it in reports; it never raises for what a line holds."""

    layout: str

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """The log from its beginning, in the order of the file; ``notes`` is filled on the way."""
        ...


class Asks(Exception):
    """The layout cannot be known without an operator; ``signature`` is what his answer is remembered by."""

    def __init__(self, code: str, signature: str, layout: str = "") -> None:
        self.code = code
        self.signature = signature
        self.layout = layout
        super().__init__(code)


def decode(data: bytes) -> tuple[str, int]:
    """The text of a log and how many NUL bytes lay in it; a BOM, or every other byte NUL, tells UTF-16."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), 0
    head = data[:1024]
    if len(head) >= 16:
        for order, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if head[order::2].count(0) > len(head) * 0.4 and head[1 - order :: 2].count(0) == 0:
                return data.decode(encoding, "replace"), 0
    text = data.removeprefix(codecs.BOM_UTF8)
    try:
        return text.decode("utf-8"), data.count(0)
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace"), data.count(0)


def chunks(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of whole lines with the number of their first line; every line ends in LF alone."""
    at, line = 0, 1
    while at < len(text):
        end = len(text) if at + CHUNK >= len(text) else text.rfind("\n", at, at + CHUNK) + 1
        if end <= at:
            end = text.find("\n", at) + 1 or len(text)
        piece = text[at:end]
        if "\r" in piece:
            piece = piece.replace("\r\n", "\n").replace("\r", "\n")
        yield line, piece.removesuffix("\n")
        line += piece.count("\n")
        at = end


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold something, NUL bytes at their ends taken off."""
    for first, piece in chunks(text):
        for number, line in enumerate(piece.split("\n"), first):
            bare = line.strip("\0 \t\x1a")
            if bare:
                yield number, line.strip("\0\x1a")
