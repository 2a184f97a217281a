"""Rows whose person could not be told: asked by the paper's number, answered by place, name or NIP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.marks import FactSource, MarkState, SeenFact, current_mark
from domain.outcome import QuestionKind
from domain.reading import Verdict
from domain.terms import Scheme, Session, StatusKey
from intake.event import EventKind
from storage.engine import Database
from storage.records import FactRow
from tests.domain.test_row_owner import ARIF, ARIFIN, ARIFS
from tests.fakes.desk_world import BUDI, DAY, SITI, at
from tests.fakes.talk import BUDIS, OFFICER, PHONES, Room, room_on
from tests.fakes.trip import mail
from tests.parsers import draw, layouts


def sheet(mark: str = "07.05") -> bytes:
    """Siti, a "Moh. Arif" who may be two people, and a name that is nobody's."""
    typed: dict[layouts.Place, layouts.Typed] = {(layouts.DAY, Session.DATANG): layouts.Typed(mark, Verdict.REPORTED)}
    lines = [
        layouts.Person("Siti Aminah, S.E.", SITI, typed),
        layouts.Person("Moh. Arif", "", typed),
        layouts.Person("Wagiman Prayitno", "", typed),
    ]
    drawn = layouts.daily_signatures(lines)
    return draw.xlsx(drawn.rows, drawn.merged)


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        roster = replace(ARIFS.roster, version=11, addresses=(*ARIFS.roster.addresses, *PHONES))
        async with database.begin() as uow:
            await uow.roster.replace(roster, "test", made.trip.clock.now())
        await made.trip.read(mail(sheet(), when=at(7, 18)))
        yield made


async def asked(room: Room, by: str = OFFICER) -> list[str]:
    """What is asked after the sheet."""
    event = room.event(by, Scheme.WHATSAPP, EventKind.FILE)
    id_ = await room.keep(event)
    async with room.trip.db.begin() as uow:
        (submission,) = await uow.submissions.on_day(DAY)
        row = await uow.messages.get(id_)
        return [reply.text for reply in await room.talk.after_sheet(uow, row, event, [submission.id])]


async def facts_of(room: Room, person: str) -> list[FactRow]:
    async with room.trip.db.begin() as uow:
        return list(await uow.facts.for_people([person], DAY, DAY))


async def mark_of(room: Room, person: str) -> tuple[MarkState, StatusKey | None]:
    seen = [
        SeenFact(f.verdict, f.recorded_at, f.seen_at, f.source, f.verified, f.key)
        for f in await facts_of(room, person)
        if f.session == "datang"
    ]
    mark = current_mark(seen)
    return mark.state, mark.said


async def open_kinds(room: Room) -> list[QuestionKind]:
    async with room.trip.db.begin() as uow:
        (submission,) = await uow.submissions.on_day(DAY)
        return [q.kind for q in await uow.questions.open_for(submission.id)]


async def test_unread_people_are_asked_by_the_papers_rows_once_with_their_places(room: Room) -> None:
    (text,) = await asked(room)
    assert "Baris 2 (tulisan 'Moh. Arif') dapat berarti 3 Moh. Arif Hidayat atau 4 Moh. Arif Rahman." in text
    assert "Baris 3 (tulisan 'Wagiman Prayitno') tidak ada dalam daftar unit." in text
    assert "0001: 2 = diikuti nomor pada daftar unit, nama lengkap, atau NIP" in text
    assert len(text) <= 600
    assert await asked(room) == []  # once
    assert await asked(room, BUDIS) != []  # each address by itself


@pytest.mark.parametrize("said", ["2 = 4", f"2 {ARIFIN}", "2 Moh. Arif Rahman", "baris 2: NIP " + ARIFIN])
async def test_an_answer_names_the_row_as_the_officers_word_and_the_desk_still_decides(room: Room, said: str) -> None:
    told = await room.says(f"0001: {said}")
    assert 'Dicatat "menurut petugas"' in told
    assert "no. 2: Moh. Arif Rahman" in told
    (fact,) = await facts_of(room, ARIFIN)
    assert (fact.source, fact.verdict, fact.verified, fact.paper_no) == (
        FactSource.OFFICER, Verdict.REPORTED, False, 2,
    )  # fmt: skip
    assert await mark_of(room, ARIFIN) == (MarkState.INCOMPLETE, StatusKey.HADIR)  # final in nothing
    assert await open_kinds(room) == [QuestionKind.PERSON, QuestionKind.NEWCOMER]


async def test_an_answer_that_fits_two_or_somebody_already_read_is_told_and_not_guessed(room: Room) -> None:
    assert '"Moh. Arif" belum menunjuk satu pegawai' in await room.says("0001: 2 Moh. Arif")
    assert '"1" belum menunjuk satu pegawai' in await room.says("0001: 2 = 1")  # a place, not the first choice
    assert "Siti Aminah sudah tercatat pada baris 1" in await room.says("0001: 3 = 1")
    room.trip.clock.move(61)
    assert "mohon sebut dahulu pegawainya" in await room.says("0001: 2 TTD")
    assert '"Budi Santoso" tidak dikenal sebagai kode' in await room.says("0001: 1 Budi Santoso")  # nobody asked
    for person in (ARIF, ARIFIN, BUDI):
        assert await facts_of(room, person) == []


async def test_a_second_word_takes_the_first_back_and_nobody_has_two_rows(room: Room) -> None:
    await room.says("0001: 2 = 3, 3 = 2")
    assert (await mark_of(room, ARIF))[1] is (await mark_of(room, BUDI))[1] is StatusKey.HADIR
    assert "Budi Santoso sudah tercatat pada baris 3" in await room.says(f"0001: 2 {BUDI}")
    room.trip.clock.move(61)
    assert "no. 2: Moh. Arif Rahman" in await room.says("0001: 2 = 4")
    assert await mark_of(room, ARIF) == (MarkState.INCOMPLETE, None)
    assert (await mark_of(room, ARIFIN))[1] is StatusKey.HADIR


async def test_a_row_that_was_named_takes_codes_like_any_other(room: Room) -> None:
    await room.says("0001: 2 = 3")
    told = await room.says("0001: 2 DL")
    assert "no. 2 Moh. Arif Hidayat: DL (K1, menunggu bukti)" in told
    assert (await mark_of(room, ARIF))[0] is MarkState.INCOMPLETE


async def test_a_bare_place_answers_the_only_row_that_waits(room: Room) -> None:
    await asked(room)
    assert "belum dapat kami pahami" in await room.says("4")  # two rows wait
    await room.says(f"0001: 3 {BUDI}")
    assert "no. 2: Moh. Arif Rahman" in await room.says("4")


async def test_the_receipt_by_mail_says_how_to_name_a_row(room: Room) -> None:
    (receipt,) = await room.posted("receipt")
    assert "dapat berarti 3 Moh. Arif Hidayat atau 4 Moh. Arif Rahman" in receipt.body
    assert "mohon balas 0001: 2 = diikuti nomor pada daftar unit" in receipt.body
