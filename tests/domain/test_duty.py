"""Who owes presence when: placement, shift, calendar and declared periods (TLG-00, TLG-06)."""

from dataclasses import replace
from datetime import date, timedelta

from domain.calendar import CalendarOverride, WorkCalendar
from domain.duty import Duties, Duty
from domain.fallback import Scope
from domain.resolution import World
from domain.roster import DayPlan
from domain.terms import Session
from tests.fakes.desk_world import AGUS, ALWAYS, BUDI, DAY, IN, OUT, PEOPLE, PROFILE, ROSTER, SITI, WORLD

BOTH = Duty(True, (IN, OUT))
SATURDAY = DAY + timedelta(days=4)


def test_a_working_day_inside_a_period_has_both_sessions() -> None:
    assert Duties(WORLD).on(SITI, "U1", DAY) == BOTH


def test_the_units_own_rest_day_and_a_local_holiday_have_none() -> None:
    assert not Duties(WORLD).on(SITI, "U1", SATURDAY).works
    assert Duties(WORLD).on(SITI, "U3", SATURDAY) == BOTH
    off = CalendarOverride(DAY, DAY, False, "Hari jadi", unit="U1")
    duties = Duties(World(PROFILE, WorkCalendar(PROFILE, [off]), ROSTER, (ALWAYS,)))
    assert not duties.on(SITI, "U1", DAY).works
    assert duties.on(AGUS, "U2", DAY) == BOTH


def test_a_shift_beats_the_units_day() -> None:
    plans = (DayPlan(SITI, DAY, False), DayPlan(BUDI, SATURDAY, True))
    duties = Duties(World(PROFILE, WorkCalendar(PROFILE), replace(ROSTER, day_plans=plans), (ALWAYS,)))
    assert not duties.on(SITI, "U1", DAY).works
    assert duties.on(BUDI, "U1", SATURDAY) == BOTH
    assert DAY not in set(duties.working_days(SITI, DAY, SATURDAY))
    assert SATURDAY in set(duties.working_days(BUDI, DAY, SATURDAY))


def test_outside_every_period_presence_is_online() -> None:
    early = date(2026, 10, 30)
    assert Duties(WORLD).on(SITI, "U1", early) == Duty(True, ())
    begins = replace(ALWAYS, first_day=DAY, first_session=Session.PULANG)
    duties = Duties(World(PROFILE, WorkCalendar(PROFILE), ROSTER, (begins,)))
    assert duties.on(SITI, "U1", DAY) == Duty(True, (OUT,))


def test_a_period_for_units_or_people_concerns_only_them() -> None:
    some = replace(ALWAYS, scope=Scope.PERSONS, members=frozenset({BUDI}))
    unit = replace(ALWAYS, scope=Scope.UNITS, members=frozenset({"U2"}))
    duties = Duties(World(PROFILE, WorkCalendar(PROFILE), ROSTER, (some, unit)))
    assert duties.on(BUDI, "U1", DAY) == BOTH
    assert duties.on(SITI, "U1", DAY) == Duty(True, ())
    assert duties.on(AGUS, "U2", DAY) == BOTH
    units = list(ROSTER.units.values())
    assert [u.code for u in duties.units_due(units, DAY, DAY)] == ["U1", "U2"]
    assert duties.units_due(units, SATURDAY, SATURDAY) == ()


def test_only_those_whom_the_rules_name_are_asked() -> None:
    assert Duties(WORLD).subject(PEOPLE[SITI])
    assert not Duties(WORLD).subject(replace(PEOPLE[SITI], employment="MAGANG"))
