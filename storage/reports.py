"""Reports: orders that are carried out once, and every version made, with who has it."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import StorageError
from storage.claims import pause_after, ready, unclaimed, without_job
from storage.jobs import MAKE_REPORT
from storage.presence import Presence
from storage.records import MAX_ATTEMPTS
from storage.records_reports import NewReport, NewReportOrder, OrderState, ReportOrderRow, ReportRow
from storage.rows import insert_once, to_record, to_values
from storage.schema import Report, ReportOrder

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER = insert_once(ReportOrder)
_VERSION = insert_once(Report)
_NEW_ORDER = {"state": OrderState.PENDING, "attempts": 0, "next_try_at": _AT_ONCE, "note": ""}


class ReportOrders:
    """The table of orders inside one transaction; claims are as those of the outbox."""

    def __init__(self, session: AsyncSession, presence: Presence) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session
        self._presence = presence

    async def put_many(self, orders: Iterable[NewReportOrder]) -> list[int]:
        """Write the orders whose keys are new; returns their ids."""
        values = [{**to_values(new), **_NEW_ORDER} for new in sorted(orders, key=lambda new: new.dedupe_key)]
        return list((await self._session.scalars(_ORDER, values)).all()) if values else []

    async def known(self, keys: Collection[str]) -> set[str]:
        """Those of ``keys`` that were ordered before."""
        found = await self._session.scalars(
            select(ReportOrder.dedupe_key).where(ReportOrder.dedupe_key.in_(list(keys)))
        )
        return set(found)

    async def get(self, id_: int) -> ReportOrderRow:
        """One order; raises ``StorageError`` when there is none of that id."""
        row = await self._session.get(ReportOrder, id_, populate_existing=True)
        if row is None:
            raise StorageError(f"tidak ada pesanan laporan nomor {id_}")
        return to_record(ReportOrderRow, row)

    async def claim(self, id_: int, now: datetime, lease: timedelta) -> bool:
        """Take the order for ``lease`` real time and count the attempt; False when it is done, early or taken."""
        number = await self._presence.show()
        taken = await self._session.scalar(
            update(ReportOrder)
            .where(ReportOrder.id == id_, _pending(), ready(ReportOrder, now))
            .values(claimed_until=now + lease, claimed_by=number, attempts=ReportOrder.attempts + 1)
            .returning(ReportOrder.id)
        )
        return taken is not None

    async def finish(self, id_: int, note: str) -> bool:
        """The order is carried out; False when another process was quicker, whose work then counts."""
        done = await self._session.scalar(
            update(ReportOrder)
            .where(ReportOrder.id == id_, _pending())
            .values(state=OrderState.DONE, note=note, claimed_until=None, claimed_by=None)
            .returning(ReportOrder.id)
        )
        return done is not None

    async def fail(self, id_: int, now: datetime, error: str) -> OrderState:
        """An attempt failed: try later (``now`` is real time), or give up after the fifth."""
        attempts = await self._session.scalar(
            select(ReportOrder.attempts).where(ReportOrder.id == id_).with_for_update()
        )
        if attempts is None:
            raise StorageError(f"tidak ada pesanan laporan nomor {id_}")
        state = OrderState.FAILED if attempts >= MAX_ATTEMPTS else OrderState.PENDING
        await self._session.execute(
            update(ReportOrder)
            .where(ReportOrder.id == id_, _pending())
            .values(
                state=state,
                note=error,
                next_try_at=now + pause_after(attempts),
                claimed_until=None,
                claimed_by=None,
            )
        )
        return state

    async def looked_at(self, kind: str, code: str, first: date) -> datetime | None:
        """When this report was last made or found unchanged by an order."""
        return await self._session.scalar(
            select(func.max(ReportOrder.due_at)).where(
                ReportOrder.kind == kind,
                ReportOrder.code == code,
                ReportOrder.first == first,
                ReportOrder.state == OrderState.DONE,
            )
        )

    async def unfinished(self, now: datetime, limit: int = 100) -> list[int]:
        """Orders that wait without a job or a living claimant, oldest first; ``now`` is real time."""
        found = await self._session.scalars(
            select(ReportOrder.id)
            .where(_pending(), ready(ReportOrder, now))
            .where(without_job(MAKE_REPORT.name, MAKE_REPORT.argument, ReportOrder.id))
            .order_by(ReportOrder.due_at, ReportOrder.id)
            .limit(limit)
        )
        return list(found)

    async def exhausted(self, now: datetime) -> list[ReportOrderRow]:
        """Orders whose fifth attempt died with its process become FAILED: each needs one alert."""
        rows = await self._session.scalars(
            update(ReportOrder)
            .where(_pending(), ReportOrder.attempts >= MAX_ATTEMPTS, unclaimed(ReportOrder, now))
            .values(state=OrderState.FAILED, note="proses berhenti pada setiap percobaan", claimed_until=None)
            .returning(ReportOrder)
            .execution_options(synchronize_session=False)
        )
        return [to_record(ReportOrderRow, row) for row in rows]


class Reports:
    """The table of versions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: NewReport) -> int | None:
        """Write a version; None when that number has it already."""
        id_: int | None = await self._session.scalar(_VERSION, {**to_values(new), "sent_to": ()})
        return id_

    async def versions(self, number: str) -> list[ReportRow]:
        """Every version of a number, whatever its case; oldest first."""
        rows = await self._session.scalars(
            select(Report)
            .where(Report.number == number.strip().upper())
            .order_by(Report.version)
            .execution_options(populate_existing=True)
        )
        return [to_record(ReportRow, row) for row in rows]

    async def latest(self, number: str) -> ReportRow | None:
        """The newest version of a number."""
        found = await self.versions(number)
        return found[-1] if found else None

    async def by_file(self, sha256: str) -> ReportRow | None:
        """The version that has a file of exactly these bytes."""
        holds_it = type_coerce(Report.files, JSONB).contains([{"sha256": sha256}])
        row = await self._session.scalar(select(Report).where(holds_it).limit(1))
        return None if row is None else to_record(ReportRow, row)

    async def add_recipients(self, id_: int, addresses: Iterable[str]) -> None:
        """Letters with the version were written to these addresses."""
        row = await self._session.get(Report, id_, with_for_update=True, populate_existing=True)
        if row is None:
            raise StorageError(f"tidak ada laporan nomor {id_}")
        row.sent_to = tuple(dict.fromkeys((*row.sent_to, *addresses)))
        await self._session.flush()

    async def made_since(self, since: datetime) -> list[ReportRow]:
        """The newest version of every report that was made since then, oldest first."""
        newest = select(func.max(Report.id)).group_by(Report.number)
        rows = await self._session.scalars(
            select(Report)
            .where(Report.id.in_(newest), Report.made_at >= since)
            .order_by(Report.id)
            .execution_options(populate_existing=True)
        )
        return [to_record(ReportRow, row) for row in rows]


def _pending() -> ColumnElement[bool]:
    return ReportOrder.state == OrderState.PENDING
