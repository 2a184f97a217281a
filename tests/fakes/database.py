"""One embedded PostgreSQL for the whole test run, and a fresh migrated database for each test that asks.

``database`` is an open ``Database``, ``database_url`` the URL that the service would use, ``database_owner_url`` the
role that may change tables, ``database_superuser_url`` the one that may do anything.
"""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from storage.engine import Database
from storage.migrate import migrate
from storage.postgres import OWNER_ROLE, SERVICE_ROLE, EmbeddedPostgres

_TEMPLATE = "template_posko"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class TestCluster:
    """The shared server; ``url(role, database)`` for any role."""

    __test__ = False
    server: EmbeddedPostgres

    def url(self, role: str, database: str) -> str:
        return self.server.superuser_url(database).replace("//postgres@", f"//{role}@")

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.server.superuser_url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[TestCluster]:
    """The server, with a migrated template. Data of tests need not survive a power cut."""
    with tempfile.TemporaryDirectory(prefix="posko-test-") as folder:
        server = EmbeddedPostgres(Path(folder))
        try:
            server.start()
            cluster = TestCluster(server)
            cluster.run(
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET full_page_writes = off",
                "SELECT pg_reload_conf()",
                f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER_ROLE}",
            )
            migrate(cluster.url(OWNER_ROLE, _TEMPLATE))
            yield cluster
        finally:
            server.destroy()


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: TestCluster) -> str:
    """The superuser on the database ``postgres``."""
    return postgres_cluster.server.superuser_url()


@pytest.fixture
def _database_name(postgres_cluster: TestCluster) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    postgres_cluster.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER {OWNER_ROLE}")
    yield name
    postgres_cluster.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres_cluster: TestCluster, _database_name: str) -> str:
    """The service's URL of this test's own database."""
    return postgres_cluster.url(SERVICE_ROLE, _database_name)


@pytest.fixture
def database_owner_url(postgres_cluster: TestCluster, _database_name: str) -> str:
    """The owner's URL of this test's own database."""
    return postgres_cluster.url(OWNER_ROLE, _database_name)


@pytest.fixture
def database_superuser_url(postgres_cluster: TestCluster, _database_name: str) -> str:
    """The superuser's URL of this test's own database: tests that tamper."""
    return postgres_cluster.url("postgres", _database_name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """This test's own database, open."""
    db = await Database.open(database_url)
    yield db
    await db.close()
