"""A letter whose time is over does not leave, however long it waited for its turn."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Expired, Retryable
from intake.channel import OutgoingMessage
from intake.mail_send import MailSender, SmtpSettings
from tests.fakes.clock import StillClock
from tests.fakes.smtp import SmtpSink, run_smtp

LATE = datetime(2026, 11, 24, 0, 31, tzinfo=UTC)
REMINDER = OutgoingMessage("reminder:U1", "rekap@dishub.go.id", "Pengingat", "isi", expires_at=LATE)
SECOND = timedelta(seconds=1)


def sender(sink: SmtpSink, clock: StillClock) -> MailSender:
    settings = SmtpSettings(sink.host, sink.port, "presensi@bkd.go.id", "Posko", tls="none", connections=1)
    return MailSender(settings, clock)


@pytest.mark.parametrize(("now", "leaves"), [(LATE - SECOND, True), (LATE, False), (LATE + SECOND, False)])
async def test_at_the_end_of_its_time_a_letter_stays(now: datetime, leaves: bool) -> None:
    with run_smtp() as sink:
        out = sender(sink, StillClock(now))
        if leaves:
            await out.send(REMINDER)
        else:
            with pytest.raises(Expired):
                await out.send(REMINDER)
        await out.close()
        assert len(sink.taken) == leaves


async def test_its_time_may_end_while_it_waits_for_a_free_connection() -> None:
    clock = StillClock(LATE - timedelta(minutes=1))
    with run_smtp() as sink:
        sink.stalling = True
        out = sender(sink, clock)
        first = asyncio.create_task(out.send(OutgoingMessage("a", "a@b.id", "x", "y")))
        second = asyncio.create_task(out.send(REMINDER))
        await asyncio.sleep(0)
        clock.move(60)
        first.cancel()
        with pytest.raises(Expired):
            await second
        await out.close()
        assert sink.taken == []


async def test_a_server_that_stalls_over_the_end_gets_nothing_more() -> None:
    clock = StillClock(LATE - timedelta(seconds=0.5))
    with run_smtp() as sink:
        sink.stalling = True
        out = sender(sink, clock)
        with pytest.raises(Retryable, match="TimeoutError"):
            await out.send(REMINDER)
        await out.close()
        assert sink.taken == []
