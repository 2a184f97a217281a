"""The real ``posko serve`` in a process of its own between a Dovecot and a mail sink, and what it costs in memory."""

import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import psycopg

from bot.clock import SystemClock
from bot.settings_file import write_secret
from domain.roster import Address, AddressRole, Person, Placement, Roster, Unit
from domain.terms import Scheme
from intake.roster_file import write_roster
from storage.postgres import EmbeddedPostgres
from tests.chaos.quiet import quiet_profile
from tests.fakes.dovecot import PASSWORD, Dovecot, run_dovecot
from tests.fakes.smtp import SmtpSink, run_smtp

ROOT = Path(__file__).resolve().parents[2]
WIB = ZoneInfo("Asia/Jakarta")
DAY = date(2026, 11, 24)  # a Tuesday
MORNING = datetime(2026, 11, 24, 7, 10, tzinfo=WIB)
QUIET = datetime(2026, 11, 24, 10, 0, tzinfo=WIB)  # no window is open and nobody is reminded
USER = "opd"
UNITS = 75
RECEIVER = "penerima@bkd.test"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_SETTINGS = """
[[mailbox]]
name = "bkd1"
address = "presensi@bkd.test"
host = "127.0.0.1"
port = {imap}
tls = "none"
username = "{user}"
password_file = "secret"
received_by = ["mx.bkd.test"]
authserv_id = "mx.bkd.test"

[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
username = "{user}"
password_file = "secret"
from_address = "presensi@bkd.test"
"""


def roster() -> Roster:
    """75 invented schools with two people and one registered address each."""
    numbers = range(1, UNITS + 1)
    staff = [(n, Person(nip, name, name, nip=nip)) for n in numbers for nip, name in _staff(n)]
    return Roster(
        version=0,
        units={f"U{n:03}": Unit(f"U{n:03}", f"SMP Negeri {n} Uji", kind="smp") for n in numbers},
        people={person.key: person for _, person in staff},
        placements=tuple(Placement(p.key, f"U{n:03}", date(2020, 1, 1), head=p.key[14] == "1") for n, p in staff),
        addresses=tuple(
            Address(Scheme.MAIL, f"du{n:03}@opd.test", unit=f"U{n:03}", role=AddressRole.RECAP_OFFICER) for n in numbers
        ),
    )


def _staff(unit: int) -> Iterator[tuple[str, str]]:
    for role in (1, 2):
        dice = random.Random(unit * 10 + role)
        words = ("".join(dice.choice("bdgklmnprst") + dice.choice("aeiou") for _ in range(4)) for _ in range(2))
        # Serial numbers from 900: no real person's.
        yield f"19800101200501{role}9{unit:02}", " ".join(words).title()


def office_mail(
    unit: int,
    *files: tuple[str, bytes],
    at: datetime = MORNING,
    mark: str = "",
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A mail of the unit's registered address as the desk's own server hands it on; ``mark`` makes it another one."""
    made = EmailMessage()
    made["Authentication-Results"] = "mx.bkd.test; dmarc=pass header.from=opd.test"
    made["Received"] = f"from opd.test by mx.bkd.test with ESMTPS; {format_datetime(at)}"
    made["From"] = f"du{unit:03}@opd.test"
    made["To"] = "presensi@bkd.test"
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{unit}-{mark}@opd.test>"
    made["Subject"] = "Presensi"
    for name, value in headers:
        made[name] = value
    made.set_content("Terlampir presensi.\n")
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes(policy=SMTP)


def sheet_of(unit: int, people: Roster, column: str = "DATANG") -> bytes:
    """The unit's sheet of ``DAY`` for one session."""
    members = people.members(f"U{unit:03}", DAY)
    rows = [f"{n};{p.name};{p.nip};07.05" for n, p in enumerate(members, 1)]
    head = [f"DAFTAR HADIR;SMP Negeri {unit} Uji;{DAY:%d-%m-%Y}", f"NO;NAMA;NIP;{column}"]
    return "\n".join([*head, *rows]).encode()


@dataclass
class Memory:
    """Megabytes resident: of the service itself, and the highest of any of its children."""

    start: float = 0.0
    now: float = 0.0
    peak: float = 0.0
    child: float = 0.0

    def __str__(self) -> str:
        return (
            f"main process {self.start:.0f} MB at first, {self.peak:.0f} at most, {self.now:.0f} after; "
            f"child {self.child:.0f} MB at most"
        )


class Service:
    """A running ``posko serve``."""

    def __init__(self, process: "subprocess.Popen[bytes]", port_file: Path, log: Path) -> None:
        self.process, self.log = process, log
        self.memory = Memory()
        self._port_file = port_file
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)

    def ready(self) -> bool:
        """Whether ``/readyz`` says so."""
        try:
            with _DIRECT.open(f"http://127.0.0.1:{self._port_file.read_text()}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def until(self, holds: Callable[[], bool], seconds: float, pause: float = 0.2) -> float:
        """Wait; returns how long it took. Fails with the service's last words."""
        began = time.monotonic()
        while not holds():
            assert self.process.poll() is None, f"the service ended: {self.last_words()}"
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {self.last_words()}"
            time.sleep(pause)
        return time.monotonic() - began

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text("utf-8", "replace")[-2000:]

    def watch(self) -> None:
        """Measure from now on."""
        self.memory.start = self.memory.peak = resident(self.process.pid, "VmRSS")
        self._watch.start()

    def end(self) -> None:
        """Stop in order; a service that does not is killed and the test fails."""
        self._ended.set()
        if self._watch.ident:
            self._watch.join(5)
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            raise AssertionError(f"did not stop: {self.last_words()}") from None

    def _sample(self) -> None:
        memory = self.memory
        while not self._ended.wait(0.05):
            memory.now = resident(self.process.pid, "VmRSS")
            memory.peak = max(memory.peak, memory.now)
            memory.child = max([memory.child, *(resident(pid, "VmHWM") for pid in children(self.process.pid))])


def resident(pid: int, field_name: str) -> float:
    """A line of /proc/PID/status in megabytes; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field_name + ":")), 0.0)


def children(pid: int) -> list[int]:
    """Direct children."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found]


@dataclass
class House:
    """An installation whose clock stood at ``start`` when it was made: no test depends on the hour that it runs at."""

    data: Path
    server: Dovecot
    sink: SmtpSink
    start: datetime
    anchor: datetime = field(default_factory=SystemClock().now)
    people: Roster = field(default_factory=roster)

    def install(self) -> None:
        """``posko init`` and the settings of a mailbox and a mail server."""
        book = self.data.parent / "pegawai.xlsx"
        book.write_bytes(write_roster(self.people))
        rules = str(quiet_profile(self.data.parent))
        self.posko("init", "--profile", rules, "--roster", str(book), "--port", "0", "--demo")
        write_secret(self.data / "secret", PASSWORD)
        settings = self.data / "posko.toml"
        written = settings.read_text().replace("receivers = []", f'receivers = ["{RECEIVER}"]')
        blocks = _SETTINGS.format(imap=self.server.port, smtp=self.sink.port, user=USER)
        settings.write_text(written + blocks)
        self.posko("fallback", "on", "--from", "2026-11-02", "--reason", "uji", "--no-announce")

    def posko(self, *arguments: str) -> str:
        """One command, which must end well."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "posko.py"), *arguments, "--data", str(self.data)],
            capture_output=True, text=True, timeout=300, check=False, env=self._environment(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[Service]:
        """The service from ready to stopped."""
        log = self.data.parent / "serve.log"
        (self.data / "web.port").unlink(missing_ok=True)
        with log.open("ab") as out:
            command = [sys.executable, str(ROOT / "posko.py"), "serve", "--data", str(self.data)]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self._environment()
            )
        service = Service(process, self.data / "web.port", log)
        try:
            service.until(service.ready, 90)
            service.watch()
            yield service
        finally:
            service.end()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows from the database, seen by its superuser."""
        with psycopg.connect(EmbeddedPostgres(self.data).superuser_url("posko")) as connection:
            return [tuple(row) for row in connection.execute(query.encode()).fetchall()]

    def count(self, query: str) -> int:
        """One number."""
        return int(str(self.rows(query)[0][0]))

    def settled(self, messages: int) -> bool:
        """Whether that many messages have a verdict."""
        return self.count("SELECT count(*) FROM message WHERE state <> 'new'") >= messages

    def letters_to(self, address: str) -> list[bytes]:
        """What the sink took for ``address``."""
        return [taken.data for taken in self.sink.taken if address in taken.to]

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("POSKO_") or k == "POSKO_PG_USER"}
        return kept | {"POSKO_CLOCK": f"{self.start.isoformat()}@{self.anchor.isoformat()} x1"}


@contextmanager
def house(start: datetime = QUIET) -> Iterator[House]:
    """An installed house, with nothing left of it afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="posko-house-")))
        stack.callback(lambda: EmbeddedPostgres(folder / "data").destroy())
        server = stack.enter_context(run_dovecot())
        sink = stack.enter_context(run_smtp(auth=True, auth_require_tls=False))
        made = House(folder / "data", server, sink, start)
        made.install()
        yield made
