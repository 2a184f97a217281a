"""What the rooms need from the outside, as protocols; adapters live in ``storage`` and ``bot``."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Time as the product sees it; in a demo installation it may be shifted and faster (facts: jobs)."""

    def now(self) -> datetime:
        """The product's present moment, aware, in UTC."""
        ...

    def to_real(self, moment: datetime) -> datetime:
        """The real (wall clock) moment at which ``now()`` will return ``moment``."""
        ...

    def elapsed_real(self) -> float:
        """Monotonic real seconds; for thresholds such as "60 s without a search"."""
        ...


class BlobStore(Protocol):
    """Immutable originals, addressed by the SHA-256 (lower-case hex) of their bytes."""

    async def put(self, data: bytes) -> str:
        """Keep ``data`` durably (fsync of file and folder before return); returns its SHA-256. Idempotent."""
        ...

    async def put_file(self, path: Path) -> str:
        """Keep the file at ``path`` durably without loading it whole; the file may be moved. Returns the SHA-256."""
        ...

    async def get(self, sha256: str) -> bytes:
        """The bytes; raises ``OriginalMissing`` when absent or when the hash differs."""
        ...

    async def exists(self, sha256: str) -> bool:
        """Whether an original of that name is kept (its bytes are not checked)."""
        ...

    def names(self) -> AsyncIterator[str]:
        """The SHA-256 of every kept original, in any order."""
        ...

    def place(self, sha256: str) -> str:
        """Where a person finds the original: a path or URL."""
        ...
