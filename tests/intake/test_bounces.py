"""Letters that came back (RFC 3464): the letter fails, its reader is reached by the next channel; delays wait."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from bot.delivery_news import DeliveryNews
from domain.terms import Scheme
from intake.letters import Outgoing
from intake.mail_message import message_id_for
from intake.mime import walk
from storage.engine import Database
from storage.records import MessageState, OutboxRow, OutboxState
from storage.records_chat import DeliveryState
from tests.fakes.desk_world import DAY, PROFILE, at
from tests.fakes.rows import new_outbox
from tests.fakes.talk import OFFICER, STAFF, posted
from tests.fakes.trip import DESK, RECEIVER, Trip, trip_on, workbook

OFFICE = "dishub@presensi.test"
OURS = message_id_for("reminder:1", DESK)


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    about: str = OURS,
    returned: str = "message/rfc822",
    own: str = "1",
) -> bytes:
    """A report as Postfix writes it; ``returned`` is how it brings the letter back."""
    letter = f"Message-ID: {about}\r\nFrom: {DESK}\r\nTo: {OFFICE}\r\nSubject: Pengingat\r\n\r\n"
    told = f"Reporting-MTA: dns; mx.opd.test\r\n\r\nFinal-Recipient: rfc822; {OFFICE}\r\n"
    told += f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} unknown user\r\n"
    brought = f"--b\r\nContent-Type: {returned}\r\n\r\n{letter}" if returned else ""
    return (
        "Return-Path: <>\r\n"
        "From: MAILER-DAEMON@mx.opd.test\r\n"
        f"To: {DESK}\r\n"
        f"Message-ID: <bounce-{own}@mx.opd.test>\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nTidak terkirim.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{told}\r\n{brought}--b--\r\n"
    ).encode()


@pytest.fixture
async def trip(database: Database, tmp_path: Path) -> AsyncIterator[Trip]:
    async with trip_on(database, tmp_path) as made:
        made.outgoing = Outgoing((RECEIVER,), frozenset({DESK}), channels=frozenset({Scheme.MAIL, Scheme.WHATSAPP}))
        async with database.begin() as uow:
            await uow.roster.replace(STAFF, "test", made.clock.now())
        yield made


async def sent(trip: Trip, key: str = "reminder:1", kind: str = "reminder", to: str = OFFICE) -> int:
    """A letter that our server took."""
    now = trip.clock.now()
    async with trip.db.begin() as uow:
        id_ = await uow.outbox.put(
            new_outbox(key, kind=kind, to_address=to, body="Mohon izin mengingatkan", due_at=now, expires_at=at(7, 30))
        )
        assert id_ is not None
        await uow.outbox.mark_sent(id_, message_id_for(key, DESK), now)
    return id_


async def copies(trip: Trip, of: int) -> list[OutboxRow]:
    """Letters that took the place of one."""
    async with trip.db.begin() as uow:
        return [letter for letter in await posted(uow, "reminder") if letter.replaces == of]


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
async def test_a_letter_that_came_back_for_good_fails_and_goes_by_the_next_channel(trip: Trip, returned: str) -> None:
    id_ = await sent(trip)
    message_id = await trip.read(report(returned=returned))
    async with trip.db.begin() as uow:
        letter = await uow.outbox.get(id_)
    assert (letter.state, letter.error_code, letter.delivery) == (OutboxState.FAILED, "5.1.1", DeliveryState.FAILED)
    (copy,) = await copies(trip, id_)
    assert (copy.scheme, copy.to_address, copy.state) == (Scheme.WHATSAPP, OFFICER, OutboxState.PENDING)
    assert (await trip.message(message_id)).state is MessageState.DONE
    assert await trip.letters(message_id) == []  # a robot gets no answer


async def test_the_same_report_twice_and_a_report_after_it_write_one_copy(trip: Trip) -> None:
    id_ = await sent(trip)
    for own, status in (("1", "5.1.1"), ("2", "5.1.1"), ("3", "5.2.2")):
        await trip.read(report(own=own, status=status))
    assert len(await copies(trip, id_)) == 1


async def test_a_delay_waits_and_a_server_that_gave_up_after_delays_has_failed(trip: Trip) -> None:
    id_ = await sent(trip)
    await trip.read(report(action="delayed", status="4.4.1"))
    async with trip.db.begin() as uow:
        assert (await uow.outbox.get(id_)).state is OutboxState.SENT
    assert await copies(trip, id_) == []
    await trip.read(report(action="failed", status="4.4.7", own="2"))
    async with trip.db.begin() as uow:
        assert (await uow.outbox.get(id_)).state is OutboxState.FAILED


async def test_a_report_that_names_the_letter_only_in_its_own_thread_is_matched_too(trip: Trip) -> None:
    id_ = await sent(trip)
    raw = report(returned="").replace(b"Subject:", f"In-Reply-To: {OURS}\r\nSubject:".encode(), 1)
    await trip.read(raw)
    async with trip.db.begin() as uow:
        assert (await uow.outbox.get(id_)).state is OutboxState.FAILED


async def test_a_report_about_no_letter_of_ours_changes_nothing_and_the_receivers_read_of_it(trip: Trip) -> None:
    id_ = await sent(trip)
    message_id = await trip.read(report(about="<someone@else.test>"))
    async with trip.db.begin() as uow:
        assert (await uow.outbox.get(id_)).state is OutboxState.SENT
    trip.clock.moment = at(7, 33)
    news = DeliveryNews(trip.db, trip.clock, PROFILE, trip.outgoing)
    await news.sweep()
    await news.sweep()
    (told,) = [one for one in await trip.letters() if one.subject == "Surel kembali yang tidak dikenali"]
    assert told.to_address == RECEIVER
    assert f"tersimpan sebagai kiriman nomor {message_id}." in told.body


async def test_the_staffs_own_letter_that_came_back_is_not_written_anew(trip: Trip) -> None:
    id_ = await sent(trip, key="alert:1", kind="alert", to=RECEIVER)
    await trip.read(report(about=message_id_for("alert:1", DESK)))
    async with trip.db.begin() as uow:
        assert [letter.id for letter in await posted(uow, "alert")] == [id_]


async def test_our_own_sheet_that_came_back_with_its_letter_is_nobodys_attendance(trip: Trip) -> None:
    await sent(trip)
    letter = EmailMessage(policy=SMTP)
    letter["Message-ID"], letter["From"], letter["To"] = OURS, DESK, OFFICE
    letter.set_content("Lembar minggu ini")
    letter.add_attachment(workbook(), "application", "octet-stream", filename="lembar.xlsx")
    head = report().split(b"--b\r\nContent-Type: message/rfc822", 1)[0]
    raw = head + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + letter.as_bytes() + b"\r\n--b--\r\n"
    await trip.read(raw)
    async with trip.db.begin() as uow:
        assert await uow.submissions.on_day(DAY) == []


def test_only_reports_are_reports() -> None:
    assert walk(report()).bounce is not None
    forwarded = report().replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    assert walk(forwarded).bounce is None
    exim = forwarded.replace(b"Subject:", f"X-Failed-Recipients: {OFFICE}\r\nSubject:".encode(), 1)
    bounce = walk(exim.replace(b"message/delivery-status", b"text/plain")).bounce
    assert bounce is not None
    assert [(one.address, one.final) for one in bounce.recipients] == [(OFFICE, True)]
    assert bounce.message_ids == (OURS,)


@pytest.mark.parametrize("cut", range(0, 900, 37))
def test_a_report_that_is_cut_off_anywhere_raises_nothing(cut: int) -> None:
    walk(report()[:cut])
