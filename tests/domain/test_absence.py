"""TLG-18: nobody is absent unless every condition holds; each one alone is enough to keep a day open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.absence import UNREAD_FLAGS, AbsenceCase, Condition, is_final, is_provisional, open_conditions
from domain.outcome import Flag
from domain.reading import Verdict

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
WHOLE = AbsenceCase(
    expected=True,
    received=True,
    missing_pages=0,
    flags=frozenset(),
    verdicts=(Verdict.EMPTY,),
    seen=True,
    doubts=0,
    cut_off=NOW - timedelta(seconds=1),
)
CASES = st.builds(
    AbsenceCase,
    expected=st.booleans(),
    received=st.booleans(),
    missing_pages=st.integers(0, 2),
    flags=st.frozensets(st.sampled_from(Flag), max_size=2),
    verdicts=st.lists(st.sampled_from(Verdict), max_size=3).map(tuple),
    seen=st.booleans(),
    doubts=st.integers(0, 1),
    cut_off=st.sampled_from([None, NOW, NOW + timedelta(seconds=1)]),
)


def test_a_day_is_final_when_everything_holds_in_every_session() -> None:
    assert open_conditions(WHOLE, NOW) == frozenset()
    assert is_final([WHOLE, WHOLE], NOW)
    assert not is_final([], NOW)


@pytest.mark.parametrize(
    ("broken", "condition"),
    [
        ({"expected": False}, Condition.EXPECTED),
        ({"received": False}, Condition.RECEIVED),
        ({"missing_pages": 1}, Condition.RECEIVED),
        ({"flags": frozenset({Flag.PENDING})}, Condition.READ),
        ({"flags": frozenset({Flag.UNVERIFIED})}, Condition.READ),
        ({"verdicts": ()}, Condition.EMPTY),
        ({"verdicts": (Verdict.EMPTY, Verdict.SIGNED)}, Condition.EMPTY),
        ({"verdicts": (Verdict.UNSURE,)}, Condition.EMPTY),
        ({"verdicts": (Verdict.EMPTY, Verdict.CODE)}, Condition.EMPTY),
        ({"seen": False}, Condition.SEEN),
        ({"doubts": 1}, Condition.SETTLED),
        ({"cut_off": NOW + timedelta(microseconds=1)}, Condition.CUT_OFF),
    ],
)
def test_each_condition_alone_keeps_a_day_open(broken: dict[str, object], condition: Condition) -> None:
    case = replace(WHOLE, **broken)  # type: ignore[arg-type]
    assert open_conditions(case, NOW) == {condition}
    assert not is_final([WHOLE, case], NOW)


@pytest.mark.parametrize("flag", [Flag.HEAD_MISSING, Flag.WRONG_ROUTE, Flag.OUR_INCIDENT, Flag.SUSULAN, Flag.RESENT])
def test_a_late_sheet_or_a_missing_heads_signature_is_no_condition(flag: Flag) -> None:
    assert is_final([replace(WHOLE, flags=frozenset({flag}))], NOW)


def test_without_a_cut_off_in_the_rules_the_desks_decision_is_the_end() -> None:
    assert is_final([replace(WHOLE, cut_off=None)], NOW)


@given(st.lists(CASES, min_size=1, max_size=3))
def test_final_means_that_all_of_it_holds(cases: list[AbsenceCase]) -> None:
    final = is_final(cases, NOW)
    assert final == all(
        c.expected
        and c.received
        and c.missing_pages == 0
        and not c.flags & UNREAD_FLAGS
        and set(c.verdicts) == {Verdict.EMPTY}
        and c.seen
        and c.doubts == 0
        and (c.cut_off is None or c.cut_off <= NOW)
        for c in cases
    )
    assert not (final and is_provisional(cases, NOW))


@given(st.lists(CASES, min_size=1, max_size=3))
def test_taking_any_good_thing_away_never_makes_anybody_absent(cases: list[AbsenceCase]) -> None:
    if is_final(cases, NOW):
        return
    worse = [replace(c, seen=False, doubts=c.doubts + 1, received=False) for c in cases]
    assert not is_final(worse, NOW)
    assert not is_final([*cases, WHOLE], NOW)


@given(st.lists(CASES, min_size=1, max_size=3), st.integers(0, 10**6))
def test_time_alone_never_reopens_what_is_final(cases: list[AbsenceCase], seconds: int) -> None:
    if is_final(cases, NOW):
        assert is_final(cases, NOW + timedelta(seconds=seconds))


def test_provisional_waits_for_nothing_but_the_desk_and_the_cut_off() -> None:
    waiting = replace(WHOLE, seen=False, cut_off=NOW + timedelta(days=3))
    assert is_provisional([waiting, waiting], NOW)
    assert not is_provisional([], NOW)
    assert not is_provisional([WHOLE], NOW)
    assert not is_provisional([waiting, replace(waiting, received=False)], NOW)
    assert not is_provisional([replace(waiting, doubts=1)], NOW)
