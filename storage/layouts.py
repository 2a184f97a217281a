"""Column maps of the forms that offices made themselves: guessed once, confirmed once by a person, then remembered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records_layouts import LayoutRow, NewLayout
from storage.rows import insert_once, to_record, to_values
from storage.schema import FileReading, FormLayout

_INSERT = insert_once(FormLayout, returning_id=False).returning(FormLayout.name)


class Layouts:
    """The table of layouts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def note(self, new: NewLayout) -> bool:
        """Remember a layout; False when it is known already."""
        return await self._session.scalar(_INSERT, to_values(new)) is not None

    async def get(self, name: str) -> LayoutRow | None:
        """One layout."""
        row = await self._session.get(FormLayout, name, populate_existing=True)
        return None if row is None else to_record(LayoutRow, row)

    async def every(self) -> list[LayoutRow]:
        """All layouts, those that wait for a person first, the oldest first."""
        rows = await self._session.scalars(
            select(FormLayout).order_by(FormLayout.confirmed_at.is_not(None), FormLayout.first_seen_at, FormLayout.name)
        )
        return [to_record(LayoutRow, row) for row in rows]

    async def confirmed(self) -> tuple[dict[str, tuple[str, ...]], str]:
        """The confirmed column maps by name (an empty map holds as it was guessed), and a word for their state."""
        found = await self._session.scalars(select(FormLayout).where(FormLayout.confirmed_at.is_not(None)))
        maps, moments = {}, []
        for row in found:
            maps[row.name] = row.columns or ()
            moments.append(row.confirmed_at.isoformat() if row.confirmed_at else "")
        return maps, f"{len(maps)}@{max(moments)}" if maps else ""

    async def confirm(self, name: str, columns: Sequence[str], by: str, now: datetime) -> bool:
        """A person says what the columns are; False when there is no such layout."""
        done = await self._session.scalar(
            update(FormLayout)
            .where(FormLayout.name == name)
            .values(columns=tuple(columns), confirmed_by=by, confirmed_at=now)
            .returning(FormLayout.name)
        )
        return done is not None

    async def files(self, name: str) -> list[str]:
        """The files (SHA-256) in which that layout was seen."""
        seen = func.jsonb_extract_path_text(FileReading.reading, "extra", "layout")
        found = await self._session.scalars(
            select(FileReading.sha256)
            .where(seen.contains(name, autoescape=True))
            .distinct()
            .order_by(FileReading.sha256)
        )
        return list(found)
