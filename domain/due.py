"""Which units owe which session's sheet on a day, who sends it, and who is missing (TLG-00, TLG-06, TLG-11..14)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.calendar import WorkCalendar
from domain.fallback import Period, Scope, covers
from domain.profile import Profile
from domain.roster import Roster, Unit
from domain.terms import Session
from domain.windows import Window, windows_on


@dataclass(frozen=True, slots=True)
class Due:
    """``sender`` (a unit code) owes the sheet of ``unit`` within ``window``.

    ``people`` are the only rows expected when the period is declared for persons; empty: everybody of the unit.
    """

    unit: str
    sender: str
    window: Window
    people: frozenset[str] = frozenset()


def due_on(
    roster: Roster, calendar: WorkCalendar, profile: Profile, periods: Sequence[Period], day: date
) -> tuple[Due, ...]:
    """All sheets due on ``day`` in roster order, datang before pulang within a unit."""
    found: list[Due] = []
    for unit in roster.units.values():
        if not calendar.day(day, unit.pattern, unit.code).working:  # TLG-06: the unit's own rest day
            continue
        for window in windows_on(profile, day, unit.pattern):
            people = expected_people(roster, periods, unit.code, day, window.session)
            if people is not None:
                found.append(Due(unit.code, sender_on(roster, calendar, unit, day), window, people))
    return tuple(found)


def expected_people(
    roster: Roster, periods: Iterable[Period], unit: str, day: date, session: Session
) -> frozenset[str] | None:
    """None: no period makes a sheet of ``unit`` due; empty: the whole unit is expected; else only these people."""
    inside = [p for p in periods if p.holds(day, session)]
    if covers(inside, unit, day, session):
        return frozenset()
    named = frozenset().union(*(p.members for p in inside if p.scope is Scope.PERSONS))
    return (named & {person.key for person in roster.members(unit, day)}) or None


def sender_on(roster: Roster, calendar: WorkCalendar, unit: Unit, day: date) -> str:
    """Who sends the sheet of ``unit``: its coordinator, or itself on the coordinator's day off (TLG-12, TLG-13)."""
    coordinator = roster.units.get(roster.sender_of(unit.code))
    if coordinator is None or not calendar.day(day, coordinator.pattern, coordinator.code).working:
        return unit.code
    return coordinator.code


def missing(due: Iterable[Due], received: Collection[tuple[str, Session]]) -> tuple[Due, ...]:
    """What is due and not among ``received`` (unit code, session), in the order of ``due``."""
    return tuple(d for d in due if (d.unit, d.window.session) not in received)
