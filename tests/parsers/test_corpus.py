"""Odd and hostile files that real software has met: each has a verdict in time, and no child grows fat."""

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from domain.reading import FileReading
from parsers.base import ParseContext
from parsers.sandbox import Sandbox

LIMIT = 1.2 * 1024  # MB resident in any child
CODES = frozenset({"DL", "S", "C", "A", "TK"})


@dataclass
class Sweep:
    """What came of the files."""

    readings: dict[str, FileReading]
    peak: float


def files(shared: Path) -> list[Path]:
    corpora = shared / "data" / "corpora"
    return sorted(p for kind in ("spreadsheet", "pdf") for p in (corpora / kind).rglob("*") if p.is_file())


async def swept(paths: list[Path]) -> Sweep:
    """Read one file after the other; the peak is asked of each child that is still there after its file."""
    pool = Sandbox(1)
    readings: dict[str, FileReading] = {}
    peak = 0.0
    for path in paths:
        context = ParseContext(path.name, CODES, date(2026, 11, 24))
        readings[path.name] = await pool.read(path.read_bytes(), context)
        for pid in pool.pids:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peak = max([peak, *(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))])
    await pool.close()
    return Sweep(readings, peak)


def check(sweep: Sweep) -> None:
    for name, reading in sweep.readings.items():
        assert reading.sheets or reading.problems, name
        assert reading.seconds < 30, name
    assert sweep.peak <= LIMIT


async def test_a_sample_of_the_corpora_has_verdicts(shared: Path) -> None:
    chosen = random.Random(24).sample(files(shared), 25)
    check(await swept(chosen))


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_every_file_of_the_corpora_has_a_verdict(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = files(shared)
    sweep = await swept(paths)
    check(sweep)
    slowest = max(sweep.readings.items(), key=lambda item: item[1].seconds)
    with capsys.disabled():
        print(f"\n{len(paths)} files; slowest {slowest[0]}: {slowest[1].seconds:.1f} s; peak {sweep.peak:.0f} MB")
