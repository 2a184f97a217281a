"""Destruction by retention: by hand (``posko retention``) and once a night by the service (UU 27/2022).

Originals go by the archive schedule that the government enters (0: not yet), photos by their own times, which for
photos that are no sheets is never more than 90 days. Every destruction is an audit row, and so is every run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from domain.errors import UsageError
from domain.ports import Clock
from domain.profile import Profile
from storage.blobs import Archive
from storage.engine import Database
from storage.retention import OldMessage
from storage.retention_media import MediaClass, OldMedia

log = structlog.get_logger()
PURGE_SECONDS = 600
NIGHT_ENDS = 5  # local hour before which the daily run begins: no window is open then
OVERDUE = timedelta(days=3)  # an installation that is switched off at night purges by day
BY_CLOCK = "posko"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Purged:
    """What a run came to."""

    messages: int = 0
    originals: int = 0
    media: int = 0


@dataclass(frozen=True, slots=True)
class Purge:
    """Destroys what is past its time. Broken off anywhere, the next run ends what was begun."""

    db: Database
    blobs: Archive
    clock: Clock
    profile: Profile

    @property
    def days(self) -> int:
        """How long originals are kept; raises ``UsageError`` until the government has said it."""
        days = self.profile.retention.originals
        if not days:
            raise UsageError("masa simpan belum ditetapkan: isi [retention] originals pada profil menurut JRA daerah")
        return days

    def media_days(self) -> Iterator[tuple[MediaClass, int]]:
        """The classes of pictures that have a time of their own."""
        rules = self.profile.retention
        if rules.photos:
            yield MediaClass.SHEET, rules.photos
        yield MediaClass.OTHER, rules.face_photos
        yield MediaClass.CELL, rules.face_photos

    async def messages(self) -> list[OldMessage]:
        """The first messages past their time; destroys nothing; raises as ``days`` does."""
        async with self.db.begin() as uow:
            return await uow.retention.old(self.clock.now() - timedelta(days=self.days))

    async def media(self) -> list[OldMedia]:
        """The first pictures past their time; destroys nothing."""
        now = self.clock.now()
        async with self.db.begin() as uow:
            found = [await uow.media.old(kind, now - timedelta(days=days)) for kind, days in self.media_days()]
        return [one for some in found for one in some]

    async def destroy_media(self, by: str, tell: Callable[[OldMedia], None]) -> int:
        """Destroy pictures past their time; returns how many."""
        now = self.clock.now()
        for kind, days in self.media_days():
            found = [OldMedia("", kind, now)] * _BATCH
            while len(found) == _BATCH:
                async with self.db.begin() as uow:
                    found = await uow.media.old(kind, now - timedelta(days=days), _BATCH)
                    for one in found:
                        await uow.media.bury(one, f"{days} hari", by, now)
                for one in found:
                    tell(one)
        async with self.db.begin() as uow:
            left = await uow.media.buried()
        # The tombstone stands before the file is gone: a crash in between leaves a file too many, never a hole.
        return sum([await self.blobs.destroy(sha256) for sha256 in left])

    async def destroy_old(self, by: str, tell: Callable[[OldMessage], None]) -> tuple[int, int]:
        """Scrub messages and destroy originals; returns how many of both; raises as ``days`` does."""
        days, now = self.days, self.clock.now()
        messages = 0
        while True:
            async with self.db.begin() as uow:
                found = await uow.retention.old(now - timedelta(days=days), _BATCH)
                for one in found:
                    await uow.retention.scrub(one, f"{days} hari", by, now)
            for one in found:
                tell(one)
            messages += len(found)
            if len(found) < _BATCH:
                break
        async with self.db.begin() as uow:
            left = await uow.retention.to_destroy()
        return messages, sum([await self.blobs.destroy(sha256) for sha256 in left])

    async def run(
        self,
        by: str,
        tell: Callable[[OldMessage], None] = lambda one: None,
        tell_media: Callable[[OldMedia], None] = lambda one: None,
    ) -> Purged:
        """Everything past its time: originals where a schedule is entered, and pictures; the run is noted."""
        kept = (0, 0)
        if self.profile.retention.originals:
            kept = await self.destroy_old(by, tell)
        done = Purged(*kept, await self.destroy_media(by, tell_media))
        async with self.db.begin() as uow:
            await uow.media.note_run(by, self.clock.now(), done.messages, done.originals, done.media)
        return done

    async def nightly(self) -> Purged | None:
        """The run of this day, if it is due: at night, or by day when it was long missed."""
        now = self.clock.now()
        async with self.db.begin() as uow:
            last = await uow.media.last_run()
        if not due(now, last, self.profile):
            return None
        done = await self.run(BY_CLOCK)
        log.info("retention_run", messages=done.messages, originals=done.originals, media=done.media)
        return done


def due(now: datetime, last: datetime | None, profile: Profile) -> bool:
    """Whether the daily run is due: once a local day, before ``NIGHT_ENDS``; overdue at any hour."""
    if last is None or now - last > OVERDUE:
        return True
    here = now.astimezone(profile.tz)
    return here.hour < NIGHT_ENDS and last.astimezone(profile.tz).date() < here.date()
