"""The roster in tables: the newest one row by row, and every version that facts were made with as a snapshot."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import roster as domain
from domain.errors import StorageError
from domain.roster import Roster
from domain.terms import Scheme
from storage.rows import insert_once, to_values
from storage.schema import Address, Base, DayPlan, Delegation, Person, Placement, RevokedAddress, RosterVersion, Unit

_LOCK = 0x726F7374  # "rost": one change at a time
_snapshots: TypeAdapter[Roster] = TypeAdapter(Roster)


class RosterTables:
    """The tables of the roster inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def version(self) -> int:
        """The newest version, 0 before the first import."""
        return await self._session.scalar(select(func.max(RosterVersion.version))) or 0

    async def load(self, version: int | None = None, *, imported: bool = False) -> Roster:
        """The newest roster (empty with version 0 before the first import), or an older one.

        Revoked addresses are left out of the newest, unless it is wanted as ``imported``. Raises ``StorageError`` for a
        version that never was.
        """
        if version is None:
            newest = await self._newest()
            revoked = frozenset() if imported else await self.revoked()
            left = tuple(one for one in newest.addresses if (one.scheme, one.value) not in revoked)
            return replace(newest, addresses=left) if revoked else newest
        snapshot = await self._session.scalar(select(RosterVersion.snapshot).where(RosterVersion.version == version))
        if snapshot is None:
            raise StorageError(f"tidak ada daftar pegawai versi {version}")
        return replace(_snapshots.validate_python(snapshot), version=version)

    async def replace(self, roster: Roster, by: str, now: datetime) -> int:
        """Make ``roster`` the newest; returns its version, the old one when nothing changed.

        Placements of the past are kept by the caller (``domain.roster_diff.merge``). A trigger refuses placements of
        one person that overlap.
        """
        await self._session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        snapshot = _snapshots.dump_python(replace(roster, version=0), mode="json")
        digest = hashlib.sha256(json.dumps(snapshot, sort_keys=True).encode()).hexdigest()
        newest = await self.version()
        same = await self._session.scalar(
            select(RosterVersion.version).where(RosterVersion.version == newest, RosterVersion.sha256 == digest)
        )
        if same is not None:
            return newest
        await self._write(roster)
        await self._session.execute(
            insert(RosterVersion).values(version=newest + 1, made_by=by, made_at=now, sha256=digest, snapshot=snapshot)
        )
        return newest + 1

    async def revoked(self) -> frozenset[tuple[Scheme, str]]:
        """Addresses that speak for nobody, imported or not."""
        rows = await self._session.execute(select(RevokedAddress.scheme, RevokedAddress.value))
        return frozenset((row[0], row[1]) for row in rows)

    async def revoke(self, scheme: Scheme, value: str, by: str, now: datetime) -> bool:
        """Take an address out of use; False when it is."""
        new = {"scheme": scheme, "value": value, "by": by, "at": now}
        done = insert_once(RevokedAddress, returning_id=False).returning(RevokedAddress.value)
        return await self._session.scalar(done, new) is not None

    async def restore(self, scheme: Scheme, value: str) -> bool:
        """Take it into use again; False when it is."""
        gone = delete(RevokedAddress).where(RevokedAddress.scheme == scheme, RevokedAddress.value == value)
        return await self._session.scalar(gone.returning(RevokedAddress.value)) is not None

    async def _write(self, roster: Roster) -> None:
        for table in (Placement, Address, Delegation, DayPlan, Person, Unit):
            await self._session.execute(delete(table))
        await self._insert(Unit, roster.units.values())
        await self._insert(Person, roster.people.values())
        await self._insert(Placement, roster.placements)
        await self._insert(Address, roster.addresses)
        await self._insert(Delegation, roster.delegations)
        await self._insert(DayPlan, roster.day_plans)

    async def _insert(self, table: type[Base], things: Iterable[Any]) -> None:
        values = [{**to_values(thing), "position": position} for position, thing in enumerate(things)]
        if values:
            await self._session.execute(insert(table), values)

    async def _newest(self) -> Roster:
        units = await self._load(Unit, domain.Unit)
        people = await self._load(Person, domain.Person)
        return Roster(
            version=await self.version(),
            units=_index(units, "code"),
            people=_index(people, "key"),
            placements=tuple(await self._load(Placement, domain.Placement)),
            addresses=tuple(await self._load(Address, domain.Address)),
            delegations=tuple(await self._load(Delegation, domain.Delegation)),
            day_plans=tuple(await self._load(DayPlan, domain.DayPlan)),
        )

    async def _load(self, table: Any, record: Any) -> list[Any]:
        # Plain columns in the order of the record: an object of each row would cost four times as much.
        columns: list[Any] = [getattr(table, field.name) for field in fields(record)]
        rows = await self._session.execute(select(*columns).order_by(table.position))
        return [record(*row) for row in rows]


def _index(things: Iterable[Any], key: str) -> Mapping[str, Any]:
    return {getattr(thing, key): thing for thing in things}
