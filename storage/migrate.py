"""Bring a database to the tables of this program. The owner's role does it; the service's role only works with them."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from domain.errors import DatabaseUnavailable
from storage.postgres import SERVICE_ROLE
from storage.urls import engine_url

APPEND_ONLY = ("fact", "audit", "audit_seal", "punch", "provisional_absence", "contact_log")
_LOCK = 0x6D696772  # "migr": one migration at a time
_FOREIGN = ("procrastinate_", "alembic_version")


def migrate(url: str) -> str:
    """Run what is missing (all of it or nothing) and give the service's role its rights; returns the revision.

    ``url`` is the owner's. Safe to call at every start. Raises ``DatabaseUnavailable`` when nothing answers.
    """
    engine = create_engine(engine_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(alembic_config(connection), "head")
            _grant(connection)
            return MigrationContext.configure(connection).get_current_revision() or ""
    except OperationalError as error:
        raise DatabaseUnavailable(f"basis data tidak dapat dihubungi: {error.orig}") from None
    finally:
        engine.dispose()


def pending(url: str) -> bool:
    """Whether the database lacks revisions of this program; any role may ask."""
    engine = create_engine(engine_url(url))
    try:
        with engine.connect() as connection:
            head = ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
            return MigrationContext.configure(connection).get_current_revision() != head
    except OperationalError as error:
        raise DatabaseUnavailable(f"basis data tidak dapat dihubungi: {error.orig}") from None
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic without an ini file, on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def owned(_thing: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Whether a table is ours to compare: Procrastinate's come from its own schema."""
    return kind != "table" or not (name or "").startswith(_FOREIGN)


def _grant(connection: Connection) -> None:
    """The service works with every table and cannot change or delete what is append-only.

    A database that somebody else runs may have no such role; there the triggers alone refuse.
    """
    role = sql.Identifier(SERVICE_ROLE)
    known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": SERVICE_ROLE}).first()
    if known is None:
        return
    tables = sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY))
    for statement in (
        sql.SQL("GRANT USAGE ON SCHEMA public TO {role}"),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"),
        sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}"),
        sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {role}"),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM {role}"),
    ):
        connection.exec_driver_sql(statement.format(role=role, tables=tables).as_string())
