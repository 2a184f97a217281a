"""Tables of what is watched: incidents and the audit trail."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, serial


class Incident(Base):
    """A disturbance; at most one of a kind and account is open."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("uq_incident_open", "kind", "account", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[int] = serial()
    kind: Mapped[str]
    scope: Mapped[str]
    account: Mapped[str]
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    note: Mapped[str]


class Audit(Base):
    """Who did what to what; ids only. Append-only."""

    __tablename__ = "audit"
    id: Mapped[int] = serial()
    at: Mapped[dt.datetime]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    actor: Mapped[str]
    detail: Mapped[dict[str, Any]]


class AuditSeal(Base):
    """One link of the chain: ``hash`` covers ``prev`` and the row's own hash. Append-only.

    ``seq`` has no gaps and is the order of sealing; rows of slow transactions are sealed later than their id says.
    """

    __tablename__ = "audit_seal"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    prev: Mapped[str]
    row_hash: Mapped[str]
    hash: Mapped[str]
