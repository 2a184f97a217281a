"""Device sessions out of storage, beside the marks on paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.contradiction import place_of
from domain.device import Provisional
from domain.fallback import Scope
from domain.marks import Mark
from domain.punches import DeviceIdentity, Known, Offset, PunchDay, RawPunch, days_of, span, stamps_of
from domain.reconcile import Compared, Outage, Place, compare, counts
from domain.resolution import World
from domain.shifts import Assignment, Schedule, Shift
from domain.terms import Session
from reports.figures_devices import (
    MOST_DIFFERENCES,
    DeviceSection,
    MachineLine,
    OutageLine,
    ProvisionalDay,
    differences_of,
    instead_of,
)
from reports.gather_people import grouped, mark_of
from storage.contradictions import WITHDRAWN
from storage.engine import UnitOfWork
from storage.records import IncidentRow
from storage.records_devices import DeviceRow, OffsetRow, PunchRow

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class PunchDays:
    """Days at the machines, with what they were read against."""

    days: Sequence[PunchDay]
    known: Known
    devices: Sequence[DeviceRow]


async def punch_days(uow: UnitOfWork, world: World, first: date, last: date, people: Collection[str]) -> PunchDays:
    """The days ``first`` to ``last`` of those of ``people`` who have an id on some machine."""
    devices = await uow.devices.all()
    users = await uow.devices.users(people=people)
    offsets = await uow.devices.offsets()
    known = Known(
        identities=[DeviceIdentity(u.device_id, u.user_id, u.person, u.first, u.last) for u in users],
        offsets=[Offset(o.device_id, o.first_at, o.last_at, o.seconds) for o in offsets],
        units={d.id: d.unit for d in devices},
        synced_to={d.id: d.synced_to for d in devices},
        transfer_days=world.profile.people.transfer_days,
    )
    rows = await _punches(uow, [(u.device_id, u.user_id) for u in users], offsets, first, last)
    stamps, _ = stamps_of((RawPunch(r.at, r.device_id, r.user_id, r.state, r.verify) for r in rows), known)
    schedule = await _schedule(uow, world, people)
    found: list[PunchDay] = []
    for person in dict.fromkeys(u.person for u in users):
        found += days_of(person, stamps.get(person, ()), schedule, known, first, last)
    return PunchDays(found, known, devices)


async def _punches(
    uow: UnitOfWork, users: Sequence[tuple[int, str]], offsets: Sequence[OffsetRow], first: date, last: date
) -> list[PunchRow]:
    """Raw punches that can belong to the days, those of a wrong clock included when a person moved them here."""
    begin, end = span(first, last)
    rows = await uow.punches.of_users(users, begin, end)
    for offset in offsets:
        moved = timedelta(seconds=offset.seconds)
        low, high = max(offset.first_at, begin - moved), min(offset.last_at, end - moved)
        if low <= high:
            rows += await uow.punches.of_users([u for u in users if u[0] == offset.device_id], low, high)
    return rows


async def _schedule(uow: UnitOfWork, world: World, people: Collection[str]) -> Schedule:
    shifts = [
        Shift(s.code, s.starts, s.ends, s.before_minutes * _MINUTE, s.after_minutes * _MINUTE)
        for s in await uow.devices.shifts()
    ]
    given = [Assignment(a.person, a.shift, a.first, a.last, a.weekdays) for a in await uow.devices.assignments(people)]
    return Schedule.of(world.profile, world.calendar, world.roster, shifts, given)


async def gather_devices(
    uow: UnitOfWork, world: World, units: Sequence[str], first: date, last: date
) -> DeviceSection | None:
    """The part of a recap about machines; None while there is no machine."""
    if not await uow.devices.all():
        return None
    wanted = set(units)
    people = [p.person for p in world.roster.placements if p.unit in wanted and p.first <= last]
    found = await punch_days(uow, world, first, last, set(people))
    unit_of = {(d.person, d.day): world.roster.unit_of(d.person, d.day) or "" for d in found.days}
    days = [d for d in found.days if unit_of[d.person, d.day] in wanted]
    compared, outages = await _compared(uow, world, found, days, first, last)
    by_unit = counts(compared, unit_of)
    names = {code: unit.name for code, unit in world.roster.units.items()}
    people_names = {key: person.name for key, person in world.roster.people.items()}
    different = [replace(d, unit=names.get(d.unit, d.unit)) for d in differences_of(compared, people_names, unit_of)]
    return DeviceSection(
        units=[(names.get(code, code), by_unit[code]) for code in units if code in by_unit],
        differences=different[:MOST_DIFFERENCES],
        more_differences=max(0, len(different) - MOST_DIFFERENCES),
        outages=outages,
        machines=await _machines(uow, found.devices, wanted, names),
        provisional=[
            ProvisionalDay(people_names.get(person, person), names.get(unit, unit), day)
            for person, day, unit in await _provisional(uow, wanted, set(people), first, last)
        ],
        instead=instead_of(compared),
    )


async def compared_sessions(
    uow: UnitOfWork, world: World, first: date, last: date, people: Collection[str]
) -> list[Compared]:
    """Every session of ``people`` on paper and at the machines, as recaps compare them."""
    found = await punch_days(uow, world, first, last, people)
    compared, _ = await _compared(uow, world, found, found.days, first, last)
    return compared


async def _compared(
    uow: UnitOfWork, world: World, found: PunchDays, days: Sequence[PunchDay], first: date, last: date
) -> tuple[list[Compared], list[OutageLine]]:
    """Unit by unit: an outage, or a declared period (TLG-00), makes marks lawful where it holds."""
    people = {d.person for d in days}
    marks, whole = await _marks(uow, people, first, last)
    asked = await uow.contradictions.between(first, last, people)
    settled = {place_of(q.subject) for q in asked if q.answer not in (None, WITHDRAWN)}
    begin, end = (moment.replace(tzinfo=world.profile.tz) for moment in span(first, last))
    by_name = {d.name: d for d in found.devices}
    down = [i for i in await uow.incidents.between(begin, end) if i.account in by_name]
    by_unit: dict[str, list[PunchDay]] = {}
    for day in days:
        by_unit.setdefault(world.roster.unit_of(day.person, day.day) or "", []).append(day)
    compared: list[Compared] = []
    for unit, mine in by_unit.items():
        outages = [_outage(i, by_name[i.account]) for i in down if by_name[i.account].unit in (None, unit)]
        outages += [
            Outage(
                None,
                datetime.combine(p.first_day, time()),
                datetime.combine(p.last_day, time.max) if p.last_day else None,
            )
            for p in world.periods
            if p.scope is Scope.ALL or (p.scope is Scope.UNITS and unit in p.members)
        ]
        compared += compare(mine, marks, world.profile.punches.wins, outages, settled, whole)
    return compared, [OutageLine(i.account, i.started_at, i.ended_at) for i in down]


def _outage(incident: IncidentRow, device: DeviceRow) -> Outage:
    local = ZoneInfo(device.zone)
    begin, end = (
        m.astimezone(local).replace(tzinfo=None) if m else None for m in (incident.started_at, incident.ended_at)
    )
    assert begin is not None
    return Outage(device.id, begin, end)


async def _marks(
    uow: UnitOfWork, people: Collection[str], first: date, last: date
) -> tuple[dict[tuple[str, date, Session], Mark], set[Place]]:
    """The marks on paper, and the sessions of which only the whole day's mark speaks."""
    found: dict[tuple[str, date, Session], Mark] = {}
    whole: set[Place] = set()
    if not people:
        return found, whole
    for person, days in grouped(await uow.report_sources.cells(people, first, last)).items():
        for day, cells in days.items():
            for session in Session:
                own = cells.get(session.value, ())
                said = [*cells.get(None, ()), *own]  # of decisions at the same moment the session's own counts
                if said:
                    found[person, day, session] = mark_of(said)
                if said and not own:
                    whole.add((person, day, session))
    return found, whole


async def _provisional(
    uow: UnitOfWork, wanted: Collection[str], people: Collection[str], first: date, last: date
) -> list[tuple[str, date, str]]:
    """Person-days of the wanted units whose last word is "sementara", in the order of days."""
    newest = {(word.person, word.date): word for word in await uow.punches.words(first, last, people)}
    standing = [w for w in newest.values() if w.word is Provisional.SET and w.unit in wanted]
    return sorted(((w.person, w.date, w.unit) for w in standing), key=lambda one: (one[1], one[0]))[:MOST_DIFFERENCES]


async def _machines(
    uow: UnitOfWork, devices: Sequence[DeviceRow], wanted: Collection[str], names: dict[str, str]
) -> list[MachineLine]:
    unknown = await uow.punches.unknown_counts()
    return [
        MachineLine(
            d.name, names.get(d.unit or "", "–"), d.synced_to, d.seen_at, d.drift_s, d.trouble, unknown.get(d.id, 0)
        )
        for d in devices
        if d.unit is None or d.unit in wanted
    ]
