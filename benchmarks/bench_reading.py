"""Workbook sheets read a second through the sandbox, and what one file costs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from benchmarks.mails import DAY, offices
from benchmarks.report import Result, figure, spread
from parsers.base import ParseContext
from parsers.sandbox import Sandbox
from tests.parsers import draw, layouts

WORKERS = 2
FILES = 60
Draw = Callable[[draw.Rows, draw.Merged], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sheet as offices send it."""

    what: str
    layout: layouts.Layout
    people: int
    draw: Draw
    extension: str


KINDS = (
    Kind("daily, 40 people, XLSX", layouts.daily_signatures, 40, draw.xlsx, "xlsx"),
    Kind("daily, 40 people, PDF text", layouts.daily_signatures, 40, draw.pdf, "pdf"),
    Kind("daily, 40 people, CSV", layouts.daily_signatures, 40, draw.csv_text, "csv"),
    Kind("weekly, 40 × 10, XLSX", layouts.weekly, 40, draw.xlsx, "xlsx"),
    Kind("weekly, 40 × 10, PDF text", layouts.weekly, 40, draw.pdf, "pdf"),
    Kind("weekly, 40 × 10, CSV", layouts.weekly, 40, draw.csv_text, "csv"),
    Kind("monthly E, 30 × 31, XLSX", layouts.form_e, 30, draw.xlsx, "xlsx"),
    Kind("monthly E, 30 × 31, CSV", layouts.form_e, 30, draw.csv_text, "csv"),
)


def main() -> Result:
    """The figures."""
    return asyncio.run(_measure())


async def _measure() -> Result:
    sandbox = Sandbox(WORKERS)
    figures = []
    try:
        await sandbox.start()
        for kind in KINDS:
            figures += await _one_kind(sandbox, kind)
        figures.append(figure("highest resident memory of a child", _highest(sandbox.pids), "MB", "≤1200"))
    finally:
        await sandbox.close()
    return {"title": f"Reading: sheets through {WORKERS} sandboxed children", "figures": figures}


async def _one_kind(sandbox: Sandbox, kind: Kind) -> list[Result]:
    people = [person for office in offices(1, kind.people) for person in office.people]
    drawn = kind.layout(people)
    data = kind.draw(drawn.rows, drawn.merged)
    context = ParseContext(f"presensi.{kind.extension}", layouts.CODES, DAY)
    seconds: list[float] = []

    async def one() -> None:
        began = monotonic()
        reading = await sandbox.read(data, context)
        seconds.append(monotonic() - began)
        assert sum(len(sheet.rows) for sheet in reading.sheets) >= kind.people, (kind.what, reading.problems)

    async def worker(count: int) -> None:
        for _ in range(count):
            await one()

    await asyncio.gather(*(worker(1) for _ in range(WORKERS)))  # the first file imports its library
    seconds.clear()
    began = monotonic()
    await asyncio.gather(*(worker(FILES // WORKERS) for _ in range(WORKERS)))
    rate = FILES / (monotonic() - began)
    middle, worst = spread(seconds)
    return [
        figure(kind.what, rate, "sheets/s"),
        figure("    one file p50 / p99", f"{middle * 1000:.0f} / {worst * 1000:.0f}", "ms"),
    ]


def _highest(pids: tuple[int, ...]) -> float:
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
