"""What reading costs in memory: the child of the product's own sandbox, as the intake asks it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from parsers.base import ParseContext
from parsers.sandbox import Sandbox

_EVERY = 0.02  # seconds: a child that grew too large is replaced as soon as it answered


def peak_memory(files: Sequence[bytes], context: ParseContext, *, names: bool) -> float:
    """Megabytes at most while ``files`` are read one after the other; ``names``: those printed on a page too."""
    return asyncio.run(_peak(files, replace(context, proofread=names)))


async def _peak(files: Sequence[bytes], context: ParseContext) -> float:
    sandbox, highest = Sandbox(1), 0.0
    try:
        await sandbox.start()
        for data in files:
            reading = asyncio.ensure_future(sandbox.read(data, context))
            while not reading.done():
                await asyncio.wait((reading,), timeout=_EVERY)
                highest = max([highest, *map(_most_resident, sandbox.pids)])
            assert (await reading).sheets, "not read: its memory says nothing"
    finally:
        await sandbox.close()
    return highest


def _most_resident(pid: int) -> float:
    # Not getrusage: its peak is born with the parent's.
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:  # it ended just now
        return 0.0
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0.0)
