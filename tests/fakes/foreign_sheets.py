"""Sheets that offices make themselves in a spreadsheet, as PDFs with the places where ink may go."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from demo.paper.geometry import Geometry, Slot
from demo.paper.sheet import Sheet
from domain.wording import long_date

Line = list[str]
Span = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Someone:
    """A person as an office types it."""

    no: int
    name: str
    nip: str
    post: str = "Pengadministrasi Umum"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How an office draws its form. ``heads`` are the header's rows, ``signs`` the columns to sign."""

    name: str
    title: str
    heads: tuple[tuple[str, ...], ...]
    spans: tuple[Span, ...]
    widths: tuple[float, ...]  # mm
    signs: tuple[int, ...]
    wide: bool = False


DAILY = Layout(
    "harian", "DAFTAR HADIR PEGAWAI",
    (("NO", "NAMA / NIP", "JABATAN", "TANDA TANGAN", "", "KETERANGAN"), ("", "", "", "DATANG", "PULANG", "")),
    ((0, 0, 0, 1), (1, 0, 1, 1), (2, 0, 2, 1), (3, 0, 4, 0), (5, 0, 5, 1)),
    (10, 62, 36, 28, 28, 24), (3, 4),
)  # fmt: skip
PLAIN = Layout(
    "ringkas", "DAFTAR HADIR", (("No.", "Nama", "NIP", "Datang", "Pulang", "Ket."),), (),
    (10, 56, 44, 30, 30, 20), (3, 4),
)  # fmt: skip
APEL = Layout(
    "apel", "ABSENSI APEL ASN", (("No", "Nama/NIP", "Jabatan", "TTD", "Keterangan"),), (), (10, 70, 45, 35, 28), (3,)
)
LAYOUTS = (DAILY, PLAIN, APEL)


def foreign_sheet(
    layout: Layout, unit: str, day: date, people: Sequence[Someone], row_mm: float = 8.0, head: str = "Kepala"
) -> Sheet:
    """One page: heading, table, the head's block."""
    page = landscape(A4) if layout.wide else A4
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=page, invariant=1)
    x0, y = 12.0, 14.0
    for n, text in enumerate(("PEMERINTAH KABUPATEN TULUNGAGUNG", unit.upper(), layout.title)):
        canvas.setFont("Helvetica-Bold" if n else "Helvetica", 11)
        canvas.drawString(x0 * mm, page[1] - y * mm, text)
        y += 5.5
    canvas.setFont("Helvetica", 10)
    canvas.drawString(x0 * mm, page[1] - y * mm, f"Hari/Tanggal : {long_date(day)}")
    top = y + 5
    size = min(9.0, row_mm * 1.05)
    head_mm = 7.0
    rows = [list(line) for line in layout.heads] + [_line(layout, person) for person in people]
    heights = [head_mm] * len(layout.heads) + [row_mm] * len(people)
    table = Table(rows, colWidths=[w * mm for w in layout.widths], rowHeights=[h * mm for h in heights])
    table.setStyle(
        TableStyle(
            [("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("FONT", (0, 0), (-1, -1), "Helvetica", size),
             ("LEADING", (0, 0), (-1, -1), size * 1.12), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
             ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
             ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 2)]
            + [("SPAN", (a, b), (c, d)) for a, b, c, d in layout.spans]
        )
    )  # fmt: skip
    _, height = table.wrapOn(canvas, page[0], page[1])
    table.drawOn(canvas, x0 * mm, page[1] - top * mm - height)
    foot = top + height / mm + 7
    canvas.drawString(120 * mm, page[1] - foot * mm, f"{head} {unit}")
    canvas.drawString(120 * mm, page[1] - (foot + 22) * mm, "Drs. Sutrisno, M.Si.")
    canvas.save()
    return Sheet(out.getvalue(), Geometry(page[0] / mm, page[1] / mm, 0, _slots(layout, len(people), row_mm, top, x0)))


def _line(layout: Layout, person: Someone) -> Line:
    texts = {"nama": person.name, "nip": person.nip, "jabatan": person.post}
    line = []
    for column, title in enumerate(layout.heads[0]):
        key = title.lower().strip(".")
        if column == 0:
            line.append(str(person.no))
        elif "nama" in key and "nip" in key:
            line.append(f"{person.name}\n{person.nip}")
        elif key.startswith("ket"):
            line.append(person.note)
        else:
            line.append(texts.get(key, ""))
    return line


def _slots(layout: Layout, count: int, row_mm: float, top: float, left: float) -> tuple[Slot, ...]:
    edges = [left]
    for width in layout.widths:
        edges.append(edges[-1] + width)
    first = top + 7.0 * len(layout.heads)
    return tuple(
        Slot("sign", row, n, (edges[c], first + row * row_mm, edges[c + 1], first + (row + 1) * row_mm))
        for row in range(count)
        for n, c in enumerate(layout.signs)
    )
