"""Whether the names printed on a page are those of its snapshot: three rows of the flat page, read by OCR.

A page that was named by the look of its tags may be another open one; a sheet that somebody typed anew around our code
may list other people. Printed names that cannot be read say nothing.
"""

from collections.abc import Sequence
from enum import StrEnum

import cv2
import numpy as np
from rapidfuzz import fuzz

from domain.names import bare_name, plain
from domain.sheet import SheetPage
from domain.sheet_layout import Name, Rect
from parsers.sandbox_child import resolve
from parsers.vision.arrays import Bytes8
from parsers.vision.grid import printed_nodes
from parsers.vision.page import SCALE, flat_points
from parsers.vision.sheet import Found

_OCR = "parsers.vision.ocr."
"""Looked up when it is needed: its models double what a reading child holds."""
_PARTS = 3  # of the page, a row of each
_FEWEST = 2  # rows that must differ, and so many must be read before anything is said
_LEAST_LETTERS = 6  # shorter names tell too little
_LONGEST = 30  # characters; longer names are printed small or cut
_SHARP = 12  # pixels a millimetre of a cut name
_NIP_LINE = 3.0  # millimetres of the cell's foot (``reports.forms_sheet``)
_LEAST_LINE, _AROUND = 1.2, 4  # millimetres of a line of letters; pixels left around it
_LEAST_SPAN = 20.0  # gray levels between letters and paper
_LEAST_SCORE = 0.5  # of the reader's own trust in a line
_SURE_SCORE = 0.7  # below, a text that fits is no accident, and one that does not may be misread
_SAME, _OTHER = 65.0, 57.0  # likeness of a printed and a known name; between them nothing is said


class Names(StrEnum):
    """What the printed names say."""

    SAME = "same"
    OTHER = "other"
    UNREAD = "unread"


def names_on(found: Found) -> Names:
    """Compare the names of some rows of ``found`` with those of its snapshot; 1-bit pictures break letters."""
    if found.page.two_tone:
        return Names.UNREAD
    rows = telling_rows(found.printed)
    told = [
        (likeness(text, found.printed.rows[row].name), score)
        for row, (text, score) in zip(rows, _texts(found, rows), strict=True)
    ]
    return judged([alike for alike, score in told if alike is not None and (alike >= _SAME or score >= _SURE_SCORE)])


def judged(likenesses: Sequence[float]) -> Names:
    """The verdict on a page from the rows that could be read."""
    if sum(alike < _OTHER for alike in likenesses) >= _FEWEST:
        return Names.OTHER
    return Names.SAME if sum(alike >= _SAME for alike in likenesses) >= _FEWEST else Names.UNREAD


def telling_rows(printed: SheetPage) -> list[int]:
    """One row of each third of the page's people: the longest name that is printed in full size."""
    people = [n for n, row in enumerate(printed.rows) if row.person and _letters(bare_name(row.name)) >= _LEAST_LETTERS]
    parts = [list(part) for part in np.array_split(np.array(people, int), _PARTS) if len(part)]
    return [int(max(part, key=lambda n: _worth(printed.rows[n].name))) for part in parts]


def _worth(name: str) -> tuple[bool, int]:
    return len(name) <= _LONGEST, _letters(bare_name(name))


def _letters(text: str) -> int:
    return len(plain(text))


def likeness(text: str, name: str) -> float | None:
    """How alike a text read from paper and a known name are, 0..100; None where too little was read.

    Titles may be missing on either side and the end may be cut off.
    """
    told, bare, whole = plain(text), plain(bare_name(name)), plain(name)
    if len(told) < _LEAST_LETTERS:
        return None
    short = plain(bare_name(text)) or told
    alike = max(fuzz.ratio(told, whole), fuzz.ratio(short, bare), fuzz.ratio(told, bare))
    if len(told) < len(whole):
        alike = max(alike, fuzz.ratio(told, whole[: len(told)]))
    return float(alike)


def _texts(found: Found, rows: Sequence[int]) -> list[tuple[str, float]]:
    """The printed name of each row as far as it can be read, and the reader's trust in its worst line."""
    lines_of = resolve(_OCR + "text_lines")
    pieces, owners = [], []
    for number, row in enumerate(rows):
        cut = _cut(found, row)
        tall = [(top, bottom) for top, bottom in lines_of(cut) if bottom - top >= _LEAST_LINE * _SHARP]
        for top, bottom in tall if len(tall) > 1 else [(0, len(cut))]:
            pieces.append(np.ascontiguousarray(cut[max(0, top - _AROUND) : bottom + _AROUND]))
            owners.append(number)
    texts = [("", 1.0)] * len(rows)
    for number, (text, score) in zip(owners, resolve(_OCR + "read_pieces")(pieces), strict=True):
        if score >= _LEAST_SCORE:
            before, worst = texts[number]
            texts[number] = f"{before} {text}".strip(), min(worst, score)
    return texts


def _cut(found: Found, row: int) -> Bytes8:
    """The name of a row, from black to white, where the grid beside it lies."""
    layout = found.printed.layout
    box = layout.box(Name(row))
    nip = _NIP_LINE if found.printed.rows[row].nip else 0.0
    rect = Rect(box.x0 + 0.4, box.y0 + 0.6, box.x1 - 0.4, box.y1 - 0.3 - nip)
    printed = flat_points(printed_nodes(layout)[row : row + 2, 0])
    right, down = (found.grid.nodes[row : row + 2, 0] - printed).mean(axis=0)
    step = SCALE / _SHARP
    x0, y0 = rect.x0 * SCALE - 0.5 + right + step / 2, rect.y0 * SCALE - 0.5 + down + step / 2
    to_page = np.array([[step, 0, x0], [0, step, y0]], np.float64)
    size = (round(rect.width * _SHARP), round(rect.height * _SHARP))
    gray = cv2.warpAffine(found.page.gray, to_page, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    ink, paper = np.percentile(gray, (1, 80))
    return np.asarray(np.clip((gray - ink) / max(paper - ink, _LEAST_SPAN) * 255, 0, 255), np.uint8)
