"""Jobs by name: deferring in the transaction that writes the rows, and the app that workers run.

Our rows are the truth, a job is only a nudge. Job functions live in ``bot.jobs``; this room knows their names only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import procrastinate
from procrastinate.types import JSONDict
from sqlalchemy.ext.asyncio import AsyncSession

from storage.urls import libpq_url


@dataclass(frozen=True, slots=True)
class Task:
    """A job of one row: its name, its queue and the argument that carries the row's id."""

    name: str
    queue: str
    argument: str


READ_MESSAGE = Task("read_message", "read", "message_id")
READ_DEVICE_FILE = Task("read_device_file", "read", "upload_id")
DELIVER = Task("deliver", "send", "outbox_id")
MAKE_REPORT = Task("make_report", "report", "order_id")
FETCH_MEDIA = Task("fetch_media", "fetch", "message_id")
CONVERSE = Task("converse", "talk", "message_id")

# Never opened: it only spells out jobs, which are inserted on the transaction's own connection.
_speller = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def defer_many(
    session: AsyncSession,
    task: str,
    queue: str,
    arguments: Sequence[JSONDict],
    priority: int = 0,
    at: datetime | None = None,
) -> list[int]:
    """Insert one job for each of ``arguments`` on the session's connection; returns their ids.

    Workers take a higher ``priority`` first, and nothing before ``at`` (real time).
    """
    if not arguments:
        return []
    raw = (await (await session.connection()).get_raw_connection()).driver_connection
    deferrer = _speller.configure_task(
        task, allow_unknown=True, queue=queue, priority=priority, connection=raw, schedule_at=at
    )
    return await deferrer.batch_defer_async(*arguments)


def worker_app(url: str) -> procrastinate.App:
    """An app with its own connection pool, for ``bot`` to register job functions on and to run workers."""
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=libpq_url(url)))
