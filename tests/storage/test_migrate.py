"""Migrations: tables equal the schema, the pinned Procrastinate is the installed one, a second run is harmless."""

from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

import storage
from domain.errors import DatabaseUnavailable
from storage.migrate import migrate, owned, pending
from storage.schema import Base
from storage.urls import engine_url


def test_the_pinned_procrastinate_is_the_installed_one() -> None:
    assert storage.__file__
    file = Path(storage.__file__).parent / "migrations" / "versions" / "v0004_procrastinate.py"
    spec = spec_from_file_location("revision", file)
    assert spec is not None
    assert spec.loader is not None
    revision = module_from_spec(spec)
    spec.loader.exec_module(revision)
    assert version("procrastinate") == revision.PINNED


def test_autogenerate_finds_no_difference(database_owner_url: str) -> None:
    engine = create_engine(engine_url(database_owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": owned, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_second_migration_changes_nothing(database_owner_url: str) -> None:
    assert not pending(database_owner_url)
    first = migrate(database_owner_url)
    assert first == migrate(database_owner_url)


def test_a_database_without_tables_is_pending_and_migrates_without_a_service_role(
    postgres_url: str, database_superuser_url: str
) -> None:
    # The database of this test, emptied: the superuser owns it as an external database's only role would.
    engine = create_engine(engine_url(database_superuser_url))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    assert pending(database_superuser_url)
    assert migrate(database_superuser_url)
    assert not pending(database_superuser_url)


def test_no_default_reads_the_clock_of_the_database() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            assert column.server_default is None or "now" not in str(column.server_default)


def test_a_database_that_does_not_answer_is_said_so() -> None:
    for ask in (migrate, pending):
        with pytest.raises(DatabaseUnavailable):
            ask("postgresql://nobody@127.0.0.1:1/nothing")
