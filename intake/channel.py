"""The boundary to every channel: what comes in, what goes out, what becomes of it (facts: chat, "The boundary").

The rest of the product knows nothing else of mail servers and providers. A new channel is one file that fulfils
``Channel`` (and ``ChatChannel`` when it also receives through webhooks or a poll), one line in ``intake.registry``, one
block of settings, one test file that gives it to ``tests/contract``.

Whether the provider took a message is told by return or by error, never by a status:

=====================  ==========================================================================================
``Accepted(id)``       taken; the id is the provider's
``Retryable``          not taken, try again (``after`` seconds, ``outage``: our own line is down)
``Permanent``          never; ``refusal`` says what the desk must do about it
``Expired``            its time was over before it could be handed over
``Unknown``            perhaps taken: ``find`` is asked before it is handed over again
=====================  ==========================================================================================
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.errors import Refusal
from domain.terms import Scheme
from intake.event import InboundEvent, MediaRef
from storage.records_chat import Button, DeliveryState, TemplateCall


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """One attachment; ``media_type`` such as ``application/pdf``. ``link``: where a provider may fetch it itself."""

    name: str
    media_type: str
    data: bytes
    link: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one address: a refused address must never repeat what another has received.

    ``dedupe_key`` is the outbox row's: for mail the same key gives the same Message-ID. ``in_reply_to`` and
    ``references`` are ids with their angle brackets, the oldest first; a mail that replies is ``auto-replied``, any
    other ``auto-generated``. At ``expires_at`` (the product's clock) its time is over: it is not handed over any more.

    For chats: ``outbox_id`` goes into the callback address, so that a lost answer resolves itself; ``buttons`` are
    shown below the text; ``template`` is what may be said outside the reply window; ``heard_at`` is when it last
    wrote to us through the channel (None: never).
    """

    dedupe_key: str
    to: str
    subject: str
    text: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()
    expires_at: datetime | None = None
    outbox_id: int = 0
    buttons: tuple[Button, ...] = ()
    template: TemplateCall | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message; ``provider_id`` is the id to know it by (mail: the Message-ID).

    ``withheld``: only word of it could be said now; the text itself waits until the receiver asks for it.
    """

    provider_id: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can carry.

    ``text_limit``: characters of one message (0: none). ``buttons``: how many below one text. ``files``: whether it
    carries attachments. ``reply_window``: free text only within this time after the address wrote (None: always).
    ``finds``: whether ``find`` can tell what became of an earlier attempt.
    """

    text_limit: int = 0
    buttons: int = 0
    files: bool = True
    reply_window: timedelta | None = None
    finds: bool = False


class Channel(Protocol):
    """One way out. Errors of ``send`` are those of the table above."""

    scheme: Scheme
    capabilities: Capabilities

    async def send(self, message: OutgoingMessage) -> Accepted:
        """Hand ``message`` to the provider; returns only when the provider answered for it."""
        ...

    async def find(self, message: OutgoingMessage, since: datetime) -> Sequence[Accepted]:
        """What the provider may have taken of ``message`` since then (real time); empty: nothing, or it cannot tell.

        Raises ``Retryable`` when the provider does not answer.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; a later ``send`` may open them again."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """What one request of a provider holds: messages to us, and news of our own."""

    events: tuple[InboundEvent, ...] = ()
    news: tuple["DeliveryNews", ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryNews:
    """The provider says what became of one of our messages. ``outbox_id`` comes from our callback address."""

    provider_id: str
    status: str
    state: DeliveryState
    outbox_id: int | None = None
    code: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as the provider handed it over."""

    data: bytes
    media_type: str
    name: str = ""


class ChatChannel(Channel, Protocol):
    """A channel that people also write to. ``account`` is our own address there."""

    account: str

    def verify(self, url: str, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether the provider itself made this request to the public address ``url``; header names in lower case."""
        ...

    def parse(self, url: str, raw: bytes, received_at: datetime) -> Received:
        """What a verified request says. Unknown fields are ignored: providers add some unannounced."""
        ...

    def answer(self) -> tuple[bytes, str]:
        """Body and media type of the 200 that tells the provider "kept"."""
        ...

    async def fetch_media(self, ref: MediaRef) -> Fetched:
        """The file. Raises ``Retryable`` (not there yet, no answer) or ``Permanent`` (too large, not ours to fetch)."""
        ...

    async def time_of(self, event: InboundEvent) -> datetime | None:
        """When the provider received it (TLG-04), if the event did not say; raises ``Retryable``."""
        ...

    async def acknowledge(self, event: InboundEvent) -> None:
        """Tell the sender's screen that a button was heard; faults are swallowed, the answer itself follows."""
        ...

    async def recent(
        self, since: datetime, unknown: Callable[[Collection[str]], Awaitable[set[str]]]
    ) -> Sequence[InboundEvent]:
        """Messages that the provider received since then and whose ids ``unknown`` picks: requests that never came.

        Empty for a channel that cannot list them. Raises ``Retryable`` or ``Unknown``.
        """
        ...

    async def name(self) -> str:
        """The name that the provider knows us by, for ``posko doctor``; raises ``ChannelError``."""
        ...

    async def forget(self, ref: MediaRef) -> None:
        """Delete a file at the provider (UU 27/2022); one that is gone already is fine. Raises ``Retryable``."""
        ...
