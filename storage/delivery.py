"""What became of sent letters, as providers say."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.terms import Scheme
from storage.records import OutboxRow, OutboxState
from storage.records_chat import DeliveryState, NewProviderEvent
from storage.rows import insert_once, to_record, to_values
from storage.schema import Outbox, ProviderEvent

_ADD = insert_once(ProviderEvent)


class Delivery:
    """News of providers inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def letter_of(self, channel: Scheme, provider_id: str, told: int | None) -> int | None:
        """The letter that news are about: the one our callback address named if it is of that channel, else by id."""
        found: int | None = await self._session.scalar(
            select(Outbox.id)
            .where(Outbox.scheme == channel, or_(Outbox.id == told, Outbox.provider_id == provider_id))
            .order_by((Outbox.provider_id == provider_id).desc().nulls_last())
            .limit(1)
        )
        return found

    async def add(self, event: NewProviderEvent) -> bool:
        """Write one piece of news; False when it was told before."""
        return await self._session.scalar(_ADD, to_values(event)) is not None

    async def advance(self, outbox_id: int, event: NewProviderEvent) -> bool:
        """Move a letter on by ``event``; True when it has just failed.

        News of a letter whose own answer was lost settle it: the provider has it, even if its time was over before
        we knew. A lower rank changes nothing.
        """
        row = await self._session.scalar(
            select(Outbox).where(Outbox.id == outbox_id).with_for_update().execution_options(populate_existing=True)
        )
        if row is None or (row.provider_id not in (None, event.provider_id)):
            return False
        if row.delivery is not None and row.delivery.rank >= event.state.rank:
            return False
        values: dict[str, object] = {"delivery": event.state, "delivery_at": event.at}
        if row.state in (OutboxState.PENDING, OutboxState.EXPIRED):
            values |= {
                "state": OutboxState.SENT,
                "provider_id": event.provider_id,
                "sent_at": event.at,
                "unsure": False,
                "claimed_until": None,
                "claimed_by": None,
            }
        failed = event.state is DeliveryState.FAILED
        if failed:
            values |= {"state": OutboxState.FAILED, "error_code": event.code, "closed_at": event.at}
        await self._session.execute(update(Outbox).where(Outbox.id == outbox_id).values(**values))
        return failed

    async def strangers(self, provider_ids: Collection[str]) -> set[str]:
        """Those ids that belong to no letter of ours yet."""
        known = set(
            await self._session.scalars(select(Outbox.provider_id).where(Outbox.provider_id.in_(list(provider_ids))))
        )
        return set(provider_ids) - known

    async def failed_between(self, after: datetime, until: datetime) -> list[OutboxRow]:
        """Letters that failed for good after ``after`` and not later than ``until``, and that nothing replaced."""
        replaced = select(Outbox.replaces).where(Outbox.replaces.is_not(None), Outbox.state != OutboxState.FAILED)
        rows = await self._session.scalars(
            select(Outbox)
            .where(
                Outbox.state == OutboxState.FAILED,
                Outbox.closed_at > after,
                Outbox.closed_at <= until,
                Outbox.id.not_in(replaced),
            )
            .order_by(Outbox.id)
        )
        return [to_record(OutboxRow, row) for row in rows]

    async def unmatched_between(self, channel: Scheme, status: str, after: datetime, until: datetime) -> list[str]:
        """What news of that status name that fit no letter, oldest first."""
        found = await self._session.scalars(
            select(ProviderEvent.provider_id)
            .where(
                ProviderEvent.channel == channel, ProviderEvent.status == status, ProviderEvent.at > after,
                ProviderEvent.at <= until,
            )
            .order_by(ProviderEvent.id)
        )  # fmt: skip
        return list(found)

    async def take_withheld(self, scheme: Scheme, address: str, since: datetime) -> Sequence[OutboxRow]:
        """Letters of which that address has only had word; they count as told from now on."""
        rows = await self._session.scalars(
            update(Outbox)
            .where(Outbox.scheme == scheme, Outbox.to_address == address, Outbox.withheld, Outbox.due_at >= since)
            .values(withheld=False)
            .returning(Outbox)
            .execution_options(synchronize_session=False)
        )
        return sorted((to_record(OutboxRow, row) for row in rows), key=lambda row: row.id)

    async def counts(self, scheme: Scheme) -> dict[DeliveryState, int]:
        """How far the letters of a channel came."""
        rows = await self._session.execute(
            select(Outbox.delivery, func.count())
            .where(Outbox.scheme == scheme, Outbox.delivery.is_not(None))
            .group_by(Outbox.delivery)
        )
        return {state: count for state, count in rows if state is not None}
