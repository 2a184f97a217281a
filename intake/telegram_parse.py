"""What Telegram's updates say, as events (facts: chat, "Telegram"). Only private conversations are the desk's."""

import json
from datetime import datetime

import telegram
from telegram.constants import ChatType

from domain.terms import Scheme
from intake.event import EventKind, InboundEvent, MediaRef

ALLOWED = ("message", "callback_query")
_OTHERS = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
    "sticker": "sticker", "location": "location", "venue": "location", "contact": "contact",
}  # fmt: skip


def read_update(raw: bytes, account: str, received_at: datetime) -> InboundEvent | None:
    """One update; None for what is nobody's message to the desk (groups, channels, edits)."""
    try:
        update = telegram.Update.de_json(json.loads(raw), None)
    except (ValueError, TypeError, KeyError):
        return None
    if update.callback_query is not None:
        return _button(update, update.callback_query, account, received_at, raw)
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE or message.from_user is None:
        return None
    media = _media(message)
    kind, what = _kind(message, media)
    answered = message.reply_to_message
    return InboundEvent(
        channel=Scheme.TELEGRAM,
        account=account,
        event_id=str(update.update_id),
        kind=kind,
        addresses=(str(message.from_user.id),),
        to=account,
        received_at=received_at,
        provider_time=message.date,
        text=message.text or message.caption or "",
        media=media,
        reply_to=message_name(message.chat.id, answered.message_id) if answered else None,
        what=what,
        album=message.media_group_id,
        raw=raw,
    )


def message_name(chat: int, message: int) -> str:
    """A message of one chat: Telegram counts them within each chat only."""
    return f"{chat}:{message}"


def _button(
    update: telegram.Update, query: telegram.CallbackQuery, account: str, received_at: datetime, raw: bytes
) -> InboundEvent:
    below = query.message
    return InboundEvent(
        channel=Scheme.TELEGRAM,
        account=account,
        event_id=str(update.update_id),
        kind=EventKind.BUTTON,
        addresses=(str(query.from_user.id),),
        to=account,
        received_at=received_at,
        text="",
        reply_to=message_name(below.chat.id, below.message_id) if below else None,
        button=query.data or "",
        handle=query.id,
        raw=raw,
    )


def _media(message: telegram.Message) -> tuple[MediaRef, ...]:
    if message.document is not None and message.animation is None:
        found = message.document
        return (MediaRef(found.file_id, found.mime_type or "", found.file_name or "", found.file_size),)
    if message.photo:
        best = max(message.photo, key=lambda size: size.width * size.height)
        return (MediaRef(best.file_id, "image/jpeg", "", best.file_size),)
    return ()


def _kind(message: telegram.Message, media: tuple[MediaRef, ...]) -> tuple[EventKind, str]:
    if media:
        return EventKind.FILE, ""
    for name, what in _OTHERS.items():
        if getattr(message, name, None):
            return EventKind.OTHER, what
    return (EventKind.TEXT, "") if (message.text or "").strip() else (EventKind.OTHER, "empty")
