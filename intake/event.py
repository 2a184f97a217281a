"""One message as a chat channel understood it, and how it lies in a row of ``message`` (``claims``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.terms import Scheme
from storage.records import MessageRow, MessageState, NewMessage

WITHOUT = "\x00"  # PostgreSQL keeps no NUL


class EventKind(StrEnum):
    """What a message is to the desk."""

    FILE = "file"  # something that may be a sheet
    TEXT = "text"
    BUTTON = "button"
    OTHER = "other"  # voice, sticker, place, contact, film, or nothing at all


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file that still lies at the provider; ``ref`` is its own word for it. ``size`` in bytes when it was told."""

    ref: str
    media_type: str = ""
    name: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One message to the desk.

    ``addresses``: every address that the provider gives for its sender, the telephone number first; telephone numbers
    are E.164 digits without ``+``. ``provider_time`` is None where the request does not say it. ``what`` names the
    content of an OTHER (``voice``, ``sticker`` …). ``reply_to`` is the provider's id of the message it answers,
    ``button`` the payload that was tapped, ``album`` what the parts of one album share, ``handle`` what
    ``acknowledge`` needs.
    """

    channel: Scheme
    account: str
    event_id: str
    kind: EventKind
    addresses: tuple[str, ...]
    to: str
    received_at: datetime
    provider_time: datetime | None = None
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    reply_to: str | None = None
    button: str | None = None
    what: str = ""
    album: str | None = None
    handle: str | None = None
    raw: bytes = field(default=b"", repr=False, compare=False)

    @property
    def address(self) -> str:
        """The sender, as answers are addressed."""
        return self.addresses[0]

    def to_message(self, sha256: str) -> NewMessage:
        """The inbox row; ``sha256`` names the archived request."""
        return NewMessage(
            channel=self.channel,
            account=self.account,
            event_id=self.event_id,
            sha256=sha256,
            size=len(self.raw),
            official_at=self.provider_time or self.received_at,
            official_basis="provider" if self.provider_time else "first_seen",
            first_seen_at=self.received_at,
            from_address=self.address,
            claims=self._claims(),
            state=MessageState.FETCHING if self.kind is EventKind.FILE else MessageState.TALKING,
        )

    def _claims(self) -> dict[str, Any]:
        told = {
            "kind": self.kind.value,
            "addresses": list(self.addresses),
            "to": self.to,
            "text": self.text.replace(WITHOUT, ""),
            "media": [{"ref": m.ref, "type": m.media_type, "name": m.name, "size": m.size} for m in self.media],
            "reply_to": self.reply_to,
            "button": self.button and self.button.replace(WITHOUT, ""),
            "what": self.what,
            "album": self.album,
            "handle": self.handle,
        }
        return {name: value for name, value in told.items() if value}


def event_of(row: MessageRow) -> InboundEvent:
    """The event that ``row`` was made of, without its raw bytes (they lie in the archive)."""
    claims: Mapping[str, Any] = row.claims
    media = claims.get("media", ())
    return InboundEvent(
        channel=row.channel,
        account=row.account,
        event_id=row.event_id,
        kind=EventKind(claims["kind"]),
        addresses=tuple(claims["addresses"]),
        to=claims.get("to", ""),
        received_at=row.first_seen_at,
        provider_time=row.official_at if row.official_basis == "provider" else None,
        text=claims.get("text", ""),
        media=tuple(MediaRef(m["ref"], m["type"], m["name"], m["size"]) for m in media),
        reply_to=claims.get("reply_to"),
        button=claims.get("button"),
        what=claims.get("what", ""),
        album=claims.get("album"),
        handle=claims.get("handle"),
    )
