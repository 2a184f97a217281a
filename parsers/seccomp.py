"""A seccomp filter by prctl: a child can make no socket, no process, and touch no other process.

Landlock does not stop ``connect()`` to a unix socket by its path, and the database's socket is one: so sockets
are refused altogether. Refused calls fail with EPERM, which libraries survive. x86_64 and aarch64.
"""

import ctypes
import os
import platform
import struct
from dataclasses import dataclass

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_CLONE_THREAD = 0x10000
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NR, _ARCH, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x40000000


@dataclass(frozen=True)
class _Machine:
    """System call numbers of one architecture (Linux ``asm/unistd.h``)."""

    arch: int
    clone: int
    own_pid_only: tuple[int, ...]  # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, prlimit64
    refused: tuple[int, ...]


# One number on every architecture: pidfd_*, io_uring_*, the new mount calls, process_madvise.
_COMMON = (424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 440, 442)
_MACHINES = {
    "x86_64": _Machine(
        arch=0xC000003E,
        clone=56,
        own_pid_only=(62, 200, 234, 129, 297, 302),
        refused=(
            *(41, 42, 43, 44, 46, 47, 49, 50, 53, 288, 299, 307),  # sockets
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(101, 310, 311, 312, 321, 298, 323),  # ptrace, process_vm_*, kcmp, bpf, perf, userfaultfd
            *(248, 249, 250, 303, 304),  # keys, file handles
            *(29, 30, 31, 67, 64, 65, 66, 220, 68, 69, 70, 71, 240),  # System V IPC, mq_open
            *(155, 161, 165, 166, 272, 308, 163, 167, 168, 169, 170, 171, 175, 176, 179, 246, 313, 320),  # the system
            *(103, 159, 164, 227, 305),  # its log and clock
        ),
    ),
    "aarch64": _Machine(
        arch=0xC00000B7,
        clone=220,
        own_pid_only=(129, 130, 131, 138, 240, 261),
        refused=(
            *(198, 199, 200, 201, 202, 203, 206, 211, 212, 242, 243, 269),
            *(221, 281),
            *(117, 270, 271, 272, 280, 241, 282),
            *(217, 218, 219, 264, 265),
            *(194, 195, 196, 197, 190, 191, 192, 193, 186, 187, 188, 189, 180),
            *(39, 40, 41, 51, 97, 268, 89, 224, 225, 142, 161, 162, 105, 106, 60, 104, 273, 294),
            *(116, 112, 170, 171, 266),
        ),
    ),
}
_CLONE3 = 435


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def _program(machine: _Machine, pid: int) -> bytes:
    steps = [
        _step(_LOAD, _ARCH),
        _step(_EQUAL, machine.arch, 1, 0),
        _refuse(_EPERM),  # 32-bit calls have other numbers
        _step(_LOAD, _NR),
        _step(_AT_LEAST, _X32, 0, 1),
        _refuse(_EPERM),
        _step(_EQUAL, _CLONE3, 0, 1),
        _refuse(_ENOSYS),  # its flags lie behind a pointer; the C library then falls back to clone
    ]
    for number in (*machine.refused, *_COMMON):
        steps += [_step(_EQUAL, number, 0, 1), _refuse(_EPERM)]
    # Threads may be started, processes may not.
    steps += [
        _step(_EQUAL, machine.clone, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _refuse(_EPERM),
        _step(_RETURN, _ALLOW),
    ]
    for number in machine.own_pid_only:
        steps += [
            _step(_EQUAL, number, 0, 5),
            _step(_LOAD, _FIRST_ARGUMENT),
            _step(_EQUAL, 0 if number in (302, 261) else pid, 2, 0),
            _step(_EQUAL, pid, 1, 0),
            _refuse(_EPERM),
            _step(_RETURN, _ALLOW),
        ]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def restrict(libc: ctypes.CDLL) -> bool:
    """Put the filter on this process for good; False where the machine or kernel does not have it.

    Needs ``no_new_privs`` first.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = _program(machine, os.getpid())
    program = _Program(length=len(code) // 8, filter=code)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
