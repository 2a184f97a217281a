"""CSV and other separated text, in the encodings and with the separators that offices' programs write."""

import csv
import io

from domain.errors import ReadingError
from domain.reading import FileReading, ProblemCode
from domain.vocabulary import Key
from parsers.base import ParseContext
from parsers.grid import Grid, Value
from parsers.headers import find_header
from parsers.refusals import MESSAGES
from parsers.table import read_grids

MOST_ROWS = 10_000
_SEPARATORS = ";,\t|"
_SAMPLE_LINES = 200


class TextTableParser:
    """Runs in the sandbox child."""

    name = "text_table"
    version = "1"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read the text as one worksheet."""
        text = _decoded(data)
        rows = _rows(text, _separator(text))
        return read_grids(self, [Grid("", _folded(rows, context))], context)


def _decoded(data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252")


def _separator(text: str) -> str:
    """The separator that occurs on most lines, then the one that occurs most."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    return max(_SEPARATORS, key=lambda s: (sum(s in line for line in lines), sum(line.count(s) for line in lines)))


def _rows(text: str, separator: str) -> list[list[Value]]:
    rows: list[list[Value]] = []
    try:
        for values in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(rows) >= MOST_ROWS:
                break
            # The first line may name the separator: "sep=;".
            rows.append([] if not rows and values and values[0].startswith("sep=") else [v or None for v in values])
    except csv.Error as error:
        raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error
    return rows


def _folded(rows: list[list[Value]], context: ParseContext) -> list[list[Value]]:
    """Put degrees back into the name when their commas made columns of them (``Budi, S.E.``; DOMAIN.md 9)."""
    header = find_header(Grid("", rows), 0, context)
    name = header.first(Key.NAME) if header else None
    if header is None or name is None:
        return rows
    width = max(len(r) for r in rows[header.top : header.bottom + 1])
    folded = list(rows)
    for index in range(header.bottom + 1, len(rows)):
        row = list(rows[index])
        extra = len(row) - width
        if extra > 0 and any(row[width:]) and all(isinstance(v, str) for v in row[name.index : name.index + extra + 1]):
            parts = [str(v) for v in row[name.index : name.index + extra + 1]]
            folded[index] = [*row[: name.index], ",".join(parts), *row[name.index + extra + 1 :]]
    return folded


PARSER = TextTableParser()
