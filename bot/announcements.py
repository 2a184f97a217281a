"""Declaring or ending a fallback period is told to every unit concerned (TLG-00)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from bot.bootstrap import Installation, outgoing_of
from domain.fallback import Period, Scope
from domain.profile import Profile
from domain.roster import Roster, Unit
from domain.terms import Pattern, Scheme, Session
from domain.windows import windows_on
from domain.wording import clock_time, long_date
from intake.undelivered import ORDER
from storage.engine import UnitOfWork
from storage.records import NewOutbox
from templates import DESK_NAME, render, render_chat

_EXPIRY = timedelta(days=3)


async def announce_start(uow: UnitOfWork, place: Installation, number: int, period: Period, roster: Roster) -> int:
    """Put one letter per unit and address into the outbox; returns how many."""
    told = 0
    for unit in _concerned(period, roster):
        sender = roster.units.get(roster.sender_of(unit.code), unit)
        windows = _windows(place.profile, period.first_day, unit.pattern)
        fields = {
            "unit": unit.name,
            "first": _when(period.first_day, period.first_session, place.profile),
            "last": _until(period, place.profile),
            "reason": period.reason.rstrip("."),
            "sender_unit": "petugas rekap unit" if sender.code == unit.code else f"petugas rekap {sender.name}",
            "mailbox": unit.mailbox or _any_mailbox(place),
        }
        body = render(
            "fallback_announced",
            **fields,
            letter=period.letter,
            windows=windows,
            retroactive=period.retroactive,
            sender_name=DESK_NAME,
            government=place.profile.government,
        )
        short = render_chat("short_fallback_announced", windows, **fields)
        key = f"fallback_on:{number}:{unit.code}"
        told += await _tell(uow, place, roster, unit, key, "Presensi manual diberlakukan", body, short)
    return told


async def announce_end(
    uow: UnitOfWork, place: Installation, number: int, period: Period, last: date, session: Session, roster: Roster
) -> int:
    """Tell the same units that the period is over."""
    told = 0
    for unit in _concerned(period, roster):
        fields = {"unit": unit.name, "last": _when(last, session, place.profile)}
        body = render("fallback_ended", **fields, sender_name=DESK_NAME, government=place.profile.government)
        short = render_chat("short_fallback_ended", **fields)
        key = f"fallback_off:{number}:{unit.code}:{last}"
        told += await _tell(uow, place, roster, unit, key, "Presensi manual berakhir", body, short)
    return told


def _concerned(period: Period, roster: Roster) -> list[Unit]:
    if period.scope is Scope.ALL:
        return list(roster.units.values())
    if period.scope is Scope.UNITS:
        return [u for code, u in roster.units.items() if code in period.members]
    codes = {roster.unit_of(person, period.first_day) for person in period.members}
    return [u for code, u in roster.units.items() if code in codes]


async def _tell(
    uow: UnitOfWork, place: Installation, roster: Roster, unit: Unit, key: str, subject: str, body: str, short: str
) -> int:
    """By the first channel that the unit is reached by; what is refused there goes on by the next."""
    now: datetime = place.clock.now()
    told = 0
    day = now.astimezone(place.profile.tz).date()
    scheme, values = reached_by(roster, unit.code, day, outgoing_of(place.settings).channels)
    for to in values:
        new = NewOutbox(
            dedupe_key=f"{key}:{to}",
            scheme=scheme,
            to_address=to,
            kind="fallback",
            subject=f"{subject}: {unit.name}",
            body=body,
            short=short,
            due_at=now,
            expires_at=now + _EXPIRY,
        )
        told += await uow.outbox.put(new) is not None
    return told


def reached_by(roster: Roster, unit: str, day: date, channels: Collection[Scheme]) -> tuple[Scheme, tuple[str, ...]]:
    """The first open channel by which a unit can be written to, and its addresses there."""
    known = ((scheme, roster.contacts(unit, scheme, day)) for scheme in ORDER if scheme in channels)
    return next((found for found in known if found[1]), (Scheme.MAIL, ()))


def _when(day: date, session: Session, profile: Profile) -> str:
    return f"{long_date(day)}, sesi {profile.session_names[session]}"


def _until(period: Period, profile: Profile) -> str:
    return _when(period.last_day, period.last_session or Session.PULANG, profile) if period.last_day else ""


def _windows(profile: Profile, day: date, pattern: Pattern) -> list[str]:
    return [
        f"{profile.session_names[w.session]}: pukul {w.opens:%H.%M} s.d. {clock_time(w.closes, profile)}"
        for w in windows_on(profile, day, pattern)
    ]


def _any_mailbox(place: Installation) -> str:
    return place.settings.mailboxes[0].address if place.settings.mailboxes else "alamat BKD"
