"""Tables of the web desk: accounts, sessions, tokens, contacts made, review items taken."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.account import ContactOutcome, ContactWay, Role
from storage.columns import EnumText
from storage.schema.base import Base, serial


class Account(Base):
    """Somebody who may log in. ``unit`` is set for role ``opd``, ``mailbox`` for receivers (TLG-17)."""

    __tablename__ = "account"
    id: Mapped[int] = serial()
    name: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    role: Mapped[Role] = mapped_column(EnumText(Role))
    unit: Mapped[str | None]
    mailbox: Mapped[str | None]
    person: Mapped[str | None]
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int] = mapped_column(BigInteger)
    locked_at: Mapped[dt.datetime | None]
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str]


class DeskSession(Base):
    """A login, known by the hash of its cookie. Moments are real time."""

    __tablename__ = "desk_session"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    second_factor: Mapped[bool]
    made_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]


class LoginAttempt(Base):
    """A failed login, for the brake on guessing. Real time; swept after a day."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_at", "at"),)
    id: Mapped[int] = serial()
    name: Mapped[str] = mapped_column(index=True)
    peer: Mapped[str] = mapped_column(index=True)
    at: Mapped[dt.datetime]


class ApiToken(Base):
    """A machine's key to ``/api/v1``, known by its hash; ``unit`` narrows it to one unit."""

    __tablename__ = "api_token"
    id: Mapped[int] = serial()
    label: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    unit: Mapped[str | None]
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str]
    revoked_at: Mapped[dt.datetime | None]
    used_at: Mapped[dt.datetime | None]


class ContactLog(Base):
    """One contact made with a unit that had not sent (TLG-D3). Append-only."""

    __tablename__ = "contact_log"
    __table_args__ = (Index("ix_contact_log_date_session", "date", "session"),)
    id: Mapped[int] = serial()
    unit: Mapped[str]
    date: Mapped[dt.date]
    session: Mapped[str]
    way: Mapped[ContactWay] = mapped_column(EnumText(ContactWay))
    outcome: Mapped[ContactOutcome] = mapped_column(EnumText(ContactOutcome))
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class ReviewClaim(Base):
    """Who has an item of the review queue before him, and until when (real time)."""

    __tablename__ = "review_claim"
    question_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("question.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    until: Mapped[dt.datetime]
