"""``make train``: draws the pages that the cell reader learns from and, after learning, sets its bands.

``python -m benchmarks.train_reader draw`` and ``… bands`` run with the product's libraries; between them
``python -m benchmarks.training.learn`` runs with PyTorch alone (``benchmarks/training/requirements.txt``).
"""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.training.bands import set_bands
from benchmarks.training.examples import draw_all

PAGES = {"train": 5800, "valid": 900}
FOLDER = Path("build/reader")


def main(asked: list[str]) -> int:
    """Do one of the two steps."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_reader", description=__doc__)
    parser.add_argument("step", choices=("draw", "bands"))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--share", type=float, default=1.0, help="share of the pages, for a quick try")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(asked)
    if options.step == "bands":
        sys.stdout.write(set_bands(options.folder))
        return 0
    for school, pages in PAGES.items():
        count, done = int(pages * options.share), 0
        for kept in draw_all(school, count, options.folder / school, options.workers):
            done += kept
            sys.stderr.write(f"{school}: {done} pages of {count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
