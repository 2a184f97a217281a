"""Incidents: disturbances with a beginning and an end, at most one open of a kind and account."""

from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.disturbance import MAILBOX_SILENT, Disturbance
from storage.records import IncidentRow
from storage.rows import to_record
from storage.schema import Incident


class Incidents:
    """The table of incidents inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def open(self, kind: str, scope: str, account: str, started_at: datetime, note: str) -> int | None:
        """Begin an incident; None when one of this kind and account is open already."""
        return await self._session.scalar(
            insert(Incident)
            .values(kind=kind, scope=scope, account=account, started_at=started_at, note=note)
            .on_conflict_do_nothing()
            .returning(Incident.id)
        )

    async def close(self, kind: str, account: str, ended_at: datetime, note: str = "") -> bool:
        """End the open incident of this kind and account; False when there is none. A note replaces the old one."""
        values = {"ended_at": ended_at, **({"note": note} if note else {})}
        closed = await self._session.scalar(
            update(Incident)
            .where(Incident.kind == kind, Incident.account == account, Incident.ended_at.is_(None))
            .values(**values)
            .returning(Incident.id)
        )
        return closed is not None

    async def open_for(self, account: str) -> list[IncidentRow]:
        """Open incidents of one account, oldest first."""
        return await self._rows(select(Incident).where(Incident.account == account, Incident.ended_at.is_(None)))

    async def all_open(self) -> list[IncidentRow]:
        """Every open incident, oldest first."""
        return await self._rows(select(Incident).where(Incident.ended_at.is_(None)))

    async def between(self, first: datetime, last: datetime) -> list[IncidentRow]:
        """Incidents of which any moment lies between the two."""
        return await self._rows(
            select(Incident).where(
                Incident.started_at <= last, or_(Incident.ended_at.is_(None), Incident.ended_at >= first)
            )
        )

    async def disturbances(self, first: datetime, last: datetime) -> list[Disturbance]:
        """Times between the two in which a mailbox of ours was silent."""
        found = await self.between(first, last)
        return [Disturbance(i.started_at, i.ended_at) for i in found if i.kind == MAILBOX_SILENT]

    async def _rows(self, query: Select[Incident]) -> list[IncidentRow]:
        ordered = query.order_by(Incident.started_at, Incident.id).execution_options(populate_existing=True)
        return [to_record(IncidentRow, row) for row in await self._session.scalars(ordered)]
