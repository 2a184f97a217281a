"""The doctor at this machine: clock, disk, backup, sandbox."""

import ctypes
import http.client
import json
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.doctor_findings import Finding, fail, ok, warn
from bot.doctor_mail import TIMEOUT, real_now, seconds_ahead
from domain.ports import Clock

DRIFT_LIMIT = 2.0
BACKUP_LIMIT = timedelta(hours=26)
BACKUP_NOTE = "backup.json"
_GIB = 1024**3
_STA_UNSYNC = 0x40
_LAYERS = {
    "clean_environment": "lingkungan bersih",
    "limits": "batas memori dan waktu",
    "dies_with_parent": "ikut berhenti bersama induk",
    "no_capabilities": "tanpa hak istimewa",
    "no_new_privs": "tanpa tambahan hak",
    "landlock": "Landlock (berkas)",
    "seccomp": "seccomp (panggilan sistem)",
}


class _Timex(ctypes.Structure):
    """The head of Linux' ``struct timex``; the kernel fills the rest too, so room is left for it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def kernel_error() -> float | None:
    """Seconds by which the kernel thinks its clock may err at most; None when nothing keeps it in step."""
    state = _Timex()
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    except (OSError, AttributeError):
        return None
    if answer < 0 or state.status & _STA_UNSYNC:
        return None
    return float(state.maxerror) / 1e6


def http_offset(url: str, clock: Clock) -> float | None:
    """Seconds that our clock is ahead of the ``Date`` of the web server at ``url``; None when it tells none."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        connection.request("HEAD", parts.path or "/")
        told = connection.getresponse().getheader("Date")
        return seconds_ahead(clock, parsedate_to_datetime(told)) if told else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def clock_findings(offsets: Mapping[str, float], kernel: float | None) -> list[Finding]:
    """Judge our clock by the servers' (``offsets``, seconds we are ahead), else by what the kernel says of itself."""
    what, mend = "Jam komputer", "nyalakan sinkronisasi waktu (chrony atau systemd-timesyncd)"
    if offsets:
        source, offset = max(offsets.items(), key=lambda item: abs(item[1]))
        if abs(offset) > DRIFT_LIMIT:
            side = "lebih cepat" if offset > 0 else "lebih lambat"
            return [fail(what, f"{abs(offset):.1f} detik {side} daripada {source}", mend)]
        return [ok(what, f"sama dengan {source} (selisih {abs(offset):.1f} detik)")]
    if kernel is None:
        return [warn(what, "tidak dapat diperiksa: tidak ada server penunjuk waktu dan jam tidak disinkronkan", mend)]
    if kernel > DRIFT_LIMIT:
        return [warn(what, f"disinkronkan, tetapi mungkin meleset sampai {kernel:.1f} detik", mend)]
    return [ok(what, f"disinkronkan (galat paling besar {kernel:.1f} detik)")]


def disk_finding(data: Path) -> Finding:
    """Room for originals and database: warns below 5 GiB, fails below 1 GiB."""
    what, usage = "Ruang disk", shutil.disk_usage(data)
    room = f"{usage.free / _GIB:.1f} GiB bebas dari {usage.total / _GIB:.0f} GiB"
    mend = f"tambah ruang atau pindahkan berkas lain dari disk tempat {data}"
    if usage.free < _GIB:
        return fail(what, room, mend)
    return warn(what, room, mend) if usage.free < 5 * _GIB else ok(what, room)


def backup_finding(data: Path, clock: Clock) -> Finding:
    """Age of the last off-machine backup, as noted in ``backup.json``: ``{"time": ISO, "place": text}``."""
    what = "Cadangan di luar mesin"
    mend = "salin cadangan ke mesin lain setiap malam, lalu catat waktu dan tempatnya di backup.json"
    try:
        note = json.loads((data / BACKUP_NOTE).read_text("utf-8"))
        age = real_now(clock) - datetime.fromisoformat(note["time"])
        place = str(note["place"])
    except FileNotFoundError:
        return warn(what, "belum pernah ada", mend)
    except (OSError, ValueError, TypeError, KeyError):
        return warn(what, f"catatan {BACKUP_NOTE} tidak dapat dibaca", mend)
    told = f"{age.total_seconds() / 3600:.0f} jam yang lalu di {place}"
    return warn(what, told, mend) if age > BACKUP_LIMIT else ok(what, told)


def sandbox_finding(layers: Mapping[str, bool]) -> Finding:
    """Which protections hold around the child that reads files from strangers."""
    what = "Ruang baca terkurung"
    missing = [_LAYERS.get(name, name) for name, in_force in layers.items() if not in_force]
    if missing:
        mend = "pakai kernel Linux 5.13 atau lebih baru dengan Landlock dan seccomp menyala"
        return warn(what, f"lapisan yang tidak berlaku: {', '.join(missing)}", mend)
    return ok(what, f"{len(layers)} lapisan berlaku")


def demo_finding(shift: str | None) -> list[Finding]:
    """A shifted clock is never passed over in silence."""
    if shift is None:
        return []
    return [warn("Jam peragaan", f"digeser: {shift}", "jangan memakai instalasi ini untuk presensi nyata")]
