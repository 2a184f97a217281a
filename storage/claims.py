"""Claims on rows that wait for work: a conditional UPDATE; go on only if one row changed (facts: jobs)."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, and_, literal_column, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from storage.presence import alive_numbers
from storage.records import MAX_ATTEMPTS
from storage.schema import Message, Outbox, ReportOrder

_FIRST_PAUSE = timedelta(seconds=15)
Claimed = type[Message] | type[Outbox] | type[ReportOrder]


def unclaimed(table: Claimed, now: datetime) -> ColumnElement[bool]:
    """Nobody works on the row: never claimed, the lease is over, or the claimant is dead."""
    return or_(
        table.claimed_until.is_(None),
        table.claimed_until <= now,
        table.claimed_by.not_in(alive_numbers()),
    )


def ready(table: Claimed, now: datetime) -> ColumnElement[bool]:
    """The row may be tried (again) now; the caller adds the state."""
    return and_(unclaimed(table, now), table.next_try_at <= now, table.attempts < MAX_ATTEMPTS)


def without_job(task: str, argument: str, id_column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """No job of that task waits for the row. A job being run counts only through its claim."""
    # NOT IN over one list of numbers: PostgreSQL hashes it whatever its statistics say, a backlog of jobs included.
    waiting = (
        select(literal_column(f"(args->>'{argument}')::bigint", BigInteger))
        .select_from(text("procrastinate_jobs"))
        .where(text(f"status = 'todo' AND task_name = '{task}' AND args->>'{argument}' IS NOT NULL"))
    )
    return id_column.not_in(waiting)


def pause_after(attempts: int) -> timedelta:
    """How long to wait before the next attempt: 15 s, 1 min, 4 min, 16 min."""
    return _FIRST_PAUSE * 4.0 ** max(attempts - 1, 0)
