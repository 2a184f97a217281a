"""A letter whose time is over does not leave, however long it waited for its turn."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Expired, Unknown
from intake.channel import OutgoingFile, OutgoingMessage
from intake.last_call import MARGIN_S
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


@dataclass
class SlowServer:
    """A mail server in the test's own loop. ``before``: what happens before a word is answered, or (``BODY``) read."""

    before: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    mails: int = 0  # with their final dot
    cut_off: int = 0  # content without one
    tasks: set[asyncio.Task[object]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await self.talk(reader, writer)
        except ConnectionError:
            pass  # the client cut it
        finally:
            writer.transport.abort()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.answer(writer, "220 mx.bkd.test", "CONNECT")
        while line := await reader.readline():
            word = line.split()[0].upper().decode()
            told = {"EHLO": "250-mx.bkd.test\r\n250 SIZE 99999999", "DATA": "354 go on"}.get(word, "250 OK")
            await self.answer(writer, told, word)
            if word == "DATA":
                await self.content(reader)
                await self.answer(writer, "250 queued", "DOT")

    async def answer(self, writer: asyncio.StreamWriter, told: str, word: str) -> None:
        if happens := self.before.pop(word, None):
            await happens()
        writer.write(f"{told}\r\n".encode())
        await writer.drain()

    async def content(self, reader: asyncio.StreamReader) -> None:
        if happens := self.before.pop("BODY", None):
            await happens()
        try:
            while await reader.readline() != b".\r\n":
                if reader.at_eof():
                    raise ConnectionError
        except ConnectionError:
            self.cut_off += 1
            raise
        self.mails += 1


@contextlib.asynccontextmanager
async def slow_server(
    clock: StillClock, **before: Callable[[], Awaitable[object]]
) -> AsyncIterator[tuple[SlowServer, MailSender]]:
    slow = SlowServer(dict(before))
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0, limit=65536)
    port = server.sockets[0].getsockname()[1]
    out = MailSender(SmtpSettings("127.0.0.1", port, "presensi@bkd.go.id", "Posko", tls="none"), clock)
    try:
        yield slow, out
    finally:
        await out.close()
        server.close()
        for task in slow.tasks:
            task.cancel()
        await asyncio.gather(*slow.tasks, return_exceptions=True)
        await asyncio.sleep(0)  # lets the closed transports go


@pytest.mark.parametrize("word", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_process_that_got_no_turn_until_the_end_sends_nothing(word: str) -> None:
    """The clock leaps while a word is answered, and no timer had a chance to run: nothing but the last look helps."""
    clock = StillClock(LATE - timedelta(minutes=1))

    async def stall() -> None:
        clock.move(60)

    async with slow_server(clock, **{word: stall}) as (slow, out):
        with pytest.raises(Expired):
            await out.send(REMINDER)
        assert slow.mails == 0
        await out.send(OutgoingMessage("later", "a@b.id", "x", "y"))
        assert slow.mails == 1, "the next letter has a connection of its own"


@pytest.mark.parametrize("word", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_stalls_over_the_end_is_left_in_time(word: str) -> None:
    clock = StillClock(LATE - timedelta(seconds=MARGIN_S + 0.2))
    begun = clock.elapsed_real()
    async with slow_server(clock, **{word: asyncio.Event().wait}) as (slow, out):
        with pytest.raises(Expired):
            await out.send(REMINDER)
        assert clock.elapsed_real() - begun < 5
        assert (slow.mails, slow.cut_off) == (0, 0)


async def test_a_long_letter_that_is_still_leaving_at_the_end_never_gets_its_last_line() -> None:
    """What waits in our buffers would still go out if the connection were closed in peace."""
    clock, awake = StillClock(LATE - timedelta(seconds=MARGIN_S + 0.3)), asyncio.Event()
    long = replace(REMINDER, files=(OutgoingFile("rekap.pdf", "application/pdf", bytes(12_000_000)),))
    async with slow_server(clock, BODY=awake.wait) as (slow, out):
        with pytest.raises(Expired):
            await out.send(long)
        awake.set()
        async with asyncio.timeout(10):
            while not slow.cut_off:  # noqa: ASYNC110 - the server announces nothing
                await asyncio.sleep(0.01)
        assert slow.mails == 0


async def test_a_letter_that_left_in_time_may_be_answered_later() -> None:
    clock = StillClock(LATE - timedelta(seconds=MARGIN_S + 0.2))

    async def think() -> None:
        await asyncio.sleep(0.5)

    async with slow_server(clock, DOT=think) as (slow, out):
        await out.send(REMINDER)
        assert slow.mails == 1


async def test_a_letter_that_left_and_was_never_answered_is_perhaps_there() -> None:
    with run_smtp() as sink:
        sink.stalling = True
        settings = SmtpSettings(sink.host, sink.port, "presensi@bkd.go.id", "Posko", tls="none", timeout_s=0.3)
        out = MailSender(settings, StillClock(LATE - SECOND))
        with pytest.raises(Unknown):
            await out.send(REMINDER)
        await out.close()
