"""What the kill -9 runs share: an installation between a mail server and a sink, mails, lives and the final count."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from bot.clock import SystemClock
from domain.roster import Address, AddressRole, Person, Placement, Roster, Unit
from domain.terms import Scheme
from intake.mail_message import message_id_for
from intake.roster_file import write_roster
from storage.postgres import EmbeddedPostgres
from tests.chaos.quiet import quiet_profile
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.smtp import SmtpSink

ROOT = Path(__file__).resolve().parents[2]
WIB = ZoneInfo("Asia/Jakarta")
UNITS = 75
STEPS = ("archived", "committed", "claimed", "opened", "read", "recorded", "sent", "told")
FIRST_DAY = date(2026, 11, 2)  # a Monday
USER = "opd"
KEPT = "Arsip"  # moved there once committed, so that a kill can also fall between the commit and the move
SENDER = "presensi@bkd.test"
QUIET = "2026-11-22T10:00:00+07:00"  # a Sunday: whenever the test runs, no window is open and nobody is reminded


def roster() -> Roster:
    """75 units of one head and one recap officer each, all invented."""
    units, people, placements, addresses = {}, {}, [], []
    for n in range(1, UNITS + 1):
        code = f"U{n:03}"
        units[code] = Unit(code, unit_name(n))
        for role in (0, 1):
            nip = f"19800101200501{1 + role}{n:03}"
            name = f"{_letters(n)} {_letters(n * 2 + role + 200)}"
            people[nip] = Person(nip, name, name, nip=nip)
            placements.append(Placement(nip, code, date(2000, 1, 1), head=role == 0))
        addresses.append(Address(Scheme.MAIL, f"du{n:03}@opd.test", unit=code, role=AddressRole.RECAP_OFFICER))
    return Roster(0, units, people, tuple(placements), tuple(addresses))


def unit_name(number: int) -> str:
    """The invented name of one unit."""
    return f"Dinas {_letters(number + 1000)} {_letters(number + 2000)}"


def _letters(number: int) -> str:
    """A word that no other number gives, far from every other."""
    shuffled = random.Random(number)
    return "".join(shuffled.choice("bdgklmnprst") + shuffled.choice("aeiou") for _ in range(5)).title()


@dataclass(frozen=True)
class Sending:
    """One mail: its own unit, date and session. Every tenth is late."""

    number: int

    @property
    def unit(self) -> str:
        return f"U{self.number % UNITS + 1:03}"

    @property
    def session(self) -> str:
        return ("datang", "pulang")[self.number // UNITS % 2]

    @property
    def day(self) -> date:
        weeks, weekday = divmod(self.number // (2 * UNITS), 5)
        return FIRST_DAY + timedelta(days=7 * weeks + weekday)

    @property
    def late(self) -> bool:
        return self.number % 10 == 0

    @property
    def at(self) -> datetime:
        hour, minute = (7, 34 if self.late else 10) if self.session == "datang" else (16, 4) if self.late else (15, 40)
        return datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=WIB)

    def raw(self, members: list[Person]) -> bytes:
        """The mail as the desk's own server hands it on."""
        message = EmailMessage()
        # The desk's server writes its results above its own Received.
        message["Authentication-Results"] = "mx.bkd.test; dmarc=pass header.from=opd.test"
        message["Received"] = f"from opd.test by mx.bkd.test with ESMTPS; {format_datetime(self.at)}"
        message["From"] = f"du{self.unit[1:]}@opd.test"
        message["To"] = "presensi@bkd.test"
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = f"<kirim-{self.number}@opd.test>"
        message["Subject"] = f"Presensi {self.session}"
        message.set_content("Terlampir presensi.")
        marks = ("07.05;", ";15.35")[self.session == "pulang"]
        rows = [f"{n};{p.name};{p.nip};{marks}" for n, p in enumerate(members, 1)]
        lines = ["DAFTAR HADIR PEGAWAI", f"OPD : {unit_name(int(self.unit[1:]))}", f"Tanggal : {self.day:%d-%m-%Y}"]
        lines += ["NO;NAMA;NIP;DATANG;PULANG", *rows]
        message.add_attachment("\n".join(lines).encode(), maintype="text", subtype="csv", filename="presensi.csv")
        return message.as_bytes()


@dataclass
class Lives:
    """An installation whose service is started and killed again and again."""

    data: Path
    server: Dovecot
    sink: SmtpSink
    kills: Counter[str] = field(default_factory=Counter)
    people: Roster = field(default_factory=roster)
    once_more: Counter[str] = field(default_factory=Counter)  # Message-ID → kills between its 250 and our update
    gaps: int = 0  # kills that fell there
    clock: str = field(default_factory=lambda: f"{QUIET}@{SystemClock().now().isoformat()} x1")
    _taken: Counter[str] = field(default_factory=Counter)

    def install(self) -> None:
        """``posko init`` and the settings of a mailbox and a mail server."""
        book = self.data.parent / "pegawai.xlsx"
        book.write_bytes(write_roster(self.people))
        rules = str(quiet_profile(self.data.parent))
        self._posko("init", "--profile", rules, "--roster", str(book), "--port", "0", "--demo")
        secret = self.data / "sandi"
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        with (self.data / "posko.toml").open("a") as settings:
            settings.write(
                f'\n[[mailbox]]\nname = "bkd1"\naddress = "presensi@bkd.test"\nhost = "{self.server.host}"\n'
                f'port = {self.server.port}\ntls = "none"\nusername = "{USER}"\npassword_file = "sandi"\n'
                f'received_by = ["mx.bkd.test"]\nauthserv_id = "mx.bkd.test"\narchive_to = "{KEPT}"\n'
                f'\n[smtp]\nhost = "{self.sink.host}"\nport = {self.sink.port}\ntls = "none"\n'
                f'from_address = "{SENDER}"\nper_sender_hour = 1000\n'
            )
        self._posko("fallback", "on", "--from", FIRST_DAY.isoformat(), "--reason", "uji", "--no-announce")

    def deliver(self, numbers: range) -> None:
        """Hand mails to the mail server as an MTA does."""
        self.server.deliver(USER, *(self._raw(Sending(n)) for n in numbers))

    def _raw(self, sending: Sending) -> bytes:
        return sending.raw(list(self.people.members(sending.unit, sending.day)))

    def live(self, step: str, nth: int, seconds: float) -> bool:
        """One life that ends at a crash point; False when the point was not reached in time."""
        self._look_into_the_gap()
        life = self._start(step, nth)
        try:
            life.wait(seconds)
        except subprocess.TimeoutExpired:
            life.kill()
            life.wait()
            self.kills["from outside"] += 1
            return False
        self.kills[step] += 1
        return True

    def live_on(self, expected: int, seconds: float) -> None:
        """A last life that is left alone until everything is recorded and told."""
        self._look_into_the_gap()
        life = self._start("-", 0)
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end and life.poll() is None:
                if self.counted("SELECT count(*) FROM submission") >= expected and not self.counted(
                    "SELECT count(*) FROM outbox WHERE state = 'pending'"
                ) + self.counted("SELECT count(*) FROM message WHERE state = 'new'"):
                    return
                time.sleep(0.5)
            left = [
                self.rows(
                    "SELECT state, attempts, note, claimed_until, next_try_at FROM message WHERE state <> 'done'"
                ),
                self.rows("SELECT state, attempts, error FROM outbox WHERE state <> 'sent'"),
                self.counted("SELECT count(*) FROM submission"),
            ]
            raise AssertionError(f"not finished: {left}\n{(self.data / 'service.log').read_text()[-2000:]}")
        finally:
            life.terminate()
            life.wait(30)

    def _look_into_the_gap(self) -> None:
        """Between two lives: letters that the last one handed over and did not note down may be sent once more."""
        taken = told(self.sink)
        pending = (str(row[0]) for row in self.rows("SELECT dedupe_key FROM outbox WHERE state = 'pending'"))
        ids = {message_id_for(key, SENDER) for key in pending}
        in_gap = [id_ for id_ in ids if taken[id_] > self._taken[id_]]
        self.once_more.update(in_gap)
        self.gaps += bool(in_gap)
        self._taken = taken

    def counted(self, query: str) -> int:
        """One number from the database, seen by its superuser."""
        with psycopg.connect(EmbeddedPostgres(self.data).superuser_url("posko")) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows from the database, seen by its superuser."""
        with psycopg.connect(EmbeddedPostgres(self.data).superuser_url("posko")) as connection:
            return [tuple(row) for row in connection.execute(query.encode()).fetchall()]

    def verify(self) -> dict[str, object]:
        """What ``posko verify`` says."""
        found = json.loads(self._posko("verify", "--json"))
        assert isinstance(found, dict)
        return found

    def _start(self, step: str, nth: int) -> "subprocess.Popen[bytes]":
        with (self.data / "service.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.crash_points", str(self.data), step, str(nth)],
                cwd=ROOT, stdout=log, stderr=log, env=self._environment(),
            )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "POSKO_CLOCK": self.clock}

    def _posko(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "posko.py", *arguments, "--data", str(self.data)],
            cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env=self._environment(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def plan(kills: int, seed: int) -> Iterator[tuple[str, int]]:
    """Crash points: every step in turn, each time after another number of passes."""
    dice = random.Random(seed)
    for number in range(kills):
        step = STEPS[number % len(STEPS)]
        yield step, 1 if step == "committed" else dice.randint(2, 14)


def told(sink: SmtpSink) -> Counter[str]:
    """How often each Message-ID was taken by the mail server."""
    found: Counter[str] = Counter()
    for taken in sink.taken:
        head = taken.data.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
        line = next(line for line in head.splitlines() if line.lower().startswith("message-id:"))
        found[line.partition(":")[2].strip()] += 1
    return found
