"""The real service as the demonstration runs it: the ``posko`` command in a process of its own, and its status by HTTP.

``posko init`` writes ``posko.toml`` with ``demo = true``; ``connect`` adds what an administrator would write by hand::

    [[mailbox]]
    name = "opd"
    address = "presensi.opd@bkd.presensi.test"
    host = "127.0.0.1"
    port = 10143
    tls = "none"
    username = "presensi.opd@bkd.presensi.test"
    password_file = "secrets/opd"
    received_by = ["mx.tulungagung.presensi.test"]
    authserv_id = "mx.tulungagung.presensi.test"

    [smtp]
    host = "127.0.0.1"
    port = 10025
    tls = "none"
    username = "presensi.opd@bkd.presensi.test"
    password_file = "secrets/opd"
    from_address = "presensi.opd@bkd.presensi.test"
    from_name = "Posko Presensi BKD"
"""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from demo.offices import BOX_OPD, DESK_HOST

STOP_SECONDS = 25
_COMMAND_SECONDS = 300
_SAID_LINES = 15
# A proxy of the environment has no business between two processes of one machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CommandFailed(Exception):
    """A ``posko`` command ended with an error; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox of the desk."""

    name: str
    address: str
    password: str


class Service:
    """One installation in ``data`` and its ``serve`` process; ``launcher`` is the ``posko`` command."""

    def __init__(self, data: Path, log: Path, launcher: Sequence[str]) -> None:
        self.data, self.log, self._posko = data, log, launcher
        self.port = _free_port()
        self._clock: str | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the desk answers."""
        return f"http://127.0.0.1:{self.port}"

    def init(self, roster: Path) -> None:
        """Make the installation, as a demonstration."""
        self.run("init", "--profile", "tulungagung", "--roster", str(roster), "--demo")

    def connect(
        self,
        boxes: Sequence[Box],
        imap_port: int,
        smtp_port: int,
        receivers: Sequence[str] = (),
        reported: Sequence[str] = (),
    ) -> None:
        """Tell the installation its mailboxes, where mail leaves, who hears of the missing, and who gets reports."""
        settings = self.data / "posko.toml"
        text = settings.read_text("utf-8")
        for key, addresses in (("receivers", receivers), ("weekly", reported), ("monthly", reported)):
            text = text.replace(f"{key} = []", f"{key} = {json.dumps(list(addresses))}")
        settings.write_text(text, "utf-8")
        secrets = self.data / "secrets"
        secrets.mkdir(mode=0o700, exist_ok=True)
        _give_to_owner_of(self.data, secrets)
        for box in boxes:
            self._keep(box.name, box.password)
        with settings.open("a", encoding="utf-8") as file:
            file.write(settings_text(boxes, imap_port, smtp_port))

    def join_chat(self, blocks: str, secrets: Mapping[str, str]) -> None:
        """Add the blocks of chats to the settings, their tokens in files of their own; after ``connect``."""
        for name, secret in secrets.items():
            self._keep(name, secret)
        with (self.data / "posko.toml").open("a", encoding="utf-8") as file:
            file.write(blocks)

    def add_account(self, name: str, role: str, full_name: str) -> str:
        """An account of the desk; returns its first password."""
        told = self.run("user", "add", name, "--role", role, "--full-name", full_name, "--json")
        return str(json.loads(told)["password"])

    def _keep(self, name: str, secret: str) -> None:
        path = self.data / "secrets" / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secret)
        _give_to_owner_of(self.data, path)

    def declare_fallback(self, day: date, units: Sequence[str] = ()) -> None:
        """From the morning of ``day`` manual sheets are due, for everybody or for some units (TLG-00)."""
        self.run(
            "fallback",
            "on",
            *("--from", day.isoformat()),
            *("--reason", "Server presensi online tidak dapat diakses"),
            *("--letter", "800/1234/407.205/2026"),
            *("--by", "Kepala BKD"),
            *(word for unit in units for word in ("--unit", unit)),
        )

    def set_clock(self, written: str) -> None:
        """From now on every command runs on this playing clock."""
        self._clock = written

    def run(self, *arguments: str) -> str:
        """Run one command to its end; returns its output, raises ``CommandFailed``."""
        done = self._command(arguments)
        if done.returncode != 0:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-_SAID_LINES:])
            raise CommandFailed(f"posko {arguments[0]} berakhir dengan {done.returncode}\n{said}")
        return done.stdout

    def ingest(self, folder: Path) -> None:
        """Take in saved mails; that some of them need a person's eye is no failure."""
        done = self._command(("ingest", str(folder)))
        if done.returncode not in (0, 3):
            raise CommandFailed(f"posko ingest berakhir dengan {done.returncode}\n{done.stderr[-2000:]}")

    def recaps(self, month: str) -> list[dict[str, Any]]:
        """What ``posko recap list`` says of every unit."""
        return [json.loads(line) for line in self.run("recap", "list", "--month", month, "--json").splitlines()]

    def verify(self) -> tuple[bool, str]:
        """Whether ``posko verify`` finds every original and the audit chain whole, and what it says."""
        done = self._command(("verify",))
        return done.returncode == 0, (done.stdout + done.stderr).strip()

    def _command(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._posko, *arguments, "--data", str(self.data)],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )

    def start(self) -> None:
        """Start ``posko serve``; what it says goes to the log."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the demonstration, which then stops the service in order.
            self._process = subprocess.Popen(
                [*self._posko, "serve", "--data", str(self.data)],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @contextmanager
    def beside(self, *arguments: str, **variables: str) -> Iterator[None]:
        """Another long-running command on the same installation, for the length of the block."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*self._posko, *arguments, "--data", str(self.data)],
                env={**self._environment(), **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield
        finally:
            _end(process)

    def died(self) -> bool:
        """Whether ``serve`` ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def ready(self) -> bool:
        """Whether ``/readyz`` says so."""
        return self._get("/readyz") is not None

    def status(self) -> Mapping[str, Any] | None:
        """The figures of ``posko status --json``; None while the service does not answer."""
        return self._get("/api/v1/status")

    def pause(self) -> None:
        """Stop ``serve`` alone; its database stays."""
        if self._process is not None:
            _end(self._process)
            self._process = None

    def stop(self) -> None:
        """Stop ``serve`` and the embedded database, whatever state they are in."""
        self.pause()
        if (self.data / "posko.toml").exists():
            with suppress(CommandFailed, subprocess.TimeoutExpired):
                self.run("stop")

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the service's log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:]) if self.log.exists() else ""

    def _get(self, path: str) -> Mapping[str, Any] | None:
        request = urllib.request.Request(f"{self.url}{path}")
        token = self.data / "status.token"
        if token.exists():
            request.add_header("Authorization", f"Bearer {token.read_text().strip()}")
        try:
            with _DIRECT.open(request, timeout=5) as answer:
                found = json.load(answer)
        except (urllib.error.URLError, OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def _environment(self) -> dict[str, str]:
        # Nothing of a real installation may leak into the demonstration, its database least of all.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("POSKO_") or k == "POSKO_PG_USER"}
        kept["POSKO_PORT"], kept["POSKO_PUBLIC_URL"] = str(self.port), self.url
        if self._clock:
            kept["POSKO_CLOCK"] = self._clock
        return kept


def settings_text(boxes: Sequence[Box], imap_port: int, smtp_port: int) -> str:
    """The blocks of ``posko.toml`` shown above; the first box also sends."""
    blocks = [
        f"""
[[mailbox]]
name = "{box.name}"
address = "{box.address}"
host = "127.0.0.1"
port = {imap_port}
tls = "none"
username = "{box.address}"
password_file = "secrets/{box.name}"
received_by = ["{DESK_HOST}"]
authserv_id = "{DESK_HOST}"
"""
        for box in boxes
    ]
    smtp = f"""
[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
username = "{boxes[0].address}"
password_file = "secrets/{boxes[0].name}"
from_address = "{BOX_OPD}"
from_name = "Posko Presensi BKD"
"""
    return "".join(blocks) + smtp


def posko_launcher() -> tuple[str, ...]:
    """The launcher beside this folder: in a checkout one level up, in a wheel two."""
    here = Path(__file__).resolve()
    launcher = next(p / "posko.py" for p in here.parents[1:3] if (p / "posko.py").is_file())
    return (sys.executable, str(launcher))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _give_to_owner_of(folder: Path, made: Path) -> None:
    """As root the installation may belong to an ordinary user; what is added belongs to the same."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.chown(made, owner.st_uid, owner.st_gid)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask politely, then kill the process with all its children."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
