"""Who is expected when: shifts (MLG-16), ordinary office hours, and the span of time in which a punch belongs to one.

All times are wall times (naive) of the place where the person works.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.calendar import WorkCalendar
from domain.profile import Profile
from domain.roster import DayPlan, Roster
from domain.terms import Session
from domain.windows import windows_on

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Working hours. ``ends`` not after ``starts``: it ends on the next day."""

    code: str
    starts: time
    ends: time
    before: timedelta = timedelta(hours=4)
    after: timedelta = timedelta(hours=8)

    @property
    def overnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.ends <= self.starts


@dataclass(frozen=True, slots=True)
class Assignment:
    """``person`` works in ``shift`` from ``first`` to ``last`` (None: open) on ``weekdays`` (empty: every day)."""

    person: str
    shift: str
    first: date
    last: date | None = None
    weekdays: tuple[int, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether it speaks of ``day``."""
        inside = self.first <= day and (self.last is None or day <= self.last)
        return inside and (not self.weekdays or day.isoweekday() in self.weekdays)


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's duty that begins on ``day``: a punch from ``opens`` up to, not including, ``shuts`` belongs to it.

    ``late_from``: the first moment that is late; ``out_from``: leaving from then on is not early.
    """

    day: date
    shift: str
    starts: datetime
    ends: datetime
    late_from: datetime
    out_from: datetime
    opens: datetime
    shuts: datetime

    @property
    def middle(self) -> datetime:
        """Punches before it are arrivals, from it on departures."""
        return self.starts + (self.ends - self.starts) / 2


def turn_of(shift: Shift, day: date) -> Turn:
    """The turn of ``shift`` that begins on ``day``; on time to the end of its first minute (TLG-01)."""
    starts = datetime.combine(day, shift.starts)
    ends = datetime.combine(day, shift.ends) + (_DAY if shift.overnight else timedelta())
    late = starts + timedelta(minutes=1)
    return Turn(day, shift.code, starts, ends, late, ends, starts - shift.before, ends + shift.after)


def office_turn(profile: Profile, day: date, roster: Roster, unit: str) -> Turn:
    """The ordinary day of a unit: from datang's window to pulang's, never beyond midnight (MLG-17)."""
    datang, pulang = windows_on(profile, day, roster.units[unit].pattern)
    assert (datang.session, pulang.session) == (Session.DATANG, Session.PULANG)
    rules = profile.punches
    starts, ends = (w.replace(tzinfo=None) for w in (datang.closes, pulang.opens))
    midnight = datetime.combine(day, time())
    return Turn(
        day,
        "",
        starts,
        ends,
        datang.late_from.replace(tzinfo=None),
        ends,
        max(midnight, starts - timedelta(minutes=rules.before_minutes)),
        min(midnight + _DAY, ends + timedelta(minutes=rules.after_minutes)),
    )


@dataclass(frozen=True)
class Schedule:
    """What is known of everybody's duties."""

    profile: Profile
    calendar: WorkCalendar
    roster: Roster
    shifts: Mapping[str, Shift]
    assignments: Mapping[str, tuple[Assignment, ...]]
    plans: Mapping[tuple[str, date], DayPlan]

    @classmethod
    def of(
        cls,
        profile: Profile,
        calendar: WorkCalendar,
        roster: Roster,
        shifts: Iterable[Shift] = (),
        assignments: Iterable[Assignment] = (),
    ) -> "Schedule":
        """Index everything; a later assignment beats an earlier one on the days of both."""
        by_person: dict[str, tuple[Assignment, ...]] = {}
        for assignment in assignments:
            by_person[assignment.person] = (assignment, *by_person.get(assignment.person, ()))
        plans = {(plan.person, plan.day): plan for plan in roster.day_plans}
        return cls(profile, calendar, roster, {s.code: s for s in shifts}, by_person, plans)

    def turns(self, person: str, first: date, last: date) -> list[Turn]:
        """The person's turns that begin on ``first`` to ``last``; where two reach into each other, the time between the
        end of one and the start of the next is halved.
        """
        days = [first + timedelta(days=n) for n in range(-1, (last - first).days + 2)]
        found = [turn for day in days if (turn := self._turn(person, day)) is not None]
        for place in range(1, len(found)):
            before, after = found[place - 1], found[place]
            if before.shuts > after.opens:
                border = before.ends + (after.starts - before.ends) / 2
                found[place - 1] = _bounded(before, shuts=border)
                found[place] = _bounded(after, opens=border)
        return [turn for turn in found if first <= turn.day <= last]

    def _turn(self, person: str, day: date) -> Turn | None:
        unit = self.roster.unit_of(person, day)
        if unit is None or unit not in self.roster.units:
            return None
        plan = self.plans.get((person, day))
        if plan is not None and not plan.expected:
            return None
        named = plan.shift if plan is not None and plan.shift in self.shifts else ""
        if not named:
            given = self.assignments.get(person, ())
            held = next((a for a in given if a.holds(day)), None)
            if held is None and given and any(a.first <= day and (a.last is None or day <= a.last) for a in given):
                return None  # a weekday on which the person's shift does not work
            named = held.shift if held is not None and held.shift in self.shifts else ""
        if named:
            return turn_of(self.shifts[named], day)
        working = self.calendar.day(day, self.roster.units[unit].pattern, unit).working
        return office_turn(self.profile, day, self.roster, unit) if working or plan is not None else None


def _bounded(turn: Turn, *, opens: datetime | None = None, shuts: datetime | None = None) -> Turn:
    return Turn(
        turn.day,
        turn.shift,
        turn.starts,
        turn.ends,
        turn.late_from,
        turn.out_from,
        turn.opens if opens is None else max(turn.opens, opens),
        turn.shuts if shuts is None else min(turn.shuts, shuts),
    )
