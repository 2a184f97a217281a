"""Sending by SMTP against a real (scripted) server: what is written, what is retried, what is given up."""

import asyncio
import email
import email.policy
import socket
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from domain.errors import Permanent, Retryable, Unknown
from intake.channel import OutgoingFile, OutgoingMessage
from intake.mail_send import MailSender, SmtpSettings
from intake.sender import AuthPolicy, judge_sender
from tests.fakes.clock import StillClock
from tests.fakes.smtp import SmtpSink, run_smtp

NOW = datetime(2026, 11, 24, 0, 18, tzinfo=UTC)
LETTER = OutgoingMessage(
    dedupe_key="receipt:1",
    to="rekap@dishub.go.id",
    subject="Tanda terima presensi DATANG – Dinas Perhubungan",
    text="Yth. Bapak/Ibu,\n.\nFrom kami: √ diterima pukul 07.18 WIB.\n",
    in_reply_to="<3@dishub.go.id>",
    references=("<1@dishub.go.id>", "<2@bkd.go.id>"),
)


def sender(sink: SmtpSink, **changes: object) -> MailSender:
    values: dict[str, object] = {"tls": "none", "timeout_s": 2.0, "connections": 1} | changes
    return MailSender(
        SmtpSettings(sink.host, sink.port, "presensi@bkd.go.id", "Posko Presensi BKD", **values),  # type: ignore[arg-type]
        StillClock(NOW),
    )


async def sent(mail: OutgoingMessage, **changes: object) -> tuple[EmailMessage, SmtpSink]:
    with run_smtp() as sink:
        out = sender(sink, **changes)
        await out.send(mail)
        await out.close()
        message = email.message_from_bytes(sink.taken[0].data, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message, sink


async def test_a_receipt_threads_and_carries_every_loop_mark() -> None:
    message, sink = await sent(LETTER)
    assert sink.taken[0].sender == ""  # <>: no bounce and no robot can answer
    assert sink.taken[0].to == ("rekap@dishub.go.id",)
    assert message["Subject"] == LETTER.subject
    assert message["In-Reply-To"] == "<3@dishub.go.id>"
    assert message["References"] == "<1@dishub.go.id> <2@bkd.go.id> <3@dishub.go.id>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Loop"] == "presensi@bkd.go.id"
    assert message["Date"] == "Tue, 24 Nov 2026 00:18:00 +0000"
    assert message.get_content().replace("\r\n", "\n") == LETTER.text


async def test_a_mail_that_starts_a_thread_is_auto_generated() -> None:
    message, _ = await sent(OutgoingMessage("reminder:1", "a@b.id", "Pengingat", "isi"))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["In-Reply-To"] is None


async def test_the_same_outbox_row_always_has_the_same_message_id() -> None:
    first, _ = await sent(LETTER)
    again, _ = await sent(LETTER)
    other, _ = await sent(OutgoingMessage("receipt:2", "a@b.id", "x", "y"))
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first["Message-ID"].endswith("@bkd.go.id>")


async def test_nothing_from_outside_can_write_a_header_or_an_address() -> None:
    message, sink = await sent(
        OutgoingMessage(
            "k",
            "a@b.id",
            "Re: Presensi\r\nBcc: evil@x.com\r\n\r\nisi",
            "isi",
            in_reply_to="<1@x>\r\nBcc: evil@x.com",
            references=("<2@x>\nX-Evil: 1", "tanpa kurung"),
            files=(OutgoingFile('r"\r\nX-Evil: 1.pdf', "application/pdf", b"%PDF-"),),
        )
    )
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["References"] == "<2@x> <1@x>"
    assert sink.taken[0].to == ("a@b.id",)
    [file] = message.iter_attachments()
    assert file.get_content() == b"%PDF-"
    with run_smtp() as other:
        for address in ("a@b.id\r\nRCPT TO:<evil@x.com>", "a@b.id, evil@x.com", "", "<a@b.id> <c@d.id>"):
            with pytest.raises(Permanent) as refused:
                await sender(other).send(OutgoingMessage("k", address, "s", "t"))
            assert refused.value.code == "bad_address"


async def test_ids_of_any_length_are_never_cut() -> None:
    long = "<" + "a" * 300 + "@x.id>"
    message, sink = await sent(
        OutgoingMessage("k", "a@b.id", "s", "t", in_reply_to=long, references=(long[:-1] + "b>",) * 2)
    )
    assert long.encode() in sink.taken[0].data
    assert message["References"].split() == [long[:-1] + "b>", long]


async def test_must_hold_14_451_is_retried_and_550_is_given_up() -> None:
    with run_smtp() as sink:
        out = sender(sink)
        sink.rcpt_answers = ["451 greylisted", "550 no such user"]
        with pytest.raises(Retryable) as later:
            await out.send(LETTER)
        assert (later.value.code, later.value.after) == ("451", 60.0)
        with pytest.raises(Permanent) as never:
            await out.send(LETTER)
        assert never.value.code == "550"
        await out.send(LETTER)
        assert len(sink.taken) == 1
        assert sink.connections == 1  # a refused recipient does not cost the connection
        await out.close()


async def test_answers_to_the_data_decide_in_the_same_way() -> None:
    with run_smtp() as sink:
        out = sender(sink)
        sink.data_answers = ["452 disk full", "554 looks like spam"]
        with pytest.raises(Retryable):
            await out.send(LETTER)
        with pytest.raises(Permanent) as never:
            await out.send(LETTER)
        assert never.value.code == "554"
        await out.close()


async def test_must_hold_14_an_outage_is_retryable_and_a_later_sending_works() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Retryable):
            await sender(SmtpSink(port=nobody.getsockname()[1])).send(LETTER)
    with run_smtp() as sink:
        out = sender(sink, timeout_s=0.3)
        sink.stalling = True
        with pytest.raises(Unknown):  # the whole mail is there: it may have been taken
            await out.send(LETTER)
        sink.stalling = False
        await out.send(LETTER)
        assert len(sink.taken) == 1
        await out.close()


async def test_a_connection_is_used_again_and_a_dropped_one_is_replaced_before_the_mail() -> None:
    with run_smtp(timeout=0.3) as sink:
        out = sender(sink)
        for number in range(3):
            await out.send(OutgoingMessage(f"k{number}", "a@b.id", "s", "t"))
        assert sink.connections == 1
        await asyncio.sleep(0.6)  # the server closes what is idle
        await out.send(OutgoingMessage("k9", "a@b.id", "s", "t"))
        assert (sink.connections, len(sink.taken)) == (2, 4)
        await out.close()


async def test_many_tasks_share_a_few_connections() -> None:
    with run_smtp() as sink:
        out = sender(sink, connections=2)
        await asyncio.gather(*(out.send(OutgoingMessage(f"k{n}", "a@b.id", "s", "t")) for n in range(20)))
        assert len({taken.data for taken in sink.taken}) == 20
        assert sink.connections <= 2
        await out.close()


async def test_a_login_is_used_and_a_refused_one_waits_for_a_person() -> None:
    with run_smtp(auth=True) as sink:
        good = sender(sink, username="presensi", password=lambda: "rahasia")
        await good.send(LETTER)
        await good.close()
        with pytest.raises(Retryable) as refused:
            await sender(sink, username="presensi", password=lambda: "salah").send(LETTER)
        assert refused.value.code == "535"
        assert "salah" not in str(refused.value)


async def test_must_hold_11_two_robots_of_ours_exchange_at_most_one_answer() -> None:
    message, _ = await sent(LETTER)
    headers = tuple((name, str(value)) for name, value in message.items())
    assert judge_sender(headers, AuthPolicy(None, ())).automatic
