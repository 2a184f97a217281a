"""Discipline watch: thresholds as information, PNS and PPPK apart (DOMAIN.md 4)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.profile import load_profile
from reports.figures_discipline import NOTICE, AbsenceYear, longest_run, watch, watch_line
from tests.fakes.report_world import people, units

TLG = load_profile("tulungagung")
PNS = TLG.sanctions[0]
WORKDAYS = [d for n in range(365) if (d := date(2026, 1, 1) + timedelta(days=n)).weekday() < 5]
PERSON = people(units(1)[0], 1)[0]
YEAR_END = date(2026, 12, 31)


def absent(days: int, employment: str = "PNS", minutes: int = 0, gap: int = 2) -> AbsenceYear:
    return AbsenceYear(replace(PERSON, employment=employment), WORKDAYS[0 : days * gap : gap], WORKDAYS, minutes)


@pytest.mark.parametrize(
    ("days", "step", "following"),
    [
        (1, "", ""),
        (2, "", "teguran lisan"),
        (3, "teguran lisan", "teguran tertulis"),
        (4, "teguran tertulis", ""),
        (6, "teguran tertulis", "pernyataan tidak puas secara tertulis"),
        (
            27,
            "pembebasan dari jabatan menjadi jabatan pelaksana selama 12 bulan",
            "pemberhentian dengan hormat tidak atas permintaan sendiri",
        ),
        (40, "pemberhentian dengan hormat tidak atas permintaan sendiri", ""),
    ],
)
def test_days_of_a_year_reach_and_near_the_steps_of_the_table(days: int, step: str, following: str) -> None:
    line = watch_line(absent(days), PNS, YEAR_END)
    assert (line.days, line.step, line.next_step) == (days, step, following)
    assert (line.crossed, line.near) == (bool(step), bool(following))


def test_ten_working_days_in_a_row_are_named_and_nine_are_near() -> None:
    ten, nine = (watch_line(absent(n, gap=1), PNS, YEAR_END) for n in (10, 9))
    assert (ten.longest_run, ten.run_words) == (10, PNS.consecutive_text)
    assert (nine.run_words, nine.run_near, nine.near) == ("", True, True)


def test_days_off_do_not_break_a_run_but_a_worked_day_does() -> None:
    week = WORKDAYS[1:11]  # two working weeks around a weekend
    assert longest_run(week, WORKDAYS) == 10
    assert longest_run([*week[:4], *week[5:]], WORKDAYS) == 5
    assert longest_run([date(2026, 1, 3)], WORKDAYS) == 0


def test_lateness_becomes_days_only_by_the_switch_of_the_profile() -> None:
    assert watch_line(absent(2, minutes=900), PNS, YEAR_END).days == 2
    switched = PNS.model_copy(update={"minutes_per_day": 450})
    line = watch_line(absent(2, minutes=900), switched, YEAR_END)
    assert (line.days, line.absent, line.late_minutes, line.step) == (4, 2, 900, "teguran tertulis")
    assert watch_line(absent(2, minutes=449), switched, YEAR_END).days == 2


def test_a_threshold_reached_within_the_period_is_new() -> None:
    third = WORKDAYS[4]
    assert watch_line(absent(3), PNS, third).newly
    assert not watch_line(absent(3), PNS, third + timedelta(days=1)).newly
    tenth = WORKDAYS[9]
    assert watch_line(absent(10, gap=1), PNS, tenth).newly


def test_pns_and_pppk_are_in_groups_of_their_own() -> None:
    found = watch([absent(3), absent(5, "PPPK"), absent(4, "NON ASN"), absent(0)], TLG, 2026, YEAR_END)
    pns, pppk = found.groups
    assert [line.days for line in pns.crossed] == [3]
    assert (pppk.thresholds, pppk.crossed, [line.absent for line in pppk.counted]) == (False, (), [5])
    assert "ditetapkan oleh PPK" in pppk.legal_reference


def test_a_regency_may_give_pppk_thresholds_of_their_own() -> None:
    pppk = TLG.sanctions[1].model_copy(update={"steps": PNS.steps})
    profile = TLG.model_copy(update={"sanctions": (PNS, pppk)})
    found = watch([absent(3, "PPPK")], profile, 2026, YEAR_END)
    assert [line.step for line in found.groups[1].crossed] == ["teguran lisan"]


def test_the_words_say_that_nothing_is_decided() -> None:
    assert "Bukan penetapan hukuman" in NOTICE


@given(st.sets(st.integers(0, 200), max_size=40))
def test_a_longer_list_of_absences_never_has_a_shorter_run(places: set[int]) -> None:
    days = [WORKDAYS[p] for p in sorted(places)]
    assert longest_run(days, WORKDAYS) <= len(days)
    assert longest_run([*days, WORKDAYS[201]], WORKDAYS) >= longest_run(days, WORKDAYS)
