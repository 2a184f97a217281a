"""Chat messages of addresses that nobody approved: kept and timed, answered once, shown to the receivers once.

Approval gives them back to the pipeline at their first time.
"""

from datetime import datetime

from domain.profile import Profile
from domain.wording import clock_time, moment_text
from intake.event import event_of
from intake.letters import Outgoing
from intake.replies import put_replies
from intake.talk import Reply
from storage.engine import UnitOfWork
from storage.records import MessageRow, MessageState
from templates import DESK_NAME, render

NOTE = "pengirim belum terdaftar"


async def set_aside(uow: UnitOfWork, row: MessageRow, profile: Profile, outgoing: Outgoing, now: datetime) -> None:
    """Quarantine one file of a stranger; the answer names no person and no unit (UU 27/2022)."""
    event = event_of(row)
    await uow.messages.finish(row.id, MessageState.QUARANTINE, NOTE)
    day = row.official_at.astimezone(profile.tz).date()
    key = f"stranger:{row.channel}:{event.address}:{day}"
    if await uow.outbox.states([f"{key}:0"]):
        return
    text = render("unknown_sender", at=clock_time(row.official_at, profile))
    await put_replies(uow, row, event, [Reply(text)], now, key=key)
    body = render(
        "unknown_sender_alert",
        address=masked(event.address),
        channel=row.channel.value,
        received=moment_text(row.official_at, profile),
        message_id=row.id,
        sender_name=DESK_NAME,
    )
    await outgoing.alert(uow, key, "Kiriman dari nomor yang belum terdaftar", body, now)


def masked(address: str) -> str:
    """``628123456789`` as ``6281…789``: enough to recognise, too little to write to."""
    return f"{address[:4]}…{address[-3:]}" if len(address) > 8 else "…" + address[-2:]
