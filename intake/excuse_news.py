"""Whoever filed a keterangan hears what was decided, by the channel it came by (MLG-05, BLG-33)."""

from datetime import datetime, timedelta

from domain.excuse import Decision
from domain.resolution import World
from domain.speaker import speaker_of
from domain.terms import Scheme
from intake.registry import CHATS
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import NewOutbox
from storage.records_talk import ExcuseRow
from templates import DESK_NAME, render_chat

WORDS = {Decision.APPROVED: "DISETUJUI", Decision.REJECTED: "DITOLAK", Decision.BY_SILENCE: "DISETUJUI OTOMATIS"}
_LIFE = timedelta(days=7)


def decided_text(world: World, row: ExcuseRow, days: str) -> str:
    """The decision in one message; ``days`` as ``intake.excuses.days_text`` says them."""
    known = world.roster.people.get(row.person)
    return render_chat(
        "chat_excuse_decided",
        number=row.number,
        code=row.code,
        name=known.bare_name if known else row.person,
        days=days,
        decision=WORDS[row.decision],
        reason=row.reason[:160].rstrip("."),
    )


async def tell_filer(uow: UnitOfWork, world: World, row: ExcuseRow, days: str, by: str, now: datetime) -> None:
    """One letter for each decision; none to whoever decided, nor to an address that speaks for the unit no more."""
    if row.message_id is None or not row.filed_by or row.filed_by == by:
        return
    channel = (await uow.messages.get(row.message_id)).channel
    scheme = channel if channel in CHATS else Scheme.MAIL
    day = now.astimezone(world.profile.tz).date()
    filer = speaker_of(world.roster, scheme, row.filed_by, day, ())
    if filer is None or not filer.speaks_for(row.unit):
        return
    text = decided_text(world, row, days)
    letter = NewOutbox(
        dedupe_key=f"excuse_decided:{row.id}:{row.decision.name.lower()}:{now.timestamp():.6f}",
        scheme=scheme,
        to_address=row.filed_by,
        kind="excuse_decided",
        subject=f"Keterangan {row.number}: {WORDS[row.decision].lower()}",
        body=f"{text}\n\n{DESK_NAME}\n{world.profile.government}\nSurel ini dikirim otomatis.\n",
        short=text,
        due_at=now,
        expires_at=now + _LIFE,
    )
    id_ = await uow.outbox.put(letter)
    if id_ is not None:
        await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})
