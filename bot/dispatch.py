"""Outbox → channel: claim, send, remember. What a channel says decides what happens next (DESIGN.md, step 4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.errors import Expired, Permanent, Refusal, Retryable, Unknown
from domain.ports import BlobStore, Clock
from domain.terms import Scheme
from intake.channel import Accepted, Channel, OutgoingFile, OutgoingMessage
from intake.links import Links
from intake.observer import Observer
from intake.undelivered import Undelivered
from storage.engine import Database, UnitOfWork
from storage.records import OutboxRow

LEASE = timedelta(minutes=2)
BACK_OFF = (30, 120, 600, 1800, 3600)  # real seconds after the first, second … attempt
SHORTEST = timedelta(seconds=2)  # the shortest pause before the end of a letter's time
_SKEW = timedelta(minutes=2)  # the provider's clock beside ours


class Dispatcher:
    """Delivers outbox rows; safe in any number of processes.

    No engine can promise what happens between the provider's yes and our "sent". A channel that can tell is asked
    before a letter is handed over once more; for mail a kill in that gap sends again under the same Message-ID, so that
    the receiver's mail program folds both into one.
    """

    def __init__(
        self,
        db: Database,
        channels: Mapping[Scheme, Channel],
        blobs: BlobStore,
        clock: Clock,
        observer: Observer,
        undelivered: Undelivered | None = None,
        links: Links | None = None,
    ) -> None:
        self._db = db
        self._channels = channels
        self._blobs = blobs
        self._clock = clock
        self._observer = observer
        self._undelivered = undelivered
        self._links = links

    async def deliver(self, outbox_id: int) -> str:
        """Send one row if it is due and nobody else has it; returns what became of it."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            if not await uow.outbox.claim(outbox_id, self._clock.to_real(now), LEASE):
                return "taken"
            row = await uow.outbox.get(outbox_id)
            now = self._clock.now()  # the claim may have waited
            if row.expires_at is not None and row.expires_at <= now:
                await uow.outbox.mark_expired(row.id, now)
                return "expired"
            contact = await uow.contacts.get(row.scheme, row.to_address)
            if contact.blocked_at is None:
                await uow.outbox.mark_tried(row.id, now)
            heard_at = await uow.messages.heard_at(row.scheme, row.to_address)
        channel = self._channels.get(row.scheme)
        if channel is None:
            return await self._failed(row, "no_channel", f"tidak ada saluran {row.scheme}")
        if contact.blocked_at is not None:
            return await self._failed(row, "blocked", f"alamat ini tidak dapat dikirimi ({contact.code})")
        self._observer.reached("tried", row.id)
        message = await self._outbound(row, heard_at, channel)
        try:
            accepted = await self._earlier(row, message, channel) or await channel.send(message)
        except Retryable as error:
            return await self._later(row, error)
        except Unknown as error:
            return await self._perhaps(row, error)
        except Expired as error:
            return await self._expired(row, error)
        except Permanent as error:
            return await self._failed(row, error.code, str(error), error.refusal)
        return await self._sent(row, accepted)

    async def _sent(self, row: OutboxRow, accepted: Accepted) -> str:
        self._observer.reached("sent", row.id)
        async with self._db.begin() as uow:
            await uow.outbox.mark_sent(row.id, accepted.provider_id, self._clock.now(), withheld=accepted.withheld)
            waited = await self._waited(uow, row)
        self._observer.reached("told", row.id)
        self._observer.letter_sent(row.scheme.value, waited)
        return "sent"

    async def _earlier(self, row: OutboxRow, message: OutgoingMessage, channel: Channel) -> Accepted | None:
        """What an earlier attempt without an answer came to: the oldest such message that is no other letter's."""
        if not row.unsure or row.first_tried_at is None or not channel.capabilities.finds:
            return None
        found = await channel.find(message, row.first_tried_at - _SKEW)
        async with self._db.begin() as uow:
            strangers = await uow.delivery.strangers([one.provider_id for one in found])
        return next((one for one in reversed(found) if one.provider_id in strangers), None)

    async def _waited(self, uow: UnitOfWork, row: OutboxRow) -> float | None:
        """Real seconds from the first sight of a message to its receipt; None for letters that answer nothing."""
        if row.kind != "receipt" or row.message_id is None:
            return None
        seen = (await uow.messages.get(row.message_id)).first_seen_at
        return (self._clock.to_real(self._clock.now()) - self._clock.to_real(seen)).total_seconds()

    async def _later(self, row: OutboxRow, error: Retryable) -> str:
        """An outage of our own line counts against no letter: the outbox waits until the line is back."""
        now = self._clock.now()
        at = self._next_try(row, error.after)
        told = f"{error.code} {error}".strip()
        async with self._db.begin() as uow:
            if at is None:
                await uow.outbox.mark_expired(row.id, now, error=told, unsure=row.unsure)
            else:
                await uow.outbox.mark_retry(row.id, at, told, now, counted=not error.outage, unsure=row.unsure)
            if error.mend and self._undelivered is not None:
                await self._undelivered.warn_operator(uow, row.scheme, error.code, now)
        return "expired" if at is None else "retry"

    async def _perhaps(self, row: OutboxRow, error: Unknown) -> str:
        """The provider may have it: the next attempt asks first."""
        now = self._clock.now()
        at = self._next_try(row, None)
        async with self._db.begin() as uow:
            if (await uow.outbox.get(row.id)).provider_id is not None:
                return "sent"  # news of it came meanwhile, by our callback address
            if at is None:
                await uow.outbox.mark_expired(row.id, now, error=str(error), unsure=True)
                return "expired"
            await uow.outbox.mark_retry(row.id, at, str(error), now, unsure=True)
        return "retry"

    def _next_try(self, row: OutboxRow, asked_s: float | None) -> datetime | None:
        """When to try again (real time); None: its time is over before an attempt could be of use.

        ``asked_s``: how long the provider wants us to wait. Our own pauses are at most half of the time that is left.
        """
        now = self._clock.now()
        real = self._clock.to_real(now)
        pause = timedelta(seconds=max(asked_s or 0, BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]))
        if row.expires_at is None:
            return real + pause
        left = self._clock.to_real(row.expires_at) - real
        if asked_s is None:
            pause = min(pause, left / 2)
        return real + pause if SHORTEST <= pause < left else None

    async def _expired(self, row: OutboxRow, error: Expired) -> str:
        async with self._db.begin() as uow:
            await uow.outbox.mark_expired(row.id, self._clock.now(), error=str(error), unsure=row.unsure)
        return "expired"

    async def _failed(self, row: OutboxRow, code: str, error: str, refusal: Refusal | None = None) -> str:
        now = self._clock.now()
        async with self._db.begin() as uow:
            await uow.outbox.mark_failed(row.id, code, error, now)
            if self._undelivered is not None:
                await self._undelivered.refused(uow, row.id, code, refusal, now)
        return "failed"

    async def _outbound(self, row: OutboxRow, heard_at: datetime | None, channel: Channel) -> OutgoingMessage:
        chat = channel.capabilities.text_limit > 0
        files = [
            OutgoingFile(
                f.name,
                f.media_type,
                await self._blobs.get(f.sha256),
                self._links.make(f) if chat and self._links else None,
            )
            for f in row.files
        ]
        return OutgoingMessage(
            dedupe_key=row.dedupe_key,
            to=row.to_address,
            subject=row.subject,
            text=(row.short or row.body) if chat else row.body,
            in_reply_to=row.headers.get("in_reply_to"),
            references=tuple(row.headers.get("references", "").split()),
            files=tuple(files),
            expires_at=row.expires_at,
            outbox_id=row.id,
            buttons=row.buttons,
            template=row.template,
            heard_at=heard_at,
        )
