"""Punches become sessions (facts: devices, "Must hold" 5 to 9; MLG-16, MLG-17, BLG-14)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkCalendar
from domain.device_people import suggestions
from domain.profile import load_profile
from domain.punches import (
    DayFlag,
    DayState,
    DeviceIdentity,
    Known,
    Offset,
    PunchDay,
    RawPunch,
    days_of,
    stamps_of,
    suppressed,
)
from domain.roster import DayPlan, Person, Placement, Roster, Unit
from domain.shifts import Assignment, Schedule, Shift
from domain.terms import Pattern

MALANG = load_profile("malang")
ANA, BUDI = "F1", "F2"
ROSTER = Roster(
    version=1,
    units={"U1": Unit("U1", "Dinas Perhubungan"), "U2": Unit("U2", "RSUD", pattern=Pattern.SIX)},
    people={
        k: Person(k, n, n, finger_id=f) for k, n, f in ((ANA, "Ana Lestari", "17"), (BUDI, "Budi Santoso", "0018"))
    },
    placements=(Placement(ANA, "U1", date(2020, 1, 1)), Placement(BUDI, "U2", date(2020, 1, 1))),
)
MON = date(2026, 11, 23)
TUE = MON + timedelta(days=1)
LATE = datetime(2030, 1, 1)
NIGHT = Shift("MALAM", time(22), time(6))
MORNING = Shift("PAGI", time(7), time(14))
KNOWN = Known(
    (DeviceIdentity(1, "17", ANA, date(2020, 1, 1)), DeviceIdentity(1, "18", BUDI, date(2020, 1, 1))),
    synced_to={1: LATE, 2: LATE},
)


def duties(roster: Roster = ROSTER, *assignments: Assignment) -> Schedule:
    return Schedule.of(MALANG, WorkCalendar(MALANG), roster, (NIGHT, MORNING), assignments)


def at(text: str, day: date = MON) -> datetime:
    return datetime.combine(day, time.fromisoformat(text))


def punch(text: str, day: date = MON, user: str = "17", device: int = 1, state: int = 255) -> RawPunch:
    return RawPunch(at(text, day), device, user, state)


def days(
    punches: Iterable[RawPunch], known: Known = KNOWN, person: str = ANA, duty: Schedule | None = None,
    first: date = MON, last: date = MON,
) -> list[PunchDay]:  # fmt: skip
    people, _ = stamps_of(punches, known)
    return days_of(person, people.get(person, []), duty or duties(), known, first, last)


def sides(day: PunchDay) -> tuple[str | None, str | None]:
    came, left = (s.at.strftime("%H:%M") if s else None for s in (day.came, day.left))
    return came, left


def test_the_first_punch_comes_and_the_last_one_goes_whatever_the_state_says() -> None:
    [day] = days([punch("07:31"), punch("12:01"), punch("12:40"), punch("16:05", state=0)])
    assert (sides(day), day.state, day.flags) == (("07:31", "16:05"), DayState.COMPLETE, frozenset())
    assert [s.at.strftime("%H:%M") for s in day.spare] == ["12:01", "12:40"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("07:31",), ("07:31", None)),
        (("16:05",), (None, "16:05")),
        (("07:31", "07:45"), ("07:31", None)),  # a finger laid twice is no early departure
        (("07:31", "10:30"), ("07:31", "10:30")),
        (("13:00", "16:05"), ("13:00", "16:05")),
        (("16:01", "16:05"), (None, "16:05")),
        ((), (None, None)),
    ],
)
def test_a_missing_side_is_incomplete_and_not_absent(
    times: tuple[str, ...], expected: tuple[str | None, str | None]
) -> None:
    [day] = days([punch(t) for t in times])
    assert sides(day) == expected
    complete, partial = all(expected), any(expected)
    assert day.state is (DayState.COMPLETE if complete else DayState.PARTIAL if partial else DayState.NONE)


def test_late_and_early_are_flags_with_whole_minutes() -> None:
    [day] = days([punch("07:59:59"), punch("16:00")])
    assert day.flags == frozenset()  # MLG-12
    [day] = days([punch("08:00:00"), punch("15:59:30")])
    assert (day.flags, day.late_minutes, day.early_minutes) == (frozenset({DayFlag.LATE, DayFlag.EARLY_OUT}), 1, 1)


def test_repeats_within_the_suppression_window_count_once_on_whatever_device() -> None:
    both = replace(KNOWN, identities=(*KNOWN.identities, DeviceIdentity(2, "A9", ANA, date(2020, 1, 1))))
    people, _ = stamps_of([punch("07:31:00"), punch("07:31:40"), punch("07:31:59", user="A9", device=2)], both)
    assert len(people[ANA]) == 3  # raw punches stay
    assert [s.at for s in suppressed(people[ANA], 60)] == [at("07:31:00")]
    assert len(suppressed(people[ANA], 30)) == 2
    assert len(suppressed(people[ANA], 0)) == 3


def test_a_copy_without_seconds_is_the_same_arrival() -> None:
    [day] = days([punch("07:31:00"), punch("07:31:46"), punch("16:05:00"), punch("16:05:12")])
    assert (sides(day), day.spare) == (("07:31", "16:05"), ())


def test_a_night_that_ends_before_23_59_and_goes_on_from_00_01_is_split_and_linked() -> None:
    found = days(
        [
            punch("07:31"),
            punch("23:58"),
            punch("00:02", TUE),
            punch("01:30", TUE),
            punch("07:40", TUE),
            punch("16:01", TUE),
        ],
        last=TUE,
    )
    assert [sides(d) for d in found] == [("07:31", "23:58"), ("07:40", "16:01")]
    assert DayFlag.CONTINUES in found[0].flags
    assert DayFlag.CONTINUED in found[1].flags
    assert [s.at.strftime("%H:%M") for s in found[1].spare] == ["00:02", "01:30"]


@pytest.mark.parametrize(("text", "day"), [("23:59:30", MON), ("00:00:30", TUE)])
def test_a_punch_in_the_two_minutes_around_midnight_stays_on_its_date_and_is_flagged(text: str, day: date) -> None:
    found = days([punch(text, day)], last=TUE)
    assert [d.day for d in found if DayFlag.MIDNIGHT in d.flags] == [day]


def test_night_shifts_are_paired_by_shift_and_not_by_date() -> None:
    duty = duties(ROSTER, Assignment(ANA, "MALAM", MON))
    found = days([punch("21:50"), punch("06:10", TUE), punch("21:55", TUE)], duty=duty, last=TUE)
    assert [(d.day, d.shift, sides(d)) for d in found] == [
        (MON, "MALAM", ("21:50", "06:10")),
        (TUE, "MALAM", ("21:55", None)),
    ]


def test_a_departure_is_never_given_to_the_next_shift() -> None:
    duty = duties(ROSTER, Assignment(ANA, "MALAM", MON, MON), Assignment(ANA, "PAGI", TUE + timedelta(days=0), TUE))
    found = days([punch("21:50"), punch("06:05", TUE), punch("06:55", TUE), punch("14:01", TUE)], duty=duty, last=TUE)
    assert [sides(d) for d in found] == [("21:50", "06:05"), ("06:55", "14:01")]


def test_a_day_off_by_plan_is_no_duty_and_its_punches_are_kept() -> None:
    roster = replace(ROSTER, day_plans=(DayPlan(ANA, MON, False, "LJ"),))
    assert days([], duty=duties(roster)) == []
    [day] = days([punch("07:31")], duty=duties(roster))
    assert (day.flags, len(day.spare)) == (frozenset({DayFlag.OFF_DAY}), 1)


def test_nobody_is_without_a_punch_until_each_device_concerned_has_told_its_log() -> None:
    two = replace(KNOWN, identities=(*KNOWN.identities, DeviceIdentity(2, "A9", ANA, date(2020, 1, 1))))
    for synced, state in (
        ({1: LATE, 2: LATE}, DayState.NONE),
        ({1: LATE, 2: at("16:30")}, DayState.AWAITED),
        ({1: LATE, 2: None}, DayState.AWAITED),
        ({1: LATE}, DayState.AWAITED),
    ):
        [day] = days([], replace(two, synced_to=synced))
        assert day.state is state
    [day] = days([], replace(KNOWN, identities=()))
    assert day.state is DayState.AWAITED  # not on any device: no machine can tell


def test_an_unknown_id_is_held_and_applied_when_it_is_mapped() -> None:
    unknown = replace(KNOWN, identities=())
    people, held = stamps_of([punch("07:31"), punch("16:05")], unknown)
    assert (people, len(held)) == ({}, 2)
    [day] = days([punch("07:31"), punch("16:05")])
    assert day.state is DayState.COMPLETE


def test_a_recycled_id_is_another_person_from_another_day_on() -> None:
    recycled = replace(
        KNOWN,
        identities=(DeviceIdentity(1, "17", BUDI, date(2020, 1, 1), MON), DeviceIdentity(1, "17", ANA, TUE)),
    )
    people, _ = stamps_of([punch("07:31"), punch("07:32", TUE)], recycled)
    assert {person: [s.at.date() for s in found] for person, found in people.items()} == {BUDI: [MON], ANA: [TUE]}


def test_the_same_id_on_two_devices_is_two_people() -> None:
    two = replace(KNOWN, identities=(*KNOWN.identities, DeviceIdentity(2, "17", BUDI, date(2020, 1, 1))))
    people, _ = stamps_of([punch("07:31"), punch("07:32", device=2)], two)
    assert sorted(people) == [ANA, BUDI]


def test_a_transfer_in_the_middle_of_the_month_counts_on_both_machines_and_is_flagged_after_seven_days() -> None:
    moved = replace(
        ROSTER,
        placements=(
            Placement(ANA, "U2", date(2020, 1, 1), MON - timedelta(days=8)),
            Placement(ANA, "U1", MON - timedelta(days=7)),
        ),
    )
    known = replace(KNOWN, units={1: "U2"}, transfer_days=7)
    [early] = days(
        [punch("07:31", MON - timedelta(days=4))],
        known,
        duty=duties(moved),
        first=MON - timedelta(days=4),
        last=MON - timedelta(days=4),
    )
    [late] = days([punch("07:31", MON)], known, duty=duties(moved))
    assert DayFlag.OLD_UNIT not in early.flags
    assert DayFlag.OLD_UNIT in late.flags
    assert late.came is not None  # recorded, flagged, undecided


def test_only_a_decided_offset_corrects_a_clock_and_the_raw_time_stays() -> None:
    fallen = punch("00:05", date(2000, 1, 1))
    offset = Offset(1, datetime(2000, 1, 1), datetime(2000, 1, 2), int((at("07:31") - fallen.at).total_seconds()))
    known = replace(KNOWN, offsets=(offset,))
    [day] = days([fallen], known)
    assert sides(day) == ("07:31", None)
    assert DayFlag.CORRECTED in day.flags
    assert day.came is not None
    assert day.came.told == fallen.at
    assert days([fallen])[0].came is None


def test_an_unknown_id_gets_suggestions_with_their_reason() -> None:
    people = ROSTER.people.values()
    assert [(s.person, s.reason) for s in suggestions("17", "", people)] == [(ANA, "finger_id")]
    assert [(s.person, s.reason) for s in suggestions("18", "", people)] == [(BUDI, "finger_id")]
    assert [(s.person, s.reason) for s in suggestions("99", "BUDI SANTOSO", people)] == [(BUDI, "name")]
    assert suggestions("99", "", people) == ()


MOMENTS = st.integers(0, 6 * 24 * 60 * 6).map(lambda n: datetime(2026, 11, 20) + timedelta(seconds=10 * n))
PUNCHES = st.lists(
    st.builds(RawPunch, MOMENTS, st.integers(1, 2), st.sampled_from(["17", "18", "99"]), st.integers(0, 5))
)


@given(PUNCHES, st.data())
def test_permuting_repeating_and_splitting_uploads_gives_the_same_sessions(
    punches: list[RawPunch], data: st.DataObject
) -> None:
    known = replace(KNOWN, identities=(*KNOWN.identities, DeviceIdentity(2, "17", BUDI, date(2026, 11, 23))))
    duty = duties(ROSTER, Assignment(BUDI, "MALAM", date(2026, 11, 22)))
    again = data.draw(st.lists(st.sampled_from(punches)) if punches else st.just([]))
    mixed = data.draw(st.permutations([*punches, *again]))
    one, other = stamps_of(punches, known), stamps_of(mixed, known)
    assert one == other
    span = (date(2026, 11, 20), date(2026, 11, 26))
    for person in (ANA, BUDI):
        found = days_of(person, one[0].get(person, []), duty, known, *span)
        assert found == days_of(person, other[0].get(person, []), duty, known, *span)
        # Nothing is invented and nothing is counted for two days.
        used = [s for d in found for s in (d.came, d.left, *d.spare) if s is not None]
        assert len(used) == len(set(used))
        assert set(used) <= set(one[0].get(person, []))
        kept = suppressed(one[0].get(person, []), MALANG.punches.suppress_seconds)
        inside = [s for s in kept if date(2026, 11, 21) <= s.at.date() <= date(2026, 11, 25)]
        assert set(inside) <= set(used)
