"""Reports under kill -9: two processes order, make and send them; each is made once and mailed once."""

import asyncio
import email
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.terms import Session
from intake.mail_message import message_id_for
from storage.blobs import FolderBlobStore
from storage.engine import Database
from storage.verify import verify
from tests.chaos.report_process import DISCIPLINE
from tests.fakes.desk_world import SITI, WIB
from tests.fakes.smtp import SmtpSink, run_smtp
from tests.reports.conftest import Records

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 12, 11, 15, tzinfo=WIB)  # two weeks and a month are due at once
NUMBERS = {
    "TLG-RM-2026W48-5H", "TLG-RM-2026W48-6H", "TLG-RM-2026W49-5H", "TLG-RM-2026W49-6H", "TLG-RB-202611",
}  # fmt: skip
KILLS = 4


class Stage:
    """Two places for processes, of which either may be killed and started again."""

    def __init__(self, folder: Path, url: str, sink: SmtpSink) -> None:
        self.journal = folder / "journal"
        self.journal.touch()
        self.told = folder / "told.json"
        told = {"url": url, "port": sink.port, "now": NOW.isoformat(), "folder": str(folder)}
        self.told.write_text(json.dumps({**told, "journal": str(self.journal)}), "utf-8")
        self.kills = 0
        self.processes: list[subprocess.Popen[bytes]] = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.chaos.report_process", str(self.told)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)

    def revive(self) -> None:
        """Some sendings end in a kill of their own (``Journal``)."""
        for place, process in enumerate(self.processes):
            if process.poll() is not None:
                self.processes[place] = self._start()

    def kill_one(self, place: int) -> None:
        self.processes[place].kill()
        if self.processes[place].wait() == -signal.SIGKILL:
            self.kills += 1
        self.processes[place] = self._start()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def lines(self, word: str) -> list[str]:
        return [line.split(" ", 1)[1] for line in self.journal.read_text("utf-8").splitlines() if line.startswith(word)]


async def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def until_done(stage: Stage, url: str) -> None:
    async with asyncio.timeout(150):
        while True:
            stage.revive()
            open_orders = await rows(url, "SELECT id FROM report_order WHERE state = 'pending'")
            open_letters = await rows(url, "SELECT id FROM outbox WHERE state = 'pending'")
            known = {number for (number,) in await rows(url, "SELECT number FROM report")}
            if known >= NUMBERS and not open_orders and not open_letters:
                return
            await asyncio.sleep(0.3)


@pytest.mark.timeout(280)
async def test_two_processes_killed_at_random_make_and_mail_each_report_once(
    database: Database, database_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    records = Records(database)
    await records.furnish()
    await records.sheet("U1", date(2026, 11, 24))
    await records.fact(SITI, day=date(2026, 12, 1), session=Session.DATANG)
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    with run_smtp() as sink:
        stage = Stage(tmp_path, database_url, sink)
        try:
            for _ in range(KILLS):
                await asyncio.sleep(dice.uniform(3, 9))
                stage.kill_one(dice.randrange(2))
            await until_done(stage, database_url)
        finally:
            stage.end()
        mails = Counter(str(email.message_from_bytes(taken.data)["Message-ID"]) for taken in sink.taken)
    versions = await rows(database_url, "SELECT number, version FROM report")
    letters = await rows(database_url, "SELECT id, dedupe_key, state FROM outbox ORDER BY id")
    states = Counter(state for _, state in await rows(database_url, "SELECT dedupe_key, state FROM report_order"))
    told = f"seed {seed}: {stage.kills} kills, orders {dict(states)}, {sum(mails.values())} mails"
    print(f"\n{told}")
    record_property("reports", told)
    assert sorted(versions) == sorted((number, 1) for number in NUMBERS)
    assert sorted(key for _, key, _ in letters) == sorted(f"report:{number}:1:{DISCIPLINE}" for number in NUMBERS)
    assert set(states) == {"done"}
    begun, done = Counter(stage.lines("begun")), Counter(stage.lines("told"))
    for id_, key, _ in letters:
        copies = mails[message_id_for(key, "presensi@bkd.test")]
        assert 1 <= copies <= 1 + begun[key] - done[str(id_)], f"{key}: {copies} mails"
    report = await verify(database, FolderBlobStore(tmp_path / "originals"))
    assert all(finding.subject.startswith("0" * 60) for finding in report.findings)  # the invented mails alone
