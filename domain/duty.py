"""Which sessions a person owes on a day: placement, shift, calendar and declared periods together. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.fallback import Scope
from domain.resolution import World
from domain.roster import Person, Unit
from domain.terms import Pattern, Session


@dataclass(frozen=True, slots=True)
class Duty:
    """A person's day in a unit. ``sessions``: those with a sheet due; none on a worked day: presence is online then."""

    works: bool
    sessions: tuple[Session, ...] = ()


_OFF = Duty(works=False)


class Duties:
    """Asked for thousands of people: what is the same for a whole unit is worked out once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._subjects = {subject.upper() for subject in world.profile.people.subjects}
        self._plans = {(plan.person, plan.day): plan.expected for plan in world.roster.day_plans}
        self._works: dict[tuple[str, date], bool] = {}
        self._whole: dict[tuple[str, date], Duty] = {}
        self._some: dict[tuple[str, date], dict[str, Duty]] = {}

    def subject(self, person: Person) -> bool:
        """Whether this government's rules ask presence of such people at all (BLG-01, MLG-01)."""
        return person.employment.upper() in self._subjects

    def works(self, unit: str, day: date) -> bool:
        """Whether ``unit`` works on ``day`` (TLG-06)."""
        key = (unit, day)
        found = self._works.get(key)
        if found is None:
            known = self._world.roster.units.get(unit)
            pattern = known.pattern if known else Pattern.FIVE
            found = self._works[key] = self._world.calendar.day(day, pattern, unit).working
        return found

    def on(self, person: str, unit: str, day: date) -> Duty:
        """What ``person``, placed in ``unit`` on ``day``, owes."""
        if not self._plans.get((person, day), self.works(unit, day)):
            return _OFF
        key = (unit, day)
        if key not in self._whole:
            self._load(unit, day)
        return self._some[key].get(person, self._whole[key])

    def _load(self, unit: str, day: date) -> None:
        periods = [(s, p) for s in Session for p in self._world.periods if p.holds(day, s)]
        whole = {
            s for s, p in periods if p.scope is Scope.ALL or (p.scope is Scope.UNITS and unit in p.members)
        }  # TLG-00
        named = {member for _, p in periods if p.scope is Scope.PERSONS for member in p.members}
        self._whole[unit, day] = _duty(whole)
        self._some[unit, day] = {
            one: _duty(whole | {s for s, p in periods if p.scope is Scope.PERSONS and one in p.members})
            for one in named
        }

    def working_days(self, person: str, first: date, last: date) -> Iterator[date]:
        """The person's own working days, wherever placed; days without a placement are none."""
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            unit = self._world.roster.unit_of(person, day)
            if unit is not None and self._plans.get((person, day), self.works(unit, day)):
                yield day

    def units_due(self, units: Sequence[Unit], first: date, last: date) -> tuple[Unit, ...]:
        """Those of ``units`` of which somebody owes a sheet on some day of the span."""
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        return tuple(unit for unit in units if any(self._owes(unit.code, day) for day in days))

    def _owes(self, unit: str, day: date) -> bool:
        if not self.works(unit, day):
            return False
        if (unit, day) not in self._whole:
            self._load(unit, day)
        some = self._some[unit, day]
        return bool(self._whole[unit, day].sessions) or any(
            some[p.key].sessions for p in self._world.roster.members(unit, day) if p.key in some
        )


def _duty(sessions: set[Session]) -> Duty:
    return Duty(works=True, sessions=tuple(s for s in Session if s in sessions))
