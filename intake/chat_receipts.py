"""Receipts by chat: short, and one for all the photos of an album (facts: chat, must hold 8 and 17).

A receipt waits for a few seconds without a further file of its sender and submission; each further file rewrites the
waiting letter. It never waits longer than a minute, far within the time for a retake (TLG-05).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from domain.outcome import Recording
from domain.ports import Clock
from domain.resolution import Delivery, World
from domain.wording import clock_time
from intake.answers import problem_line, subject_of
from intake.letters import RECEIPT_EXPIRY
from intake.receipts import Recorded
from intake.short import short_many, short_no_sheet, short_receipt
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import MessageRow, NewOutbox

QUIET = timedelta(seconds=4)
MOST = timedelta(seconds=60)
_APART = 3  # more submissions than that in one file share one letter


async def tell_by_chat(
    uow: UnitOfWork,
    row: MessageRow,
    delivery: Delivery,
    recorded: Sequence[Recorded],
    recording: Recording,
    files: Sequence[str],
    world: World,
    clock: Clock,
) -> None:
    """Write or rewrite the receipts of one recorded chat message; call it under the units' locks."""
    at = clock_time(delivery.official_at, world.profile)
    if not recorded:
        lines = [problem_line(p) for p in recording.problems]
        await _put(uow, row, delivery, "", lambda _: short_no_sheet(files, at, lines), len(files), clock)
    elif len(recorded) > _APART:
        numbers = "+".join(item.number for item in recorded)
        many = [f"{subject_of(item.draft, world)}: nomor {item.number}" for item in recorded]
        await _put(uow, row, delivery, numbers, lambda _: short_many(many, at), len(files), clock)
    else:
        for item in recorded:
            told = partial(short_receipt, item.draft, item.number, world, delivery.mailbox)
            await _put(uow, row, delivery, item.number, told, len(files), clock)


async def _put(
    uow: UnitOfWork,
    row: MessageRow,
    delivery: Delivery,
    number: str,
    told: Callable[[int], str],
    files: int,
    clock: Clock,
) -> None:
    assert delivery.address is not None
    now = clock.now()
    real = clock.to_real(now)
    waiting = await uow.outbox.waiting_receipt(delivery.channel, delivery.address, number)
    count = files + (int(waiting.headers.get("files", "0")) if waiting else 0)
    text = told(count)
    if waiting is None:
        id_ = await uow.outbox.put(
            NewOutbox(
                dedupe_key=f"receipt:{row.id}:{delivery.address}:{number}",
                scheme=delivery.channel,
                to_address=delivery.address,
                kind="receipt",
                subject=f"Tanda terima {number}".strip(),
                body=text,
                short=text,
                due_at=now,
                expires_at=now + RECEIPT_EXPIRY,
                message_id=row.id,
                headers={"number": number, "files": str(count)},
            )
        )
        if id_ is None:
            return
        first = real
    else:
        id_, first = waiting.id, clock.to_real(waiting.due_at)
    at = min(real + QUIET, first + MOST)
    await uow.outbox.rewrite(id_, text, {"number": number, "files": str(count)}, row.id, at)
    await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: id_}], at=at)
