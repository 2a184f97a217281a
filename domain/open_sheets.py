"""The desk's printed sheets as a reading child may know them: what was printed, and which tags name it.

The child never gets the sheets' key: the ids that the key makes for each page, and the token that was printed on it,
are handed over instead. A page is kept packed, since a picture concerns one of some thousands.
"""

import json
import zlib
from dataclasses import dataclass

from domain.sheet import SheetPage, from_plain, to_plain
from domain.sheet_identity import Identity
from domain.sheet_layout import Paper


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """One printed page: its identity, its nine tag ids by position, and its packed snapshot.

    ``retired``: a later copy was printed, or its week is long past.
    """

    number: int
    leaf: int
    paper: Paper
    tags: tuple[int, ...]
    packed: bytes
    retired: bool = False

    @classmethod
    def of(cls, page: SheetPage, key: bytes, *, retired: bool = False) -> "OpenSheet":
        """``page`` as a child may know it; ``key`` makes the tag ids."""
        text = json.dumps(to_plain(page), ensure_ascii=False, separators=(",", ":"))
        packed = zlib.compress(text.encode(), 6)
        return cls(page.number, page.leaf, page.paper, page.tag_ids(key), packed, retired)

    @property
    def identity(self) -> Identity:
        """Form number and leaf."""
        return Identity(self.number, self.leaf)

    def page(self) -> SheetPage:
        """What was printed."""
        return from_plain(json.loads(zlib.decompress(self.packed)))
