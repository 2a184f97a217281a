"""Personal data of the conversation is destroyed in time and nowhere in the logs (facts: chat, must hold 20)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversing import Conversing
from bot.logs import redacted
from bot.purging import Purge
from domain.errors import UsageError
from domain.masking import masked
from domain.terms import Scheme
from intake.event import EventKind
from intake.observer import Unobserved
from storage.audit import Sealer
from storage.engine import Database
from storage.records import MessageRow
from storage.verify import Fault, verify
from tests.fakes.desk_world import DAY, PROFILE, at
from tests.fakes.talk import OFFICER, Room, room_on
from tests.fakes.trip import mail, workbook

LATER = at(7) + timedelta(days=40)


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        yield made


def purge(room: Room, days: int = 30, photos: int = 0) -> Purge:
    rules = PROFILE.retention.model_copy(update={"originals": days, "photos": photos, "face_photos": 30})
    profile = PROFILE.model_copy(update={"retention": rules})
    return Purge(room.trip.db, room.trip.blobs, room.trip.clock, profile)


async def said(room: Room, text: str) -> int:
    """A text whose raw request lies in the archive."""
    event = room.event(OFFICER, Scheme.WHATSAPP, EventKind.TEXT, text=text)
    sha256 = await room.trip.blobs.put(text.encode())
    async with room.trip.db.begin() as uow:
        id_ = await uow.messages.add(event.to_message(sha256))
    assert id_ is not None
    await Conversing(room.trip.db, room.talk, room.trip.clock, Unobserved()).converse(id_)
    return id_


async def message(room: Room, id_: int) -> MessageRow:
    async with room.trip.db.begin() as uow:
        return await uow.messages.get(id_)


async def test_must_hold_20_words_numbers_and_originals_go_when_their_time_is_over(room: Room) -> None:
    await room.trip.read(mail(workbook(), when=at(7, 18)))
    id_ = await said(room, "KENDALA 0001 Siti Aminah sakit")
    sha256 = (await message(room, id_)).sha256
    assert await purge(room).destroy_old("arsiparis", lambda one: None) == (0, 0)
    room.at(LATER)
    told: list[int] = []
    messages, originals = await purge(room).destroy_old("arsiparis", lambda one: told.append(one.id))
    assert messages == len(told) == 2
    assert originals >= 2
    row = await message(room, id_)
    assert "Siti" not in str(row)
    assert row.from_address is None
    (letter,) = await room.trip.letters(id_)
    assert (letter.body, letter.short) == ("", "")
    assert OFFICER not in letter.to_address
    assert not await room.trip.blobs.exists(sha256)
    async with room.trip.db.begin() as uow:
        (remark,) = await uow.remarks.for_unit("U1", DAY, DAY)
        assert remark.text == ""
        assert len(await uow.submissions.on_day(DAY)) == 1  # facts and numbers are another class of data
        assert len(await uow.facts.for_unit_day("U1", DAY)) > 0


async def test_verify_accepts_what_the_chain_says_was_destroyed_and_nothing_else(room: Room) -> None:
    id_ = await said(room, "halo")
    other = await room.trip.blobs.put(b"lain")
    room.at(LATER)
    await purge(room).destroy_old("arsiparis", lambda one: None)
    await Sealer(room.trip.db).seal()
    report = await verify(room.trip.db, room.trip.blobs)
    assert (report.clean, report.destroyed, report.unsealed) == (True, 1, 0)
    recent = await said(room, "halo lagi")
    await room.trip.blobs.destroy((await message(room, recent)).sha256)
    report = await verify(room.trip.db, room.trip.blobs)
    assert [f.fault for f in report.findings] == [Fault.ORIGINAL_MISSING]
    assert id_
    assert await room.trip.blobs.exists(other)


async def test_a_run_that_broke_off_is_ended_by_the_next_and_a_file_that_came_again_stays(room: Room) -> None:
    first = await said(room, "foto yang sama")
    sha256 = (await message(room, first)).sha256
    room.at(LATER)
    async with room.trip.db.begin() as uow:
        for one in await uow.retention.old(LATER - timedelta(days=30)):
            await uow.retention.scrub(one, "30 hari", "arsiparis", LATER)
    assert await room.trip.blobs.exists(sha256)  # killed before the files went
    assert await purge(room).destroy_old("arsiparis", lambda one: None) == (0, 1)
    await said(room, "foto yang sama")  # the same bytes arrive anew
    assert await purge(room).destroy_old("arsiparis", lambda one: None) == (0, 0)
    assert await room.trip.blobs.exists(sha256)


async def test_without_a_schedule_nothing_is_destroyed(room: Room) -> None:
    with pytest.raises(UsageError, match="masa simpan belum ditetapkan"):
        await purge(room, 0).destroy_old("arsiparis", lambda one: None)


def test_must_hold_20_logs_mask_addresses_and_signed_links() -> None:
    assert redacted("budi.santoso@presensi.test") == "b•••@presensi.test"
    assert redacted("/berkas/eyJh.x/rekap.pdf") == "/berkas/•••/rekap.pdf"


def test_an_address_is_shown_so_that_only_its_owner_knows_it() -> None:
    assert masked("6281234567890") == "6281•••7890"
    assert masked("dishub@presensi.test") == "d•••b@presensi.test"
