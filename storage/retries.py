"""What failed for good, begun anew because a person said so: letters that went nowhere, messages set aside."""

from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.terms import Scheme
from storage.jobs import CONVERSE, FETCH_MEDIA, READ_MESSAGE, Task
from storage.messages import STRANGER
from storage.records import MessageRow, MessageState, OutboxRow, OutboxState
from storage.rows import to_record
from storage.schema import Contact, Message, MessageFile, Outbox

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_LIVING = (OutboxState.PENDING, OutboxState.SENT)
_TASKS: dict[MessageState, Task] = {
    MessageState.NEW: READ_MESSAGE,
    MessageState.FETCHING: FETCH_MEDIA,
    MessageState.TALKING: CONVERSE,
}


class Hindrance(StrEnum):
    """Why something is not begun anew."""

    GONE = "gone"  # there is no such thing, or it is not stuck (any more)
    REPLACED = "replaced"  # another letter reaches, or reached, the same reader instead
    TOO_LATE = "too_late"  # it would expire before it left
    BLOCKED = "blocked"  # its reader blocked us or does not exist, until he writes again
    UNAPPROVED = "unapproved"  # its sender waits for approval, which opens it by itself
    FORGOTTEN = "forgotten"  # its files are no longer at the provider


class Retries:
    """Starting again inside one transaction; the caller writes who asked for it into the audit trail."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def letter(self, id_: int, now: datetime) -> Hindrance | None:
        """FAILED becomes PENDING, as if nobody had tried; None when it does. Its ``DELIVER`` job is the caller's.

        What may have been taken without our knowing stays so: its channel is asked before it is handed over again.
        """
        row = await self._session.scalar(
            select(Outbox).where(Outbox.id == id_).with_for_update().execution_options(populate_existing=True)
        )
        if row is None or row.state is not OutboxState.FAILED:
            return Hindrance.GONE
        if why := (await self.letter_hindrances([to_record(OutboxRow, row)], now)).get(id_):
            return why
        await self._session.execute(
            update(Outbox)
            .where(Outbox.id == id_)
            .values(
                state=OutboxState.PENDING, attempts=0, next_try_at=_AT_ONCE, claimed_until=None, claimed_by=None,
                error="", error_code="", provider_id=None, sent_at=None, closed_at=None, delivery=None,
                delivery_at=None, withheld=False, first_tried_at=Outbox.first_tried_at if row.unsure else None,
            )
        )  # fmt: skip
        return None

    async def letter_hindrances(self, rows: Collection[OutboxRow], now: datetime) -> dict[int, Hindrance]:
        """Why some of these failed letters cannot go again; the others are left out."""
        found = {row.id: Hindrance.TOO_LATE for row in rows if row.expires_at is not None and row.expires_at <= now}
        blocked = await self._blocked(rows)
        found |= {row.id: Hindrance.BLOCKED for row in rows if (row.scheme, row.to_address) in blocked}
        found |= dict.fromkeys(await self._reached_otherwise([row.id for row in rows]), Hindrance.REPLACED)
        return found

    async def _blocked(self, rows: Collection[OutboxRow]) -> set[tuple[Scheme, str]]:
        query = select(Contact.scheme, Contact.value).where(
            Contact.value.in_({row.to_address for row in rows}), Contact.blocked_at.is_not(None)
        )
        return {(row[0], row[1]) for row in await self._session.execute(query)}

    async def _reached_otherwise(self, ids: Collection[int]) -> set[int]:
        """Those that a living letter replaces, or that replace one which lives again; over any number of steps."""
        start = select(Outbox.id.label("root"), Outbox.id, Outbox.replaces, Outbox.state).where(Outbox.id.in_(ids))
        found: set[int] = set()
        for later in (True, False):
            chain = start.cte(f"chain_{later}".lower(), recursive=True)
            other = aliased(Outbox)
            step = other.replaces == chain.c.id if later else other.id == chain.c.replaces
            whole = chain.union_all(select(chain.c.root, other.id, other.replaces, other.state).join(chain, step))
            living = select(whole.c.root).where(whole.c.state.in_(_LIVING), whole.c.id != whole.c.root)
            found |= set(await self._session.scalars(living))
        return found

    async def message(self, id_: int) -> Task | Hindrance:
        """QUARANTINE becomes what comes next for the message; returns the job that the caller defers."""
        row = await self._session.scalar(
            select(Message).where(Message.id == id_).with_for_update().execution_options(populate_existing=True)
        )
        if row is None or row.state is not MessageState.QUARANTINE:
            return Hindrance.GONE
        record = to_record(MessageRow, row)
        state, why = await self._next_state(record)
        if why is not None:
            return why
        await self._session.execute(
            update(Message)
            .where(Message.id == id_)
            .values(
                state=state, note="", attempts=0, next_try_at=_AT_ONCE, claimed_until=None, claimed_by=None
            )
        )  # fmt: skip
        return _TASKS[state]

    async def message_hindrances(self, rows: Collection[MessageRow]) -> dict[int, Hindrance]:
        """Why some of these set-aside messages cannot be begun anew; the others are left out."""
        found = {row.id: (await self._next_state(row))[1] for row in rows}
        return {id_: why for id_, why in found.items() if why is not None}

    async def _next_state(self, row: MessageRow) -> tuple[MessageState, Hindrance | None]:
        if row.note == STRANGER:
            return MessageState.NEW, Hindrance.UNAPPROVED
        if row.channel in (Scheme.MAIL, Scheme.UPLOAD):
            return MessageState.NEW, None
        media = len(row.claims.get("media", ()))
        if not media:
            return MessageState.TALKING, None
        have = await self._session.scalar(select(func.count()).where(MessageFile.message_id == row.id)) or 0
        if have >= media:
            return MessageState.NEW, None
        return MessageState.FETCHING, Hindrance.FORGOTTEN if "forgotten" in row.claims else None
