"""Lateness around a silence of our own mailboxes is not counted against the unit."""

from dataclasses import replace

import pytest

from domain.disturbance import Disturbance, excuses
from domain.outcome import Flag
from domain.terms import Pattern
from domain.windows import windows_on
from tests.fakes.desk_world import BUDI, DAY, PROFILE, SITI, at, cell, file, mail, only, row, run, sheet

WINDOW = windows_on(PROFILE, DAY, Pattern.FIVE)[0]
SHEET = file(sheet(row(SITI, cell()), row(BUDI, cell(), no=2)))


@pytest.mark.parametrize(
    ("began", "ended", "late_at", "excused"),
    [
        (at(7, 15), at(7, 45), at(7, 50), True),  # the server refused mail over the close
        (at(7, 15), None, at(9), True),  # it still does
        (at(7, 15), at(7, 45), at(8, 15), True),  # the sender's server tries again within half an hour
        (at(7, 15), at(7, 45), at(8, 15, 1), False),
        (at(7, 30, 59), at(7, 45), at(7, 46), True),
        (at(7, 31), at(7, 45), at(7, 46), False),  # who had not sent by then was late without us
        (at(6, 40), at(7, 0), at(7, 31), False),
    ],
)
def test_a_disturbance_excuses_while_it_may_be_the_cause(began, ended, late_at, excused) -> None:  # type: ignore[no-untyped-def]
    assert excuses([Disturbance(began, ended)], WINDOW, late_at) is excused


def test_a_late_sheet_is_flagged_and_stays_late() -> None:
    ours = Disturbance(at(7, 15), at(7, 40))
    draft = only(run(mail(at(7, 41), disturbances=(ours,)), SHEET))
    assert Flag.OUR_INCIDENT in draft.flags
    assert draft.late_minutes == 11
    assert Flag.OUR_INCIDENT not in only(run(mail(at(7, 41)), SHEET)).flags


def test_a_sheet_in_time_needs_no_excuse() -> None:
    delivery = replace(mail(at(7, 20)), disturbances=(Disturbance(at(7, 15), None),))
    assert Flag.OUR_INCIDENT not in only(run(delivery, SHEET)).flags
