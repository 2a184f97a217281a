"""The one list: which parser reads which kind of file, in which limits, and what is answered to the rest.

Parsers are named by dotted path and imported only in the child, so that a child that reads CSV loads no PDF
library. A new parser is one file and one line here.
"""

from dataclasses import dataclass

from domain.reading import ProblemCode
from parsers.base import MEBIBYTE
from parsers.sniff import Kind

TEXT_MEMORY = 1024 * MEBIBYTE
TEXT_SECONDS = 20.0
PICTURE_MEMORY = 2048 * MEBIBYTE
PICTURE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RegistryLine:
    """How one kind is read: ``parser`` in the child within ``memory`` bytes and ``seconds``, or ``refusal``.

    ``fallback`` is tried, again in a child, when the first parser gives up on the file; pages that it leaves as
    ``SheetKind.IMAGE`` are read by the line ``pictures``.
    """

    kind: Kind
    parser: str | None = None
    fallback: str | None = None
    pictures: "RegistryLine | None" = None
    memory: int = TEXT_MEMORY
    seconds: float = TEXT_SECONDS
    refusal: ProblemCode | None = None


_WORKBOOK = "parsers.workbook.PARSER"
_LEGACY = "parsers.legacy_workbook.PARSER"
# Pictures are looked at for the desk's own marks first; what has none may be a form that an office made itself.
_OWN_FORM = RegistryLine(Kind.IMAGE, "parsers.foreign_scan.PARSER", memory=PICTURE_MEMORY, seconds=PICTURE_SECONDS)
_PICTURE = RegistryLine(
    Kind.IMAGE, "parsers.printed_form.PARSER", pictures=_OWN_FORM, memory=PICTURE_MEMORY, seconds=PICTURE_SECONDS
)

LINES: tuple[RegistryLine, ...] = (
    RegistryLine(Kind.XLSX, _WORKBOOK, fallback=_LEGACY),
    RegistryLine(Kind.XLSM, _WORKBOOK, fallback=_LEGACY),
    RegistryLine(Kind.XLSB, _LEGACY),
    RegistryLine(Kind.XLS, _LEGACY),
    RegistryLine(Kind.ODS, _LEGACY),
    RegistryLine(Kind.CSV, "parsers.text_table.PARSER"),
    RegistryLine(Kind.HTML, "parsers.web_table.PARSER"),
    RegistryLine(Kind.DOCX, "parsers.word.PARSER"),
    RegistryLine(Kind.PDF, "parsers.pdf_table.PARSER", pictures=_PICTURE),
    RegistryLine(Kind.ZIP, "parsers.archive.PARSER", memory=PICTURE_MEMORY, seconds=2 * PICTURE_SECONDS),
    _PICTURE,
    RegistryLine(Kind.ENCRYPTED, refusal=ProblemCode.ENCRYPTED),
    RegistryLine(Kind.FOREIGN_ARCHIVE, refusal=ProblemCode.UNSUPPORTED_ARCHIVE),
    RegistryLine(Kind.OLD_WORD, refusal=ProblemCode.UNSUPPORTED_TYPE),
    RegistryLine(Kind.OTHER_OFFICE, refusal=ProblemCode.UNSUPPORTED_TYPE),
    RegistryLine(Kind.TNEF, refusal=ProblemCode.UNSUPPORTED_TYPE),
    RegistryLine(Kind.EMPTY, refusal=ProblemCode.EMPTY_FILE),
    RegistryLine(Kind.UNKNOWN, refusal=ProblemCode.NOT_SHEET),
)

_BY_KIND = {line.kind: line for line in LINES}


def choose(kind: Kind) -> RegistryLine:
    """The line for ``kind``; every kind has exactly one."""
    return _BY_KIND[kind]
