"""Tables of attendance devices: what they sent, whose punches it was, who works in which shift.

``punch`` is append-only. Its local times carry no zone: the device's is kept with the device (facts: devices, 6).
"""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.device import ClockFlag, DeviceKind, Provisional, UploadState
from storage.columns import EnumText
from storage.schema.base import Base, Strings, as_json, ref, serial

WallTime = DateTime(timezone=False)


class Device(Base):
    """A machine, or a cloud account that speaks for one. ``synced_to``: its log is complete up to this local time."""

    __tablename__ = "device"
    id: Mapped[int] = serial()
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[DeviceKind] = mapped_column(EnumText(DeviceKind))
    zone: Mapped[str]
    serial: Mapped[str | None] = mapped_column(unique=True)
    number: Mapped[int | None]
    unit: Mapped[str | None]
    place: Mapped[str]
    address: Mapped[str | None]
    key_file: Mapped[str | None]
    networks: Mapped[Strings] = as_json(Strings)
    enabled: Mapped[bool]
    added_by: Mapped[str]
    added_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime | None]
    synced_to: Mapped[dt.datetime | None] = mapped_column(WallTime)
    drift_s: Mapped[float | None]
    drift_at: Mapped[dt.datetime | None]
    trouble: Mapped[str]


class DeviceUpload(Base):
    """One file or one post of a device; its bytes lie among the originals under ``sha256``."""

    __tablename__ = "device_upload"
    __table_args__ = (
        UniqueConstraint("device_id", "sha256"),
        Index("ix_device_upload_waiting", "id", postgresql_where=text("state IN ('kept', 'asks')")),
    )
    id: Mapped[int] = serial()
    device_id: Mapped[int] = ref("device.id", index=False)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    source: Mapped[str]
    received_at: Mapped[dt.datetime]
    state: Mapped[UploadState] = mapped_column(EnumText(UploadState))
    layout: Mapped[str]
    read: Mapped[int]
    new: Mapped[int]
    quarantined: Mapped[int]
    first_at: Mapped[dt.datetime | None] = mapped_column(WallTime)
    last_at: Mapped[dt.datetime | None] = mapped_column(WallTime)
    users: Mapped[Strings] = as_json(Strings)
    flags: Mapped[tuple[ClockFlag, ...]] = as_json(tuple[ClockFlag, ...])
    note: Mapped[str]


class Punch(Base):
    """One punch as the device told it. Append-only. -1: the layout knows no verify mode or no state.

    The key is the primary key: one index to keep, and no reference that would be checked a million times in one file;
    the upload's row is written earlier in the same transaction.
    """

    __tablename__ = "punch"
    device_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(WallTime, primary_key=True)
    verify: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    state: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    work: Mapped[str]
    upload_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int]


class DeviceQuarantine(Base):
    """A line that no punch could be made of, with its number and the reason."""

    __tablename__ = "device_quarantine"
    upload_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    text: Mapped[str]


class DeviceName(Base):
    """What a device calls one of its users; only for suggestions."""

    __tablename__ = "device_name"
    device_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class DeviceUser(Base):
    """Who an id of a device is, from when to when; a trigger refuses overlaps (transfers, recycled ids)."""

    __tablename__ = "device_user"
    __table_args__ = (
        CheckConstraint("last IS NULL OR last >= first", name="order"),
        Index("ix_device_user_device_user", "device_id", "user_id"),
    )
    id: Mapped[int] = serial()
    device_id: Mapped[int] = ref("device.id", index=False)
    user_id: Mapped[str]
    person: Mapped[str] = mapped_column(index=True)
    first: Mapped[dt.date]
    last: Mapped[dt.date | None]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]


class ClockOffset(Base):
    """A person's decision on a device's wrong clock: raw local times in the range count ``seconds`` later."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("last_at >= first_at", name="order"),)
    id: Mapped[int] = serial()
    device_id: Mapped[int] = ref("device.id")
    first_at: Mapped[dt.datetime] = mapped_column(WallTime)
    last_at: Mapped[dt.datetime] = mapped_column(WallTime)
    seconds: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[dt.datetime | None]


class DeviceLayout(Base):
    """How an operator said a layout of a device is to be read, by the signature of its first lines."""

    __tablename__ = "device_layout"
    __table_args__ = (UniqueConstraint("device_id", "signature"),)
    id: Mapped[int] = serial()
    device_id: Mapped[int] = ref("device.id", index=False)
    signature: Mapped[str]
    columns: Mapped[dict[str, Any]]
    date_order: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]


class Shift(Base):
    """A pattern of working hours (MLG-16); it ends on the next day when ``ends`` is not after ``starts``."""

    __tablename__ = "shift"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    starts: Mapped[dt.time]
    ends: Mapped[dt.time]
    before_minutes: Mapped[int]
    after_minutes: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]


class ShiftAssignment(Base):
    """Who works in which shift from when to when; ``weekdays`` empty: every day (MLG-16)."""

    __tablename__ = "shift_assignment"
    __table_args__ = (CheckConstraint("last IS NULL OR last >= first", name="order"),)
    id: Mapped[int] = serial()
    person: Mapped[str] = mapped_column(index=True)
    shift: Mapped[str]
    first: Mapped[dt.date]
    last: Mapped[dt.date | None]
    weekdays: Mapped[tuple[int, ...]] = as_json(tuple[int, ...])
    letter: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]


class ProvisionalAbsence(Base):
    """What was said of a person's day without presence and keterangan (MLG-07). Append-only: the last word counts."""

    __tablename__ = "provisional_absence"
    __table_args__ = (Index("ix_provisional_absence_person_date", "person", "date"),)
    id: Mapped[int] = serial()
    person: Mapped[str]
    unit: Mapped[str]
    date: Mapped[dt.date] = mapped_column(index=True)
    word: Mapped[Provisional] = mapped_column(EnumText(Provisional))
    because: Mapped[str]
    by: Mapped[str]
    recorded_at: Mapped[dt.datetime]
