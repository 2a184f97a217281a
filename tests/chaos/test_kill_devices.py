"""Kill -9 of the device worker between any two steps while a machine posts: no punch lost, none doubled, and
``OK: n`` only after the commit (facts: devices, "Must hold" 1 and 4).
"""

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.clock import SystemClock
from demo.devices.adms_pusher import ROWS, AdmsPusher, Punch
from storage.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("archived", "kept", "loaded", "finished", "committed", "before answer")
SERIAL = "KILL0001"


class Lives:
    """An installation whose device worker is started and killed again and again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.kills = 0
        self._stop = threading.Event()
        self.log = data.parent / "worker.log"

    def install(self) -> None:
        self._posko("init", "--profile", "malang", "--port", "0")
        with (self.data / "posko.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[devices]\nport = {self.port}\nfolder = "mesin"\n')
        self._posko("devices", "add", "apel", "--kind", "adms", "--serial", SERIAL)

    def _posko(self, *arguments: str) -> None:
        command = [sys.executable, str(ROOT / "posko.py"), *arguments, "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def live(self, plan: list[tuple[str, int]]) -> threading.Thread:
        """One life after the other, each to its own crash point; the last one lives on until ``end``."""
        thread = threading.Thread(target=self._lives, args=(plan,), daemon=True)
        thread.start()
        return thread

    def _lives(self, plan: list[tuple[str, int]]) -> None:
        for step, nth in [*plan, ("-", 0)]:
            command = [sys.executable, "-m", "tests.chaos.device_points", str(self.data), step, str(nth)]
            with self.log.open("ab") as log:
                process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            while process.poll() is None and not self._stop.wait(0.05):
                pass
            died = process.poll()
            process.kill()
            process.wait()
            self.kills += died == -9
            if self._stop.is_set():
                return

    def end(self) -> None:
        """No further life."""
        self._stop.set()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(EmbeddedPostgres(self.data).superuser_url("posko")) as connection:
            return list(connection.execute(query.encode()))


@pytest.fixture
def lives() -> Iterator[Lives]:
    with tempfile.TemporaryDirectory(prefix="posko-kill-") as folder, contextlib.ExitStack() as undo:
        data = Path(folder) / "data"
        undo.callback(lambda: EmbeddedPostgres(data).destroy())
        made = Lives(data)
        made.install()
        undo.callback(made.end)
        yield made


def log_of(posts: int) -> list[Punch]:
    start = datetime(2026, 1, 5, 6, tzinfo=UTC)
    rows = []
    for n in range(posts * ROWS):
        at = start + timedelta(seconds=37 * n)
        rows.append((str(n % 211), at.strftime("%Y-%m-%d %H:%M:%S"), 255, 1))
    return rows


def run(lives: Lives, posts: int, rounds: int) -> None:
    began = SystemClock().elapsed_real()
    plan = [(step, 3 + 2 * turn) for turn in range(rounds) for step in STEPS]
    thread = lives.live(plan)
    machine = AdmsPusher(SERIAL, "127.0.0.1", lives.port, timeout_s=20)
    log = log_of(posts)
    acknowledged = machine.push(log, twice=True, patience=600)
    seconds = SystemClock().elapsed_real() - began
    assert acknowledged == len(log)
    # Everything that was ever acknowledged is there, once.
    [(count, distinct)] = lives.rows("SELECT count(*), count(DISTINCT (user_id, at)) FROM punch")
    assert (count, distinct) == (len(log), len(set(log)))
    assert lives.rows("SELECT 1 FROM device_upload WHERE state <> 'done'") == []
    lives.end()
    thread.join(timeout=30)
    assert lives.kills >= len(plan)
    print(
        f"\nkill -9 of the device worker: {lives.kills} kills between {len(STEPS)} steps, {posts} posts of {ROWS} rows "
        f"sent twice, {len(machine.answers)} times OK: n, {count} punches, {seconds:.0f} s"
    )


def test_a_kill_between_any_two_steps_loses_and_doubles_no_punch(lives: Lives) -> None:
    run(lives, posts=24, rounds=1)


@pytest.mark.slow
def test_350_posts_of_128_rows_resent_twice_under_kills_lose_and_double_no_punch(lives: Lives) -> None:
    run(lives, posts=350, rounds=4)
