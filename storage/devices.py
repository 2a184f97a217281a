"""Devices, who their ids are, decisions on their clocks and layouts, shifts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.locks import is_held
from storage.records_devices import (
    AssignmentRow,
    DeviceRow,
    DeviceUserRow,
    NewAssignment,
    NewDevice,
    NewDeviceUser,
    NewLayout,
    NewOffset,
    OffsetRow,
    ShiftRow,
)
from storage.rows import to_record, to_values
from storage.schema import ClockOffset, Device, DeviceLayout, DeviceName, DeviceUser, Shift, ShiftAssignment

_FRESH: Mapping[str, Any] = {"seen_at": None, "synced_to": None, "drift_s": None, "drift_at": None, "trouble": ""}


class Devices:
    """The tables around devices inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, device: NewDevice) -> int | None:
        """Make a device known; None when its name or serial is taken."""
        values = {**to_values(device), **_FRESH}
        return await self._session.scalar(
            pg_insert(Device).values(**values).on_conflict_do_nothing().returning(Device.id)
        )

    async def all(self) -> list[DeviceRow]:
        """Every device in the order of names."""
        rows = await self._session.scalars(
            select(Device).order_by(Device.name).execution_options(populate_existing=True)
        )
        return [to_record(DeviceRow, row) for row in rows]

    async def by_name(self, name: str) -> DeviceRow | None:
        """One device."""
        return await self._one(Device.name == name)

    async def by_serial(self, serial: str) -> DeviceRow | None:
        """The device that calls itself ``serial``: the allow-list of what may call in."""
        return await self._one(Device.serial == serial)

    async def get(self, device_id: int) -> DeviceRow | None:
        """One device by its running number."""
        return await self._one(Device.id == device_id)

    async def change(self, device_id: int, values: Mapping[str, Any]) -> None:
        """Set columns of a device; the caller audits."""
        await self._session.execute(update(Device).where(Device.id == device_id).values(**values))

    async def seen(self, device_id: int, now: datetime, synced_to: datetime | None = None, trouble: str = "") -> None:
        """The device spoke at ``now``; its log is complete up to the local time ``synced_to``, if given."""
        values: dict[str, Any] = {"seen_at": func.greatest(Device.seen_at, now), "trouble": trouble}
        if synced_to is not None:
            values["synced_to"] = func.greatest(Device.synced_to, synced_to)
        await self.change(device_id, values)

    async def map_user(self, user: NewDeviceUser) -> int:
        """Say who an id is; a database error when the id is somebody else's on one of the days (use ``nested``)."""
        made = await self._session.execute(insert(DeviceUser).values(**to_values(user)).returning(DeviceUser.id))
        return int(made.scalar_one())

    async def end_user(self, device_id: int, user_id: str, last: date) -> int:
        """Let the open mapping of an id end with ``last``; returns how many were open (0 or 1)."""
        ended = await self._session.scalars(
            update(DeviceUser)
            .where(DeviceUser.device_id == device_id, DeviceUser.user_id == user_id)
            .where(DeviceUser.last.is_(None), DeviceUser.first <= last)
            .values(last=last)
            .returning(DeviceUser.id)
        )
        return len(ended.all())

    async def users(self, device_id: int | None = None, people: Iterable[str] | None = None) -> list[DeviceUserRow]:
        """Mappings, of one device or of some people only, oldest first."""
        query = select(DeviceUser).order_by(DeviceUser.device_id, DeviceUser.user_id, DeviceUser.first)
        if device_id is not None:
            query = query.where(DeviceUser.device_id == device_id)
        if people is not None:
            query = query.where(DeviceUser.person.in_(list(people)))
        rows = await self._session.scalars(query.execution_options(populate_existing=True))
        return [to_record(DeviceUserRow, row) for row in rows]

    async def name_users(self, device_id: int, names: Mapping[str, str]) -> None:
        """Keep what the device calls its users; the last name counts."""
        if not names:
            return
        put = pg_insert(DeviceName)
        put = put.on_conflict_do_update(index_elements=["device_id", "user_id"], set_={"name": put.excluded.name})
        await self._session.execute(
            put, [{"device_id": device_id, "user_id": user, "name": name} for user, name in names.items()]
        )

    async def add_offset(self, offset: NewOffset) -> int:
        """Keep a decision on a device's clock; the caller audits."""
        made = await self._session.execute(
            insert(ClockOffset).values(**to_values(offset), revoked_by=None, revoked_at=None).returning(ClockOffset.id)
        )
        return int(made.scalar_one())

    async def revoke_offset(self, offset_id: int, by: str, now: datetime) -> bool:
        """Take a decision back; False when it is not in force."""
        revoked = await self._session.scalar(
            update(ClockOffset)
            .where(ClockOffset.id == offset_id, ClockOffset.revoked_at.is_(None))
            .values(revoked_by=by, revoked_at=now)
            .returning(ClockOffset.id)
        )
        return revoked is not None

    async def offsets(self, device_id: int | None = None, *, in_force: bool = True) -> list[OffsetRow]:
        """Decisions on clocks, oldest first."""
        query = select(ClockOffset).order_by(ClockOffset.id).execution_options(populate_existing=True)
        if device_id is not None:
            query = query.where(ClockOffset.device_id == device_id)
        if in_force:
            query = query.where(ClockOffset.revoked_at.is_(None))
        return [to_record(OffsetRow, row) for row in await self._session.scalars(query)]

    async def remember_layout(self, layout: NewLayout) -> None:
        """Keep how a layout of a device is read; the last word counts."""
        put = pg_insert(DeviceLayout).values(**to_values(layout))
        changed = {name: put.excluded[name] for name in ("columns", "date_order", "made_by", "made_at")}
        await self._session.execute(put.on_conflict_do_update(index_elements=["device_id", "signature"], set_=changed))

    async def layout(self, device_id: int, signature: str) -> NewLayout | None:
        """How an operator said this layout is read."""
        row = await self._session.scalar(
            select(DeviceLayout)
            .where(DeviceLayout.device_id == device_id, DeviceLayout.signature == signature)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_record(NewLayout, row)

    async def put_shift(self, shift: ShiftRow) -> None:
        """Make or change a shift; the caller audits."""
        values = to_values(shift)
        await self._session.execute(
            pg_insert(Shift).values(**values).on_conflict_do_update(index_elements=["code"], set_=values)
        )

    async def shifts(self) -> list[ShiftRow]:
        """Every shift in the order of codes."""
        rows = await self._session.scalars(select(Shift).order_by(Shift.code).execution_options(populate_existing=True))
        return [to_record(ShiftRow, row) for row in rows]

    async def assign(self, assignments: Sequence[NewAssignment]) -> None:
        """Put people into shifts; a later assignment beats an earlier one on the days of both."""
        if assignments:
            await self._session.execute(insert(ShiftAssignment), [to_values(a) for a in assignments])

    async def assignments(self, people: Iterable[str] | None = None) -> list[AssignmentRow]:
        """Who works in which shift, in the order of decisions."""
        query = select(ShiftAssignment).order_by(ShiftAssignment.id)
        if people is not None:
            query = query.where(ShiftAssignment.person.in_(list(people)))
        rows = await self._session.scalars(query.execution_options(populate_existing=True))
        return [to_record(AssignmentRow, row) for row in rows]

    async def worker_alive(self) -> bool:
        """Whether a device worker of this installation runs, on whatever machine."""
        return await is_held(self._session, "devices")

    async def _one(self, where: Any) -> DeviceRow | None:
        row = await self._session.scalar(select(Device).where(where).execution_options(populate_existing=True))
        return None if row is None else to_record(DeviceRow, row)
