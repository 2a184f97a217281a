"""How well months by hand (form E, offices' lists), form B and the head's mark are read: counted against the truth."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from benchmarks.foreign_reading import DAY, Sample
from benchmarks.paper_score import EMPTY, OTHER, SIGNED
from demo.paper.geometry import BLOCK, SIGN
from domain.identity import Everyone, Matcher
from domain.reading import Cell, FileReading, HeadMark, SheetReading, Verdict
from domain.roster import Roster
from domain.terms import Session
from tests.fakes.foreign_bulungan import Drawn, form_b, form_e
from tests.fakes.foreign_months import Style, month_list, take_month

MONTH = date(2026, 11, 1)
MONTH_DAYS = tuple(MONTH + timedelta(n) for n in range(30))
OFF = frozenset(day for n in range(30) if (day := MONTH + timedelta(n)).weekday() > 4)
FORMS = ("form B", "form E", "month list")
_PEOPLE = {"form B": (8, 16), "form E": (3, 5), "month list": (5, 9)}


@dataclass
class MonthScore:
    """What became of rows and cells, as ``foreign_reading.Score``; ``misdated`` cells stand under another day's date.

    ``undated`` pages asked for their date; ``head_*`` count the head's marks whose truth is plain.
    """

    pages: int = 0
    unread: int = 0
    undated: int = 0
    rows: int = 0
    rows_right: int = 0
    wrong_person: int = 0
    cells: int = 0
    wrong: int = 0
    misdated: int = 0
    unsure: int = 0
    heads: int = 0
    head_wrong: int = 0
    head_unsure: int = 0
    seconds: list[float] = field(default_factory=list)


def month_sample(roster: Roster, school: str, form: str, name: str, seed: int) -> Sample:
    """A sheet of some unit's people on ``form`` (``FORMS``), filled in and pictured."""
    rng = np.random.default_rng([seed, len(form), len(name), len(school)])
    codes = sorted(code for code in roster.units if len(roster.members(code, DAY)) >= 16)
    unit = roster.units[codes[int(rng.integers(len(codes)))]]
    members = list(roster.members(unit.code, DAY))
    people = members[: int(rng.integers(*_PEOPLE[form]))]
    drawn: Drawn
    if form == "form B":
        drawn = form_b(unit.name, DAY, people, members[0])
    elif form == "form E":
        drawn = form_e(unit.name, MONTH, people, members[0], OFF)
    else:
        lines = int(rng.integers(1, 3))
        drawn = month_list(unit.name, MONTH, people, members[0], OFF, Style(lines, 10.0 if lines == 1 else 7.0))
    matcher = Matcher(members, Everyone(roster.people.values()))
    return Sample(tuple(people), take_month(drawn, school, name, seed), matcher)


def count_month(one: Sample, form: str, reading: FileReading, seconds: float, score: MonthScore) -> None:
    """Add one sheet to ``score``."""
    score.pages += 1
    score.seconds.append(seconds)
    score.rows += len(one.people)
    sheet = next((s for s in reading.sheets if s.rows), None)
    if sheet is None:
        score.unread += 1
        return
    score.undated += not sheet.dates
    _head(one, sheet, score)
    index = {p.key: n for n, p in enumerate(one.people)}
    last = -1
    sessions = max(t.column for t in one.shot.truths if t.kind == SIGN) + 1
    each = 2 if sessions > len(MONTH_DAYS) + 1 else 1
    for row in sheet.rows:
        match = one.matcher.match(row.name, row.nip)
        if match.person is None:
            continue
        at = index.get(match.person, -1)
        score.rows_right += at > last
        score.wrong_person += at <= last
        if at > last:
            last = at
            _cells(one, at, row.cells, 1 if form == "form B" else each, score)


def _cells(one: Sample, at: int, cells: tuple[Cell, ...], each: int, score: MonthScore) -> None:
    truths = {t.column: t for t in one.shot.truths if t.kind == SIGN and t.row == at}
    single = len(truths) == 1
    for cell in cells:
        if cell.date is None:
            continue
        if single:
            score.misdated += cell.date != DAY
            column = 0
        else:
            score.misdated += cell.date not in MONTH_DAYS
            column = each * (cell.date.day - 1) + (each == 2 and cell.session is Session.PULANG)
        truth = truths.get(column)
        if truth is None or truth.expected == OTHER:
            continue
        score.cells += 1
        score.unsure += cell.verdict is Verdict.UNSURE
        score.wrong += {cell.verdict.value, truth.expected} == {SIGNED, EMPTY}


def _head(one: Sample, sheet: SheetReading, score: MonthScore) -> None:
    truth = next(t for t in one.shot.truths if t.kind == BLOCK)
    if truth.expected == OTHER:
        return  # a stamp alone
    score.heads += 1
    score.head_unsure += sheet.head in (HeadMark.UNSURE, HeadMark.ABSENT)
    score.head_wrong += {sheet.head.value, truth.expected} == {SIGNED, EMPTY}
