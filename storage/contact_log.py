"""The contact log: the proof that units that had not sent were called (TLG-D3). Append-only."""

from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records_desk import ContactRow, NewContact
from storage.rows import to_record, to_values
from storage.schema import ContactLog


class ContactLogTable:
    """The contact log inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: NewContact) -> int:
        """Write a contact; returns its number."""
        id_: int | None = await self._session.scalar(
            insert(ContactLog).values(**to_values(new)).returning(ContactLog.id)
        )
        assert id_ is not None
        return id_

    async def on(self, day: date, session: str) -> list[ContactRow]:
        """All contacts about one session, oldest first."""
        query = select(ContactLog).where(ContactLog.date == day, ContactLog.session == session).order_by(ContactLog.id)
        return [to_record(ContactRow, row) for row in await self._session.scalars(query)]
