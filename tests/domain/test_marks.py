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


OFFICER, EXCUSE, DESK = FactSource.OFFICER, FactSource.EXCUSE, FactSource.DESK


def test_the_officers_word_is_kept_beside_the_mark_and_turns_unsure_into_nothing_final() -> None:
    for verdict, key in ((Verdict.SIGNED, None), (Verdict.CODE, StatusKey.DINAS_LUAR)):
        mark = current_mark([fact(Verdict.UNSURE), fact(verdict, 9, key=key, source=OFFICER)])
        assert mark.state is MarkState.TO_CHECK
        assert mark.said is (key or StatusKey.HADIR)
    empty = current_mark([fact(Verdict.EMPTY), fact(Verdict.CODE, 9, key=StatusKey.SAKIT, source=OFFICER)])
    assert (empty.state, empty.key, empty.said) == (MarkState.INCOMPLETE, None, StatusKey.SAKIT)


def test_a_word_of_unsure_says_nothing_and_takes_an_earlier_one_back() -> None:
    said = fact(Verdict.CODE, 8, key=StatusKey.SAKIT, source=OFFICER)
    for verdict in (Verdict.SIGNED, Verdict.EMPTY, Verdict.UNSURE):
        assert current_mark([fact(verdict), said, fact(Verdict.UNSURE, 9, source=OFFICER)]) == current_mark(
            [fact(verdict)]
        )


def test_the_officers_word_against_seen_presence_goes_to_a_person() -> None:
    mark = current_mark([fact(Verdict.SIGNED), fact(Verdict.CODE, 9, key=StatusKey.SAKIT, source=OFFICER)])
    assert (mark.state, mark.said) == (MarkState.TO_CHECK, StatusKey.SAKIT)
    assert current_mark([fact(Verdict.SIGNED), fact(Verdict.EMPTY, 9, source=OFFICER)]).state is MarkState.TO_CHECK
    assert current_mark([fact(Verdict.SIGNED), fact(Verdict.SIGNED, 9, source=OFFICER)]).state is MarkState.SIGNED


def test_a_decided_keterangan_fills_what_is_open_and_confirms_the_same_code() -> None:
    sick = fact(Verdict.CODE, 600, key=StatusKey.SAKIT, source=EXCUSE)
    for seen in ([], [fact(Verdict.EMPTY)], [fact(Verdict.CODE, key=StatusKey.SAKIT, verified=False)]):
        mark = current_mark([*seen, sick])
        assert (mark.state, mark.key, mark.verified) == (MarkState.CODE, StatusKey.SAKIT, True)


def test_a_decided_keterangan_covers_neither_presence_nor_another_code_nor_an_unsure_cell() -> None:
    sick = fact(Verdict.CODE, 600, key=StatusKey.SAKIT, source=EXCUSE)
    for seen in (fact(Verdict.SIGNED), fact(Verdict.CODE, key=StatusKey.CUTI), fact(Verdict.UNSURE)):
        mark = current_mark([seen, sick])
        assert (mark.state, mark.said) == (MarkState.TO_CHECK, StatusKey.SAKIT)
    settled = fact(Verdict.CODE, 700, key=StatusKey.SAKIT, source=DESK)
    assert current_mark([fact(Verdict.SIGNED), sick, settled]).key is StatusKey.SAKIT


def test_a_withdrawn_keterangan_leaves_what_the_sheets_said() -> None:
    sick = fact(Verdict.CODE, 600, key=StatusKey.SAKIT, source=EXCUSE)
    withdrawn = fact(Verdict.EMPTY, 700, source=EXCUSE)
    assert current_mark([fact(Verdict.EMPTY), sick, withdrawn]).state is MarkState.INCOMPLETE
    assert current_mark([fact(Verdict.SIGNED), sick, withdrawn]).state is MarkState.SIGNED


sources = st.sampled_from([FactSource.SHEET, OFFICER, EXCUSE])
keys = st.sampled_from([StatusKey.SAKIT, StatusKey.CUTI, StatusKey.DINAS_LUAR])


@given(st.lists(st.tuples(st.sampled_from(Verdict), sources, keys), max_size=6))
def test_nothing_but_a_sheet_or_a_desk_decision_ever_makes_a_cell_signed(
    drawn: list[tuple[Verdict, FactSource, StatusKey]],
) -> None:
    facts = [
        fact(v, i, source=s, key=k if v is Verdict.CODE else None)
        for i, (v, s, k) in enumerate(drawn)
        if s is not EXCUSE or v in (Verdict.CODE, Verdict.EMPTY)
    ]
    mark = current_mark(facts)
    seen = {f.verdict for f in facts if f.source is FactSource.SHEET}
    if mark.state is MarkState.SIGNED:
        assert Verdict.SIGNED in seen
    if mark.state is MarkState.CODE:
        assert Verdict.CODE in seen or any(f.source is EXCUSE and f.verdict is Verdict.CODE for f in facts)
    if Verdict.UNSURE in seen and not seen & {Verdict.SIGNED, Verdict.REPORTED, Verdict.CODE}:
        assert mark.state is MarkState.TO_CHECK
