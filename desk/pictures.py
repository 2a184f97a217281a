"""Pages of originals as pictures: made in the sandbox, kept in memory for who looks next."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from domain.errors import ReadingError
from domain.reading import Box
from parsers.base import MEBIBYTE
from parsers.preview import Preview
from parsers.sandbox import Sandbox

_KEPT_BYTES = 48 * MEBIBYTE
_MEMORY = 1536 * MEBIBYTE
WHOLE, PART = 1600, 900  # pixels on the longer side: about 200 kB, about 20 kB
PICTURE_TYPES = ("image/", "application/pdf")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture: of which original, which page, which part, and what is framed in it."""

    sha256: str
    page: int
    part: Box | None = None
    mark: Box | None = None


def is_picture(media_type: str, name: str) -> bool:
    """Whether the original can be looked at as pages; whoever sent it often names its type wrongly."""
    ending = name.lower().rpartition(".")[2]
    return media_type.startswith(PICTURE_TYPES) or ending in (
        "jpg", "jpeg", "png", "heic", "heif", "webp", "tif", "tiff", "pdf",
    )  # fmt: skip


class Pictures:
    """Makes pictures, two at a time, so that readers of sheets keep their children."""

    def __init__(self, sandbox: Sandbox) -> None:
        """``sandbox``: where originals are opened."""
        self._sandbox = sandbox
        self._kept: OrderedDict[Wanted, Preview] = OrderedDict()
        self._size = 0
        self._room = asyncio.Semaphore(2)

    async def get(self, data: bytes, wanted: Wanted) -> Preview:
        """The picture; raises ``ReadingError`` when the original cannot be shown."""
        if wanted in self._kept:
            self._kept.move_to_end(wanted)
            return self._kept[wanted]
        longest = WHOLE if wanted.part is None else PART
        async with self._room:
            made = await self._sandbox.run(
                "parsers.preview.preview",
                data,
                wanted.page,
                longest,
                wanted.part,
                wanted.mark,
                result=Preview,
                memory=_MEMORY,
            )
        self._keep(wanted, made)
        return made

    async def size(self, data: bytes, sha256: str, page: int) -> Preview | None:
        """The whole page, None when it cannot be shown."""
        try:
            return await self.get(data, Wanted(sha256, page))
        except ReadingError:
            return None

    def _keep(self, wanted: Wanted, made: Preview) -> None:
        self._kept[wanted] = made
        self._size += len(made.jpeg)
        while self._size > _KEPT_BYTES:
            self._size -= len(self._kept.popitem(last=False)[1].jpeg)
