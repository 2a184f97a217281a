"""PDF with a text layer, by pdfplumber; pages that are pictures are sheets whose reading is pending."""

import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from domain.errors import ReadingError
from domain.reading import FileReading, Problem, ProblemCode, SheetKind, SheetReading
from parsers.base import ParseContext
from parsers.grid import Grid
from parsers.joined import PICTURES
from parsers.pdf_lines import page_grid
from parsers.refusals import MESSAGES, problem
from parsers.table import read_grids

MOST_PAGES = 60
_FEWEST_LETTERS = 20  # a page with fewer is taken for a picture when it holds one
_SCANNED = 0.6  # share of the page that a scan of it covers, in one piece or in strips
_SHOWN = 0.15  # share that a photo in a letter covers, at least; a coat of arms or a pasted signature is smaller
_OWN_CODE = re.compile(r"Kode[A-Z]{2,6}(?:-[0-9A-Z]{5}){3}")
_PATIENCE = 14.0  # seconds, so that what was read before the deadline is not lost


class PdfTableParser:
    """Runs in the sandbox child."""

    name = "pdf_table"
    version = "1"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read every page in order; a table goes on over pages that repeat its header or merely continue it."""
        try:
            with pdfplumber.open(BytesIO(data)) as document:
                return self._read(document, context)
        except PdfminerException as error:
            code = _code_of(error.args[0] if error.args else error)
            raise ReadingError(code, MESSAGES[code]) from error
        except (PSException, PDFSyntaxError) as error:
            code = _code_of(error)
            raise ReadingError(code, MESSAGES[code]) from error

    def _read(self, document: Any, context: ParseContext) -> FileReading:
        pages = _Pages(document, context)
        reading = read_grids(self, pages, context, told=())
        if not reading.sheets:  # a letter around a photo of the sheet
            pages.pictures = sorted({*pages.pictures, *pages.illustrated})
        pending = tuple(
            SheetReading(SheetKind.IMAGE, name=f"halaman {n}", problems=(problem(ProblemCode.READING_PENDING),))
            for n in pages.pictures
        )
        problems = reading.problems
        if pending and not reading.sheets:
            problems = ()
        if pages.skipped:
            problems = (*problems, Problem(ProblemCode.TOO_SLOW, f"{pages.skipped} halaman terakhir belum dibaca."))
        extra = {PICTURES: ",".join(map(str, pages.pictures))} if pages.pictures else {}
        return FileReading(
            reading.reader, (*reading.sheets, *pending), problems, pages=len(document.pages), extra=extra
        )


class _Pages:
    """Grids of the pages that hold text; remembers the others."""

    def __init__(self, document: Any, context: ParseContext) -> None:
        self._context = context
        self._pages = document.pages
        self.pictures: list[int] = []
        self.illustrated: list[int] = []
        self.skipped = 0

    def __iter__(self) -> Iterator[Grid]:
        started = time.monotonic()
        for number, page in enumerate(self._pages, start=1):
            if number > MOST_PAGES or time.monotonic() - started > _PATIENCE:
                self.skipped = len(self._pages) - number + 1
                return
            letters = [c["text"] for c in page.chars if not c["text"].isspace()]
            if _is_picture(page, letters):
                self.pictures.append(number)
            elif letters:
                if _shown(page) > _SHOWN:
                    self.illustrated.append(number)
                yield page_grid(page, number, self._context)
            page.close()


def _is_picture(page: Any, letters: list[str]) -> bool:
    """A scan, with or without a layer of recognised text, or one of the desk's own sheets: its marks are no letters."""
    if len(letters) < _FEWEST_LETTERS:
        return bool(page.images)
    return _shown(page) > _SCANNED or _OWN_CODE.search("".join(letters[:600])) is not None


def _shown(page: Any) -> float:
    """Share of the page that its pictures cover."""
    whole = max(float(page.width) * float(page.height), 1.0)
    return float(sum(abs((i["x1"] - i["x0"]) * (i["bottom"] - i["top"])) for i in page.images) / whole)


def _code_of(error: object) -> ProblemCode:
    if isinstance(error, MemoryError):
        return ProblemCode.BOMB
    return ProblemCode.ENCRYPTED if isinstance(error, PDFPasswordIncorrect) else ProblemCode.DAMAGED


PARSER = PdfTableParser()
