"""What is read on signed sheets beside the signature cells, on pictures of the test school (``demo/paper``).

``POSKO_BENCH_PAGES`` pictures (100 by default) of each kind; their seeds set no threshold.
"""

import os
from collections import Counter
from statistics import median

from benchmarks.paper_heads import Room, head_marks
from benchmarks.paper_names import name_scores
from benchmarks.paper_score import share
from benchmarks.paper_ticks import Said, tick_counts
from benchmarks.report import Result, figure
from domain.reading import HeadMark
from parsers.vision.proofreading import Names

CAUGHT = 0.95


def main() -> Result:
    """The figures."""
    pages = int(os.environ.get("POSKO_BENCH_PAGES", "100"))
    figures = [*_names(pages), *_heads(max(1, pages // 4)), *_ticks(pages)]
    return {"title": "Names, the head's room and tick boxes of signed sheets (% with 95 % bounds)", "figures": figures}


def _names(pages: int) -> list[Result]:
    scores = list(name_scores(range(860_000, 860_000 + pages)))
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
    counts = Counter(head_marks(range(820_000, 820_000 + pages)))
    lines = []
    for room in Room:
        seen = {mark: counts[room, mark] for mark in HeadMark if counts[room, mark]}
        told = ", ".join(f"{mark} {count}" for mark, count in seen.items())
        met = counts[room, HeadMark.SIGNED] == 0 if room in (Room.STAMPED, Room.CLEAN) else None
        lines.append(
            figure(f"head's room {room}, called", told, "", "never signed" if met is not None else "", met=met)
        )
    return lines


def _ticks(pages: int) -> list[Result]:
    counts = tick_counts(range(870_000, 870_000 + pages))
    lines = []
    for ticked in (True, False):
        total = sum(counts[ticked, said] for said in Said)
        lines.append(figure(f"boxes {'ticked' if ticked else 'left empty'}", total))
        for said in Said:
            lines.append(figure(f"    called {said}", share(counts[ticked, said], total).percent(2), "%"))
    return lines
