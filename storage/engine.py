"""The database: an async engine, one unit of work per transaction, and the guard against lost commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from domain.errors import DatabaseUnavailable, LostCommit
from storage.presence import Presence
from storage.unit_of_work import UnitOfWork
from storage.urls import engine_url, libpq_url

__all__ = ["Database", "UnitOfWork"]

_POOL = 10
_OVERFLOW = 10


class Database:
    """An open database. One per process; used from one event loop."""

    def __init__(self, engine: AsyncEngine, presence: Presence, url: str) -> None:
        """Use ``open``."""
        self._engine = engine
        self._presence = presence
        self.url = url  # as libpq takes it

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Connect to ``url``; raises ``DatabaseUnavailable`` when nothing answers there."""
        engine = create_async_engine(
            engine_url(url), pool_size=_POOL, max_overflow=_OVERFLOW, pool_pre_ping=True, connect_args={"options": _UTC}
        )
        event.listen(engine.sync_engine, "commit", _refuse_lost_commit)
        try:
            async with engine.connect():
                pass
        except OperationalError as error:
            await engine.dispose()
            raise DatabaseUnavailable(f"basis data tidak dapat dihubungi: {error.orig}") from None
        return cls(engine, Presence(libpq_url(url)), libpq_url(url))

    async def server_version(self) -> int:
        """PostgreSQL's ``server_version_num`` (150004 = 15.4)."""
        async with self._engine.connect() as connection:
            shown = await connection.scalar(text("SHOW server_version_num"))
        return int(str(shown))

    async def close(self) -> None:
        """Give back every connection; claims of this process are free from now on."""
        await self._presence.leave()
        await self._engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises ``LostCommit`` when a database error was swallowed inside the block: PostgreSQL would answer COMMIT
        with a silent ROLLBACK. A block that must survive such an error uses ``uow.nested()``.
        Raises ``DatabaseUnavailable`` when the server is gone, refuses connections or has no room left.
        """
        async with self._begin(None) as uow:
            yield uow

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that only reads and sees one moment throughout, whatever is committed meanwhile."""
        async with self._begin("REPEATABLE READ") as uow:
            yield uow

    @asynccontextmanager
    async def _begin(self, isolation: IsolationLevel | None) -> AsyncIterator[UnitOfWork]:
        try:
            async with AsyncSession(self._engine, expire_on_commit=False, autoflush=False) as session, session.begin():
                if isolation is not None:
                    options = {"isolation_level": isolation, "postgresql_readonly": True}
                    await session.connection(execution_options=options)
                yield UnitOfWork(session, self._presence)
        except (DBAPIError, psycopg.OperationalError) as error:
            if _is_outage(error):
                raise DatabaseUnavailable(f"basis data tidak dapat dihubungi: {type(error).__name__}") from error
            raise


_UTC = "-c timezone=UTC"
_OUTAGES = ("08", "53", "57P")  # connection, no room left, shut down


def _is_outage(error: DBAPIError | psycopg.OperationalError) -> bool:
    """Whether the server itself is the trouble; without a code of its own no server has answered."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlstate", None)
    return isinstance(cause, psycopg.OperationalError) and (code is None or code.startswith(_OUTAGES))


def _refuse_lost_commit(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    if driver is not None and driver.info.transaction_status == TransactionStatus.INERROR:
        raise LostCommit("galat basis data tertelan di dalam transaksi: tidak ada yang tersimpan")
