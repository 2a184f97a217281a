"""Reading signed sheets from photographs and scans: the table of errors with 95 % bounds (``make bench-reading``).

The pictures come from the laboratory's test school (``demo/paper``), which neither training nor the bands have seen.
``POSKO_BENCH_PAGES`` pages a main set (250 by default), a fifth of them, at least 50, for each hard set.
"""

import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from benchmarks.paper_memory import peak_memory
from benchmarks.paper_reading import Task, context, drawn, read_all
from benchmarks.paper_score import OTHER, Confusion, PageScore, SetScore, Share, score
from benchmarks.paper_strangers import STRANGERS, stranger
from benchmarks.report import Result, figure
from parsers.printed_form import PARSER

WORKERS = 2
MAIN = {  # set → found, wrong, unsure, clean pages: the aims of the issue
    "photo1600": (0.995, 0.00015, 0.02, 0.97),
    "photo1280": (0.99, 0.00015, 0.025, 0.96),
    "scan": (1.0, 0.00005, 0.01, 0.98),
}
HARD_SETS = ("turned", "cropped", "creased", "screen", "one bit")
HARD_WRONG = 0.0005
OTHER_SIGNED, OTHER_EMPTY = 0.05, 0.01
PHOTO_SECONDS, SCAN_SECONDS, MEGABYTES = 0.25, 0.35, 250
WORST = 20
CROPS = Path("build/reading-worst")


def main() -> Result:
    """The figures; crops of the worst cells lie in ``build/reading-worst``."""
    return measure(int(os.environ.get("POSKO_BENCH_PAGES", "250")))


def measure(pages: int, *, least_hard: int = 50, workers: int = WORKERS) -> Result:
    """The figures for ``pages`` pictures of each main set."""
    tasks = [Task(name, 8_100_000 + seed) for name in MAIN for seed in range(pages)]
    tasks += [Task(name, 8_200_000 + seed) for name in HARD_SETS for seed in range(max(least_hard, pages // 5))]
    ink = [Task(name, 8_300_000 + seed, hard=True) for name in MAIN for seed in range(max(1, pages // 8))]
    began = monotonic()
    done: list[PageScore] = []
    for page in read_all(tasks + ink, workers):
        done.append(page)
        if len(done) % 25 == 0:
            sys.stderr.write(f"  {len(done)} of {len(tasks + ink)} pictures, {monotonic() - began:.0f} s\n")
    plain, hard = done[: len(tasks)], done[len(tasks) :]
    figures = [line for name in MAIN for line in _main_lines(name, [p for p in plain if p.name == name])]
    figures += [line for name in HARD_SETS for line in _hard_lines(name, [p for p in plain if p.name == name])]
    figures += _ink_lines(hard, [p for p in plain if p.name in MAIN])
    figures += _cost_lines(plain)
    figures.append(_strangers(max(1, pages // 25)))
    _keep_worst(done)
    table = Confusion()
    table.add(cell for page in done for cell in page.cells)
    sys.stdout.write("\nWhat each kind of ink was called, % [95 % bounds]\n" + "\n".join(table.lines()) + "\n")
    return {"title": "Signed sheets from photographs and scans (% with 95 % bounds)", "figures": figures}


def _at_most(what: str, found: Share, aim: float, digits: int = 3) -> Result:
    return figure(what, found.percent(digits), "%", f"≤ {100 * aim:g} %", met=found.value <= aim)


def _at_least(what: str, found: Share, aim: float) -> Result:
    return figure(what, found.percent(1), "%", f"≥ {100 * aim:g} %", met=found.value >= aim)


def _main_lines(name: str, pages: Sequence[PageScore]) -> list[Result]:
    aims, got = MAIN[name], score(pages)
    return [
        figure(f"{name}: pages", got.pages),
        _at_least("    found", got.found, aims[0]),
        *_common(got, aims[1]),
        _at_most("    unsure", got.unsure, aims[2], 2),
        _at_least("    pages without a wrong cell", got.clean, aims[3]),
    ]


def _hard_lines(name: str, pages: Sequence[PageScore]) -> list[Result]:
    got = score(pages)
    return [
        figure(f"{name}: pages", got.pages),
        figure("    found", got.found.percent(1), "%"),
        *_common(got, HARD_WRONG),
        figure("    unsure", got.unsure.percent(2), "%"),
        figure("    pages without a wrong cell", got.clean.percent(1), "%"),
    ]


def _common(got: SetScore, wrong: float) -> list[Result]:
    return [
        _at_least("    found or retake asked", got.answered, 1.0),
        figure("    wrong sheet", got.wrong_sheets, "", "0", met=got.wrong_sheets == 0),
        _at_most(f"    wrong cells ({got.wrong.hits} of {got.wrong.count})", got.wrong, wrong),
    ]


def _ink_lines(hard: Sequence[PageScore], plain: Sequence[PageScore]) -> list[Result]:
    got, of_plain = score(hard), score(plain)
    return [
        figure(f"odd ink: cells on {got.pages} hard pages", got.other_signed.count),
        _at_most("    called signed", got.other_signed, OTHER_SIGNED, 2),
        _at_most("    called empty", got.other_empty, OTHER_EMPTY, 2),
        figure("    wrong plain cells on these pages", got.wrong.percent(3), "%"),
        figure(f"odd ink on the main sets: {of_plain.other_signed.count} cells, called signed",
               of_plain.other_signed.percent(2), "%"),
        figure("    called empty", of_plain.other_empty.percent(2), "%"),
    ]  # fmt: skip


def _cost_lines(pages: Sequence[PageScore]) -> list[Result]:
    photos = [p.seconds for p in pages if p.outcome == "found" and p.name.startswith("photo")]
    scans = [p.seconds for p in pages if p.outcome == "found" and p.name == "scan"]
    files = [drawn(Task(name, 8_410_000 + n)) for name in MAIN for n in range(4)]
    peaks = {names: peak_memory(files, context(), names=names) for names in (True, False)}
    middle, of_scans = statistics.median(photos), statistics.median(scans)
    return [
        figure("CPU a photo, median", middle, "s", f"≤ {PHOTO_SECONDS} s", met=middle <= PHOTO_SECONDS),
        figure("CPU a scan, median", of_scans, "s", f"≤ {SCAN_SECONDS} s", met=of_scans <= SCAN_SECONDS),
        figure("photos a second on 2 cores, by CPU time", WORKERS / statistics.mean(photos), "photos/s"),
        *(
            figure(f"highest memory of a child that reads {'names too' if names else 'marks alone'}", peak, "MB",
                   f"≤ {MEGABYTES} MB", met=peak <= MEGABYTES)
            for names, peak in peaks.items()
        ),
    ]  # fmt: skip


def _strangers(each: int) -> Result:
    read = 0
    for kind in STRANGERS:
        for seed in range(each):
            read += any(sheet.form or sheet.rows for sheet in PARSER.parse(stranger(kind, seed), context()).sheets)
    return figure(f"no sheets ({each * len(STRANGERS)} pictures) read as one", read, "", "0", met=read == 0)


def _keep_worst(pages: Sequence[PageScore]) -> None:
    """The surest mistakes as pictures, plain ones first; the name tells what was said of what."""
    shutil.rmtree(CROPS, ignore_errors=True)
    CROPS.mkdir(parents=True)
    bad = [(page, cell) for page in pages for cell in page.cells if cell.crop]
    bad.sort(key=lambda one: (one[1].expected == OTHER, -one[1].confidence))
    for n, (page, cell) in enumerate(bad[:WORST]):
        name = f"{n:02d} {page.name} {page.seed} {cell.ink} called {cell.said} {cell.confidence:.4f}.png"
        (CROPS / name.replace(" ", "-")).write_bytes(cell.crop)
