"""A process for each report: its memory goes when it ends, and window work comes first on the processor.

Our own code on our own data: no sandbox, only a deadline and a lower priority (facts: jobs, "Child processes").
"""

import asyncio
import contextlib
import ctypes
import os
import pickle
import signal
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from domain.errors import ExitCode, PoskoError, ReportError, UsageError
from reports.making import Made, ReportTask, make

SECONDS = 900.0  # ten times what the largest government needs
_ANSWER = "answer.pickle"
_NICE = 10
_PR_SET_PDEATHSIG = 1
_spawn = get_context("spawn")


async def make_in_child(task: ReportTask, seconds: float = SECONDS) -> Made:
    """``reports.making.make`` in a fresh process; raises ``ReportError``, or ``UsageError`` as it did there."""
    process = _spawn.Process(target=_work, args=(task, os.getpid()), daemon=True)
    await asyncio.to_thread(process.start)
    try:
        await _ended(process, seconds)
    finally:
        # Cancelled or out of time: it may be deep inside Typst, where nothing else reaches it.
        process.kill()
        await asyncio.to_thread(process.join)
    return _answer(task, process.exitcode)


async def _ended(process: BaseProcess, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while process.is_alive():
                await asyncio.to_thread(process.join, 0.5)


def _answer(task: ReportTask, status: int | None) -> Made:
    try:
        answer = pickle.loads((task.folder / _ANSWER).read_bytes())
    except FileNotFoundError:
        raise ReportError(f"pembuatan laporan berhenti sebelum selesai (status {status})") from None
    if isinstance(answer, Made):
        return answer
    usage, told = answer
    raise (UsageError if usage else ReportError)(told)


def _work(task: ReportTask, parent: int) -> None:
    """In the child. What goes wrong on purpose is told; anything else ends it and shows on standard error."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        return
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    try:
        answer: Made | tuple[bool, str] = asyncio.run(make(task))
    except PoskoError as error:
        answer = (error.exit_code is ExitCode.USAGE, str(error))
    part = task.folder / f"{_ANSWER}.part"
    part.write_bytes(pickle.dumps(answer))
    part.replace(task.folder / _ANSWER)
