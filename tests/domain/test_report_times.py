"""When the desk's own reports are made (TLG-D4, TLG-D5), for every profile."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import CalendarOverride, WorkCalendar
from domain.profile import load_profile
from domain.report_times import SETTLING, Span, moments_until, month_span, next_report, week_spans
from domain.terms import Pattern

WIB = ZoneInfo("Asia/Jakarta")
TLG = load_profile("tulungagung")
CALENDAR = WorkCalendar(TLG)
MONDAY = date(2026, 11, 23)


def together() -> WorkCalendar:
    rule = TLG.deadlines.weekly_recap
    assert rule is not None
    deadlines = TLG.deadlines.model_copy(update={"weekly_recap": rule.model_copy(update={"together": True})})
    return WorkCalendar(TLG.model_copy(update={"deadlines": deadlines}))


def weekly(calendar: WorkCalendar, now: datetime) -> dict[str, datetime]:
    return {m.span.code: m.due for m in moments_until(calendar, now) if not m.monthly and m.span.first == MONDAY}


def test_friday_for_five_days_and_saturday_for_six() -> None:
    friday, saturday = datetime(2026, 11, 27, 16, 15, tzinfo=WIB), datetime(2026, 11, 28, 14, 45, tzinfo=WIB)
    assert weekly(CALENDAR, friday - timedelta(seconds=1)) == {}
    assert weekly(CALENDAR, friday) == {"5H": friday}
    assert weekly(CALENDAR, saturday) == {"5H": friday, "6H": saturday}
    assert next_report(CALENDAR, friday - timedelta(seconds=1)) == friday
    assert next_report(CALENDAR, friday) == saturday


def test_one_report_waits_for_the_six_day_units() -> None:
    saturday = datetime(2026, 11, 28, 14, 45, tzinfo=WIB)
    assert weekly(together(), saturday - timedelta(seconds=1)) == {}
    assert weekly(together(), saturday) == {"": saturday}
    assert week_spans(together(), MONDAY) == (Span(MONDAY, MONDAY + timedelta(days=6)),)


def test_a_week_that_ends_with_a_holiday_is_reported_before_it() -> None:
    off = CalendarOverride(date(2026, 11, 27), date(2026, 11, 28), False, "Libur setempat")
    found = weekly(WorkCalendar(TLG, [off]), datetime(2026, 11, 29, tzinfo=WIB))
    assert found["5H"] == datetime(2026, 11, 26, 16, 15, tzinfo=WIB)
    assert found["6H"] == datetime(2026, 11, 26, 14, 45, tzinfo=WIB)


def test_a_week_without_work_has_no_report() -> None:
    off = CalendarOverride(MONDAY, MONDAY + timedelta(days=6), False, "Libur setempat")
    assert weekly(WorkCalendar(TLG, [off]), datetime(2026, 11, 29, tzinfo=WIB)) == {}


@pytest.mark.parametrize(
    ("profile", "month", "due"),
    [
        ("tulungagung", date(2026, 11, 1), "2026-11-30T17:01"),
        ("tulungagung", date(2026, 5, 1), "2026-05-30T17:01"),  # Saturday, the six-day units' last
        ("bulungan", date(2026, 8, 1), "2026-09-08T00:00"),  # the 5th is a Saturday: late after Monday
        ("malang", date(2026, 11, 1), "2026-12-11T00:00"),
    ],
)
def test_the_month_is_reported_after_every_unit_should_have_returned_its_recap(
    profile: str, month: date, due: str
) -> None:
    calendar = WorkCalendar(load_profile(profile))
    moment = datetime.fromisoformat(due).replace(tzinfo=calendar.profile.tz) + SETTLING
    found = {m.span: m.due for m in moments_until(calendar, moment) if m.monthly}
    assert abs(found[month_span(month)] - moment) <= timedelta(minutes=1)
    assert month_span(month) not in {m.span for m in moments_until(calendar, moment - timedelta(minutes=2))}


@pytest.mark.parametrize("profile", ["tarakan", "bontang"])
def test_a_government_without_deadlines_gets_no_report_by_the_clock(profile: str) -> None:
    calendar = WorkCalendar(load_profile(profile))
    now = datetime(2026, 12, 31, tzinfo=calendar.profile.tz)
    assert moments_until(calendar, now) == ()
    assert next_report(calendar, now) is None


def test_a_desk_that_was_off_for_two_weeks_catches_up() -> None:
    found = moments_until(CALENDAR, datetime(2026, 12, 11, 15, tzinfo=WIB))
    assert {m.span.first for m in found if not m.monthly} == {MONDAY, date(2026, 11, 30)}
    assert {m.span.code for m in found if not m.monthly} == {"5H", "6H"}
    assert {m.span for m in found if m.monthly} == {month_span(date(2026, 10, 1)), month_span(date(2026, 11, 1))}
    assert Pattern.SIX in {m.span.pattern for m in found}
