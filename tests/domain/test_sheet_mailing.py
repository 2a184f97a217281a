"""When a week's sheet is mailed (TLG-09, TLG-16): before the week, or at once when a period begins within it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import CalendarOverride, WorkCalendar
from domain.fallback import Period
from domain.sheet_mailing import current_week, mailing_moment, week_name, weeks_to_mail
from domain.terms import Pattern, Session
from tests.fakes.desk_world import ALWAYS, PROFILE, ROSTER, UNITS, at

CALENDAR = WorkCalendar(PROFILE)
FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)
MONDAYS = st.integers(0, 400).map(lambda n: date(2025, 1, 6) + timedelta(weeks=n))


def weeks(now: datetime, *periods: Period, unit: str = "U1", calendar: WorkCalendar = CALENDAR) -> list[str]:
    return list(weeks_to_mail(ROSTER, calendar, periods, UNITS[unit], now))


def test_next_weeks_sheet_is_due_on_the_units_last_working_day_at_the_profiles_hour() -> None:
    assert weeks(at(9, 59, 59, day=FRIDAY), ALWAYS) == ["2026-W48"]
    assert weeks(at(10, day=FRIDAY), ALWAYS) == ["2026-W48", "2026-W49"]
    assert weeks(at(10, day=FRIDAY), ALWAYS, unit="U3") == ["2026-W48"]
    assert weeks(at(10, day=SATURDAY), ALWAYS, unit="U3") == ["2026-W48", "2026-W49"]


def test_a_week_whose_last_window_is_over_needs_no_sheet_any_more() -> None:
    assert weeks(at(16, 0, 59, day=FRIDAY), ALWAYS) == ["2026-W48", "2026-W49"]
    assert weeks(at(16, 1, day=FRIDAY), ALWAYS) == ["2026-W49"]


def test_a_period_that_begins_within_a_week_makes_its_sheet_due_at_once() -> None:
    later = replace(ALWAYS, first_day=date(2026, 11, 26), first_session=Session.PULANG)
    assert weeks(at(8, day=date(2026, 11, 24)), later) == ["2026-W48"]
    assert weeks(at(8, day=date(2026, 11, 24))) == []


def test_a_period_that_ends_with_the_week_asks_for_no_further_sheet() -> None:
    ending = replace(ALWAYS, last_day=FRIDAY, last_session=Session.DATANG)
    assert weeks(at(10, day=FRIDAY), ending) == []
    assert weeks(at(7, 15, day=FRIDAY), ending) == ["2026-W48"]


def test_no_sheet_is_mailed_where_the_profile_does_not_ask_for_it() -> None:
    silent = WorkCalendar(PROFILE.model_copy(update={"sheet_mailing": None}))
    assert weeks(at(12, day=FRIDAY), ALWAYS, calendar=silent) == []


def test_before_long_holidays_the_sheet_goes_out_on_the_last_working_day() -> None:
    closed = CalendarOverride(date(2026, 11, 16), date(2026, 11, 29), False, "libur panjang")
    moment = mailing_moment(WorkCalendar(PROFILE, [closed]), Pattern.FIVE, date(2026, 11, 30))
    assert moment == at(10, day=date(2026, 11, 13))


@given(monday=MONDAYS, pattern=st.sampled_from(Pattern))
def test_the_moment_lies_on_a_working_day_before_the_week(monday: date, pattern: Pattern) -> None:
    moment = mailing_moment(CALENDAR, pattern, monday)
    assert moment is not None
    assert moment.date() < monday
    assert CALENDAR.day(moment.date(), pattern).working
    after = CALENDAR.next_working_day(moment.date(), pattern)
    assert after is not None
    assert after >= monday


def test_whoever_asks_for_a_sheet_gets_that_of_the_next_window() -> None:
    assert current_week(CALENDAR, UNITS["U1"], at(16, 0, 59, day=FRIDAY)) == "2026-W48"
    assert current_week(CALENDAR, UNITS["U1"], at(16, 1, day=FRIDAY)) == "2026-W49"
    assert current_week(CALENDAR, UNITS["U3"], at(16, 1, day=FRIDAY)) == "2026-W48"
    assert current_week(CALENDAR, UNITS["U3"], at(14, 31, day=SATURDAY)) == "2026-W49"
    closed = WorkCalendar(PROFILE, [CalendarOverride(FRIDAY, FRIDAY + timedelta(days=99), False, "tutup")])
    assert current_week(closed, UNITS["U1"], at(8, day=FRIDAY)) == "2026-W48"


def test_weeks_are_named_as_sheets_are() -> None:
    assert week_name(date(2026, 11, 24)) == "2026-W48"
    assert week_name(date(2027, 1, 1)) == "2026-W53"
