"""The conversation end to end: a fake Twilio and real mails, pipeline and delivery included."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import Talk
from bot.talk_scene import TalkDesk
from domain.masking import masked
from domain.terms import Scheme
from intake.letters import Outgoing
from storage.engine import Database
from storage.records_talk import RemarkKind
from tests.fakes.chat_desk import OFFICER, STRANGER, ChatDesk, chat_desk, photo
from tests.fakes.desk_world import DAY, PROFILE, at
from tests.fakes.talk import posted
from tests.fakes.trip import DESK, DISHUB, RECEIVER, XLSX, Trip, mail, trip_on, workbook

JPEG, SHEET = "image/jpeg", f"application/{XLSX}"


@pytest.fixture
async def desk(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[ChatDesk]:
    async with chat_desk(database, database_url, tmp_path) as made:
        yield made


@pytest.fixture
async def trip(database: Database, tmp_path: Path) -> AsyncIterator[Trip]:
    async with trip_on(database, tmp_path) as made:
        outgoing = Outgoing((RECEIVER,), frozenset({DESK}))
        made.conversation = Talk(TalkDesk(PROFILE, made.clock, outgoing))
        yield made


async def test_a_sheet_a_question_an_answer_and_its_evidence_by_whatsapp(desk: ChatDesk) -> None:
    desk.trip.clock.moment = at(7, 18)
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook(mark="??")))
    await desk.work()
    receipt, *cells = desk.texts()
    assert "Belum terbaca pasti: no. 1 Siti Aminah, no. 2 Budi Santoso" in receipt
    assert "Baris 1: tanda tangan?" in cells[0]
    desk.trip.clock.move(61)
    await desk.writes(OFFICER, "0001: 1 DL, 2 TTD")
    await desk.work()
    assert "no. 1 Siti Aminah: DL (K1, menunggu bukti)" in desk.texts()[-1]
    desk.trip.clock.move(61)
    await desk.writes(OFFICER, "BUKTI K1", (JPEG, photo(3)))
    await desk.work()
    assert "bukti LENGKAP" in desk.texts()[-1]
    assert desk.count("SELECT count(*) FROM arrival") == 1, "a letter is no sheet"
    assert desk.count("SELECT count(*) FROM submission") == 1
    assert desk.count("SELECT jsonb_array_length(evidence) FROM excuse") == 1


async def test_must_hold_10_a_stranger_registers_by_code_and_its_file_counts_at_its_first_time(desk: ChatDesk) -> None:
    desk.trip.clock.moment = at(7, 18)
    await desk.writes(STRANGER, "presensi.xlsx", (SHEET, workbook()))
    await desk.work()
    assert "belum terdaftar" in desk.texts(STRANGER)[0]
    assert desk.count("SELECT count(*) FROM submission") == 0
    desk.trip.clock.moment = at(8, 0)
    await desk.writes(STRANGER, "Daftar dinas perhubungan")
    await desk.work()
    async with desk.trip.db.begin() as uow:
        (letter,) = await posted(uow, "register_code")
    found = re.search(r"DAFTAR (\d{4} \d{4})", letter.body)
    assert found
    assert (letter.to_address, masked(STRANGER) in letter.body) == (DISHUB, True)
    await desk.writes(STRANGER, f"daftar {found[1]}")
    await desk.work()
    await desk.work()  # the file, read again
    assert "1 kiriman yang sudah kami terima dicatat" in desk.texts(STRANGER)[2]
    assert "telah kami terima pukul 07.18 WIB: TEPAT WAKTU" in desk.texts(STRANGER)[-1]
    assert desk.rows("SELECT timeliness FROM submission") == [("on_time",)]
    assert desk.count("SELECT count(*) FROM fact WHERE verified") == 2


async def test_koreksi_and_the_photo_that_follows_open_one_objection(desk: ChatDesk) -> None:
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()))
    await desk.work()
    desk.trip.clock.move(61)
    await desk.writes(OFFICER, "koreksi 0001")
    await desk.work()
    await desk.writes(OFFICER, "", (JPEG, photo(5)))
    await desk.work()
    assert "Foto Bapak/Ibu sudah kami terima" in desk.texts()[-1]
    async with desk.trip.db.begin() as uow:
        (remark,) = await uow.remarks.open(RemarkKind.OBJECTION)
    assert len(remark.files) == 1


async def test_must_hold_11_a_number_in_other_hands_sends_nothing_in_the_units_name(desk: ChatDesk) -> None:
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()), extra={"ExternalUserId": "whatsapp:ID.111"})
    await desk.work()
    await desk.writes(OFFICER, "x", (SHEET, workbook(mark="07.09")), extra={"ExternalUserId": "whatsapp:ID.222"})
    await desk.work()
    assert "belum terdaftar" in desk.texts()[-1]
    assert desk.count("SELECT count(*) FROM arrival") == 1


async def test_a_mail_that_asks_is_answered_in_its_thread_and_a_polite_one_as_before(trip: Trip) -> None:
    asked = await trip.read(mail(when=at(7, 18), subject="STATUS", text="Mohon info."))
    (letter,) = await trip.letters(asked)
    assert "BELUM DITERIMA; batas pukul 07.30 WIB" in letter.body
    assert (letter.to_address, letter.subject) == (DISHUB, "Re: STATUS")
    assert letter.headers["in_reply_to"] == "<satu@presensi.test>"
    polite = await trip.read(mail(when=at(7, 19), header_id="<dua@presensi.test>", text="Terima kasih."))
    (letter,) = await trip.letters(polite)
    assert "tanpa lampiran lembar presensi" in letter.body


async def test_an_answer_by_mail_is_read_above_its_signature_and_quotation(trip: Trip) -> None:
    await trip.read(mail(workbook(), when=at(7, 18)))
    text = "0001: 1 DL\n\nTerima kasih,\nBudi\n\n> Nomor: TLG-20261124-D-0001\n> BERHENTI"
    replied = await trip.read(mail(when=at(8), subject="Re: Presensi", text=text, header_id="<tiga@presensi.test>"))
    (letter,) = await trip.letters(replied)
    assert "no. 1 Siti Aminah: DL (K1, menunggu bukti)" in letter.body
    async with trip.db.begin() as uow:
        assert await uow.contacts.stopped(Scheme.MAIL) == set()


async def test_a_mail_whose_sender_is_not_proven_commands_nothing(trip: Trip) -> None:
    spoof = await trip.read(mail(when=at(7, 18), subject="BERHENTI", text="BERHENTI", proven=False))
    assert await trip.letters(spoof) == []
    async with trip.db.begin() as uow:
        assert await uow.contacts.stopped(Scheme.MAIL) == set()


async def test_evidence_by_mail_is_no_sheet(trip: Trip) -> None:
    await trip.read(mail(workbook(), when=at(7, 18)))
    await trip.read(mail(when=at(8), text="0001: 1 S", header_id="<b@presensi.test>"))
    proven = await trip.read(mail(b"%PDF-1.4 surat", when=at(9), text="BUKTI K1", header_id="<c@presensi.test>"))
    (letter,) = await trip.letters(proven)
    assert "bukti LENGKAP" in letter.body
    async with trip.db.begin() as uow:
        assert len(await uow.submissions.on_day(DAY)) == 1
        assert len((await uow.excuses.get(1)).evidence) == 1
