"""Offices that print the sheet that came by mail, sign it and photograph it, some of their people being away.

Where to sign is found by the sheet's ruled lines and who stands in a row by its text, as anybody sees them on paper.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from zlib import crc32

import pypdfium2

from demo.offices import BY_CODE
from demo.paper.filling import Office
from demo.paper.finder import find_geometry
from demo.paper.geometry import CODE, DAY, SIGN, Geometry
from demo.paper.laboratory import take
from demo.paper.sheet import Sheet
from demo.post_office import Letter
from demo.programme import Scene
from demo.results import attachments
from demo.roster import Town
from demo.steps import Attachment, Finding

Away = frozenset[int]
_POINTS = 72 / 25.4  # a millimetre of a PDF
_NIP = re.compile(r"\d{18}")
_SIDES = 2  # every sheet carries the guide on its back


def photographer(code: str, day: date, away: Away) -> Callable[[Letter], list[Attachment]]:
    """Makes the photos of the office's signed sheet out of the letter that brought it; ``away`` are printed numbers."""

    def photos(letter: Letter) -> list[Attachment]:
        shots = _signed(_printed(letter), code, 2 * day.weekday() + 1, away)
        return [(f"IMG_{crc32(code.encode()) % 9000 + 1000}_{n}.jpg", data) for n, data in enumerate(shots, 1)]

    return photos


def unnamed(scene: Scene, senders: Mapping[str, str], away: Mapping[str, Away]) -> Iterator[Finding]:
    """Receipts that do not name who was away: ``senders`` are keys of steps by office."""
    for code, key in senders.items():
        letter = scene.officers.sheet_of(code)
        told = " ".join(" ".join(scene.officers.told(key)).split())
        for number, name in people_of(_printed(letter), away[code], scene.officers.town) if letter and told else ():
            if f"no. {number} " not in told or name not in told:
                yield Finding(f"tanda terima {BY_CODE[code].name}", f"menyebut no. {number} {name}", told[:300])


def _printed(letter: Letter) -> bytes:
    """The PDF of the letter."""
    return next(data for name, data in attachments(letter) if name.endswith(".pdf"))


@lru_cache(maxsize=32)
def _signed(pdf: bytes, code: str, done: int, away: Away) -> tuple[bytes, ...]:
    """One photo a page, signed up to the column ``done``; kept, so that it can be made before it is needed.

    Nobody signs the free rows below the names, nor ticks why somebody is away: the desk has to ask.
    """
    shots = []
    for page in _fronts(pdf):
        found = find_geometry(pdf, page)
        geometry = replace(found, slots=tuple(slot for slot in found.slots if slot.kind not in (CODE, DAY)))
        unsigned = frozenset(row for row, (no, text) in rows_of(pdf, geometry).items() if no in away or not text)
        office = Office(done, unsigned)
        shots.append(take(Sheet(pdf, geometry), "test", "photo1600", crc32(code.encode()), office=office).data)
    return tuple(shots)


def _fronts(pdf: bytes) -> range:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return range(0, len(document), _SIDES)
    finally:
        document.close()


def rows_of(pdf: bytes, geometry: Geometry) -> dict[int, tuple[int, str]]:
    """Row → its printed number, and what is printed beside it: name and NIP, or nothing."""
    document = pypdfium2.PdfDocument(pdf)
    rows = {}
    try:
        text = document[geometry.page].get_textpage()
        for slot in geometry.slots:
            if slot.kind == SIGN and not slot.column:
                left, top, _, bottom = slot.box
                low, high = ((geometry.height - y) * _POINTS for y in (bottom, top))
                words = text.get_text_bounded(left=0, right=left * _POINTS, bottom=low, top=high).split()
                number = int(words[0]) if words and words[0].isdigit() else 0
                rows[slot.row] = (number, " ".join(words[1:]))
    finally:
        document.close()
    return rows


def people_of(pdf: bytes, away: Away, town: Town) -> Iterator[tuple[int, str]]:
    """Number and name of each row of ``away``; without a name where the town does not know the NIP."""
    names = {e.nip: e.bare_name for people in town.people.values() for e in people if e.nip}
    for page in _fronts(pdf):
        for number, text in rows_of(pdf, find_geometry(pdf, page)).values():
            if number in away:
                nip = _NIP.search(text)
                yield number, names.get(nip[0], "") if nip else ""
