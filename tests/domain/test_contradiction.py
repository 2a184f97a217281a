"""What is asked where paper and machine differ, and the facts of each answer (BLG-03, TLG-18)."""

from datetime import date, datetime, time

import pytest

from domain.contradiction import Side, contradictions, place_of, settled_by
from domain.marks import Mark, MarkState
from domain.outcome import CellDraft
from domain.punches import DayState, PunchDay, Stamp
from domain.reading import Verdict
from domain.reconcile import Agreement, compare
from domain.terms import Session, StatusKey

DAY = date(2026, 11, 23)
IN, OUT = Session.DATANG, Session.PULANG
SICK = Mark(MarkState.CODE, StatusKey.SAKIT)
SIGNED = Mark(MarkState.SIGNED, StatusKey.HADIR)


def stamp(hour: int) -> Stamp:
    at = datetime.combine(DAY, time(hour, 5))
    return Stamp(at, 1, "17", at)


FULL = PunchDay("F1", DAY, "", DayState.COMPLETE, stamp(7), stamp(16))
NONE = PunchDay("F1", DAY, "", DayState.NONE)


def test_a_code_and_a_punch_are_one_question_a_session() -> None:
    marks = {("F1", DAY, IN): SICK, ("F1", DAY, OUT): SIGNED}
    [one] = contradictions(compare([FULL], marks, "paper"))
    assert (one.session, one.words, place_of(one.subject)) == (IN, "mesin datang 07.05", ("F1", DAY, IN))
    paper, machine = one.cells
    assert (paper.verdict, paper.key, paper.text) == (Verdict.CODE, StatusKey.SAKIT, Side.PAPER)
    assert (machine.verdict, machine.time, machine.text) == (Verdict.REPORTED, time(7, 5), Side.MACHINE)


def test_a_code_of_the_whole_day_is_one_question_and_gives_way_to_each_session() -> None:
    marks = {("F1", DAY, session): SICK for session in Session}
    whole = {("F1", DAY, session) for session in Session}
    [one] = contradictions(compare([FULL], marks, "ask", whole=whole))
    assert (one.session, place_of(one.subject)) == (None, ("F1", DAY, None))
    said = settled_by(one.cells, Side.MACHINE)
    assert [(c.session, c.verdict) for c in said] == [
        (None, Verdict.EMPTY),
        (IN, Verdict.REPORTED),
        (OUT, Verdict.REPORTED),
    ]
    [third] = settled_by(one.cells, StatusKey.DINAS_LUAR)
    assert (third.session, third.verdict, third.key) == (None, Verdict.CODE, StatusKey.DINAS_LUAR)


def test_a_signature_that_is_not_believed_is_belum_lengkap_and_never_absent() -> None:
    [one] = contradictions(compare([NONE], {("F1", DAY, IN): SIGNED}, "ask"))
    assert one.words == "mesin datang tidak ada"
    [machine] = settled_by(one.cells, Side.MACHINE)
    [paper] = settled_by(one.cells, Side.PAPER)
    assert (machine.verdict, machine.key) == (Verdict.EMPTY, None)
    assert paper == CellDraft(DAY, IN, Verdict.SIGNED)
    assert contradictions(compare([NONE], {("F1", DAY, IN): SIGNED}, "paper")) == []  # the rules said whom to believe


@pytest.mark.parametrize("session", [IN, None])
def test_what_a_person_settled_is_not_asked_again(session: Session | None) -> None:
    [first, second] = compare([FULL], {("F1", DAY, IN): SICK}, "ask", settled={("F1", DAY, session)})
    assert (first.agreement, first.follow, first.settled, first.question) == (Agreement.CONTRADICT, "paper", True, "")
    assert not second.settled
    assert contradictions([first, second]) == []
