"""Declared fallback periods (TLG-00) and decisions on working days."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import CalendarOverride
from domain.fallback import Period
from domain.terms import Session
from storage.rows import to_record, to_values
from storage.schema import CalendarOverrideTable, PeriodTable


class Periods:
    """The table of periods inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, period: Period) -> int:
        """Declare a period; its own ``id`` is ignored, the new one returned."""
        values = to_values(period)
        del values["id"]
        id_: int | None = await self._session.scalar(insert(PeriodTable).values(**values).returning(PeriodTable.id))
        assert id_ is not None
        return id_

    async def end(self, id_: int, last_day: date, last_session: Session) -> bool:
        """Set the last session of an open period; False when it is unknown or has ended."""
        ended = await self._session.scalar(
            update(PeriodTable)
            .where(PeriodTable.id == id_, PeriodTable.last_day.is_(None))
            .values(last_day=last_day, last_session=last_session)
            .returning(PeriodTable.id)
        )
        return ended is not None

    async def all(self) -> tuple[Period, ...]:
        """Every period, oldest declaration first."""
        rows = await self._session.scalars(
            select(PeriodTable).order_by(PeriodTable.id).execution_options(populate_existing=True)
        )
        return tuple(to_record(Period, row) for row in rows)


class CalendarOverrides:
    """The table of decisions on working days inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, decision: CalendarOverride, by: str, now: datetime) -> int:
        """Write a decision; returns its id."""
        id_: int | None = await self._session.scalar(
            insert(CalendarOverrideTable)
            .values(decision=decision, made_by=by, made_at=now)
            .returning(CalendarOverrideTable.id)
        )
        assert id_ is not None
        return id_

    async def all(self) -> tuple[CalendarOverride, ...]:
        """Every decision, oldest first."""
        rows = await self._session.scalars(select(CalendarOverrideTable.decision).order_by(CalendarOverrideTable.id))
        return tuple(rows)
