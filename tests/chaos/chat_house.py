"""The real service between a fake Twilio and 75 offices that write by WhatsApp; any number of processes, killable."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg

from bot.clock import ShiftedClock, SystemClock, parse_shift
from bot.settings_file import write_secret
from demo.chat.twilio import FakeTwilio
from demo.chat.twilio_data import Message, new_sid
from domain.roster import Address, AddressRole, Roster
from domain.terms import Scheme
from intake.approved import APPROVED, NEWS, REMINDER
from intake.roster_file import write_roster
from storage.postgres import EmbeddedPostgres
from tests.chaos.house import MORNING, ROOT, UNITS, roster, sheet_of
from tests.fakes.dovecot import free_port

_BLOCK = """
[whatsapp]
account_sid = "{account}"
auth_token_file = "twilio"
number = "{number}"
poll_seconds = 10
api = "{api}"
[whatsapp.templates]
pengingat = "{pengingat}"
kabar = "{kabar}"
"""


def phone(unit: int) -> str:
    """The registered number of one office's recap officer."""
    return f"62812000{unit:05}"


def people() -> Roster:
    """The offices of ``tests.chaos.house``, each reached by WhatsApp alone."""
    made = roster()
    chats = (
        Address(Scheme.WHATSAPP, phone(n), unit=f"U{n:03}", role=AddressRole.RECAP_OFFICER) for n in range(1, UNITS + 1)
    )
    return replace(made, addresses=tuple(chats))


@dataclass
class ChatHouse:
    """An installation and its Twilio. ``lives`` are its running processes."""

    data: Path
    port: int = field(default_factory=free_port)
    people: Roster = field(default_factory=people)
    clock: str = field(default_factory=lambda: f"{MORNING.isoformat()}@{SystemClock().now().isoformat()} x1")
    lives: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        texts = {new_sid("HX"): APPROVED[name].text for name in (REMINDER, NEWS)}
        self.twilio = FakeTwilio(
            webhook=f"{self.url}/webhooks/whatsapp", now=ShiftedClock(parse_shift(self.clock)).now, templates=texts
        )
        self._pool = ThreadPoolExecutor(16, "kantor")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def install(self) -> None:
        """``posko init`` and the settings of the account."""
        book = self.data.parent / "pegawai.xlsx"
        book.write_bytes(write_roster(self.people))
        self.posko("init", "--profile", "tulungagung", "--roster", str(book), "--port", str(self.port), "--demo")
        write_secret(self.data / "twilio", self.twilio.token)
        reminder, news = self.twilio.templates
        block = _BLOCK.format(
            account=self.twilio.account, number=self.twilio.number, api=self.twilio.api, pengingat=reminder, kabar=news
        )
        with (self.data / "posko.toml").open("a") as settings:
            settings.write(block)
        self.posko("fallback", "on", "--from", "2026-11-02", "--reason", "uji", "--no-announce")

    def posko(self, *arguments: str) -> str:
        """One command, which must end well."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "posko.py"), *arguments, "--data", str(self.data)],
            capture_output=True, text=True, timeout=300, check=False, env=self._environment(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, role: str = "serve", step: str = "-", nth: int = 0) -> "subprocess.Popen[bytes]":
        """A process of the service that kills itself when ``step`` is reached for the ``nth`` time."""
        with (self.data / f"{role}.log").open("ab") as log:
            life = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.crash_points", str(self.data), step, str(nth), role],
                cwd=ROOT, stdout=log, stderr=log, env=self._environment(),
            )  # fmt: skip
        self.lives.append(life)
        return life

    def wait_until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait; fails with what is left undone."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {self.unfinished()}\n{self.last_words()}")
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether the service takes webhooks."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def sends(self, unit: int, body: str = "presensi.csv") -> "Future[Message | None]":
        """An office writes; Twilio tries its webhook once, and the message stays at Twilio whatever comes of it."""
        files = [("text/csv", sheet_of(unit, self.people))] if body.endswith(".csv") else []

        def write() -> Message | None:
            try:
                return self.twilio.write(phone(unit), body, *files)
            except httpx.HTTPError:
                return None

        return self._pool.submit(write)

    def settled(self, units: Sequence[int]) -> bool:
        """Whether every unit's sheet is recorded and nothing waits."""
        have = self.count("SELECT count(*) FROM submission")
        return have >= len(units) and not any(self.unfinished())

    def unfinished(self) -> list[tuple[object, ...]]:
        """Messages and letters that still wait."""
        return self.rows(
            "SELECT 'message', id, state, attempts, note FROM message WHERE state NOT IN ('done', 'quarantine') "
            "UNION ALL SELECT 'outbox', id, state, attempts, error FROM outbox WHERE state = 'pending' LIMIT 20"
        )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows from the database, seen by its superuser."""
        with psycopg.connect(EmbeddedPostgres(self.data).superuser_url("posko")) as connection:
            return [tuple(row) for row in connection.execute(query.encode()).fetchall()]

    def count(self, query: str) -> int:
        """One number."""
        return int(str(self.rows(query)[0][0]))

    def verify(self) -> dict[str, object]:
        """What ``posko verify`` says."""
        found = json.loads(self.posko("verify", "--json"))
        assert isinstance(found, dict)
        return found

    def last_words(self) -> str:
        """The end of the service's log."""
        return (self.data / "serve.log").read_text("utf-8", "replace")[-2000:]

    def stop(self) -> None:
        """Every process ends."""
        for life in self.lives:
            if life.poll() is None:
                life.terminate()
        for life in self.lives:
            try:
                life.wait(30)
            except subprocess.TimeoutExpired:
                life.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("POSKO_") or k == "POSKO_PG_USER"}
        more = {"POSKO_CLOCK": self.clock, "POSKO_PUBLIC_URL": self.url, "PYTHONPATH": str(ROOT)}
        return kept | more


@contextmanager
def chat_house() -> Iterator[ChatHouse]:
    """An installed house, with nothing left of it afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="posko-chat-")))
        stack.callback(lambda: EmbeddedPostgres(folder / "data").destroy())
        made = ChatHouse(folder / "data")
        stack.enter_context(made.twilio)
        stack.callback(made.stop)
        made.install()
        yield made
        assert threading.active_count() < 200
