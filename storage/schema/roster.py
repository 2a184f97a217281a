"""Tables of who belongs where, and of what was declared."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.calendar import CalendarOverride
from domain.fallback import Scope
from domain.roster import AddressRole, Route
from domain.terms import Pattern, Scheme, Session
from storage.schema.base import Base, Strings, as_json, serial


class Unit(Base):
    """A unit of the current roster."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    pattern: Mapped[Pattern]
    parent: Mapped[str | None]
    route: Mapped[Route]
    coordinator: Mapped[str | None]
    mailbox: Mapped[str | None]
    aliases: Mapped[Strings] = as_json(Strings)


class Person(Base):
    """A person of the current roster; people are never removed, their placements end."""

    __tablename__ = "person"
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    bare_name: Mapped[str]
    nip: Mapped[str | None]
    employment: Mapped[str]
    grade: Mapped[str]
    rank: Mapped[str]
    post: Mapped[str]
    echelon: Mapped[str]
    finger_id: Mapped[str | None]
    superior: Mapped[str | None]
    phone: Mapped[str]
    sex: Mapped[str]


class Placement(Base):
    """Who belonged where from when to when; a trigger refuses overlaps of one person."""

    __tablename__ = "placement"
    __table_args__ = (CheckConstraint("last IS NULL OR last >= first", name="order"),)
    id: Mapped[int] = serial()
    position: Mapped[int]
    person: Mapped[str] = mapped_column(ForeignKey("person.key"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    first: Mapped[dt.date]
    last: Mapped[dt.date | None]
    head: Mapped[bool]


class Address(Base):
    """A registered address."""

    __tablename__ = "address"
    id: Mapped[int] = serial()
    position: Mapped[int]
    scheme: Mapped[Scheme]
    value: Mapped[str]
    unit: Mapped[str | None]
    person: Mapped[str | None]
    role: Mapped[AddressRole]
    first: Mapped[dt.date | None]
    last: Mapped[dt.date | None]


class Delegation(Base):
    """Who signs for a head."""

    __tablename__ = "delegation"
    id: Mapped[int] = serial()
    position: Mapped[int]
    unit: Mapped[str]
    person: Mapped[str]
    kind: Mapped[str]
    first: Mapped[dt.date]
    last: Mapped[dt.date | None]


class DayPlan(Base):
    """A person's shift or day off."""

    __tablename__ = "day_plan"
    person: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    position: Mapped[int]
    expected: Mapped[bool]
    shift: Mapped[str]


class RosterVersion(Base):
    """Every roster that facts were made with, whole: a past reading can be repeated."""

    __tablename__ = "roster_version"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]
    sha256: Mapped[str]
    snapshot: Mapped[dict[str, Any]]


class PeriodTable(Base):
    """A declared fallback period (TLG-00)."""

    __tablename__ = "period"
    id: Mapped[int] = serial()
    scope: Mapped[Scope]
    members: Mapped[frozenset[str]] = as_json(frozenset[str])
    first_day: Mapped[dt.date]
    first_session: Mapped[Session]
    last_day: Mapped[dt.date | None]
    last_session: Mapped[Session | None]
    reason: Mapped[str]
    letter: Mapped[str]
    declared_by: Mapped[str]
    declared_at: Mapped[dt.datetime]
    retroactive: Mapped[bool]


class CalendarOverrideTable(Base):
    """A decision on working days; later rows beat earlier ones of the same rank."""

    __tablename__ = "calendar_override"
    id: Mapped[int] = serial()
    decision: Mapped[CalendarOverride] = as_json(CalendarOverride)
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]
