"""Originals in memory."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from domain.errors import OriginalMissing


class MemoryBlobs:
    """A ``BlobStore`` that forgets everything when the test ends."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = data
        return sha256

    async def put_file(self, path: Path) -> str:
        return await self.put(path.read_bytes())

    async def get(self, sha256: str) -> bytes:
        if sha256 not in self.kept:
            raise OriginalMissing(sha256, "tidak ada")
        return self.kept[sha256]

    async def exists(self, sha256: str) -> bool:
        return sha256 in self.kept

    async def names(self) -> AsyncIterator[str]:
        for name in self.kept:
            yield name

    def place(self, sha256: str) -> str:
        return f"memory:{sha256}"
