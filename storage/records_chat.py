"""Records of chat channels: buttons and templates of letters, what providers say of them, what we know of addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from domain.terms import Scheme


class DeliveryState(StrEnum):
    """How far a sent letter came, as its provider says; later news of a lower rank change nothing."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"  # terminal

    @property
    def rank(self) -> int:
        """The greater wins, whatever order news come in. A message that was delivered did not fail."""
        return _RANKS[self]


_RANKS = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENT: 1,
    DeliveryState.FAILED: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.READ: 4,
}


@dataclass(frozen=True, slots=True)
class Button:
    """A quick reply: ``title`` is shown (at most 20 characters), ``payload`` comes back (at most 64 bytes)."""

    payload: str
    title: str


REMINDER_TEMPLATE = "pengingat"
"""The approved text of every reminder: it needs no reply window, so none can close before it."""


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """A message approved beforehand (``intake.templates``), with its variables ``1``, ``2`` …"""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewProviderEvent:
    """One piece of news; UNIQUE(channel, provider_id, status). ``sha256``: the archived request."""

    channel: Scheme
    provider_id: str
    status: str
    state: DeliveryState
    at: datetime
    outbox_id: int | None = None
    code: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ContactState:
    """What the desk learnt about an address beside the roster.

    ``blocked_at``: its owner blocked us or the number does not exist (``code``); nothing is sent until it writes again.
    ``stopped_at``: BERHENTI; no reminders, receipts go on.
    """

    scheme: Scheme
    value: str
    blocked_at: datetime | None = None
    code: str = ""
    stopped_at: datetime | None = None


class Leaving(IntEnum):
    """Whether a letter, or a copy by another channel, left the house; the greater counts."""

    STAYED = 0
    UNSURE = 1
    LEFT = 2
