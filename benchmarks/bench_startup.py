"""How long a person waits for a command to begin: ``posko --help`` and ``posko read``."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import monotonic

from benchmarks import stage
from benchmarks.mails import offices, roster_file, sheet_of
from benchmarks.report import Result, figure
from demo.service import posko_launcher

RUNS = 5
SLOWEST = 6


def main() -> Result:
    """The figures."""
    known = offices(1, 40)
    figures = [figure("bare Python", _seconds([sys.executable, "-c", "pass"]), "s")]
    figures.append(figure("posko --help", _seconds([*posko_launcher(), "--help"]), "s"))
    with stage.installation(roster_file(known)) as service, tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "presensi.xlsx"
        sheet.write_bytes(sheet_of(known[0]))
        read = [*posko_launcher(), "read", str(sheet), "--data", str(service.data), "--json"]
        figures.append(figure("posko read, 40 people, database running", _seconds(read), "s"))
        calendar = [*posko_launcher(), "calendar", "--profile", "tulungagung", "--pattern", "5"]
        calendar += ["--from", "2026-11-01", "--to", "2026-11-30", "--json"]
        figures.append(figure("posko calendar, one month", _seconds(calendar), "s"))
    figures += [figure(f"    import of {name}", seconds, "s") for name, seconds in _imports()]
    return {"title": "Startup: wall time of commands, and the packages that --help imports", "figures": figures}


def _seconds(command: Sequence[str]) -> float:
    """Median wall time."""
    taken = []
    for _ in range(RUNS):
        began = monotonic()
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
        taken.append(monotonic() - began)
    return median(taken)


def _imports() -> list[tuple[str, float]]:
    """Packages by the time their own modules take (without what they import from others), slowest first."""
    command = [sys.executable, "-X", "importtime", *posko_launcher()[1:], "--help"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    own: dict[str, float] = {}
    for line in said.splitlines():
        fields = line.removeprefix("import time:").split("|")
        if len(fields) == 3 and fields[0].strip().isdigit():
            package = fields[2].strip().split(".")[0]
            own[package] = own.get(package, 0.0) + int(fields[0]) / 1e6
    return sorted(own.items(), key=lambda item: -item[1])[:SLOWEST]
