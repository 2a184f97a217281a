"""The mailbox's side of the database: what is known, keeping a batch in one transaction, incidents.

Runs on the event loop; the mailbox's thread waits for each answer.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain.disturbance import MAILBOX_SILENT
from domain.errors import StorageError
from domain.ports import BlobStore, Clock
from domain.terms import Scheme
from intake.mail_headers import decode_words, first_of, message_ids
from intake.mail_times import mail_times
from intake.mailbox_fetch import Fetched
from intake.mailbox_settings import MailboxSettings
from intake.sender import strict_address
from storage.engine import Database, UnitOfWork
from storage.jobs import READ_MESSAGE
from storage.records import NewMessage

SILENT = MAILBOX_SILENT
UNRECONCILED = "mailbox_unreconciled"
UNREADABLE = "mailbox_unreadable"


class MailStore:
    """For one folder of one account; ``opened`` comes first, on each connection."""

    def __init__(self, settings: MailboxSettings, db: Database, blobs: BlobStore, clock: Clock) -> None:
        self._account = settings.name
        self._folder = settings.folder
        self._received_by = settings.received_by
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._validity = 0

    async def opened(self, uidvalidity: int) -> bool:
        """The folder is open under ``uidvalidity``; True when that differs from the last time."""
        self._validity = uidvalidity
        async with self._db.begin() as uow:
            before = await uow.cursors.get(self._account, self._folder)
        return before is not None and before.uidvalidity != uidvalidity

    async def searched(self) -> None:
        """A search succeeded and nothing is left to fetch: other processes may see it (``posko doctor``)."""
        async with self._db.begin() as uow:
            await uow.cursors.set(self._account, self._folder, self._validity, self._clock.to_real(self._clock.now()))

    async def known(self, uids: Iterable[int]) -> set[int]:
        """Which of ``uids`` have rows."""
        async with self._db.begin() as uow:
            return await uow.sightings.known(self._account, self._folder, self._validity, uids)

    async def gone(self, present: set[int]) -> list[int]:
        """Note which seen messages have left the folder, and return those newly gone."""
        async with self._db.begin() as uow:
            return await uow.sightings.mark_gone(
                self._account, self._folder, self._validity, present, self._clock.now()
            )

    async def keep(self, batch: Sequence[Fetched]) -> None:
        """Archive the originals, then record them in one transaction (facts: mail, "Must hold" 1)."""
        hashes = await asyncio.gather(*(self._archive(one) for one in batch))
        async with self._db.begin() as uow:
            ids = [await self._record(uow, one, sha256) for one, sha256 in zip(batch, hashes, strict=True)]
            nudges: list[dict[str, Any]] = [{READ_MESSAGE.argument: new} for new in ids if new is not None]
            await uow.defer_many(READ_MESSAGE.name, READ_MESSAGE.queue, nudges)
        for one in batch:
            if one.path:
                one.path.unlink(missing_ok=True)

    async def silence(self, since: datetime | None) -> None:
        """Open or close the incident of a mailbox without a successful search in a window."""
        await self._incident(SILENT, since is not None, "tidak ada pencarian yang berhasil di kotak surel", since)

    async def unreadable(self, uids: Iterable[int]) -> None:
        """Open or close the incident of mails that the server lists but does not deliver, or that cannot be kept."""
        bad = sorted(uids)
        await self._incident(UNREADABLE, bool(bad), f"{len(bad)} surel tidak dapat diambil (UID {_few(bad)})")

    async def reconciled(self, missing: Iterable[int]) -> None:
        """After a window: open or close the incident of mails on the server that have no row."""
        lost = sorted(missing)
        await self._incident(UNRECONCILED, bool(lost), f"{len(lost)} surel di server belum tercatat (UID {_few(lost)})")

    async def _incident(self, kind: str, holds: bool, note: str, since: datetime | None = None) -> None:
        now = self._clock.now()
        async with self._db.begin() as uow:
            if holds:
                await uow.incidents.open(kind, "all", self._account, since or now, note)
            else:
                await uow.incidents.close(kind, self._account, now)

    async def _record(self, uow: UnitOfWork, one: Fetched, sha256: str) -> int | None:
        """Record one original; its id when it is new and has to be read."""
        now = self._clock.now()
        new = self._message(one, sha256, now)
        message_id = await uow.messages.add(new)
        if message_id is None:
            known = await uow.messages.by_event(new.channel, new.account, new.event_id)
            if known is None:
                raise StorageError(f"kiriman {sha256} hilang di antara dua perintah")
            await uow.sightings.add(self._account, self._folder, self._validity, one.uid, known.id, now)
            return None
        await uow.sightings.add(self._account, self._folder, self._validity, one.uid, message_id, now)
        first = await uow.messages.by_header_id(new.header_id) if new.header_id else None
        if first is not None and first.id != message_id:
            await uow.messages.link_duplicate(message_id, first.id)
        return message_id

    def _message(self, one: Fetched, sha256: str, now: datetime) -> NewMessage:
        times = mail_times(one.headers, self._received_by, one.internal_at, now)
        ids = message_ids(first_of(one.headers, "message-id"), 1)
        return NewMessage(
            channel=Scheme.MAIL,
            account=self._account,
            event_id=sha256,
            sha256=sha256,
            size=one.size,
            official_at=times.official,
            official_basis=times.basis.value,
            first_seen_at=now,
            header_id=ids[0] if ids else None,
            from_address=strict_address(first_of(one.headers, "from")),
            subject=decode_words(first_of(one.headers, "subject")),
            internal_at=times.internal_at,
            sent_at=times.sent_at,
            claims={
                "received_at": times.received_at.isoformat() if times.received_at else None,
                "differences": list(times.differences),
            },
        )

    async def _archive(self, one: Fetched) -> str:
        if one.path:
            return await self._blobs.put_file(one.path)
        return await self._blobs.put(one.data or b"")


def _few(uids: Sequence[int]) -> str:
    return ", ".join(map(str, uids[:10])) + (" …" if len(uids) > 10 else "")
