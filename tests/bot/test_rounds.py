"""What the service does by the clock, one round at a time."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest

from bot.rounds import Rounds
from domain.profile import load_profile
from intake.letters import Outgoing
from storage.engine import Database
from storage.jobs import READ_MESSAGE
from storage.records import MessageState, OutboxRow, OutboxState
from tests.fakes.clock import StillClock
from tests.fakes.rows import NOW, new_message, new_outbox

RECEIVERS = ("satu@bkd.test", "dua@bkd.test")


@dataclass
class Box:
    """A mailbox that opens and closes its incident as it is told."""

    db: Database
    clock: StillClock
    silent: bool = False
    name: str = "utama"
    checks: int = 0

    async def check(self) -> None:
        self.checks += 1
        async with self.db.begin() as uow:
            if self.silent:
                await uow.incidents.open("mailbox_silent", "all", self.name, self.clock.now(), "putus")
            else:
                await uow.incidents.close("mailbox_silent", self.name, self.clock.now())

    def searched_since(self, moment: object) -> bool:
        return True


@dataclass
class Turn:
    """Rounds over a database, and ways to look at what they did."""

    db: Database
    url: str
    clock: StillClock = field(default_factory=lambda: StillClock(NOW))

    def __post_init__(self) -> None:
        self.box = Box(self.db, self.clock)
        boxes = [self.box]
        self.rounds = Rounds(self.db, self.clock, load_profile("tulungagung"), Outgoing(RECEIVERS), boxes)  # type: ignore[arg-type]

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def jobs(self) -> list[tuple[str, dict[str, int]]]:
        with psycopg.connect(self.url) as connection:
            query = "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
            return connection.execute(query).fetchall()

    async def add_message(self) -> int:
        async with self.db.begin() as uow:
            id_ = await uow.messages.add(new_message())
        assert id_ is not None
        return id_

    async def letters(self) -> list[OutboxRow]:
        """In the order of their writing."""
        with psycopg.connect(self.url) as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM outbox ORDER BY id").fetchall()]
        async with self.db.begin() as uow:
            return [await uow.outbox.get(id_) for id_ in ids]


@pytest.fixture
def turn(database: Database, database_superuser_url: str) -> Turn:
    return Turn(database, database_superuser_url)


async def test_the_sweep_defers_what_is_unfinished_and_has_no_job(turn: Turn) -> None:
    message_id = await turn.add_message()
    async with turn.db.begin() as uow:
        due = await uow.outbox.put(new_outbox("now"))
        await uow.outbox.put(new_outbox("later", due_at=NOW + timedelta(hours=1)))
    await turn.rounds.sweep()
    jobs = [("read_message", {"message_id": message_id}), ("deliver", {"outbox_id": due})]
    assert turn.jobs() == jobs
    await turn.rounds.sweep()
    assert turn.jobs() == jobs, "a job that waits is enough"


@pytest.mark.parametrize("status", ["failed", "aborted", "doing"])
async def test_a_job_that_ended_without_its_work_is_no_live_job(turn: Turn, status: str) -> None:
    message_id = await turn.add_message()
    await turn.rounds.sweep()
    turn.run(f"UPDATE procrastinate_jobs SET status = '{status}'")
    await turn.rounds.sweep()
    assert turn.jobs() == [("read_message", {"message_id": message_id})]


async def test_what_a_living_process_works_on_is_left_to_it_and_a_dead_ones_is_taken_over(
    turn: Turn, database_url: str
) -> None:
    message_id = await turn.add_message()
    other = await Database.open(database_url)
    async with other.begin() as uow:
        assert await uow.messages.claim(message_id, NOW, timedelta(minutes=5))
    await turn.rounds.sweep()
    assert turn.jobs() == []
    await other.close()
    await turn.rounds.sweep()
    assert turn.jobs() == [("read_message", {"message_id": message_id})]


async def test_what_died_five_times_with_its_process_is_set_aside_and_told_once(turn: Turn) -> None:
    message_id = await turn.add_message()
    async with turn.db.begin() as uow:
        await uow.outbox.put(new_outbox("mati"))
    turn.run("UPDATE message SET attempts = 5; UPDATE outbox SET attempts = 5")
    for _ in range(3):
        await turn.rounds.sweep()
    async with turn.db.begin() as uow:
        assert (await uow.messages.get(message_id)).state is MessageState.QUARANTINE
    failed, *alerts = await turn.letters()
    assert failed.state is OutboxState.FAILED
    assert sorted(a.to_address for a in alerts) == sorted(RECEIVERS)
    assert {a.kind for a in alerts} == {"alert"}
    assert all(f"nomor internal {message_id}" in a.body for a in alerts)


async def test_the_sweep_leaves_the_rest_of_a_great_pile_to_the_next_one(turn: Turn) -> None:
    async with turn.db.begin() as uow:
        await uow.messages.add_many([new_message(f"{n:064x}") for n in range(620)])
    await turn.rounds.sweep()
    assert len(turn.jobs()) == 500
    await turn.rounds.sweep()
    assert len(turn.jobs()) == 620


async def test_an_incident_is_told_once_when_it_opens_and_once_when_it_is_over(turn: Turn) -> None:
    turn.box.silent = True
    for _ in range(3):
        await turn.rounds.watch()
        turn.clock.move(5)
    opened = await turn.letters()
    assert sorted(letter.to_address for letter in opened) == sorted(RECEIVERS)
    assert all(letter.subject == "Kotak surel utama: GANGGUAN" for letter in opened)
    turn.box.silent = False
    for _ in range(3):
        await turn.rounds.watch()
        turn.clock.move(5)
    closed = (await turn.letters())[len(opened) :]
    assert sorted(letter.to_address for letter in closed) == sorted(RECEIVERS)
    assert all(letter.subject == "Kotak surel utama: pulih" for letter in closed)
    assert "07.20" in closed[0].body


async def test_the_seal_round_chains_what_was_committed(turn: Turn) -> None:
    async with turn.db.begin() as uow:
        await uow.audit.add("test", "message", "1", "posko", NOW)
    await turn.rounds.seal()
    async with turn.db.begin() as uow:
        assert await uow.audit.unsealed() == 0


async def test_starting_sweeps_at_once_and_stopping_ends_all_rounds(turn: Turn) -> None:
    message_id = await turn.add_message()
    await turn.rounds.start()
    assert turn.jobs() == [(READ_MESSAGE.name, {"message_id": message_id})]
    async with asyncio.timeout(10):
        await turn.rounds.stop()
    assert len(asyncio.all_tasks()) == 1, "no round goes on"
