"""Landlock by system call: a child may read the listed places and nothing else (Linux ≥5.13).

Numbers and structures: Linux ``include/uapi/linux/landlock.h``; the three system calls have the same number on
every architecture.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # ABI → how many file rights it knows
_NET_RIGHTS = 0b11  # bind and connect TCP, from ABI 4
_SCOPES = 0b11  # abstract unix sockets and signals outside, from ABI 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("fd", ctypes.c_int32))


def version(libc: ctypes.CDLL) -> int:
    """The kernel's Landlock ABI, 0 where there is none."""
    return max(int(libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)), 0)


def restrict(libc: ctypes.CDLL, readable: Iterable[Path]) -> int:
    """Allow this process to read below ``readable`` only; no TCP, no writing. Returns the ABI, 0 if not in force.

    Needs ``no_new_privs`` first. Cannot be undone.
    """
    abi = version(libc)
    if not abi:
        return 0
    attributes = _Ruleset(
        fs=(1 << _FS_RIGHTS.get(abi, 16)) - 1,
        net=_NET_RIGHTS if abi >= 4 else 0,
        scoped=_SCOPES if abi >= 6 else 0,
    )
    # Older kernels refuse a structure longer than the one they know.
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = int(libc.syscall(_CREATE, ctypes.byref(attributes), ctypes.c_size_t(size), 0))
    if ruleset < 0:
        return 0
    try:
        for place in readable:
            _allow(libc, ruleset, place)
        return abi if libc.syscall(_RESTRICT, ruleset, 0) == 0 else 0
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, place: Path) -> None:
    try:
        fd = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # the list names places that not every system has
    try:
        rights = _READ_FILE | _READ_DIR if place.is_dir() else _READ_FILE
        rule = _PathBeneath(allowed=rights, fd=fd)
        libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(fd)
