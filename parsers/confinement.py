"""Locking a child in before it touches anything of a stranger (facts: jobs, "Child processes")."""

import ctypes
import mimetypes
import os
import resource
import signal
import sys
from pathlib import Path

from parsers import landlock, seccomp
from parsers.base import MEBIBYTE

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_CAPABILITIES = 64
_FILE_SIZE = 64 * MEBIBYTE
_OPEN_FILES = 256

# Where Python, its libraries and the zone data live; everything else is out of sight.
_SYSTEM_PLACES = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",
    *mimetypes.knownfiles,  # openpyxl loads them on import
)

_ENVIRONMENT = {
    "LANG", "LC_CTYPE", "MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH",
}  # fmt: skip

LAYERS = ("clean_environment", "limits", "dies_with_parent", "no_capabilities", "no_new_privs", "landlock", "seccomp")
"""Names of the protections, in the order in which they are put on; ``doctor`` names the missing ones."""


def hide_this_process() -> bool:
    """Make this process undumpable, so that no child of the same user can read its memory or environment.

    Called once by the parent at start; returns whether it is in force.
    """
    return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def confine(parent: int, code: list[Path]) -> dict[str, bool]:
    """Lock the calling process in; returns each of ``LAYERS`` with whether it is in force.

    ``parent`` is the expected parent's pid, ``code`` the folders whose packages may be imported.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    in_force = {"clean_environment": set(os.environ) <= _ENVIRONMENT}
    _limit()
    in_force["limits"] = True
    in_force["dies_with_parent"] = libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
    readable = _readable(code)
    in_force["no_capabilities"] = _drop_capabilities(libc)
    in_force["no_new_privs"] = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    in_force["landlock"] = landlock.restrict(libc, readable) > 0
    in_force["seccomp"] = seccomp.restrict(libc)
    return in_force


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _FILE_SIZE),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))


def _readable(code: list[Path]) -> list[Path]:
    """Packages of each code folder one by one: the folder itself may hold an installation's data."""
    packages = [p.parent for folder in code for p in folder.glob("*/__init__.py")]
    prefixes = [Path(p) / name for p in (sys.prefix, sys.base_prefix) for name in ("lib", "lib64")]
    return [*packages, *prefixes, *map(Path, _SYSTEM_PLACES)]


def _drop_capabilities(libc: ctypes.CDLL) -> bool:
    """Root without capabilities is bound by rlimits and by file modes of other users."""
    for capability in range(_CAPABILITIES):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    return bool(libc.capset(header, nothing) == 0)
