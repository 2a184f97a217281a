"""Working days of five- and six-day units: TLG-06, TLG-10 and the counts of DOMAIN.md 5."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import CalendarOverride, WorkCalendar, month_end, month_start, national_days_off
from domain.profile import load_profile
from domain.terms import Pattern

PROFILE = load_profile("tulungagung")
CALENDAR = WorkCalendar(PROFILE)
FIVE, SIX = Pattern.FIVE, Pattern.SIX
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def count(year: int, pattern: Pattern) -> int:
    return sum(1 for _ in CALENDAR.working_days(date(year, 1, 1), date(year, 12, 31), pattern))


@pytest.mark.parametrize(("year", "five", "six"), [(2025, 237, 288), (2026, 240, 291), (2027, 242, 291)])
def test_the_working_days_of_a_year(year: int, five: int, six: int) -> None:
    assert (count(year, FIVE), count(year, SIX)) == (five, six)


@pytest.mark.parametrize(
    ("year", "month", "five", "six"),
    [
        (2026, 3, 31, 31),  # TLG-10
        (2026, 5, 29, 30),  # TLG-10: the 31st is Waisak and a Sunday
        (2026, 2, 27, 28),
        (2028, 2, 29, 29),  # 29 February is a Tuesday
        (2026, 12, 31, 31),
        (2027, 12, 31, 31),
        (2026, 1, 30, 31),
    ],
)
def test_the_last_working_day_of_a_month(year: int, month: int, five: int, six: int) -> None:
    assert CALENDAR.last_working_day(year, month, FIVE) == date(year, month, five)
    assert CALENDAR.last_working_day(year, month, SIX) == date(year, month, six)


@pytest.mark.parametrize(
    ("day", "five", "six"),
    [
        (date(2026, 11, 24), "Hari kerja", "Hari kerja"),
        (date(2026, 11, 28), "Akhir pekan", "Hari kerja"),
        (date(2026, 11, 29), "Akhir pekan", "Akhir pekan"),
        (date(2026, 12, 25), "Libur nasional: Hari Raya Natal", "Libur nasional: Hari Raya Natal"),
        (date(2026, 12, 24), "Cuti bersama: Hari Raya Natal", "Cuti bersama: Hari Raya Natal"),
        (date(2028, 2, 29), "Hari kerja", "Hari kerja"),
    ],
)
def test_each_day_says_why(day: date, five: str, six: str) -> None:
    assert (CALENDAR.day(day, FIVE).reason, CALENDAR.day(day, SIX).reason) == (five, six)
    assert CALENDAR.day(day, FIVE).working == (five == "Hari kerja")


def test_a_week_of_cuti_bersama_has_few_working_days() -> None:
    week = [CALENDAR.day(date(2026, 3, 16) + timedelta(days=n), SIX) for n in range(9)]
    assert [status.working for status in week] == [True, True, *[False] * 7]
    assert week[2].reason == "Cuti bersama: Hari Suci Nyepi"
    assert week[3].reason == "Libur nasional: Hari Suci Nyepi"
    assert week[7].reason == "Cuti bersama: Hari Raya Idul Fitri"


def test_a_year_without_a_decree_still_has_its_week_ends() -> None:
    assert not any(reason.startswith("Cuti") for reason in national_days_off(2040).values())
    assert CALENDAR.day(date(2040, 1, 7), FIVE).reason == "Akhir pekan"


def override(working: bool, reason: str, unit: str | None = None, pattern: Pattern | None = None) -> CalendarOverride:
    return CalendarOverride(date(2026, 3, 23), date(2026, 3, 24), working, reason, "800/1/2026", unit, pattern)


def test_a_service_unit_may_work_through_cuti_bersama() -> None:
    calendar = WorkCalendar(PROFILE, [override(True, "Pelayanan tetap buka", unit="U050")])
    assert calendar.day(date(2026, 3, 23), SIX, "U050").reason == "Pelayanan tetap buka"
    assert calendar.day(date(2026, 3, 23), SIX, "U050").working
    assert not calendar.day(date(2026, 3, 23), SIX, "U051").working
    assert not calendar.day(date(2026, 3, 23), SIX).working
    assert not calendar.day(date(2026, 3, 22), SIX, "U050").working


def test_the_most_special_override_counts_and_among_equals_the_latest() -> None:
    everyone, sixes = override(False, "semua"), override(True, "enam hari", pattern=SIX)
    unit = override(False, "unit", unit="U1")
    calendar = WorkCalendar(PROFILE, [unit, sixes, everyone, override(True, "semua, baru")])
    assert calendar.day(date(2026, 3, 24), FIVE).reason == "semua, baru"
    assert calendar.day(date(2026, 3, 24), SIX).reason == "enam hari"
    assert calendar.day(date(2026, 3, 24), SIX, "U1").reason == "unit"


def test_a_local_holiday_moves_the_last_working_day() -> None:
    day = date(2026, 11, 30)
    calendar = WorkCalendar(PROFILE, [CalendarOverride(day, day, False, "Pilkades serentak")])
    assert calendar.last_working_day(2026, 11, FIVE) == date(2026, 11, 27)
    assert calendar.last_working_day(2026, 11, SIX) == date(2026, 11, 28)


def test_overrides_can_leave_no_working_day() -> None:
    calendar = WorkCalendar(PROFILE, [CalendarOverride(date(2026, 1, 1), date(2027, 12, 31), False, "tutup")])
    assert calendar.last_working_day(2026, 6, FIVE) is None
    assert calendar.next_working_day(date(2026, 6, 1), FIVE) is None


@given(day=DAYS)
def test_a_five_day_unit_works_only_when_a_six_day_unit_does(day: date) -> None:
    five, six = CALENDAR.day(day, FIVE), CALENDAR.day(day, SIX)
    assert six.working or not five.working
    assert six.working != five.working or day.isoweekday() != 6 or day in national_days_off(day.year)


@given(day=DAYS, pattern=st.sampled_from(Pattern))
def test_the_next_working_day_skips_only_days_off(day: date, pattern: Pattern) -> None:
    found = CALENDAR.next_working_day(day, pattern)
    assert found is not None
    assert found > day
    between = _between(day, found)
    assert CALENDAR.day(found, pattern).working
    assert not any(CALENDAR.day(each, pattern).working for each in between)


def _between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(1, (last - first).days))


@given(day=DAYS)
def test_months_end_where_the_next_begin(day: date) -> None:
    assert month_end(day.year, day.month) + timedelta(days=1) == month_start(day.year, day.month, 1)
    assert month_start(day.year, day.month) <= day <= month_end(day.year, day.month)
    assert month_start(2027, 1, -1) == date(2026, 12, 1)
