"""Whole files through sniffing, registry and child: each kind, each way of being wrong, each bomb."""

import io
import resource
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import date

import pytest
import pytest_asyncio
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from domain.reading import FileReading, ProblemCode, SheetKind
from domain.reading_json import from_plain, to_plain
from parsers import registry
from parsers.base import ParseContext
from parsers.refusals import MESSAGES
from parsers.sandbox import Sandbox
from parsers.sniff import OLE, Kind, sniff
from tests.parsers import bombs, draw
from tests.parsers.layouts import CODES

CONTEXT = ParseContext("lampiran", CODES, date(2026, 11, 24))
SHEET: draw.Rows = [
    ["DAFTAR HADIR PEGAWAI"],
    ["OPD : Dinas Sosial"],
    ["Tanggal : 24 November 2026"],
    ["NO", "NAMA", "NIP", "DATANG", "PULANG"],
    [1, "Budi", "196804111993031009", "07.15", ""],
    [],
]
XLSX, PDF, DOCX, XLS = draw.xlsx(SHEET, []), draw.pdf(SHEET, []), draw.word(SHEET, []), draw.xls(SHEET, [])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    pool = Sandbox(1)
    yield pool
    await pool.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


def codes(reading: FileReading) -> list[ProblemCode]:
    return [p.code for p in (*reading.problems, *(p for s in reading.sheets for p in s.problems))]


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, kind)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def with_macros(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    return out.getvalue()


def locked_zip(data: bytes) -> bytes:
    """The flag of an encrypted member, in both headers."""
    made = bytearray(zipped(daftar__xlsx=data))
    made[6] |= 1
    made[made.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def locked_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("rahasia"))
    canvas.drawString(100, 100, "DAFTAR HADIR")
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [XLSX, XLS, draw.ods(SHEET, []), PDF, DOCX, draw.csv_text(SHEET, []), draw.html(SHEET, [])],
    ids=["xlsx", "xls", "ods", "pdf", "docx", "csv", "html"],
)
async def test_the_same_sheet_is_read_from_every_kind_of_file(sandbox: Sandbox, data: bytes) -> None:
    reading = await sandbox.read(data, CONTEXT)
    (sheet,) = reading.sheets
    assert (sheet.unit_text, sheet.rows[0].name, sheet.rows[0].cells[0].text) == ("Dinas Sosial", "Budi", "07.15")
    assert from_plain(to_plain(reading)) == reading
    assert reading.reader.split("/")[1].isdigit()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP"])
async def test_a_picture_that_shows_nothing_is_no_sheet(sandbox: Sandbox, kind: str) -> None:
    reading = await sandbox.read(picture(kind), CONTEXT)
    assert [s.kind for s in reading.sheets] == [SheetKind.NOT_SHEET]
    assert codes(reading) == [ProblemCode.NOT_SHEET]


async def test_a_heic_picture_is_known_by_its_brand() -> None:
    assert sniff(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic") is Kind.IMAGE


WRONG: list[tuple[str, bytes, ProblemCode]] = [
    ("empty", b"", ProblemCode.EMPTY_FILE),
    ("blank", b" \r\n\x00", ProblemCode.EMPTY_FILE),
    ("noise", bytes(range(256)) * 20, ProblemCode.NOT_SHEET),
    ("a letter", b"Yth. Bapak Kepala BKD, bersama ini kami sampaikan.", ProblemCode.NOT_SHEET),
    ("RAR", b"Rar!\x1a\x07\x01\x00" + bytes(50), ProblemCode.UNSUPPORTED_ARCHIVE),
    ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), ProblemCode.UNSUPPORTED_ARCHIVE),
    ("gzip", b"\x1f\x8b\x08" + bytes(50), ProblemCode.UNSUPPORTED_ARCHIVE),
    ("old Word", OLE + bytes(600) + "WordDocument".encode("utf-16-le"), ProblemCode.UNSUPPORTED_TYPE),
    ("presentation", zipped(ppt__xml=b"", **{"ppt/presentation__xml": b""}), ProblemCode.UNSUPPORTED_TYPE),
    ("winmail", b"\x78\x9f\x3e\x22" + bytes(50), ProblemCode.UNSUPPORTED_TYPE),
    ("encrypted workbook", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), ProblemCode.ENCRYPTED),
    ("encrypted zip", locked_zip(XLSX), ProblemCode.ENCRYPTED),
    ("encrypted pdf", locked_pdf(), ProblemCode.ENCRYPTED),
    ("cut workbook", XLSX[: len(XLSX) * 2 // 3], ProblemCode.DAMAGED),
    ("cut old workbook", XLS[:1500], ProblemCode.DAMAGED),
    ("cut document", DOCX[: len(DOCX) // 2], ProblemCode.DAMAGED),
    ("cut pdf", PDF[:200], ProblemCode.DAMAGED),
    ("pdf of nothing", b"%PDF-1.4\n", ProblemCode.DAMAGED),
    ("zip of nothing", zipped(), ProblemCode.NOT_SHEET),
    ("zip of letters", zipped(surat__txt=b"Yth."), ProblemCode.NOT_SHEET),
]


@pytest.mark.parametrize(("data", "expected"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
async def test_what_is_wrong_with_a_file_is_told(sandbox: Sandbox, data: bytes, expected: ProblemCode) -> None:
    reading = await sandbox.read(data, CONTEXT)
    assert not reading.sheets
    assert codes(reading) == [expected]
    assert "Mohon" in reading.problems[0].message  # what to send instead


async def test_macros_are_flagged_and_the_values_read(sandbox: Sandbox) -> None:
    reading = await sandbox.read(with_macros(XLSX), CONTEXT)
    assert (codes(reading), len(reading.sheets)) == ([ProblemCode.HAS_MACROS], 1)


async def test_every_member_of_a_zip_is_read_on_its_own(sandbox: Sandbox) -> None:
    inner = zipped(dalam__csv=draw.csv_text(SHEET, []))
    data = zipped(a__xlsx=XLSX, b__pdf=PDF, foto__jpg=picture("JPEG"), rusak__xlsx=XLSX[:900], z__zip=inner)
    reading = await sandbox.read(data, CONTEXT)
    assert [(s.kind, s.name) for s in reading.sheets] == [
        (SheetKind.DAILY, "a.xlsx/Sheet"),
        (SheetKind.DAILY, "b.pdf"),
        (SheetKind.NOT_SHEET, "foto.jpg"),
        (SheetKind.DAILY, "z.zip/dalam.csv"),
    ]
    assert [(p.code, p.message.split(":")[0]) for p in reading.problems] == [(ProblemCode.DAMAGED, "rusak.xlsx")]


BOMBS: list[tuple[Callable[[], bytes], ProblemCode]] = [
    (bombs.last_cell, ProblemCode.NOT_SHEET),
    (bombs.ten_million_cells, ProblemCode.BOMB),
    (lambda: bombs.long_string(800), ProblemCode.BOMB),
    (lambda: bombs.long_string(60), ProblemCode.NOT_SHEET),
    (bombs.laughing_workbook, ProblemCode.DAMAGED),
    (bombs.swelling_zip, ProblemCode.BOMB),
    (lambda: bombs.nested_zip(4, draw.csv_text(SHEET, [])), ProblemCode.BOMB),
    (lambda: bombs.many_entries(1_000), ProblemCode.TOO_LARGE),
    (bombs.swelling_pdf, ProblemCode.BOMB),
    (lambda: zipped(bom__pdf=bombs.swelling_pdf()), ProblemCode.BOMB),
    (lambda: b"1;" * 500_000, ProblemCode.NOT_SHEET),
    (lambda: b"<table>" + b"<tr><td rowspan=99 colspan=99>" * 800, ProblemCode.NOT_SHEET),
]
BOMB_NAMES = (
    "last cell", "ten million cells", "long string", "string within limits", "laughing workbook", "swelling zip",
    "nested zip", "many entries", "swelling pdf", "swelling pdf in a zip", "endless line", "spanning cells",
)  # fmt: skip


@pytest.mark.parametrize(("make", "expected"), BOMBS, ids=BOMB_NAMES)
async def test_every_bomb_has_its_verdict_and_the_service_lives(
    sandbox: Sandbox, make: Callable[[], bytes], expected: ProblemCode
) -> None:
    data = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = await sandbox.read(data, CONTEXT)
    assert codes(reading) == [expected]
    assert reading.seconds < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB
    assert (await sandbox.read(XLSX, CONTEXT)).sheets


async def test_a_busy_pdf_is_stopped_at_its_deadline(sandbox: Sandbox) -> None:
    short = registry.RegistryLine(Kind.PDF, "parsers.pdf_table.PARSER", seconds=1.5)
    assert registry.choose(Kind.PDF).seconds <= 25
    reading = await sandbox.read_as(short, bombs.busy_pdf(), CONTEXT)
    assert codes(reading) == [ProblemCode.TOO_SLOW]
    assert (await sandbox.read(XLSX, CONTEXT)).sheets


@pytest.mark.slow
async def test_a_busy_pdf_has_its_verdict_within_30_seconds(sandbox: Sandbox) -> None:
    reading = await sandbox.read(bombs.busy_pdf(), CONTEXT)
    assert codes(reading) == [ProblemCode.TOO_SLOW]
    assert reading.seconds < 30


async def test_every_kind_has_one_line_and_every_problem_its_words() -> None:
    assert {line.kind for line in registry.LINES} == set(Kind)
    assert len(registry.LINES) == len(Kind)
    assert all((line.parser is None) != (line.refusal is None) for line in registry.LINES)
    assert set(MESSAGES) == set(ProblemCode)
