"""The mailbox's side of the database: what is known, keeping a batch in one transaction, incidents.

Runs on the event loop; the mailbox's thread waits for each answer.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.disturbance import MAILBOX_SILENT
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

LIVE = timedelta(hours=2)  # such mail belongs to a window of now and is read before any backlog
LIVE_FIRST = 10
SILENT = MAILBOX_SILENT
UNRECONCILED = "mailbox_unreconciled"
UNREADABLE = "mailbox_unreadable"


class MailStore:
    """For one folder of one account; ``opened`` comes first, on each connection."""

    def __init__(
        self,
        settings: MailboxSettings,
        db: Database,
        blobs: BlobStore,
        clock: Clock,
        committed: Callable[[int], None] = lambda count: None,
    ) -> None:
        self._committed = committed
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
        now = self._clock.now()
        new = [self._message(one, sha256, now) for one, sha256 in zip(batch, hashes, strict=True)]
        async with self._db.begin() as uow:
            await self._record(uow, dict(zip((one.uid for one in batch), new, strict=True)), now)
        self._committed(len(batch))
        for one in batch:
            if one.path:
                one.path.unlink(missing_ok=True)

    async def _record(self, uow: UnitOfWork, by_uid: Mapping[int, NewMessage], now: datetime) -> None:
        """A handful of statements for the whole batch: each one costs a turn of the loop."""
        added = await uow.messages.add_many(list(by_uid.values()))
        events = [new.event_id for new in by_uid.values()]
        ids = added if len(added) == len(events) else await uow.messages.ids_of(Scheme.MAIL, self._account, events)
        seen = {uid: ids[new.event_id] for uid, new in by_uid.items()}
        await uow.sightings.add_many(self._account, self._folder, self._validity, seen, now)
        firsts = await uow.messages.first_ids_by_header(n.header_id for n in by_uid.values() if n.header_id)
        for new in by_uid.values():
            mine, first = added.get(new.event_id), firsts.get(new.header_id or "")
            if mine is not None and first is not None and first != mine:
                await uow.messages.link_duplicate(mine, first)
        live = {event for event, new in zip(events, by_uid.values(), strict=True) if now - new.official_at < LIVE}
        for priority, wanted in ((LIVE_FIRST, live), (0, set(events) - live)):
            nudges: list[dict[str, Any]] = [
                {READ_MESSAGE.argument: added[e]} for e in events if e in wanted & set(added)
            ]
            await uow.defer_many(READ_MESSAGE.name, READ_MESSAGE.queue, nudges, priority=priority)

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
