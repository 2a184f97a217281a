"""What is known of printed pages that came back: one row a page, brought up to date by each look."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.look import Look
from storage.rows import to_record, to_values
from storage.schema import SheetLook

_KEY = "form"


class Looks:
    """The table of looks inside one transaction; a unit's rows are read and written under its lock."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def of_unit(self, unit: str, first_week: str, last_week: str) -> tuple[Look, ...]:
        """The pages of ``unit`` in the weeks ``first_week`` to ``last_week`` (``2026-W48``)."""
        rows = await self._session.scalars(
            select(SheetLook)
            .where(SheetLook.unit == unit, SheetLook.week.between(first_week, last_week))
            .order_by(SheetLook.week, SheetLook.page, SheetLook.form)
            .execution_options(populate_existing=True)
        )
        return tuple(to_record(Look, row) for row in rows)

    async def keep(self, look: Look) -> None:
        """Keep what is known of one page now."""
        values = to_values(look)
        changed = {name: value for name, value in values.items() if name != _KEY}
        statement = insert(SheetLook).values(**values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=[_KEY], set_=changed))
