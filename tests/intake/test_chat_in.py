"""What comes in by chat, from the provider's request to the receipt (facts: chat, "Must hold")."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from functools import partial
from pathlib import Path

import pytest

from domain.outcome import Flag
from domain.terms import Authenticity
from storage.engine import Database
from storage.records import MessageState
from tests.fakes.chat_desk import OFFICER, STAFF, STRANGER, ChatDesk, chat_desk, photo
from tests.fakes.desk_world import at
from tests.fakes.trip import RECEIVER, XLSX, mail, workbook

JPEG, SHEET = "image/jpeg", f"application/{XLSX}"


@pytest.fixture
async def desk(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[ChatDesk]:
    async with chat_desk(database, database_url, tmp_path) as made:
        yield made


async def test_item_1_a_bad_or_missing_signature_is_403_and_leaves_no_row_and_no_fetch(desk: ChatDesk) -> None:
    message = await desk.writes(OFFICER, "", (JPEG, photo()), deliver=False)
    fields = desk.twilio.fields(message)
    for sign in ("", "AAAA", "bukan tanda tangan"):
        answer = await desk.outside(partial(desk.twilio.post, desk.twilio.webhook, fields, sign))
        assert answer == 403
    other = desk.twilio.webhook + "/"  # another address than the one that was signed
    assert await desk.outside(partial(desk.twilio.post, other, fields)) in (403, 404, 307)
    assert desk.count("SELECT count(*) FROM message") == 0
    assert desk.count("SELECT count(*) FROM procrastinate_jobs") == 0
    assert desk.twilio.asked == []


async def test_item_1_blank_values_belong_to_what_is_signed(desk: ChatDesk) -> None:
    await desk.writes(OFFICER, "", extra={"ReferralBody": "", "Z": " spasi "})
    assert desk.count("SELECT count(*) FROM message") == 1


async def test_item_2_the_same_webhook_twice_at_once_is_one_submission_and_one_receipt(desk: ChatDesk) -> None:
    message = await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()), deliver=False)
    answers = await asyncio.gather(*(desk.outside(partial(desk.twilio.deliver, message)) for _ in range(6)))
    assert set(answers) == {200}
    await asyncio.gather(*(desk.fetching().fetch_media(1) for _ in range(3)))
    await asyncio.gather(*(desk.trip.pipeline().read_message(1) for _ in range(3)))
    await desk.deliver()
    assert desk.count("SELECT count(*) FROM message") == 1
    assert desk.count("SELECT count(*) FROM submission") == 1
    assert len(desk.texts()) == 1


async def test_item_3_and_5_a_missed_webhook_is_found_and_counts_at_the_providers_time(desk: ChatDesk) -> None:
    desk.trip.clock.moment = at(7, 29)
    missed = await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()), deliver=False)
    desk.trip.clock.moment = at(7, 45)
    for _ in range(2):
        events = await desk.whatsapp.recent(at(6), desk_unknown(desk))
        for event in events:
            await desk.receiver().keep_event(desk.whatsapp, event)
    await desk.work()
    (row,) = await desk.messages()
    assert (row.event_id, row.official_at, row.official_basis) == (missed.sid, at(7, 29), "provider")
    assert desk.rows("SELECT timeliness FROM submission") == [("on_time",)]
    assert await desk.outside(partial(desk.twilio.deliver, missed)) == 200, "the late webhook is the same message"
    assert desk.count("SELECT count(*) FROM message") == 1


def desk_unknown(desk: ChatDesk) -> Callable[[Collection[str]], Awaitable[set[str]]]:
    async def unknown(ids: Collection[str]) -> set[str]:
        async with desk.trip.db.begin() as uow:
            known = await uow.messages.ids_of(desk.whatsapp.scheme, desk.whatsapp.account, ids)
        return set(ids) - known.keys()

    return unknown


async def test_item_4_stalled_media_do_not_delay_the_webhook(desk: ChatDesk) -> None:
    desk.twilio.stall_media = 60
    first = await desk.writes(OFFICER, "", (JPEG, photo()))
    stalled = asyncio.create_task(desk.fetching().fetch_media(1))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    assert await desk.outside(partial(desk.twilio.deliver, first)) == 200
    await desk.writes(OFFICER, "STATUS")
    assert time.monotonic() - began < 1
    stalled.cancel()
    await asyncio.gather(stalled, return_exceptions=True)


async def test_item_6_credentials_go_to_the_api_host_and_to_no_other(desk: ChatDesk) -> None:
    await desk.writes(OFFICER, "", (JPEG, photo()))
    await desk.fetch()
    hosts = {(asked.host, asked.authorization is not None) for asked in desk.twilio.asked}
    assert hosts == {("api", True), ("cdn", False)}
    asked = len(desk.twilio.asked)
    for forged in (
        f"{desk.twilio.cdn}/ME1",
        "https://api.twilio.com.evil.test/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        f"https://api.twilio.com/2010-04-01/Accounts/{desk.twilio.account}/Messages.json",
        f"https://api.twilio.com/2010-04-01/Accounts/AC{'1' * 32}/Messages/MM{'1' * 32}/Media/ME{'1' * 32}",
        f"https://u@api.twilio.com/2010-04-01/Accounts/{desk.twilio.account}/Messages/MM{'1' * 32}/Media/ME1",
    ):
        await desk.writes(OFFICER, "", (JPEG, photo()), extra={"MediaUrl0": forged})
    await desk.fetch()
    assert len(desk.twilio.asked) == asked, "a forged address is not even asked"
    states = [row.state for row in await desk.messages()]
    assert states == [MessageState.NEW, *[MessageState.QUARANTINE] * 5]


async def test_item_7_media_that_are_missing_twice_are_stored(desk: ChatDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.whatsapp_http._MEDIA_404_WAITS", (0.01, 0.03))
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()), missing=2)
    await desk.work()
    assert desk.count("SELECT count(*) FROM submission") == 1


async def test_item_7_media_that_never_come_are_told_to_the_sender_and_the_staff(
    desk: ChatDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.whatsapp_http._MEDIA_404_WAITS", (0.01, 0.03))
    await desk.writes(OFFICER, "", (JPEG, photo()), missing=99)
    fetching = desk.fetching()
    for _ in range(5):
        with pytest.raises(Exception, match="belum tersedia") as caught:
            await fetching.fetch_media(1)
        assert isinstance(caught.value, Exception)
        await fetching.failed(1, caught.value)
        desk.trip.clock.move(3600)
    (row,) = await desk.messages()
    assert row.state is MessageState.QUARANTINE
    await desk.deliver()
    (told,) = desk.texts()
    assert "tidak dapat kami ambil" in told
    assert "pukul 07.20 WIB" in told
    assert desk.count(f"SELECT count(*) FROM outbox WHERE kind = 'alert' AND to_address = '{RECEIVER}'") == 1


async def test_item_8_an_album_of_five_is_five_files_and_one_receipt_that_names_five(desk: ChatDesk) -> None:
    for number in range(5):
        await desk.writes(OFFICER, "", (JPEG, photo(number)))
        await desk.fetch()
        await desk.read()
        desk.trip.clock.move(1)
        await desk.deliver(after=0)
    assert desk.texts() == []
    await desk.deliver()
    assert desk.count("SELECT count(*) FROM arrival") == 5
    assert desk.count("SELECT count(DISTINCT submission_id) FROM arrival") == 1
    (receipt,) = desk.texts()
    assert "Jumlah berkas: 5." in receipt
    assert len(receipt) <= 600


async def test_item_8_a_receipt_never_waits_longer_than_a_minute(desk: ChatDesk) -> None:
    for number in range(40):
        await desk.writes(OFFICER, "", (JPEG, photo(number)))
        await desk.fetch()
        await desk.read()
        await desk.deliver(after=2)
        if desk.texts():
            break
    assert 29 <= number <= 31


async def test_item_9_what_is_no_sheet_gets_help_and_becomes_no_submission(desk: ChatDesk) -> None:
    voice = await desk.writes(OFFICER, "", ("audio/ogg", b"suara"))
    await desk.writes(OFFICER, "", ("image/webp", b"stiker"), extra={"MessageType": "sticker"})
    await desk.writes(OFFICER, "", extra={"MessageType": "location", "Latitude": "-8.06", "Longitude": "111.9"})
    await desk.work()
    assert voice.media
    assert desk.count("SELECT count(*) FROM submission") == 0
    told = desk.texts()
    assert [text.split("\n")[0] for text in told] == [
        "Mohon maaf, pesan suara tidak dapat kami baca.",
        "Mohon maaf, stiker tidak dapat kami baca.",
        "Mohon maaf, lokasi tidak dapat kami pakai sebagai lembar presensi.",
    ]
    desk.trip.clock.move(120)
    await desk.writes(OFFICER, "  ")
    await desk.work()
    assert "tidak memuat teks" in desk.texts()[-1]


async def test_item_10_an_unknown_sender_is_quarantined_answered_once_and_the_staff_hear_once(desk: ChatDesk) -> None:
    for number in range(3):
        await desk.writes(STRANGER, "", (JPEG, photo(number)))
        await desk.fetch()
        await desk.read()
        desk.trip.clock.move(90)
    await desk.deliver()
    assert [row.state for row in await desk.messages()] == [MessageState.QUARANTINE] * 3
    assert desk.count("SELECT count(*) FROM file") == 3, "kept"
    assert desk.count("SELECT count(*) FROM submission") == 0
    (told,) = desk.texts(STRANGER)
    assert "nomor ini belum terdaftar" in told
    assert "Dinas" not in told
    assert desk.count(f"SELECT count(*) FROM outbox WHERE kind = 'alert' AND to_address = '{RECEIVER}'") == 1
    assert STRANGER not in str(desk.rows("SELECT body FROM outbox WHERE kind = 'alert'")), "masked in the mail too"


async def test_item_15_the_receipt_says_unit_date_count_time_zone_punctuality_and_number(desk: ChatDesk) -> None:
    desk.trip.clock.moment = at(7, 18)
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()))
    await desk.work()
    (receipt,) = desk.texts()
    (number,) = desk.rows("SELECT number FROM submission")[0]
    for part in ("DATANG Dinas Perhubungan, Selasa, 24 November 2026", "07.18 WIB", "TEPAT WAKTU", "2 dari 2", number):
        assert str(part) in receipt
    assert len(receipt) <= 600
    desk.trip.clock.moment = at(16, 4)
    await desk.writes(OFFICER, "presensi pulang.xlsx", (SHEET, workbook(mark="16.01")), (JPEG, photo()))
    await desk.work()
    assert any("TERLAMBAT" in text or "TEPAT WAKTU" in text for text in desk.texts()[1:])


async def test_item_17_fifty_messages_a_minute_are_all_stored_and_get_three_replies_at_most(desk: ChatDesk) -> None:
    for number in range(50):
        await desk.writes(OFFICER, f"pesan {number}", *([(JPEG, photo(number))] if number % 2 else []))
        desk.trip.clock.move(1)
        await desk.work(after=0)
    assert desk.count("SELECT count(*) FROM message") == 50
    assert desk.count("SELECT count(*) FROM message_file") == 25
    assert len(desk.texts()) <= 3


async def test_tlg_15_a_file_by_chat_is_marked_with_its_channel_and_counts_like_a_mail(desk: ChatDesk) -> None:
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, workbook()))
    await desk.work()
    (flags,) = desk.rows("SELECT flags FROM submission")[0]
    assert Flag.BY_CHAT.value in str(flags)
    (row,) = await desk.messages()
    assert row.authenticity is Authenticity.VERIFIED
    assert desk.count("SELECT count(*) FROM fact") == 2


async def test_the_same_file_by_mail_and_by_whatsapp_is_one_submission_with_one_original(desk: ChatDesk) -> None:
    sheet = workbook()
    await desk.trip.read(mail(sheet, when=at(7, 12)))
    await desk.writes(OFFICER, "presensi.xlsx", (SHEET, sheet))
    await desk.work()
    assert desk.count("SELECT count(*) FROM submission") == 1
    assert desk.count("SELECT count(*) FROM file") == 1
    assert desk.rows("SELECT timeliness FROM submission") == [("on_time",)]
    assert "berkas yang sama" in desk.texts()[0].lower()


async def test_telegram_updates_are_kept_before_they_are_confirmed(desk: ChatDesk) -> None:
    desk.telegram.send_document(STAFF, "presensi.xlsx", SHEET, workbook(), caption="presensi datang")
    for shade in range(3):
        desk.telegram.send_photo(STAFF, photo(shade), album="A1")
    polling = desk.polling()
    assert await polling.once(0) == 4
    assert desk.count("SELECT count(*) FROM message") == 4
    assert desk.telegram.confirmed == 0, "only the next question confirms"
    assert await desk.polling().once(0) == 4, "another process after a crash: told again, kept once"
    assert desk.count("SELECT count(*) FROM message") == 4
    await polling.once(0)
    assert desk.telegram.confirmed > 1000
    await desk.work()
    assert desk.count("SELECT count(*) FROM submission") == 1
    (receipt,) = [sent.text for sent in desk.telegram.sent]
    assert "Jumlah berkas: 4." in receipt


async def test_a_tapped_button_is_acknowledged_and_answered_once(desk: ChatDesk) -> None:
    desk.telegram.write(STAFF, "halo")
    polling = desk.polling()
    await polling.once(0)
    await desk.work()
    below = desk.telegram.sent[0]
    desk.telegram.tap(STAFF, below, "0117: 7 TTD")
    await polling.once(0)
    await asyncio.sleep(0.1)
    assert len(desk.telegram.answered) == 1
    rows = await desk.messages()
    assert rows[-1].claims["button"] == "0117: 7 TTD"


async def test_telegram_delivers_to_the_webhook_when_it_knows_our_secret(desk: ChatDesk) -> None:
    async def post(secret: str) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        url = f"{desk.url}/webhooks/telegram"
        update = next(iter(desk.telegram.updates.values()))
        done = await desk.outside(partial(desk.telegram._client.post, url, json=update, headers=headers))
        return done.status_code

    desk.telegram.write(STAFF, "halo")
    assert await post("") == 403
    assert await post("rahasia") == 403, "a bot without a secret takes nothing"
    assert desk.count("SELECT count(*) FROM message") == 0


async def test_nothing_but_private_conversations_is_the_desks(desk: ChatDesk) -> None:
    desk.telegram.write(STAFF, "di grup", chat={"id": -100, "type": "group", "title": "Grup"})
    await desk.polling().once(0)
    assert desk.count("SELECT count(*) FROM message") == 0


async def test_a_request_that_is_too_large_or_for_nobody_is_refused(desk: ChatDesk) -> None:
    fields = {"Body": "x" * 1_100_000}
    assert await desk.outside(partial(desk.twilio.post, desk.twilio.webhook, fields)) == 413
    assert await desk.outside(partial(desk.twilio.post, f"{desk.url}/webhooks/meta", {"a": "b"})) == 404


async def test_a_poisoned_text_does_not_take_its_neighbours_with_it(desk: ChatDesk) -> None:
    bodies = ["satu", "dua \x00 nol", "tiga \ud83d\ude00", "empat"]
    await asyncio.gather(
        *(desk.writes(OFFICER, body.encode("utf-16", "surrogatepass").decode("utf-16")) for body in bodies)
    )
    assert desk.count("SELECT count(*) FROM message") == 4
