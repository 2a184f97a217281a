"""A returned recap beside what was recorded: every differing cell is named, nothing is taken over."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.profile import load_profile
from reports.figures_days import DayFacts, DayKind
from reports.figures_monthly import Monthly, MonthlyInput, PersonMonth, monthly
from reports.figures_recap import Difference, DifferenceKind, Reconciliation, ReturnedLine, reconcile
from tests.fakes.report_world import DUTY, EMPTY, SICK, SIGNED, month_input, people, units

BLG = load_profile("bulungan")
FIRST = date(2026, 10, 1)
UNIT = units(1)[0]
PERSON = people(UNIT, 1)[0]
DAYS = (
    DayFacts(sessions=(SIGNED, SIGNED)),
    DayFacts(sessions=(DUTY, DUTY)),
    DayFacts(sessions=(EMPTY, EMPTY)),
    DayFacts(DayKind.DAY_OFF),
    DayFacts(sessions=(SICK, SICK)),
)


def recorded(days: tuple[DayFacts, ...] = DAYS) -> Monthly:
    last = FIRST + timedelta(days=len(days) - 1)
    as_of = month_input(BLG, 1, 1).as_of
    return monthly(MonthlyInput(FIRST, last, as_of, [UNIT], [PersonMonth(PERSON, days)]), BLG)


def back(*cells: str, totals: dict[str, int] | None = None, person: str = PERSON.key) -> ReturnedLine:
    return ReturnedLine(person, PERSON.name, {FIRST + timedelta(days=n): c for n, c in enumerate(cells)}, totals or {})


def compare(*lines: ReturnedLine, month: Monthly | None = None) -> Reconciliation:
    found = month or recorded()
    return reconcile(found.units[0], found, lines, BLG)


def kinds(found: Reconciliation) -> list[DifferenceKind]:
    return [d.kind for d in found.differences]


def test_the_same_recap_has_no_difference_however_its_codes_are_spelt() -> None:
    found = compare(back("✓", "Dinas Luar", "", "-", "sakit", totals={"H": 1, "DL": 1, "S": 1}))
    assert found.differences == ()
    assert (found.compared, found.same) == (5, 5)


def test_each_differing_cell_is_named_with_both_texts() -> None:
    found = compare(back("H", "H", "H", "", ""))
    assert found.differences == (
        Difference(PERSON.key, PERSON.name, date(2026, 10, 2), "DL", "H", DifferenceKind.OTHER),
        Difference(PERSON.key, PERSON.name, date(2026, 10, 3), "·", "H", DifferenceKind.ADDED),
        Difference(PERSON.key, PERSON.name, date(2026, 10, 5), "S", "", DifferenceKind.DROPPED),
    )
    assert (found.compared, found.same) == (5, 2)


def test_an_unknown_code_is_never_guessed() -> None:  # K3
    assert kinds(compare(back("H", "TL", "", "", "S"))) == [DifferenceKind.UNKNOWN_CODE]


def test_the_same_letters_mean_other_things_elsewhere() -> None:  # K1
    month = recorded()
    line = back("TK", "DL", "", "", "S")
    assert kinds(reconcile(month.units[0], month, [line], BLG)) == [DifferenceKind.OTHER]


def test_a_total_that_is_not_the_sum_of_its_own_cells_is_named() -> None:
    found = compare(back("H", "DL", "", "", "S", totals={"H": 3, "DL": 1}))
    assert [(d.place, d.recorded, d.returned) for d in found.differences] == [("H", "1", "3")]


def test_people_on_one_side_only_are_named() -> None:
    assert kinds(compare(back("H", person="lain"))) == [DifferenceKind.UNKNOWN_PERSON, DifferenceKind.MISSING_PERSON]


def test_days_of_online_presence_are_not_compared() -> None:
    month = recorded((DayFacts(DayKind.ONLINE), *DAYS[1:]))
    found = compare(back("H", "DL", "", "", "S"), month=month)
    assert (found.compared, found.same, found.differences) == (4, 4, ())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["", "H", "DL", "S", "C", "A", "?", "TL", "·", "hadir"]), min_size=5, max_size=5))
def test_equal_cells_and_differences_make_up_everything_compared(cells: list[str]) -> None:
    found = compare(back(*cells))
    assert found.same + len(found.differences) == found.compared == 5


def test_what_was_recorded_is_in_harmony_with_itself() -> None:
    month = monthly(month_input(BLG, 2, 12), BLG)
    for unit in month.units:
        lines = [replace(back(*line.cells, person=line.person.key), name=line.person.name) for line in unit.lines]
        assert reconcile(unit, month, lines, BLG).differences == ()
