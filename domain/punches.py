"""Device punches → sessions. Pure: from the same punches, mappings, offsets and duties always the same sessions,
in whatever order, pieces or repetitions they were uploaded (facts: devices, "Must hold" 5 to 9; MLG-17, MLG-24).

A punch's state is not believed (255 throughout one file): the first one counts as arrival, the last one as departure.
Nothing is invented, nothing is thrown away, and nobody becomes absent here (TLG-18).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from domain.profile_rules import Punches as Rules
from domain.roster import Roster
from domain.shifts import Schedule, Turn

_LINK = timedelta(minutes=10)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class RawPunch:
    """One punch as the device told it; ``at`` is its own wall time."""

    at: datetime
    device: int
    user: str
    state: int = -1
    verify: int = -1


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """Id ``user`` of ``device`` is ``person`` from ``first`` to ``last`` inclusive (None: open)."""

    device: int
    user: str
    person: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Offset:
    """Raw times ``first`` to ``last`` of ``device`` count ``seconds`` later: a person decided so."""

    device: int
    first: datetime
    last: datetime
    seconds: int


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """A punch of a known person. ``at`` is corrected, ``told`` what the device said."""

    at: datetime
    device: int
    user: str
    told: datetime


class DayFlag(StrEnum):
    """What is to be known about a person's day at the machines."""

    LATE = "late"
    EARLY_OUT = "early_out"
    MIDNIGHT = "midnight"  # a punch between 23.59.00 and 00.00.59 (MLG-17)
    CONTINUES = "continues"  # the work went on over midnight: see the next day
    CONTINUED = "continued"  # it began on the day before
    CORRECTED = "corrected"  # a clock offset was applied
    OLD_UNIT = "old_unit"  # at the former unit's machine later than the days allowed (BLG-14): undecided
    OFF_DAY = "off_day"  # punches on a day without duty


class DayState(StrEnum):
    """How complete a day is; never a verdict of absence."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # one side is missing: BELUM LENGKAP
    NONE = "none"  # every device concerned has told its log past this day, and there is no punch
    AWAITED = "awaited"  # some device concerned has not told its log yet


@dataclass(frozen=True, slots=True)
class PunchDay:
    """One person's duty of one day as the machines saw it. ``spare`` are punches that are neither side.

    ``told``: every device concerned has told its log past the duty; until then a missing side is awaited.
    """

    person: str
    day: date
    shift: str
    state: DayState
    came: Stamp | None = None
    left: Stamp | None = None
    spare: tuple[Stamp, ...] = ()
    flags: frozenset[DayFlag] = frozenset()
    late_minutes: int = 0
    early_minutes: int = 0
    told: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What punches are read against. ``synced_to``: how far each device has told its log, in its wall time."""

    identities: Sequence[DeviceIdentity]
    offsets: Sequence[Offset] = ()
    units: Mapping[int, str | None] | None = None
    synced_to: Mapping[int, datetime | None] | None = None
    transfer_days: int = 0


def corrected(punch: RawPunch, offsets: Iterable[Offset]) -> datetime:
    """The time that counts; of several decisions the last one."""
    fitting = [o for o in offsets if o.device == punch.device and o.first <= punch.at <= o.last]
    return punch.at + timedelta(seconds=fitting[-1].seconds) if fitting else punch.at


def stamps_of(punches: Iterable[RawPunch], known: Known) -> tuple[dict[str, list[Stamp]], list[RawPunch]]:
    """Each person's stamps in the order of time, and the punches held because nobody is mapped to their id.

    A mapping counts on its days: a recycled id is another person from another day on.
    """
    by_id: dict[tuple[int, str], list[DeviceIdentity]] = {}
    for identity in known.identities:
        by_id.setdefault((identity.device, identity.user), []).append(identity)
    offsets: dict[int, list[Offset]] = {}
    for offset in known.offsets:
        offsets.setdefault(offset.device, []).append(offset)
    people: dict[str, set[Stamp]] = {}
    held: set[RawPunch] = set()
    for punch in punches:
        at = corrected(punch, offsets.get(punch.device, ()))
        day = at.date()
        owner = next(
            (
                i.person
                for i in by_id.get((punch.device, punch.user), ())
                if i.first <= day and (i.last is None or day <= i.last)
            ),
            None,
        )
        if owner is None:
            held.add(punch)
        else:
            people.setdefault(owner, set()).add(Stamp(at, punch.device, punch.user, punch.at))
    return {person: sorted(found) for person, found in people.items()}, sorted(held)


def suppressed(stamps: Sequence[Stamp], seconds: int) -> list[Stamp]:
    """Repeats within ``seconds`` of a stamp that counts do not count again, on whatever device."""
    kept: list[Stamp] = []
    for stamp in stamps:
        if not kept or stamp.at - kept[-1].at > timedelta(seconds=seconds):
            kept.append(stamp)
    return kept


def days_of(
    person: str, stamps: Sequence[Stamp], schedule: Schedule, known: Known, first: date, last: date
) -> list[PunchDay]:
    """The person's days from ``first`` to ``last``: those with a duty, and those with punches all the same."""
    rules = schedule.profile.punches
    stamps = suppressed(stamps, rules.suppress_seconds)
    # A neighbouring turn may own a punch, so the days around are looked at too.
    turns = schedule.turns(person, first - timedelta(days=1), last + timedelta(days=1))
    taken: dict[Stamp, Turn] = {}
    for stamp in stamps:
        owner = next((t for t in turns if t.opens <= stamp.at < t.shuts), None)
        if owner is not None:
            taken[stamp] = owner
    links = _links(stamps)
    mine_at = [i for i in known.identities if i.person == person]
    found = []
    for turn in turns:
        if first <= turn.day <= last:
            mine = [s for s in stamps if taken.get(s) is turn]
            loose = [s for s in stamps if s not in taken and s.at.date() == turn.day]
            told = _all_told(mine_at, turn, known)
            found.append(_day(person, turn, mine, loose, rules, known, schedule.roster, links, told))
    with_turn = {turn.day for turn in turns}
    spare_days = sorted({s.at.date() for s in stamps if s not in taken} - with_turn)
    for day in spare_days:
        if first <= day <= last:
            extra = [s for s in stamps if s not in taken and s.at.date() == day]
            flags = frozenset({DayFlag.OFF_DAY}) | _midnight(extra, rules) | _linked(day, links)
            found.append(PunchDay(person, day, "", DayState.PARTIAL, spare=tuple(extra), flags=flags))
    return sorted(found, key=lambda d: d.day)


def _day(
    person: str,
    turn: Turn,
    mine: Sequence[Stamp],
    loose: Sequence[Stamp],
    rules: Rules,
    known: Known,
    roster: Roster,
    links: frozenset[date],
    told: bool,
) -> PunchDay:
    came, left = _sides(mine, turn, rules)
    flags = set(_midnight([*mine, *loose], rules) | _linked(turn.day, links))
    late = early = 0
    if came is not None and came.at >= turn.late_from:
        flags.add(DayFlag.LATE)
        late = (came.at - turn.starts) // timedelta(minutes=1)
    if left is not None and left.at < turn.out_from:
        flags.add(DayFlag.EARLY_OUT)
        early = -((left.at - turn.out_from) // timedelta(minutes=1))
    if any(s.at != s.told for s in mine):
        flags.add(DayFlag.CORRECTED)
    if any(_at_old_unit(person, s, roster, known) for s in mine):
        flags.add(DayFlag.OLD_UNIT)
    if came is not None and left is not None:
        state = DayState.COMPLETE
    elif came is not None or left is not None:
        state = DayState.PARTIAL
    else:
        state = DayState.NONE if told else DayState.AWAITED
    spare = tuple(sorted({*mine, *loose} - {s for s in (came, left) if s is not None}))
    return PunchDay(person, turn.day, turn.shift, state, came, left, spare, frozenset(flags), late, early, told)


def _sides(stamps: Sequence[Stamp], turn: Turn, rules: Rules) -> tuple[Stamp | None, Stamp | None]:
    """First in, last out: arrivals lie in the first half of the turn, departures in the second.

    Two stamps of one half are both sides only when they are as far apart as the shortest stay: a finger laid twice
    at the morning's machine is no early departure.
    """
    arrivals = [s for s in stamps if s.at < turn.middle]
    departures = [s for s in stamps if s.at >= turn.middle]
    stay = timedelta(minutes=rules.min_stay_minutes)
    came = arrivals[0] if arrivals else None
    left = departures[-1] if departures else None
    if came is None and len(departures) > 1 and departures[-1].at - departures[0].at >= stay:
        came = departures[0]
    if left is None and len(arrivals) > 1 and arrivals[-1].at - arrivals[0].at >= stay:
        left = arrivals[-1]
    return came, left


def _all_told(identities: Iterable[DeviceIdentity], turn: Turn, known: Known) -> bool:
    """Whether each device on which the person of ``identities`` has an id that day has told its log past the turn.

    Without any such device nobody can tell, and the day is awaited (facts: devices, 9; frappe/hrms #714).
    """
    devices = {i.device for i in identities if i.first <= turn.day and (i.last is None or turn.day <= i.last)}
    synced = known.synced_to or {}
    return bool(devices) and all((told := synced.get(d)) is not None and told >= turn.shuts for d in devices)


def _at_old_unit(person: str, stamp: Stamp, roster: Roster, known: Known) -> bool:
    """A punch at the former unit's machine after the days that a transfer leaves (BLG-14)."""
    unit = (known.units or {}).get(stamp.device)
    day = stamp.at.date()
    if unit is None or unit == roster.unit_of(person, day):
        return False
    left = [p.last for p in roster.placements_of(person) if p.unit == unit and p.last is not None and p.last < day]
    return bool(left) and (day - max(left)).days > known.transfer_days


def _midnight(stamps: Iterable[Stamp], rules: Rules) -> frozenset[DayFlag]:
    """MLG-17: 23.59.xx belongs to the ending day and 00.00.xx to the starting one; both are worth a look."""
    near = any(s.at.time() >= rules.day_last or s.at.time() < rules.day_first for s in stamps)
    return frozenset({DayFlag.MIDNIGHT}) if near else frozenset()


def _links(stamps: Sequence[Stamp]) -> frozenset[date]:
    """The days that a pair of punches a few minutes before and after midnight leads into (MLG-17)."""
    pairs = pairwise(stamps)
    return frozenset(
        after.at.date()
        for before, after in pairs
        if before.at.date() < after.at.date() and after.at - before.at <= _LINK + _SECOND
    )


def _linked(day: date, links: frozenset[date]) -> frozenset[DayFlag]:
    flags = set()
    if day in links:
        flags.add(DayFlag.CONTINUED)
    if day + timedelta(days=1) in links:
        flags.add(DayFlag.CONTINUES)
    return frozenset(flags)


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """The wall times in which punches of the days ``first`` to ``last`` can lie, night shifts included."""
    day = timedelta(days=1)
    return datetime.combine(first, time()) - day, datetime.combine(last, time()) + 3 * day
