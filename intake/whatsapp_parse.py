"""What Twilio's requests and resources say, as events (facts: chat, "Inbound fields"). Unknown fields are ignored."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

from domain.errors import Refusal
from domain.terms import Scheme
from intake.channel import DeliveryNews, Received
from intake.event import EventKind, InboundEvent, MediaRef
from intake.whatsapp_codes import meaning
from storage.records_chat import DeliveryState

_STATES = {
    "accepted": DeliveryState.QUEUED,
    "scheduled": DeliveryState.QUEUED,
    "queued": DeliveryState.QUEUED,
    "sending": DeliveryState.QUEUED,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "partially_delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}
_NOT_SHEETS = {"audio": "voice", "video": "video"}
_TYPES = {
    "audio": "voice", "voice": "voice", "video": "video", "sticker": "sticker", "location": "location",
    "contacts": "contact", "reaction": "reaction",
}  # fmt: skip
_ID = re.compile(r"ID\.\d+")


def form_of(raw: bytes) -> dict[str, list[str]]:
    """The fields of a request in their order; blank values stay (the signature covers them)."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def address_of(wire: str) -> str:
    """``whatsapp:+62812…`` as ``62812…``, ``whatsapp:ID.123`` as ``ID.123``; empty for anything else."""
    value = wire.partition(":")[2] if wire.startswith("whatsapp:") else wire
    if _ID.fullmatch(value):
        return value
    digits = value.strip().removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else ""


def wire_of(address: str) -> str:
    """The other way round."""
    return f"whatsapp:{address}" if _ID.fullmatch(address) else f"whatsapp:+{address}"


def read_request(url: str, raw: bytes, account: str, received_at: datetime) -> Received:
    """A verified request: news when it carries ``MessageStatus``, else one message; neither: nothing."""
    fields = {name: values[0] for name, values in form_of(raw).items()}
    if "MessageStatus" in fields:
        told = _news(fields, url)
        return Received(news=(told,) if told else ())
    sid = fields.get("MessageSid", "")
    addresses = tuple(
        dict.fromkeys(
            a for a in (address_of(fields.get("From", "")), address_of(fields.get("ExternalUserId", ""))) if a
        )
    )
    if not sid or not addresses:
        return Received()
    media = _media(fields)
    kind, what = _kind(fields, media)
    return Received(
        events=(
            InboundEvent(
                channel=Scheme.WHATSAPP,
                account=account,
                event_id=sid,
                kind=kind,
                addresses=addresses,
                to=address_of(fields.get("To", "")),
                received_at=received_at,
                text=fields.get("Body", ""),
                media=media if kind is EventKind.FILE else (),
                reply_to=fields.get("OriginalRepliedMessageSid") or None,
                button=fields.get("ButtonPayload") or fields.get("ButtonText") or None,
                what=what,
                raw=raw,
            ),
        )
    )


def _news(fields: Mapping[str, str], url: str) -> DeliveryNews | None:
    status, sid = fields["MessageStatus"], fields.get("MessageSid", "")
    state = _STATES.get(status)
    if state is None or not sid:
        return None
    told = parse_qs(urlsplit(url).query).get("outbox", [""])[0]
    code = fields.get("ErrorCode", "")
    refusal = meaning(code)
    return DeliveryNews(
        provider_id=sid,
        status=status,
        state=state,
        outbox_id=int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None,
        code=code,
        refusal=refusal if isinstance(refusal, Refusal) else None,
    )


def _media(fields: Mapping[str, str]) -> tuple[MediaRef, ...]:
    count = fields.get("NumMedia", "0")
    found = range(min(int(count), 30) if count.isdigit() else 0)
    return tuple(
        MediaRef(fields[f"MediaUrl{n}"], fields.get(f"MediaContentType{n}", ""), _file_name(fields, n))
        for n in found
        if fields.get(f"MediaUrl{n}")
    )


def _file_name(fields: Mapping[str, str], number: int) -> str:
    """Twilio gives a document's own name as the body of its message, and none at all for photos."""
    body = fields.get("Body", "").strip()
    is_document = not fields.get(f"MediaContentType{number}", "").startswith("image/")
    return body if is_document and re.fullmatch(r"[^/\\\n]{1,120}\.\w{2,5}", body) else ""


def _kind(fields: Mapping[str, str], media: tuple[MediaRef, ...]) -> tuple[EventKind, str]:
    told = fields.get("MessageType", "")
    if what := _TYPES.get(told):
        return EventKind.OTHER, what
    if media:
        what = media_word(media[0].media_type)
        return (EventKind.OTHER, what) if what else (EventKind.FILE, "")
    if fields.get("ButtonPayload") or fields.get("ButtonText"):
        return EventKind.BUTTON, ""
    if fields.get("Latitude"):
        return EventKind.OTHER, "location"
    return (EventKind.TEXT, "") if fields.get("Body", "").strip() else (EventKind.OTHER, "empty")


def media_word(media_type: str) -> str:
    """What a file is that can be no sheet (``voice``, ``video``, ``contact``); empty for all others."""
    if media_type.lower() in ("text/vcard", "text/x-vcard"):
        return "contact"
    return _NOT_SHEETS.get(media_type.lower().partition("/")[0], "")


def provider_moment(text: str) -> datetime | None:
    """``Tue, 24 Nov 2026 00:12:00 +0000``; None for what is no such date."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
