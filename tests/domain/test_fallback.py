"""TLG-00: sheets are due only inside a declared period."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fallback import Period, Scope, covers, is_retroactive
from domain.profile import load_profile
from domain.terms import Session

DATANG, PULANG = Session.DATANG, Session.PULANG
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, 23) + timedelta(days=n) for n in range(3))


def period(
    scope: Scope = Scope.ALL,
    members: frozenset[str] = frozenset(),
    first: tuple[date, Session] = (MONDAY, PULANG),
    last: tuple[date, Session | None] | None = (TUESDAY, DATANG),
) -> Period:
    return Period(
        id=1,
        scope=scope,
        members=members,
        first_day=first[0],
        first_session=first[1],
        last_day=last[0] if last else None,
        last_session=last[1] if last else None,
        reason="Server presensi online tidak dapat diakses",
        letter="800/1/2026",
        declared_by="admin",
        declared_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("day", "session", "inside"),
    [
        (MONDAY, DATANG, False),
        (MONDAY, PULANG, True),
        (TUESDAY, DATANG, True),
        (TUESDAY, PULANG, False),
        (WEDNESDAY, DATANG, False),
    ],
)
def test_a_period_starts_and_ends_with_a_session(day: date, session: Session, inside: bool) -> None:
    assert (covers([period()], "U001", day, session) is not None) == inside


def test_an_open_period_goes_on() -> None:
    assert covers([period(last=None)], "U001", date(2027, 6, 1), DATANG)


def test_a_last_day_without_a_session_is_whole() -> None:
    assert covers([period(last=(TUESDAY, None))], "U001", TUESDAY, PULANG)
    assert not covers([period(last=(TUESDAY, None))], "U001", WEDNESDAY, DATANG)


def test_a_period_for_units_speaks_of_no_other() -> None:
    some = period(Scope.UNITS, frozenset({"U001"}))
    assert covers([some], "U001", TUESDAY, DATANG) is some
    assert covers([some], "U002", TUESDAY, DATANG) is None


def test_a_period_for_persons_answers_only_for_them() -> None:
    some = period(Scope.PERSONS, frozenset({"197911222006121901"}))
    assert covers([some], "U001", TUESDAY, DATANG, "197911222006121901") is some
    assert covers([some], "U001", TUESDAY, DATANG, "198009252002121901") is None
    assert covers([some], "U001", TUESDAY, DATANG) is None


def test_outside_every_period_nothing_is_due() -> None:
    assert covers([], "U001", TUESDAY, DATANG) is None


def test_the_first_period_that_fits_is_named() -> None:
    units, everyone = period(Scope.UNITS, frozenset({"U009"})), period()
    assert covers([units, everyone], "U001", TUESDAY, DATANG) is everyone
    assert covers([units, everyone], "U009", TUESDAY, DATANG) is units


@given(
    st.dates(MONDAY - timedelta(days=9), WEDNESDAY + timedelta(days=9)),
    st.sampled_from(Session),
    st.integers(0, 9),
    st.sampled_from(Session),
    st.sampled_from(Session),
)
def test_a_period_holds_exactly_the_sessions_between_its_ends(
    day: date, session: Session, length: int, first: Session, last: Session
) -> None:
    def number(of: date, which: Session) -> int:
        return 2 * of.toordinal() + (which is PULANG)

    end = MONDAY + timedelta(days=length)
    expected = number(MONDAY, first) <= number(day, session) <= number(end, last)
    assert period(first=(MONDAY, first), last=(end, last)).holds(day, session) == expected


@pytest.mark.parametrize(
    ("session", "declared", "retroactive"),
    [
        (DATANG, "2026-11-23T06:59:59+07:00", False),
        (DATANG, "2026-11-23T07:00:01+07:00", True),
        (PULANG, "2026-11-23T14:00:00+07:00", False),
        (PULANG, "2026-11-23T14:00:01+07:00", True),  # six-day units open first
        (DATANG, "2026-11-24T00:00:00+07:00", True),
    ],
)
def test_a_declaration_after_its_first_window_opened_is_retroactive(
    session: Session, declared: str, retroactive: bool
) -> None:
    profile = load_profile("tulungagung")
    assert is_retroactive(profile, MONDAY, session, datetime.fromisoformat(declared)) == retroactive
