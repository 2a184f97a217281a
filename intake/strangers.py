"""Files by chat of addresses that nobody approved: kept and timed, answered once a day, shown to the receivers once.

Approval gives them back to the pipeline at their first time (``Messages.reopen``).
"""

from datetime import datetime, timedelta

from domain.masking import CHANNEL_NAMES, masked
from domain.profile import Profile
from domain.wording import clock_time, moment_text
from intake.event import event_of
from intake.letters import Outgoing
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.messages import STRANGER
from storage.records import MessageRow, MessageState, NewOutbox
from templates import DESK_NAME, render, render_chat

_LIFE = timedelta(days=1)


async def set_aside(uow: UnitOfWork, row: MessageRow, profile: Profile, outgoing: Outgoing, now: datetime) -> None:
    """Quarantine one file of a stranger; the answer names no person and no unit (UU 27/2022).

    The keys are those of the conversation, so that a text before or after the file brings no second answer or alert.
    """
    event = event_of(row)
    await uow.messages.finish(row.id, MessageState.QUARANTINE, STRANGER)
    name, day = f"{event.channel.value}:{event.address}", row.official_at.astimezone(profile.tz)
    text = render_chat("chat_unknown_sender", at=clock_time(row.official_at, profile), has_file=True)
    id_ = await uow.outbox.put(
        NewOutbox(
            dedupe_key=f"unknown:{name}:{day:%Y%m%d}:file",
            scheme=event.channel,
            to_address=event.address,
            kind="unknown",
            subject="",
            body=text,
            short=text,
            due_at=now,
            expires_at=now + _LIFE,
            message_id=row.id,
        )
    )
    if id_ is not None:
        await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})
    channel = CHANNEL_NAMES[event.channel]
    body = render(
        "stranger_alert",
        channel=channel,
        address=masked(event.address),
        at=moment_text(row.official_at, profile),
        has_file=True,
        unit="",
        coded=False,
        sender_name=DESK_NAME,
    )
    await outgoing.alert(uow, f"stranger:{name}:", f"Alamat belum terdaftar ({channel})", body, now)
