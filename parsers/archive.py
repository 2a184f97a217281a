"""ZIP of sheets: every member is read as if it had come alone, within counted limits."""

import time
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

from domain.errors import ReadingError
from domain.reading import FileReading, Problem, ProblemCode, SheetReading
from parsers import registry
from parsers.base import LISTS, MEBIBYTE, PATIENCE, ParseContext, Parser, onward, reader_of
from parsers.joined import joined, picture_pages
from parsers.refusals import MESSAGES, problem, refused
from parsers.sandbox_child import resolve
from parsers.sniff import Kind, sniff

MOST_ENTRIES = 200
MOST_BYTES = 200 * MEBIBYTE
MOST_RATIO = 100
DEEPEST = 2
_PATIENCE = 2 * PATIENCE  # seconds for all members together
_CHUNK = 1 << 16
_FREE_RATIO = MEBIBYTE  # small members may be as repetitive as they like
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class ArchiveParser:
    """Runs in the sandbox child, with the limits of one file for all members together."""

    name = "archive"
    version = "2"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read every member; problems of a member carry its name."""
        if context.depth >= DEEPEST:
            raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB])
        sheets: list[SheetReading] = []
        problems: list[Problem] = []
        told: dict[str, list[str]] = {}
        pages = 0
        started = time.monotonic()
        for name, content in _members(data, context):
            left = _PATIENCE - (time.monotonic() - started)
            if left <= 0:
                problems.append(problem(ProblemCode.TOO_SLOW, name))
                continue
            inside = replace(context, filename=name, depth=context.depth + 1, patience=min(context.patience, left))
            reading = _read(content, inside)
            sheets += [replace(s, name=f"{name}/{s.name}" if s.name else name) for s in reading.sheets]
            problems += [Problem(p.code, f"{name}: {p.message}") for p in reading.problems]
            pages += reading.pages
            for key in LISTS.keys() & reading.extra.keys():
                told.setdefault(key, []).append(reading.extra[key])
        if not sheets and not problems:
            problems.append(problem(ProblemCode.NOT_SHEET))
        extra = {key: LISTS[key].join(lists) for key, lists in sorted(told.items())}
        return FileReading(reader_of(self), tuple(sheets), tuple(problems), pages=max(pages, 1), extra=extra)


def _members(data: bytes, context: ParseContext) -> list[tuple[str, bytes]]:
    """Names and contents; what a header says of a size is not believed but counted."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir() and not any(j in i.filename for j in _JUNK)]
            if len(infos) > MOST_ENTRIES:
                raise ReadingError(ProblemCode.TOO_LARGE, MESSAGES[ProblemCode.TOO_LARGE])
            members: list[tuple[str, bytes]] = []
            total = 0
            for info in infos:
                content = _unpacked(archive, info, MOST_BYTES - total)
                total += len(content)
                members.append((info.filename.rsplit("/", 1)[-1], content))
            return members
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    content = bytearray()
    with archive.open(info) as source:
        while chunk := source.read(_CHUNK):
            content += chunk
            swollen = len(content) > _FREE_RATIO and len(content) > MOST_RATIO * max(info.compress_size, 1)
            if swollen or len(content) > left:
                raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB])
    return bytes(content)


def _read(content: bytes, context: ParseContext) -> FileReading:
    if len(content) > context.max_bytes:
        return refused(ProblemCode.TOO_LARGE, "archive/1")
    kind = sniff(content, context.filename)
    line = registry.choose(kind)
    if line.parser is None:
        return refused(line.refusal or ProblemCode.NOT_SHEET, "archive/1")
    try:
        return _by_line(line, content, context)
    except ReadingError as error:
        if kind is Kind.ZIP and error.code == ProblemCode.BOMB:
            raise
        return refused(ProblemCode(error.code), "archive/1")
    # A member that its library gives up on must not take the other offices' sheets with it.
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001
        return refused(ProblemCode.DAMAGED, "archive/1")


def _by_line(line: registry.RegistryLine, content: bytes, context: ParseContext) -> FileReading:
    """By the line's parser, and the pages that it leaves by the next line's."""
    parser: Parser = resolve(str(line.parser))
    started = time.monotonic()
    reading = parser.parse(content, context)
    pages = picture_pages(reading)
    if line.pictures is None or not pages:
        return reading
    return joined(reading, _by_line(line.pictures, content, onward(context, pages, time.monotonic() - started)))


PARSER = ArchiveParser()
