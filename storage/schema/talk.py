"""Tables of the conversation: claims on a unit, other names of an address, keterangan, remarks, asks."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.excuse import Decision
from domain.roster import AddressRole
from domain.terms import Scheme, Session, StatusKey
from storage.columns import EnumText
from storage.records_talk import ClaimState, RemarkKind
from storage.schema.base import Base, Strings, as_json, ref, serial


class AddressClaim(Base):
    """Who asked to speak for a unit, and what came of it."""

    __tablename__ = "address_claim"
    __table_args__ = (
        Index(
            "uq_address_claim_open", "scheme", "value", "unit", unique=True,
            postgresql_where=text("state IN ('asked', 'approved')"),
        ),
    )  # fmt: skip
    id: Mapped[int] = serial()
    scheme: Mapped[Scheme]
    value: Mapped[str]
    unit: Mapped[str]
    person: Mapped[str | None]
    role: Mapped[AddressRole]
    state: Mapped[ClaimState] = mapped_column(EnumText(ClaimState))
    since: Mapped[dt.datetime]
    code_hash: Mapped[str]
    code_expires_at: Mapped[dt.datetime | None]
    tries: Mapped[int]
    asked_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str]


class RevokedAddress(Base):
    """An address of the imported roster that speaks for nobody, whatever the next import says."""

    __tablename__ = "revoked_address"
    scheme: Mapped[Scheme] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    by: Mapped[str]


class AddressAlias(Base):
    """Another name that a provider gives the owner of an address (WhatsApp's business-scoped id)."""

    __tablename__ = "address_alias"
    scheme: Mapped[Scheme] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(index=True)
    seen_at: Mapped[dt.datetime]


class ExcuseTable(Base):
    """A keterangan."""

    __tablename__ = "excuse"
    __table_args__ = (
        Index("ix_excuse_person_first", "person", "first"),
        Index("ix_excuse_undecided", "unit", postgresql_where=text("decision = 'belum diputus'")),
    )
    id: Mapped[int] = serial()
    person: Mapped[str]
    unit: Mapped[str]
    key: Mapped[StatusKey]
    code: Mapped[str]
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    session: Mapped[Session | None]
    text: Mapped[str]
    filed_at: Mapped[dt.datetime]
    filed_by: Mapped[str]
    late: Mapped[bool]
    submission_id: Mapped[int | None] = ref("submission.id", index=False)
    message_id: Mapped[int | None] = ref("message.id", index=False)
    evidence_at: Mapped[dt.datetime | None]
    evidence: Mapped[Strings] = as_json(Strings)
    decision: Mapped[Decision] = mapped_column(EnumText(Decision))
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str]
    reason: Mapped[str]


class Remark(Base):
    """Words beside a mark or a submission: kendala, sanggahan, periksa."""

    __tablename__ = "remark"
    __table_args__ = (
        UniqueConstraint("message_id", "kind"),
        Index("ix_remark_unit_date", "unit", "date"),
    )
    id: Mapped[int] = serial()
    kind: Mapped[RemarkKind] = mapped_column(EnumText(RemarkKind))
    unit: Mapped[str]
    date: Mapped[dt.date]
    session: Mapped[str | None]
    submission_id: Mapped[int | None] = ref("submission.id")
    text: Mapped[str]
    files: Mapped[Strings] = as_json(Strings)
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[str]
    message_id: Mapped[int | None] = ref("message.id", index=False)
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[str]
    outcome: Mapped[str]


class Ask(Base):
    """A question with buttons that one address was asked."""

    __tablename__ = "ask"
    __table_args__ = (UniqueConstraint("token"), Index("ix_ask_address", "scheme", "address", "asked_at"))
    id: Mapped[int] = serial()
    token: Mapped[str]
    scheme: Mapped[Scheme]
    address: Mapped[str]
    kind: Mapped[str]
    submission_id: Mapped[int | None] = ref("submission.id", index=False)
    question_id: Mapped[int | None] = mapped_column(BigInteger)
    about: Mapped[dict[str, Any]]
    asked_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    answer: Mapped[str]
