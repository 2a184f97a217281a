"""What a channel that sends must do: the outbox knows nothing else of mail servers and providers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.terms import Scheme


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """One attachment; ``media_type`` such as ``application/pdf``."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one address: a refused address must never repeat what another has received.

    ``dedupe_key`` is the outbox row's: the same key gives the same Message-ID. ``in_reply_to`` and ``references``
    are ids with their angle brackets, the oldest first; a mail that replies is ``auto-replied``, any other
    ``auto-generated``. At ``expires_at`` (the product's clock) its time is over: it is not handed over any more.
    """

    dedupe_key: str
    to: str
    subject: str
    text: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message; ``provider_id`` is the id to know it by (mail: the Message-ID)."""

    provider_id: str


class Channel(Protocol):
    """One way out. Errors: ``Retryable`` (try again, perhaps after seconds), ``Permanent``, ``Expired``."""

    scheme: Scheme

    async def send(self, message: OutgoingMail) -> Accepted:
        """Hand ``message`` to the provider; returns only when the provider answered for it."""
        ...

    async def close(self) -> None:
        """Let go of connections; a later ``send`` may open them again."""
        ...
