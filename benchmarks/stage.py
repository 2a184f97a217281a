"""What several benchmarks need: an installation, its mailboxes on a Dovecot, mails delivered into them."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from benchmarks.mails import DAY, DESK_HOST
from bot.clock import Shift, ShiftedClock, SystemClock
from demo.service import Service, posko_launcher
from tests.fakes.dovecot import PASSWORD, Dovecot

USERS = ("bench1", "bench2")
_START_SECONDS = 60.0


@contextmanager
def installation(roster: bytes) -> Iterator[Service]:
    """A fresh installation with its own PostgreSQL, as ``posko init`` makes it; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="posko-bench-") as folder:
        (Path(folder) / "roster.xlsx").write_bytes(roster)
        service = Service(Path(folder) / "data", Path(folder) / "log", posko_launcher())
        try:
            service.init(Path(folder) / "roster.xlsx")
            yield service
        finally:
            service.stop()
            service.run("stop", "--destroy")


def morning(service: Service, at: time, imap_port: int, smtp_port: int) -> ShiftedClock:
    """A fallback morning that begins now and runs at the real pace; mailboxes ``USERS``, and where mail leaves.

    Only the hour is moved, so that the windows are open whenever the benchmark runs.
    """
    shift = Shift(start=datetime.combine(DAY, at, ZoneInfo("Asia/Jakarta")), anchor=SystemClock().now(), rate=1)
    service.set_clock(str(shift))
    _connect(service, imap_port, smtp_port)
    service.run("fallback", "on", "--from", DAY.isoformat(), "--reason", "server padam", "--no-announce")
    return ShiftedClock(shift)


def _connect(service: Service, imap_port: int, smtp_port: int) -> None:
    secret = service.data / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    blocks = [
        f'[[mailbox]]\nname = "{user}"\naddress = "{user}@{DESK_HOST}"\nhost = "127.0.0.1"\nport = {imap_port}\n'
        f'tls = "none"\nusername = "{user}"\npassword_file = "secret"\n'
        f'received_by = ["{DESK_HOST}"]\nauthserv_id = "{DESK_HOST}"\n'
        for user in USERS
    ]
    smtp = (
        f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\ntls = "none"\nfrom_address = "presensi@{DESK_HOST}"\n'
        'password_file = "secret"\n'
    )
    with (service.data / "posko.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join((*blocks, smtp)))


def start(service: Service) -> None:
    """Start ``posko serve`` and wait until it is ready."""
    service.start()
    end = monotonic() + _START_SECONDS
    while not service.ready():
        fail_if_dead(service)
        if monotonic() > end:
            raise TimeoutError(f"not ready within {_START_SECONDS:g} s")
        sleep(0.05)


def fail_if_dead(service: Service) -> None:
    """Raise when ``posko serve`` has ended, with what it said last."""
    if service.died():
        raise RuntimeError(service.log_tail())


def deliver(dovecot: Dovecot, mails: Sequence[Sequence[bytes]]) -> None:
    """Deliver by LMTP to all of ``USERS`` at the same time."""
    with ThreadPoolExecutor(len(USERS)) as pool:
        for done in [pool.submit(dovecot.deliver, user, *some) for user, some in zip(USERS, mails, strict=True)]:
            done.result()
