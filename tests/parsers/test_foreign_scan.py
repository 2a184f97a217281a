"""Offices' own forms, signed and scanned or photographed: rows, people, days, and ink that is never guessed."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

import cv2
import numpy as np
import pytest

from demo.paper.habits import ORDINARY
from demo.paper.laboratory import Shot, take
from domain.reading import FileReading, ProblemCode, SheetKind, Verdict
from domain.terms import Session
from parsers.base import ParseContext
from parsers.foreign_scan import PARSER, ink_of
from parsers.vision.header_words import (
    heading_of_contents,
    nearest_heading,
    nearest_sign,
    unread_sign,
    words_apart,
)
from parsers.vision.ocr import read_pieces
from parsers.vision.picture import pictures
from parsers.vision.reader import Doubt
from parsers.vision.ruling import find_ruled
from parsers.vision.streaks import without_streaks
from parsers.vision.table_cells import cells_of
from tests.fakes.foreign_sheets import APEL, DAILY, PLAIN, Layout, Someone, foreign_sheet

DAY = date(2026, 11, 23)
CODES = frozenset({"H", "DL", "S", "C", "I"})
NAMES = (
    "Drs. H. Bambang Wijaya, M.Si.", "Siti Aminah, S.E.", "Moh. Arif Hidayat", "Dewi Lestari, A.Md.",
    "Sri Wahyuni, S.Sos.", "Agus Santoso", "Nur Rahmawati, S.Pd.", "Yulia Kusumaningtyas, S.AP.",
    "R. Bambang Prabowo", "Endang Susilowati", "Wahyu Nugroho, S.T.", "Ratna Puspitasari",
)  # fmt: skip
PEOPLE = tuple(
    Someone(
        n, name, f"19{70 + n:02}0{1 + n % 9}{10 + n} 20{10 + n}0{1 + n % 9} {1 + n % 2} {n:03}", note="DL" * (n == 8)
    )
    for n, name in enumerate(NAMES, start=1)
)

TWO_IN_ONE = (
    replace(PEOPLE[0], name=f"{NAMES[0]}\n{NAMES[1]}", nip=f"{PEOPLE[0].nip}\n{PEOPLE[1].nip}"),
    *(replace(person, no=person.no - 1) for person in PEOPLE[2:]),
)


@lru_cache(maxsize=8)
def shot_of(layout: Layout, name: str, seed: int, people: tuple[Someone, ...] = PEOPLE) -> Shot:
    return take(foreign_sheet(layout, "Dinas Perhubungan", DAY, people, 9.0), "valid", name, seed)


def read(data: bytes, layouts: dict[str, tuple[str, ...]] | None = None) -> FileReading:
    return PARSER.parse(data, ParseContext("lembar.jpg", CODES, DAY, layouts=layouts or {}))


def digits(nip: str) -> str:
    """A NIP without the blanks between its parts, which the eye may miss."""
    return "".join(nip.split())


def last_word(name: str) -> str:
    """Its first four letters; the stop after a degree is easily missed and means nothing."""
    return name.split()[-1][:4].rstrip(".")


def encoded(gray: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    return bytes(cv2.imencode(".png", gray)[1].tobytes())


@pytest.mark.parametrize(("layout", "name", "seed"), [(DAILY, "scan", 2), (PLAIN, "photo1600", 1)])
def test_every_row_of_an_own_form_is_read_with_number_name_nip_and_day(layout: Layout, name: str, seed: int) -> None:
    [sheet] = read(shot_of(layout, name, seed).data).sheets
    assert sheet.kind is SheetKind.DAILY
    assert sheet.dates == (DAY,)
    assert sheet.unit_text == "DINAS PERHUBUNGAN"
    assert [row.no for row in sheet.rows] == [p.no for p in PEOPLE]
    assert [digits(row.nip) for row in sheet.rows] == [digits(p.nip) for p in PEOPLE]
    assert [last_word(row.name) for row in sheet.rows] == [last_word(p.name) for p in PEOPLE]
    assert all([c.session for c in row.cells] == [Session.DATANG, Session.PULANG] for row in sheet.rows)


def test_ink_is_seen_where_it_is_and_nothing_is_called_signed_that_is_bare() -> None:
    shot = shot_of(DAILY, "scan", 1)
    [sheet] = read(shot.data).sheets
    truths = {(t.row, t.column): t.expected for t in shot.truths}
    wrong = [
        (row.no, column, cell.verdict, truths[row.no - 1, column])
        for row in sheet.rows
        for column, cell in enumerate(row.cells)
        if row.no
        and cell.verdict in (Verdict.SIGNED, Verdict.EMPTY)
        and cell.verdict.value != truths[row.no - 1, column]
    ]
    assert wrong == []
    assert sum(c.verdict is Verdict.SIGNED for r in sheet.rows for c in r.cells) > 0


def test_boxes_lead_back_to_the_picture_that_was_sent() -> None:
    shot = shot_of(DAILY, "scan", 1)
    [sheet] = read(shot.data).sheets
    first, last = sheet.rows[0].cells[0].box, sheet.rows[-1].cells[1].box
    assert first is not None
    assert last is not None
    assert first.page == last.page == 1
    assert first.y1 < last.y0
    assert first.x1 <= last.x0 + 3


@pytest.mark.slow
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_that_lies_on_its_side_or_head_is_read_all_the_same(turns: int) -> None:
    shot = shot_of(PLAIN, "photo1600", 1)
    picture = cv2.imdecode(np.frombuffer(shot.data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    turned = np.ascontiguousarray(np.rot90(picture, turns))
    [sheet] = read(encoded(turned)).sheets  # type: ignore[arg-type]
    assert [digits(row.nip) for row in sheet.rows] == [digits(p.nip) for p in PEOPLE]
    box = sheet.rows[0].cells[0].box
    assert box is not None
    assert 0 <= box.x0 < box.x1 <= turned.shape[1]
    assert 0 <= box.y0 < box.y1 <= turned.shape[0]


def test_a_new_layout_waits_for_a_person_and_a_confirmed_one_does_not() -> None:
    data = shot_of(PLAIN, "photo1600", 1).data
    new = read(data)
    name = new.extra["layout"]
    assert new.extra["layout_columns"] == "NO|NAMA|NIP|TTD DATANG|TTD PULANG|KETERANGAN"
    assert ProblemCode.NEW_LAYOUT in [p.code for p in new.sheets[0].problems]
    confirmed = read(data, {name: ("NO", "NAMA", "NIP", "TTD PULANG", "TTD DATANG", "KETERANGAN")})
    assert ProblemCode.NEW_LAYOUT not in [p.code for p in confirmed.sheets[0].problems]
    assert [c.session for c in confirmed.sheets[0].rows[0].cells] == [Session.PULANG, Session.DATANG]
    assert ProblemCode.NEW_LAYOUT not in [p.code for p in read(data, {name: ()}).sheets[0].problems]


def test_who_wrote_under_a_heading_that_nobody_can_read_is_not_called_away() -> None:
    """A stamp over "Datang" left "Pulang" as the only place to sign: a page of people seemed away."""
    heads = tuple("" if word == "Datang" else word for word in PLAIN.heads[0])
    half = replace(ORDINARY, present=0.5, stamp=0, row_line=0, z_line=0)
    sheet = foreign_sheet(replace(PLAIN, heads=(heads,)), "Dinas Perhubungan", DAY, PEOPLE, 9.0)
    shot = take(sheet, "valid", "scan", 3, half)
    truths = {(t.row, t.column): t.expected for t in shot.truths}
    [read_sheet] = read(shot.data).sheets
    said = {row.no: row.cells[0] for row in read_sheet.rows}
    assert {cell.session for cell in said.values()} == {Session.PULANG}
    went = [no for no in said if no and truths[no - 1, 0] == "signed" and truths[no - 1, 1] == "empty"]
    assert len(went) >= 2
    assert {said[no].verdict for no in went} == {Verdict.UNSURE}
    assert {said[no].text for no in went} == {Doubt.ELSEWHERE}
    away = [no for no in said if no and truths[no - 1, 0] == truths[no - 1, 1] == "empty"]
    assert {said[no].verdict for no in away} == {Verdict.EMPTY}


@pytest.mark.slow
def test_the_apel_list_is_told_from_a_daily_sheet() -> None:
    [sheet] = read(shot_of(APEL, "scan", 2).data).sheets
    assert sheet.kind is SheetKind.APEL
    assert len(sheet.rows) == len(PEOPLE)


def test_a_picture_without_ruling_is_left_for_a_person() -> None:
    page = np.full((1400, 1000), 245, np.uint8)
    for n in range(20):
        cv2.putText(page, "Dengan hormat kami sampaikan", (80, 120 + 60 * n), cv2.FONT_HERSHEY_SIMPLEX, 1, 40, 2)
    [sheet] = read(encoded(page)).sheets
    assert sheet.kind is SheetKind.IMAGE
    assert find_ruled(np.full((1400, 1000), 245, np.uint8)) is None


def test_a_scrap_of_nothing_holds_no_text() -> None:
    assert read_pieces([np.full((4, 4), 255, np.uint8)]) == [("", 0.0)]


def test_a_page_of_two_tones_never_shows_that_a_place_is_empty() -> None:
    shot = shot_of(PLAIN, "one bit", 3)
    cells = [c for s in read(shot.data).sheets for r in s.rows for c in r.cells]
    assert cells
    assert all(c.verdict is not Verdict.EMPTY for c in cells)


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("NamahoP", "NAMA"),
        ("fama", "NAMA"),
        ("Ketecangan", "KETERANGAN"),
        ("Catatan rapat", "Catatan rapat"),
        ("TTD", "TTD"),
    ],
)
def test_a_heading_a_letter_off_is_understood_and_another_word_is_left_alone(read_as: str, meant: str) -> None:
    assert nearest_heading(read_as) == meant


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("DINASPERHUBUNGAN", "DINAS PERHUBUNGAN"),
        ("UPTDPUSKESMAS KOTA", "UPTD PUSKESMAS KOTA"),
        ("AgusSantoso, S.Pd., M.Pd.", "Agus Santoso, S.Pd., M.Pd."),
        ("Bambang Wijaya,M.Si.", "Bambang Wijaya, M.Si."),
        ("SMPN 1", "SMPN 1"),
        ("A.Md.Keb.", "A.Md.Keb."),
    ],
)
def test_blanks_that_the_reader_of_print_lost_are_put_back(read_as: str, meant: str) -> None:
    assert words_apart(read_as) == meant


def test_a_place_to_sign_under_a_note_is_never_called_empty() -> None:
    """Whoever signed under a slip of paper would pass for absent."""
    page = ink_of(next(iter(pictures(shot_of(PLAIN, "scan", 2).data)))).copy()
    [sheet] = read(encoded(page)).sheets
    signed = next(c for r in sheet.rows[3:8] for c in r.cells if c.verdict is Verdict.SIGNED and c.box)
    box = signed.box
    assert box is not None
    page[round(box.y0) - 6 : round(box.y1) + 7, round(box.x0) + 8 : round(box.x1) - 8] = int(np.median(page))
    [covered] = read(encoded(page)).sheets
    there = [c for r in covered.rows for c in r.cells if c.box and abs(c.box.y0 - box.y0) + abs(c.box.x0 - box.x0) < 9]
    assert [c.verdict for c in there] == [Verdict.UNSURE]


def test_a_streak_of_the_scanner_is_painted_over_and_a_table_s_line_is_not() -> None:
    page = np.full((900, 600), 240, np.uint8)
    page[:, 200:202] = 120
    page[150:700, 400:402] = 40
    mended = without_streaks(page)
    assert mended[:, 195:207].min() > 230
    assert (mended[150:700, 400:402] == 40).all()


def test_rows_that_are_not_all_found_make_the_page_a_picture_for_a_person() -> None:
    page = np.full((1600, 1200), 245, np.uint8)
    for n in range(14):
        slope = 0 if n < 5 else 60
        cv2.line(page, (100, 300 + 60 * n), (1100, 300 + 60 * n + slope * (n % 2)), 20, 3)
    for x in (100, 200, 600, 850, 1100):
        cv2.line(page, (x, 300), (x, 1140), 20, 3)
    assert find_ruled(page) is None


def test_a_column_without_a_legible_heading_is_named_by_what_it_holds() -> None:
    assert heading_of_contents(["1", "2", "3"], first=True) == "NO"
    assert heading_of_contents(["1", "2", "3"], first=False) == ""
    assert heading_of_contents(["19800715 200404 2 901", "19840021 200624 1 901"], first=False) == "NIP"
    assert (
        heading_of_contents(["Sri Ayu\n19800715 200404 2 901", "Agus Setiawan\n19840021 200624 1 901"], first=False)
        == "NAMA / NIP"
    )
    assert heading_of_contents(["Camat", "Pengemudi"], first=False) == ""


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [("TTO", "TTD"), ("TD", "TTD"), ("T.T.D", "T.T.D"), ("TTL", "TTL"), ("DL", "DL"), ("NIP", "NIP"), ("", "")],
)
def test_the_short_heading_of_the_place_to_sign_may_be_a_letter_off(read_as: str, meant: str) -> None:
    assert nearest_sign(read_as) == meant


@pytest.mark.parametrize(
    ("headings", "bare", "column"),
    [
        (("NO", "NAMA/NIP", "JABATAN", "", "KETERANGAN"), {3, 4}, 3),
        (("NO", "NAMA", "NIP", "."), {3}, 3),
        (("NO", "NAMA/NIP", "JABATAN", "", "KETERANGAN"), {4}, None),
        (("NO", "NAMA/NIP", "JABATAN", "Suhu", "KETERANGAN"), {3, 4}, None),
        (("NO", "NAMA/NIP", "JABATAN", "TTD", ""), {3, 4}, None),
        (("NO", "NAMA/NIP", "DATANG", "", "KETERANGAN"), {2, 3, 4}, None),
        (("NO", "NAMA/NIP", "", "JABATAN", "KETERANGAN"), {2, 4}, None),
        (("", "", "", "", ""), {3, 4}, None),
    ],
)
def test_an_unread_column_is_the_place_to_sign_only_where_it_can_be_nothing_else(
    headings: tuple[str, ...], bare: set[int], column: int | None
) -> None:
    assert unread_sign(headings, bare) == column


@pytest.mark.parametrize("written", ["TTO", ""])
def test_an_apel_list_whose_heading_to_sign_is_not_read_is_still_an_apel_list(written: str) -> None:
    *before, _, note = APEL.heads[0]
    layout = replace(APEL, heads=((*before, written, note),))
    [sheet] = read(shot_of(layout, "scan", 2).data).sheets
    assert sheet.kind is SheetKind.APEL
    assert ProblemCode.NEW_LAYOUT in [p.code for p in sheet.problems]
    assert [row.no for row in sheet.rows] == [p.no for p in PEOPLE]


def test_lines_between_the_first_people_may_be_broken_by_blur() -> None:
    page = np.full((1600, 1200), 245, np.uint8)
    for n in range(12):
        cv2.line(page, (100, 300 + 60 * n), (1100, 300 + 60 * n), 20, 3)
    for n in (2, 3, 4):
        for left, right in ((185, 216), (300, 470), (1062, 1096)):
            page[290 + 60 * n : 311 + 60 * n, left:right] = 245
    for x in (100, 220, 480, 640, 800, 960, 1100):
        cv2.line(page, (x, 300), (x, 960), 20, 3)
    ruled = find_ruled(page)
    assert ruled is not None
    assert len(ruled.ys) == 12
    assert [(c.row, c.column) for c in cells_of(ruled) if c.last_row > c.row] == []


def test_two_nips_in_one_row_make_its_places_unsure_and_nobody_s() -> None:
    shot = shot_of(PLAIN, "scan", 4, TWO_IN_ONE)
    [sheet] = read(shot.data).sheets
    both, alone = sheet.rows[0], sheet.rows[1:]
    assert both.name == "beberapa orang dalam satu baris"
    assert both.nip == ""
    assert all(cell.verdict is Verdict.UNSURE for cell in both.cells)
    assert [digits(row.nip) for row in alone] == [digits(p.nip) for p in TWO_IN_ONE[1:]]
    assert any(cell.verdict is not Verdict.UNSURE for row in alone for cell in row.cells)
