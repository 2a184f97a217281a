"""Tables of chat channels: what providers say of our letters, and what is known of addresses beside the roster."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.terms import Scheme
from storage.records_chat import DeliveryState
from storage.schema.base import Base, ref, serial


class ProviderEvent(Base):
    """News about one of our letters."""

    __tablename__ = "provider_event"
    __table_args__ = (UniqueConstraint("channel", "provider_id", "status"),)
    id: Mapped[int] = serial()
    channel: Mapped[Scheme]
    provider_id: Mapped[str]
    status: Mapped[str]
    state: Mapped[DeliveryState]
    at: Mapped[dt.datetime]
    outbox_id: Mapped[int | None] = ref("outbox.id")
    code: Mapped[str]
    sha256: Mapped[str]


class Contact(Base):
    """An address that blocked us, does not exist, or asked for silence."""

    __tablename__ = "contact"
    scheme: Mapped[Scheme] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    blocked_at: Mapped[dt.datetime | None]
    code: Mapped[str]
    stopped_at: Mapped[dt.datetime | None]
