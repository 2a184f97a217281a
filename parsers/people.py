"""The rows below a header: which lines are one person, the name and NIP in them, and where the table ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.vocabulary import Heading, Key, heading, holds_nip, squeeze, starts_with_unit
from parsers.base import ParseContext
from parsers.grid import Grid
from parsers.headers import Header, names_people
from parsers.preamble import begins_preamble

_NUMBER = re.compile(r"(\d{1,4})\s*[.)]?")
_NIP = re.compile(
    r"(?:\b(?:n\s?\.?\s?i\s?\.?\s?p\b\.?(?:\s?p\s?p\s?k\b)?|nippppk\b|nipppk\b|ni\s?pppk\b|nik\b|nuptk\b)\s*[.:]*\s*)?"
    r"('?\d[\d\s.\-]{7,}\d|\d(?:[.,]\d+)?e\+\d{1,2})",
    re.IGNORECASE,
)
_NIP_LABEL = re.compile(r"\bn\s?\.?\s?i\s?\.?\s?p\b\.?\s*[:.]*\s*[-.…_]*\s*$|^\s*ni\s?pppk\b.{0,3}$", re.IGNORECASE)
_DEGREES = re.compile(
    r"(?:(?:S|M|A|D|Sp|Dr|Drs|Dra|Ir|Gr|Ners|Ns|Apt|MM|SE|SH|ST|MT|MSi|SPd|MPd|SKM|AMd)\b(?:\.\s?[A-Za-z]{1,5})*\.?[\s,]*)+",
)
_FOOTER = re.compile(
    r"\bmengetahui\b|\bmenyetujui\b|^jumlah\b|^total\b|^rekapitulasi\b|^keterangan\s*:|^catatan\b|^ket\s*\.?\s*:"
    r"|^\s*(?:plt|plh|a\.?\s?n|u\.?\s?b)\b\.?|\b(?:kepala|sekretaris|camat|lurah|direktur|kasubbag|bupati)\b"
    r"|\bpetugas\b|^[a-z .]+,\s*(?:tanggal\s*)?[\d.…_ ]*(?:[a-z]+\s+\d{4}|\d{1,2}[-/ ]\S+[-/ ]\d{4}|[._]{2,}|…)"
    r"|^(?:\d+\s*\.?\s*)?(?:dst\b|dan seterusnya)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^[a-z][a-z .]+,$", re.IGNORECASE)  # "Tanjung Selor," above the head's name
_MOST_BLANK = 3
_MOST_LINES = 4  # forms E and F: Nama, NIP, Pangkat/Gol., Jabatan


@dataclass(slots=True)
class Block:
    """One person's lines in the grid; ``no`` is the paper's number.

    ``continued`` lines belong to the last person of the page before.
    """

    no: int | None
    lines: list[int] = field(default_factory=list)
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The people below a header and the row at which reading goes on."""

    blocks: tuple[Block, ...]
    end: int
    unit_text: str | None = None  # a line inside the table that names the unit of what follows


def read_body(grid: Grid, header: Header, start: int, context: ParseContext) -> Body:
    """Group the rows from ``start`` on into people until the table ends or another begins."""
    blocks: list[Block] = []
    blank = 0
    row = start
    while row < len(grid.rows):
        texts = grid.texts(row)
        blank_above = blank > 0
        blank = 0 if texts else blank + 1
        if blank > _MOST_BLANK and blocks:
            break
        number = _number(grid, header, row)
        if texts and number is None:
            if len(texts) == 1 and starts_with_unit(texts[0][1]):
                return Body(tuple(blocks), row + 1, texts[0][1])
            if _ends(grid, header, row, blocks[-1] if blocks and not blank_above else None, context):
                break
        if texts:
            _place_line(grid, header, row, number, blocks, blank_above)
        row += 1
    return Body(tuple(blocks), row)


def _number(grid: Grid, header: Header, row: int) -> int | None:
    column = header.first(Key.NO)
    if column is None:
        return None
    match = _NUMBER.fullmatch(grid.text(row, column.index))
    return int(match[1]) if match else None


def _ends(grid: Grid, header: Header, row: int, block: Block | None, context: ParseContext) -> bool:
    """Whether an unnumbered row is the foot of the table, or the header of the next one.

    ``block`` is the person directly above: a post such as ``Kepala Bidang`` may be a further line of theirs.
    """
    if names_people(grid, row, context) or begins_preamble(grid, row):
        return True
    if _is_person(grid, header, row, _name_text(grid, header, row)):
        return False
    own = {Key.NAME, Key.POST, Key.RANK}
    further = block is not None and len(block.lines) < _MOST_LINES and _tells_several(header)
    skipped = {c.index for c in header.columns if c.key in own} if further else set()
    named = {c.index for c in header.columns if c.key is Key.NAME}
    texts = [(c, " ".join(t.split())) for c, t in grid.texts(row) if c not in skipped]
    return any(_FOOTER.search(t) or (c not in named and _PLACE.match(t)) for c, t in texts)


def _tells_several(header: Header) -> bool:
    """Whether the name column's header says that a person has several lines (``NAMA/NIP``)."""
    name = header.first(Key.NAME)
    return name is not None and (holds_nip(name.text) or "/" in name.text or header.first(Key.LINE) is not None)


def _name_text(grid: Grid, header: Header, row: int) -> str:
    name = header.first(Key.NAME)
    return grid.text(row, name.index) if name else ""


def line_heading(grid: Grid, header: Header, row: int) -> Heading:
    """The session and aspect that a line of a person names outside its places of presence."""
    session, aspect = None, None
    marks = {c.index for c in header.marks} | {c.index for c in header.totals}
    named = {c.index for c in header.columns if c.key in (Key.NO, Key.NAME, Key.NIP, Key.RANK, Key.POST, Key.NOTE)}
    for column, text in grid.texts(row):
        if column in marks or column in named:
            continue
        known = heading(text.strip(" ()"))
        session = known.session or session
        aspect = known.aspect or aspect
    return Heading(None, session, aspect)


def _place_line(
    grid: Grid, header: Header, row: int, number: int | None, blocks: list[Block], blank_above: bool
) -> None:
    name = _name_text(grid, header, row)
    if number is not None or _is_person(grid, header, row, name):
        blocks.append(Block(number, [row]))
    elif blocks and not blank_above and _belongs(grid, header, row):
        blocks[-1].lines.append(row)
    elif not blocks and _tells_several(header) and _belongs(grid, header, row):
        blocks.append(Block(None, [row], continued=True))


def _is_person(grid: Grid, header: Header, row: int, name: str) -> bool:
    """Whether an unnumbered row is a person of its own and not a further line of the one above."""
    if not re.search(r"[^\W\d_]{2}", name) or line_heading(grid, header, row).known:
        return False
    bare, nip = nip_in(name)
    if not bare or _NIP_LABEL.search(name) or _DEGREES.fullmatch(name) or _FOOTER.search(name):
        return False
    written = [t for c in header.marks if (t := grid.text(row, c.index))]
    if any(_FOOTER.search(t) for t in written):
        return False
    column = header.first(Key.NIP)
    if column is not None and re.search(r"\d{4}", grid.text(row, column.index)):
        return True
    if nip or written:
        return True
    # Without a number column a bare name is a person, unless the header says that more lines follow.
    return header.first(Key.NO) is None and not _tells_several(header)


def _belongs(grid: Grid, header: Header, row: int) -> bool:
    columns = {c.index for c in header.columns}
    return any(c in columns for c, _ in grid.texts(row)) or line_heading(grid, header, row).known


def person_lines(grid: Grid, header: Header, block: Block) -> tuple[str, str]:
    """Name and NIP of a block, both raw."""
    name_column, nip_column = header.first(Key.NAME), header.first(Key.NIP)
    lines = [line for row in block.lines for line in _cell_lines(grid, row, name_column.index if name_column else -1)]
    nip = ""
    if nip_column is not None:
        nip = next((t for row in block.lines if (t := grid.text(row, nip_column.index))), "")
    name, found = _split(lines, _tells_several(header) or len(block.lines) > 1)
    return name, " ".join((nip or found).split()).removeprefix("'")


def _cell_lines(grid: Grid, row: int, column: int) -> Iterator[str]:
    if column >= 0:
        yield from (line.strip() for line in grid.text(row, column).splitlines() if line.strip())


def _split(lines: list[str], several: bool) -> tuple[str, str]:
    """The name's lines and the NIP; in a cell of several things, only lines before the NIP can belong to the name."""
    name: list[str] = []
    nip = ""
    for line in lines:
        bare, found = nip_in(line)
        if found and not nip:
            nip = found
            if bare and not name:
                name.append(bare)
            continue
        is_more = not several or name[-1].endswith(",") or _DEGREES.fullmatch(line) if name else True
        if not nip and is_more and not _NIP_LABEL.search(line):
            name.append(line)
    return " ".join(" ".join(name).split()), nip


def nip_in(text: str) -> tuple[str, str]:
    """A text without its NIP, and the NIP as written (at least nine digits, or Excel's ``1.97E+17``)."""
    for match in _NIP.finditer(text):
        if sum(ch.isdigit() for ch in match[1]) >= 9 or "e+" in match[1].lower():
            bare = f"{text[: match.start()]} {text[match.end() :]}"
            return bare.strip(" /-,:;|()\n"), match[1].strip()
    return text.strip(), ""


def is_numbered_blank(grid: Grid, header: Header, block: Block) -> bool:
    """A prepared line that nobody filled in: nothing but its number (and dots), or ``dst``."""
    name, nip = person_lines(grid, header, block)
    return not nip and squeeze(name) in ("", "dst", "danseterusnya", "nama")
