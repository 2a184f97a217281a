"""Deadlines of five governments: TLG-10, TLG-D4, BLG-31..33, MLG-06, MLG-09; they differ (K5, K6)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import CalendarOverride, WorkCalendar
from domain.deadlines import MONTHLY_KINDS, Deadline, DeadlineKind, deadlines_on, monthly_deadline, weekly_deadline
from domain.profile import load_profile, profile_names
from domain.terms import Pattern

FIVE, SIX = Pattern.FIVE, Pattern.SIX
RECAP, CORRECTION, CUTOFF = MONTHLY_KINDS
CALENDARS = {name: WorkCalendar(load_profile(name)) for name in profile_names()}
MONTHS = [(year, month) for year in (2025, 2026, 2027) for month in range(1, 13)]


def monthly(name: str, kind: DeadlineKind, year: int, month: int, pattern: Pattern = FIVE) -> Deadline:
    found = monthly_deadline(CALENDARS[name], pattern, kind, year, month)
    assert found is not None
    return found


def local(name: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDARS[name].profile.tz)


@pytest.mark.parametrize(
    ("name", "kind", "month", "pattern", "due", "late"),
    [
        ("tulungagung", RECAP, (2026, 3), FIVE, "2026-03-31 17:00", "2026-03-31 17:01"),  # TLG-10
        ("tulungagung", RECAP, (2026, 5), FIVE, "2026-05-29 17:00", "2026-05-29 17:01"),
        ("tulungagung", RECAP, (2026, 5), SIX, "2026-05-30 17:00", "2026-05-30 17:01"),
        ("tulungagung", RECAP, (2028, 2), FIVE, "2028-02-29 17:00", "2028-02-29 17:01"),
        ("bulungan", RECAP, (2026, 10), FIVE, "2026-11-05 23:59", "2026-11-06 00:00"),  # BLG-31
        ("bulungan", RECAP, (2026, 12), FIVE, "2027-01-05 23:59", "2027-01-07 00:00"),  # Isra Mikraj: BLG-32
        ("bulungan", RECAP, (2026, 11), FIVE, "2026-12-05 23:59", "2026-12-08 00:00"),  # Saturday
        ("bulungan", RECAP, (2026, 11), SIX, "2026-12-05 23:59", "2026-12-06 00:00"),  # worked by six-day units
        ("bulungan", CORRECTION, (2026, 10), FIVE, "2026-11-04 23:59:59", "2026-11-05 00:00"),  # BLG-33
        ("bulungan", CUTOFF, (2026, 12), FIVE, "2027-01-04 23:59:59", "2027-01-05 00:00"),  # K6
        ("malang", RECAP, (2026, 9), FIVE, "2026-10-10 23:59", "2026-10-11 00:00"),  # MLG-09: a Saturday stays
        ("malang", CUTOFF, (2026, 2), FIVE, "2026-02-28 23:59:59", "2026-03-01 00:00"),  # MLG-06
        ("malang", CUTOFF, (2028, 2), FIVE, "2028-02-29 23:59:59", "2028-03-01 00:00"),
        ("malang", CUTOFF, (2026, 12), SIX, "2026-12-31 23:59:59", "2027-01-01 00:00"),
    ],
)
def test_a_monthly_deadline(
    name: str, kind: DeadlineKind, month: tuple[int, int], pattern: Pattern, due: str, late: str
) -> None:
    found = monthly(name, kind, *month, pattern)
    assert (found.kind, found.due, found.late_from) == (kind, local(name, due), local(name, late))


def test_the_fifth_plus_one_day_is_a_day_off_in_seven_of_36_months() -> None:
    calendar = CALENDARS["bulungan"]

    def lands_on_a_day_off(year: int, month: int) -> bool:
        fifth = date(year, month, 5)
        both = (fifth, fifth + timedelta(days=1))
        return not any(calendar.day(day, FIVE).working for day in both)

    found = [month for month in MONTHS if lands_on_a_day_off(*month)]
    assert found == [(2025, 4), (2025, 7), (2025, 9), (2026, 9), (2026, 12), (2027, 2), (2027, 6)]  # BLG-32


def test_lateness_moves_to_the_end_of_a_working_day_and_only_from_a_day_off() -> None:
    calendar = CALENDARS["bulungan"]
    for year, month in MONTHS:
        found = monthly("bulungan", RECAP, year, month)
        assert found.due.day == 5
        last = (found.late_from - timedelta(seconds=1)).date()
        assert calendar.day(last, FIVE).working
        assert (last == found.due.date()) == calendar.day(found.due.date(), FIVE).working


def test_the_tenth_is_a_day_off_in_ten_of_36_months_and_stays() -> None:
    calendar = CALENDARS["malang"]
    assert sum(not calendar.day(date(year, month, 10), FIVE).working for year, month in MONTHS) == 10  # MLG-09
    for year, month in MONTHS:
        found = monthly("malang", RECAP, year, month)
        assert (found.due.day, found.late_from - found.due) == (10, timedelta(minutes=1))


def extended(days: int) -> WorkCalendar:
    profile = load_profile("bulungan")
    rule = profile.deadlines.correction_close
    assert rule is not None
    longer = rule.model_copy(update={"extend_to_working_days": days})
    deadlines = profile.deadlines.model_copy(update={"correction_close": longer})
    return WorkCalendar(profile.model_copy(update={"deadlines": deadlines}))


@pytest.mark.parametrize(
    ("month", "days", "closes"),
    [
        ((2025, 3), 0, date(2025, 4, 4)),  # no working day in 1..4 April 2025
        ((2025, 3), 1, date(2025, 4, 8)),
        ((2025, 3), 2, date(2025, 4, 9)),
        ((2025, 12), 2, date(2026, 1, 5)),  # one working day in 1..4 January 2026
        ((2026, 10), 2, date(2026, 11, 4)),  # enough: never earlier than the 4th
    ],
)
def test_the_correction_window_can_be_extended_to_working_days(month: tuple[int, int], days: int, closes: date) -> None:
    found = monthly_deadline(extended(days), FIVE, CORRECTION, *month)  # BLG-33
    assert found is not None
    assert found.due.date() == closes
    assert found.late_from.date() == closes + timedelta(days=1)


def test_governments_without_a_rule_have_no_deadline() -> None:
    for name in ("tarakan", "bontang"):  # K5
        assert deadlines_on(CALENDARS[name], FIVE, date(2026, 11, 30)) == ()
        assert weekly_deadline(CALENDARS[name], FIVE, date(2026, 11, 30)) is None
    assert monthly_deadline(CALENDARS["malang"], FIVE, CORRECTION, 2026, 11) is None


@pytest.mark.parametrize(
    ("pattern", "day", "due"),
    [
        (FIVE, date(2026, 11, 23), "2026-11-27 16:15"),  # TLG-D4
        (SIX, date(2026, 11, 23), "2026-11-28 14:45"),
        (FIVE, date(2026, 5, 14), "2026-05-13 16:15"),  # Thursday holiday, Friday cuti bersama
        (SIX, date(2026, 5, 14), "2026-05-16 14:45"),
        (FIVE, date(2027, 1, 1), "2026-12-31 16:15"),  # a week over the year's end
    ],
)
def test_the_weekly_recap_follows_the_last_window_of_the_week(pattern: Pattern, day: date, due: str) -> None:
    found = weekly_deadline(CALENDARS["tulungagung"], pattern, day)
    assert found is not None
    assert found.due == local("tulungagung", due)


def test_a_week_without_a_working_day_has_no_recap() -> None:
    closed = CalendarOverride(date(2026, 3, 23), date(2026, 3, 29), False, "Libur Lebaran")
    calendar = WorkCalendar(load_profile("tulungagung"), [closed])
    assert weekly_deadline(calendar, SIX, date(2026, 3, 25)) is None


def test_a_month_without_a_working_day_ends_on_its_last_day() -> None:
    closed = CalendarOverride(date(2026, 1, 1), date(2027, 12, 31), False, "tutup")
    calendar = WorkCalendar(load_profile("tulungagung"), [closed])
    found = monthly_deadline(calendar, FIVE, RECAP, 2026, 6)
    assert found is not None
    assert found.due.date() == date(2026, 6, 30)
    never = WorkCalendar(load_profile("bulungan"), [closed])
    shifted = monthly_deadline(never, FIVE, RECAP, 2026, 6)
    assert shifted is not None
    assert shifted.late_from - shifted.due == timedelta(minutes=1)


@given(st.sampled_from(MONTHS), st.sampled_from(sorted(CALENDARS)), st.sampled_from(Pattern))
def test_every_deadline_is_found_on_its_own_day_and_no_other(
    month: tuple[int, int], name: str, pattern: Pattern
) -> None:
    calendar = CALENDARS[name]
    for kind in MONTHLY_KINDS:
        found = monthly_deadline(calendar, pattern, kind, *month)
        if found is None:
            continue
        assert found.due < found.late_from
        assert found in deadlines_on(calendar, pattern, found.due.date())
        assert found not in deadlines_on(calendar, pattern, found.due.date() + timedelta(days=1))
