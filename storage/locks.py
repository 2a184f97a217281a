"""Advisory locks that keep one ``serve`` and one ``devices`` per installation, and one migration at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import StorageError
from storage.urls import libpq_url

Role = Literal["serve", "devices"]
_CLASS = 0x706F736C  # beside the numbers of storage.presence
_NUMBERS: dict[Role, int] = {"serve": 1, "devices": 2}


async def is_held(session: AsyncSession, role: Role) -> bool:
    """Whether some process, on whatever machine, is the installation's ``role`` now."""
    found = await session.scalar(
        text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 "
            "AND classid = :space AND objid = :number "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        {"space": _CLASS, "number": _NUMBERS[role]},
    )
    return bool(found)


@asynccontextmanager
async def only_one(url: str, role: Role) -> AsyncIterator[None]:
    """Be the installation's only ``role`` for the length of the block.

    Raises ``StorageError`` when another process, on whatever machine, is it already.
    """
    connection = await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True)
    try:
        asked = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_CLASS, _NUMBERS[role]))
        row = await asked.fetchone()
        if row is None or not row[0]:
            raise StorageError(f"posko {role} sudah berjalan untuk instalasi ini")
        yield
    finally:
        await connection.close()
