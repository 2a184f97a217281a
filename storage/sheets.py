"""Printed sheets: their numbers, what was printed on each page, and which copies are still open. TLG-09."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records import NewSheetPage, SheetPageRow
from storage.rows import to_record, to_values
from storage.schema import SHEET_NUMBER, Sheet

_SPACE = 0x73686565  # "shee": our own advisory lock


class Sheets:
    """The table of printed pages inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def lock(self) -> None:
        """Wait until nobody else issues sheets, until this transaction ends: look for open copies only under it."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_SPACE)))

    async def reserve(self, count: int) -> int:
        """The first of ``count`` numbers that follow one another modulo 2**20; rolled back, they are not used again."""
        # Under the lock nobody draws in between; the sequence itself starts again from 0 after its last number.
        await self.lock()
        series = func.generate_series(1, count).table_valued("one")
        numbers = await self._session.scalars(select(SHEET_NUMBER.next_value()).select_from(series))
        return numbers.all()[0]

    async def add_many(self, pages: Sequence[NewSheetPage]) -> None:
        """Keep pages in the order of printing; ``IntegrityError`` when one of the same identity is still open."""
        if pages:
            await self._session.execute(insert(Sheet), [to_values(page) for page in pages])

    async def open_for(self, unit: str, week: str) -> list[SheetPageRow]:
        """The pages of one unit and week (``2026-W48``) that count, in the order of printing."""
        rows = await self._session.scalars(
            select(Sheet)
            .where(Sheet.unit == unit, Sheet.week == week, Sheet.retired_at.is_(None))
            .order_by(Sheet.id)
            .execution_options(populate_existing=True)
        )
        return [to_record(SheetPageRow, row) for row in rows]

    async def in_weeks(self, first: str, last: str) -> list[SheetPageRow]:
        """Every page printed for the weeks ``first`` to ``last`` (``2026-W48``), retired ones too, in that order."""
        rows = await self._session.scalars(
            select(Sheet)
            .where(Sheet.week.between(first, last))
            .order_by(Sheet.id)
            .execution_options(populate_existing=True)
        )
        return [to_record(SheetPageRow, row) for row in rows]

    async def fingerprint(self, first: str, last: str) -> tuple[int, int]:
        """The last page printed for these weeks, and how many are retired: they tell whether anything changed."""
        row = await self._session.execute(
            select(func.coalesce(func.max(Sheet.id), 0), func.count(Sheet.retired_at)).where(
                Sheet.week.between(first, last)
            )
        )
        newest, retired = row.one()
        return newest, retired

    async def by_number(self, number: int, leaf: int) -> SheetPageRow | None:
        """The open page of an identity, else the one retired last; None when it was never printed."""
        row = await self._session.scalar(
            select(Sheet)
            .where(Sheet.number == number, Sheet.leaf == leaf)
            .order_by(Sheet.retired_at.desc().nulls_first(), Sheet.id.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_record(SheetPageRow, row)

    async def retire(self, unit: str, week: str, before_copy: int, now: datetime) -> int:
        """Close the pages of earlier copies than ``before_copy``; returns how many were open."""
        retired = await self._session.scalars(
            update(Sheet)
            .where(Sheet.unit == unit, Sheet.week == week, Sheet.copy < before_copy, Sheet.retired_at.is_(None))
            .values(retired_at=now)
            .returning(Sheet.id)
        )
        return len(retired.all())
