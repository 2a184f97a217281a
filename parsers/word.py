"""DOCX: paragraphs and tables in their order, as one grid."""

import zipfile
from io import BytesIO
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table

from domain.errors import ReadingError
from domain.reading import FileReading, ProblemCode
from parsers.base import MEBIBYTE, ParseContext
from parsers.grid import Grid, Value
from parsers.refusals import MESSAGES
from parsers.table import read_grids

_MOST_UNPACKED = 150 * MEBIBYTE
_MOST_ROWS = 5_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PICTURES = (f"{_WORD}drawing", f"{_WORD}pict", f"{_WORD}object")


class WordParser:
    """Runs in the sandbox child."""

    name = "word"
    version = "1"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read the body; a document that only holds pictures is a sheet whose reading is pending."""
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                unpacked = sum(m.file_size for m in archive.infolist())
                has_pictures = any(m.filename.startswith("word/media/") for m in archive.infolist())
            if unpacked > _MOST_UNPACKED:
                raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB])
            document = docx.Document(BytesIO(data))
        except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
            raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error
        rows, pictures = _rows(document)
        reading = read_grids(self, [Grid("", rows, pictures=pictures)], context)
        if has_pictures and not reading.sheets:
            raise ReadingError(ProblemCode.READING_PENDING, MESSAGES[ProblemCode.READING_PENDING])
        return reading


def _rows(document: Any) -> tuple[list[list[Value]], frozenset[tuple[int, int]]]:
    rows: list[list[Value]] = []
    pictures: set[tuple[int, int]] = set()
    for part in document.iter_inner_content():
        if not isinstance(part, Table):
            # A tab sets the label apart from its value.
            rows.append([piece.strip() or None for piece in part.text.split("\t")])
            continue
        for row in part.rows:
            cells: list[Value] = [None] * row.grid_cols_before
            for cell in row._tr.tc_lst:
                if cell.vMerge != "continue" and any(cell.iter(*_PICTURES)):
                    pictures.add((len(rows), len(cells)))
                cells.append(None if cell.vMerge == "continue" else _text(cell))
                cells += [None] * (cell.grid_span - 1)
            rows.append(cells)
            if len(rows) > _MOST_ROWS:
                raise ReadingError(ProblemCode.TOO_LARGE, MESSAGES[ProblemCode.TOO_LARGE])
    return rows, frozenset(pictures)


def _text(cell: Any) -> str | None:
    lines = ("".join(_runs(paragraph)) for paragraph in cell.iter(f"{_WORD}p"))
    return "\n".join(line for line in lines if line.strip()) or None


def _runs(paragraph: Any) -> list[str]:
    pieces: list[str] = []
    for node in paragraph.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}sym"):
        if node.tag == f"{_WORD}t":
            pieces.append(node.text or "")
        elif node.tag == f"{_WORD}sym":
            pieces.append(_symbol(node))
        else:
            pieces.append("\n" if node.tag == f"{_WORD}br" else " ")
    return pieces


def _symbol(node: Any) -> str:
    """A tick from the Wingdings fonts; any other symbol stays something that is not understood."""
    font, code = node.get(f"{_WORD}font", ""), node.get(f"{_WORD}char", "").upper()[-2:]
    ticks = {"Wingdings": ("FC", "FE"), "Wingdings 2": ("50", "52")}
    return "√" if code in ticks.get(font, ()) else "?"


PARSER = WordParser()
