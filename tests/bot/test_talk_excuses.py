"""Keterangan in the conversation: by caption and reply, with evidence, decided by reply."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.address_access import revoke_address
from domain.excuse import Decision
from domain.marks import FactSource
from domain.terms import Scheme, StatusKey
from storage.engine import Database
from tests.fakes.desk_world import BUDI, DAY, SITI, at
from tests.fakes.talk import BUDIS, KASUBBAG, OFFICER, Room, room_on
from tests.fakes.trip import mail, workbook

FILE = "f" * 64


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        yield made


async def test_a_caption_names_status_person_and_days_and_its_file_is_the_evidence(room: Room) -> None:
    told = await room.files("S Budi Santoso 24-26 November 2026", FILE)
    assert "K1 telah kami catat: S Budi Santoso" in told
    assert "bukti LENGKAP" in told
    async with room.trip.db.begin() as uow:
        (excuse,) = await uow.excuses.undecided()
    assert (excuse.person, excuse.key, excuse.evidence) == (BUDI, StatusKey.SAKIT, (FILE,))
    assert (excuse.last - excuse.first).days == 2


async def test_a_reply_waits_for_its_evidence_which_bukti_brings(room: Room) -> None:
    assert "MENUNGGU BUKTI" in await room.says("DL Siti Aminah 25 November 2026")
    assert "K1: DL Siti Aminah" in await room.says("BUKTI")
    assert "bukti LENGKAP" in await room.files("bukti k1", FILE)


async def test_a_sentence_that_only_begins_like_a_code_is_chatter(room: Room) -> None:
    assert "belum dapat kami pahami" in await room.says("Izin mengirim presensi sore nanti")
    assert await room.files("Izin mengirim presensi", FILE) == ""
    async with room.trip.db.begin() as uow:
        assert await uow.excuses.all() == []


async def test_a_file_with_an_answer_for_a_caption_is_the_evidence_of_what_it_says(room: Room) -> None:
    await room.trip.read(mail(workbook(), when=at(7, 18)))
    assert "menurut petugas" in await room.files("0001: 1 DL", FILE)
    async with room.trip.db.begin() as uow:
        (excuse,) = await uow.excuses.undecided()
    assert excuse.evidence == (FILE,)


async def test_the_kasubbag_decides_by_reply_and_nobody_on_his_own_record(room: Room) -> None:
    await room.files("S Budi Santoso 24 November 2026", FILE)
    assert "pengelola kepegawaian unit" in await room.says("SETUJU K1", "77", channel_of("77"))
    assert "atas nama sendiri" in await room.says("SETUJU K1", BUDIS)
    assert "harus disertai alasan" in await room.says("TOLAK K1", KASUBBAG)
    assert "DISETUJUI" in await room.says("setuju k1", KASUBBAG)
    async with room.trip.db.begin() as uow:
        excuse = await uow.excuses.get(1)
        facts = await uow.facts.for_people([BUDI], DAY, DAY)
    assert excuse.decision is Decision.APPROVED
    assert [f.source for f in facts] == [FactSource.EXCUSE] * 2
    room.trip.clock.move(61)
    assert "tidak ada keterangan K99" in await room.says("SETUJU K99", KASUBBAG)


async def test_whoever_filed_hears_each_decision_by_his_channel_and_whoever_decided_hears_it_once(room: Room) -> None:
    await room.files("S Budi Santoso 24 November 2026", FILE)
    assert "DITOLAK" in await room.receiver_says("TOLAK K1 surat tidak bertanggal")
    (told,) = await room.posted("excuse_decided")
    assert (told.scheme, told.to_address) == (Scheme.WHATSAPP, OFFICER)
    assert told.short == (
        "Keterangan K1 (S Budi Santoso, Selasa, 24 November 2026): DITOLAK. Alasan: surat tidak bertanggal. "
        "Terima kasih."
    )
    assert "DISETUJUI" in await room.receiver_says("SETUJU K1")  # the desk thinks again
    assert [one.short.count("DISETUJUI") for one in await room.posted("excuse_decided")] == [0, 1]
    await room.files("S Siti Aminah 24 November 2026", "e" * 64, by=KASUBBAG)
    assert "atas nama sendiri" in await room.says("SETUJU K2", KASUBBAG)
    await room.files("C Budi Santoso 25 November 2026", "d" * 64, by=KASUBBAG)
    assert "DISETUJUI" in await room.says("SETUJU K3", KASUBBAG)
    assert len(await room.posted("excuse_decided")) == 2  # he has the answer to his own words


async def test_an_address_that_was_revoked_meanwhile_hears_nothing(room: Room) -> None:
    await room.files("S Budi Santoso 24 November 2026", FILE)
    async with room.trip.db.begin() as uow:
        assert await revoke_address(uow, Scheme.WHATSAPP, OFFICER, "kominfo", room.trip.clock.now())
    await room.receiver_says("TOLAK K1 surat tidak bertanggal")
    assert await room.posted("excuse_decided") == []
    assert "belum terdaftar" in await room.says("STATUS")


def channel_of(who: str) -> Scheme:
    return Scheme.TELEGRAM if who == "77" else Scheme.WHATSAPP


async def test_another_units_keterangan_takes_no_evidence_from_strangers_to_it(room: Room) -> None:
    await room.says("DL Siti Aminah 25 November 2026")
    async with room.trip.db.begin() as uow:
        excuse = await uow.excuses.get(1)
    assert excuse.person == SITI
    told = await room.files("BUKTI K1", FILE, by="62899")
    assert told == ""
    async with room.trip.db.begin() as uow:
        assert (await uow.excuses.get(1)).evidence == ()
