"""What goes out by chat: windows, refusals, lost answers, news out of order (facts: chat, "Must hold" 13, 14, 19)."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from demo.chat.telegram import Fault as Trouble
from demo.chat.twilio import Fault
from demo.chat.twilio_data import LIST_KEYS, POST_KEYS
from domain.errors import Permanent
from domain.terms import Scheme
from intake.approved import APPROVED, NEWS, REMINDER, filled
from intake.channel import Accepted, OutgoingMessage
from intake.whatsapp_codes import CODES
from storage.engine import Database
from storage.records import LetterFile, OutboxState
from storage.records_chat import Button, DeliveryState, TemplateCall
from tests.fakes.channel import OneWay
from tests.fakes.chat_desk import OFFICER, STAFF, ChatDesk, chat_desk
from tests.fakes.trip import DISHUB, RECEIVER

SPEC = Path(__file__).resolve().parents[3] / "shared" / "data" / "twilio_messages_openapi.json"


@pytest.fixture
async def desk(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[ChatDesk]:
    async with chat_desk(database, database_url, tmp_path) as made:
        yield made


async def open_window(desk: ChatDesk, who: str = OFFICER) -> None:
    """``who`` has just written, and was answered."""
    await desk.writes(who, "halo")
    await desk.work()
    desk.twilio.messages = {sid: m for sid, m in desk.twilio.messages.items() if m.direction == "inbound"}
    desk.trip.clock.move(120)


async def test_inside_the_window_the_words_go_as_they_are(desk: ChatDesk) -> None:
    await open_window(desk)
    id_ = await desk.put("satu", body="Presensi telah kami terima.")
    assert await desk.dispatcher().deliver(id_) == "sent"
    await desk.settle()
    (sent,) = desk.twilio.sent()
    assert (sent.body, sent.content) == ("Presensi telah kami terima.", None)
    assert sent.callback == f"{desk.url}/webhooks/whatsapp/status?outbox={id_}"
    assert (await desk.letter(id_)).delivery is DeliveryState.DELIVERED


async def test_outside_the_window_only_word_of_it_goes_and_the_text_waits(desk: ChatDesk) -> None:
    id_ = await desk.put("satu", body="Rekap lengkap …")
    assert await desk.dispatcher().deliver(id_) == "sent"
    (sent,) = desk.twilio.sent()
    assert sent.body.startswith("Posko Presensi menyampaikan: Perihal satu.")
    assert (await desk.letter(id_)).withheld
    await desk.writes(OFFICER, "lihat")
    await desk.work()
    assert desk.texts()[-1] == "Rekap lengkap …"
    assert not (await desk.letter(id_)).withheld
    desk.trip.clock.move(120)
    await desk.writes(OFFICER, "LIHAT")
    await desk.work()
    assert "Rekap" not in desk.texts()[-1], "told once"


async def test_item_13_63016_is_followed_by_exactly_one_template(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.faults.append(Fault(later=63016))
    id_ = await desk.put("satu")
    await desk.dispatcher().deliver(id_)
    await desk.settle()
    first = desk.twilio.sent()[0]
    for _ in range(3):
        await desk.outside(lambda: desk.twilio.tell(first, "failed", 63016))
    await desk.deliver()
    await desk.deliver()
    assert [m.content is not None for m in desk.twilio.sent()] == [False, True]
    assert (await desk.letter(id_)).state is OutboxState.FAILED
    assert desk.rows("SELECT state, replaces FROM outbox WHERE replaces IS NOT NULL") == [("sent", id_)]


@pytest.mark.parametrize(("code", "at_once"), [(21610, True), (63014, False)])
async def test_item_13_who_blocked_us_gets_no_more_until_he_writes_again(
    desk: ChatDesk, code: int, at_once: bool
) -> None:
    await open_window(desk)
    desk.twilio.faults.append(Fault(code=code) if at_once else Fault(later=code))
    for number in range(3):
        await desk.dispatcher().deliver(await desk.put(f"surat {number}"))
        await desk.settle()
    assert len(desk.twilio.sent()) == (0 if at_once else 1)
    assert {
        row[0]
        for row in desk.rows("SELECT error_code FROM outbox WHERE dedupe_key LIKE 'surat%' AND scheme = 'whatsapp'")
    } == {
        str(code),
        "blocked",
    }
    await desk.writes(OFFICER, "maaf, saya sudah buka")
    assert await desk.dispatcher().deliver(await desk.put("lagi")) == "sent"


async def test_item_13_a_hang_after_accepting_is_one_message(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.callbacks = ()  # not even a callback tells
    desk.twilio.faults.append(Fault(hang=4.0))
    id_ = await desk.put("satu")
    assert await desk.dispatcher().deliver(id_) == "retry"
    assert (await desk.letter(id_)).unsure
    desk.trip.clock.move(60)
    assert await desk.dispatcher().deliver(id_) == "sent"
    (sent,) = desk.twilio.sent()
    assert (await desk.letter(id_)).provider_id == sent.sid


async def test_item_13_the_callback_settles_a_letter_whose_answer_was_lost(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.faults.append(Fault(hang=4.0))
    id_ = await desk.put("satu")
    await desk.dispatcher().deliver(id_)
    await desk.settle()
    row = await desk.letter(id_)
    assert (row.state, row.provider_id, row.delivery) == (
        OutboxState.SENT,
        desk.twilio.sent()[0].sid,
        DeliveryState.DELIVERED,
    )
    desk.trip.clock.move(600)
    assert await desk.dispatcher().deliver(id_) == "taken"


async def test_two_letters_of_the_same_words_are_not_taken_for_one(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.callbacks = ()
    first = await desk.put("satu", body="Sama.")
    await desk.dispatcher().deliver(first)
    desk.twilio.faults.append(Fault(status=503))
    second = await desk.put("dua", body="Sama.")
    assert await desk.dispatcher().deliver(second) == "retry"
    desk.trip.clock.move(60)
    assert await desk.dispatcher().deliver(second) == "sent"
    assert len(desk.twilio.sent()) == 2


async def test_item_14_read_sent_delivered_in_that_order_is_read(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.callbacks = ()
    id_ = await desk.put("satu")
    await desk.dispatcher().deliver(id_)
    (sent,) = desk.twilio.sent()
    for status in ("read", "sent", "delivered", "failed", "read"):
        assert await desk.outside(lambda status=status: desk.twilio.tell(sent, status)) == 200  # type: ignore[misc]
    assert (await desk.letter(id_)).delivery is DeliveryState.READ
    assert desk.count("SELECT count(*) FROM provider_event WHERE provider_id = '" + sent.sid + "'") == 4


async def test_a_forged_callback_changes_nothing(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.callbacks = ()
    id_ = await desk.put("satu")
    await desk.dispatcher().deliver(id_)
    (sent,) = desk.twilio.sent()
    fields = {"MessageSid": sent.sid, "MessageStatus": "failed", "ErrorCode": "63016"}
    url = str(sent.callback)
    assert await desk.outside(lambda: desk.twilio.post(url, fields, sign="AAAA")) == 403
    assert (await desk.letter(id_)).state is OutboxState.SENT
    stranger = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "failed", "ErrorCode": "63016"}
    assert await desk.outside(lambda: desk.twilio.post(url, stranger)) == 200
    assert (await desk.letter(id_)).state is OutboxState.SENT, "another message's news under our address"


async def test_a_storm_of_429_loses_and_doubles_nothing(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.twilio.faults.extend(Fault(status=429, code=20429, retry_after=2) for _ in range(30))
    ids = [await desk.put(f"surat {n}") for n in range(5)]
    for _ in range(12):
        for id_ in ids:
            await desk.dispatcher().deliver(id_)
        desk.trip.clock.move(60)
    assert len(desk.twilio.sent()) == 5
    assert {(await desk.letter(id_)).state for id_ in ids} == {OutboxState.SENT}


async def test_our_own_wrong_password_is_an_outage_and_the_operator_hears_once_a_day(desk: ChatDesk) -> None:
    await open_window(desk)
    right, desk.twilio.token = desk.twilio.token, "lain"
    ids = [await desk.put(f"surat {n}") for n in range(3)]
    wrong = desk.whatsapp._settings.token
    object.__setattr__(desk.whatsapp._settings, "token", lambda: right)
    for id_ in ids:
        assert await desk.dispatcher().deliver(id_) == "retry"
        assert (await desk.letter(id_)).attempts == 0
    object.__setattr__(desk.whatsapp._settings, "token", wrong)
    assert desk.count(f"SELECT count(*) FROM outbox WHERE kind = 'alert' AND to_address = '{RECEIVER}'") == 1


class Refusing(OneWay):
    """A mail server that knows no such mailbox."""

    scheme = Scheme.MAIL

    async def send(self, message: OutgoingMessage) -> Accepted:
        raise Permanent("kotak surel tidak ada", code="550")


async def test_when_mail_is_refused_the_same_officer_is_told_by_whatsapp_then_by_telegram(desk: ChatDesk) -> None:
    await open_window(desk)
    desk.channels[Scheme.MAIL] = Refusing()
    id_ = await desk.put("satu", DISHUB, Scheme.MAIL, body="Panjang.", short="Pendek.")
    assert await desk.dispatcher().deliver(id_) == "failed"
    desk.twilio.faults.append(Fault(code=63003))
    await desk.deliver()
    await desk.deliver()
    assert [(sent.chat, sent.text) for sent in desk.telegram.sent] == [(STAFF, "Pendek.")]
    assert desk.rows("SELECT scheme, state FROM outbox WHERE dedupe_key LIKE 'satu%' ORDER BY id") == [
        ("mail", "failed"),
        ("whatsapp", "failed"),
        ("telegram", "sent"),
    ]


async def test_a_reminder_is_always_a_template_and_expires_at_its_deadline(desk: ChatDesk) -> None:
    await open_window(desk)
    call = TemplateCall(
        REMINDER, {"1": "Dinas Perhubungan", "2": "07.20 WIB", "3": "DATANG", "4": "Selasa", "5": "07.30 WIB"}
    )
    now = desk.trip.clock.now()
    id_ = await desk.put("ingat", template=call, expires_at=now + timedelta(minutes=10))
    late = await desk.put("telat", template=call, expires_at=now)
    assert await desk.dispatcher().deliver(id_) == "sent"
    assert await desk.dispatcher().deliver(late) == "expired"
    (sent,) = desk.twilio.sent()
    assert sent.body == filled(call)
    assert sent.content is not None


async def test_buttons_are_typed_words_on_whatsapp_and_keys_on_telegram(desk: ChatDesk) -> None:
    await open_window(desk)
    buttons = (Button("0117: 7 TTD", "Tanda tangan"), Button("0117: 7 KOSONG", "Kosong"))
    await desk.dispatcher().deliver(await desk.put("wa", buttons=buttons, body="Baris 7?"))
    await desk.dispatcher().deliver(await desk.put("tg", str(STAFF), Scheme.TELEGRAM, buttons=buttons, body="Baris 7?"))
    assert "Balas 0117: 7 TTD untuk Tanda tangan." in desk.twilio.sent()[0].body
    assert desk.telegram.sent[0].buttons == [("Tanda tangan", "0117: 7 TTD"), ("Kosong", "0117: 7 KOSONG")]


async def test_a_file_goes_as_a_link_that_the_provider_can_fetch_and_that_ends(desk: ChatDesk) -> None:
    await open_window(desk)
    sha256 = await desk.trip.blobs.put(b"%PDF-1.7 rekap")
    id_ = await desk.put("rekap", files=(LetterFile("rekap harian.pdf", "application/pdf", sha256),))
    await desk.dispatcher().deliver(id_)
    await desk.settle()
    assert (await desk.letter(id_)).delivery is DeliveryState.DELIVERED, "asked for by HEAD and by GET"
    link = desk.links.make(LetterFile("a.pdf", "application/pdf", sha256))
    assert (await desk.outside(lambda: desk.twilio._client.get(link))).content == b"%PDF-1.7 rekap"
    assert (
        await desk.outside(lambda: desk.twilio._client.get(link.replace("/berkas/", "/berkas/x")))
    ).status_code == 404
    desk.trip.clock.move(5 * 3600)
    assert (await desk.outside(lambda: desk.twilio._client.get(link))).status_code == 404


async def test_telegram_faults_are_told_apart(desk: ChatDesk) -> None:
    faults = desk.telegram.faults

    async def outcome(name: str, to: str = str(STAFF)) -> tuple[str, str]:
        id_ = await desk.put(name, to, Scheme.TELEGRAM)
        told = await desk.dispatcher().deliver(id_)
        return told, (await desk.letter(id_)).error_code

    faults.append(Trouble(429, "Too Many Requests: retry after 7", retry_after=7))
    assert await outcome("penuh") == ("retry", "")
    faults.append(Trouble(hang=4.0))
    assert await outcome("lama") == ("retry", "")
    assert await outcome("salah", "-1") == ("failed", "400")
    assert await outcome("bukan", "budi") == ("failed", "bad_address")
    desk.telegram.blocked.add(STAFF)
    assert await outcome("blokir") == ("failed", "403")
    assert await outcome("sesudahnya") == ("failed", "blocked")


@pytest.mark.skipif(not SPEC.is_file(), reason="needs shared/data/twilio_messages_openapi.json beside the checkout")
def test_the_fake_accepts_exactly_the_parameters_of_twilios_public_specification() -> None:
    paths = json.loads(SPEC.read_text())["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]
    schema = paths["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert set(schema["properties"]) == POST_KEYS
    assert {p["name"] for p in paths["get"]["parameters"]} - {"AccountSid"} == LIST_KEYS


def test_approved_texts_obey_the_rules_for_templates() -> None:
    for name in (REMINDER, NEWS):
        text = APPROVED[name].text
        assert len(text) < 900
        assert not text.startswith("{{")
        assert not text.rstrip(".").endswith("}}")
        assert "}}{{" not in text.replace(" ", "")


def test_every_class_of_codes_is_there() -> None:
    assert {CODES[code].value for code in (63016, 20429, 63009, 63003, 21610, 63013, 63005, 63001)} == {
        "window", "throttle", "provider", "address", "blocked", "policy", "media", "config",
    }  # fmt: skip
