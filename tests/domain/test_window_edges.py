"""Every window of every government, judged second by second around its edges, on days where calendars trip."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.calendar import WorkCalendar
from domain.due import due_on
from domain.profile import Profile, load_profile, parse_profile, profile_names
from domain.roster import Roster, Unit
from domain.terms import Pattern, Session, Timeliness
from domain.windows import judge, windows_on
from tests.fakes.desk_world import ALWAYS

SECOND = timedelta(seconds=1)
PERIOD = replace(ALWAYS, first_day=date(2025, 1, 1))
TRICKY = (
    date(2026, 11, 24),
    date(2026, 12, 31),  # year-end
    date(2027, 1, 4),
    date(2028, 2, 29),  # a Tuesday
    date(2026, 3, 17),  # the last day before a week of cuti bersama
    date(2026, 3, 25),  # the first day after it
)
UNITS = {"L": Unit("L", "Dinas", pattern=Pattern.FIVE), "E": Unit("E", "SMP", pattern=Pattern.SIX)}
ROSTER = Roster(1, UNITS, {}, ())


def eastern() -> Profile:
    """Tulungagung's rules in the third zone, which no shipped profile has."""
    path = Path("domain/profiles/tulungagung.toml")
    return parse_profile(path.read_text("utf-8").replace("Asia/Jakarta", "Asia/Jayapura"), path.name)


PROFILES = {**{name: load_profile(name) for name in profile_names()}, "wit": eastern()}


def test_all_three_zones_are_here() -> None:
    assert {profile.zone_label for profile in PROFILES.values()} == {"WIB", "WITA", "WIT"}


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("day", TRICKY, ids=str)
def test_a_window_opens_and_closes_to_the_second(name: str, pattern: Pattern, day: date) -> None:
    for window in windows_on(PROFILES[name], day, pattern):
        edges = {
            window.opens - SECOND: (Timeliness.EARLY, 0),
            window.opens: (Timeliness.ON_TIME, 0),
            window.closes: (Timeliness.ON_TIME, 0),
            window.closes + 59 * SECOND: (Timeliness.ON_TIME, 0),  # TLG-01: inclusive to its minute
            window.closes + 60 * SECOND: (Timeliness.LATE, 1),
            window.closes + 119 * SECOND: (Timeliness.LATE, 1),
            window.closes + 120 * SECOND: (Timeliness.LATE, 2),
        }
        for moment, (timeliness, minutes) in edges.items():
            judged = judge(window, moment)
            assert (judged.timeliness, judged.late_minutes) == (timeliness, minutes), moment
        assert {moment.utcoffset() for moment in edges} == {PROFILES[name].tz.utcoffset(window.opens)}


@pytest.mark.parametrize(("zone", "hours"), [("tulungagung", 7), ("bontang", 8), ("wit", 9)])
def test_seven_in_the_morning_is_another_moment_in_each_zone(zone: str, hours: int) -> None:
    datang, _ = windows_on(PROFILES[zone], date(2027, 1, 4), Pattern.FIVE)
    assert datang.opens.utcoffset() == timedelta(hours=hours)
    assert datang.opens.hour == 7


@pytest.mark.parametrize(
    ("day", "five", "six"),
    [
        (date(2026, 12, 31), True, True),
        (date(2027, 1, 1), False, False),
        (date(2027, 1, 2), False, True),  # a Saturday
        (date(2027, 1, 3), False, False),
        (date(2028, 2, 29), True, True),
        (date(2028, 3, 1), True, True),
        (date(2026, 3, 17), True, True),
        (date(2026, 3, 18), False, False),  # cuti bersama
        (date(2026, 3, 23), False, False),
        (date(2026, 3, 24), False, False),
        (date(2026, 3, 25), True, True),
    ],
)
@pytest.mark.parametrize("name", PROFILES)
def test_who_owes_a_sheet_on_the_days_where_calendars_trip(name: str, day: date, five: bool, six: bool) -> None:
    profile = PROFILES[name]
    due = due_on(ROSTER, WorkCalendar(profile), profile, (PERIOD,), day)
    wanted = [(code, session) for code, works in (("L", five), ("E", six)) if works for session in Session]
    assert [(d.unit, d.window.session) for d in due] == wanted
