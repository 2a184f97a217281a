"""The steps of a unit's monthly recap (TLG-10, BLG-31..33, MLG-09) for any month, and whom it concerns (TLG-00)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import CalendarOverride, WorkCalendar
from domain.fallback import Period, Scope
from domain.profile import load_profile, profile_names
from domain.recap_due import RecapPlan, RecapStage, plans_at, recap_plan
from domain.terms import Pattern, Session
from tests.fakes.desk_world import AGUS, ALWAYS, BUDI, PROFILE, at
from tests.fakes.desk_world import ROSTER as SMALL

CALENDARS = {name: WorkCalendar(load_profile(name)) for name in profile_names()}
MONTHS = st.tuples(st.integers(2024, 2030), st.integers(1, 12))
NAMES = st.sampled_from(("tulungagung", "bulungan", "malang"))
SECOND = timedelta(seconds=1)


def plan(name: str, year: int, month: int, pattern: Pattern = Pattern.FIVE) -> RecapPlan:
    found = recap_plan(CALENDARS[name], pattern, year, month)
    assert found is not None
    return found


@given(month=MONTHS, pattern=st.sampled_from(Pattern), name=NAMES)
def test_the_steps_come_in_their_order(month: tuple[int, int], pattern: Pattern, name: str) -> None:
    found = plan(name, *month, pattern)
    steps = [m for m in (found.draft_at, found.final_at, found.revised_at, found.due, found.late_from) if m]
    assert steps == sorted(steps)
    assert len(set(steps)) == len(steps)
    assert list(found.reminders) == sorted(set(found.reminders))
    assert all(found.final_at < moment < found.late_from for moment in found.reminders)
    assert found.begins == steps[0]


@given(month=MONTHS, pattern=st.sampled_from(Pattern), name=NAMES, seconds=st.integers(-3 * 10**6, 3 * 10**6))
def test_a_moment_has_one_stage_and_none_once_all_is_over(
    month: tuple[int, int], pattern: Pattern, name: str, seconds: int
) -> None:
    found = plan(name, *month, pattern)
    now = found.final_at + timedelta(seconds=seconds)
    stage = found.stage(now)
    assert (stage is None) == (now < found.begins or now >= found.ends)
    if stage is RecapStage.DRAFT:
        assert now < found.final_at
    if stage is RecapStage.FINAL:
        assert found.final_at <= now
    reminded = found.reminder(now)
    assert reminded is None or (reminded <= now < found.late_from)


def test_the_stages_change_to_the_second() -> None:
    found = plan("tulungagung", 2026, 11)
    assert found.draft_at == at(16, 5, day=date(2026, 11, 25))
    assert found.stage(found.draft_at - SECOND) is None
    assert found.stage(found.draft_at) is RecapStage.DRAFT
    assert found.stage(found.final_at - SECOND) is RecapStage.DRAFT
    assert found.stage(found.final_at) is RecapStage.FINAL
    assert found.stage(found.late_from) is RecapStage.FINAL  # a desk that was off catches up
    assert found.stage(found.ends - SECOND) is RecapStage.FINAL
    assert found.stage(found.ends) is None


def test_a_reminder_stands_until_the_next_and_ends_with_the_deadline() -> None:
    found = plan("tulungagung", 2026, 11)
    half_past, ten_to = found.reminders
    assert found.reminder(half_past - SECOND) is None
    assert found.reminder(half_past) == half_past
    assert found.reminder(ten_to - SECOND) == half_past
    assert found.reminder(ten_to) == ten_to
    assert found.reminder(found.late_from) is None


def test_bulungan_sends_the_recap_again_when_the_month_is_locked() -> None:
    found = plan("bulungan", 2026, 11)
    assert found.revised_at == datetime(2026, 12, 5, tzinfo=CALENDARS["bulungan"].profile.tz)  # BLG-33
    assert found.stage(found.revised_at) is RecapStage.REVISED
    assert found.draft_at is None


@pytest.mark.parametrize("name", ["tarakan", "bontang"])
def test_no_recap_is_asked_for_where_the_rules_set_no_deadline(name: str) -> None:
    assert recap_plan(CALENDARS[name], Pattern.FIVE, 2026, 11) is None


def test_a_month_without_a_working_day_has_no_recap() -> None:
    closed = CalendarOverride(date(2026, 11, 1), date(2026, 11, 30), False, "tutup")
    assert recap_plan(WorkCalendar(PROFILE, [closed]), Pattern.FIVE, 2026, 11) is None


def test_a_short_month_has_no_draft() -> None:
    closed = CalendarOverride(date(2026, 11, 1), date(2026, 11, 26), False, "tutup")
    found = recap_plan(WorkCalendar(PROFILE, [closed]), Pattern.FIVE, 2026, 11)
    assert found is not None
    assert found.draft_at is None
    assert found.begins == found.final_at


TEACHER = replace(SMALL.people[AGUS], key="guru", nip=None)
ROSTER = replace(
    SMALL,
    people={**SMALL.people, "guru": TEACHER},
    placements=(*SMALL.placements, replace(SMALL.placements[0], person="guru", unit="U3", head=False)),
)


def concerned(now: datetime, *periods: Period) -> list[tuple[str, int]]:
    calendar = CALENDARS["tulungagung"]
    return [(unit.code, plan.first.month) for unit, plan in plans_at(ROSTER, calendar, periods, now)]


LAST = date(2026, 11, 30)


def test_units_are_concerned_from_their_own_last_window_on() -> None:
    assert concerned(at(14, 34, 59, day=date(2026, 11, 25)), ALWAYS) == []
    assert concerned(at(14, 35, day=date(2026, 11, 26)), ALWAYS) == [("U1", 11), ("U2", 11), ("U3", 11)]
    assert concerned(at(16, 5, day=date(2026, 11, 25)), ALWAYS) == [("U1", 11), ("U2", 11)]
    assert concerned(at(17, 0, 59, day=LAST), ALWAYS) == [("U1", 11), ("U2", 11), ("U3", 11)]
    assert concerned(at(5, 0, 59, day=date(2026, 12, 1)), ALWAYS) == [("U1", 11), ("U2", 11), ("U3", 11)]
    assert concerned(at(5, 1, day=date(2026, 12, 1)), ALWAYS) == []


def test_a_month_that_was_online_throughout_has_no_manual_recap() -> None:
    at_end = at(16, 30, day=LAST)
    some = replace(ALWAYS, scope=Scope.UNITS, members=frozenset({"U2"}))
    one_day = replace(some, first_day=date(2026, 11, 3), last_day=date(2026, 11, 3), last_session=Session.PULANG)
    person = replace(ALWAYS, scope=Scope.PERSONS, members=frozenset({BUDI}))
    sunday = replace(ALWAYS, first_day=date(2026, 11, 29), last_day=date(2026, 11, 29), last_session=Session.PULANG)
    assert concerned(at_end) == []
    assert concerned(at_end, one_day) == [("U2", 11)]
    assert concerned(at_end, person) == [("U1", 11)]
    assert concerned(at_end, sunday) == []


def test_a_unit_without_anybody_owes_none() -> None:
    calendar = CALENDARS["tulungagung"]
    found = [unit.code for unit, _ in plans_at(SMALL, calendar, (ALWAYS,), at(16, 30, day=LAST))]
    assert found == ["U1", "U2"]
