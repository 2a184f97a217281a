"""The figures of ``posko status`` and of the status API: what is in, read, late, missing, to check."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.bootstrap import Installation
from desk.board import entry_of
from domain.board import BoardLine, UnitState, board, needs_eye
from domain.due import Due, due_on
from domain.resolution import World
from domain.terms import Pattern, Session
from domain.windows import guess_session, windows_on
from intake.mailbox_health import MailboxHealth
from intake.world import Worlds
from storage.records import MessageState, OutboxState

Figures = dict[str, object]


async def figures(place: Installation, worlds: Worlds, mailboxes: Sequence[MailboxHealth] = ()) -> Figures:
    """Today's session, every unit's state in it, and the counts; no personal data."""
    now = place.clock.now()
    day = now.astimezone(place.profile.tz).date()
    windows = windows_on(place.profile, day, Pattern.FIVE)
    session = guess_session(windows, now)
    window = next(w for w in windows if w.session is session)
    async with place.db.begin() as uow:
        world = await worlds.load(uow)
        due = _due(world, day_of=now, session=session)
        rows = [r for r in await uow.submissions.on_day(day) if r.session == session.value]
        questions = await uow.questions.open_counts(r.id for r in rows)
        entries = {r.unit: entry_of(r, questions.get(r.id, 0)) for r in rows}
        messages = await uow.messages.counts()
        waiting = await uow.outbox.counts()
    lines = board({u.code: u.name for u in world.roster.units.values()}, due, entries)
    return {
        "now": now.astimezone(place.profile.tz).isoformat(timespec="seconds"),
        "date": day.isoformat(),
        "demo": place.settings.demo,
        "session": {
            "session": session.value,
            "opens": window.opens.isoformat(),
            "remind_at": window.remind_at.isoformat(),
            "closes": window.closes.isoformat(),
        },
        "counts": _counts(lines, due, messages, waiting),
        "units": [_unit(line, place) for line in lines],
        "originals": {"messages": sum(messages.values()), "place": str(place.settings.data)},
        "mailboxes": [_mailbox(m) for m in mailboxes],
    }


def day_start(now: datetime, place: Installation) -> datetime:
    """Midnight of the local day of ``now``."""
    return now.astimezone(place.profile.tz).replace(hour=0, minute=0, second=0, microsecond=0)


def _due(world: World, day_of: datetime, session: Session) -> tuple[Due, ...]:
    day = day_of.astimezone(world.profile.tz).date()
    all_due = due_on(world.roster, world.calendar, world.profile, world.periods, day)
    return tuple(d for d in all_due if d.window.session is session)


def _counts(
    lines: Sequence[BoardLine],
    due: Sequence[Due],
    messages: Mapping[MessageState, int],
    waiting: Mapping[OutboxState, int],
) -> Figures:
    states = Counter(line.state for line in lines)
    received = [line for line in lines if line.entry and line.entry.received]
    return {
        "due": len(due),
        "received": len(received),
        "on_time": states[UnitState.ON_TIME],
        "early": states[UnitState.EARLY],
        "late": states[UnitState.LATE] + states[UnitState.PARTIAL],
        "missing": states[UnitState.MISSING],
        "to_check": sum(needs_eye(line.entry) for line in lines if line.entry),
        "messages": sum(messages.values()),
        "read": messages.get(MessageState.DONE, 0),
        "quarantine": messages.get(MessageState.QUARANTINE, 0),
        "letters": {state.value: count for state, count in waiting.items()},
    }


def _unit(line: BoardLine, place: Installation) -> Figures:
    entry = line.entry
    return {
        "code": line.unit,
        "name": line.name,
        "state": line.state.value,
        "arrived": entry.at.astimezone(place.profile.tz).isoformat(timespec="seconds") if entry else None,
        "number": entry.number if entry else None,
        "late_minutes": entry.late_minutes if entry else 0,
        "rows": entry.rows if entry else 0,
        "reported": entry.reported if entry else 0,
        "questions": entry.questions if entry else 0,
        "flags": sorted(f.value for f in entry.flags) if entry else [],
    }


def _mailbox(health: MailboxHealth) -> Figures:
    return {
        "name": health.name,
        "state": health.state.value,
        "last_search_s": None if health.last_search_s is None else round(health.last_search_s, 1),
        "backlog": health.backlog,
        "unreadable": health.unreadable,
        "silent": health.silent,
        "last_error": health.last_error,
    }
