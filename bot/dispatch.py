"""Outbox → channel: claim, send, remember. What a channel says decides what happens next (DESIGN.md, step 4)."""

from collections.abc import Mapping
from datetime import timedelta

from domain.errors import Expired, Permanent, Retryable
from domain.ports import BlobStore, Clock
from domain.terms import Scheme
from intake.channel import Channel, OutgoingFile, OutgoingMessage
from intake.observer import Observer
from storage.engine import Database, UnitOfWork
from storage.records import OutboxRow

LEASE = timedelta(minutes=2)
BACK_OFF = (30, 120, 600, 1800, 3600)  # real seconds after the first, second … attempt


class Dispatcher:
    """Delivers outbox rows; safe in any number of processes.

    No engine can promise what happens between the provider's yes and our "sent": a kill in that gap sends once more,
    under the same Message-ID, so that the receiver's mail program folds both into one.
    """

    def __init__(
        self, db: Database, channels: Mapping[Scheme, Channel], blobs: BlobStore, clock: Clock, observer: Observer
    ) -> None:
        self._db = db
        self._channels = channels
        self._blobs = blobs
        self._clock = clock
        self._observer = observer

    async def deliver(self, outbox_id: int) -> str:
        """Send one row if it is due and nobody else has it; returns what became of it."""
        real_now = self._clock.to_real(self._clock.now())
        async with self._db.begin() as uow:
            if not await uow.outbox.claim(outbox_id, real_now, LEASE):
                return "taken"
            row = await uow.outbox.get(outbox_id)
            if row.expires_at is not None and row.expires_at <= self._clock.now():
                await uow.outbox.mark_expired(row.id, self._clock.now())
                return "expired"
        channel = self._channels.get(row.scheme)
        if channel is None:
            return await self._failed(row, "no_channel", f"tidak ada saluran {row.scheme}")
        try:
            accepted = await channel.send(await self._outbound(row))
        except Retryable as error:
            return await self._later(row, error)
        except Expired:
            return await self._expired(row)
        except Permanent as error:
            return await self._failed(row, error.code, str(error))
        self._observer.reached("sent", row.id)
        async with self._db.begin() as uow:
            await uow.outbox.mark_sent(row.id, accepted.provider_id, self._clock.now())
            waited = await self._waited(uow, row)
        self._observer.reached("told", row.id)
        self._observer.letter_sent(row.scheme.value, waited)
        return "sent"

    async def _waited(self, uow: UnitOfWork, row: OutboxRow) -> float | None:
        """Real seconds from the first sight of a message to its receipt; None for letters that answer nothing."""
        if row.kind != "receipt" or row.message_id is None:
            return None
        seen = (await uow.messages.get(row.message_id)).first_seen_at
        return (self._clock.to_real(self._clock.now()) - self._clock.to_real(seen)).total_seconds()

    async def _later(self, row: OutboxRow, error: Retryable) -> str:
        """An outage of our own line counts against no letter: the outbox waits until the line is back."""
        wait = max(error.after or 0, BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1])
        now = self._clock.now()
        at = self._clock.to_real(now) + timedelta(seconds=wait)
        async with self._db.begin() as uow:
            await uow.outbox.mark_retry(row.id, at, f"{error.code} {error}".strip(), now, counted=not error.outage)
        return "retry"

    async def _expired(self, row: OutboxRow) -> str:
        async with self._db.begin() as uow:
            await uow.outbox.mark_expired(row.id, self._clock.now())
        return "expired"

    async def _failed(self, row: OutboxRow, code: str, error: str) -> str:
        async with self._db.begin() as uow:
            await uow.outbox.mark_failed(row.id, code, error, self._clock.now())
        return "failed"

    async def _outbound(self, row: OutboxRow) -> OutgoingMessage:
        return OutgoingMessage(
            dedupe_key=row.dedupe_key,
            to=row.to_address,
            subject=row.subject,
            text=row.body,
            in_reply_to=row.headers.get("in_reply_to"),
            references=tuple(row.headers.get("references", "").split()),
            files=tuple([OutgoingFile(f.name, f.media_type, await self._blobs.get(f.sha256)) for f in row.files]),
            expires_at=row.expires_at,
        )
