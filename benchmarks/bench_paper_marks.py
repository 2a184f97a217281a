"""What is read on signed sheets beside the signature cells, on pictures of the test school (``demo/paper``).

``POSKO_BENCH_PAGES`` pictures (100 by default) of each kind; their seeds set no threshold.
"""

import os
from collections import Counter
from statistics import median

from benchmarks.paper_heads import ONE_BIT, Room, head_marks
from benchmarks.paper_names import name_scores
from benchmarks.paper_score import share
from benchmarks.paper_ticks import Said, tick_counts
from benchmarks.report import Result, figure
from domain.reading import HeadMark
from parsers.vision.proofreading import Names

CAUGHT = 0.95
FIRST_HEAD = 842_000
_FALSE = {
    Room.CLEAN: HeadMark.SIGNED,
    Room.STAMPED: HeadMark.SIGNED,
    Room.SIGNED: HeadMark.EMPTY,
    Room.BOTH: HeadMark.EMPTY,
}


def main() -> Result:
    """The figures."""
    pages = int(os.environ.get("POSKO_BENCH_PAGES", "100"))
    figures = [*_names(pages), *_heads(max(1, pages // 4)), *_ticks(pages)]
    return {"title": "Names, the head's room and tick boxes of signed sheets (% with 95 % bounds)", "figures": figures}


def _names(pages: int) -> list[Result]:
    scores = list(name_scores(range(884_000, 884_000 + pages)))
    own = Counter(score.own for score in scores)
    caught = share(sum(score.other is Names.OTHER for score in scores), len(scores))
    return [
        figure("names: pages found", len(scores)),
        figure("    own names taken for others", own[Names.OTHER], "", "0", met=own[Names.OTHER] == 0),
        figure("    own names proved", share(own[Names.SAME], len(scores)).percent(1), "%"),
        figure("    other names seen", caught.percent(1), "%", f"≥ {100 * CAUGHT:g} %", met=caught.value >= CAUGHT),
        figure("    CPU a page, median", median(score.seconds for score in scores), "s"),
    ]


def _heads(pages: int) -> list[Result]:
    plain = head_marks(range(FIRST_HEAD, FIRST_HEAD + pages))
    one_bit = head_marks(range(FIRST_HEAD + pages, FIRST_HEAD + pages + max(1, pages // 3)), ONE_BIT)
    return [*_head_lines("head's room", Counter(plain)), *_head_lines("1-bit head's room", Counter(one_bit))]


def _head_lines(what: str, counts: Counter[tuple[Room, HeadMark]]) -> list[Result]:
    lines = []
    for room in Room:
        seen = {mark: counts[room, mark] for mark in HeadMark if counts[room, mark]}
        told = ", ".join(f"{mark} {count}" for mark, count in seen.items())
        false = _FALSE[room]
        met = counts[room, false] == 0
        lines.append(figure(f"{what} {room}, called", told, "", f"never {false}", met=met))
    return lines


def _ticks(pages: int) -> list[Result]:
    counts = tick_counts(range(894_000, 894_000 + pages))
    lines = []
    for ticked in (True, False):
        total = sum(counts[ticked, said] for said in Said)
        lines.append(figure(f"boxes {'ticked' if ticked else 'left empty'}", total))
        for said in Said:
            lines.append(figure(f"    called {said}", share(counts[ticked, said], total).percent(2), "%"))
    return lines
