"""Tables of what came in and of what goes out."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import Authenticity, Scheme
from storage.records import LetterFile, MessageState, OutboxState
from storage.records_chat import Button, DeliveryState, TemplateCall
from storage.schema.base import Base, as_json, ref, serial


class Message(Base):
    """A received message; its bytes lie in the archive under ``sha256``."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "account", "event_id"),
        Index("ix_message_from_address", "channel", "from_address", "first_seen_at"),
        Index("ix_message_unfinished", "next_try_at", postgresql_where=text("state IN ('new', 'fetching', 'talking')")),
    )
    id: Mapped[int] = serial()
    channel: Mapped[Scheme]
    account: Mapped[str]
    event_id: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    header_id: Mapped[str | None] = mapped_column(index=True)
    from_address: Mapped[str | None]
    subject: Mapped[str]
    official_at: Mapped[dt.datetime]
    official_basis: Mapped[str]
    internal_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    first_seen_at: Mapped[dt.datetime]
    claims: Mapped[dict[str, Any]]
    duplicate_of: Mapped[int | None] = ref("message.id", index=False)
    state: Mapped[MessageState]
    note: Mapped[str]
    attempts: Mapped[int]
    next_try_at: Mapped[dt.datetime]
    claimed_until: Mapped[dt.datetime | None]
    claimed_by: Mapped[int | None]
    sender_address: Mapped[str | None] = mapped_column(index=True)
    authenticity: Mapped[Authenticity | None]
    sender_reason: Mapped[str]


class Sighting(Base):
    """A UID that was seen; ``gone_at`` when a later scan did not find it."""

    __tablename__ = "sighting"
    account: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    message_id: Mapped[int] = ref("message.id")
    seen_at: Mapped[dt.datetime]
    gone_at: Mapped[dt.datetime | None]


class File(Base):
    """An archived attachment, once for all messages that carried it."""

    __tablename__ = "file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]


class MessageFile(Base):
    """Which message carried which file where."""

    __tablename__ = "message_file"
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("message.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), index=True)
    name: Mapped[str]


class FileReading(Base):
    """What one reader saw in one file."""

    __tablename__ = "file_reading"
    sha256: Mapped[str] = mapped_column(ForeignKey("file.sha256"), primary_key=True)
    reader: Mapped[str] = mapped_column(primary_key=True)
    reading: Mapped[dict[str, Any]]


class Outbox(Base):
    """A letter to be sent once."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_outbox_unfinished", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_to_address_due_at", "to_address", "due_at"),
        Index("ix_outbox_provider_id", "provider_id"),
        Index("ix_outbox_failed", "closed_at", postgresql_where=text("state = 'failed'")),
    )
    id: Mapped[int] = serial()
    dedupe_key: Mapped[str]
    scheme: Mapped[Scheme]
    to_address: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    headers: Mapped[dict[str, Any]]
    files: Mapped[tuple[LetterFile, ...]] = as_json(tuple[LetterFile, ...])
    due_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]
    message_id: Mapped[int | None] = ref("message.id")
    submission_id: Mapped[int | None] = ref("submission.id")
    state: Mapped[OutboxState]
    attempts: Mapped[int]
    next_try_at: Mapped[dt.datetime]
    claimed_until: Mapped[dt.datetime | None]
    claimed_by: Mapped[int | None]
    provider_id: Mapped[str | None]
    sent_at: Mapped[dt.datetime | None]
    error_code: Mapped[str]
    error: Mapped[str]
    short: Mapped[str]
    buttons: Mapped[tuple[Button, ...]] = as_json(tuple[Button, ...])
    template: Mapped[TemplateCall | None] = as_json(TemplateCall)
    replaces: Mapped[int | None] = mapped_column(BigInteger)
    unsure: Mapped[bool]
    withheld: Mapped[bool]
    first_tried_at: Mapped[dt.datetime | None]
    delivery: Mapped[DeliveryState | None]
    delivery_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]


class MailCursor(Base):
    """The last successful search of one folder."""

    __tablename__ = "mail_cursor"
    account: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    searched_at: Mapped[dt.datetime]


class OAuthToken(Base):
    """The newest rotated refresh token of one account."""

    __tablename__ = "oauth_token"
    account: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    stored_at: Mapped[dt.datetime]
