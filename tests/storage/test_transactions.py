"""Commit guard, rollback, idempotency under concurrency, jobs in the same transaction."""

import asyncio

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import DatabaseUnavailable, LostCommit, StorageError
from storage.engine import Database, UnitOfWork
from storage.jobs import READ_MESSAGE, worker_app
from storage.locks import only_one
from storage.notify import listen
from tests.fakes.rows import NOW, new_fact, new_message, new_outbox


def jobs(url: str) -> list[tuple[str, str, dict[str, object]]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT task_name, queue_name, args FROM procrastinate_jobs ORDER BY id").fetchall()


async def swallow_an_error(uow: UnitOfWork) -> None:
    try:
        await uow._session.execute(text("SELECT 1 / 0"))
    except DBAPIError:
        return


async def write_and_swallow_an_error(db: Database) -> None:
    async with db.begin() as uow:
        await uow.messages.add(new_message())
        await swallow_an_error(uow)


async def test_a_database_error_swallowed_inside_a_transaction_is_a_lost_commit(database: Database) -> None:
    with pytest.raises(LostCommit):
        await write_and_swallow_an_error(database)
    async with database.begin() as uow:
        assert await uow.messages.counts() == {}


async def test_an_error_inside_a_savepoint_loses_nothing(database: Database) -> None:
    async with database.begin() as uow:
        await uow.messages.add(new_message())
        with pytest.raises(DBAPIError):
            async with uow.nested():
                await uow._session.execute(text("SELECT 1 / 0"))
    async with database.begin() as uow:
        assert sum((await uow.messages.counts()).values()) == 1


async def write_defer_and_break(db: Database) -> None:
    async with db.begin() as uow:
        id_ = await uow.messages.add(new_message())
        await uow.defer("read_message", "read", message_id=id_)
        raise NotImplementedError


async def test_rollback_leaves_no_row_and_no_job(database: Database, database_url: str) -> None:
    with pytest.raises(NotImplementedError):
        await write_defer_and_break(database)
    async with database.begin() as uow:
        assert await uow.messages.counts() == {}
    assert jobs(database_url) == []


async def test_rows_and_jobs_commit_together(database: Database, database_url: str) -> None:
    async with database.begin() as uow:
        first = await uow.messages.add(new_message("a" * 64))
        second = await uow.messages.add(new_message("b" * 64))
        ids = await uow.defer_many(READ_MESSAGE.name, "read", [{"message_id": first}, {"message_id": second}])
    assert len(ids) == 2
    assert jobs(database_url) == [
        ("read_message", "read", {"message_id": first}),
        ("read_message", "read", {"message_id": second}),
    ]


async def test_two_transactions_with_the_same_keys_write_one_row_each(database: Database) -> None:
    first_wrote = asyncio.Event()
    written: list[int] = []

    async def second() -> None:
        await first_wrote.wait()
        async with database.begin() as uow:  # waits in the unique key until the first commits
            assert await uow.messages.add(new_message()) is None
            assert await uow.outbox.put(new_outbox("receipt:1")) is None
            written.append(await uow.facts.add_many([new_fact("k1"), new_fact("k2"), new_fact("k3")]))

    waiting = asyncio.create_task(second())
    async with database.begin() as uow:
        assert await uow.messages.add(new_message()) is not None
        first_wrote.set()
        assert await uow.outbox.put(new_outbox("receipt:1")) is not None
        assert await uow.facts.add_many([new_fact("k1"), new_fact("k2")]) == 2
    await waiting
    assert written == [1]


async def test_facts_and_audit_refuse_to_be_changed_or_deleted(database: Database, database_owner_url: str) -> None:
    async with database.begin() as uow:
        await uow.facts.add_many([new_fact("k1")])
        await uow.audit.add("read", "message", "1", "posko", NOW)
    for statement in (
        "UPDATE fact SET person = 'x'",
        "DELETE FROM fact",
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.begin() as uow:
                await uow._session.execute(text(statement))
        with psycopg.connect(database_owner_url) as owner, pytest.raises(psycopg.errors.RestrictViolation):
            owner.execute(statement.encode())


async def test_only_one_process_may_serve(database_url: str) -> None:
    async with only_one(database_url, "serve"):
        with pytest.raises(StorageError, match="sudah berjalan"):
            async with only_one(database_url, "serve"):
                pass
        async with only_one(database_url, "devices"):
            pass
    async with only_one(database_url, "serve"):
        pass


async def test_a_committed_notification_reaches_the_listener(database: Database, database_url: str) -> None:
    heard = listen(database_url, "posko_test")
    assert await anext(heard) is None
    async with database.begin() as uow:
        await uow.notify("posko_test", "0117")
    assert await asyncio.wait_for(anext(heard), 10) == "0117"
    await heard.aclose()


async def test_a_listener_says_that_it_may_have_missed_something(
    database_url: str, database_superuser_url: str
) -> None:
    heard = listen(database_url, "posko_test")
    assert await anext(heard) is None
    with psycopg.connect(database_superuser_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    assert await asyncio.wait_for(anext(heard), 10) is None
    await heard.aclose()


async def test_a_database_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(DatabaseUnavailable):
        await Database.open("postgresql://nobody@127.0.0.1:1/nothing")


async def test_a_worker_runs_what_was_deferred(database: Database, database_url: str) -> None:
    done: list[int] = []
    app = worker_app(database_url)

    @app.task(name=READ_MESSAGE.name)
    async def read_message(message_id: int) -> None:
        done.append(message_id)

    async with database.begin() as uow:
        await uow.defer(READ_MESSAGE.name, READ_MESSAGE.queue, message_id=7)
        await uow.defer("elsewhere", "send", outbox_id=1)
    async with app.open_async():
        await app.run_worker_async(
            queues=["read"], wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
        )
    assert done == [7]
    assert [name for name, _, _ in jobs(database_url)] == ["elsewhere"]
