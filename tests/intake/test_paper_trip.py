"""A printed sheet comes back by mail: real database, real sandbox, a photo of real ink."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.cell_crop import CellCrops
from bot.issuing import IssuedSheet, Order, issue_weekly
from domain.outcome import Flag, QuestionKind
from domain.reading import Verdict
from domain.roster import Person, Placement
from domain.sheet import SheetPage
from domain.sheet_layout import HeadSign, Sign
from domain.terms import Timeliness
from parsers.base import reader_of
from parsers.printed_form import PARSER
from storage.engine import Database
from storage.records import SubmissionRow
from tests.fakes.desk_world import DAY, IN, OUT, PROFILE, ROSTER, at
from tests.fakes.photos import Camera, Pen, jpeg, photo, scan, signs
from tests.fakes.sheets import KEY
from tests.fakes.trip import Trip, mail, trip_on

TUESDAY = 1
NIPS = [f"19800101200501{n:04d}" for n in range(1, 29)]
MANY = {nip: Person(nip, f"Pegawai {nip[-2:]}", f"Pegawai {nip[-2:]}", nip=nip) for nip in NIPS}


@pytest.fixture
async def trip(database: Database, tmp_path: Path) -> AsyncIterator[Trip]:
    async with trip_on(database, tmp_path) as made:
        made.sheets_key = KEY
        people = {**ROSTER.people, **MANY}
        placements = (*ROSTER.placements, *(Placement(key, "U1", date(2000, 1, 1)) for key in MANY))
        async with database.begin() as uow:
            await uow.roster.replace(replace(ROSTER, people=people, placements=placements), "test", at(6))
        yield made


async def issued(trip: Trip, *, new_copy: bool = False) -> tuple[SheetPage, ...]:
    order = Order("2026-W48", ("U1",), new_copy, "test")
    (sheet,) = await issue_weekly(trip.db, PROFILE, KEY, order, at(6))
    assert isinstance(sheet, IssuedSheet)
    return sheet.pages


async def sent(trip: Trip, when: datetime, *photos: bytes, subject: str = "presensi") -> int:
    """A mail with these photos makes the whole trip; its id."""
    trip.clock.moment = when
    raw = mail(*photos, when=when, subject=subject, name="IMG_0001.jpg", header_id=f"<{when:%H%M%S}@presensi.test>")
    return await trip.read(raw)


async def came(trip: Trip, when: datetime, *photos: bytes, subject: str = "presensi") -> SubmissionRow:
    """A mail with these photos makes the whole trip; the submission that it joined, of the session it is for."""
    message = await sent(trip, when, *photos, subject=subject)
    async with trip.db.begin() as uow:
        rows = await uow.submissions.for_message(message)
    assert rows, await trip.message(message)
    return rows[-1]


def morning(page: SheetPage, rows: range, seed: int = 0) -> Pen:
    return Pen(page, seed).sign(signs(rows, (TUESDAY, IN))).sign([HeadSign(TUESDAY, IN)])


async def test_a_photo_of_the_printed_sheet_becomes_marks_and_a_receipt_that_names_who_is_missing(trip: Trip) -> None:
    first, second = await issued(trip)
    people = [row for page in (first, second) for row in page.rows if row.person]
    row = await came(
        trip, at(7, 21), photo(morning(second, range(14))), photo(morning(first, range(15)), Camera(turn=2, seed=4))
    )
    assert (row.unit, row.date, row.session) == ("U1", DAY, "datang")
    assert (row.state.timeliness, row.state.missing_pages) == (Timeliness.ON_TIME, ())
    async with trip.db.begin() as uow:
        facts = [fact for fact in await uow.facts.for_submission(row.id) if fact.session is IN]
    assert {f.person for f in facts} == {p.person for p in people}
    missing = next(p for p in people if p.no == 16)
    wrong = [f for f in facts if f.verdict is not Verdict.SIGNED and f.person != missing.person]
    assert [f.verdict for f in wrong if f.verdict is not Verdict.UNSURE] == []
    assert next(f.verdict for f in facts if f.person == missing.person) is Verdict.EMPTY
    (receipt,) = await trip.letters(row.message_id)
    assert f"Kolom kosong: no. 16 {missing.name}" in receipt.body
    assert "TEPAT WAKTU" in receipt.body
    fact = facts[0]
    assert fact.box is not None
    assert (fact.reader, fact.sha256 != "") == (reader_of(PARSER), True)


async def test_half_of_the_pages_is_partly_in_time_and_the_other_half_completes_it(trip: Trip) -> None:
    first, second = await issued(trip)
    row = await came(trip, at(7, 21), photo(morning(first, range(16))))
    assert row.state.missing_pages == (2,)
    assert Flag.INCOMPLETE_PAGES in row.state.flags
    (receipt,) = await trip.letters(row.message_id)
    assert "2" in receipt.body
    late = await came(trip, at(7, 41), photo(morning(second, range(14))))
    assert late.id == row.id
    assert (late.state.timeliness, late.state.missing_pages) == (Timeliness.PARTIAL, ())
    assert late.state.counts.rows == 30, "both pages"


async def test_a_blurred_photo_is_answered_with_what_to_do_and_its_retake_keeps_the_time(trip: Trip) -> None:
    first, _ = await issued(trip)
    pen = morning(first, range(16))
    row = await came(trip, at(7, 28), photo(pen, Camera(side=1280, blur=3.4)))
    assert not row.state.received
    (receipt,) = await trip.letters(row.message_id)
    assert "Mohon memotret ulang lembar yang sama" in receipt.body
    again = await came(trip, at(7, 52), photo(pen))
    assert again.id == row.id
    assert again.state.received
    assert again.state.at == at(7, 28)
    assert again.state.timeliness in (Timeliness.ON_TIME, Timeliness.PARTIAL)


async def test_later_looks_flag_what_changed_on_the_sheet(trip: Trip) -> None:
    first, _ = await issued(trip)
    pen = morning(first, range(12))
    await came(trip, at(7, 21), photo(pen))
    same = await came(trip, at(7, 25), photo(pen, Camera(quality=60)))
    assert Flag.SAME_PHOTO in same.state.flags
    pen.sign(signs(range(12), (TUESDAY, OUT)))
    evening = await came(trip, at(15, 40), photo(pen, Camera(seed=8)))
    assert (evening.session, evening.state.flags & {Flag.CHANGED, Flag.OTHER_PRINT, Flag.COPIED}) == (
        "pulang",
        frozenset(),
    )
    other = morning(first, range(12), seed=77).sign(signs(range(12), (TUESDAY, OUT)))
    swapped = await came(trip, at(15, 50), photo(other, Camera(seed=9)))
    assert Flag.OTHER_PRINT in swapped.state.flags


async def test_a_blurred_page_after_the_first_takes_nothing_back_and_is_asked_for_again(trip: Trip) -> None:
    first, second = await issued(trip)
    whole = await came(trip, at(7, 21), photo(morning(first, range(16))))
    (receipt,) = await trip.letters(whole.message_id)
    assert "halaman 2 (dari 2) belum kami terima" in receipt.body
    pen = morning(second, range(14))
    blurred = await sent(trip, at(7, 36), photo(pen, Camera(side=1280, blur=3.4)))
    async with trip.db.begin() as uow:
        (row,) = await uow.submissions.for_message(blurred)
    assert (row.id, row.state.missing_pages, row.state.kind) == (whole.id, (2,), whole.state.kind)
    assert (row.state.counts, row.state.head) == (whole.state.counts, whole.state.head)
    assert row.state.flags & {Flag.RETAKE, Flag.INCOMPLETE_PAGES, Flag.NO_SIGNATURE} == {
        Flag.RETAKE,
        Flag.INCOMPLETE_PAGES,
    }
    (letter,) = await trip.letters(blurred)
    assert "Mohon memotret ulang lembar yang sama" in letter.body
    assert "paling lambat pukul 08.06 WIB" in letter.body
    plain = np.full((1600, 1200, 3), 250, np.uint8)
    assert (await came(trip, at(7, 40), jpeg(plain))).state.missing_pages == (2,), "a picture of nothing cures nothing"
    again = await came(trip, at(8, 1), photo(pen))
    assert (again.state.missing_pages, again.state.timeliness) == ((), Timeliness.ON_TIME)
    assert again.state.counts.rows == 30
    assert Flag.RETAKE not in again.state.flags


async def test_every_photo_of_a_page_is_known_when_it_comes_again(trip: Trip) -> None:
    first, _ = await issued(trip)
    pen = morning(first, range(12))
    near, far = Camera(seed=3), Camera(seed=4, turn=1, blur=1.1, fill=0.8)
    await came(trip, at(7, 21), photo(pen, near), photo(pen, far))
    for minute, one in ((23, near), (25, far)):
        same = await came(trip, at(7, minute), photo(pen, replace(one, quality=60)))
        assert Flag.SAME_PHOTO in same.state.flags, one
    another = await came(trip, at(7, 27), photo(pen, near), photo(pen, Camera(seed=9, fill=0.7)))
    assert Flag.SAME_PHOTO not in another.state.flags, "one of them is new"


async def test_a_retired_copy_is_read_and_flagged_and_pasted_ink_too(trip: Trip) -> None:
    first, _ = await issued(trip)
    await issued(trip, new_copy=True)
    old = await came(trip, at(7, 21), photo(Pen(first).sign(signs(range(6), (TUESDAY, IN)), hand=5)))
    assert {Flag.OTHER_PRINT, Flag.COPIED} <= old.state.flags


async def test_sheets_older_than_those_handed_over_are_looked_up_by_their_codes(trip: Trip) -> None:
    order = Order("2026-W30", ("U1",), False, "test")
    (old,) = await issue_weekly(trip.db, PROFILE, KEY, order, at(6))
    scans = [Image.fromarray(scan(Pen(page).sign(signs(range(9), (TUESDAY, IN))))) for page in old.pages]
    pdf = io.BytesIO()
    scans[0].save(pdf, "PDF", save_all=True, append_images=scans[1:])
    row = await came(trip, at(9), pdf.getvalue())
    assert (row.date, row.state.expected_pages, row.state.missing_pages) == (date(2026, 7, 21), 2, ())


async def test_whoever_is_asked_about_a_cell_sees_its_picture(trip: Trip) -> None:
    first, _ = await issued(trip)
    pen = morning(first, range(8))
    box = first.layout.box(Sign(10, TUESDAY, IN))
    pen.line((box.x0 + 2, box.y0 + 4), (box.x1 - 2, box.y0 + 4))
    row = await came(trip, at(7, 21), photo(pen))
    crops = CellCrops(trip.blobs, trip.sandbox)
    async with trip.db.begin() as uow:
        asked = {q.paper_no: q for q in await uow.questions.open_for(row.id) if q.kind is QuestionKind.CELL}
        picture = await crops.of_question(uow, asked[11].id)
        assert picture is not None
        assert (picture.name, picture.media_type) == ("no-11.jpg", "image/jpeg")
        assert len(await trip.blobs.get(picture.sha256)) < 40_000
        assert await crops.of_question(uow, 10_000) is None


def other_people(page: SheetPage) -> SheetPage:
    """The page as somebody typed it anew around the desk's own code."""
    names = ("Yuliana Kusumaningrum", "Drs. Heru Prasetyo", "Khoirul Anwar Efendi")
    return replace(page, rows=tuple(replace(row, name=names[n % 3]) for n, row in enumerate(page.rows)))


async def test_a_sheet_with_other_names_counts_for_nobody_until_a_person_has_looked(trip: Trip) -> None:
    first, _ = await issued(trip)
    row = await came(trip, at(7, 21), photo(morning(other_people(first), range(12))))
    assert Flag.NAMES_DIFFER in row.state.flags
    assert (row.state.counts.signed, row.state.counts.unsure) == (0, 16)
    async with trip.db.begin() as uow:
        assert {f.verdict for f in await uow.facts.for_submission(row.id)} == {Verdict.UNSURE}
        assert {q.kind for q in await uow.questions.open_for(row.id)} == {QuestionKind.CELL}
    (receipt,) = await trip.letters(row.message_id)
    assert "NAMA BERBEDA" in receipt.body
    assert "TANPA TANDA TANGAN" not in receipt.body


async def test_names_are_read_with_the_first_picture_of_a_page_and_whenever_it_is_read_again(trip: Trip) -> None:
    first, _ = await issued(trip)
    pen, changed = morning(first, range(12)), morning(other_people(first), range(12))
    pipeline = trip.pipeline()
    flags = []
    for when, image in ((at(7, 21), pen), (at(7, 24), changed)):
        trip.clock.moment = when
        name = f"<{when:%H%M}@presensi.test>"
        message = await trip.arrive(
            mail(photo(image, Camera(seed=when.minute)), when=when, name="IMG.jpg", header_id=name)
        )
        await pipeline.read_message(message)
        async with trip.db.begin() as uow:
            flags.append((await uow.submissions.for_message(message))[-1].state.flags)
    assert Flag.NAMES_DIFFER not in flags[0] | flags[1], "proved by the first picture"
    assert await pipeline.read_again(message) == 1
    async with trip.db.begin() as uow:
        assert Flag.NAMES_DIFFER in (await uow.submissions.for_message(message))[-1].state.flags
