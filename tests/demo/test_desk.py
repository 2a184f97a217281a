"""The desk after the day: it goes on from the day's end at the ordinary pace, until somebody ends it."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from demo.clock import PlayingClock, at, real_now
from demo.desk import keep_open
from demo.scenario import DAY
from demo.service import Service

STANDIN = (sys.executable, str(Path(__file__).with_name("posko_standin.py")))


@pytest.mark.parametrize("ends", [False, KeyboardInterrupt])
def test_the_desk_stays_open_until_ctrl_c_and_its_clock_runs_on_unhurried(tmp_path: Path, ends: object) -> None:
    service = Service(tmp_path / "data", tmp_path / "posko.log", STANDIN)
    service.run("init")
    out = io.StringIO()

    def open_still() -> bool:
        started = (tmp_path / "pid").exists()
        if started and ends is KeyboardInterrupt:
            raise KeyboardInterrupt
        return not started

    try:
        keep_open(service, PlayingClock(at(DAY, "07.40"), real_now(), 50), Console(file=out, width=200), open_still)
    finally:
        service.stop()
    assert f"Meja penerima tetap terbuka di {service.url}" in out.getvalue()
    assert "Peragaan selesai" in out.getvalue()
    serve, stop = (tmp_path / "commands").read_text().splitlines()[1:]
    assert serve.startswith("serve 2026-11-24T08:1")
    assert " x1 " in serve
    assert stop.startswith("stop")
