"""Keeping what chat channels bring: the raw request and its row before the provider is told anything.

Requests that come at the same time share one transaction: a provider that delivers a hundred a second must not wait for
a hundred commits one after the other.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.ports import BlobStore, Clock
from domain.terms import Scheme
from intake.channel import ChatChannel, DeliveryNews, Received
from intake.event import InboundEvent
from intake.observer import Observer
from intake.undelivered import Undelivered
from storage.engine import Database, UnitOfWork
from storage.messages import WORK
from storage.records_chat import NewProviderEvent

_MOST_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider is told."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass(slots=True)
class _Kept:
    """One request on its way into the database; ``done`` tells who waits for it."""

    channel: Scheme
    received: Received
    sha256: str
    done: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Receiver:
    """Takes requests for any number of channels; one event loop."""

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        clock: Clock,
        channels: Mapping[str, ChatChannel],
        undelivered: Undelivered,
        observer: Observer,
    ) -> None:
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._channels = channels
        self._undelivered = undelivered
        self._observer = observer
        self._waiting: list[_Kept] = []
        self._writer: asyncio.Task[None] | None = None
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def take(self, name: str, url: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """One request to the webhook of channel ``name`` at the public address ``url``.

        403 for a request that the provider did not make: nothing is kept of it. Raises when it could not be kept: the
        provider will come again.
        """
        channel = self._channels.get(name)
        if channel is None:
            return Answer(404)
        if not channel.verify(url, headers, raw):
            return Answer(403)
        await self.keep(channel, channel.parse(url, raw, self._clock.now()), raw)
        return Answer(200, *channel.answer())

    async def keep(self, channel: ChatChannel, received: Received, raw: bytes) -> int:
        """Archive ``raw`` and write what it says; returns how many messages of it were new. Durable on return."""
        sha256 = await self._blobs.put(raw)
        self._observer.reached("archived", 0)
        kept = _Kept(channel.scheme, received, sha256)
        self._waiting.append(kept)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        new = await asyncio.shield(kept.done)
        self._observer.reached("committed", new)
        for event in received.events:
            if event.handle:
                task = asyncio.create_task(channel.acknowledge(event))
                self._acknowledging.add(task)
                task.add_done_callback(self._acknowledging.discard)
        return new

    async def keep_event(self, channel: ChatChannel, event: InboundEvent) -> int:
        """One message that the provider was asked for; 1 when it was new."""
        return await self.keep(channel, Received(events=(event,)), event.raw)

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            outcomes = list(await asyncio.gather(self._write(batch), return_exceptions=True))
            if isinstance(outcomes[0], BaseException) and len(batch) > 1:
                # One that the database refuses must not take the others with it.
                outcomes = list(await asyncio.gather(*(self._write([one]) for one in batch), return_exceptions=True))
            elif not isinstance(outcomes[0], BaseException):
                continue
            for one, outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, BaseException) and not one.done.done():
                    one.done.set_exception(outcome)

    async def _write(self, batch: Sequence[_Kept]) -> None:
        events = {
            (event.channel, event.account, event.event_id): (event, one.sha256)
            for one in batch
            for event in one.received.events
        }
        news = [(one.channel, told, one.sha256) for one in batch for told in one.received.news]
        async with self._db.begin() as uow:
            ids = await self._add(uow, list(events.values()))
            for channel, told, sha256 in sorted(news, key=lambda n: (n[1].provider_id, n[1].status)):
                await self._hear(uow, channel, told, sha256)
        for one in batch:
            one.done.set_result(sum(event.event_id in ids for event in one.received.events))

    async def _add(self, uow: UnitOfWork, events: Sequence[tuple[InboundEvent, str]]) -> dict[str, int]:
        # In one order, so that two processes that write the same messages wait for each other and never in a ring.
        new = sorted((event.to_message(sha256) for event, sha256 in events), key=lambda m: m.event_id)
        ids = await uow.messages.add_many(new)
        for channel in sorted({m.channel for m in new}):
            wrote = {m.from_address for m in new if m.channel is channel and m.event_id in ids and m.from_address}
            if wrote:
                await uow.contacts.heard(channel, wrote)
        for state, task in WORK.items():
            wanted = [ids[m.event_id] for m in new if m.state is state and m.event_id in ids]
            await uow.defer_many(task.name, task.queue, [{task.argument: id_} for id_ in wanted])
        return ids

    async def _hear(self, uow: UnitOfWork, channel: Scheme, told: DeliveryNews, sha256: str) -> None:
        """News about a letter; what was heard before changes nothing."""
        outbox_id = await uow.delivery.letter_of(channel, told.provider_id, told.outbox_id)
        event = NewProviderEvent(
            channel=channel,
            provider_id=told.provider_id,
            status=told.status,
            state=told.state,
            at=self._clock.now(),
            outbox_id=outbox_id,
            code=told.code,
            sha256=sha256,
        )
        fresh = await uow.delivery.add(event)
        if fresh and outbox_id is not None and await uow.delivery.advance(outbox_id, event):
            await self._undelivered.refused(uow, outbox_id, told.code, told.refusal, self._clock.now())
