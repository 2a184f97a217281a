"""ZK 4370: we call the machine and read its whole log. The talking is done by a child process (``devices.zk_child``)
that is killed at a hard deadline: a machine that is mute, or hangs up in the middle, costs nobody else a second.
"""

import asyncio
import contextlib
import json
import os
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devices.dates import leap_day_exists
from devices.lines import BadLine, Batch, Notes, PunchLine, Reason
from domain.errors import Retryable

SOURCE = "zk"
MOST_BYTES = 64 << 20
_ROOMS = Path(__file__).resolve().parents[1]
_BOOTSTRAP = "import sys; sys.path.insert(0, sys.argv[1]); from devices.zk_child import main; main(sys.argv[2:])"
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
_EIGHT, _SIXTEEN, _FORTY = struct.Struct("<HBIB"), struct.Struct("<IIBB2sI"), struct.Struct("<H24sBIB8s")
_BATCH = 50_000
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A whole log as it lay in the machine. ``told`` is how many records it said it has, ``clock`` its own time."""

    data: bytes
    told: int
    clock: datetime | None


class ZkLog:
    """The log: a u32 size, then records of 8, 16 or 40 bytes. A record is a line."""

    layout = "zk"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        body = memoryview(self._data)[4:]
        size = record_size(self._data)
        whole = len(body) // size * size
        rows = _rows(size, body[:whole])
        punches: list[PunchLine] = []
        bad: list[BadLine] = []
        days: dict[int, str] = {}
        number = 0
        for user, moment, verify, state in rows:
            number += 1
            day, seconds = divmod(moment, 86400)
            shown = days.get(day)
            if shown is None:
                shown = days[day] = _day(day)
            if not shown or not user:
                bad.append((number, Reason.DATE if user else Reason.FORM, f"{user} {moment}"))
                continue
            minutes, second = divmod(seconds, 60)
            hour, minute = divmod(minutes, 60)
            at = f"{shown} {hour:02}:{minute:02}:{second:02}"
            punches.append((number, user, at, str(verify), str(state), ""))
            if len(punches) >= _BATCH:
                yield Batch(punches, bad)
                punches, bad = [], []
        if len(body) > whole:
            bad.append((number + 1, Reason.CUT, f"{len(body) - whole} bita tersisa"))
        if punches or bad:
            yield Batch(punches, bad)


def record_size(data: bytes) -> int:
    """8, 16 or 40: the size that divides the log and makes sense of its first records; the told count may lie."""
    body = data[4:]
    fitting = [size for size in (40, 16, 8) if body and len(body) % size == 0]
    for size in [*fitting, 40, 16, 8]:
        sample = body[: len(body) // size * size][: size * 50]
        rows = list(_rows(size, memoryview(sample)))
        good = sum(1 for user, moment, _, _ in rows if user and _day(moment // 86400))
        if rows and good * 2 > len(rows):
            return size
    return fitting[0] if fitting else 8


def _rows(size: int, body: memoryview) -> Iterator[tuple[str, int, int, int]]:
    """(id, encoded time, verify, state) of each record."""
    if size == 40:
        for _, user, verify, moment, state, _ in _FORTY.iter_unpack(body):
            name = user.partition(b"\0")[0].strip()
            yield (name.decode("ascii") if name.isalnum() else ""), moment, verify, state
    elif size == 16:
        for number, moment, verify, state, _, _ in _SIXTEEN.iter_unpack(body):
            yield str(number), moment, verify, state
    else:
        for number, verify, moment, state in _EIGHT.iter_unpack(body):
            yield str(number), moment, verify, state


def _day(days: int) -> str:
    """The date of a day number: all months have 31 days there; empty for 31 February and for what is no ASCII year."""
    months, day = divmod(days, 31)
    year, month = divmod(months, 12)
    if not 0 <= year <= 99 or day + 1 > _DAYS[month]:
        return ""
    shown = f"{2000 + year:04}-{month + 1:02}-{day + 1:02}"
    return shown if leap_day_exists(shown) else ""


def encoded(moment: datetime) -> int:
    """A moment as the machine writes it."""
    days = ((moment.year - 2000) * 12 + moment.month - 1) * 31 + moment.day - 1
    return days * 86400 + moment.hour * 3600 + moment.minute * 60 + moment.second


def decoded(value: int) -> datetime | None:
    """The moment, None when there is none such."""
    day, seconds = divmod(value, 86400)
    shown = _day(day)
    if not shown:
        return None
    return datetime.fromisoformat(f"{shown} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}")


async def pull(address: str, key: int, seconds: float) -> Pulled:
    """Read the whole log of the machine at ``host:port`` within ``seconds``; raises ``Retryable``, never hangs."""
    host, _, port = address.rpartition(":")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", "-c", _BOOTSTRAP, str(_ROOMS)),
        *(host or address, port if host else "4370", str(os.getpid())),
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_ENVIRONMENT, cwd="/",
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            # The key goes by the pipe: a command line is for everybody to read.
            said, _ = await process.communicate(f"{key}\n".encode())
    except TimeoutError:
        raise Retryable(f"mesin {address} tidak selesai dalam {seconds:g} detik") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    head, _, data = said.partition(b"\n")
    try:
        told = json.loads(head)
    except ValueError:
        raise Retryable(f"mesin {address}: pembaca berhenti") from None
    if "error" in told:
        raise Retryable(f"mesin {address}: {told['error']}")
    if len(data) != told["size"]:
        raise Retryable(f"mesin {address}: jawaban terpotong")
    return Pulled(data, told["count"], decoded(told["clock"]) if told["clock"] is not None else None)
