"""What every channel must do, whatever its provider: the same cases for mail, WhatsApp and Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from demo.chat.telegram import Fault as TelegramFault
from demo.chat.twilio import Fault as TwilioFault
from domain.errors import ChannelError, Expired, Permanent, Retryable, Unknown
from domain.terms import Scheme
from intake.channel import Accepted, Channel, OutgoingMessage
from intake.last_call import MARGIN_S
from intake.mail_send import MailSender, SmtpSettings
from intake.registry import CHANNELS, CHATS
from intake.telegram import Telegram, TelegramSettings
from intake.whatsapp import WhatsApp, WhatsAppSettings
from storage.engine import Database
from tests.fakes.chat_desk import OFFICER, STAFF, ChatDesk, chat_desk
from tests.fakes.dovecot import free_port
from tests.fakes.smtp import SmtpSink, run_smtp
from tests.fakes.trip import DESK, DISHUB

SCHEMES = tuple(line.scheme for line in CHANNELS)


@dataclass
class Line:
    """One channel between the desk and its provider."""

    scheme: Scheme
    desk: ChatDesk
    sink: SmtpSink

    @property
    def to(self) -> str:
        return {Scheme.MAIL: DISHUB, Scheme.WHATSAPP: OFFICER, Scheme.TELEGRAM: str(STAFF)}[self.scheme]

    def open(self, *, gone: bool = False) -> Channel:
        clock = self.desk.trip.clock
        if self.scheme is Scheme.MAIL:
            port = free_port() if gone else self.sink.port
            return MailSender(SmtpSettings("127.0.0.1", port, DESK, "Posko", tls="none", timeout_s=3), clock)
        api = f"http://127.0.0.1:{free_port()}" if gone else ""
        if self.scheme is Scheme.WHATSAPP:
            twilio = self.desk.twilio
            return WhatsApp(
                WhatsAppSettings(
                    twilio.account, lambda: twilio.token, twilio.number, self.desk.url, {}, api or twilio.api
                ),
                clock,
            )
        telegram = self.desk.telegram
        return Telegram(TelegramSettings(lambda: telegram.token, api=api or telegram.api), clock)

    def arrived(self) -> list[str]:
        """The texts that the provider took."""
        if self.scheme is Scheme.MAIL:
            return [taken.data.decode("utf-8", "replace") for taken in self.sink.taken]
        if self.scheme is Scheme.WHATSAPP:
            return [m.body for m in self.desk.twilio.sent()]
        return [sent.text for sent in self.desk.telegram.sent]

    def busy(self) -> None:
        """The provider will be busy once."""
        self.desk.twilio.faults.append(TwilioFault(status=429, code=20429))
        self.desk.telegram.faults.append(TelegramFault(429, "Too Many Requests: retry after 3", retry_after=3))

    def hang(self) -> None:
        """The provider will not answer for long."""
        self.sink.stalling = True
        self.desk.twilio.faults.append(TwilioFault(hang=10))
        self.desk.telegram.faults.append(TelegramFault(hang=10))

    def message(self, key: str = "satu", **more: object) -> OutgoingMessage:
        now = self.desk.trip.clock.now()
        return OutgoingMessage(key, self.to, "Perihal", f"Pesan {key}.", outbox_id=7, heard_at=now, **more)  # type: ignore[arg-type]


@pytest.fixture(params=SCHEMES)
async def line(
    request: pytest.FixtureRequest, database: Database, database_url: str, tmp_path: Path
) -> AsyncIterator[Line]:
    async with chat_desk(database, database_url, tmp_path) as desk:
        await desk.writes(OFFICER, "halo")
        with ExitStack() as stack:
            yield Line(request.param, desk, stack.enter_context(run_smtp()))


async def test_an_accepted_message_has_an_id_and_arrives_once(line: Line) -> None:
    channel = line.open()
    accepted = await channel.send(line.message())
    assert isinstance(accepted, Accepted)
    assert accepted.provider_id
    assert not accepted.withheld
    assert [("Pesan satu." in text) for text in line.arrived()] == [True]
    await channel.close()


async def test_a_message_whose_time_is_over_is_not_handed_over(line: Line) -> None:
    channel = line.open()
    with pytest.raises(Expired):
        await channel.send(line.message(expires_at=line.desk.trip.clock.now() - timedelta(seconds=1)))
    assert line.arrived() == []
    await channel.close()


async def test_a_provider_that_hangs_over_the_end_is_not_waited_for(line: Line) -> None:
    channel = line.open()
    line.hang()
    end = line.desk.trip.clock.now() + timedelta(seconds=MARGIN_S + 0.3)
    with pytest.raises((Expired, Unknown)):
        async with asyncio.timeout(8):
            await channel.send(line.message(expires_at=end))
    await channel.close()


async def test_a_provider_that_is_gone_is_an_outage(line: Line) -> None:
    channel = line.open(gone=True)
    with pytest.raises(Retryable) as caught:
        await channel.send(line.message())
    assert caught.value.outage
    await channel.close()


async def test_a_refused_address_is_permanent_and_says_its_code(line: Line) -> None:
    channel = line.open()
    wrong = OutgoingMessage("x", "bukan alamat", "P", "T", heard_at=line.desk.trip.clock.now())
    with pytest.raises(Permanent) as caught:
        await channel.send(wrong)
    assert caught.value.code
    await channel.close()


async def test_a_busy_provider_is_retryable_and_the_next_try_arrives(line: Line) -> None:
    channel = line.open()
    if line.scheme is not Scheme.MAIL:
        line.busy()
        with pytest.raises(Retryable) as caught:
            await channel.send(line.message())
        assert caught.value.after
    await channel.send(line.message())
    assert len(line.arrived()) == 1
    await channel.close()


async def test_errors_and_reprs_hold_no_secret(line: Line) -> None:
    channel = line.open(gone=True)
    with pytest.raises(ChannelError) as caught:
        await channel.send(line.message())
    told = f"{caught.value!r} {channel!r} {vars(channel).get('_settings')!r}"
    for secret in (line.desk.twilio.token, line.desk.telegram.token):
        assert secret not in told
    assert line.to not in str(caught.value)
    await channel.close()


async def test_find_never_raises_for_a_provider_that_cannot_look(line: Line) -> None:
    channel = line.open()
    accepted = await channel.send(line.message())
    found = await channel.find(line.message(), line.desk.trip.clock.now() - timedelta(minutes=5))
    expected = [accepted.provider_id] if channel.capabilities.finds else []
    assert [one.provider_id for one in found] == expected
    await channel.close()


async def test_close_can_be_followed_by_another_channel(line: Line) -> None:
    for key in ("satu", "dua"):
        channel = line.open()
        await channel.send(line.message(key))
        await channel.close()
    assert len(line.arrived()) == 2


def test_every_chat_is_in_the_one_list() -> None:
    assert {Scheme.WHATSAPP, Scheme.TELEGRAM} == CHATS
    assert len(SCHEMES) == len(set(SCHEMES))
