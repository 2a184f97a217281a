"""What chats do by the clock: reminders, summaries of failures, deletion at the provider, and what logs may say."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat import forget_media
from bot.delivery_news import DeliveryNews
from bot.logs import redact, redacted
from domain.calendar import WorkCalendar
from domain.resolution import World
from domain.terms import Scheme
from reminders.run import Desk, sweep
from storage.engine import Database
from tests.fakes.chat_desk import ADDRESSES, OFFICER, ChatDesk, chat_desk, photo
from tests.fakes.desk_world import ALWAYS, PROFILE, ROSTER, at
from tests.fakes.trip import RECEIVER, XLSX, workbook

BY_CHAT = World(PROFILE, WorkCalendar(PROFILE), replace(ROSTER, addresses=ADDRESSES), (ALWAYS,))
CHANNELS = frozenset({Scheme.MAIL, Scheme.WHATSAPP, Scheme.TELEGRAM})


@pytest.fixture
async def desk(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[ChatDesk]:
    async with chat_desk(database, database_url, tmp_path) as made:
        yield made


async def remind(desk: ChatDesk, db: Database | None = None) -> int:
    async with (db or desk.trip.db).begin() as uow:
        swept = await sweep(uow, BY_CHAT, desk.trip.clock.now(), Desk((RECEIVER,), channels=CHANNELS))
    return swept.written


async def test_item_12_each_missing_unit_is_reminded_once_by_whatsapp_with_two_workers(
    desk: ChatDesk, database_url: str
) -> None:
    desk.trip.clock.moment = at(7, 20)
    other = await Database.open(database_url)
    await asyncio.gather(*(remind(desk, db) for db in (None, other) * 4))
    await other.close()
    await asyncio.gather(desk.deliver(after=1), desk.deliver(after=0))
    await desk.deliver(after=1)
    (text,) = desk.texts()
    assert text.startswith("Yth. Bapak/Ibu Petugas Rekap Dinas Perhubungan. Mohon izin mengingatkan")
    assert "pukul 07.30 WIB" in text
    assert desk.twilio.sent(OFFICER)[0].content is not None, "a template needs no open window"


async def test_item_12_nobody_is_reminded_who_has_sent_and_a_restart_at_t9_sends_and_at_t1_does_not(
    desk: ChatDesk,
) -> None:
    desk.trip.clock.moment = at(7, 10)
    await desk.writes(OFFICER, "presensi.xlsx", (f"application/{XLSX}", workbook()))
    await desk.work()
    before = len(desk.texts())
    desk.trip.clock.moment = at(7, 21)
    await remind(desk)
    await desk.deliver()
    (told,) = desk.texts()[before:]
    assert "DATANG (untuk: UPTD Parkir)" in told, "U1 has sent; what it sends for another is still missing"
    reminded = desk.count("SELECT count(*) FROM outbox WHERE kind = 'reminder'")
    assert reminded > 0, "the others are reminded at T-9"
    desk.trip.clock.moment = at(7, 31)
    await remind(desk)
    assert desk.count("SELECT count(*) FROM outbox WHERE kind = 'reminder'") == reminded


async def test_item_16_who_asked_for_silence_gets_receipts_but_no_reminders(desk: ChatDesk) -> None:
    desk.trip.clock.moment = at(7, 20)
    async with desk.trip.db.begin() as uow:
        await uow.contacts.stop(Scheme.WHATSAPP, OFFICER, at(7))
    await remind(desk)
    assert desk.count(f"SELECT count(*) FROM outbox WHERE to_address = '{OFFICER}'") == 0
    await desk.writes(OFFICER, "presensi.xlsx", (f"application/{XLSX}", workbook()))
    await desk.work()
    assert len(desk.texts()) == 1


async def test_item_19_failed_deliveries_are_summed_up_once_a_close_across_restarts(desk: ChatDesk) -> None:
    desk.trip.clock.moment = at(7, 25)
    for number in range(3):
        id_ = await desk.put(f"gagal {number}")
        async with desk.trip.db.begin() as uow:
            await uow.outbox.mark_failed(id_, "63003", "tidak ada", desk.trip.clock.now())

    def news() -> DeliveryNews:
        return DeliveryNews(desk.trip.db, desk.trip.clock, PROFILE, desk.outgoing)

    assert await news().sweep() == 0, "before the close"
    desk.trip.clock.moment = at(7, 34)
    await asyncio.gather(*(news().sweep() for _ in range(4)))
    desk.trip.clock.moment = at(7, 40)
    await news().sweep()
    rows = desk.rows("SELECT subject, body FROM outbox WHERE dedupe_key LIKE 'delivery_failures%'")
    assert [row[0] for row in rows] == ["3 pesan tidak terkirim"]
    assert "pukul 07.31 WIB" in str(rows[0][1]) or "pukul 07.30 WIB" in str(rows[0][1])
    assert OFFICER not in str(rows[0][1])


async def test_item_20_files_are_deleted_at_twilio_when_their_days_are_over_and_stay_in_the_archive(
    desk: ChatDesk,
) -> None:
    message = await desk.writes(OFFICER, "", ("image/jpeg", photo()))
    await desk.work()
    keep = timedelta(days=7)
    assert await forget_media(desk.trip.db, desk.trip.clock, desk.whatsapp, keep) == 0
    desk.trip.clock.move(8 * 86400)
    assert await forget_media(desk.trip.db, desk.trip.clock, desk.whatsapp, keep) == 1
    assert message.media[0].deleted
    assert await forget_media(desk.trip.db, desk.trip.clock, desk.whatsapp, keep) == 0
    (sha256,) = desk.rows("SELECT sha256 FROM file")[0]
    assert await desk.trip.blobs.get(str(sha256)) == photo()


def test_item_20_logs_mask_numbers_and_tokens() -> None:
    token = "7000000001:AAEposko-uji-posko-uji-posko-uji-123"
    line = (
        f"whatsapp:+6281234567890 628123456789 +62812345678 ID.123456789 https://api.telegram.org/bot{token}/getMe "
        f"NIP 197911222006121901 auth_token=rahasia123 TLG-20261123-D-0117 07.20 message_id=4711"
    )
    told = redacted(line)
    for secret in (token, "34567890", "628123456789", "ID.123456789", "197911222006121901", "rahasia123"):
        assert secret not in told
    for kept in ("TLG-20261123-D-0117", "07.20", "4711"):
        assert kept in told
    event = redact(None, "", {"event": line, "count": 3})
    assert token not in str(event)
    assert event["count"] == 3
