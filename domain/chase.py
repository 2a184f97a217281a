"""Chasing what has not come (TLG-D3): whom to remind ten minutes before a close, whom to tell after it. Pure.

A *slot* is what shares a session and a close: all five- and six-day units in the morning, apart in the afternoon.
Any ``Window`` of a slot stands for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.due import Due
from domain.profile import Profile
from domain.roster import Address, AddressRole, Roster
from domain.routing import identify
from domain.terms import Pattern, Scheme
from domain.windows import MINUTE, Window, windows_on

AFTERMATH = timedelta(minutes=30)  # how long after a close escalation and summary are still of use
PATIENCE = timedelta(minutes=5)  # how long after a close the summary waits for sheets that are still being read
LAST_CALL = timedelta(minutes=25)  # from then on it waits for no mailbox any more
_DAY = timedelta(days=1)


class Phase(StrEnum):
    """What a slot needs at a moment."""

    REMIND = "remind"  # ten minutes before the close, to the end of its minute
    CLOSED = "closed"  # one minute after it: escalation and summary


def phase_of(window: Window, now: datetime) -> Phase | None:
    """The phase of ``window`` at ``now``; None before the reminder's moment and when all is long over."""
    if window.remind_at <= now < window.late_from:
        return Phase.REMIND
    if window.late_from <= now < window.late_from + AFTERMATH:
        return Phase.CLOSED
    return None


def slots_on(profile: Profile, day: date) -> tuple[Window, ...]:
    """The slots of a day in the order of their closes, whether or not anybody works."""
    found = {slot_name(w): w for pattern in Pattern for w in windows_on(profile, day, pattern)}
    return tuple(sorted(found.values(), key=lambda w: w.closes))


def slots_at(profile: Profile, now: datetime) -> tuple[Window, ...]:
    """The slots that need something at ``now``: cheap, asked each second."""
    today = now.astimezone(profile.tz).date()
    days = (today - _DAY, today)  # a close shortly before midnight has its aftermath on the next day
    return tuple(w for day in days for w in slots_on(profile, day) if phase_of(w, now) is not None)


def next_moment(profile: Profile, now: datetime) -> datetime:
    """The first reminder's moment or end of a window after ``now``: then mailboxes are searched and letters written."""
    today = now.astimezone(profile.tz).date()
    moments = (m for day in (today, today + _DAY) for w in slots_on(profile, day) for m in (w.remind_at, w.late_from))
    return min(m for m in moments if m > now)


def slot_name(window: Window) -> str:
    """``pulang-1430``: names the slot within its date; part of the keys that make a letter one."""
    return f"{window.session}-{window.closes:%H%M}"


@dataclass(frozen=True, slots=True)
class Chased:
    """``sender`` (a unit code) is asked for the sheets of ``dues``: its own, those it coordinates, or both (TLG-12)."""

    sender: str
    dues: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot as it stands: ``dues`` of every unit, each in one of the four parts that follow."""

    window: Window
    dues: tuple[Due, ...]
    received: tuple[Due, ...]
    coming: tuple[Due, ...]
    retaking: tuple[Due, ...]
    missing: tuple[Chased, ...]

    @property
    def missing_units(self) -> int:
        """How many units miss."""
        return sum(len(chased.dues) for chased in self.missing)


def stand_of(
    window: Window,
    due: Iterable[Due],
    received: Collection[tuple[str, str]],
    coming: Collection[str] = (),
    retaking: Collection[tuple[str, str]] = (),
) -> Slot:
    """How the slot of ``window`` stands; ``due`` is the whole day's.

    ``received``: unit and session of every accepted sheet, early ones too. ``coming``: units whose registered
    addresses wrote what is archived but not yet recorded. ``retaking``: unit and session of sheets that the desk asked
    for again and whose first time still counts (TLG-05). Nobody is chased for what he has sent.
    """
    mine = tuple(d for d in due if slot_name(d.window) == slot_name(window) and d.window.date == window.date)
    parts: tuple[list[Due], list[Due], list[Due]] = ([], [], [])
    by_sender: dict[str, list[Due]] = {}
    for d in mine:
        sheet = (d.unit, d.window.session)
        if sheet in received:
            parts[0].append(d)
        elif d.sender in coming or d.unit in coming:
            parts[1].append(d)
        elif sheet in retaking:
            parts[2].append(d)
        else:
            by_sender.setdefault(d.sender, []).append(d)
    missing = tuple(Chased(sender, tuple(dues)) for sender, dues in by_sender.items())
    return Slot(window, mine, tuple(parts[0]), tuple(parts[1]), tuple(parts[2]), missing)


def coming_units(roster: Roster, unread: Iterable[tuple[Scheme, str]], day: date) -> frozenset[str]:
    """The units whose addresses wrote the messages that nobody has read yet."""
    known = (identify(roster, scheme, address, day) for scheme, address in unread)
    return frozenset(unit for identity in known if identity for unit in identity.units)


def minutes_left(window: Window, now: datetime) -> int:
    """Begun minutes until the printed close: 10 at 07.20.00, 0 within the close's own minute."""
    return max(0, -((now - window.closes) // MINUTE))


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the receivers can call; ``phones`` are E.164 digits without ``+``, ``name`` may be empty."""

    name: str
    phones: tuple[str, ...]
    mails: tuple[str, ...]


def contact_of(roster: Roster, unit: str, day: date) -> Contact:
    """The recap officers of ``unit``, else its own addresses, else its head."""
    valid = roster.addresses_of(unit, day)
    chosen = [a for a in valid if a.role is AddressRole.RECAP_OFFICER] or [a for a in valid if a.person is None]
    head = roster.head_of(unit, day)
    if not chosen and head is not None:
        chosen = [a for a in valid if a.person == head.key]
    keys = dict.fromkeys([a.person for a in chosen if a.person] or ([head.key] if head and not chosen else []))
    people = [roster.people[key] for key in keys if key in roster.people]
    own = [p.phone for p in people] + [a.value for a in valid if a.scheme is Scheme.WHATSAPP and a.person in keys]
    return Contact(
        name=", ".join(p.name for p in people),
        phones=_distinct([*_values(chosen, Scheme.WHATSAPP), *(n for n in own if n.isdigit())]),
        mails=_values(chosen, Scheme.MAIL),
    )


def supervisors_of(roster: Roster, profile: Profile, unit: str, scheme: Scheme, day: date) -> tuple[str, ...]:
    """Who hears of ``unit`` after the close; empty when the profile switches it off or the roster names nobody."""
    if not profile.escalation.at_close:
        return ()
    found = (a for a in roster.addresses_of(unit, day) if a.scheme is scheme and a.role == profile.escalation.to)
    return _distinct(a.value for a in found)


def expected_names(roster: Roster, due: Due) -> tuple[str, ...]:
    """The people whom a period for persons makes due, by name; empty: the whole unit."""
    return tuple(p.name for p in roster.members(due.unit, due.window.date) if p.key in due.people)


def _values(addresses: Iterable[Address], scheme: Scheme) -> tuple[str, ...]:
    return _distinct(a.value for a in addresses if a.scheme is scheme)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
