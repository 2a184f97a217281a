"""Retention (UU 27/2022): pictures are destroyed when the profile's days are over, here and at the provider.

The tombstone and its audit row are committed first: a crash leaves a file that the next sweep removes, never a missing
file that nobody accounts for. Readings, marks and the SHA-256 stay.
"""

from datetime import timedelta

import structlog

from domain.ports import Clock
from domain.profile import Profile
from storage.blobs import Archive
from storage.engine import Database

log = structlog.get_logger()
SECONDS = 3600
REASON = "masa simpan foto berakhir"


class Retention:
    """Sweeps; any number of processes. A profile with ``photos = 0`` keeps everything."""

    def __init__(self, db: Database, blobs: Archive, clock: Clock, profile: Profile) -> None:
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._days = profile.retention.photos

    async def sweep(self) -> int:
        """Destroy what is due; returns how many pictures that were."""
        if not self._days:
            return 0
        now = self._clock.now()
        async with self._db.begin() as uow:
            due = await uow.destroyed.photos_before(now - timedelta(days=self._days))
            for sha256 in due:
                await uow.destroyed.add(sha256, REASON, now)
                await uow.audit.add("original_destroyed", "file", sha256, "posko", now, {"days": self._days})
        async with self._db.begin() as uow:
            names = await uow.destroyed.all()
        for sha256 in names:
            if await self._blobs.exists(sha256):
                await self._blobs.remove(sha256)
        if due:
            log.info("originals_destroyed", count=len(due), days=self._days)
        return len(due)
