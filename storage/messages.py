"""Messages: what came in, and where each stands."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import StorageError
from domain.terms import Authenticity, Scheme
from storage.claims import pause_after, ready, unclaimed, without_job
from storage.jobs import CONVERSE, FETCH_MEDIA, READ_MESSAGE, Task
from storage.presence import Presence
from storage.records import MAX_ATTEMPTS, FailingSender, MessageRow, MessageState, NewMessage
from storage.rows import insert_once, to_record, to_values
from storage.schema import Message

STRANGER = "pengirim belum terdaftar"
"""The note of a message that was set aside only because nobody has approved its sender yet."""
_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
# The product's clock may be shifted, tries are counted in real time: free from the start.
_UNREAD = {"note": "", "attempts": 0, "next_try_at": _AT_ONCE, "sender_reason": ""}
WORK: dict[MessageState, Task] = {
    MessageState.NEW: READ_MESSAGE,
    MessageState.FETCHING: FETCH_MEDIA,
    MessageState.TALKING: CONVERSE,
}
"""The job of each unfinished state."""
_UNFINISHED = Message.state.in_(list(WORK))
_INSERT_MANY = insert_once(Message, returning_id=False).returning(Message.event_id, Message.id)


class Messages:
    """The table of messages inside one transaction."""

    def __init__(self, session: AsyncSession, presence: Presence) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session
        self._presence = presence

    async def add(self, new: NewMessage) -> int | None:
        """Write a message that nobody knew; None when (channel, account, event id) is known already."""
        return next(iter((await self.add_many([new])).values()), None)

    async def add_many(self, new: Sequence[NewMessage]) -> dict[str, int]:
        """Write those messages that nobody knew, in one statement; their ids by event id."""
        if not new:
            return {}
        rows = [{**to_values(one), "claims": dict(one.claims), **_UNREAD} for one in new]
        return {str(row[0]): row[1] for row in await self._session.execute(_INSERT_MANY, rows)}

    async def ids_of(self, channel: Scheme, account: str, event_ids: Iterable[str]) -> dict[str, int]:
        """Ids of the known ones among ``event_ids``."""
        rows = await self._session.execute(
            select(Message.event_id, Message.id).where(
                Message.channel == channel, Message.account == account, Message.event_id.in_(list(event_ids))
            )
        )
        return {row[0]: row[1] for row in rows}

    async def first_ids_by_header(self, header_ids: Iterable[str]) -> dict[str, int]:
        """For each Message-ID the id of the first message that carried it."""
        rows = await self._session.execute(
            select(Message.header_id, func.min(Message.id))
            .where(Message.header_id.in_(list(header_ids)))
            .group_by(Message.header_id)
        )
        return {str(row[0]): row[1] for row in rows}

    async def get(self, id_: int) -> MessageRow:
        """One message; raises ``StorageError`` when there is none of that id."""
        row = await self._session.get(Message, id_, populate_existing=True)
        if row is None:
            raise StorageError(f"tidak ada kiriman nomor {id_}")
        return to_record(MessageRow, row)

    async def by_event(self, channel: Scheme, account: str, event_id: str) -> MessageRow | None:
        """The message of that idempotency key."""
        return await self._one(
            select(Message).where(Message.channel == channel, Message.account == account, Message.event_id == event_id)
        )

    async def by_header_id(self, header_id: str) -> MessageRow | None:
        """The first message that carried this Message-ID."""
        return await self._one(select(Message).where(Message.header_id == header_id).order_by(Message.id).limit(1))

    async def unread_senders(self) -> set[tuple[Scheme, str]]:
        """Channel and From of every message that may hold a sheet and is neither recorded nor set aside."""
        rows = await self._session.execute(
            select(Message.channel, Message.from_address)
            .where(Message.state.in_([MessageState.NEW, MessageState.FETCHING]), Message.from_address.is_not(None))
            .distinct()
        )
        return {(channel, address) for channel, address in rows if address}

    async def link_duplicate(self, id_: int, first_id: int) -> None:
        """``id_`` has the Message-ID of ``first_id`` and other bytes: kept, counted once."""
        await self._session.execute(update(Message).where(Message.id == id_).values(duplicate_of=first_id))

    async def note_sender(self, id_: int, address: str | None, authenticity: Authenticity, reason: str) -> None:
        """Who sent it, as far as it is proven; ``reason`` says why (not)."""
        await self._session.execute(
            update(Message)
            .where(Message.id == id_)
            .values(sender_address=address, authenticity=authenticity, sender_reason=reason)
        )

    async def claim(self, id_: int, now: datetime, lease: timedelta, state: MessageState = MessageState.NEW) -> bool:
        """Take the message for ``lease`` real time and count the attempt; False when it is done, early or taken.

        ``state`` is the one whose work the caller does.
        """
        number = await self._presence.show()
        taken = await self._session.scalar(
            update(Message)
            .where(Message.id == id_, Message.state == state, ready(Message, now))
            .values(claimed_until=now + lease, claimed_by=number, attempts=Message.attempts + 1)
            .returning(Message.id)
        )
        return taken is not None

    async def hand_on(self, id_: int, state: MessageState) -> None:
        """The work of one unfinished state is done and that of ``state`` begins, with fresh attempts."""
        await self._session.execute(
            update(Message)
            .where(Message.id == id_)
            .values(state=state, attempts=0, next_try_at=_AT_ONCE, claimed_until=None, claimed_by=None)
        )

    async def set_official(self, id_: int, at: datetime, basis: str) -> None:
        """The provider told its own time (TLG-04) before the message was recorded; afterwards it never changes."""
        await self._session.execute(
            update(Message).where(Message.id == id_, _UNFINISHED).values(official_at=at, official_basis=basis)
        )

    async def with_media_before(self, channel: Scheme, moment: datetime, limit: int = 100) -> list[MessageRow]:
        """Finished messages of before ``moment`` whose files still lie at the provider."""
        rows = await self._session.scalars(
            select(Message)
            .where(
                Message.channel == channel,
                Message.state.in_([MessageState.DONE, MessageState.QUARANTINE]),
                Message.first_seen_at < moment,
                Message.claims.has_key("media"),
                ~Message.claims.has_key("forgotten"),
            )
            .order_by(Message.id)
            .limit(limit)
        )
        return [to_record(MessageRow, row) for row in rows]

    async def note_forgotten(self, id_: int) -> None:
        """The provider has deleted the files of a message."""
        claims = Message.claims.op("||")(func.jsonb_build_object("forgotten", 1))
        await self._session.execute(update(Message).where(Message.id == id_).values(claims=claims))

    async def heard_at(self, channel: Scheme, address: str) -> datetime | None:
        """When ``address`` last wrote to us through ``channel``."""
        return await self._session.scalar(
            select(func.max(Message.first_seen_at)).where(Message.channel == channel, Message.from_address == address)
        )

    async def waiting_since(self, channel: Scheme, address: str, since: datetime) -> datetime | None:
        """The official time of the first message since then that was not recorded for want of an approved sender."""
        return await self._session.scalar(
            select(func.min(Message.official_at)).where(*_unapproved(channel, address, since))
        )

    async def reopen(self, channel: Scheme, address: str, since: datetime) -> list[int]:
        """Messages of an address that was unknown when they were recorded wait again, at their first time.

        ``claims`` carry ``again``, so that what is recorded now stands beside the unproven facts of the first time.
        """
        found = await self._session.scalars(
            update(Message)
            .where(*_unapproved(channel, address, since))
            .values(
                state=MessageState.NEW,
                note="",
                attempts=0,
                next_try_at=_AT_ONCE,
                claimed_until=None,
                claimed_by=None,
                claims=Message.claims.op("||")(func.jsonb_build_object("again", 1)),
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
        return sorted(found)

    async def finish(self, id_: int, state: MessageState, note: str = "") -> None:
        """Close the message; ``note`` says what came of it."""
        await self._session.execute(
            update(Message).where(Message.id == id_).values(state=state, note=note, claimed_until=None, claimed_by=None)
        )

    async def fail(self, id_: int, now: datetime, error: str) -> int:
        """An attempt failed: try later, or set the message aside after the fifth. Returns the attempts so far."""
        found = await self._session.execute(
            select(Message.attempts, Message.state).where(Message.id == id_).with_for_update()
        )
        known = found.one_or_none()
        if known is None:
            raise StorageError(f"tidak ada kiriman nomor {id_}")
        attempts, state = known
        await self._session.execute(
            update(Message)
            .where(Message.id == id_, _UNFINISHED)
            .values(
                state=MessageState.QUARANTINE if attempts >= MAX_ATTEMPTS else state,
                note=error,
                next_try_at=now + pause_after(attempts),
                claimed_until=None,
                claimed_by=None,
            )
        )
        return int(attempts)

    async def unfinished(self, now: datetime, limit: int = 500, state: MessageState = MessageState.NEW) -> list[int]:
        """Messages of ``state`` that wait without a job or a living claimant, newest first; ``now`` is real time."""
        task = WORK[state]
        found = await self._session.scalars(
            select(Message.id)
            .where(Message.state == state, ready(Message, now))
            .where(without_job(task.name, task.argument, Message.id))
            .order_by(Message.official_at.desc())
            .limit(limit)
        )
        return list(found)

    async def exhausted(self, now: datetime) -> list[MessageRow]:
        """Set aside messages whose fifth attempt died with its process, and return them: each needs one alert."""
        rows = await self._session.scalars(
            update(Message)
            .where(_UNFINISHED, Message.attempts >= MAX_ATTEMPTS, unclaimed(Message, now))
            .values(state=MessageState.QUARANTINE, note="proses berhenti pada setiap percobaan", claimed_until=None)
            .returning(Message)
            .execution_options(synchronize_session=False)
        )
        return [to_record(MessageRow, row) for row in rows]

    async def failing_senders(self, since: datetime) -> list[FailingSender]:
        """Addresses of which at least one mail since then did not prove its sender; most failures first."""
        failed = func.count().filter(Message.authenticity != Authenticity.VERIFIED)
        latest = func.max(Message.first_seen_at)
        reasons = func.array_agg(Message.sender_reason).filter(Message.authenticity != Authenticity.VERIFIED)
        rows = await self._session.execute(
            select(Message.sender_address, failed, func.count(), latest, reasons)
            .where(Message.sender_address.is_not(None), Message.first_seen_at >= since)
            .group_by(Message.sender_address)
            .having(failed > 0)
            .order_by(failed.desc(), Message.sender_address)
        )
        return [
            FailingSender(address or "", bad, total - bad, why[-1], last) for address, bad, total, last, why in rows
        ]

    async def counts(self) -> dict[MessageState, int]:
        """How many messages stand where."""
        rows = await self._session.execute(select(Message.state, func.count()).group_by(Message.state))
        return {row[0]: row[1] for row in rows}

    async def _one(self, query: Select[Message]) -> MessageRow | None:
        row = await self._session.scalar(query)
        return None if row is None else to_record(MessageRow, row)


def _unapproved(channel: Scheme, address: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Recorded as a stranger's (mail), or set aside unread (chats)."""
    recorded = and_(Message.state == MessageState.DONE, Message.authenticity == Authenticity.UNKNOWN_SENDER)
    set_aside = and_(Message.state == MessageState.QUARANTINE, Message.note == STRANGER)
    mine = (Message.channel == channel, Message.from_address == address, Message.official_at >= since)
    return (*mine, or_(recorded, set_aside))
