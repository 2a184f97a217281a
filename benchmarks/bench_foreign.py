"""Offices' own forms, scanned and photographed: rows, people and cells with 95 % bounds.

Invented people on sheets as offices draw them, rows from 6.2 mm on, signed and pictured by the laboratory's test
school. ``POSKO_BENCH_PAGES`` pages a set (40 by default).
"""

import os
import statistics
import sys
import tempfile
from functools import cache
from pathlib import Path

import cv2

from benchmarks.foreign_month_reading import FORMS, MonthScore, count_month, month_sample
from benchmarks.foreign_reading import Score, count, read, sample
from benchmarks.paper_score import Confusion, share
from benchmarks.report import Result, figure
from demo.make_roster import invent
from demo.roster import write
from domain.roster import Roster
from intake.roster_file import read_roster

SETS = {  # set → rows right, wrong cells, unsure: the aims of the issue
    "scan": (0.99, 0.001, 0.03),
    "photo1600": (0.95, 0.002, 0.05),
    "photo1280": (0.95, 0.002, 0.05),
}
FIRST = 600_000  # seeds that no development used
SECONDS, THREADS = 8.0, 2
MONTHS = tuple((form, name) for form in FORMS for name in ("scan", "photo1600"))
WRONG_CELLS = 0.002


def main() -> Result:
    """The figures."""
    return measure(int(os.environ.get("POSKO_BENCH_PAGES", "40")))


def measure(pages: int) -> Result:
    """The figures of ``pages`` pictures a set."""
    figures: list[Result] = []
    table = Confusion()
    for form, name in MONTHS:
        figures += _month_lines(form, name, month_score(form, name, range(FIRST, FIRST + max(1, pages // 2))))
    for name in SETS:
        got = score(name, range(FIRST, FIRST + pages))
        table.counts.update(got.kinds)
        figures += _lines(name, got)
    sys.stdout.write("\nWhat each kind of ink was called, % [95 % bounds]\n" + "\n".join(table.lines()) + "\n")
    return {"title": "Offices' own forms (% with 95 % bounds)", "figures": figures}


def score(name: str, seeds: range, school: str = "test") -> Score:
    """Sheets of the set ``name`` drawn from ``seeds``, read and counted."""
    cv2.setNumThreads(THREADS)
    got = Score()
    for seed in seeds:
        one = sample(roster(), school, name, seed)
        reading, seconds = read(one)
        count(one, reading, seconds, got)
    return got


def month_score(form: str, name: str, seeds: range, school: str = "test") -> MonthScore:
    """Sheets of ``form`` in the set ``name`` drawn from ``seeds``, read and counted."""
    cv2.setNumThreads(THREADS)
    got = MonthScore()
    for seed in seeds:
        one = month_sample(roster(), school, form, name, seed)
        reading, seconds = read(one)
        count_month(one, form, reading, seconds, got)
    return got


def _month_lines(form: str, name: str, got: MonthScore) -> list[Result]:
    right, cells = share(got.rows_right, got.rows), share(got.wrong, got.cells)
    return [
        figure(f"{form}, {name}: pages ({got.unread} left to a person, {got.undated} asked for a date)", got.pages),
        figure(f"    rows right, of {got.rows}", right.percent(1), "%"),
        figure("    wrong person", got.wrong_person, "", "0", met=got.wrong_person == 0),
        figure("    wrong dates", got.misdated, "", "0", met=got.misdated == 0),
        figure(f"    wrong cells, of {got.cells}", cells.percent(), "%", "≤ 0.2 %", met=cells.value <= WRONG_CELLS),
        figure("    unsure", share(got.unsure, got.cells).percent(1), "%"),
        figure(f"    head's mark wrong, of {got.heads}", share(got.head_wrong, got.heads).percent(1), "%"),
        figure("    head's mark unsure", share(got.head_unsure, got.heads).percent(1), "%"),
        figure("    seconds a page, median", statistics.median(got.seconds), "s"),
    ]


@cache
def roster() -> Roster:
    """The invented offices and their people."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write(path, invent())
        return read_roster(path.read_bytes(), path.name).roster


def _lines(name: str, got: Score) -> list[Result]:
    rows, wrong, unsure = SETS[name]
    right, cells = share(got.rows_right, got.rows), share(got.wrong, got.cells)
    unsaid = share(got.unsure, got.cells)
    seconds = statistics.median(got.seconds)
    return [
        figure(f"{name}: pages ({got.unread} left to a person)", got.pages),
        figure(f"    rows right, of {got.rows}", right.percent(1), "%", f"≥ {100 * rows:g} %", met=right.value >= rows),
        figure("    wrong person", got.wrong_person, "", "0", met=got.wrong_person == 0),
        figure("    row numbers misread", got.misnumbered),
        figure(
            f"    wrong cells, of {got.cells}", cells.percent(), "%", f"≤ {100 * wrong:g} %", met=cells.value <= wrong
        ),
        figure("    unsure", unsaid.percent(1), "%", f"≤ {100 * unsure:g} %", met=unsaid.value <= unsure),
        figure(f"    other ink called signed, of {got.other}", share(got.other_signed, got.other).percent(1), "%"),
        figure("    seconds a page, median", seconds, "s", f"≤ {SECONDS:g} s", met=seconds <= SECONDS),
        figure("    seconds a page, longest", max(got.seconds), "s"),
    ]
