"""Who owes which sheet, who sends it, who is missing: TLG-00, TLG-06, TLG-11..14."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.calendar import CalendarOverride, WorkCalendar
from domain.due import Due, due_on, expected_people, missing, sender_on
from domain.fallback import Period, Scope
from domain.profile import load_profile
from domain.roster import Person, Placement, Roster, Route, Unit, by_code
from domain.terms import Pattern, Session

DATANG, PULANG = Session.DATANG, Session.PULANG
PROFILE = load_profile("tulungagung")
CALENDAR = WorkCalendar(PROFILE)
TUESDAY, SATURDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 28), date(2026, 11, 29)

UNITS = by_code(
    [
        Unit("DISHUB", "Dinas Perhubungan"),
        Unit("UPTD", "UPTD Terminal", "uptd", Pattern.SIX, "DISHUB", Route.VIA_PARENT, "DISHUB"),
        Unit("SMP", "SMP Negeri 1", "smp", Pattern.SIX),
        Unit("LOST", "Bagian Lama", "bagian", Pattern.FIVE, None, Route.VIA_COORDINATOR, "GONE"),
    ]
)
PEOPLE = {key: Person(key, f"Pegawai {key}", f"Pegawai {key}") for key in ("P1", "P2", "P3")}
ROSTER = Roster(
    version=1,
    units=UNITS,
    people=PEOPLE,
    placements=(
        Placement("P1", "SMP", date(2020, 1, 1)),
        Placement("P2", "SMP", date(2020, 1, 1)),
        Placement("P3", "DISHUB", date(2020, 1, 1)),
    ),
)
ALWAYS = Period(
    id=1,
    scope=Scope.ALL,
    members=frozenset(),
    first_day=date(2026, 11, 1),
    first_session=DATANG,
    last_day=None,
    last_session=None,
    reason="Server mati",
    letter="",
    declared_by="admin",
    declared_at=datetime(2026, 10, 31, tzinfo=UTC),
)


def senders(day: date, *periods: Period, calendar: WorkCalendar = CALENDAR) -> dict[tuple[str, Session], str]:
    return {(d.unit, d.window.session): d.sender for d in due_on(ROSTER, calendar, PROFILE, periods, day)}


def test_on_a_working_day_every_unit_owes_two_sheets_by_its_own_sender() -> None:
    assert senders(TUESDAY, ALWAYS) == {
        ("DISHUB", DATANG): "DISHUB",
        ("DISHUB", PULANG): "DISHUB",
        ("UPTD", DATANG): "DISHUB",  # TLG-13
        ("UPTD", PULANG): "DISHUB",
        ("SMP", DATANG): "SMP",  # TLG-14
        ("SMP", PULANG): "SMP",
        ("LOST", DATANG): "LOST",  # its coordinator is not in the roster
        ("LOST", PULANG): "LOST",
    }


def test_windows_follow_the_units_own_pattern() -> None:
    closes = {
        d.unit: f"{d.window.closes:%H.%M}"
        for d in due_on(ROSTER, CALENDAR, PROFILE, [ALWAYS], TUESDAY)
        if d.window.session is PULANG
    }
    assert closes == {"DISHUB": "16.00", "UPTD": "14.30", "SMP": "14.30", "LOST": "16.00"}


def test_on_its_coordinators_day_off_a_six_day_unit_sends_directly() -> None:
    assert senders(SATURDAY, ALWAYS) == {
        ("UPTD", DATANG): "UPTD",
        ("UPTD", PULANG): "UPTD",
        ("SMP", DATANG): "SMP",
        ("SMP", PULANG): "SMP",
    }
    assert sender_on(ROSTER, CALENDAR, UNITS["UPTD"], TUESDAY) == "DISHUB"


def test_on_sundays_and_holidays_nothing_is_due() -> None:
    assert senders(SUNDAY, ALWAYS) == {}
    assert senders(date(2026, 12, 24), ALWAYS) == {}  # cuti bersama


def test_a_unit_that_works_through_cuti_bersama_owes_its_sheets_directly() -> None:
    day = date(2026, 12, 24)
    works = WorkCalendar(PROFILE, [CalendarOverride(day, day, True, "Layanan terminal", unit="UPTD")])
    assert senders(day, ALWAYS, calendar=works) == {("UPTD", DATANG): "UPTD", ("UPTD", PULANG): "UPTD"}


def test_outside_a_period_nothing_is_due() -> None:
    assert senders(TUESDAY) == {}
    later = replace(ALWAYS, first_day=date(2026, 11, 25))
    assert senders(TUESDAY, later) == {}


def test_a_period_that_starts_at_noon_makes_only_the_departure_due() -> None:
    noon = replace(ALWAYS, first_day=TUESDAY, first_session=PULANG, scope=Scope.UNITS, members=frozenset({"SMP"}))
    assert senders(TUESDAY, noon) == {("SMP", PULANG): "SMP"}


def test_a_period_for_persons_makes_their_unit_owe_their_rows_only() -> None:
    persons = replace(ALWAYS, scope=Scope.PERSONS, members=frozenset({"P2", "UNKNOWN"}))
    due = due_on(ROSTER, CALENDAR, PROFILE, [persons], TUESDAY)
    assert [(d.unit, d.people) for d in due] == [("SMP", frozenset({"P2"}))] * 2


@pytest.mark.parametrize(("members", "expected"), [({"P1"}, {"P1"}), ({"P1", "P2"}, {"P1", "P2"}), ({"P3"}, None)])
def test_only_people_of_the_unit_are_expected(members: set[str], expected: set[str] | None) -> None:
    persons = replace(ALWAYS, scope=Scope.PERSONS, members=frozenset(members))
    assert expected_people(ROSTER, [persons], "SMP", TUESDAY, DATANG) == expected


def test_a_period_for_all_beside_one_for_persons_expects_everybody() -> None:
    persons = replace(ALWAYS, scope=Scope.PERSONS, members=frozenset({"P1"}))
    assert expected_people(ROSTER, [persons, ALWAYS], "SMP", TUESDAY, DATANG) == frozenset()


def test_missing_is_what_is_due_and_was_not_received() -> None:
    due = due_on(ROSTER, CALENDAR, PROFILE, [ALWAYS], TUESDAY)
    received = {(d.unit, d.window.session) for d in due} - {("SMP", PULANG)}
    assert [(d.unit, d.window.session) for d in missing(due, received)] == [("SMP", PULANG)]
    assert missing(due, set()) == due
    assert isinstance(due[0], Due)
