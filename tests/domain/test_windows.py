"""Windows and their edges to the second: TLG-01..05a, and the windows of the other governments."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.profile import Profile, load_profile, profile_names
from domain.terms import Pattern, Session, Timeliness
from domain.windows import Window, guess_session, judge, windows_on

TULUNGAGUNG = load_profile("tulungagung")
PROFILES = [load_profile(name) for name in profile_names()]
TUESDAY = date(2026, 11, 24)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def window(session: Session, pattern: Pattern = Pattern.FIVE) -> Window:
    return next(w for w in windows_on(TULUNGAGUNG, TUESDAY, pattern) if w.session is session)


def at(clock: str) -> datetime:
    return datetime.combine(TUESDAY, time.fromisoformat(clock), TULUNGAGUNG.tz)


@pytest.mark.parametrize(
    ("session", "pattern", "clock", "timeliness", "late"),
    [
        (Session.DATANG, 5, "06:59:59", Timeliness.EARLY, 0),  # TLG-01
        (Session.DATANG, 5, "07:00:00", Timeliness.ON_TIME, 0),
        (Session.DATANG, 5, "07:30:00", Timeliness.ON_TIME, 0),
        (Session.DATANG, 5, "07:30:59.999999", Timeliness.ON_TIME, 0),
        (Session.DATANG, 5, "07:31:00", Timeliness.LATE, 1),
        (Session.DATANG, 6, "07:31:59", Timeliness.LATE, 1),
        (Session.DATANG, 6, "07:32:00", Timeliness.LATE, 2),
        (Session.DATANG, 6, "15:40:00", Timeliness.LATE, 490),
        (Session.PULANG, 5, "15:29:59", Timeliness.EARLY, 0),  # TLG-02
        (Session.PULANG, 5, "15:30:00", Timeliness.ON_TIME, 0),
        (Session.PULANG, 5, "16:00:59", Timeliness.ON_TIME, 0),
        (Session.PULANG, 5, "16:01:00", Timeliness.LATE, 1),
        (Session.PULANG, 6, "13:59:59", Timeliness.EARLY, 0),  # TLG-03
        (Session.PULANG, 6, "14:00:00", Timeliness.ON_TIME, 0),
        (Session.PULANG, 6, "14:30:59", Timeliness.ON_TIME, 0),
        (Session.PULANG, 6, "14:31:00", Timeliness.LATE, 1),
    ],
)
def test_a_sending_is_judged_to_the_second(
    session: Session, pattern: int, clock: str, timeliness: Timeliness, late: int
) -> None:
    judged = judge(window(session, Pattern(pattern)), at(clock))
    assert (judged.timeliness, judged.late_minutes) == (timeliness, late)


def test_a_moment_is_the_same_in_every_zone() -> None:
    moment = at("07:31:00").astimezone(ZoneInfo("UTC"))
    assert moment.hour == 0
    assert judge(window(Session.DATANG), moment).late_minutes == 1


@pytest.mark.parametrize(
    ("session", "pattern", "clock"), [("datang", 5, "07:20"), ("pulang", 5, "15:50"), ("pulang", 6, "14:20")]
)
def test_reminders_come_ten_minutes_before_the_close(session: str, pattern: int, clock: str) -> None:
    assert window(Session(session), Pattern(pattern)).remind_at == at(clock)  # TLG-D3


@pytest.mark.parametrize(
    ("profile", "pattern", "printed"),
    [
        ("tulungagung", 5, "07.00-07.30 15.30-16.00 +0700"),
        ("tulungagung", 6, "07.00-07.30 14.00-14.30 +0700"),
        ("bulungan", 5, "06.30-07.30 16.00-18.30 +0800"),  # BLG-11, BLG-12
        ("bulungan", 6, "06.30-07.30 14.00-18.30 +0800"),
        ("malang", 5, "06.00-07.59 16.00-18.00 +0700"),  # MLG-12, MLG-15
        ("malang", 6, "06.00-07.59 14.00-16.00 +0700"),
        ("tarakan", 5, "07.00-07.30 16.00-16.30 +0800"),
        ("tarakan", 6, "07.00-07.30 14.00-14.30 +0800"),
        ("bontang", 5, "07.00-07.30 16.00-16.30 +0800"),
        ("bontang", 6, "07.00-07.30 14.00-14.30 +0800"),
    ],
)
def test_each_government_has_its_own_windows_in_its_own_zone(profile: str, pattern: int, printed: str) -> None:
    datang, pulang = windows_on(load_profile(profile), TUESDAY, Pattern(pattern))
    assert f"{datang.opens:%H.%M}-{datang.closes:%H.%M} {pulang.opens:%H.%M}-{pulang.closes:%H.%M %z}" == printed


def test_before_eight_means_the_last_second_of_seven_fifty_nine() -> None:
    datang, _ = windows_on(load_profile("malang"), TUESDAY, Pattern.FIVE)  # MLG-12
    assert judge(datang, at("07:59:59")).timeliness is Timeliness.ON_TIME
    assert judge(datang, at("08:00:00")).timeliness is Timeliness.LATE


@given(day=DAYS, pattern=st.sampled_from(Pattern), each=st.sampled_from(PROFILES))
def test_windows_of_a_day_are_ordered_and_never_overlap(day: date, pattern: Pattern, each: Profile) -> None:
    datang, pulang = windows_on(each, day, pattern)
    assert (datang.session, pulang.session) == (Session.DATANG, Session.PULANG)
    for one in (datang, pulang):
        assert one.opens <= one.remind_at < one.closes < one.late_from
        assert one.closes - one.remind_at == timedelta(minutes=each.reminder_minutes)
        assert {m.date() for m in (one.opens, one.closes, one.late_from)} == {day}
    assert datang.late_from <= pulang.opens


@given(seconds=st.integers(0, 86_399), pattern=st.sampled_from(Pattern), session=st.sampled_from(Session))
def test_timeliness_never_goes_back_as_time_goes_on(seconds: int, pattern: Pattern, session: Session) -> None:
    one = window(session, pattern)
    moment = at("00:00:00") + timedelta(seconds=seconds)
    judged = judge(one, moment)
    assert (judged.timeliness is Timeliness.LATE) == (moment >= one.late_from) == (judged.late_minutes > 0)
    assert (judged.timeliness is Timeliness.EARLY) == (moment < one.opens)
    assert judge(one, moment + timedelta(seconds=1)).late_minutes >= judged.late_minutes


@pytest.mark.parametrize(
    ("pattern", "clock", "session"),
    [
        (5, "00:00:00", Session.DATANG),
        (5, "07:34:00", Session.DATANG),
        (5, "11:29:59", Session.DATANG),
        (5, "11:30:00", Session.PULANG),
        (6, "10:44:59", Session.DATANG),
        (6, "10:45:00", Session.PULANG),
        (5, "23:59:59", Session.PULANG),
    ],
)
def test_the_nearest_window_names_the_session(pattern: int, clock: str, session: Session) -> None:
    assert guess_session(windows_on(TULUNGAGUNG, TUESDAY, Pattern(pattern)), at(clock)) is session  # TLG-05a
