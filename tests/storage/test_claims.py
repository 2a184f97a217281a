"""Claims, retries, quarantine, the sweep."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from domain.errors import StorageError
from domain.terms import Authenticity
from storage.engine import Database
from storage.records import MAX_ATTEMPTS, MessageState, OutboxState
from tests.fakes.rows import NOW, new_message, new_outbox

LEASE = timedelta(minutes=5)


async def add_message(db: Database, event_id: str = "a" * 64) -> int:
    async with db.begin() as uow:
        id_ = await uow.messages.add(new_message(event_id))
        assert id_ is not None
        return id_


async def claim(db: Database, id_: int, now: object = NOW) -> bool:
    async with db.begin() as uow:
        return await uow.messages.claim(id_, now, LEASE)  # type: ignore[arg-type]


async def test_one_of_many_claims_wins(database: Database) -> None:
    id_ = await add_message(database)
    won = await asyncio.gather(*(claim(database, id_) for _ in range(8)))
    assert sum(won) == 1


async def test_a_claim_ends_with_its_lease(database: Database) -> None:
    id_ = await add_message(database)
    assert await claim(database, id_)
    assert not await claim(database, id_, NOW + LEASE - timedelta(seconds=1))
    assert await claim(database, id_, NOW + LEASE)


async def test_the_claim_of_a_dead_process_is_free_at_once(database: Database, database_url: str) -> None:
    id_ = await add_message(database)
    other = await Database.open(database_url)
    assert await claim(other, id_)
    assert not await claim(database, id_)
    async with database.begin() as uow:
        assert await uow.messages.unfinished(NOW) == []
    await other.close()  # as its connection would be after kill -9
    async with database.begin() as uow:
        assert await uow.messages.unfinished(NOW) == [id_]
    assert await claim(database, id_)


async def test_five_failed_attempts_set_a_message_aside(database: Database) -> None:
    id_ = await add_message(database)
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert await claim(database, id_, now)
        async with database.begin() as uow:
            assert await uow.messages.fail(id_, now, "rusak") == attempt
        assert not await claim(database, id_, now)  # not before its pause
        now += timedelta(hours=1)
    async with database.begin() as uow:
        row = await uow.messages.get(id_)
        assert (row.state, row.note) == (MessageState.QUARANTINE, "rusak")
        assert await uow.messages.unfinished(now) == []
    assert not await claim(database, id_, now)


async def test_a_message_that_kills_its_reader_five_times_is_set_aside(database: Database, database_url: str) -> None:
    id_ = await add_message(database)
    for _ in range(MAX_ATTEMPTS):
        other = await Database.open(database_url)
        assert await claim(other, id_)
        async with database.begin() as uow:
            assert await uow.messages.exhausted(NOW) == []
        await other.close()
    assert not await claim(database, id_)
    async with database.begin() as uow:
        assert [row.id for row in await uow.messages.exhausted(NOW)] == [id_]
        assert await uow.messages.exhausted(NOW) == []


async def test_the_sweep_finds_what_has_neither_job_nor_claimant_newest_first(database: Database) -> None:
    ids = []
    for number in range(4):
        async with database.begin() as uow:
            message = new_message(f"{number}" * 64, official_at=NOW + timedelta(minutes=number))
            ids.append(await uow.messages.add(message))
    async with database.begin() as uow:
        await uow.defer("read_message", "read", message_id=ids[0])
        await uow.messages.claim(ids[1] or 0, NOW, LEASE)
    async with database.begin() as uow:
        assert await uow.messages.unfinished(NOW) == [ids[3], ids[2]]


async def test_a_finished_message_stays_finished(database: Database) -> None:
    id_ = await add_message(database)
    assert await claim(database, id_)
    async with database.begin() as uow:
        await uow.messages.finish(id_, MessageState.DONE, "1 kiriman")
    async with database.begin() as uow:
        await uow.messages.fail(id_, NOW, "terlambat")
        assert (await uow.messages.get(id_)).state is MessageState.DONE
    assert not await claim(database, id_)


async def test_a_letter_is_retried_then_given_up(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("r:1"))
    assert id_ is not None
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        async with database.begin() as uow:
            assert await uow.outbox.unfinished(NOW, now) == [id_]
            assert await uow.outbox.claim(id_, now, LEASE)
            assert not await uow.outbox.claim(id_, now, LEASE)
        now += timedelta(minutes=1)
        async with database.begin() as uow:
            assert await uow.outbox.mark_retry(id_, now, "451", now) == attempt
    async with database.begin() as uow:
        row = await uow.outbox.get(id_)
        assert (row.state, row.error) == (OutboxState.FAILED, "451")
        assert await uow.outbox.unfinished(NOW, now) == []


async def test_an_outage_of_our_own_line_does_not_use_up_attempts(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("r:1"))
    assert id_ is not None
    for _ in range(MAX_ATTEMPTS + 2):
        async with database.begin() as uow:
            assert await uow.outbox.claim(id_, NOW, LEASE)
            assert await uow.outbox.mark_retry(id_, NOW, "tidak tersambung", NOW, counted=False) == 0


async def test_a_letter_waits_for_its_due_time_and_is_sent_once(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("r:1", due_at=NOW + timedelta(minutes=10)))
        assert await uow.outbox.put(new_outbox("r:1")) is None
    assert id_ is not None
    async with database.begin() as uow:
        assert await uow.outbox.unfinished(NOW, NOW) == []
        assert await uow.outbox.unfinished(NOW + timedelta(minutes=10), NOW) == [id_]
        assert await uow.outbox.claim(id_, NOW, LEASE)
        await uow.outbox.mark_sent(id_, "250 ok", NOW)
    async with database.begin() as uow:
        row = await uow.outbox.get(id_)
        assert (row.state, row.provider_id, row.claimed_until) == (OutboxState.SENT, "250 ok", None)
        assert await uow.outbox.sent_since(NOW) == 1
        assert await uow.outbox.count_since(row.to_address, NOW) == 1
        assert not await uow.outbox.claim(id_, NOW + LEASE, LEASE)


async def test_expired_and_refused_letters_are_closed(database: Database) -> None:
    async with database.begin() as uow:
        late = await uow.outbox.put(new_outbox("r:1"))
        refused = await uow.outbox.put(new_outbox("r:2"))
        dying = await uow.outbox.put(new_outbox("r:3"))
    for round_ in range(MAX_ATTEMPTS):
        async with database.begin() as uow:
            assert await uow.outbox.claim(dying or 0, NOW + round_ * LEASE, LEASE)
    async with database.begin() as uow:
        await uow.outbox.mark_expired(late or 0, NOW)
        await uow.outbox.mark_failed(refused or 0, "550", "no such user", NOW)
        assert await uow.outbox.exhausted(NOW + MAX_ATTEMPTS * LEASE, NOW) == [dying]
        assert await uow.outbox.counts() == {OutboxState.EXPIRED: 1, OutboxState.FAILED: 2}


async def test_addresses_whose_mail_keeps_failing_are_listed(database: Database) -> None:
    for number, verdict in enumerate((Authenticity.VERIFIED, Authenticity.UNVERIFIED, Authenticity.UNVERIFIED)):
        id_ = await add_message(database, f"{number}" * 64)
        async with database.begin() as uow:
            await uow.messages.note_sender(id_, "dishub@presensi.test", verdict, f"alasan {number}")
    async with database.begin() as uow:
        (failing,) = await uow.messages.failing_senders(NOW)
    assert (failing.address, failing.failed, failing.passed, failing.last_at) == ("dishub@presensi.test", 2, 1, NOW)


async def test_a_process_whose_presence_was_cut_shows_itself_again(
    database: Database, database_url: str, database_superuser_url: str
) -> None:
    first, second = await add_message(database), await add_message(database, "b" * 64)
    assert await claim(database, first)
    with psycopg.connect(database_superuser_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2")
    database._presence._checked = -1e9  # as if it had been trusted long ago
    assert await claim(database, second)
    other = await Database.open(database_url)
    assert not await claim(other, first)
    assert not await claim(other, second)
    await other.close()


async def test_letters_are_found_by_what_they_are_about(database: Database) -> None:
    message = await add_message(database)
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("r:1", message_id=message, headers={"In-Reply-To": "<1@x>"}))
        assert [row.id for row in await uow.outbox.for_message(message)] == [id_]
        assert await uow.outbox.for_submission(1) == []
        assert await uow.defer_many("deliver", "send", []) == []
        with pytest.raises(StorageError):
            await uow.outbox.get(999)
        with pytest.raises(StorageError):
            await uow.outbox.mark_retry(999, NOW, "", NOW)
        with pytest.raises(StorageError):
            await uow.messages.fail(999, NOW, "")
