"""Figures of a benchmark: a table for people, JSON under ``benchmarks/results/`` for comparing runs."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.clock import SystemClock

RESULTS = Path(__file__).parent / "results"
Result = dict[str, Any]  # {"title", "figures": [figure, …]}
_MARGIN = 2


def figure(what: str, value: float | str, unit: str = "", aim: str = "", *, met: bool | None = None) -> Result:
    """One line of the table. ``met`` says whether ``aim`` was reached; None where there is none."""
    return {"what": what, "value": value, "unit": unit, "aim": aim, "met": met}


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile (of few values: the highest)."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def show(result: Result) -> None:
    """Print the table."""
    lines = [("", "", "", "")] + [
        (f["what"], _number(f["value"]), f["unit"], _aim(f["aim"], f["met"])) for f in result["figures"]
    ]
    widths = [max(len(line[i]) for line in lines) + _MARGIN for i in range(4)]
    sys.stdout.write(f"\n{result['title']}\n")
    for what, value, unit, aim in lines[1:]:
        line = f"  {what:<{widths[0]}}{value:>{widths[1]}} {unit:<{widths[2]}}{aim}"
        sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()


def keep(name: str, result: Result) -> Path:
    """Write the figures with what is needed to judge them: when, on what, how busy the machine was."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()}
    at = SystemClock().now().isoformat(timespec="seconds")
    path.write_text(json.dumps({"at": at, "machine": machine, **result}, indent=1) + "\n", "utf-8")
    return path


def missed(results: Iterable[Result]) -> list[str]:
    """The aims that were not reached."""
    return [
        f"{f['what']}: {_number(f['value'])} ({f['aim']})" for r in results for f in r["figures"] if f["met"] is False
    ]


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _aim(aim: str, met: bool | None) -> str:
    return aim if met is None else f"{aim}: {'yes' if met else 'NO'}"
