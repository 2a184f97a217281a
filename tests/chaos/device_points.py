"""The real device worker with one crash point: ``python -m tests.chaos.device_points DATA STEP NTH`` (``-``: none).

The process kills itself with SIGKILL when STEP is reached for the NTH time; nothing gets a chance to tidy up.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from bot.bootstrap import open_installation
from bot.device_worker import DeviceWorker
from storage.locks import only_one


async def main(data: Path, step: str, nth: int) -> None:
    seen: Counter[str] = Counter()

    def reached(name: str) -> None:
        seen[name] += 1
        if name == step and seen[name] >= nth:
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_installation(data) as place, only_one(place.urls.service, "devices"):
        await DeviceWorker(place, reached).run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
