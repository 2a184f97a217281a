"""TLG-D3 under kill -9: each reminder's row once and in time, sent once, never after the window."""

import asyncio
import contextlib
import email
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from domain.chase import slot_name, slots_on
from domain.fallback import Period, Scope
from domain.profile import load_profile
from domain.roster import Address, AddressRole, Roster, Unit, by_code
from domain.terms import Pattern, Scheme, Session
from domain.windows import Window
from intake.mail_message import message_id_for
from storage.engine import Database
from tests.chaos.reminder_clock import LeapingClock, Piece
from tests.fakes.smtp import SmtpSink, run_smtp

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
PROFILE = load_profile("tulungagung")
FIRST_DAY = date(2026, 11, 2)
DUE_TIMES = 50
LEAD, AFTER, LAST = 1.5, 3.0, 2.0  # seconds played before and after a reminder's moment, and around the window's end
SCENE = LEAD + AFTER + LAST


def office(units: int) -> Roster:
    """Every unit has an officer, half of them work six days."""
    known = [Unit(f"U{n:04}", f"Dinas {n}", pattern=Pattern.SIX if n % 2 else Pattern.FIVE) for n in range(units)]
    officers = tuple(
        Address(Scheme.MAIL, f"{u.code.lower()}@dinas.test", u.code, role=AddressRole.RECAP_OFFICER) for u in known
    )
    return Roster(1, by_code(known), {}, (), officers)


async def furnish(db: Database, units: int) -> None:
    begun = datetime(2026, 10, 31, tzinfo=UTC)
    always = Period(None, Scope.ALL, frozenset(), FIRST_DAY, Session.DATANG, None, None, "padam", "", "BKD", begun)
    async with db.begin() as uow:
        await uow.roster.replace(office(units), "uji", begun)
        await uow.periods.add(always)


def windows(count: int) -> list[Window]:
    """The slots of Mondays to Fridays without a holiday, in order."""
    days = (FIRST_DAY + timedelta(days=n) for n in range(60))
    working = [day for day in days if day.isoweekday() < 6]
    return [w for day in working for w in slots_on(PROFILE, day)][:count]


def scenes(slots: list[Window]) -> list[Piece]:
    """Of each slot the seconds around the reminder's moment, then those around the window's end."""
    return [
        piece
        for n, w in enumerate(slots)
        for piece in (
            Piece(n * SCENE, w.remind_at - timedelta(seconds=LEAD), LEAD + AFTER),
            Piece(n * SCENE + LEAD + AFTER, w.late_from - timedelta(seconds=LAST / 2), LAST),
        )
    ]


@dataclass
class Life:
    """One process from its start to its end, in monotonic seconds."""

    process: subprocess.Popen[bytes]
    ready: float = float("inf")
    died: float = float("inf")


@dataclass
class Stage:
    """Starts processes, kills them, and knows who lived when."""

    folder: Path
    url: str
    sink: SmtpSink
    pieces: list[Piece]
    anchor: float
    worst: float = 0.0  # how many sendings end in a kill between the server's yes and our update
    lives: list[Life] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = self.folder / "journal"
        self.journal.touch()
        self.told = self.folder / "told.json"
        pieces = [{"offset": p.offset, "start": p.start.isoformat(), "seconds": p.seconds} for p in self.pieces]
        told = {"url": self.url, "port": self.sink.port, "anchor": self.anchor, "pieces": pieces}
        self.told.write_text(json.dumps({**told, "journal": str(self.journal), "worst": self.worst}), "utf-8")
        self.clock = LeapingClock(self.pieces, self.anchor)

    def start(self) -> Life:
        command = [sys.executable, "-m", "tests.chaos.reminder_process", str(self.told)]
        life = Life(
            subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"})
        )
        self.lives.append(life)
        return life

    async def until_ready(self, life: Life) -> None:
        """Or until it was killed before that."""
        word = f"ready {life.process.pid} "
        while life.process.poll() is None:
            for line in self.journal.read_text("utf-8").splitlines():
                if line.startswith(word):
                    life.ready = float(line.removeprefix(word))
                    return
            await asyncio.sleep(0.05)

    async def leave_alive(self, life: Life, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(life.process.wait, max(0.0, seconds))

    def kill(self, life: Life) -> None:
        if life.died == float("inf"):
            life.process.kill()
            assert life.process.wait() == -signal.SIGKILL, "the process ended by itself"
            life.died = time.monotonic()

    def lived_through(self, moment: float) -> bool:
        """Somebody was there a second before and a second after."""
        return any(life.ready < moment - 1 and life.died > moment + 1 for life in self.lives)

    def lines(self, word: str) -> list[str]:
        return [line.split(" ", 1)[1] for line in self.journal.read_text("utf-8").splitlines() if line.startswith(word)]


@contextlib.contextmanager
def closing(stage: Stage):  # type: ignore[no-untyped-def]
    try:
        yield stage
    finally:
        for life in stage.lives:
            stage.kill(life)


async def live_and_die(stage: Stage, end: float, life_time: Callable[[], float]) -> None:
    """One of the two places: a process is started, killed in the midst of whatever it does, and started again."""
    while time.monotonic() < end:
        life = stage.start()
        await stage.until_ready(life)
        await stage.leave_alive(life, min(life_time(), end - time.monotonic()))
        if time.monotonic() < end:
            stage.kill(life)


def ids(sink: SmtpSink) -> list[tuple[str, float]]:
    return [(str(email.message_from_bytes(t.data)["Message-ID"]), t.at) for t in sink.taken]


async def rows_of(url: str) -> list[tuple[int, str, str, datetime]]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = await connection.execute("SELECT id, dedupe_key, state, due_at FROM outbox WHERE kind = 'reminder'")
        return await found.fetchall()


@pytest.mark.timeout(900)
async def test_two_processes_killed_across_fifty_due_times(
    database: Database, database_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    units = 10
    await furnish(database, units)
    slots = windows(DUE_TIMES)
    pieces = scenes(slots)
    seed = random.SystemRandom().randrange(10**6)
    dice = random.Random(seed)
    with run_smtp() as sink:
        stage = Stage(tmp_path, database_url, sink, pieces, time.monotonic() + 8, worst=0.04)
        end = stage.anchor + len(slots) * SCENE
        with closing(stage):
            await asyncio.gather(*(live_and_die(stage, end, lambda: dice.uniform(0.2, 16)) for _ in range(2)))
            kills = sum(life.died < end for life in stage.lives)
        rows = await rows_of(database_url)
        told = check(stage, slots, rows, units)
        print(f"\nseed {seed}: {DUE_TIMES} due times, {kills} kills; {told}")
        record_property("reminders", told)
    assert kills >= 20


def check(stage: Stage, slots: list[Window], rows: list[tuple[int, str, str, datetime]], units: int) -> str:
    keys = [key for _, key, _, _ in rows]
    assert len(keys) == len(set(keys))
    written = Counter(tuple(key.split(":")[2:4]) for key in keys)
    late: list[float] = []
    for window in slots:
        name = (str(window.date), slot_name(window))
        expected = units if window.session is Session.DATANG else units // 2
        due_at = {due for _, key, _, due in rows if tuple(key.split(":")[2:4]) == name}
        if stage.lived_through(stage.clock.monotonic(window.remind_at)):
            assert written[name] == expected, f"{name}: {written[name]} of {expected} rows"
            late.extend((due - window.remind_at).total_seconds() for due in due_at)
        assert written[name] in (0, expected)
        assert all(window.remind_at <= due < window.late_from for due in due_at)
    assert max(late) <= 1.0
    copies, over = sendings(stage, slots, rows)
    states = Counter(state for _, _, state, _ in rows)
    late.sort()
    return (
        f"{len(late)} slots a process lived through, rows at most {max(late):.3f} s late (median "
        f"{late[len(late) // 2]:.3f}); {len(rows)} rows {dict(states)}; {copies} mails, {over} of them second copies"
    )


def sendings(stage: Stage, slots: list[Window], rows: list[tuple[int, str, str, datetime]]) -> tuple[int, int]:
    """Mails and second copies: never after the window, once plus at most one per kill between begun and told."""
    ends = {(str(w.date), slot_name(w)): stage.clock.monotonic(w.late_from) for w in slots}
    arrived: dict[str, list[float]] = {}
    for message_id, at in ids(stage.sink):
        arrived.setdefault(message_id, []).append(at)
    begun, told = Counter(stage.lines("begun")), Counter(stage.lines("told"))
    mails = second = 0
    for id_, key, state, _ in rows:
        times = arrived.get(message_id_for(key, "presensi@bkd.test"), [])
        cut_off = begun[key] - told[str(id_)]
        assert len(times) <= 1 + cut_off, f"{key}: {len(times)} mails, {cut_off} sendings cut off"
        assert times or state != "sent", f"{key} is said to be sent"
        over = max((at - ends[tuple(key.split(":")[2:4])] for at in times), default=-1.0)  # type: ignore[index]
        assert over < 0, f"{key} arrived {over:.3f} s after the window"
        mails += len(times)
        second += max(0, len(times) - 1)
    return mails, second


@pytest.mark.timeout(300)
async def test_a_thousand_reminders_are_handed_over_within_thirty_seconds(
    database: Database, database_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    await furnish(database, 1000)
    (window,) = windows(1)
    pieces = [Piece(0, window.remind_at - timedelta(seconds=2), 120)]
    with run_smtp() as sink:
        stage = Stage(tmp_path, database_url, sink, pieces, time.monotonic() + 8)
        with closing(stage):
            await stage.until_ready(stage.start())
            moment = stage.clock.monotonic(window.remind_at)
            assert time.monotonic() < moment, "the process was not ready in time"
            async with asyncio.timeout(100):
                while len(sink.taken) < 1001:  # noqa: ASYNC110 - the sink is another thread
                    await asyncio.sleep(0.05)
        last = max(t.at for t in sink.taken) - moment
        first = min(t.at for t in sink.taken) - moment
        late = max((due - window.remind_at).total_seconds() for _, _, _, due in await rows_of(database_url))
        told = f"1,000 reminders and the list: rows {late:.3f} s late, first mail {first:.2f} s, last {last:.2f} s"
        print(f"\n{told}")
        record_property("reminders", told)
        assert len({message_id for message_id, _ in ids(sink)}) == len(sink.taken) == 1001
    assert last <= 30
