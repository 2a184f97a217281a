"""The watched folder: a file that lies still is taken in, and moved aside only when it is committed.

``mesin/1_attlog.dat`` is known by its number, ``mesin/dishub/1_attlog.dat`` by the folder's name. What an operator has
to look at goes to ``tanya``, the rest to ``selesai``; nothing is deleted.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import structlog

from devices.files import LogIntake
from domain.errors import DatabaseUnavailable, UsageError

log = structlog.get_logger()

DONE, ASKS = "selesai", "tanya"


class WatchedFolder:
    """One folder. A file must have the same size and time at two looks before it is taken."""

    def __init__(self, folder: Path, intake: LogIntake) -> None:
        """Makes the folder when it is missing."""
        self._folder = folder
        self._intake = intake
        self._seen: dict[Path, tuple[int, int]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    async def look(self) -> int:
        """Take in what lies still; returns how many files were."""
        taken = 0
        now: dict[Path, tuple[int, int]] = {}
        for path in await asyncio.to_thread(lambda: list(self._files())):
            stat = await asyncio.to_thread(path.stat)
            now[path] = (stat.st_size, stat.st_mtime_ns)
            if self._seen.get(path) == now[path]:
                taken += await self._take(path)
        self._seen = now
        return taken

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._folder.rglob("*")):
            inside = path.relative_to(self._folder).parts
            if path.is_file() and inside[0] not in (DONE, ASKS) and not path.name.startswith("."):
                yield path

    async def _take(self, path: Path) -> bool:
        inside = path.relative_to(self._folder).parts
        device = inside[0] if len(inside) > 1 else None
        try:
            data = await asyncio.to_thread(path.read_bytes)
            if device is not None and not await self._known(device):
                raise UsageError(f"tidak ada mesin bernama {device}")
            taken = await self._intake.file(path.name, data, device)
            aside = ASKS if taken.needs_person else DONE
        except (DatabaseUnavailable, OSError) as error:
            log.warning("folder_waits", file=path.name, error=type(error).__name__)
            return False
        except UsageError as error:
            log.warning("folder_asks", file=path.name, error=str(error))
            aside = ASKS
        await asyncio.to_thread(_move, path, self._folder / aside / Path(*inside[:-1]))
        log.info("folder_took", file=path.name, aside=aside)
        return True

    async def _known(self, name: str) -> bool:
        async with self._intake.db.begin() as uow:
            return await uow.devices.by_name(name) is not None


def _move(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    path.replace(target)
