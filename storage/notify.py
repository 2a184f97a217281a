"""LISTEN: hear at once what another process committed (``uow.notify``)."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import date

import psycopg
from psycopg import sql

from storage.urls import libpq_url

BOARD = "posko_board"
"""The channel of the boards: ``UNIT|2026-11-24|datang`` for one sheet, anything else for "look again"."""

_PAUSE_SECONDS = 1.0


def board_payload(unit: str, day: date, session: str) -> str:
    """What ``BOARD`` says when one unit's sheet of one session has changed."""
    return f"{unit}|{day.isoformat()}|{session}"


async def listen(url: str, *channels: str) -> AsyncGenerator[str | None, None]:
    """Payloads as they come, for ever; None after each (re)connection: something may have been missed, look yourself.

    Close the iterator (``aclose``, or cancel its task) to stop.
    """
    while True:
        try:
            async for payload in _one_connection(url, channels):
                yield payload
        except psycopg.OperationalError:
            await asyncio.sleep(_PAUSE_SECONDS)


async def _one_connection(url: str, channels: tuple[str, ...]) -> AsyncGenerator[str | None, None]:
    connection = await psycopg.AsyncConnection.connect(libpq_url(url), autocommit=True)
    try:
        for channel in channels:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield None
        async for notification in connection.notifies():
            yield notification.payload
    finally:
        await connection.close()
