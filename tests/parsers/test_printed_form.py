"""Photographed and scanned sheets of the desk, read in the real sandbox."""

import io
import zipfile
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from functools import cache

import cv2
import numpy as np
import pillow_heif
import pytest
import pytest_asyncio
from PIL import Image

from domain.errors import ReadingError
from domain.open_sheets import OpenSheet
from domain.reading import FileReading, HeadMark, ProblemCode, SheetKind, SheetReading, Verdict
from domain.sheet import SheetPage
from domain.sheet_layout import CodeTick, DayTick, HeadBlock, HeadSign, Sign
from domain.terms import Session
from parsers.base import UNKNOWN_FORM, ParseContext, reader_of
from parsers.marked import marks_of
from parsers.printed_form import PARSER
from parsers.sandbox import Sandbox
from tests.fakes.photos import Camera, Pen, jpeg, photo, scan, signs
from tests.fakes.sheets import KEY, pages

pillow_heif.register_heif_opener()
IN, OUT = Session.DATANG, Session.PULANG
MONDAY = (0, IN), (0, OUT)
PRESENT = tuple(range(0, 18, 2))


@cache
def printed() -> SheetPage:
    return pages(18)[0]


@cache
def context(*more: SheetPage) -> ParseContext:
    sheets = tuple(OpenSheet.of(page, KEY) for page in (printed(), *more))
    return ParseContext("foto.jpg", frozenset({"DL", "S"}), date(2026, 11, 23), sheets=sheets)


@cache
def written() -> Pen:
    page = printed()
    pen = Pen(page).sign(signs(PRESENT, *MONDAY)).sign([HeadSign(0, IN), HeadSign(0, OUT)])
    return pen.tick([CodeTick(1, "DL"), DayTick(1, 0)])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    pool = Sandbox(1)
    yield pool
    await pool.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


def column(sheet: SheetReading, day: date, session: Session) -> dict[int | None, Verdict]:
    return {
        row.no: cell.verdict for row in sheet.rows for cell in row.cells if (cell.date, cell.session) == (day, session)
    }


def only(reading: FileReading) -> SheetReading:
    assert len(reading.sheets) == 1, reading
    return reading.sheets[0]


async def read(sandbox: Sandbox, data: bytes) -> SheetReading:
    return only(await sandbox.read(data, context()))


def assert_monday(sheet: SheetReading) -> None:
    page = printed()
    assert sheet.form == page.form
    assert sheet.kind is SheetKind.WEEKLY
    for session in Session:
        seen = column(sheet, page.days[0], session)
        for number in range(18):
            wanted = Verdict.SIGNED if number in PRESENT else Verdict.CODE if number == 1 else Verdict.EMPTY
            assert seen[number + 1] in (wanted, Verdict.UNSURE), (number, session, seen[number + 1])
        assert list(seen.values()).count(Verdict.SIGNED) >= len(PRESENT) - 2  # unsure of some, wrong of none


async def test_a_photo_becomes_the_rows_of_its_snapshot_with_a_verdict_and_a_place_for_each_cell(
    sandbox: Sandbox,
) -> None:
    reading = await sandbox.read(photo(written()), context())
    sheet = only(reading)
    assert reading.reader == reader_of(PARSER)
    assert_monday(sheet)
    assert [(row.no, row.name, row.nip) for row in sheet.rows] == [
        (row.no, row.name, row.nip) for row in printed().rows if row.person
    ]
    assert sheet.unit_text == printed().unit_name
    assert sheet.head is HeadMark.SIGNED
    box = sheet.rows[0].cells[0].box
    assert box is not None
    assert box.page == 1
    assert 0 < box.x0 < box.x1 < 1200
    assert 20 < box.x1 - box.x0 < 70
    assert all(0 <= cell.confidence <= 1 for row in sheet.rows for cell in row.cells)


def _saved(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "PDF", "HEIF", "BMP"])
async def test_every_kind_of_picture_is_read(sandbox: Sandbox, kind: str) -> None:
    assert_monday(await read(sandbox, _saved(scan(written(), 170), kind)))


async def test_a_picture_that_says_how_it_was_held_is_turned_upright(sandbox: Sandbox) -> None:
    upright = Camera().shoot(written().image)
    exif = Image.Exif()
    exif[274] = 6  # turn a quarter to the right to see it upright
    data = _saved(np.ascontiguousarray(np.rot90(upright)), "JPEG", exif=exif)
    sheet = await read(sandbox, data)
    assert_monday(sheet)
    box = sheet.rows[0].cells[0].box
    assert box is not None
    assert box.y0 < 700, "boxes are of the upright picture"


async def test_pages_in_any_order_are_each_found(sandbox: Sandbox) -> None:
    first, second = pages(30)
    frames = [Image.fromarray(scan(Pen(page).sign(signs([0], (0, IN))))) for page in (second, first)]
    for kind in ("TIFF", "PDF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
        sheets = (OpenSheet.of(first, KEY), OpenSheet.of(second, KEY))
        reading = await sandbox.read(buffer.getvalue(), replace(context(), sheets=sheets))
        assert [s.form.page for s in reading.sheets if s.form] == [2, 1], kind
        assert [s.name for s in reading.sheets][-1] == "halaman 2"


@pytest.mark.parametrize("axis", [0, 1], ids=["one above the other", "side by side"])
async def test_two_sheets_in_one_picture_are_both_read(sandbox: Sandbox, axis: int) -> None:
    first, second = pages(30)
    shots = [
        Camera(seed=n).shoot(Pen(page).sign(signs(range(9 + n), (0, IN))).image)
        for n, page in enumerate((second, first), start=1)
    ]
    sheets = (OpenSheet.of(first, KEY), OpenSheet.of(second, KEY))
    reading = await sandbox.read(jpeg(np.concatenate(shots, axis=axis)), replace(context(), sheets=sheets))
    signed = {
        s.form.page: sum(c.verdict is Verdict.SIGNED for row in s.rows for c in row.cells)
        for s in reading.sheets
        if s.form
    }
    assert len(reading.sheets) == 2
    assert {page: count > 7 for page, count in signed.items()} == {1: True, 2: True}
    assert not [p for s in reading.sheets for p in s.problems]
    boxes = [cell.box for s in reading.sheets for row in s.rows for cell in row.cells if cell.box]
    assert max(b.x1 if axis else b.y1 for b in boxes) > 1.2 * (1200 if axis else 1600), (
        "places are of the whole picture"
    )


async def test_a_one_bit_scan_never_says_that_a_cell_is_empty(sandbox: Sandbox) -> None:
    gray = scan(written(), 200, noise=0)
    bits = Image.fromarray(gray).point(lambda value: 255 if value > 150 else 0).convert("1")
    buffer = io.BytesIO()
    bits.save(buffer, "TIFF", compression="group4")
    sheet = await read(sandbox, buffer.getvalue())
    verdicts = [cell.verdict for row in sheet.rows for cell in row.cells]
    assert Verdict.EMPTY not in verdicts
    assert Verdict.SIGNED in verdicts
    assert ProblemCode.TWO_TONE in [p.code for p in sheet.problems]


async def test_a_line_through_absent_rows_a_dash_and_a_dot_are_no_signatures(sandbox: Sandbox) -> None:
    page = printed()
    pen = Pen(page)
    row = page.layout.box(Sign(3, 0, IN))
    middle = (row.y0 + row.y1) / 2
    pen.line((row.x0 + 1, middle), (page.layout.box(Sign(3, 4, OUT)).x1 - 1, middle + 0.5))
    for number, day in ((6, 0), (7, 1)):
        box = page.layout.box(Sign(number, day, IN))
        pen.line((box.x0 + 2.5, (box.y0 + box.y1) / 2), (box.x1 - 2.5, (box.y0 + box.y1) / 2))
    dot = page.layout.box(Sign(8, 0, IN))
    pen.line((dot.x0 + 4, dot.y0 + 4), (dot.x0 + 4.3, dot.y0 + 4.2), width=0.8)
    sheet = await read(sandbox, photo(pen))
    assert Verdict.SIGNED not in [cell.verdict for r in sheet.rows for cell in r.cells]
    crossed = [cell.verdict for cell in sheet.rows[3].cells]
    assert crossed.count(Verdict.UNSURE) >= 8


async def test_a_newcomer_on_a_free_row_is_told_and_an_unused_one_is_not(sandbox: Sandbox) -> None:
    pen = Pen(printed()).sign(signs([18], (0, IN)))
    sheet = await read(sandbox, photo(pen))
    extra = sheet.rows[18:]
    assert [(row.no, row.nip) for row in extra] == [(19, "")]
    assert [cell.verdict for cell in extra[0].cells] == [Verdict.SIGNED]


async def test_ticks_that_say_too_little_become_a_note(sandbox: Sandbox) -> None:
    pen = Pen(printed()).tick([CodeTick(0, "S"), DayTick(2, 3), CodeTick(4, "DL"), DayTick(4, 1), DayTick(4, 2)])
    sheet = await read(sandbox, photo(pen))
    assert (sheet.rows[0].note, sheet.rows[2].note) == (
        "kotak S dicentang",
        "kotak tanpa kode tanggal 26 dicentang",
    )
    codes = [(cell.date, cell.code) for cell in sheet.rows[4].cells if cell.code]
    assert codes == [(printed().days[day], "DL") for day in (1, 1, 2, 2)]


async def test_a_tick_beside_a_day_that_is_signed_throughout_goes_to_a_person(sandbox: Sandbox) -> None:
    pen = Pen(printed()).sign(signs([0], *MONDAY)).sign(signs([2], (0, IN)))
    for row in (0, 2):
        pen.tick([CodeTick(row, "DL"), DayTick(row, 0)])
    sheet = await read(sandbox, photo(pen))
    told = {row.no: [(c.verdict, c.code) for c in row.cells if c.date == printed().days[0]] for row in sheet.rows}
    assert told[1] == [(Verdict.UNSURE, None)] * 2
    assert {c.text for c in sheet.rows[0].cells if c.text} == {"ditandatangani, tetapi kotak DL dicentang"}
    assert told[3] == [(Verdict.SIGNED, None), (Verdict.CODE, "DL")], "whoever came and then left on duty"


async def test_the_heads_signature_at_the_foot_is_seen(sandbox: Sandbox) -> None:
    signed = Pen(printed(), seed=2).sign(signs(PRESENT, *MONDAY)).sign([HeadBlock()])
    assert (await read(sandbox, photo(signed))).head is HeadMark.SIGNED
    like_a_tick = Pen(printed()).sign(signs(PRESENT, *MONDAY)).sign([HeadBlock()])
    assert (await read(sandbox, photo(like_a_tick))).head is HeadMark.UNSURE
    without = Pen(printed()).sign(signs(PRESENT, *MONDAY))
    assert (await read(sandbox, photo(without))).head is HeadMark.EMPTY


async def test_a_blurred_photo_is_asked_for_again_and_still_named(sandbox: Sandbox) -> None:
    sheet = await read(sandbox, photo(written(), Camera(side=1280, blur=3.2)))
    assert (sheet.kind, [p.code for p in sheet.problems]) == (SheetKind.UNREADABLE, [ProblemCode.BLURRED])
    assert "memotret ulang" in sheet.problems[0].message
    worse = await read(sandbox, photo(written(), Camera(side=1280, blur=8.0)))
    assert (worse.kind, [p.code for p in worse.problems]) == (SheetKind.UNREADABLE, [ProblemCode.BLURRED])


@pytest.mark.parametrize("blur", [3.2, 3.4, 3.6, 3.8])
async def test_a_sheet_out_of_focus_is_said_to_be_blurred_and_not_cut(sandbox: Sandbox, blur: float) -> None:
    for seed in (0, 1):
        sheet = await read(sandbox, photo(written(), Camera(side=1280, blur=blur, noise=2, seed=seed)))
        assert [p.code for p in sheet.problems] == [ProblemCode.BLURRED], (blur, seed)


async def test_a_photo_of_half_a_sheet_is_asked_for_again(sandbox: Sandbox) -> None:
    sheet = await read(sandbox, photo(written(), shift=(0.0, 0.45)))
    assert (sheet.kind, [p.code for p in sheet.problems]) == (SheetKind.UNREADABLE, [ProblemCode.CROPPED])


def _covered(strength: float) -> bytes:
    """A note lies over rows 10 to 12, or light of some strength shines from there."""
    seen = Camera().shoot(Pen(printed()).sign(signs(range(18), *MONDAY)).image)
    height, width = seen.shape[:2]
    if not strength:
        seen[int(height * 0.5) : int(height * 0.6), int(width * 0.3) : int(width * 0.8)] = 245
        return jpeg(seen)
    y, x = np.mgrid[:height, :width]
    light = np.exp(-(((x - width * 0.5) / (width * 0.18)) ** 2 + ((y - height * 0.55) / (height * 0.1)) ** 2))
    return jpeg(np.clip(seen + strength * light[..., None], 0, 255).astype(np.uint8))


@pytest.mark.parametrize("strength", [0.0, 300.0], ids=["a note", "glare"])
async def test_cells_under_a_note_or_in_glare_are_never_empty(sandbox: Sandbox, strength: float) -> None:
    sheet = await read(sandbox, _covered(strength))
    for session in Session:
        assert Verdict.EMPTY not in column(sheet, printed().days[0], session).values()
    hidden = [c for row in sheet.rows for c in row.cells if c.text == "tertutup atau silau"]
    assert 10 < len(hidden) < 100
    assert [p.code for p in sheet.problems] == [ProblemCode.COVERED]
    assert "memotret ulang" in sheet.problems[0].message


async def test_a_cut_corner_costs_nothing(sandbox: Sandbox) -> None:
    assert_monday(await read(sandbox, photo(written(), Camera(seed=2), shift=(0.07, 0.05))))


async def test_a_sheet_of_another_desk_is_not_read(sandbox: Sandbox) -> None:
    reading = await sandbox.read(photo(written()), replace(context(), sheets=()))
    assert [p.code for p in only(reading).problems] == [ProblemCode.UNKNOWN_FORM]
    assert reading.extra[UNKNOWN_FORM] == "4711/0"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("datang.jpg", "pulang.jpg"):
            archive.writestr(name, photo(written()))
    zipped = await sandbox.read(packed.getvalue(), replace(context(), filename="foto.zip", sheets=()))
    assert zipped.extra[UNKNOWN_FORM] == "4711/0,4711/0"


async def test_a_retired_copy_is_read_and_said_to_be_old(sandbox: Sandbox) -> None:
    sheets = (OpenSheet.of(printed(), KEY, retired=True),)
    sheet = only(await sandbox.read(photo(written()), replace(context(), sheets=sheets)))
    assert_monday(sheet)
    assert [p.code for p in sheet.problems] == [ProblemCode.FORM_RETIRED]


def _letter() -> bytes:
    page = np.full((1600, 1130, 3), 245, np.uint8)
    for line in range(28):
        cv2.putText(
            page, "Dengan hormat, bersama ini kami sampaikan bahwa", (90, 200 + 45 * line), 0, 0.9, (30,) * 3, 2
        )
    return jpeg(page)


def _cat() -> bytes:
    rng = np.random.default_rng(0)
    fur = cv2.resize(rng.integers(0, 255, (24, 32, 3), dtype=np.uint8), (1200, 900), interpolation=cv2.INTER_CUBIC)
    hair = rng.integers(-40, 40, (900, 1200, 1))
    return jpeg(np.clip(fur.astype(int) + hair, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    "data",
    [_cat(), _letter(), jpeg(np.full((1600, 1200, 3), 250, np.uint8)), jpeg(np.zeros((1600, 1200, 3), np.uint8))],
    ids=["cat", "letter", "blank page", "black frame"],
)
async def test_what_is_no_sheet_is_refused_politely(sandbox: Sandbox, data: bytes) -> None:
    sheet = await read(sandbox, data)
    assert (sheet.kind, [p.code for p in sheet.problems]) == (SheetKind.NOT_SHEET, [ProblemCode.NOT_SHEET])


async def test_a_form_of_an_offices_own_is_kept_for_its_reader(sandbox: Sandbox) -> None:
    page = np.full((1600, 1130, 3), 250, np.uint8)
    for number in range(25):
        cv2.line(page, (80, 250 + 45 * number), (1050, 250 + 45 * number), (20,) * 3, 2)
    for x in (80, 140, 500, 770, 1050):
        cv2.line(page, (x, 250), (x, 250 + 45 * 24), (20,) * 3, 2)
    sheet = await read(sandbox, jpeg(page))
    assert (sheet.kind, [p.code for p in sheet.problems]) == (SheetKind.IMAGE, [ProblemCode.READING_PENDING])


@pytest.mark.parametrize("cut", [400, 20_000])
async def test_a_cut_file_is_said_to_be_damaged_or_read_as_far_as_it_goes(sandbox: Sandbox, cut: int) -> None:
    data = photo(written())
    reading = await sandbox.read(data[: len(data) * cut // 100_000], context())
    codes = {p.code for s in reading.sheets for p in s.problems} | {p.code for p in reading.problems}
    assert codes & {ProblemCode.DAMAGED, ProblemCode.CROPPED, ProblemCode.BLURRED, ProblemCode.NOT_SHEET}


async def test_a_picture_that_claims_a_gigapixel_is_refused_before_it_is_decoded(sandbox: Sandbox) -> None:
    plain = _saved(np.zeros((8, 8), np.uint8), "PNG")
    size = (60_000).to_bytes(4, "big") * 2
    bomb = plain[:16] + size + plain[24:]
    bomb = bomb[:29] + zlib.crc32(bomb[12:29]).to_bytes(4, "big") + bomb[33:]
    reading = await sandbox.read(bomb, context())
    assert [p.code for p in reading.problems] == [ProblemCode.BOMB]


async def test_the_whole_reading_is_drawn_on_the_page(sandbox: Sandbox) -> None:
    data = photo(written())
    sheet = await read(sandbox, data)
    marks = marks_of(sheet, 1)
    assert len(marks) == 18 * 10 + 10
    drawn = await sandbox.run("parsers.vision.overlay.overlay", data, 1, marks, result=bytes)
    image = np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB"))
    assert image.shape == (1600, 1200, 3)
    box = sheet.rows[0].cells[0].box
    assert box is not None
    edge = image[int((box.y0 + box.y1) / 2), int(box.x0) + 1].astype(int)
    assert edge[1] > edge[0] + 30, "signed cells are framed in green"
    with pytest.raises(ReadingError):
        await sandbox.run("parsers.vision.overlay.overlay", data, 2, marks, result=bytes)
