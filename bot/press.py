"""Rendering in child processes that step back: whoever prints must never keep a window waiting (facts: jobs).

A sheet or a report is drawn from plain figures, so a child needs no database and no secrets but its arguments.
"""

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Made = TypeVar("Made")
_NICENESS = 10
_PR_SET_PDEATHSIG = 1


class Press:
    """A few child processes, started with the first order; ``workers`` pages are drawn at once."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, draw: Callable[..., Made], *arguments: object) -> Made:
        """What ``draw`` (a function of a module) makes of ``arguments``; its errors are raised here."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._workers, get_context("spawn"), _step_back, (os.getpid(),))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, draw, *arguments)
        except BrokenExecutor:
            # A child was killed: a pool that has lost one draws nothing any more, the next order gets a new one.
            self.close()
            raise

    def close(self) -> None:
        """End the children; what they were drawing is drawn again by the next process."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _step_back(parent: int) -> None:
    """In the child: the lowest claim on the processor, and no life after the service's."""
    os.nice(_NICENESS)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
