"""Who stands on a sheet: TLG-06, TLG-08, TLG-09, transfers, shifts, newcomers."""

from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import CalendarOverride, WorkCalendar
from domain.profile import load_profile
from domain.reading import SheetKind
from domain.roster import DayPlan, Delegation, Placement
from domain.sheet_layout import ROWS_A_PAGE
from domain.sheet_plan import FREE_ROWS, SheetDrafter, Signer, signer_of, tick_codes
from domain.terms import Pattern
from tests.fakes.sheets import WEEK, daily, pages, person, roster, unit

LAW = load_profile("tulungagung")
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))


@pytest.mark.parametrize("people", [0, 1, 23, 24, 45, 48, 49, 120])
def test_pages_hold_25_rows_at_most_and_nearly_equally_many(people: int) -> None:
    sheets = pages(people)
    lengths = [len(page.rows) for page in sheets]
    assert max(lengths) <= ROWS_A_PAGE
    assert max(lengths) - min(lengths) <= 1
    rows = [row for page in sheets for row in page.rows]
    assert [row.no for row in rows] == list(range(1, people + FREE_ROWS + 1))
    assert [row.person is None for row in rows] == [False] * people + [True] * FREE_ROWS
    assert {(page.page, page.pages) for page in sheets} == {(n, len(sheets)) for n in range(1, len(sheets) + 1)}


@pytest.mark.parametrize(("pattern", "last"), [(Pattern.FIVE, 27), (Pattern.SIX, 28)])
def test_a_weekly_sheet_has_the_days_of_the_units_pattern(pattern: Pattern, last: int) -> None:
    (page,) = pages(5, pattern)
    assert page.kind is SheetKind.WEEKLY
    assert [day.day for day in page.days] == list(range(23, last + 1))
    assert page.off == ("",) * pattern
    assert page.codes == ("DL", "S", "C", "I")
    assert page.title == LAW.forms["weekly"].title


def test_days_off_are_closed_with_their_reason() -> None:
    (page,) = pages(5, week="2026-W52")
    assert page.off[:3] == ("", "", "")
    assert page.off[3].startswith("Cuti bersama")
    assert page.off[4].startswith("Libur nasional")
    assert all(row.open == (True, True, True, False, False) for row in page.rows)


def test_a_week_without_work_has_no_sheet() -> None:
    holiday = CalendarOverride(MONDAY, date(2026, 11, 29), False, "Libur daerah")
    office = unit()
    drafter = SheetDrafter(LAW, roster(3, office), WorkCalendar(LAW, (holiday,)))
    assert drafter.draft(office, WEEK) == ()


def test_a_saturday_that_is_worked_gets_its_column() -> None:
    saturday = date(2026, 11, 28)
    office = unit()
    worked = CalendarOverride(saturday, saturday, True, "Kerja bakti")
    (page,) = SheetDrafter(LAW, roster(3, office), WorkCalendar(LAW, (worked,))).draft(office, WEEK)
    assert page.days[-1] == saturday
    assert page.rows[0].open == (True,) * 6


def test_shifts_open_and_close_single_cells() -> None:
    office = unit()
    staff = roster(3, office)
    first, second, _ = staff.people
    saturday = date(2026, 11, 28)
    staff = replace(staff, day_plans=(DayPlan(first, saturday, True, "jaga"), DayPlan(second, TUESDAY, False)))
    (page,) = SheetDrafter(LAW, staff, WorkCalendar(LAW)).draft(office, WEEK)
    assert page.off == ("",) * 6
    assert page.rows[0].open == (True,) * 6
    assert page.rows[1].open == (True, False, True, True, True, False)
    assert page.rows[-1].open == (True,) * 5 + (False,)


def test_who_comes_or_goes_within_the_week_may_sign_only_while_there() -> None:
    office = unit()
    staff = roster(2, office)
    leaver, _ = staff.people
    newcomer = person(77)
    kept = [p if p.person != leaver else replace(p, last=MONDAY) for p in staff.placements]
    staff = replace(
        staff,
        people={**staff.people, newcomer.key: newcomer},
        placements=(*kept, Placement(newcomer.key, office.code, WEDNESDAY)),
    )
    (page,) = SheetDrafter(LAW, staff, WorkCalendar(LAW)).draft(office, WEEK)
    by_person = {row.person: row.open for row in page.rows}
    assert by_person[leaver] == (True, False, False, False, False)
    assert by_person[newcomer.key] == (False, False, True, True, True)


def test_people_not_subject_to_presence_are_not_listed() -> None:
    """BLG-01, K7: Bulungan lists no non-ASN."""
    office = unit()
    staff = roster(3, office)
    keys = list(staff.people)
    people = {**staff.people, keys[1]: replace(staff.people[keys[1]], employment="Non ASN")}
    law = load_profile("bulungan")
    (page,) = SheetDrafter(law, replace(staff, people=people), WorkCalendar(law)).draft(office, WEEK)
    assert [row.person for row in page.rows[:2]] == [keys[0], keys[2]]
    assert page.session_names == ("MASUK", "PULANG")


def test_daily_sheets_are_one_for_each_working_day() -> None:
    sheets = pages(30, week="2026-W52", profile=daily(LAW))
    assert [(page.days[0].day, page.page, page.pages) for page in sheets] == [
        (day, page, 2) for day in (21, 22, 23) for page in (1, 2)
    ]
    assert all(page.kind is SheetKind.DAILY and len(page.days) == 1 for page in sheets)
    assert len({page.identity for page in sheets}) == 6
    assert sheets[0].title == LAW.forms["daily"].title


def test_ticks_are_for_reasons_not_for_presence_or_absence() -> None:
    assert tick_codes(LAW) == ("DL", "S", "C", "I")
    assert tick_codes(load_profile("bulungan")) == ("C", "S", "DL", "TK", "I")
    assert "TK" not in tick_codes(load_profile("malang"))


def test_the_delegate_signs_for_the_head_while_the_delegation_lasts() -> None:
    office = unit()
    staff = roster(3, office)
    head, deputy, _ = staff.people.values()
    acting = Delegation(office.code, deputy.key, "Plt.", TUESDAY, WEDNESDAY)
    staff = replace(staff, delegations=(acting,))
    assert signer_of(staff, office, MONDAY) == Signer(head.post, head.name, head.nip or "")
    assert signer_of(staff, office, WEDNESDAY).post == f"Plt. {head.post}"
    assert signer_of(staff, office, WEDNESDAY).name == deputy.name
    nobody = replace(staff, placements=())
    assert signer_of(nobody, office, MONDAY) == Signer("Kepala Dinas Perhubungan")
