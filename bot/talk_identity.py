"""Strangers and DAFTAR: one generic answer, one word to the receivers, a code to the office (must hold 10, 11)."""

from collections.abc import Sequence

from bot.talk_scene import TalkDesk
from domain.commands import Command, Spoken, read_command
from domain.resolution import World
from domain.speaker import DESK_UNIT
from domain.unit_names import find_unit
from domain.wording import clock_time
from intake.event import EventKind, InboundEvent
from intake.identity import CODE_LIFE, Outcome, redeem, request
from intake.strangers import tell_receivers
from intake.talk import Reply
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import MessageRow, NewOutbox
from templates import render_chat

_DESK_WORDS = frozenset({"bkd", "bkpsdm", "posko"})


async def stranger(
    uow: UnitOfWork, world: World, desk: TalkDesk, row: MessageRow, event: InboundEvent
) -> Sequence[Reply]:
    """What an unregistered address gets: BANTUAN, DAFTAR, and once a day the generic answer. Never anybody's data."""
    spoken = read_command(event.text) if event.kind is not EventKind.FILE else None
    if spoken is not None and spoken.command is Command.HELP:
        return [Reply(render_chat("chat_commands", agency=world.profile.agency))]
    if spoken is not None and spoken.command is Command.REGISTER:
        return await register(uow, world, desk, row, event, spoken)
    has_file = event.kind is EventKind.FILE
    now = desk.clock.now()
    await tell_receivers(uow, row, event, world.profile, desk.outgoing, now)
    local = row.official_at.astimezone(world.profile.tz)
    text = render_chat("chat_unknown_sender", at=clock_time(row.official_at, world.profile), has_file=has_file)
    # Once a day, a first file besides: somebody who only chats must not get a letter for each line.
    key = f"unknown:{event.channel.value}:{event.address}:{local:%Y%m%d}:{'file' if has_file else 'text'}"
    id_ = await uow.outbox.put(
        NewOutbox(
            dedupe_key=key, scheme=event.channel, to_address=event.address, kind="unknown", subject="", body=text,
            short=text, due_at=now, expires_at=now + CODE_LIFE * 4, message_id=row.id,
        )
    )  # fmt: skip
    if id_ is not None:
        await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})
    return []


async def register(
    uow: UnitOfWork, world: World, desk: TalkDesk, row: MessageRow, event: InboundEvent, spoken: Spoken
) -> Sequence[Reply]:
    """DAFTAR <unit> or DAFTAR <code>."""
    now = desk.clock.now()
    if spoken.number:
        done = await redeem(uow, event.channel, event.addresses, spoken.number, now)
        if done.claim is None:
            return [Reply(render_chat("chat_register_wrong", left=done.left))]
        unit = world.roster.units[done.claim.unit].name
        return [Reply(render_chat("chat_register_done", unit=unit, files=done.reread))]
    if not spoken.text:
        return [Reply(render_chat("chat_register_how"))]
    units = world.roster.units
    if spoken.text.lower() in _DESK_WORDS:
        asked = await request(uow, world, event.channel, event.address, DESK_UNIT, row.official_at, now)
        await tell_receivers(uow, row, event, world.profile, desk.outgoing, now, unit=world.profile.agency)
        return [_requested(world, asked.outcome, asked.mails, world.profile.agency)]
    found = find_unit(units.values(), spoken.text)
    if found.code is None:
        candidates = ", ".join(units[code].name for code in found.candidates[:3])
        return [Reply(render_chat("chat_register_unit", typed=spoken.text[:60], candidates=candidates))]
    asked = await request(uow, world, event.channel, event.address, found.code, row.official_at, now)
    if asked.outcome in (Outcome.SENT, Outcome.WAITING):
        coded = asked.outcome is Outcome.SENT
        unit = units[found.code].name
        await tell_receivers(uow, row, event, world.profile, desk.outgoing, now, unit=unit, coded=coded)
    return [_requested(world, asked.outcome, asked.mails, units[found.code].name)]


def _requested(world: World, outcome: Outcome, mails: Sequence[str], unit: str) -> Reply:
    minutes = int(CODE_LIFE.total_seconds() // 60)
    name = {
        Outcome.SENT: "chat_register_sent",
        Outcome.WAITING: "chat_register_waiting",
        Outcome.ALREADY: "chat_register_already",
        Outcome.TOO_MANY: "chat_register_too_many",
    }[outcome]
    told = ", ".join(mails[:3])
    return Reply(render_chat(name, unit=unit, mails=told, minutes=minutes, agency=world.profile.agency))
