"""The sweep on a real database: each letter once, at its second, and none to whoever has sent (TLG-D3)."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta

import psycopg
import pytest

from domain.fallback import Scope
from domain.outcome import Flag
from domain.terms import Session, Timeliness
from storage.records import MessageState, OutboxState
from tests.fakes.desk_world import BUDI, at
from tests.fakes.rows import new_outbox
from tests.reminders.conftest import KASUBBAG, RECEIVER, Office

SECOND = timedelta(seconds=1)
DISHUB, SMP1 = "dishub@presensi.test", "smp1@presensi.test"
REMIND, CLOSE, LATE = at(7, 20), at(7, 30), at(7, 31)


async def test_at_exactly_ten_minutes_each_missing_sender_gets_one_letter(office: Office) -> None:
    assert (await office.sweep(REMIND - SECOND / 1000)).written == 0
    assert (await office.sweep(REMIND)).written == 3  # two senders and the receivers' list
    assert await office.to("reminder") == [DISHUB, SMP1]
    assert [r.expires_at for r in await office.letters("reminder")] == [LATE.astimezone(UTC)] * 2
    assert (await office.sweep(REMIND + SECOND)).written == 0
    assert (await office.sweep(LATE - SECOND)).written == 0


async def test_the_reminder_names_the_units_of_its_sender_in_the_agreed_words(office: Office) -> None:
    await office.sweep(REMIND)
    dishub, smp1 = sorted(await office.letters("reminder"), key=lambda row: row.to_address)
    assert dishub.dedupe_key == f"reminder:U1:2026-11-24:datang-0730:{DISHUB}"
    assert "- Dinas Perhubungan\n- UPTD Parkir\n" in dishub.body
    assert smp1.body.startswith(
        "Yth. Bapak/Ibu Petugas Rekap SMP Negeri 1 Tulungagung.\n"
        "Mohon izin mengingatkan, hingga pukul 07.20 WIB presensi DATANG hari Selasa, 24 November 2026, belum kami "
        "terima.\nBatas pengiriman pukul 07.30 WIB (10 menit lagi). Mohon dikirim melalui surel ke sekolah@bkd.test."
    )
    assert "Mohon abaikan apabila sudah terkirim. Terima kasih." in smp1.body
    assert len(smp1.body) < 600
    assert (
        smp1.subject == "Pengingat: presensi DATANG SMP Negeri 1 Tulungagung, Selasa, 24 November 2026, batas 07.30 WIB"
    )


async def test_a_sheet_recorded_at_07_19_59_gets_none(office: Office) -> None:
    await office.arrives("U3", at=(REMIND - SECOND).astimezone(UTC))
    await office.sweep(REMIND)
    assert await office.to("reminder") == [DISHUB]


async def test_an_early_sheet_suppresses_and_yesterdays_does_not(office: Office) -> None:
    await office.arrives("U3", timeliness=Timeliness.EARLY)
    await office.arrives("U1", day=at(7).date() - timedelta(days=1))
    await office.sweep(REMIND)
    assert await office.to("reminder") == [DISHUB]


async def test_a_mail_that_is_archived_but_not_read_holds_its_senders_reminder_back(office: Office) -> None:
    message = await office.writes(SMP1)
    await office.sweep(REMIND)
    assert await office.to("reminder") == [DISHUB]
    assert (
        "Tidak diingatkan: 1 unit sedang dibaca, 0 unit diminta kirim ulang."
        in (await office.only("missing_list")).body
    )
    async with office.db.begin() as uow:
        await uow.messages.finish(message, MessageState.DONE, "bukan lembar")
    await office.sweep(at(7, 23))  # it held no sheet after all: seven minutes are left to be told
    (late,) = [row for row in await office.letters("reminder") if row.to_address == SMP1]
    assert "hingga pukul 07.23 WIB" in late.body
    assert "(7 menit lagi)" in late.body


async def test_a_photo_that_could_not_be_read_is_still_missing(office: Office) -> None:
    await office.arrives("U3", received=False)
    await office.sweep(REMIND)
    assert await office.to("reminder") == [DISHUB, SMP1]


async def test_who_was_asked_for_another_photo_is_left_in_peace_while_the_first_time_counts(office: Office) -> None:
    await office.arrives("U3", received=False, retake_asked_at=at(7, 17).astimezone(UTC))
    await office.sweep(REMIND)
    assert await office.to("reminder") == [DISHUB]
    await office.sweep(LATE)
    assert "Diminta kirim ulang: 1" in (await office.only("window_summary")).body
    await office.arrives("U2", received=False, retake_asked_at=at(15, 19).astimezone(UTC), session=Session.PULANG)
    await office.sweep(at(15, 50))  # asked 31 minutes ago: its time is over
    assert "- UPTD Parkir" in (await office.letters("reminder"))[-1].body


async def test_the_receivers_get_one_list_with_names_and_links(office: Office) -> None:
    await office.sweep(REMIND)
    await office.sweep(REMIND + SECOND)
    row = await office.only("missing_list")
    assert row.to_address == RECEIVER
    assert "3 dari 3 unit" in row.body
    assert "1. Dinas Perhubungan untuk: Dinas Perhubungan, UPTD Parkir" in row.body
    assert "Petugas: Budi Santoso" in row.body
    assert "Telepon: tel:+6281234 | WhatsApp: https://wa.me/6281234" in row.body
    assert "Surel pengingat: dishub@presensi.test" in row.body


async def test_a_sender_without_an_address_is_left_to_the_receivers(office: Office) -> None:
    roster = replace(office.world.roster, addresses=())
    office.world = replace(office.world, roster=roster)
    await office.sweep(REMIND)
    assert await office.letters("reminder") == []
    assert "TIDAK DIINGATKAN: alamat surel tidak tercatat" in (await office.only("missing_list")).body


async def test_the_desk_never_writes_to_itself(office: Office) -> None:
    own = tuple(replace(a, value="presensi@bkd.test") for a in office.world.roster.addresses)
    office.world = replace(office.world, roster=replace(office.world.roster, addresses=own))
    await office.sweep(REMIND)
    assert await office.letters("reminder") == []


async def test_nothing_is_due_outside_a_period_and_on_a_day_off(office: Office) -> None:
    sunday = timedelta(days=5)
    assert (await office.sweep(REMIND + sunday)).written == 0
    assert (await office.sweep(LATE + sunday)).written == 0
    office.world = replace(office.world, periods=())
    assert (await office.sweep(REMIND)).written == 0
    assert (await office.sweep(LATE)).written == 0


async def test_a_period_declared_in_the_window_reminds_at_once_and_one_declared_after_it_reports_nobody(
    office: Office,
) -> None:
    (always,) = office.world.periods
    office.world = replace(office.world, periods=(replace(always, declared_at=at(7, 35), retroactive=True),))
    assert (await office.sweep(at(7, 35))).written == 0
    office.world = replace(office.world, periods=(replace(always, declared_at=at(7, 25)),))
    assert (await office.sweep(at(7, 25))).written == 3
    assert "(5 menit lagi)" in (await office.letters("reminder"))[0].body


async def test_a_period_for_persons_names_them(office: Office) -> None:
    (always,) = office.world.periods
    persons = replace(always, scope=Scope.PERSONS, members=frozenset({BUDI}))
    office.world = replace(office.world, periods=(persons,))
    await office.sweep(REMIND)
    assert "- Dinas Perhubungan (khusus: Budi Santoso)\n" in (await office.only("reminder")).body


async def test_five_and_six_day_units_are_reminded_at_their_own_afternoon_close(office: Office) -> None:
    await office.sweep(at(14, 20))
    assert await office.to("reminder") == [SMP1]
    await office.sweep(at(15, 50))
    assert await office.to("reminder") == [DISHUB, SMP1]


async def test_until_a_search_begun_at_the_moment_is_complete_nothing_is_written(office: Office) -> None:
    office.searched = REMIND - SECOND / 1000
    swept = await office.sweep(REMIND)
    assert (swept.written, swept.waiting) == (0, True)
    office.searched = REMIND
    swept = await office.sweep(REMIND)
    assert (swept.written, swept.waiting) == (3, False)


async def test_a_silent_mailbox_holds_the_reminders_and_the_receivers_hear_of_it_once(office: Office) -> None:
    await office.falls_silent(at(7, 18))
    assert (await office.sweep(REMIND)).written == 1
    assert (await office.sweep(REMIND + SECOND)).written == 0
    held = await office.only("alert")
    assert held.to_address == RECEIVER
    assert "DITAHAN: kotak surel utama tidak dapat diperiksa sejak Selasa, 24 November 2026, pukul 07.18" in held.body
    await office.is_heard_again(at(7, 26))
    office.searched = at(7, 26)
    await office.sweep(at(7, 26))
    assert await office.to("reminder") == [DISHUB, SMP1]
    assert "(4 menit lagi)" in (await office.letters("reminder"))[0].body


async def test_a_silent_mailbox_that_is_no_longer_ours_holds_nothing(office: Office) -> None:
    async with office.db.begin() as uow:
        await uow.incidents.open("mailbox_silent", "all", "dulu", at(7), "")
    assert (await office.sweep(REMIND)).written == 3


async def test_a_minute_after_the_close_superiors_and_receivers_are_told_once(office: Office) -> None:
    await office.arrives("U3")
    await office.sweep(REMIND)
    (reminder,) = await office.letters("reminder")
    async with office.db.begin() as uow:
        await uow.outbox.mark_sent(reminder.id, "<1>", REMIND)
    assert (await office.sweep(LATE - SECOND)).written == 0
    assert (await office.sweep(LATE)).written == 2
    assert (await office.sweep(LATE + SECOND)).written == 0
    escalation, summary = await office.only("escalation"), await office.only("window_summary")
    assert escalation.to_address == KASUBBAG
    assert "Batas pengiriman pukul 07.30 WIB sudah lewat; petugas rekap sudah kami ingatkan" in escalation.body
    assert "- Dinas Perhubungan\n- UPTD Parkir\n" in escalation.body
    assert "1 dari 3 unit diterima, 2 belum (keadaan pukul 07.31 WIB)" in summary.body
    assert "- Dinas Perhubungan, untuk: Dinas Perhubungan, UPTD Parkir\n" in summary.body
    assert "Diingatkan: 1 pengirim. Atasan yang diberi tahu: 1." in summary.body


async def test_reminders_that_did_not_leave_are_told_to_the_receivers(office: Office) -> None:
    await office.sweep(REMIND)
    ids = {row.to_address: row.id for row in await office.letters("reminder")}
    async with office.db.begin() as uow:
        await uow.outbox.mark_expired(ids[DISHUB], LATE, error="server SMTP terputus")
        await uow.outbox.mark_tried(ids[SMP1], LATE)
    await office.arrives("U3")
    await office.sweep(LATE)
    body = (await office.only("window_summary")).body
    assert "Diingatkan: 0 pengirim." in body
    assert (
        "\nPengingat TIDAK TERKIRIM sampai batas pukul 07.30 WIB (1 pengirim): Dinas Perhubungan.\n"
        "Pengingat TIDAK PASTI TERKIRIM sebelum batas pukul 07.30 WIB (1 pengirim): SMP Negeri 1 Tulungagung.\n"
    ) in body
    assert "sudah kami ingatkan" not in (await office.only("escalation")).body


async def test_a_reminder_that_another_channel_carried_counts_as_one(office: Office) -> None:
    await office.sweep(REMIND)
    async with office.db.begin() as uow:
        for row in await office.letters("reminder"):
            await uow.outbox.mark_failed(row.id, "550", "", LATE)
            copy = replace(new_outbox(f"{row.dedupe_key}|whatsapp:1"), replaces=row.id, kind="copy")
            await uow.outbox.mark_sent(await uow.outbox.put(copy) or 0, "SM1", LATE)
    await office.sweep(LATE)
    body = (await office.only("window_summary")).body
    assert "Diingatkan: 2 pengirim." in body
    assert "TIDAK TERKIRIM" not in body
    assert "sudah kami ingatkan" in (await office.only("escalation")).body


async def test_an_escalation_never_claims_a_reminder_that_did_not_leave(office: Office) -> None:
    await office.sweep(REMIND)
    await office.sweep(LATE)
    assert "sudah kami ingatkan" not in (await office.only("escalation")).body
    assert "1 pengirim tanpa alamat kasubbag" in (await office.only("window_summary")).body


async def test_where_the_profile_switches_it_off_no_superior_is_told(office: Office) -> None:
    profile = office.world.profile
    off = profile.model_copy(update={"escalation": profile.escalation.model_copy(update={"at_close": False})})
    office.world = replace(office.world, profile=off)
    await office.sweep(LATE)
    assert await office.letters("escalation") == []
    assert "kasubbag" not in (await office.only("window_summary")).body


async def test_the_final_search_comes_before_anybody_is_reported(office: Office) -> None:
    office.searched = LATE - SECOND
    swept = await office.sweep(LATE)
    assert (swept.written, swept.waiting) == (0, True)
    office.searched = LATE
    assert (await office.sweep(LATE + SECOND)).written == 2


async def test_the_summary_waits_for_sheets_being_read_but_not_for_ever(office: Office) -> None:
    await office.writes(DISHUB)
    await office.sweep(LATE)
    assert (await office.letters("escalation"), await office.letters("window_summary")) == ([], [])
    await office.sweep(at(7, 36))
    assert "Sedang dibaca: 2" in (await office.only("window_summary")).body
    assert await office.letters("escalation") == []


async def test_after_our_own_incident_nobody_is_reported_at_once_and_the_summary_says_so(office: Office) -> None:
    await office.falls_silent(at(7, 10))
    await office.is_heard_again(at(7, 15))
    await office.arrives("U3", timeliness=Timeliness.LATE, flags=frozenset({Flag.OUR_INCIDENT}))
    await office.sweep(LATE)
    assert await office.letters("escalation") == []
    body = (await office.only("window_summary")).body
    assert "Gangguan kotak surel kami sejak pukul 07.10 WIB sampai pukul 07.15 WIB." in body
    assert "1 kiriman terlambat di sekitar gangguan kami; keterlambatannya tidak dibebankan kepada unit." in body
    assert "Atasan baru diberi tahu sesudah pukul 07.45 WIB karena gangguan kami." in body
    await office.sweep(at(7, 45))
    assert await office.letters("escalation") == []
    await office.sweep(at(7, 45, 1))
    assert await office.to("escalation") == [KASUBBAG]


async def test_while_a_mailbox_stays_silent_the_summary_goes_out_at_the_last_call(office: Office) -> None:
    await office.falls_silent(at(7, 25))
    assert (await office.sweep(LATE)).written == 0
    assert (await office.sweep(at(7, 55, 59))).written == 0
    assert (await office.sweep(at(7, 56))).written == 1
    body = (await office.only("window_summary")).body
    assert "BELUM LENGKAP" in body
    assert "Atasan tidak diberi tahu karena gangguan kami." in body
    assert (await office.sweep(at(8))).written == 0


async def test_two_processes_at_the_same_moment_write_each_letter_once(office: Office) -> None:
    for now in (REMIND, LATE):
        swept = await asyncio.gather(*(office.sweep(now) for _ in range(6)))
        assert sorted(s.written for s in swept)[:-1] == [0] * 5
    keys = [row.dedupe_key for row in await office.letters()]
    assert len(keys) == len(set(keys)) == 5


async def test_every_letter_has_its_job_behind_the_receipts(office: Office) -> None:
    await office.sweep(REMIND)
    async with await psycopg.AsyncConnection.connect(office.db.url) as connection:
        rows = await connection.execute("SELECT task_name, queue_name, priority FROM procrastinate_jobs")
        assert await rows.fetchall() == [("deliver", "send", -1)] * 3


async def test_what_was_written_is_in_the_audit_trail_without_names(office: Office) -> None:
    await office.sweep(REMIND)
    async with await psycopg.AsyncConnection.connect(office.db.url) as connection:
        rows = await connection.execute("SELECT detail FROM audit WHERE action = 'reminders_written'")
        assert await rows.fetchall() == [({"reminder": 2, "missing_list": 1},)]


@pytest.mark.parametrize("kind", ["reminder", "missing_list", "escalation", "window_summary"])
async def test_no_letter_calls_anybody_absent_or_has_gaps(office: Office, kind: str) -> None:
    await office.sweep(REMIND)
    await office.sweep(LATE)
    for row in await office.letters(kind):
        assert row.state is OutboxState.PENDING
        assert "\n\n\n" not in row.body
        assert " ," not in row.body
        assert row.body.rstrip().splitlines()[-1].startswith("Surel ini dikirim otomatis")


async def test_the_other_session_is_its_own(office: Office) -> None:
    await office.arrives("U3", Session.PULANG)
    await office.sweep(REMIND)
    assert await office.to("reminder") == [DISHUB, SMP1]
