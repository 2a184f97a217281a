"""What is read on signed sheets beside the signature cells, on pictures of the test school (``demo/paper``).

``POSKO_BENCH_PAGES`` pictures (100 by default) of each kind; their seeds set no threshold.
"""

import os
from collections import Counter
from statistics import median

from benchmarks.paper_names import name_scores
from benchmarks.paper_score import share
from benchmarks.report import Result, figure
from parsers.vision.proofreading import Names

CAUGHT = 0.95


def main() -> Result:
    """The figures."""
    pages = int(os.environ.get("POSKO_BENCH_PAGES", "100"))
    return {"title": "Printed names on signed sheets (% with 95 % bounds)", "figures": _names(pages)}


def _names(pages: int) -> list[Result]:
    scores = list(name_scores(range(810_000, 810_000 + pages)))
    own = Counter(score.own for score in scores)
    caught = share(sum(score.other is Names.OTHER for score in scores), len(scores))
    return [
        figure("names: pages found", len(scores)),
        figure("    own names taken for others", own[Names.OTHER], "", "0", met=own[Names.OTHER] == 0),
        figure("    own names proved", share(own[Names.SAME], len(scores)).percent(1), "%"),
        figure("    other names seen", caught.percent(1), "%", f"≥ {100 * CAUGHT:g} %", met=caught.value >= CAUGHT),
        figure("    CPU a page, median", median(score.seconds for score in scores), "s"),
    ]
