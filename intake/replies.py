"""Answers to people who write by chat, put into the outbox: few, threaded to their message, never twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from intake.event import InboundEvent
from intake.talk import Reply
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import MessageRow, NewOutbox

MOST_A_MINUTE = 3  # facts: chat, must hold 17: a flood is stored whole and answered a little
REPLY_LIFE = timedelta(hours=12)


async def put_replies(
    uow: UnitOfWork, row: MessageRow, event: InboundEvent, replies: Sequence[Reply], now: datetime, *, key: str = ""
) -> list[int]:
    """Write the answers to ``event`` and defer their sending; returns the new ids.

    ``key`` (else the message) makes them once. Beyond ``MOST_A_MINUTE`` letters to one address within a minute further
    answers are left out on purpose.
    """
    written = await uow.outbox.count_since(event.address, now - timedelta(minutes=1))
    ids: list[int] = []
    for number, reply in enumerate(replies[: max(0, MOST_A_MINUTE - written)]):
        id_ = await uow.outbox.put(
            NewOutbox(
                dedupe_key=f"{key or f'talk:{row.id}'}:{number}",
                scheme=event.channel,
                to_address=event.address,
                kind=reply.kind,
                subject="",
                body=reply.text,
                short=reply.text,
                buttons=reply.buttons,
                files=reply.files,
                due_at=now,
                expires_at=now + REPLY_LIFE,
                message_id=row.id,
                submission_id=reply.submission_id,
            )
        )
        if id_ is not None:
            ids.append(id_)
    await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: id_} for id_ in ids])
    return ids
