"""Keterangan as the desk keeps them: filed, proven, decided; a decision becomes facts. Rules: ``domain.excuse``."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.excuse import (
    Decider,
    Decision,
    Excuse,
    ExcuseState,
    Refusal,
    check_decision,
    check_new,
    closes_at,
    is_late,
    joined,
    may_decide,
    shown,
    silence_decides_at,
    state_of,
)
from domain.marks import FactSource
from domain.reading import Verdict
from domain.resolution import World
from domain.roster import AddressRole
from domain.terms import Pattern, Scheme, Session
from domain.wording import clock_time, long_date, moment_text
from intake.excuse_news import tell_filer
from intake.letters import Outgoing
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import NewFact, NewOutbox
from storage.records_talk import ExcuseRow, NewExcuse
from templates import DESK_NAME, render

READER = "keterangan/1"
BY_SILENCE = "posko (tanpa jawaban)"
_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filed:
    """What was filed or widened, or why not; ``closes`` is the cut-off it must be proven before."""

    row: ExcuseRow | None
    refusal: Refusal | None = None
    closes: datetime | None = None


async def file(uow: UnitOfWork, world: World, new: NewExcuse, outgoing: Outgoing) -> Filed:
    """Keep a keterangan, or add its days to the undecided one that it continues. BLG-37, MLG-06, BLG-33."""
    await uow.submissions.lock(f"excuse:{new.person}")
    closes = closes_at(world.calendar, _pattern(world, new.unit), new.first, new.last, new.unit)
    new = replace(new, late=is_late(closes, new.filed_at))
    plain = _plain(new)
    undecided = await uow.excuses.undecided(new.person)
    refusal = check_new(plain, [row.plain for row in undecided], world.profile)
    if refusal is not None:
        return Filed(None, refusal, closes)
    for old in undecided:
        both = joined(old.plain, plain)
        if both is not None:
            return Filed(await uow.excuses.widen(old.id, both), None, closes)
    row = await uow.excuses.file(new)
    await uow.audit.add("excuse_filed", "excuse", str(row.id), new.filed_by, new.filed_at, {"unit": new.unit})
    if state_of(row.plain, world.profile) is ExcuseState.COMPLETE:
        await _tell_deciders(uow, world, row, outgoing, new.filed_at)
    return Filed(row, None, closes)


async def prove(
    uow: UnitOfWork, world: World, id_: int, sha256: str, at: datetime, by: str, outgoing: Outgoing
) -> ExcuseRow:
    """Add an archived file as evidence, received at ``at``; those who decide are told."""
    row = await uow.excuses.get(id_)
    closes = closes_at(world.calendar, _pattern(world, row.unit), row.first, row.last, row.unit)
    proven = await uow.excuses.prove(id_, sha256, at, late=is_late(closes, at))
    await uow.audit.add("excuse_proven", "excuse", str(id_), by, at, {"sha256": sha256})
    if proven.decision is Decision.OPEN:
        await _tell_deciders(uow, world, proven, outgoing, at)
    return proven


@dataclass(frozen=True, slots=True)
class Decided:
    """The decided keterangan, or why it was not decided."""

    row: ExcuseRow | None
    refusal: Refusal | None = None


async def decide(
    uow: UnitOfWork, world: World, id_: int, decider: Decider, approve: bool, reason: str, now: datetime
) -> Decided:
    """Approve or reject; facts follow. Raises ``StorageError`` for an unknown number.

    The desk may decide otherwise later; the earlier facts stay, new ones withdraw or restore them.
    """
    row = await uow.excuses.get(id_)
    refusal = may_decide(decider, row.plain, world.profile, world.roster)
    if refusal is None and row.decision is not Decision.OPEN and not decider.desk:
        refusal = Refusal.CLOSED
    refusal = refusal or check_decision(row.plain, approve, reason, world.profile)
    if refusal is not None:
        return Decided(None, refusal)
    return await _settle(
        uow, world, row, Decision.APPROVED if approve else Decision.REJECTED, decider.name, reason, now
    )


async def decide_silent(uow: UnitOfWork, world: World, now: datetime) -> list[ExcuseRow]:
    """What nobody answered in time becomes DISETUJUI OTOMATIS, at its exact moment (BLG-23); elsewhere nothing."""
    if world.profile.superior_silence != "approved":
        return []
    hours = world.profile.kinerja.verify_hours if world.profile.kinerja else 48
    settled = []
    for row in await uow.excuses.silent_since(now, hours):
        moment = silence_decides_at(row.plain, world.profile)
        if moment is not None and moment <= now:
            done = await _settle(uow, world, row, Decision.BY_SILENCE, BY_SILENCE, "", moment)
            settled.extend([done.row] if done.row else [])
    return settled


async def _settle(
    uow: UnitOfWork, world: World, row: ExcuseRow, decision: Decision, by: str, reason: str, now: datetime
) -> Decided:
    decided = await uow.excuses.decide(row.id, decision, by, now, reason)
    if decided is None:
        return Decided(None, Refusal.CLOSED)
    approved = decision in (Decision.APPROVED, Decision.BY_SILENCE)
    was_approved = row.decision in (Decision.APPROVED, Decision.BY_SILENCE)
    if approved and not was_approved:
        await uow.facts.add_many(list(_facts(world, decided, Verdict.CODE, by, now)))
    elif was_approved and not approved:
        await uow.facts.add_many(list(_facts(world, decided, Verdict.EMPTY, by, now)))
        # Another approved keterangan of the same days must not fall with this one.
        for other in await uow.excuses.in_range([row.person], row.first, row.last):
            if other.id != row.id and other.decision in (Decision.APPROVED, Decision.BY_SILENCE):
                again = list(_facts(world, other, Verdict.CODE, other.decided_by, now, within=(row.first, row.last)))
                await uow.facts.add_many(again)
    detail = {"decision": decision.value, "unit": row.unit}
    await uow.audit.add("excuse_decided", "excuse", str(row.id), by, now, detail)
    await tell_filer(uow, world, decided, days_text(decided.plain), by, now)
    return Decided(decided)


def _facts(
    world: World, row: ExcuseRow, verdict: Verdict, by: str, now: datetime, within: tuple[date, date] | None = None
) -> Iterator[NewFact]:
    """One fact for each session of each working day of the person's unit."""
    first, last = within or (row.first, row.last)
    days = world.calendar.working_days(max(first, row.first), min(last, row.last), _pattern(world, row.unit), row.unit)
    for day in days:
        for session in (row.session,) if row.session else tuple(Session):
            yield NewFact(
                dedupe_key=f"excuse:{row.id}:{now.timestamp():.6f}:{verdict}:{day:%Y%m%d}:{session.letter}",
                person=row.person,
                unit=row.unit,
                date=day,
                session=session,
                verdict=verdict,
                source=FactSource.EXCUSE,
                verified=True,
                seen_at=row.filed_at,
                recorded_at=now,
                by=by,
                profile_version=world.profile.version,
                roster_version=world.roster.version,
                reader=READER,
                code=row.code if verdict is Verdict.CODE else None,
                key=row.key if verdict is Verdict.CODE else None,
                note=row.number,
                message_id=row.message_id,
                sha256=row.evidence[0] if row.evidence else None,
            )


async def _tell_deciders(uow: UnitOfWork, world: World, row: ExcuseRow, outgoing: Outgoing, now: datetime) -> None:
    """One letter to each of those who decide; nobody hears of his own."""
    if state_of(row.plain, world.profile) is not ExcuseState.COMPLETE:
        return
    profile = world.profile
    until = silence_decides_at(row.plain, profile)
    body = render(
        "excuse_alert",
        number=row.number,
        shown=shown(row.plain, profile, decides=True, text=row.text),
        name=_name(world, row.person),
        unit=world.roster.units[row.unit].name,
        days=days_text(row.plain),
        by_superior=profile.superior_silence != "admin",
        until=moment_text(until, profile) if until else "",
        sender_name=DESK_NAME,
    )
    subject = f"Keterangan {row.number} menunggu keputusan"
    letters = [
        NewOutbox(
            dedupe_key=f"excuse:{row.id}:{len(row.evidence)}:{to}", scheme=Scheme.MAIL, to_address=to, kind="excuse",
            subject=subject, body=body, due_at=now, expires_at=now + _LIFE,
        )
        for to in deciders(world, row, outgoing, now)
    ]  # fmt: skip
    for id_ in await uow.outbox.put_many(letters):
        await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})


def deciders(world: World, row: ExcuseRow, outgoing: Outgoing, now: datetime) -> tuple[str, ...]:
    """Mail addresses of those who decide: the superior, or the unit's kasubbag; BKD's receivers where there is none."""
    day = now.astimezone(world.profile.tz).date()
    valid = [
        a
        for a in world.roster.addresses
        if a.scheme is Scheme.MAIL and (a.first is None or a.first <= day) and (a.last is None or day <= a.last)
    ]
    if world.profile.superior_silence == "admin":
        units = {row.unit, world.roster.sender_of(row.unit)}
        found = [
            a.value
            for a in valid
            if a.role is AddressRole.SUPERVISOR
            and a.person != row.person
            and (a.unit in units or (a.person and world.roster.unit_of(a.person, day) in units))
        ]
    else:
        person = world.roster.people.get(row.person)
        superior = person.superior if person else None
        found = [a.value for a in valid if superior is not None and a.person == superior]
    return tuple(dict.fromkeys(found)) or outgoing.receivers


def days_text(excuse: Excuse) -> str:
    """``Selasa, 24 November 2026`` or ``… s.d. …``, and the session where it is but one."""
    told = long_date(excuse.first)
    if excuse.last != excuse.first:
        told += f" s.d. {long_date(excuse.last)}"
    return told if excuse.session is None else f"{told} ({excuse.session.value})"


def closing_text(closes: datetime | None, world: World) -> str:
    """``Senin, 30 November 2026, pukul 23.59 WIB``: the last minute, empty where no cut-off is set."""
    if closes is None:
        return ""
    last = closes - timedelta(minutes=1)
    return f"{long_date(last.astimezone(world.profile.tz).date())}, pukul {clock_time(last, world.profile)}"


def _plain(new: NewExcuse) -> Excuse:
    return Excuse(new.person, new.unit, new.key, new.first, new.last, new.filed_at, new.session, late=new.late)


def _pattern(world: World, unit: str) -> Pattern:
    known = world.roster.units.get(unit)
    return known.pattern if known else Pattern.FIVE


def _name(world: World, person: str) -> str:
    known = world.roster.people.get(person)
    return known.bare_name if known else person
