"""Chat messages of addresses that nobody approved: kept and timed, answered once, shown to the receivers once.

Approval gives them back to the pipeline at their first time.
"""

from datetime import datetime

from domain.masking import CHANNEL_NAMES, masked
from domain.profile import Profile
from domain.wording import clock_time, moment_text
from intake.event import EventKind, InboundEvent, event_of
from intake.letters import Outgoing
from intake.replies import put_replies
from intake.talk import Reply
from storage.engine import UnitOfWork
from storage.messages import STRANGER
from storage.records import MessageRow, MessageState
from templates import DESK_NAME, render, render_chat


async def set_aside(uow: UnitOfWork, row: MessageRow, profile: Profile, outgoing: Outgoing, now: datetime) -> None:
    """Quarantine one file of a stranger; the answer names no person and no unit (UU 27/2022)."""
    event = event_of(row)
    await uow.messages.finish(row.id, MessageState.QUARANTINE, STRANGER)
    day = row.official_at.astimezone(profile.tz).date()
    text = render_chat("chat_unknown_sender", at=clock_time(row.official_at, profile), has_file=True)
    # Once a day: somebody who sends an album must not get a letter for each picture.
    key = f"unknown:{row.channel.value}:{event.address}:{day:%Y%m%d}:file"
    await put_replies(uow, row, event, [Reply(text, kind="unknown")], now, key=key)
    await tell_receivers(uow, row, event, profile, outgoing, now)


async def tell_receivers(
    uow: UnitOfWork,
    row: MessageRow,
    event: InboundEvent,
    profile: Profile,
    outgoing: Outgoing,
    now: datetime,
    *,
    unit: str = "",
    coded: bool = False,
) -> None:
    """The receivers hear of a stranger once, and once more of each unit it asks for (must hold 10)."""
    channel = CHANNEL_NAMES[event.channel]
    body = render(
        "stranger_alert",
        channel=channel,
        address=masked(event.address),
        at=moment_text(row.official_at, profile),
        has_file=event.kind is EventKind.FILE,
        unit=unit,
        coded=coded,
        sender_name=DESK_NAME,
    )
    subject = f"{'Permohonan pendaftaran' if unit else 'Alamat belum terdaftar'} ({channel})"
    await outgoing.alert(uow, f"stranger:{event.channel.value}:{event.address}:{unit}", subject, body, now)
