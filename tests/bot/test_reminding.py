"""The clock's side of reminders: to the moment, early for the date job, never twice."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bot.dispatch import Dispatcher
from bot.reminding import Reminding
from bot.rounds import Rounds
from domain.terms import Scheme
from intake.channel import Accepted, OutgoingMessage
from intake.letters import Outgoing
from intake.observer import Unobserved
from storage.engine import Database
from storage.records import OutboxState
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.channel import OneWay
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import ALWAYS, PROFILE, ROSTER, at
from tests.fakes.rows import new_outbox

REMIND, LATE = at(7, 20).astimezone(UTC), at(7, 31).astimezone(UTC)
SECOND = timedelta(seconds=1)


@dataclass
class FakeMailbox:
    """A mailbox whose search is complete when it has been asked ``after`` times."""

    name: str = "utama"
    after: int = 0

    def searched_since(self, moment: datetime) -> bool:
        self.after -= 1
        return self.after < 0

    async def check(self) -> None:
        """All is well."""


@dataclass
class FakeChannel(OneWay):
    scheme: Scheme = Scheme.MAIL
    sent: list[OutgoingMessage] = field(default_factory=list)

    async def send(self, message: OutgoingMessage) -> Accepted:
        self.sent.append(message)
        return Accepted("<1>")

    async def close(self) -> None:
        """Nothing is open."""


class NearClock(StillClock):
    """Runs from half a second before the reminder's moment, in real time."""

    def __init__(self) -> None:
        super().__init__(REMIND)
        self._begun = datetime.now(UTC)  # noqa: TID251 - APScheduler lives by the machine's clock

    def now(self) -> datetime:
        return REMIND - SECOND / 2 + (datetime.now(UTC) - self._begun)  # noqa: TID251

    def to_real(self, moment: datetime) -> datetime:
        return self._begun + (moment - REMIND + SECOND / 2)


@pytest.fixture
async def furnished(database: Database) -> Database:
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "uji", REMIND)
        await uow.periods.add(ALWAYS)
    return database


async def written(db: Database) -> list[tuple[str, datetime]]:
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        rows = await connection.execute("SELECT kind, due_at FROM outbox ORDER BY id")
        return await rows.fetchall()


def reminding(db: Database, clock: StillClock, *mailboxes: FakeMailbox) -> Reminding:
    return Reminding(db, clock, PROFILE, Outgoing(receivers=("penerima@bkd.test",)), mailboxes)  # type: ignore[arg-type]


async def test_away_from_the_windows_the_database_is_not_even_asked() -> None:
    nowhere: Database = None  # type: ignore[assignment]
    assert (await reminding(nowhere, StillClock(REMIND - SECOND)).sweep()).written == 0


async def test_at_the_moment_the_search_under_way_is_waited_for(furnished: Database) -> None:
    mailbox = FakeMailbox(after=3)
    await reminding(furnished, StillClock(REMIND), mailbox).to_the_moment()
    assert mailbox.after == -1
    assert [kind for kind, _ in await written(furnished)].count("reminder") == 2


async def test_the_next_due_time_is_the_reminder_then_the_end_of_the_window(furnished: Database) -> None:
    clock = StillClock(REMIND - SECOND)
    assert reminding(furnished, clock).next_moment() == REMIND
    clock.move(1)
    assert reminding(furnished, clock).next_moment() == LATE


async def test_two_services_write_each_reminder_once_and_to_the_moment(furnished: Database) -> None:
    outgoing = Outgoing(receivers=("penerima@bkd.test",))
    services = [Rounds(furnished, NearClock(), PROFILE, outgoing, [FakeMailbox()]) for _ in range(2)]  # type: ignore[list-item]
    for service in services:
        await service.start()
    async with asyncio.timeout(5):
        while len(await written(furnished)) < 3:  # noqa: ASYNC110 - rows announce nothing
            await asyncio.sleep(0.05)
    for service in services:
        await service.stop()
    rows = await written(furnished)
    assert sorted(kind for kind, _ in rows) == ["missing_list", "reminder", "reminder"]
    assert all(timedelta(0) <= due - REMIND < timedelta(seconds=0.6) for _, due in rows)


@pytest.mark.parametrize(("now", "became"), [(LATE - SECOND, "sent"), (LATE, "expired")])
async def test_the_deadline_is_checked_again_at_delivery(database: Database, now: datetime, became: str) -> None:
    channel = FakeChannel()
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("reminder:U1", expires_at=LATE))
        assert id_ is not None
    dispatcher = Dispatcher(database, {Scheme.MAIL: channel}, MemoryBlobs(), StillClock(now), Unobserved())
    assert await dispatcher.deliver(id_) == became
    async with database.begin() as uow:
        assert (await uow.outbox.get(id_)).state is OutboxState(became)
    assert [m.expires_at for m in channel.sent] == [LATE] * (became == "sent")
