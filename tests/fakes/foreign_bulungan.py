"""Forms B and E of Bulungan's regulation as an office prints them, with the places where ink may go.

The PDF is the annex's own (``reports.forms_annex``); the places are measured on its ruling, so that nothing here knows
where the reader will look for them.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pdfplumber

from demo.paper.geometry import BLOCK, SIGN, Box, Geometry, Slot
from demo.paper.sheet import Sheet
from domain.profile import load_profile
from domain.roster import Person
from domain.sheet_layout import Paper
from domain.sheet_plan import Signer
from reports.forms_annex import Filling, annex_form
from reports.forms_annex_files import annex_files

LAW = load_profile("bulungan")
CLOCK = "clock"
"""Kind of slot: room for a time in somebody's hand (form E's lines ``Jam``)."""
GOVERNMENT = "Pemerintah Kabupaten Bulungan"
_MM = 25.4 / 72
_LINES, _DAYS = 4, 31
_SAME = 1.0  # points between two strokes of one line


@dataclass(frozen=True)
class Drawn:
    """A sheet to be filled in, and (form E) the rooms for times, row by row."""

    sheet: Sheet
    clocks: tuple[Slot, ...] = ()


def form_b(unit: str, day: date, people: Sequence[Person], head: Person) -> Drawn:
    """Form B, ABSENSI APEL ASN, with its people typed in: one place to sign a person."""
    filling = Filling(unit, GOVERNMENT, tuple(people), day, day, Signer.of(f"Kepala {unit}", head))
    pdf = annex_files(annex_form(LAW, "apel", filling), Paper.A4).pdf
    ruling, width, height, block = _measured(pdf)
    ys, xs = ruling
    slots = [
        Slot(SIGN, row, 0, (xs[3], top, xs[4], bottom)) for row, (top, bottom) in enumerate(list(pairwise(ys))[1:])
    ]
    return Drawn(Sheet(pdf, Geometry(width, height, 0, (*slots, block))))


def form_e(
    unit: str, month: date, people: Sequence[Person], head: Person, off: frozenset[date], paper: Paper = Paper.F4
) -> Drawn:
    """Form E, the month by hand: in each of 31 columns a time and a paraf for datang and for pulang.

    Session columns count datang and pulang of day 1, then of day 2 …; those ``off`` and those the month has not are
    closed.
    """
    filling = Filling(unit, GOVERNMENT, tuple(people), month, None, Signer.of(f"Kepala {unit}", head))
    pdf = annex_files(annex_form(LAW, "manual_presence", filling), paper).pdf
    (ys, xs), width, height, block = _measured(pdf)
    slots, clocks = [], []
    for row in range(len(people)):
        for day in range(_DAYS):
            for late in range(2):
                line = 2 + row * _LINES + 2 * late
                edges = xs[len(xs) - 1 - _DAYS + day], xs[len(xs) - _DAYS + day]
                column = 2 * day + late
                free = _is_day(month, day) and month.replace(day=day + 1) not in off
                clocks.append(Slot(CLOCK, row, column, (edges[0], ys[line], edges[1], ys[line + 1]), free))
                slots.append(Slot(SIGN, row, column, (edges[0], ys[line + 1], edges[1], ys[line + 2]), free))
    return Drawn(Sheet(pdf, Geometry(width, height, 0, (*slots, block))), tuple(clocks))


def _is_day(month: date, index: int) -> bool:
    try:
        month.replace(day=index + 1)
    except ValueError:
        return False
    return True


def _measured(pdf: bytes) -> tuple[tuple[list[float], list[float]], float, float, Slot]:
    """Heights and places of the ruling, the page's size and the room to sign, all in millimetres."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        if len(document.pages) != 1:
            raise ValueError(f"{len(document.pages)} pages; the laboratory fills in one")
        page = document.pages[0]
        words = page.extract_words(keep_blank_chars=True)
        edges = page.edges
        table = min(e["top"] for e in edges if e["orientation"] == "v") - _SAME  # the letterhead has lines too
        ys = _merged(e["top"] for e in edges if e["orientation"] == "h" and e["top"] >= table)
        xs = _merged(e["x0"] for e in edges if e["orientation"] == "v")
        return (ys, xs), page.width * _MM, page.height * _MM, Slot(BLOCK, -1, 0, _room(words))


def _merged(places: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > _SAME:
            kept.append(place)
    return [place * _MM for place in kept]


def _room(words: Sequence[dict[str, float]]) -> Box:
    """Between the head's post and name at the foot."""
    post = next(w for w in reversed(words) if str(w["text"]).startswith("Kepala "))
    name = min((w for w in words if w["top"] > post["bottom"] and w["x0"] >= post["x0"] - 2), key=lambda w: w["top"])
    left = post["x0"] * _MM
    return left, post["bottom"] * _MM + 1, left + 50, name["top"] * _MM - 1
