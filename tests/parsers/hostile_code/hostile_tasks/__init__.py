"""Parsers that mean harm, for the sandbox's tests: they run in its children only."""

import ctypes
import os
import resource
import signal
import socket
from collections.abc import Callable


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return f"refused: {error.strerror}"
    return "succeeded"


def _read(path: str) -> bytes:
    with open(path, "rb") as source:
        return source.read()


def break_out(data_file: str, database_socket: str, port: int, parent: int) -> dict[str, str]:
    """Try every way out; returns what came of each."""

    def connect(family: int, address: str | tuple[str, int]) -> None:
        with socket.socket(family, socket.SOCK_STREAM) as out:
            out.connect(address)

    return {
        "data file": _outcome(lambda: _read(data_file)),
        "data folder": _outcome(lambda: os.listdir(os.path.dirname(data_file))),
        "parent's environment": _outcome(lambda: _read(f"/proc/{parent}/environ")),
        "parent's memory": _outcome(lambda: _read(f"/proc/{parent}/mem")),
        "database socket": _outcome(lambda: connect(socket.AF_UNIX, database_socket)),
        "loopback": _outcome(lambda: connect(socket.AF_INET, ("127.0.0.1", port))),
        "password file": _outcome(lambda: _read("/etc/passwd")),
        "writing": _outcome(lambda: open("/tmp/hostile", "wb").close()),
        "writing beside code": _outcome(lambda: open(f"{os.path.dirname(__file__)}/x", "wb").close()),
        "another program": _outcome(lambda: os.execv("/bin/true", ["true"])),
        "another process": _outcome(os.fork),
        "killing the parent": _outcome(lambda: os.kill(parent, signal.SIGKILL)),
        "limits of the parent": _outcome(lambda: _prlimit(parent)),
    }


def _prlimit(pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (1, 1))


def own_environment() -> str:
    """What the child can see of its environment, by any means."""
    seen = " ".join(f"{k}={v}" for k, v in os.environ.items())
    try:
        return seen + _read("/proc/self/environ").decode()
    except OSError:
        return seen


def allocate() -> int:
    """3 GB."""
    return len(bytearray(3 << 30))


def spin() -> None:
    """For ever."""
    while True:
        pass


def leave(status: int) -> None:
    """Without a word."""
    os._exit(status)


def crash() -> None:
    """Segmentation fault."""
    ctypes.string_at(0)


def abort() -> None:
    """As Rust libraries do when memory runs out."""
    os.abort()


class Panic(BaseException):
    """What calamine raises looks like this."""


def panic() -> None:
    """Not an Exception."""
    raise Panic("not caught by except Exception")


def bow_out() -> None:
    """Leave by SystemExit."""
    raise SystemExit(0)


def flood() -> bytes:
    """More than the parent takes."""
    return bytes(120 << 20)


def chatter() -> int:
    """Write into what was the answer's pipe."""
    print("x" * 100_000, flush=True)
    os.write(1, b"\x00\x00\x00\x00\x00\x00\x00\x05false")
    return 7


def forge() -> None:
    """Put a lie into every pipe that can be found."""
    for fd in range(3, 64):
        try:
            os.write(fd, (9).to_bytes(8, "big") + b"malformed")
        except OSError:
            continue
    spin()


def wrong_shape() -> dict[str, str]:
    """Not what was asked for."""
    return {"reader": "x", "sheets": "none"}


def grow() -> int:
    """420 MB that are really used, and given back."""
    return len(b"x" * (420 << 20))


def identify() -> int:
    """The child's pid."""
    return os.getpid()
