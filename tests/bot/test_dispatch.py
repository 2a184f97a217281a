"""From the outbox to a channel: what a channel answers decides what becomes of a letter."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.dispatch import BACK_OFF, Dispatcher
from domain.errors import Expired, Permanent, Retryable, Unknown
from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Accepted, OutgoingMessage
from intake.mail_message import message_id_for
from intake.mail_send import MailSender, SmtpSettings
from intake.observer import Unobserved
from storage.engine import Database
from storage.records import LetterFile, OutboxRow, OutboxState
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.channel import OneWay
from tests.fakes.clock import StillClock
from tests.fakes.dovecot import free_port
from tests.fakes.rows import NOW, new_message, new_outbox
from tests.fakes.smtp import run_smtp

FROM = "presensi@bkd.test"


@dataclass
class Post(OneWay):
    """A channel that answers as it is told; ``None`` in ``answers`` (or nothing left): accepted."""

    scheme: Scheme = Scheme.MAIL
    answers: list[Exception | None] = field(default_factory=list)
    sent: list[OutgoingMessage] = field(default_factory=list)

    async def send(self, message: OutgoingMessage) -> Accepted:
        self.sent.append(message)
        if self.answers and (error := self.answers.pop(0)) is not None:
            raise error
        return Accepted(message_id_for(message.dedupe_key, FROM))

    async def close(self) -> None: ...


class Steps(Unobserved):
    """Notes the steps; may break off after one."""

    def __init__(self, break_after: str = "") -> None:
        self.seen: list[str] = []
        self.waited: list[float | None] = []
        self._break_after = break_after

    def reached(self, step: str, subject: int) -> None:
        self.seen.append(step)
        if step == self._break_after:
            raise KeyboardInterrupt

    def letter_sent(self, channel: str, waited: float | None) -> None:
        self.waited.append(waited)


@dataclass
class Office:
    """One letter in the outbox, and who may deliver it."""

    db: Database
    clock: StillClock
    id: int

    def dispatcher(self, post: object, observer: Unobserved | None = None, clock: Clock | None = None) -> Dispatcher:
        channels = {Scheme.MAIL: post} if post else {}
        return Dispatcher(self.db, channels, MemoryBlobs(), clock or self.clock, observer or Unobserved())  # type: ignore[arg-type]

    async def row(self, id_: int | None = None) -> OutboxRow:
        async with self.db.begin() as uow:
            return await uow.outbox.get(id_ or self.id)

    async def due(self) -> bool:
        async with self.db.begin() as uow:
            return await uow.outbox.unfinished(self.clock.now(), self.clock.now()) == [self.id]


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.begin() as uow:
        message_id = await uow.messages.add(new_message(first_seen_at=NOW - timedelta(seconds=4)))
        letter = new_outbox("receipt:1", message_id=message_id, expires_at=NOW + timedelta(days=2))
        id_ = await uow.outbox.put(letter)
    assert id_ is not None
    return Office(database, StillClock(NOW), id_)


async def reminder(office: Office, seconds: float = 40) -> int:
    """A letter with ``seconds`` to go."""
    async with office.db.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("reminder:1", expires_at=NOW + timedelta(seconds=seconds)))
    assert id_ is not None
    return id_


async def test_an_accepted_letter_is_sent_once_and_its_wait_is_told(office: Office) -> None:
    post, steps = Post(), Steps()
    assert await office.dispatcher(post, steps).deliver(office.id) == "sent"
    assert await office.dispatcher(post).deliver(office.id) == "taken"
    row = await office.row()
    assert (row.state, row.provider_id) == (OutboxState.SENT, message_id_for("receipt:1", FROM))
    assert len(post.sent) == 1
    assert steps.seen == ["tried", "sent", "told"]
    assert steps.waited == [4.0]


async def test_item_14_451_is_tried_again_with_growing_pauses_and_given_up_after_the_fifth(office: Office) -> None:
    post = Post(answers=[Retryable("nanti", after=60, code="451")] * 9)
    pauses = []
    for _ in range(5):
        assert await office.dispatcher(post).deliver(office.id) == "retry"
        row = await office.row()
        pauses.append((row.next_try_at - office.clock.now()).total_seconds())
        assert await office.dispatcher(post).deliver(office.id) == "taken", "too early"
        office.clock.moment = row.next_try_at
    assert pauses == [max(60, wait) for wait in BACK_OFF]
    assert (await office.row()).state is OutboxState.FAILED
    assert await office.dispatcher(post).deliver(office.id) == "taken"
    assert len(post.sent) == 5


async def test_item_14_550_stops_at_once_and_keeps_the_servers_words(office: Office) -> None:
    post = Post(answers=[Permanent("kotak surel tidak ada", code="550")])
    assert await office.dispatcher(post).deliver(office.id) == "failed"
    row = await office.row()
    assert (row.state, row.error_code, row.error) == (OutboxState.FAILED, "550", "kotak surel tidak ada")
    office.clock.move(86400)
    assert await office.dispatcher(post).deliver(office.id) == "taken"
    assert len(post.sent) == 1


async def test_item_14_an_outage_keeps_the_letter_waiting_for_as_long_as_it_lasts(office: Office) -> None:
    post = Post(answers=[Retryable("tidak tersambung", outage=True)] * 40)
    for _ in range(40):
        assert await office.dispatcher(post).deliver(office.id) == "retry"
        row = await office.row()
        assert (row.state, row.attempts) == (OutboxState.PENDING, 0)
        assert row.next_try_at - office.clock.now() == timedelta(seconds=BACK_OFF[0])
        office.clock.moment = row.next_try_at
    assert await office.dispatcher(post).deliver(office.id) == "sent"


async def test_item_14_a_server_that_is_gone_or_refuses_our_login_is_an_outage(office: Office) -> None:
    def sender(port: int, password: str = "rahasia") -> MailSender:
        settings = SmtpSettings(
            "127.0.0.1", port, FROM, "Posko", tls="none", username="desk", password=lambda: password, timeout_s=3
        )
        return MailSender(settings, office.clock)

    assert await office.dispatcher(sender(free_port())).deliver(office.id) == "retry"
    with run_smtp(auth=True, auth_require_tls=False) as sink:
        for channel, outcome in ((sender(sink.port, "salah"), "retry"), (sender(sink.port), "sent")):
            assert (await office.row()).attempts == 0
            office.clock.move(60)
            assert await office.dispatcher(channel).deliver(office.id) == outcome
            await channel.close()
        assert len(sink.taken) == 1


async def test_an_expired_letter_is_not_sent(office: Office) -> None:
    post = Post()
    office.clock.move(2 * 86400)
    assert await office.dispatcher(post).deliver(office.id) == "expired"
    assert (await office.row()).state is OutboxState.EXPIRED
    assert post.sent == []


async def test_a_letter_whose_turn_on_the_wire_came_too_late_is_expired_too(office: Office) -> None:
    assert await office.dispatcher(Post(answers=[Expired("lewat")])).deliver(office.id) == "expired"
    assert (await office.row()).state is OutboxState.EXPIRED


async def test_the_pauses_grow_shorter_towards_the_end_of_its_time_and_the_last_one_closes_it(office: Office) -> None:
    id_ = await reminder(office)
    post = Post(answers=[Retryable("terputus", outage=True)] * 9)
    pauses = []
    while await office.dispatcher(post).deliver(id_) == "retry":
        row = await office.row(id_)
        pauses.append((row.next_try_at - office.clock.now()).total_seconds())
        office.clock.moment = row.next_try_at
    assert pauses == [20.0, 10.0, 5.0, 2.5]
    row = await office.row(id_)
    assert (row.state, row.error, row.unsure) == (OutboxState.EXPIRED, "terputus", False)
    assert row.next_try_at < NOW + timedelta(seconds=40), "closed before its time was over"


async def test_a_provider_that_wants_a_longer_pause_than_is_left_closes_the_letter(office: Office) -> None:
    id_ = await reminder(office)
    assert await office.dispatcher(Post(answers=[Retryable("sibuk", after=60, code="451")])).deliver(id_) == "expired"
    assert (await office.row(id_)).error == "451 sibuk"


async def test_a_letter_that_was_perhaps_taken_says_so_when_its_time_is_over(office: Office) -> None:
    id_ = await reminder(office, seconds=3)
    assert await office.dispatcher(Post(answers=[Unknown("tanpa jawaban")])).deliver(id_) == "expired"
    row = await office.row(id_)
    assert (row.state, row.error, row.unsure) == (OutboxState.EXPIRED, "tanpa jawaban", True)


async def test_a_letter_that_never_left_is_not_unsure(office: Office) -> None:
    id_ = await reminder(office)
    assert await office.dispatcher(Post(answers=[Expired("lewat")])).deliver(id_) == "expired"
    assert not (await office.row(id_)).unsure


async def test_without_a_channel_a_letter_fails_and_says_so(office: Office) -> None:
    assert await office.dispatcher(None).deliver(office.id) == "failed"
    assert (await office.row()).error_code == "no_channel"


async def test_many_processes_send_a_letter_once(office: Office) -> None:
    post = Post()
    outcomes = await asyncio.gather(*(office.dispatcher(post).deliver(office.id) for _ in range(6)))
    assert sorted(outcomes) == ["sent", *["taken"] * 5]
    assert len(post.sent) == 1


async def test_item_2_a_kill_between_250_and_our_update_sends_at_most_once_more_under_the_same_message_id(
    office: Office, database_url: str
) -> None:
    post = Post()
    other = await Database.open(database_url)
    killed = Dispatcher(other, {Scheme.MAIL: post}, MemoryBlobs(), office.clock, Steps("sent"))
    with pytest.raises(KeyboardInterrupt):
        await killed.deliver(office.id)
    assert not await office.due(), "its process still lives"
    await other.close()  # what the end of the process does to its claims
    assert await office.due()
    assert await office.dispatcher(post).deliver(office.id) == "sent"
    assert await office.dispatcher(post).deliver(office.id) == "taken"
    assert len(post.sent) == 2
    assert len({message_id_for(mail.dedupe_key, FROM) for mail in post.sent}) == 1


async def test_a_letter_carries_its_files_from_the_archive(office: Office) -> None:
    blobs, post = MemoryBlobs(), Post()
    kept = LetterFile("rekap.pdf", "application/pdf", await blobs.put(b"%PDF-1.7 rekap"))
    async with office.db.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("report:1", files=(kept,)))
        assert id_ is not None
        assert (await uow.outbox.get(id_)).files == (kept,)
    dispatcher = Dispatcher(office.db, {Scheme.MAIL: post}, blobs, office.clock, Unobserved())
    assert await dispatcher.deliver(id_) == "sent"
    assert [(f.name, f.media_type, f.data) for f in post.sent[0].files] == [
        ("rekap.pdf", "application/pdf", b"%PDF-1.7 rekap")
    ]
