"""The picture of a doubtful cell, and what silence decides once a minute."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bot.cell_crop import CellCrops
from bot.settling import Settling
from domain.outcome import CellDraft, QuestionKind
from domain.profile import load_profile
from domain.reading import Box, Verdict
from domain.terms import Scheme, Session, StatusKey
from intake.event import EventKind
from storage.engine import Database
from storage.records import NewQuestion
from storage.records_talk import NewExcuse
from tests.fakes.desk_world import BUDI, DAY, SITI, at
from tests.fakes.rows import new_message, new_submission
from tests.fakes.talk import OFFICER, Room, room_on

CELL = Box(1, 400, 300, 520, 340)


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        yield made


def sheet() -> bytes:
    """A white page with ink in one cell."""
    page = Image.new("RGB", (800, 1000), "white")
    ImageDraw.Draw(page).line((410, 310, 510, 330), fill=(20, 20, 120), width=6)
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


async def question(room: Room, data: bytes, media_type: str, box: Box | None) -> tuple[int, int]:
    """Ids of a submission and of a doubt about its row 7."""
    sha256 = await room.trip.blobs.put(data)
    async with room.trip.db.begin() as uow:
        message_id = await uow.messages.add(new_message("d" * 64, official_at=at(7, 18)))
        assert message_id is not None
        await uow.files.add(sha256, len(data), media_type)
        submission = await uow.submissions.add(new_submission(message_id, "U1", date=DAY))
        cell = CellDraft(DAY, Session.DATANG, Verdict.UNSURE, box=box)
        new = NewQuestion(
            submission.id, message_id, QuestionKind.CELL, sha256, 0, 6, 7, "", at(7, 19), (BUDI,), (cell,)
        )
        await uow.questions.add_many([new])
        (asked,) = await uow.questions.open_for(submission.id)
    return submission.id, asked.id


async def test_the_question_about_an_unsure_cell_carries_its_picture(room: Room) -> None:
    submission, _ = await question(room, sheet(), "image/png", CELL)
    room.desk = replace(room.desk, crop=CellCrops(room.trip.blobs, room.trip.sandbox).of_question)
    event = room.event(OFFICER, Scheme.WHATSAPP, EventKind.FILE)
    id_ = await room.keep(event)
    async with room.trip.db.begin() as uow:
        (reply,) = await room.talk.after_sheet(uow, await uow.messages.get(id_), event, [submission])
    assert "Baris 7: tanda tangan?\n1 ya\n2 kosong" in reply.text
    assert [b.title for b in reply.buttons] == ["1 ya", "2 kosong"]
    (file,) = reply.files
    assert (file.name, file.media_type) == ("no-7.jpg", "image/jpeg")
    shown = Image.open(io.BytesIO(await room.trip.blobs.get(file.sha256)))
    assert (shown.width, shown.height) == pytest.approx((265, 89), abs=4)
    darkest, _ = shown.convert("L").getextrema()
    assert float(str(darkest)) < 90  # the ink is on it


async def test_once_a_minute_silence_decides_where_the_profile_says_so(room: Room) -> None:
    for name, settled in (("tulungagung", 0), ("bulungan", 1)):
        async with room.trip.db.begin() as uow:
            new = NewExcuse(SITI, "U1", StatusKey.SAKIT, "S", DAY, DAY, None, "", at(8), OFFICER, False)
            row = await uow.excuses.file(new)
            await uow.excuses.prove(row.id, "f" * 64, at(8), late=False)
        room.at(at(8) + timedelta(hours=49))
        settling = Settling(room.trip.db, room.trip.clock, load_profile(name))
        assert await settling.settle() >= settled
        assert await settling.settle() == 0
