"""The conversation over a real database: commands, answers, buttons, remarks (issue: chat, item 5)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversing import Conversing
from bot.talk_answers import in_sample
from domain.excuse import Decision
from domain.marks import FactSource, MarkState, SeenFact, current_mark
from domain.reading import Verdict
from domain.terms import Scheme, StatusKey
from intake.event import EventKind
from intake.observer import Unobserved
from storage.engine import Database
from storage.records import LetterFile, MessageState
from storage.records_talk import RemarkKind
from tests.fakes.desk_world import BUDI, DAY, SITI, at
from tests.fakes.rows import new_submission
from tests.fakes.talk import BUDIS, OFFICER, Room, room_on
from tests.fakes.trip import mail, workbook

NUMBER = "TLG-20261124-D-0001"
FILE = "f" * 64


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        yield made


async def sheet(room: Room, mark: str = "07.05") -> None:
    await room.trip.read(mail(workbook(mark=mark), when=at(7, 18), header_id=f"<{mark}@presensi.test>"))


async def mark_of(room: Room, person: str) -> tuple[MarkState, StatusKey | None]:
    async with room.trip.db.begin() as uow:
        facts = await uow.facts.for_people([person], DAY, DAY)
    seen = [
        SeenFact(f.verdict, f.recorded_at, f.seen_at, f.source, f.verified, f.key)
        for f in facts
        if f.session in (None, "datang")
    ]
    mark = current_mark(seen)
    return mark.state, mark.said


async def test_must_hold_16_bantuan_status_berhenti_mulai_are_understood_with_slips(room: Room) -> None:
    assert "KENDALA" in await room.says("bantun")
    assert "BELUM DITERIMA; batas pukul 07.30 WIB" in await room.says("sttus")
    await sheet(room)
    told = await room.says("Status")
    assert "DATANG Dinas Perhubungan: diterima 07.18 WIB, tepat waktu, terbaca 2 dari 2 (TLG-20261124-D-0001)." in told
    room.trip.clock.move(61)  # three answers a minute
    assert "DIHENTIKAN" in await room.says("berenti")
    assert "AKTIF" in await room.says("MULAI")


async def test_must_hold_16_berhenti_stops_reminders_not_receipts(room: Room) -> None:
    await room.says("BERHENTI")
    async with room.trip.db.begin() as uow:
        assert await uow.contacts.stopped(Scheme.WHATSAPP) == {OFFICER}
    message_id = await room.trip.read(mail(workbook(), when=at(7, 18)))
    assert [letter.kind for letter in await room.trip.letters(message_id)] == ["receipt"]
    await room.says("mulai")
    async with room.trip.db.begin() as uow:
        assert await uow.contacts.stopped(Scheme.WHATSAPP) == set()


@pytest.mark.parametrize("channel", [Scheme.WHATSAPP, Scheme.TELEGRAM, Scheme.MAIL])
async def test_every_channel_holds_the_same_conversation(room: Room, channel: Scheme) -> None:
    who = {Scheme.WHATSAPP: OFFICER, Scheme.TELEGRAM: "77", Scheme.MAIL: "dishub@presensi.test"}[channel]
    assert "BELUM DITERIMA" in await room.says("STATUS", who, channel)


async def test_belum_names_the_missing_to_receivers_only(room: Room) -> None:
    assert "hanya untuk penerima" in await room.says("BELUM")
    assert "3 dari 3 unit BELUM diterima" in await room.receiver_says("BELUM")
    await sheet(room)
    told = await room.receiver_says("belum")
    assert "2 dari 3 unit BELUM diterima" in told
    assert "Dinas Perhubungan" not in told
    assert "UPTD Parkir" in told


async def test_riwayat_shows_ones_own_marks_and_nobody_elses(room: Room) -> None:
    await sheet(room)
    told = await room.says("RIWAYAT", BUDIS)
    assert "Presensi Budi Santoso, November 2026" in told
    assert "24/11: datang diketik" in told
    assert "Siti" not in told
    assert "atas nama unit" in await room.says("RIWAYAT", OFFICER)


async def test_cek_tells_whether_a_number_is_ours_and_no_more(room: Room) -> None:
    await sheet(room)
    told = await room.says(f"cek {NUMBER.lower()}")
    assert "BENAR tercatat" in told
    assert "tepat waktu" in told
    assert "Siti" not in told
    assert "TIDAK tercatat" in await room.says("CEK TLG-20261124-D-9999")
    assert "misalnya" in await room.says("CEK")


class Forms:
    """Stands for the maker of sheets."""

    week, copy, again = "2026-W48", 1, False
    files = (LetterFile("lembar.pdf", "application/pdf", FILE),)

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bool]] = []

    async def format_letter(self, unit: str, *, by: str, new_copy: bool = False) -> "Forms":
        self.asked.append((unit, by, new_copy))
        return self


async def test_format_answers_with_the_sheets(room: Room) -> None:
    assert "belum dapat dibuat" in await room.says("FORMAT")
    forms = Forms()
    room.desk = replace(room.desk, forms=forms)
    (letter,) = await room.hears("FORMAT ULANG")
    assert forms.asked == [("U1", OFFICER, True)]
    assert [f.name for f in letter.files] == ["lembar.pdf"]


async def test_rekap_is_for_receivers_and_says_when_there_is_none(room: Room) -> None:
    assert "hanya untuk penerima" in await room.says("REKAP")
    assert "Belum ada laporan" in await room.receiver_says("REKAP")


async def test_chatter_is_answered_with_help_and_changes_nothing(room: Room) -> None:
    assert "belum dapat kami pahami" in await room.says("Siap, laksanakan")
    assert (
        "pesan suara" in (await room.hear(room.event(OFFICER, Scheme.WHATSAPP, EventKind.OTHER, what="voice")))[0].body
    )


async def test_an_answer_is_kept_as_the_officers_word_and_as_keterangan_that_waits_for_its_evidence(room: Room) -> None:
    await sheet(room, mark="??")
    told = await room.says("0001: 1 DL, 2 TTD")
    assert 'Dicatat "menurut petugas" untuk TLG-20261124-D-0001' in told
    assert "no. 1 Siti Aminah: DL (K1, menunggu bukti)" in told
    assert "BUKTI K1" in told
    async with room.trip.db.begin() as uow:
        facts = [f for f in await uow.facts.for_people([SITI, BUDI], DAY, DAY) if f.source is FactSource.OFFICER]
        (excuse,) = await uow.excuses.undecided()
    assert {(f.person, f.verdict, f.verified) for f in facts} == {
        (SITI, Verdict.CODE, False),
        (BUDI, Verdict.SIGNED, False),
    }
    assert (excuse.person, excuse.key, excuse.decision) == (SITI, StatusKey.DINAS_LUAR, Decision.OPEN)


async def test_an_answer_never_turns_unsure_into_final(room: Room) -> None:
    await sheet(room, mark="??")
    assert (await mark_of(room, BUDI))[0] is MarkState.TO_CHECK
    await room.says("0001: 1 TTD, 2 KOSONG")
    assert await mark_of(room, SITI) == (MarkState.TO_CHECK, StatusKey.HADIR)
    assert (await mark_of(room, BUDI))[0] is MarkState.TO_CHECK
    async with room.trip.db.begin() as uow:
        (submission,) = await uow.submissions.on_day(DAY)
        assert len(await uow.questions.open_for(submission.id)) == 2  # a person still looks


async def test_rows_and_codes_that_mean_nothing_are_said_and_not_guessed(room: Room) -> None:
    await sheet(room)
    told = await room.says("0001: 9 DL, 1 XX")
    assert "Baris 9: pegawainya belum dikenali" in told
    assert 'Baris 1: "XX" tidak dikenal sebagai kode' in told
    assert "tidak ditemukan" in await room.says("4711: 1 DL")
    async with room.trip.db.begin() as uow:
        assert await uow.excuses.undecided() == []


async def test_digits_that_could_mean_two_submissions_are_asked_about_and_the_first_tap_decides(room: Room) -> None:
    await sheet(room)
    async with room.trip.db.begin() as uow:
        (first,) = await uow.submissions.on_day(DAY)
        # The same last digits, a month earlier.
        new = new_submission(first.message_id, "U1", date=DAY - timedelta(days=24), state=first.state)
        other = await uow.submissions.add(new)
    assert other.number == "TLG-20261031-D-0001"
    (letter,) = await room.hears("0001: 1 DL")
    assert "lebih dari satu kiriman" in letter.body
    assert [b.title for b in letter.buttons] == ["24/11 datang 0001", "31/10 datang 0001"]
    told = await room.taps(letter.buttons[0].payload)
    assert 'Dicatat "menurut petugas" untuk TLG-20261124-D-0001' in told
    assert "Sudah dijawab" in await room.taps(letter.buttons[1].payload)
    async with room.trip.db.begin() as uow:
        assert [e.first for e in await uow.excuses.undecided()] == [DAY]


async def cells(room: Room) -> list[tuple[str, str]]:
    """Ask the unsure cells; payloads of yes and no."""
    event = room.event(OFFICER, Scheme.WHATSAPP, EventKind.FILE)
    id_ = await room.keep(event)
    async with room.trip.db.begin() as uow:
        (submission,) = await uow.submissions.on_day(DAY)
        row = await uow.messages.get(id_)
        replies = await room.talk.after_sheet(uow, row, event, [submission.id])
    assert all("tanda tangan?\n1 ya\n2 kosong" in r.text for r in replies)
    return [(r.buttons[0].payload, r.buttons[1].payload) for r in replies]


async def test_must_hold_18_a_double_tap_acts_once_and_is_always_answered(room: Room) -> None:
    await sheet(room, mark="??")
    asked = await cells(room)
    assert len(asked) == 2
    told = await asyncio.gather(room.taps(asked[0][0]), room.taps(asked[0][0]), room.taps(asked[0][1]))
    assert sum("menurut petugas" in one for one in told) == 1
    assert sum("Sudah dijawab" in one for one in told) == 2
    async with room.trip.db.begin() as uow:
        facts = await uow.facts.for_people([SITI, BUDI], DAY, DAY)
    assert len([f for f in facts if f.source is FactSource.OFFICER]) == 1


async def test_must_hold_18_an_unauthorised_tap_is_refused_and_changes_nothing(room: Room) -> None:
    await sheet(room, mark="??")
    (payload, _), *_ = await cells(room)
    for by in (BUDIS, "62899999"):
        assert "bukan untuk alamat Bapak/Ibu" in await room.taps(payload, by)
    assert "bukan untuk alamat Bapak/Ibu" in await room.taps("a:unknown:1")
    async with room.trip.db.begin() as uow:
        facts = await uow.facts.for_people([SITI, BUDI], DAY, DAY)
    assert [f for f in facts if f.source is FactSource.OFFICER] == []


async def test_a_bare_number_answers_the_only_question_that_waits(room: Room) -> None:
    await sheet(room, mark="??")
    asked = await cells(room)
    assert "belum dapat kami pahami" in await room.says("1")  # two wait: which is meant is not guessed
    await room.taps(asked[0][0])
    assert "menurut petugas" in await room.says("2")


async def test_silence_changes_nothing(room: Room) -> None:
    await sheet(room, mark="??")
    await cells(room)
    before = await mark_of(room, SITI)
    room.at(at(7, 20) + timedelta(days=30))
    assert await mark_of(room, SITI) == before
    async with room.trip.db.begin() as uow:
        assert await uow.excuses.all() == []


async def test_one_answered_row_in_ten_is_shown_to_the_receivers_and_the_same_row_always_or_never() -> None:
    chosen = [row for row in range(2000) if in_sample(NUMBER, row)]
    assert 120 < len(chosen) < 280
    assert chosen == [row for row in range(2000) if in_sample(NUMBER, row)]


async def test_a_sampled_answer_reaches_the_receivers_beside_its_number(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.talk_answers.SAMPLE", 1)
    await sheet(room)
    await room.says("0001: 1 TTD")
    (alert,) = await room.alerts("Pemeriksaan acak")
    assert "baris 1 Siti Aminah: TTD" in alert.body
    assert NUMBER in alert.body


async def test_kendala_is_kept_beside_the_session_and_opens_nothing(room: Room) -> None:
    assert "KENDALA diikuti penjelasan" in await room.says("KENDALA")
    assert "listrik padam sejak subuh" in await room.says("Kendla listrik padam sejak subuh")
    await sheet(room)
    assert NUMBER in await room.says("KENDALA 0001 jaringan putus")
    async with room.trip.db.begin() as uow:
        found = await uow.remarks.for_unit("U1", DAY, DAY)
        assert [(r.kind, r.session, r.text) for r in found] == [
            (RemarkKind.TROUBLE, "datang", "listrik padam sejak subuh"),
            (RemarkKind.TROUBLE, "datang", "jaringan putus"),
        ]
        assert await uow.remarks.open() == []


async def test_koreksi_opens_an_objection_and_the_photo_that_follows_joins_it(room: Room) -> None:
    await sheet(room)
    assert "foto lembar yang dimaksud" in await room.says("koreksi 0001 baris 2 hadir")
    assert "Foto Bapak/Ibu sudah kami terima" in await room.files("", FILE)
    assert await room.files("", "e" * 64) == ""  # a second photo is a sheet again
    (alert,) = await room.alerts("Sanggahan")
    assert "baris 2 hadir" in alert.body
    async with room.trip.db.begin() as uow:
        (remark,) = await uow.remarks.open(RemarkKind.OBJECTION)
    assert remark.files == (FILE,)


async def test_koreksi_in_a_caption_is_an_objection_with_its_photo(room: Room) -> None:
    await sheet(room)
    assert "Foto Bapak/Ibu sudah kami terima" in await room.files("KOREKSI 0001", FILE)
    assert room.consumed
    assert "listrik padam" in await room.files("KENDALA listrik padam", FILE)
    assert not room.consumed  # the photo is the late sheet itself
    assert "tidak ditemukan" in await room.files("KOREKSI 4711", FILE)
    async with room.trip.db.begin() as uow:
        assert [r.files for r in await uow.remarks.open(RemarkKind.OBJECTION)] == [(FILE,)]


async def test_periksa_puts_it_to_the_receivers_with_its_first_time(room: Room) -> None:
    await sheet(room)
    room.at(at(9, 0))
    told = await room.says("PERIKSA 0001")
    assert "pukul 07.18 WIB tetap dipakai" in told
    (alert,) = await room.alerts("PERIKSA")
    assert "Kiriman pertama diterima Selasa, 24 November 2026, pukul 07.18 WIB" in alert.body


async def test_a_receiver_may_put_any_units_submission_to_inspection_by_its_number(room: Room) -> None:
    await sheet(room)
    for number in ("0001", NUMBER.lower()):
        room.trip.clock.move(61)
        assert "telah kami teruskan" in await room.receiver_says(f"PERIKSA {number}")
    room.trip.clock.move(61)
    assert "tidak ditemukan" in await room.receiver_says("PERIKSA 4711")
    assert "tidak ditemukan" in await room.receiver_says("4711: 1 DL")


async def test_must_hold_17_fifty_messages_a_minute_are_all_stored_and_answered_at_most_three_times(room: Room) -> None:
    letters = []
    for number in range(50):
        letters += await room.hears(f"apa kabar {number}")
    assert len(letters) <= 3
    async with room.trip.db.begin() as uow:
        assert (await uow.messages.counts())[MessageState.DONE] == 50


async def test_a_message_that_is_handled_by_two_workers_acts_once(room: Room) -> None:
    await sheet(room)
    id_ = await room.keep(room.event(OFFICER, Scheme.WHATSAPP, EventKind.TEXT, text="KOREKSI 0001"))
    workers = [Conversing(room.trip.db, room.talk, room.trip.clock, Unobserved()) for _ in range(2)]
    assert sorted(await asyncio.gather(*(w.converse(id_) for w in workers))) == [False, True]
    async with room.trip.db.begin() as uow:
        assert len(await uow.remarks.open()) == 1
    assert len(await room.trip.letters(id_)) == 1
