"""Keterangan: filed, proven, decided. The decision itself becomes facts (the caller's) and an audit row."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import StorageError
from domain.excuse import Decision, Excuse
from storage.records_talk import ExcuseRow, NewExcuse
from storage.rows import to_record, to_values
from storage.schema import ExcuseTable


class Excuses:
    """The table of keterangan inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def file(self, new: NewExcuse) -> ExcuseRow:
        """Write one."""
        row = ExcuseTable(
            **to_values(new), evidence=(), evidence_at=None, decision=Decision.OPEN, decided_at=None, decided_by="",
            reason="",
        )  # fmt: skip
        self._session.add(row)
        await self._session.flush()
        return to_record(ExcuseRow, row)

    async def widen(self, id_: int, to: Excuse) -> ExcuseRow:
        """Take over the days and sessions of ``to`` (``domain.excuse.joined``)."""
        values = {"first": to.first, "last": to.last, "session": to.session, "late": to.late}
        return await self._change(id_, values)

    async def prove(self, id_: int, sha256: str, at: datetime, *, late: bool) -> ExcuseRow:
        """Add an archived file as evidence; the first one's time counts. A second time changes nothing."""
        row = await self.get(id_)
        if sha256 in row.evidence:
            return row
        values = {
            "evidence": (*row.evidence, sha256),
            "evidence_at": row.evidence_at or at,
            "late": row.late or (late and row.evidence_at is None),
        }
        return await self._change(id_, values)

    async def decide(self, id_: int, decision: Decision, by: str, now: datetime, reason: str) -> ExcuseRow | None:
        """Decide, or decide otherwise than before; None when it stands so already."""
        row = await self._session.scalar(
            update(ExcuseTable)
            .where(ExcuseTable.id == id_, ExcuseTable.decision != decision)
            .values(decision=decision, decided_by=by, decided_at=now, reason=reason)
            .returning(ExcuseTable)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_record(ExcuseRow, row)

    async def get(self, id_: int) -> ExcuseRow:
        """One; raises ``StorageError`` when there is none of that number."""
        found = await self._rows(select(ExcuseTable).where(ExcuseTable.id == id_))
        if not found:
            raise StorageError(f"tidak ada keterangan bernomor K{id_}")
        return found[0]

    async def undecided(self, person: str | None = None, unit: str | None = None) -> list[ExcuseRow]:
        """What waits for a decision, oldest first."""
        query = select(ExcuseTable).where(ExcuseTable.decision == Decision.OPEN)
        if person is not None:
            query = query.where(ExcuseTable.person == person)
        if unit is not None:
            query = query.where(ExcuseTable.unit == unit)
        return await self._rows(query)

    async def in_range(self, people: Iterable[str], first: date, last: date) -> list[ExcuseRow]:
        """All that touch ``first`` to ``last``, whatever became of them."""
        return await self._rows(
            select(ExcuseTable).where(
                ExcuseTable.person.in_(list(people)), ExcuseTable.first <= last, ExcuseTable.last >= first
            )
        )

    async def all(self, since: date | None = None) -> list[ExcuseRow]:
        """All whose days reach ``since`` or later."""
        query = select(ExcuseTable)
        return await self._rows(query if since is None else query.where(ExcuseTable.last >= since))

    async def silent_since(self, moment: datetime, hours: int) -> list[ExcuseRow]:
        """Undecided ones filed at least ``hours`` before ``moment``: perhaps silence decides them (BLG-23)."""
        before = moment - timedelta(hours=hours)
        return await self._rows(
            select(ExcuseTable)
            .where(ExcuseTable.decision == Decision.OPEN, ExcuseTable.filed_at <= before)
            .with_for_update(skip_locked=True)
        )

    async def _change(self, id_: int, values: dict[str, Any]) -> ExcuseRow:
        row = await self._session.scalar(
            update(ExcuseTable)
            .where(ExcuseTable.id == id_)
            .values(**values)
            .returning(ExcuseTable)
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise StorageError(f"tidak ada keterangan bernomor K{id_}")
        return to_record(ExcuseRow, row)

    async def _rows(self, query: Select[ExcuseTable]) -> list[ExcuseRow]:
        ordered = query.order_by(ExcuseTable.id).execution_options(populate_existing=True)
        return [to_record(ExcuseRow, row) for row in await self._session.scalars(ordered)]
