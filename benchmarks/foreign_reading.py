"""How well offices' own forms are read: rows, people and cells counted against the truth of the sheet laboratory."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from benchmarks.paper_score import EMPTY, OTHER, SIGNED
from demo.paper.laboratory import Shot, take
from domain.identity import Everyone, Matcher
from domain.reading import FileReading, Row, Verdict
from domain.roster import Person, Roster
from parsers.base import ParseContext
from parsers.foreign_scan import PARSER
from tests.fakes.foreign_sheets import LAYOUTS, Someone, foreign_sheet

DAY = date(2026, 11, 23)
MOST_PEOPLE = 25
SMALLEST_ROW, LARGEST_ROW = 6.2, 9.0  # mm


@dataclass(frozen=True)
class Sample:
    """One sheet: who stands on it, row by row, and its picture."""

    people: tuple[Person, ...]
    shot: Shot
    matcher: Matcher


@dataclass
class Score:
    """What became of rows and cells; ``kinds`` counts (ink, verdict).

    ``wrong_person``: somebody who does not stand on the sheet, or not there. ``cells`` are those of rows that were
    recognised and whose truth is plain; ``wrong`` contradict it; ``other_signed``: of ``other`` ink, called signed.
    """

    pages: int = 0
    unread: int = 0
    rows: int = 0
    rows_right: int = 0
    wrong_person: int = 0
    cells: int = 0
    wrong: int = 0
    unsure: int = 0
    other: int = 0
    other_signed: int = 0
    misnumbered: int = 0
    dated: int = 0
    seconds: list[float] = field(default_factory=list)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)


def sample(roster: Roster, school: str, name: str, seed: int) -> Sample:
    """A sheet of some unit's people, typed and signed."""
    rng = np.random.default_rng([seed, len(name), len(school)])
    codes = sorted(code for code in roster.units if len(roster.members(code, DAY)) >= 8)
    unit = codes[int(rng.integers(len(codes)))]
    members = list(roster.members(unit, DAY))
    people = members[: int(rng.integers(8, MOST_PEOPLE + 1))]
    typed = [Someone(n, p.name, _spaced(p.nip or ""), p.post[:24]) for n, p in enumerate(people, start=1)]
    layout = LAYOUTS[int(rng.integers(len(LAYOUTS)))]
    row_mm = float(rng.uniform(SMALLEST_ROW, LARGEST_ROW))
    sheet = foreign_sheet(layout, roster.units[unit].name, DAY, typed, row_mm)
    matcher = Matcher(members, Everyone(roster.people.values()))
    return Sample(tuple(people), take(sheet, school, name, seed), matcher)


def _spaced(nip: str) -> str:
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if len(nip) == 18 else nip


def read(one: Sample) -> tuple[FileReading, float]:
    """The reading and its seconds."""
    context = ParseContext(f"lembar.{one.shot.ending}", frozenset({"H", "DL", "S", "C", "I"}), DAY)
    started = time.perf_counter()
    reading = PARSER.parse(one.shot.data, context)
    return reading, time.perf_counter() - started


def count(one: Sample, reading: FileReading, seconds: float, score: Score) -> None:
    """Add one sheet to ``score``."""
    score.pages += 1
    score.seconds.append(seconds)
    sheet = next((s for s in reading.sheets if s.rows), None)
    score.rows += len(one.people)
    if sheet is None:
        score.unread += 1
        return
    score.dated += DAY in sheet.dates
    index = {p.key: n for n, p in enumerate(one.people)}
    last = -1
    for row in sheet.rows:
        match = one.matcher.match(row.name, row.nip)
        if match.person is None:
            continue
        at = index.get(match.person, -1)
        if at <= last:
            score.wrong_person += 1
            continue
        last = at
        score.rows_right += 1
        score.misnumbered += row.no is not None and row.no != at + 1
        _cells(one, at, row, score)


def _cells(one: Sample, at: int, row: Row, score: Score) -> None:
    truths = {t.column: t for t in one.shot.truths if t.kind == "sign" and t.row == at}
    for column, cell in enumerate(row.cells):
        truth = truths.get(column)
        if truth is None:
            continue
        score.kinds[truth.ink, cell.verdict.value] += 1
        if truth.expected == OTHER:
            score.other += 1
            score.other_signed += cell.verdict is Verdict.SIGNED
            continue
        score.cells += 1
        score.unsure += cell.verdict is Verdict.UNSURE
        score.wrong += {cell.verdict.value, truth.expected} == {SIGNED, EMPTY}
