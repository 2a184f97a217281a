"""Which UIDs of a mailbox were seen: never the ``\\Seen`` flag, never only the last UID (facts: mail)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records import SightingCounts
from storage.rows import insert_once
from storage.schema import Sighting

_INSERT = insert_once(Sighting, returning_id=False)


class Sightings:
    """The table of seen UIDs inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def known(self, account: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> set[int]:
        """Those of ``uids`` that were seen before."""
        found = await self._session.scalars(
            select(Sighting.uid).where(_of(account, folder, uidvalidity), Sighting.uid == func.any(_numbers(uids)))
        )
        return set(found)

    async def add(self, account: str, folder: str, uidvalidity: int, uid: int, message_id: int, now: datetime) -> None:
        """Remember that ``uid`` is that message; a second time changes nothing."""
        await self.add_many(account, folder, uidvalidity, {uid: message_id}, now)

    async def add_many(
        self, account: str, folder: str, uidvalidity: int, seen: Mapping[int, int], now: datetime
    ) -> None:
        """Remember which message each UID is, in one statement."""
        place = {"account": account, "folder": folder, "uidvalidity": uidvalidity, "seen_at": now}
        rows = [{**place, "uid": uid, "message_id": message_id} for uid, message_id in seen.items()]
        if rows:
            await self._session.execute(_INSERT, rows)

    async def mark_gone(
        self, account: str, folder: str, uidvalidity: int, present: Iterable[int], now: datetime
    ) -> list[int]:
        """Seen UIDs that are not among ``present`` are gone from now on; returns those newly gone."""
        gone = await self._session.scalars(
            update(Sighting)
            .where(_of(account, folder, uidvalidity), Sighting.gone_at.is_(None))
            .where(Sighting.uid != func.all(_numbers(present)))
            .values(gone_at=now)
            .returning(Sighting.uid)
        )
        return sorted(gone)

    async def counts(self, account: str, folder: str, uidvalidity: int) -> SightingCounts:
        """For the reconciliation after each window."""
        row = await self._session.execute(
            select(
                func.count().filter(Sighting.gone_at.is_(None)), func.count().filter(Sighting.gone_at.is_not(None))
            ).where(_of(account, folder, uidvalidity))
        )
        present, gone = row.one()
        return SightingCounts(present, gone)


def _of(account: str, folder: str, uidvalidity: int) -> ColumnElement[bool]:
    return and_(Sighting.account == account, Sighting.folder == folder, Sighting.uidvalidity == uidvalidity)


def _numbers(uids: Iterable[int]) -> BindParameter[list[int]]:
    # One array parameter: a mailbox may hold more UIDs than a statement takes parameters.
    numbers: Any = ARRAY(BigInteger)
    return bindparam(None, sorted(uids), numbers)
