"""Weekly figures: what became of every due sheet, and sums that fit (TLG-D4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.board import BoardEntry
from domain.marks import Mark, MarkState
from domain.outcome import Flag
from domain.profile import load_profile
from domain.terms import Pattern, Session, StatusKey, Timeliness
from domain.windows import windows_on
from reports.figures import UnitLine, mark_text
from reports.figures_weekly import Outcome, PersonWeek, Sending, Weekly, WeeklyInput, outcome_of, weekly
from tests.fakes.report_world import DUTY, EMPTY, MONDAY, SIGNED, TYPED, UNSURE, people, sending, units, week_input

TLG = load_profile("tulungagung")
BLG = load_profile("bulungan")
FRIDAY_EVENING = datetime(2026, 11, 27, 16, 15, tzinfo=TLG.tz)
ONE, TWO, THREE = units(3)


def week(
    *sendings: Sending, as_of: datetime = FRIDAY_EVENING, found: tuple[UnitLine, ...] = (ONE, TWO, THREE)
) -> Weekly:
    return weekly(WeeklyInput(MONDAY, MONDAY + timedelta(days=4), as_of, found, sendings), TLG)


def monday(unit: UnitLine, minute: int | None, session: Session = Session.DATANG) -> Sending:
    return sending(TLG, unit, MONDAY, session, minute)


def test_each_sheet_falls_under_one_outcome() -> None:
    found = week(
        monday(ONE, 18),
        monday(TWO, 34),
        monday(THREE, None),
        monday(ONE, -5, Session.PULANG),
        monday(TWO, 41, Session.PULANG),
    )
    total = found.total
    assert (total.on_time, total.late, total.missing, total.early, total.due) == (1, 2, 1, 1, 5)
    assert (total.late_minutes, total.latest_minutes) == (4 + 11, 11)
    assert found.sessions[Session.DATANG].late_minutes == 4
    assert [u.cells for u in found.units][2] == (Outcome.MISSING, None)


def test_the_last_second_of_the_window_is_on_time_and_the_next_one_is_late() -> None:
    window = windows_on(TLG, MONDAY, Pattern.FIVE)[0]
    at = window.opens + timedelta(minutes=30, seconds=59)
    base = monday(ONE, 30)
    assert base.entry is not None
    on_time = replace(base, entry=replace(base.entry, at=at))
    assert week(on_time).arrivals[0].counts[-2:] == (1, 0)
    late = replace(base, entry=replace(base.entry, at=at + timedelta(seconds=1)))
    assert week(late).arrivals[0].counts[-2:] == (0, 1)


def test_lateness_inside_a_disturbance_of_ours_counts_against_nobody() -> None:
    found = week(replace(monday(ONE, 34), ours=True), replace(monday(TWO, None), ours=True))
    assert (found.total.excused, found.total.late, found.total.late_minutes) == (1, 0, 0)
    assert found.total.missing == 1


def test_a_sheet_that_is_not_due_is_shown_and_not_counted_as_due() -> None:
    found = week(replace(monday(ONE, 18), due=False), replace(monday(TWO, None), due=False))
    assert (found.total.due, found.total.extra) == (0, 1)
    assert [u.unit.code for u in found.units] == [ONE.code]


def test_a_window_that_is_still_open_is_not_missing() -> None:
    window = windows_on(TLG, MONDAY, Pattern.FIVE)[0]
    not_yet = monday(ONE, None)
    assert outcome_of(not_yet, window.closes) is Outcome.NOT_YET
    assert outcome_of(not_yet, window.late_from) is Outcome.MISSING
    assert week(not_yet, as_of=window.closes).total.due == 0


def test_flags_lie_across_the_outcomes() -> None:
    base = monday(ONE, 18)
    assert base.entry is not None
    wrong = replace(base, entry=replace(base.entry, flags=frozenset({Flag.WRONG_ROUTE}), questions=2))
    unproven = replace(monday(TWO, 20), entry=replace(base.entry, flags=frozenset({Flag.UNVERIFIED}), unit=TWO.code))
    total = week(wrong, unproven).total
    assert (total.on_time, total.to_check, total.wrong_route, total.unverified, total.questions) == (1, 1, 1, 1, 2)


def test_a_unit_gone_from_the_roster_keeps_its_sheets() -> None:
    assert [u.unit.name for u in week(monday(TWO, 18), found=(ONE,)).units] == [TWO.code]


def test_the_most_missing_come_worst_first_and_are_ten() -> None:
    many = units(14)
    sheets = [monday(u, None) for u in many] + [monday(many[7], None, Session.PULANG)]
    found = week(*sheets, found=tuple(many))
    assert len(found.most_missing) == 10
    assert found.most_missing[0].unit == many[7]


def test_corrections_are_in_order_and_counted_by_who_made_them() -> None:
    given_week = week_input(TLG, 2, 2)
    first = given_week.corrections[0]
    later = replace(first, at=first.at + timedelta(hours=1), by="Admin BKD")
    found = weekly(replace(given_week, corrections=[later, later, first]), TLG)
    assert [c.by for c in found.corrections] == [first.by, "Admin BKD", "Admin BKD"]
    assert found.corrected_by[0] == ("Admin BKD", 2)


def test_each_person_has_a_sign_for_each_session_expected() -> None:
    person = people(ONE, 1)[0]
    day = (MONDAY, Session.DATANG), (MONDAY, Session.PULANG)
    given_week = WeeklyInput(
        MONDAY,
        MONDAY,
        FRIDAY_EVENING,
        [ONE],
        [monday(ONE, 18), monday(ONE, 18, Session.PULANG)],
        [PersonWeek(person, {day[0]: SIGNED}), PersonWeek(person, {day[0]: DUTY, day[1]: UNSURE})],
    )
    one, two = weekly(given_week, TLG).people
    assert (one.cells, one.present, one.open) == (("✓", ""), 1, 0)
    assert (two.cells, two.coded, two.to_check) == (("DL", "?"), 1, 1)


@pytest.mark.parametrize(
    ("mark", "text"),
    [(SIGNED, "✓"), (TYPED, "k*"), (EMPTY, "·"), (UNSURE, "?"), (Mark(MarkState.CODE, StatusKey.ALPA), "?")],
)
def test_no_mark_of_a_sheet_prints_as_absent(mark: Mark, text: str) -> None:  # TLG-18
    assert mark_text(mark, BLG) == text


def test_a_code_is_printed_as_this_government_prints_it() -> None:  # K1
    special = Mark(MarkState.CODE, StatusKey.TUGAS_KHUSUS)
    assert mark_text(special, BLG) == "TK"
    assert mark_text(special, load_profile("malang")) == "TKH"


_ENTRIES = st.builds(
    BoardEntry,
    unit=st.just("U001"),
    number=st.just("TLG-20261123-D-0001"),
    received=st.booleans(),
    timeliness=st.sampled_from(Timeliness),
    late_minutes=st.integers(0, 600),
    at=st.integers(0, 1400).map(lambda minute: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)),
    flags=st.frozensets(st.sampled_from(Flag), max_size=3),
    questions=st.integers(0, 5),
)


@st.composite
def _sendings(draw: st.DrawFn) -> Sending:
    unit = draw(st.sampled_from([ONE, TWO, THREE]))
    day = MONDAY + timedelta(days=draw(st.integers(0, 4)))
    window = windows_on(TLG, day, unit.pattern)[draw(st.integers(0, 1))]
    return Sending(unit.code, window, draw(st.booleans()), draw(st.none() | _ENTRIES), ours=draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(st.lists(_sendings(), max_size=25, unique_by=lambda s: (s.unit, s.window.date, s.window.session)))
def test_the_outcomes_of_units_and_sessions_add_up_to_what_was_due(sheets: list[Sending]) -> None:
    found = week(*sheets, as_of=datetime(2026, 11, 29, tzinfo=TLG.tz))
    due = sum(s.due for s in sheets)
    assert found.total.due == due == sum(t.due for t in found.sessions.values())
    assert due == sum(u.total.due for u in found.units)
    received = sum(s.due and s.entry is not None and s.entry.received for s in sheets)
    assert sum(h.total for h in found.arrivals) == received
    cells = [c for u in found.units for c in u.cells if c is not None]
    assert sum(c is Outcome.MISSING for c in cells) == found.total.missing
    assert all(u.total.missing <= found.most_missing[0].total.missing for u in found.units if found.most_missing)
