"""A printed page found again: rendered as a picture, its tags and QR codes read by other programs' eyes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest
import zxingcpp

from domain.calendar import CalendarOverride, WorkCalendar
from domain.errors import UsageError
from domain.profile import load_profile
from domain.sheet import SheetPage, from_plain, to_plain
from domain.sheet_identity import read_tags
from domain.sheet_layout import CodeTick, DayTick, HeadBlock, HeadSign, Name, Note, Paper, Place, Rect, Sign
from domain.terms import Pattern, Session
from reports.forms import PrintedSheets, print_many, print_sheets, weekly_forms
from tests.fakes.sheets import KEY, WEEK, daily, pages, roster, unit

LAW = load_profile("tulungagung")
DPI = 200
Picture = npt.NDArray[np.uint8]
CASES = {
    "weekly A4": (lambda: pages(48)),
    "weekly six days F4 with days off": (lambda: pages(30, Pattern.SIX, Paper.F4, "2026-W52")),
    "daily A4": (lambda: pages(20, profile=daily(LAW))[:1]),
    "few people": (lambda: pages(1)),
}


@cache
def printed(case: str) -> PrintedSheets:
    return print_sheets(LAW, KEY, CASES[case]())


@cache
def picture(case: str, page: int = 0, dpi: int = DPI) -> Picture:
    document = pypdfium2.PdfDocument(printed(case).pdf)
    return np.asarray(document[page].render(scale=dpi / 72).to_pil().convert("L"))


def part(image: Picture, box: Rect, dpi: int = DPI) -> Picture:
    x0, y0, x1, y1 = (round(v * dpi / 25.4) for v in (box.x0, box.y0, box.x1, box.y1))
    return image[y0:y1, x0:x1]


def found_tags(image: Picture) -> dict[int, npt.NDArray[np.float32]]:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_1000))
    corners, ids, _ = detector.detectMarkers(image)
    return {} if ids is None else {int(i): c[0] for i, c in zip(ids.ravel(), corners, strict=True)}


@pytest.mark.parametrize("case", CASES)
def test_opencv_finds_every_tag_where_the_geometry_says(case: str) -> None:
    page = printed(case).pages[0]
    found = found_tags(picture(case))
    for tag, box in zip(page.tag_ids(KEY), page.layout.tags, strict=True):
        corners = found[tag] * 25.4 / DPI
        wanted = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
        assert np.abs(corners - np.array(wanted)).max() < 0.25, "millimetres"
    read = read_tags(found, KEY, lambda identity: identity == page.identity)
    assert read is not None
    assert read.identity == page.identity


@pytest.mark.parametrize("case", CASES)
def test_both_qr_codes_read_where_the_geometry_says(case: str) -> None:
    page = printed(case).pages[0]
    codes = {code.text: code.position for code in zxingcpp.read_barcodes(picture(case))}
    for text, box in zip(page.qr_texts, page.layout.qr_codes, strict=True):
        corner = codes[text].top_left
        assert abs(corner.x * 25.4 / DPI - box.x0) < 1
        assert abs(corner.y * 25.4 / DPI - box.y0) < 1
        assert page.named_by(text)


def test_the_tags_name_the_sheet_where_blur_has_killed_the_qr_codes() -> None:
    """facts/scan.md: 1280 px, a blur of 2.2 px."""
    page = printed("weekly A4").pages[0]
    small = cv2.resize(picture("weekly A4"), None, fx=1280 / 2338, fy=1280 / 2338, interpolation=cv2.INTER_AREA)
    blurred = np.asarray(cv2.GaussianBlur(small, (0, 0), 2.2), np.uint8)
    read = read_tags(found_tags(blurred), KEY, lambda identity: identity == page.identity)
    assert read is not None
    assert read.identity == page.identity


def _inner(page: SheetPage, place: Place) -> Rect:
    return page.layout.box(place).grown(-0.5)


@pytest.mark.parametrize("case", CASES)
def test_cells_are_pure_white_unless_closed_and_ruled_in_black(case: str) -> None:
    image, page = picture(case), printed(case).pages[0]
    for place in page.layout.places():
        inside = part(image, _inner(page, place))
        match place:
            case Sign(row, day, _):
                assert (inside.min() == 255) == page.rows[row].open[day], place
            case HeadSign(day, _):
                assert (inside.min() == 255) == (page.off[day] == ""), place
            case CodeTick() | DayTick() | Note() | HeadBlock():
                assert inside.min() == 255, place
            case Name(row):
                assert (inside.min() == 255) == (page.rows[row].person is None), place
        if isinstance(place, Sign | HeadSign):
            box = page.layout.box(place)
            left = part(image, Rect(box.x0 - 0.3, box.y0 + 1, box.x0 + 0.3, box.y1 - 1))
            closed = page.off[place.day] != ""  # a day off is one shaded column
            assert closed or left.min(axis=1).max() < 60, place
        if isinstance(place, CodeTick | DayTick):
            edge = part(image, page.layout.box(place).grown(0.25))
            assert edge.min() < 60, place


@pytest.mark.parametrize("case", CASES)
def test_no_text_leaves_its_place_or_covers_another(case: str) -> None:
    """Every printed letter lies in the heading, the table or the foot; names lie within their own cells."""
    sheets = printed(case)
    document = pypdfium2.PdfDocument(sheets.pdf)
    for number, page in enumerate(sheets.pages):
        text = document[2 * number].get_textpage()
        height = page.layout.height
        for row in (row for row in page.rows if row.person):
            box = page.layout.box(Name(page.rows.index(row)))
            inside = text.get_text_bounded(*_points(box, height))
            assert "".join(f"{row.name}NIP {row.nip}".split()) == "".join(inside.split())
        fixed = [*page.layout.tags, *page.layout.qr_codes]
        for index in range(text.count_chars()):
            x0, y0, x1, y1 = (v * 25.4 / 72 for v in text.get_charbox(index))
            letter = Rect(x0, height - y1, x1, height - y0)
            assert letter.x0 >= 7
            assert letter.x1 <= page.layout.width - 7
            assert not any(letter.overlaps(other) for other in fixed)


def _points(box: Rect, height: float) -> tuple[float, float, float, float]:
    left, bottom, right, top = box.x0, height - box.y1, box.x1, height - box.y0
    return left * 72 / 25.4, bottom * 72 / 25.4, right * 72 / 25.4, top * 72 / 25.4


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_every_sheet_has_the_guide_on_its_back() -> None:
    sheets = printed("weekly six days F4 with days off")
    sides = texts(sheets.pdf)
    assert len(sides) == 2 * len(sheets.pages)
    for front, back in zip(sides[::2], sides[1::2], strict=True):
        assert "DAFTAR TANDA TANGAN PRESENSI MINGGUAN" in front
        assert "PETUNJUK PENGISIAN" in back
        assert "DATANG: pukul 07.00 s.d. 07.30 WIB." in back
        assert "PULANG: pukul 14.00 s.d. 14.30 WIB." in back
        assert "jangan memakai cairan penghapus" in back.lower()
    assert "Minggu ke-52: Senin, 21 Desember s.d. Sabtu, 26 Desember 2026" in sides[0]
    assert f"Halaman 1 dari 2 Kode {sheets.pages[0].code}" in " ".join(sides[0].split())
    assert "LIBUR NASIONAL: HARI RAYA NATAL" in sides[0]


def test_the_guide_speaks_the_governments_own_codes() -> None:
    law = load_profile("bulungan")
    back = " ".join(texts(print_sheets(law, KEY, pages(3, profile=law)).pdf)[1].split())
    assert "C = Cuti, S = Sakit, DL = Dinas Luar, TK = Tugas Khusus, I = Izin." in back
    assert "Keterangan C, S, DL, I disertai bukti." in back
    assert "MASUK: pukul 06.30 s.d. 07.30 WITA." in back
    assert "WhatsApp" not in back


def test_hours_that_change_within_the_week_are_told_by_day() -> None:
    friday = LAW.windows[1].model_copy(update={"weekdays": (5,), "closes": LAW.windows[1].opens.replace(hour=17)})
    law = LAW.model_copy(update={"windows": (*LAW.windows, friday)})
    back = " ".join(texts(print_sheets(law, KEY, pages(3)).pdf)[1].split())
    assert "PULANG (Senin, Selasa, Rabu, Kamis): pukul 15.30 s.d. 16.00 WIB." in back
    assert "PULANG (Jumat): pukul 15.30 s.d. 17.30 WIB." in back


def test_a_second_print_says_so() -> None:
    again = [replace(page, copy=2).signed(KEY) for page in pages(3)]
    assert "CETAKAN KE-2, menggantikan cetakan sebelumnya" in " ".join(
        texts(print_sheets(LAW, KEY, again).pdf)[0].split()
    )


def test_the_same_snapshot_prints_the_same_bytes() -> None:
    first = pages(10)
    kept = [from_plain(json.loads(json.dumps(to_plain(page)))) for page in first]
    one, other = print_sheets(LAW, KEY, first), print_sheets(LAW, KEY, kept)
    assert hashlib.sha256(one.pdf).digest() == hashlib.sha256(other.pdf).digest()


def test_weekly_forms_drafts_numbers_and_prints() -> None:
    office = unit()
    sheets = weekly_forms(LAW, roster(3, office), WorkCalendar(LAW), office, WEEK, KEY, first_number=9, copy=2)
    assert [(page.number, page.copy) for page in sheets.pages] == [(9, 2)]
    assert sheets.pages[0].genuine(KEY)
    with pytest.raises(UsageError, match="minggu"):
        weekly_forms(LAW, roster(3, office), WorkCalendar(LAW), office, "kemarin", KEY, first_number=9)
    closed = WorkCalendar(LAW, (CalendarOverride(date(2026, 11, 23), date(2026, 11, 29), False, "Libur daerah"),))
    with pytest.raises(UsageError, match="tidak bekerja"):
        weekly_forms(LAW, roster(3, office), closed, office, WEEK, KEY, first_number=9)


def test_a_profile_may_do_without_the_heads_signature() -> None:
    rule = LAW.forms["weekly"].model_copy(update={"head_signature": False})
    law = LAW.model_copy(update={"forms": {**LAW.forms, "weekly": rule}})
    sheets = print_sheets(law, KEY, pages(3, profile=law))
    front, back = texts(sheets.pdf)
    assert "Mengetahui" not in front
    assert "Paraf kepala" not in front
    assert "Kepala membubuhkan" not in back
    assert "Yang membuat" in front


def test_who_has_no_nip_and_who_comes_on_wednesday_is_printed_so() -> None:
    page = pages(2)[0]
    first, second, *free = page.rows
    rows = (replace(first, nip=""), replace(second, open=(False, False, True, True, True)), *free)
    page = replace(page, rows=rows).signed(KEY)
    sheets = print_sheets(LAW, KEY, [page])
    assert texts(sheets.pdf)[0].count(f"NIP {first.nip}") == 1, "only in the head's block"
    image = np.asarray(pypdfium2.PdfDocument(sheets.pdf)[0].render(scale=DPI / 72).to_pil().convert("L"))
    for day, white in enumerate((False, False, True, True, True)):
        for session in Session:
            inside = part(image, page.layout.box(Sign(1, day, session)).grown(-0.5))
            assert (inside.min() == 255) == white


def test_many_units_are_printed_in_order_by_several_processes() -> None:
    batches: Sequence[tuple[SheetPage, ...]] = [pages(2), pages(3), pages(4)]
    sheets = list(print_many(LAW, KEY, batches, workers=2))
    assert [len(one.pages[0].rows) for one in sheets] == [4, 5, 6]
    assert [one.pages for one in sheets] == [tuple(batch) for batch in batches]
