"""Sheets over several pages of a PDF, with and without ruling lines."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak, SimpleDocTemplate, Table, TableStyle

from domain.reading import FileReading, ProblemCode, SheetKind, SheetReading, Verdict
from domain.terms import Session
from parsers import archive, foreign_scan, pdf_table, printed_form
from parsers.base import PATIENCE, ParseContext, onward
from parsers.joined import PICTURES
from tests.parsers import draw
from tests.parsers.layouts import CODES

D, P = Session.DATANG, Session.PULANG
DAY = date(2026, 11, 24)
CONTEXT = ParseContext("lembar.xlsx", CODES, DAY)
HEAD: draw.Rows = [["DAFTAR HADIR PEGAWAI"], ["OPD : Dinas Sosial"], ["Tanggal : 24 November 2026"]]
COLUMNS: draw.Rows = [["NO", "NAMA", "NIP", "DATANG", "PULANG", "KET"]]
NIP = "196804111993031009"


def only(reading: FileReading) -> SheetReading:
    (sheet,) = reading.sheets
    return sheet


@pytest.mark.parametrize("ruled", [True, False])
def test_a_pdf_over_several_pages_is_one_sheet(ruled: bool) -> None:
    rows: draw.Rows = [[n, f"Pegawai {n}", f"196804111993{n:06d}", "07.15", "", ""] for n in range(1, 141)]
    reading = pdf_table.PARSER.parse(
        draw.pdf([*HEAD, *COLUMNS, *rows, [], ["", "Kepala Dinas"]], [], ruled=ruled), CONTEXT
    )
    sheet = only(reading)
    assert reading.pages > 2
    assert [(r.no, r.name, r.nip) for r in sheet.rows] == [(r[0], r[1], r[2]) for r in rows]
    assert {c.box.page for r in sheet.rows for c in r.cells if c.box} == set(range(1, reading.pages + 1))


def test_a_scanned_pdf_is_received_and_its_reading_pending() -> None:
    out = io.BytesIO()
    Image.new("L", (600, 800), 200).save(out, "PDF")
    reading = pdf_table.PARSER.parse(out.getvalue(), CONTEXT)
    assert [(s.kind, [p.code for p in s.problems]) for s in reading.sheets] == [
        (SheetKind.IMAGE, [ProblemCode.READING_PENDING])
    ]
    assert reading.problems == ()


def test_a_scan_in_strips_and_a_photo_in_a_letter_are_pictures_whatever_text_lies_beside_them() -> None:
    paper = Image.new("L", (600, 60), 200)
    words = "Yth. Kepala BKD, bersama ini kami sampaikan presensi hari ini. Terima kasih atas perhatiannya."
    for strips in (14, 5):
        out = io.BytesIO()
        sheet = canvas.Canvas(out, pagesize=A4)
        for n in range(strips):
            sheet.drawImage(ImageReader(paper), 0, n * A4[1] / 14, A4[0], A4[1] / 14)
        sheet.drawString(40, 800, words)
        sheet.save()
        reading = pdf_table.PARSER.parse(out.getvalue(), CONTEXT)
        assert (reading.extra, [s.kind for s in reading.sheets]) == ({PICTURES: "1"}, [SheetKind.IMAGE]), strips


def paged(pages: list[draw.Rows], *, ruled: bool = True) -> FileReading:
    """A PDF whose pages are tables of their own, as when a header is printed once."""
    out = io.BytesIO()
    parts: list[object] = []
    for rows in pages:
        style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else []
        cells = [[str(v) for v in row] for row in rows]
        parts += [Table(cells, colWidths=90, style=TableStyle(style)), PageBreak()]
    preamble = [Table([[str(line[0])]]) for line in HEAD]
    SimpleDocTemplate(out, pagesize=landscape(A4)).build([*preamble, *parts])
    return pdf_table.PARSER.parse(out.getvalue(), CONTEXT)


FIRST: draw.Rows = [["NO", "NAMA", "NIP", "DATANG", "PULANG"], [1, "Budi", NIP, "07.15", ""], [2, "Ani", NIP, "", "v"]]


def test_a_ruled_page_goes_on_without_its_header_when_the_numbers_do() -> None:
    sheet = only(paged([FIRST, [[3, "Eka", NIP, "", "16.01"], [4, "Oka", NIP, "07.20", ""]]]))
    assert [(r.no, r.name, [c.verdict for c in r.cells]) for r in sheet.rows[2:]] == [
        (3, "Eka", [Verdict.EMPTY, Verdict.REPORTED]),
        (4, "Oka", [Verdict.REPORTED, Verdict.EMPTY]),
    ]


def test_a_page_that_does_not_go_on_is_left_alone() -> None:
    assert len(only(paged([FIRST, [[1, "Eka", NIP, "", "16.01"], [2, "Oka", NIP, "07.20", ""]]])).rows) == 2


def test_an_unruled_page_without_a_header_is_told_and_not_guessed() -> None:
    sheet = only(paged([FIRST, [[3, "Eka", NIP, "", "16.01"], [4, "Oka", NIP, "07.20", ""]]], ruled=False))
    assert [r.no for r in sheet.rows] == [1, 2]
    assert [p.code for p in sheet.problems] == [ProblemCode.ROW_UNREAD]


def test_a_person_whose_lines_go_on_over_the_page_is_one_person() -> None:
    header: draw.Rows = [["NO", "NAMA/NIP", "SESI", "23-11-2026", "24-11-2026"]]
    lines: draw.Rows = [
        [1, "Budi", "Datang", "07.15", "DL"],
        ["", NIP, "Pulang", "16.00", ""],
        [2, "Ani", "Datang", "v", ""],
    ]
    rest: draw.Rows = [["", "198003122005012003", "Pulang", "", "16.05"]]
    sheet = only(paged([[*header, *lines], [*header, *rest]]))
    assert [(r.name, r.nip, [c.text for c in r.cells]) for r in sheet.rows] == [
        ("Budi", NIP, ["07.15", "DL", "16.00", ""]),
        ("Ani", "198003122005012003", ["v", "", "", "16.05"]),
    ]


def test_the_readers_of_a_file_share_its_time_and_say_what_they_left() -> None:
    out = io.BytesIO()
    blank = [Image.new("L", (600, 800), shade) for shade in (200, 210, 220)]
    blank[0].save(out, "PDF", save_all=True, append_images=blank[1:])
    late = onward(CONTEXT, frozenset({2, 3}), PATIENCE)
    assert (late.patience, onward(CONTEXT, frozenset(), 5).patience) == (1.0, PATIENCE - 5)
    spent = replace(late, patience=0.0)
    form = printed_form.PARSER.parse(out.getvalue(), spent)
    assert [p.code for p in form.problems] == [ProblemCode.TOO_SLOW]
    assert form.problems[0].message.startswith("halaman 2 dan seterusnya: ")
    own = foreign_scan.PARSER.parse(out.getvalue(), spent)
    assert [(s.name, s.kind, [p.code for p in s.problems]) for s in own.sheets] == [
        (f"halaman {page}", SheetKind.IMAGE, [ProblemCode.TOO_SLOW]) for page in (2, 3)
    ]


def test_members_of_an_archive_that_come_after_its_time_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("dinas.csv", "kecamatan.csv"):
            packed.writestr(name, "No;Nama\n1;Budi\n")
    monkeypatch.setattr(archive, "_PATIENCE", 0.0)
    told = archive.PARSER.parse(out.getvalue(), CONTEXT).problems
    assert [(p.code, p.message.split(":")[0]) for p in told] == [
        (ProblemCode.TOO_SLOW, "dinas.csv"), (ProblemCode.TOO_SLOW, "kecamatan.csv")
    ]  # fmt: skip
