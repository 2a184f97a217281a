"""A server that goes away is told from everything else that can go wrong in a transaction."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import DatabaseUnavailable
from storage.engine import Database
from tests.fakes.rows import new_message


def superuser(url: str, *statements: str) -> None:
    with psycopg.connect(
        url.replace("/" + url.split("/")[3].split("?")[0], "/postgres"), autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def test_a_server_that_is_gone_is_unavailable_and_serves_again_when_it_is_back(
    database: Database, database_superuser_url: str, postgres_url: str
) -> None:
    name = database_superuser_url.split("/")[3].split("?")[0]
    async with database.begin() as uow:
        await uow.messages.add(new_message())
    superuser(
        postgres_url,
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            async with database.begin() as uow:
                await uow.messages.counts()
    superuser(postgres_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    async with database.begin() as uow:
        assert sum((await uow.messages.counts()).values()) == 1


async def test_a_connection_cut_inside_a_transaction_is_an_outage(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with database.begin() as uow:
            await uow._session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_a_fault_of_our_own_is_no_outage(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.begin() as uow:
            await uow._session.execute(text("SELECT 1 / 0"))
