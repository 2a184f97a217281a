"""Monthly figures: one status a person and day, sums that make up the working days, nobody absent but by TLG-18."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.marks import Mark, MarkState
from domain.profile import load_profile, profile_names
from domain.terms import StatusKey
from reports.figures import UnitLine
from reports.figures_days import Absence, DayFacts, DayKind, DayRule, column_keys
from reports.figures_monthly import Monthly, MonthlyInput, PersonMonth, monthly
from tests.fakes.report_world import DUTY, EMPTY, LEAVE, SICK, SIGNED, TYPED, UNSURE, month_input, people, units

TLG, BLG, MLG = (load_profile(name) for name in ("tulungagung", "bulungan", "malang"))
ALPA = Mark(MarkState.CODE, StatusKey.ALPA)
PRESENT = Mark(MarkState.CODE, StatusKey.HADIR)
TRAINING = Mark(MarkState.CODE, StatusKey.DIKLAT)
STUDY = Mark(MarkState.CODE, StatusKey.TUGAS_BELAJAR)
AFTER_NIGHT = Mark(MarkState.CODE, StatusKey.LEPAS_JAGA)
FIRST = date(2026, 10, 1)


def text(
    *sessions: Mark, whole: Mark | None = None, absence: Absence = Absence.NONE, kind: DayKind = DayKind.EXPECTED
) -> str:
    return DayRule(BLG).cell(DayFacts(kind, sessions, whole, absence)).text


@pytest.mark.parametrize(
    ("sessions", "printed"),
    [
        ((SIGNED, SIGNED), "H"),
        ((SIGNED, TYPED), "H"),
        ((SIGNED,), "H"),  # the period began or ended at noon
        ((SIGNED, EMPTY), "½"),
        ((EMPTY, EMPTY), "·"),
        ((), "·"),
        ((SIGNED, UNSURE), "?"),
        ((DUTY, DUTY), "DL"),
        ((DUTY, EMPTY), "DL"),  # MLG-13: one entry is enough
        ((SIGNED, DUTY), "H"),  # MLG-14: half a day on duty leaves the normal presence
        ((SICK, LEAVE), "?"),
        ((ALPA, ALPA), "?"),
        ((SIGNED, ALPA), "?"),
        ((PRESENT, SIGNED), "H"),
        ((TRAINING, TRAINING), "TK"),  # BLG form F
        ((STUDY, STUDY), "-"),  # BLG-15
    ],
)
def test_two_sessions_make_one_status(sessions: tuple[Mark, ...], printed: str) -> None:
    assert text(*sessions) == printed


@pytest.mark.parametrize(
    ("sessions", "whole", "printed"),
    [
        ((EMPTY, EMPTY), SICK, "S"),
        ((SIGNED, EMPTY), SICK, "?"),
        ((EMPTY, EMPTY), PRESENT, "H"),
        ((EMPTY, EMPTY), ALPA, "?"),
        ((SICK, SICK), SIGNED, "?"),
        ((UNSURE, EMPTY), SICK, "?"),
    ],
)
def test_a_recap_speaks_of_the_whole_day_and_never_against_a_signature(
    sessions: tuple[Mark, ...], whole: Mark, printed: str
) -> None:
    assert text(*sessions, whole=whole) == printed


def test_only_a_decision_makes_an_empty_day_absent() -> None:  # TLG-18
    assert text(EMPTY, EMPTY) == "·"
    assert text(EMPTY, EMPTY, absence=Absence.FINAL) == "A"
    assert text(EMPTY, EMPTY, absence=Absence.PROVISIONAL) == "A*"  # MLG-07: sementara, still open
    assert text(SIGNED, EMPTY, absence=Absence.FINAL) == "?"
    assert text(SIGNED, EMPTY, absence=Absence.PROVISIONAL) == "½"


@pytest.mark.parametrize(
    ("kind", "printed"), [(DayKind.DAY_OFF, ""), (DayKind.ELSEWHERE, "×"), (DayKind.ONLINE, "o"), (DayKind.EXEMPT, "-")]
)
def test_days_that_do_not_count_have_their_own_sign(kind: DayKind, printed: str) -> None:
    cell = DayRule(BLG).cell(DayFacts(kind, (SIGNED, SIGNED)))
    assert (cell.text, cell.counts) == (printed, False)


def test_a_day_off_after_a_night_shift_is_no_working_day() -> None:
    cell = DayRule(TLG).cell(DayFacts(sessions=(AFTER_NIGHT, EMPTY)))
    assert (cell.text, cell.counts) == ("LJ", False)


def test_the_columns_are_those_of_form_f_in_its_order() -> None:
    codes = [column.code for column in month_of(BLG_DAYS).columns]
    assert codes == ["H", "A", "C", "S", "DL", "TK"]


def test_permission_gets_a_column_only_when_it_occurs() -> None:
    leave = DayFacts(sessions=(Mark(MarkState.CODE, StatusKey.IZIN), EMPTY))
    month = month_of([leave, *BLG_DAYS[1:]])
    assert [column.code for column in month.columns][-1] == "I"
    assert ("I", "Izin") in month.legend
    assert not month.unbalanced


BLG_DAYS = [DayFacts(sessions=(SIGNED, SIGNED))] * 20 + [DayFacts(DayKind.DAY_OFF)] * 11


def month_of(days: list[DayFacts], profile_name: str = "bulungan") -> Monthly:
    profile = load_profile(profile_name)
    unit = units(1)[0]
    return monthly(
        MonthlyInput(
            FIRST,
            FIRST + timedelta(days=len(days) - 1),
            month_input(profile, 1, 1).as_of,
            [unit],
            [PersonMonth(people(unit, 1)[0], days)],
        ),
        profile,
    )


def test_a_government_without_a_code_for_absence_prints_one_that_means_nothing_else() -> None:
    month = month_of([DayFacts(sessions=(EMPTY, EMPTY), absence=Absence.FINAL)], "tulungagung")
    assert month.units[0].lines[0].cells == ("TH",)
    assert ("TH", "Tidak hadir tanpa keterangan") in month.legend


def test_a_person_who_moved_stands_in_both_units_and_counts_once() -> None:
    one, two = units(2)
    person = people(one, 1)[0]
    there = DayFacts(DayKind.ELSEWHERE)
    here = DayFacts(sessions=(SIGNED, SIGNED))
    month = monthly(
        replace(
            month_input(TLG, 2, 1),
            last=FIRST + timedelta(days=3),
            people=[
                PersonMonth(person, [here, here, there, there]),
                PersonMonth(replace(person, unit=two.code), [there, there, here, here]),
            ],
        ),
        TLG,
    )
    assert [u.lines[0].cells for u in month.units] == [("H", "H", "×", "×"), ("×", "×", "H", "H")]
    assert (month.people, month.working_days) == (1, 4)
    assert ("×", "bukan pegawai unit ini pada hari itu") in month.legend


def test_a_recap_is_settled_only_when_nothing_is_open() -> None:  # MLG-10
    assert month_of(BLG_DAYS).units[0].settled
    assert not month_of([DayFacts(sessions=(SIGNED, EMPTY)), *BLG_DAYS]).units[0].settled


def test_the_legend_explains_every_sign_that_occurs() -> None:
    days = [
        DayFacts(sessions=(SIGNED, EMPTY)),
        DayFacts(sessions=(UNSURE, EMPTY)),
        DayFacts(sessions=(EMPTY, EMPTY), absence=Absence.PROVISIONAL),
        DayFacts(sessions=(AFTER_NIGHT, AFTER_NIGHT)),
        DayFacts(DayKind.EXEMPT),
        DayFacts(DayKind.ONLINE),
    ]
    signs = {sign for sign, _ in month_of(days, "malang").legend}
    assert {"½", "?", "*", "LJ", "-", "o"} <= signs


def test_a_unit_that_left_the_roster_keeps_its_people() -> None:
    ghost = replace(people(units(1)[0], 1)[0], unit="U999")
    month = monthly(replace(month_input(TLG, 1, 0), people=[PersonMonth(ghost, [DayFacts()] * 31)]), TLG)
    assert [u.unit for u in month.units] == [UnitLine("U999", "U999")]


_MARKS = st.builds(
    lambda state, key: Mark(state, key if state is MarkState.CODE else None),
    st.sampled_from(MarkState),
    st.sampled_from(StatusKey),
)
_FACTS = st.builds(
    DayFacts,
    kind=st.sampled_from([DayKind.EXPECTED] * 4 + list(DayKind)),
    sessions=st.lists(_MARKS, max_size=2).map(tuple),
    whole_day=st.none() | _MARKS,
    absence=st.sampled_from(Absence),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_FACTS, min_size=1, max_size=31), st.sampled_from(profile_names()))
def test_the_columns_and_the_open_days_make_up_the_working_days(days: list[DayFacts], name: str) -> None:
    month = month_of(days, name)
    (line,) = month.units[0].lines
    assert not month.unbalanced
    assert line.working_days == sum(line.totals) + line.open_days
    assert month.totals == line.totals == month.units[0].totals
    assert line.working_days == sum(sum(counts) for counts in month.daily)
    assert line.working_days <= sum(d.kind is DayKind.EXPECTED for d in days)


@settings(max_examples=300, deadline=None)
@given(_FACTS, st.sampled_from(profile_names()))
def test_nobody_is_absent_without_the_decision(facts: DayFacts, name: str) -> None:  # TLG-18
    cell = DayRule(load_profile(name)).cell(facts)
    if cell.key is StatusKey.ALPA:
        assert facts.absence is Absence.FINAL
        assert all(m.state is MarkState.INCOMPLETE for m in facts.sessions)


@pytest.mark.parametrize("name", profile_names())
def test_every_status_has_exactly_one_column_or_none_because_it_is_free(name: str) -> None:
    profile = load_profile(name)
    counted = [key for keys in column_keys(profile).values() for key in keys]
    assert len(counted) == len(set(counted))
    free = set(StatusKey) - set(counted)
    assert StatusKey.ALPA not in free
    assert StatusKey.HADIR not in free
