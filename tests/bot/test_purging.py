"""Photos and pictures of cells go by their own times, each night, with a tombstone each (UU 27/2022)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.purging import OVERDUE, Purge, due
from domain.outcome import QuestionKind
from domain.reading import FileReading, SheetKind, SheetReading
from domain.reading_json import to_plain
from domain.terms import Scheme, StatusKey
from storage.audit import Sealer
from storage.engine import Database, UnitOfWork
from storage.records import LetterFile, MessageState, NewArrival, NewQuestion
from storage.records_talk import NewExcuse, NewRemark, RemarkKind
from storage.verify import verify
from tests.bot.test_retention import purge
from tests.fakes.desk_world import BUDI, DAY, PROFILE, SITI, at
from tests.fakes.rows import new_message, new_outbox, new_state, new_submission
from tests.fakes.talk import OFFICER, Room, room_on

LATER = at(7) + timedelta(days=40)
NONE, SHEET = SheetKind.NOT_SHEET, SheetKind.WEEKLY


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        yield made


async def picture(
    room: Room, name: str, kind: SheetKind, *, when: datetime | None = None, joined: bool = True, day: int = 0
) -> str:
    """A photo by WhatsApp that was read as ``kind``; ``joined``: it stands in a submission of its own."""
    moment = when or at(7, 18)
    sha256 = await room.trip.blobs.put(name.encode())
    raw = await room.trip.blobs.put(f"request {name} {moment}".encode())
    sheet = SheetReading(kind, rows=())
    async with room.trip.db.begin() as uow:
        event = (name + str(moment)).encode().hex()[:64].ljust(64, "0")
        id_ = await uow.messages.add(new_message(event, channel=Scheme.WHATSAPP, sha256=raw, official_at=moment,
                                                 first_seen_at=moment))  # fmt: skip
        assert id_ is not None
        await uow.files.add(sha256, 4, "image/jpeg")
        await uow.files.attach(id_, sha256, "1", f"{name}.jpg")
        await uow.files.save_reading(sha256, "test", to_plain(FileReading("printed_form/1", (sheet,))))
        if joined:
            state = new_state(kind=kind, received=kind is SHEET, at=moment)
            row = await uow.submissions.add(
                new_submission(id_, "U1", date=DAY - timedelta(days=day), state=state, first_at=moment)
            )
            readable = kind is SHEET
            await uow.submissions.add_arrival(NewArrival(row.id, id_, sha256, 1, name, kind, readable, moment, moment))
        await uow.messages.finish(id_, MessageState.DONE, "")
    return sha256


async def submission_of(uow: UnitOfWork, sha256: str) -> int:
    """Where the photo stands."""
    (row,) = [
        row
        for row in await uow.submissions.in_range("U1", DAY - timedelta(days=9), DAY)
        if any(one.sha256 == sha256 for one in await uow.submissions.arrivals(row.id))
    ]
    return row.id


async def left(room: Room, *sha256s: str) -> list[bool]:
    return [await room.trip.blobs.exists(one) for one in sha256s]


async def test_a_photo_that_is_no_sheet_goes_after_its_time_and_its_hash_stays(room: Room) -> None:
    face = await picture(room, "wajah", NONE)
    young = await picture(room, "baru", NONE, when=LATER - timedelta(days=5), day=1)
    sheet = await picture(room, "lembar", SHEET, day=2)
    room.at(at(7) + timedelta(days=20))
    assert (await purge(room, 0).run("arsiparis")).media == 0
    room.at(LATER)
    assert [one.sha256 for one in await purge(room, 0).media()] == [face]  # the dry run destroys nothing
    assert await left(room, face) == [True]
    assert (await purge(room, 0).run("arsiparis")).media == 1
    assert await left(room, face, young, sheet) == [False, True, True]
    assert (await purge(room, 0).run("arsiparis")).media == 0
    await Sealer(room.trip.db).seal()
    report = await verify(room.trip.db, room.trip.blobs)
    assert (report.clean, report.destroyed) == (True, 1)
    async with room.trip.db.begin() as uow:
        acts = [(row.action, row.subject_id) for row in await uow.audit.of("arsiparis")]
    assert acts.count(("media_destroyed", face)) == 1
    assert len([act for act, _ in acts if act == "retention_run"]) == 3


async def test_photos_of_sheets_go_only_when_the_profile_says_when(room: Room) -> None:
    sheet = await picture(room, "lembar", SHEET)
    room.at(LATER)
    await purge(room, 0).run("arsiparis")
    assert await left(room, sheet) == [True]
    await purge(room, 0, photos=30).run("arsiparis")
    assert await left(room, sheet) == [False]


async def test_what_proves_something_or_waits_for_somebody_stays(room: Room) -> None:
    evidence, objection, inspected, asked, unread, loose = [
        await picture(room, name, NONE, day=n, joined=name != "lepas")
        for n, name in enumerate(("bukti", "sanggahan", "periksa", "tanya", "belum", "lepas"))
    ]
    async with room.trip.db.begin() as uow:
        new = NewExcuse(SITI, "U1", StatusKey.SAKIT, "S", DAY, DAY, None, "", at(8), OFFICER, False)
        row = await uow.excuses.file(new)
        await uow.excuses.prove(row.id, evidence, at(8), late=False)
        for sha256, kind in ((objection, RemarkKind.OBJECTION), (inspected, RemarkKind.INSPECTION)):
            arrived = await submission_of(uow, sha256)
            remark = NewRemark(kind, "U1", DAY, None, arrived, "", at(8), OFFICER, None)
            id_ = await uow.remarks.add(remark)
            assert id_ is not None
            if kind is RemarkKind.OBJECTION:
                await uow.remarks.attach(id_, sha256)
        question = NewQuestion(
            await submission_of(uow, asked), 1, QuestionKind.CELL, asked, 0, 1, 1, "", at(8), (BUDI,), ()
        )
        await uow.questions.add_many([question])
        await uow.files.save_reading(unread, "later", to_plain(FileReading("x", (SheetReading(SHEET),))))
    room.at(LATER)
    await purge(room, 0).run("arsiparis")
    assert await left(room, evidence, objection, inspected, asked, unread) == [True] * 5
    assert await left(room, loose) == [False]


async def test_a_photo_that_comes_again_stays_and_a_run_that_broke_off_is_ended_by_the_next(room: Room) -> None:
    face = await picture(room, "wajah", NONE)
    room.at(LATER)
    async with room.trip.db.begin() as uow:
        for one in await purge(room, 0).media():
            await uow.media.bury(one, "30 hari", "posko", LATER)
    assert await left(room, face) == [True]  # killed before the file went
    assert (await purge(room, 0).run("posko")).media == 1
    await picture(room, "wajah", NONE, when=LATER + timedelta(hours=1), joined=False)
    room.at(LATER + timedelta(hours=2))
    assert (await purge(room, 0).run("posko")).media == 0
    assert await left(room, face) == [True]
    room.at(LATER + timedelta(days=40))
    assert (await purge(room, 0).run("posko")).media == 1


async def test_the_picture_of_a_cell_goes_once_its_question_is_old_and_sent(room: Room) -> None:
    crop = await room.trip.blobs.put(b"potongan sel")
    async with room.trip.db.begin() as uow:
        file = LetterFile("no-7.jpg", "image/jpeg", crop)
        id_ = await uow.outbox.put(
            new_outbox(
                "ask:1", kind="question", scheme=Scheme.WHATSAPP, to_address=OFFICER, due_at=at(8), files=(file,)
            )
        )
        assert id_ is not None
    room.at(LATER)
    await purge(room, 0).run("posko")
    assert await left(room, crop) == [True]  # still waits to be sent
    async with room.trip.db.begin() as uow:
        await uow.outbox.mark_sent(id_, "SM1", at(8))
    await purge(room, 0).run("posko")
    assert await left(room, crop) == [False]


async def test_the_service_runs_once_a_night_and_the_chain_remembers_it(room: Room) -> None:
    room.at(at(9))
    assert await purge(room).nightly() is not None  # never ran before
    for moment, runs in ((at(23), False), (at(2) + timedelta(days=1), True), (at(3) + timedelta(days=1), False)):
        room.at(moment)
        assert (await purge(room).nightly() is not None) is runs
    async with room.trip.db.begin() as uow:
        assert await uow.media.last_run() == at(2) + timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "last", "wanted"),
    [
        (at(8), None, True),
        (at(8), at(8) - timedelta(days=1), False),  # by day it waits for the night
        (at(2), at(23) - timedelta(days=1), True),
        (at(2), at(1), False),
        (at(8), at(7) - OVERDUE, True),
    ],
)
def test_when_a_run_is_due(now: datetime, last: datetime | None, wanted: bool) -> None:
    assert due(now, last, PROFILE) is wanted


def test_originals_and_pictures_have_their_own_times(room: Room) -> None:
    made: Purge = purge(room, 0, photos=60)
    assert [days for _, days in made.media_days()] == [60, 30, 30]
