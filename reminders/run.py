"""The sweep (TLG-D3): reminders, escalations and summaries that are due become outbox rows, each exactly once.

Any number of processes may sweep at any time: the rows' unique keys decide, a date job only runs a sweep early
(facts: jobs, "Exactly one reminder from many processes"). Nothing is sent here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.chase import LAST_CALL, PATIENCE, Chased, Phase, Slot, coming_units, phase_of, slots_at, stand_of
from domain.disturbance import MAILBOX_SILENT, RETRY, excuses
from domain.due import due_on
from domain.resolution import World
from domain.terms import Scheme
from domain.windows import Window
from reminders.letters import Pen, marked
from reminders.summary import Reminders, Troubles, figures, notes
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import IncidentRow, NewOutbox
from storage.records_chat import Leaving

AFTER_RECEIPTS = -1  # a thousand reminders at 07.20 must not stand before the receipt of a sheet


@dataclass(frozen=True, slots=True)
class Desk:
    """What the sweep is told of this installation.

    ``receivers`` hear of the missing; ``own_addresses`` are never written to; ``mailboxes`` are the accounts searched.
    ``unsearched(moment)`` names those without a completed search that was begun at or after ``moment``.
    ``channels`` are those that units can be written to by.
    """

    receivers: tuple[str, ...] = ()
    own_addresses: frozenset[str] = frozenset()
    mailboxes: frozenset[str] = frozenset()
    unsearched: Callable[[datetime], Sequence[str]] = lambda moment: ()
    channels: frozenset[Scheme] = frozenset({Scheme.MAIL})


@dataclass(frozen=True, slots=True)
class Swept:
    """``written`` letters; ``waiting``: something is due and only waits for a search, so look again at once."""

    written: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class _Scene:
    """One slot in one transaction. ``silent``: open incidents of our mailboxes; ``behind``: the search is not done."""

    uow: UnitOfWork
    world: World
    now: datetime
    slot: Slot
    pen: Pen
    silent: Sequence[IncidentRow]
    behind: bool

    async def fresh(self, keys: Mapping[str, object]) -> list[str]:
        """The keys nobody has written yet."""
        known = await self.uow.outbox.states(keys.keys())
        return [key for key in keys if key not in known]


async def sweep(uow: UnitOfWork, world: World, now: datetime, desk: Desk) -> Swept:
    """Write whatever is due at ``now`` and not written yet, and defer its delivery."""
    letters: list[NewOutbox] = []
    waiting = False
    for window in slots_at(world.profile, now):
        scene = await _look(uow, world, now, desk, window)
        if scene is None:
            continue
        closed = phase_of(window, now) is Phase.CLOSED
        letters += await (_after_close(scene) if closed else _before_close(scene))
        waiting = waiting or (scene.behind and not scene.silent)
    ids = await uow.outbox.put_many(letters)
    if ids:
        nudges: list[dict[str, Any]] = [{DELIVER.argument: id_} for id_ in ids]
        await uow.defer_many(DELIVER.name, DELIVER.queue, nudges, priority=AFTER_RECEIPTS)
        kinds = Counter(letter.kind for letter in letters)
        await uow.audit.add("reminders_written", "outbox", str(ids[0]), "posko", now, dict(kinds))
    return Swept(len(ids), waiting)


async def _look(uow: UnitOfWork, world: World, now: datetime, desk: Desk, window: Window) -> _Scene | None:
    """The slot as it stands, or None when nobody owes a sheet in it (TLG-00, TLG-06)."""
    # A period that was declared after the window was over is recorded and flagged, but nobody is chased for it.
    periods = [p for p in world.periods if p.declared_at < window.late_from]
    due = due_on(world.roster, world.calendar, world.profile, periods, window.date)
    if not stand_of(window, due, ()).dues:
        return None
    # The order matters. A sheet goes from the mailbox to the unread messages to the submissions: looked at in that
    # order it is seen at least once, in the other it could slip by between two looks.
    critical = window.late_from if phase_of(window, now) is Phase.CLOSED else window.remind_at
    behind = bool(desk.unsearched(critical))
    silent = [i for i in await uow.incidents.all_open() if i.kind == MAILBOX_SILENT and i.account in desk.mailboxes]
    coming = coming_units(world.roster, await uow.messages.unread_senders(), window.date)
    # Within these minutes a second photo keeps the first one's time (TLG-05): its unit was answered and is not late.
    since = now - timedelta(minutes=world.profile.retake_minutes)
    retaking = await uow.submissions.retaking(window.date, since)
    slot = stand_of(window, due, await uow.submissions.received_on(window.date), coming, retaking)
    silent_ones = {marked(s, value) for s in desk.channels - {Scheme.MAIL} for value in await uow.contacts.stopped(s)}
    silent_ones |= await uow.contacts.stopped(Scheme.MAIL)
    pen = Pen(world, window, now, desk.receivers, desk.own_addresses | silent_ones, desk.channels)
    return _Scene(uow, world, now, slot, pen, silent, behind)


async def _before_close(scene: _Scene) -> list[NewOutbox]:
    """Reminders and the receivers' list; while a mailbox is silent only word that they are held."""
    slot, pen = scene.slot, scene.pen
    if not slot.missing:
        return []
    if scene.silent:
        held = pen.receiver_targets("reminder_held")
        accounts = sorted({i.account for i in scene.silent})
        since = min(i.started_at for i in scene.silent)
        return [pen.held(key, held[key], accounts, since) for key in await scene.fresh(held)]
    if scene.behind:
        return []
    targets = pen.reminder_targets(slot.missing)
    letters = [pen.reminder(key, *targets[key]) for key in await scene.fresh(targets)]
    lists = pen.receiver_targets("missing_list")
    if fresh := await scene.fresh(lists):
        letters += pen.missing_list({key: lists[key] for key in fresh}, slot)
    return letters


async def _after_close(scene: _Scene) -> list[NewOutbox]:
    """Escalation and summary, after the final search; at the last call the summary goes out with what is known."""
    slot, pen, window = scene.slot, scene.pen, scene.slot.window
    blind = scene.behind or bool(scene.silent)
    last_call = scene.now >= window.late_from + LAST_CALL
    if blind and not last_call:
        return []
    disturbances = await scene.uow.incidents.disturbances(window.opens - RETRY, scene.now)
    excused = blind or excuses(disturbances, window, scene.now)
    targets = {} if excused else pen.escalation_targets(slot.missing)
    impatient = scene.now >= window.late_from + PATIENCE
    summaries = pen.receiver_targets("window_summary") if impatient or not slot.coming else {}
    fresh = await scene.fresh({**targets, **summaries})
    if not fresh:
        return []
    reminders = await _reminders(scene)
    letters = [pen.escalation(k, *targets[k], targets[k][0].sender in reminders.left) for k in fresh if k in targets]
    if to_by_key := {key: summaries[key] for key in fresh if key in summaries}:
        rows = await scene.uow.submissions.on_day(window.date)
        told: dict[str, object] = {**figures(slot, rows), "reminded": len(reminders.left), "escalated": len(targets)}
        told["audit_head"] = await scene.uow.audit.head() or ""  # a rewritten chain shows
        troubles = Troubles(disturbances, blind, excused)
        letters += pen.summary(to_by_key, slot, told, notes(slot, rows, troubles, reminders, pen))
    return letters


async def _reminders(scene: _Scene) -> Reminders:
    """What became of the reminders of this slot, by sender: one that left is enough."""
    everyone = [Chased(sender, ()) for sender in dict.fromkeys(d.sender for d in scene.slot.dues)]
    targets = scene.pen.reminder_targets(everyone)
    best: dict[str, Leaving] = {}
    for key, leaving in (await scene.uow.outbox.leavings(targets.keys())).items():
        sender = targets[key][0].sender
        best[sender] = max(leaving, best.get(sender, leaving))
    left, unsure, stayed = (
        tuple(sender for sender, leaving in best.items() if leaving is wanted)
        for wanted in (Leaving.LEFT, Leaving.UNSURE, Leaving.STAYED)
    )
    return Reminders(left, unsure, stayed)
