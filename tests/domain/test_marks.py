"""Which fact wins."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.marks import FactSource, MarkState, SeenFact, current_mark
from domain.reading import Verdict
from domain.terms import StatusKey

START = datetime(2026, 11, 24, 0, 15, tzinfo=UTC)


def fact(verdict: Verdict, minute: int = 0, **fields: object) -> SeenFact:
    at = START + timedelta(minutes=minute)
    return SeenFact(verdict=verdict, recorded_at=at, seen_at=at, **fields)  # type: ignore[arg-type]


def test_nothing_recorded_is_incomplete_and_never_absent() -> None:
    assert current_mark([]).state is MarkState.INCOMPLETE
    assert current_mark([]).key is None


def test_ink_beats_a_typed_mark() -> None:
    mark = current_mark([fact(Verdict.REPORTED), fact(Verdict.SIGNED, 5)])
    assert (mark.state, mark.key) == (MarkState.SIGNED, StatusKey.HADIR)


def test_the_first_sight_of_a_mark_is_kept() -> None:
    mark = current_mark([fact(Verdict.SIGNED, 510), fact(Verdict.SIGNED, 3)])
    assert mark.first_seen_at == START + timedelta(minutes=3)


def test_presence_beside_a_status_code_goes_to_a_person() -> None:
    mark = current_mark([fact(Verdict.SIGNED), fact(Verdict.CODE, 5, key=StatusKey.SAKIT)])
    assert mark.state is MarkState.TO_CHECK


def test_two_different_codes_go_to_a_person() -> None:
    mark = current_mark([fact(Verdict.CODE, key=StatusKey.CUTI), fact(Verdict.CODE, 5, key=StatusKey.SAKIT)])
    assert mark.state is MarkState.TO_CHECK


def test_a_decision_of_the_desk_beats_what_sheets_said() -> None:
    facts = [fact(Verdict.SIGNED), fact(Verdict.CODE, 60, key=StatusKey.DINAS_LUAR, source=FactSource.DESK)]
    assert current_mark(facts).key is StatusKey.DINAS_LUAR


def test_an_unverified_sheet_never_outweighs_a_verified_one() -> None:
    facts = [fact(Verdict.EMPTY, verified=True), fact(Verdict.SIGNED, 5, verified=False)]
    assert current_mark(facts).state is MarkState.INCOMPLETE
    assert not current_mark([fact(Verdict.SIGNED, verified=False)]).verified


def test_an_unsure_cell_waits_for_a_person_until_a_better_sight_settles_it() -> None:
    assert current_mark([fact(Verdict.UNSURE)]).state is MarkState.TO_CHECK
    assert current_mark([fact(Verdict.UNSURE), fact(Verdict.SIGNED, 9)]).state is MarkState.SIGNED


@given(st.permutations([fact(Verdict.EMPTY, 0), fact(Verdict.REPORTED, 4), fact(Verdict.SIGNED, 9)]))
def test_the_order_in_which_facts_are_read_changes_nothing(facts: list[SeenFact]) -> None:
    assert current_mark(facts).state is MarkState.SIGNED


@given(st.lists(st.sampled_from(Verdict), max_size=6))
def test_no_set_of_sheet_facts_ever_makes_anyone_absent(verdicts: list[Verdict]) -> None:
    facts = [fact(v, i, key=StatusKey.DINAS_LUAR if v is Verdict.CODE else None) for i, v in enumerate(verdicts)]
    assert current_mark(facts).key is not StatusKey.ALPA
