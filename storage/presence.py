"""Which processes are alive: each holds an advisory lock on its own number for as long as its session lasts.

A claim carries the number of its process, so that work of a killed process is free at once and not only when its
lease ends. PostgreSQL lets go of the lock as soon as the connection is gone, on whatever machine the process ran.
"""

import asyncio
import secrets
import time

import psycopg
from sqlalchemy import BigInteger, Select, literal_column, select, text

_CLASS = 0x706F736B  # "posk": our own space of advisory locks
_TRUSTED_SECONDS = 5.0


def alive_numbers() -> Select[int]:
    """SQL: the numbers of all living processes of this database."""
    return (
        select(literal_column("objid::bigint", BigInteger))
        .select_from(text("pg_locks"))
        .where(text(f"locktype = 'advisory' AND granted AND objsubid = 2 AND classid = {_CLASS}"))
        .where(text("database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
    )


class Presence:
    """This process, as others see it."""

    def __init__(self, url: str) -> None:
        """``url``: as libpq takes it."""
        self.number = secrets.randbelow(2**31 - 1) + 1
        self._url = url
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._checked = 0.0
        self._lock = asyncio.Lock()

    async def show(self) -> int:
        """Make sure that the lock is held (it is lost with its connection) and return the number."""
        async with self._lock:
            if self._connection is None or time.monotonic() - self._checked > _TRUSTED_SECONDS:
                await self._renew()
        return self.number

    async def _renew(self) -> None:
        if self._connection is not None:
            try:
                await self._connection.execute("SELECT 1")
            except psycopg.OperationalError:
                await self._connection.close()
                self._connection = None
        if self._connection is None:
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
            await connection.execute("SELECT pg_advisory_lock(%s, %s)", (_CLASS, self.number))
            self._connection = connection
        self._checked = time.monotonic()

    async def leave(self) -> None:
        """Let go: claims of this process are free from now on."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
