"""The real service with one crash point: ``python -m tests.chaos.crash_points DATA STEP NTH [serve|work]``.

STEP ``-``: none.

The process kills itself with SIGKILL when STEP is reached for the NTH time; nothing gets a chance to tidy up.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bot.bootstrap import open_installation
from bot.service import Service
from intake.observer import Unobserved
from storage.blobs import FolderBlobStore


class CrashPoint(Unobserved):
    """Counts the steps of the trip and dies at the chosen one."""

    def __init__(self, step: str, nth: int) -> None:
        self._step, self._nth = step, nth
        self._seen: Counter[str] = Counter()

    def reached(self, step: str, subject: int) -> None:
        self._seen[step] += 1
        if step == self._step and self._seen[step] >= self._nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def mail_kept(self, account: str, count: int) -> None:
        self.reached("committed", count)


async def main(data: Path, step: str, nth: int, role: str = "serve") -> None:
    crash = CrashPoint(step, nth)
    async with open_installation(data) as place:
        blobs = FolderBlobStore(
            data / "originals", lambda done: crash.reached("archived", 0) if done == "folder synced" else None
        )
        service = Service(replace(place, blobs=blobs), observer=crash)
        await (service.serve() if role == "serve" else service.work())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))
