"""What is known of addresses beside the roster: blocked, gone, or asked for silence."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.terms import Scheme
from storage.records_chat import ContactState
from storage.rows import to_record
from storage.schema import Contact


class Contacts:
    """The table of contacts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def get(self, scheme: Scheme, value: str) -> ContactState:
        """What is known; plain when nothing is."""
        row = await self._session.get(Contact, (scheme, value), populate_existing=True)
        return ContactState(scheme, value) if row is None else to_record(ContactState, row)

    async def stopped(self, scheme: Scheme) -> set[str]:
        """Every address of that scheme that asked for silence."""
        rows = await self._session.scalars(
            select(Contact.value).where(Contact.scheme == scheme, Contact.stopped_at.is_not(None))
        )
        return set(rows)

    async def block(self, scheme: Scheme, value: str, code: str, now: datetime) -> None:
        """Send nothing there any more: ``code`` is the provider's reason."""
        await self._set(scheme, value, blocked_at=now, code=code)

    async def heard(self, scheme: Scheme, values: Collection[str]) -> None:
        """These addresses wrote: they can be written to again."""
        await self._session.execute(
            update(Contact)
            .where(Contact.scheme == scheme, Contact.value.in_(values), Contact.blocked_at.is_not(None))
            .values(blocked_at=None, code="")
        )

    async def stop(self, scheme: Scheme, value: str, now: datetime) -> None:
        """BERHENTI: no reminders from now on."""
        await self._set(scheme, value, stopped_at=now)

    async def resume(self, scheme: Scheme, value: str) -> None:
        """MULAI: reminders again."""
        await self._set(scheme, value, stopped_at=None)

    async def _set(self, scheme: Scheme, value: str, **values: object) -> None:
        new = insert(Contact).values({"scheme": scheme, "value": value, "code": "", **values})
        await self._session.execute(
            new.on_conflict_do_update(index_elements=[Contact.scheme, Contact.value], set_=values)
        )
