"""Monthly lists that offices make in a spreadsheet, filled in by hand: hours beside parafs, pictures that lie flat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import numpy as np
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from demo.paper.camera import jpeg, photograph
from demo.paper.filling import Office
from demo.paper.geometry import BLOCK, SIGN, Geometry, Image, Points, Slot
from demo.paper.habits import ORDINARY, Habits
from demo.paper.laboratory import PHOTOS, Dice, Shot, dice, filled
from demo.paper.lens import pick
from demo.paper.pens import draw, new_pen
from demo.paper.scanner import saved, scan
from demo.paper.settings import CAMERAS, SCANNERS
from demo.paper.sheet import DENSITY, Sheet
from domain.roster import Person
from domain.wording import month_name
from tests.fakes.foreign_bulungan import Drawn

_DIGITS = {
    "0": [(0.5, 0), (0.1, 0.3), (0.15, 0.9), (0.6, 0.9), (0.7, 0.3), (0.5, 0)],
    "1": [(0.2, 0.2), (0.5, 0), (0.45, 1)],
    "2": [(0.1, 0.2), (0.4, 0), (0.7, 0.25), (0.1, 1), (0.75, 0.95)],
    "3": [(0.1, 0.05), (0.6, 0.1), (0.3, 0.45), (0.7, 0.7), (0.4, 1), (0.05, 0.9)],
    "4": [(0.45, 0), (0.1, 0.6), (0.75, 0.6), (0.55, 0.3), (0.5, 1)],
    "5": [(0.7, 0), (0.2, 0.02), (0.15, 0.45), (0.65, 0.55), (0.5, 0.98), (0.05, 0.9)],
    "6": [(0.6, 0), (0.15, 0.5), (0.2, 0.95), (0.65, 0.85), (0.5, 0.5), (0.15, 0.65)],
    ".": [(0.3, 0.95), (0.35, 1)],
}


@dataclass(frozen=True, slots=True)
class Style:
    """How an office draws its month: lines a person (2: datang and pulang), sizes in mm, ground of rest days."""

    lines: int = 1
    row_mm: float = 9.0
    day_mm: float = 6.2
    name_mm: float = 62.0
    shade: str = "#c8c8c8"


def month_list(
    unit: str, month: date, people: Sequence[Person], head: Person, off: frozenset[date], style: Style
) -> Drawn:
    """One page: NO, NAMA / NIP, the days of the month with rest days shaded, the head's block."""
    width, height = landscape(A4)
    days = [month + timedelta(n) for n in range(31) if (month + timedelta(n)).month == month.month]
    words = ["Datang", "Pulang"] if style.lines == 2 else []
    widths = [8, style.name_mm, *([14] if words else []), *[style.day_mm] * len(days)]
    first = len(widths) - len(days)
    rows = [
        ["NO", "NAMA / NIP", *([""] if words else []), "TANGGAL", *[""] * (len(days) - 1)],
        [*[""] * first, *(str(day.day) for day in days)],
    ]
    for no, person in enumerate(people, start=1):
        rows.append([str(no), f"{person.name}\n{person.nip or ''}", *words[:1], *[""] * len(days)])
        rows += [["", "", *words[1:], *[""] * len(days)]] * (style.lines - 1)
    spans = [("SPAN", (c, 0), (c, 1)) for c in range(first)] + [("SPAN", (first, 0), (-1, 0))]
    if style.lines == 2:
        spans += [("SPAN", (c, r), (c, r + 1)) for c in (0, 1) for r in range(2, len(rows), 2)]
    grey = [
        ("BACKGROUND", (first + n, 1), (first + n, -1), colors.HexColor(style.shade))
        for n, day in enumerate(days)
        if day in off and style.shade
    ]
    line_mm = style.row_mm / style.lines if style.lines == 1 else style.row_mm
    table = Table(rows, [w * mm for w in widths], [6 * mm, 6 * mm, *[line_mm * mm] * (len(rows) - 2)])
    base = [
        ("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("FONT", (0, 0), (-1, -1), "Helvetica", 8.5),
        ("LEADING", (0, 0), (-1, -1), 10), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("ALIGN", (first, 0), (-1, -1), "CENTER"), ("LEFTPADDING", (0, 0), (-1, -1), 2),
        *[(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("TOP", "BOTTOM")],
        ("RIGHTPADDING", (0, 0), (-1, -1), 1),
    ]  # fmt: skip
    table.setStyle(TableStyle([*base, *grey, *spans]))
    out = BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    left, y = 12.0, 14.0
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(left * mm, height - y * mm, "DAFTAR HADIR PEGAWAI")
    canvas.setFont("Helvetica", 10)
    canvas.drawString(left * mm, height - (y + 6) * mm, f"Nama OPD : {unit}")
    canvas.drawString(left * mm, height - (y + 11.5) * mm, f"Bulan : {month_name(month)}")
    top = y + 16
    _, tall = table.wrapOn(canvas, width, height)
    table.drawOn(canvas, left * mm, height - top * mm - tall)
    block = _foot(canvas, unit, head, height / mm, top + tall / mm + 8)
    canvas.save()
    edges = [left + sum(widths[: first + n]) for n in range(len(days) + 1)]
    slots = tuple(
        Slot(
            SIGN, row, style.lines * n + line,
            (edges[n], at, edges[n + 1], at + line_mm), day not in off,
        )
        for row in range(len(people))
        for n, day in enumerate(days)
        for line in range(style.lines)
        for at in [top + 12 + (row * style.lines + line) * line_mm]
    )  # fmt: skip
    return Drawn(Sheet(out.getvalue(), Geometry(width / mm, height / mm, 0, (*slots, block))))


def _foot(canvas: Canvas, unit: str, head: Person, height: float, y: float) -> Slot:
    """``Mengetahui`` above the head's room at the right, who made the list at the left."""
    right = 200.0
    for n, text in enumerate(("Mengetahui,", f"Kepala {unit}")):
        canvas.drawString(right * mm, (height - y - 5 * n) * mm, text)
    canvas.drawString(24 * mm, (height - y - 5) * mm, "Yang membuat,")
    room = y + 6.5, y + 24
    for n, text in enumerate((head.name, f"NIP. {head.nip or '-'}")):
        canvas.drawString(right * mm, (height - room[1] - 4 - 5 * n) * mm, text)
    return Slot(BLOCK, -1, 0, (right, room[0], right + 50, room[1]))


def take_month(drawn: Drawn, school: str, name: str, seed: int, habits: Habits = ORDINARY) -> Shot:
    """A wide sheet filled in, with hours where it asks for them, as a picture of the set ``name``.

    A telephone is held along the paper: its picture lies on its side.
    """
    rng = dice(school, f"month {name}", seed)
    geometry = drawn.sheet.geometry
    office = Office(done=int(rng.integers(1, geometry.columns + 1)))
    page, truths = filled(drawn.sheet, school, rng, habits, office)
    signed = {(t.row, t.column) for t in truths if t.kind == SIGN and t.ink not in ("empty", "overflow")}
    hours = [slot for slot in drawn.clocks if (slot.row, slot.column) in signed]
    for slot in hours:
        _hour(page, slot, rng, school)
    if name in PHOTOS:
        camera = CAMERAS[school][name]
        turned = np.ascontiguousarray(np.rot90(page)) if geometry.width > geometry.height else page
        shot = photograph(turned, DENSITY, camera, rng)
        return Shot(jpeg(shot, round(pick(rng, camera.quality))), "jpg", geometry, truths)
    scanner = SCANNERS[school][name]
    dpi = int(rng.choice(scanner.dpi))
    pixels = scan(page, DENSITY, scanner, dpi, rng)
    data, ending = saved([pixels], dpi, round(pick(rng, scanner.quality)), pdf=rng.random() < scanner.pdf)
    return Shot(data, ending, geometry, truths)


def _hour(page: Image, slot: Slot, rng: Dice, school: str) -> None:
    """``07.12`` in somebody's hand, as small as the room is."""
    x0, y0, x1, y1 = slot.box
    late = slot.column % 2 == 1
    text = f"{'16' if late else '06'}.{int(rng.integers(0, 7))}{int(rng.integers(0, 7))}"
    size = np.array([(x1 - x0) * 0.17, (y1 - y0) * rng.uniform(0.35, 0.55)])
    at = np.array([x0 + 0.06 * (x1 - x0), y0 + (y1 - y0) * rng.uniform(0.2, 0.4)])
    strokes: list[Points] = [
        np.array(_DIGITS[sign]) * size + at + (n * size[0] * 1.05, 0) + rng.normal(0, 0.05, (len(_DIGITS[sign]), 2))
        for n, sign in enumerate(text)
    ]
    draw(page, strokes, new_pen(rng, school), rng, DENSITY)
