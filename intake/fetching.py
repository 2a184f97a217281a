"""The job ``fetch_media``: files that still lie at a provider come into the archive, then the message is read."""

from collections.abc import Mapping
from datetime import timedelta

from domain.errors import Permanent, Retryable, Unknown
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.terms import Scheme
from domain.wording import clock_time, moment_text
from intake.channel import ChatChannel
from intake.event import InboundEvent, MediaRef, event_of
from intake.letters import Outgoing
from intake.observer import Observer
from intake.replies import put_replies
from intake.talk import Reply
from storage.engine import Database, UnitOfWork
from storage.jobs import READ_MESSAGE
from storage.records import MAX_ATTEMPTS, MessageRow, MessageState
from templates import render

LEASE = timedelta(minutes=5)
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}


class Fetching:
    """Fetches; safe in any number of processes. ``channels`` are those that are set up."""

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        clock: Clock,
        profile: Profile,
        outgoing: Outgoing,
        channels: Mapping[Scheme, ChatChannel],
        observer: Observer,
    ) -> None:
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._profile = profile
        self._outgoing = outgoing
        self._channels = channels
        self._observer = observer

    async def fetch_media(self, message_id: int) -> bool:
        """Fetch what is still missing of one message and hand it on; False when another has it or did it.

        Raises on faults that pass; a file that the provider refuses for good sets the message aside at once.
        """
        real = self._clock.to_real(self._clock.now())
        async with self._db.begin() as uow:
            if not await uow.messages.claim(message_id, real, LEASE, MessageState.FETCHING):
                return False
            row = await uow.messages.get(message_id)
            have = {file.part for file in await uow.files.for_message(message_id)}
        event = event_of(row)
        channel = self._channels.get(row.channel)
        if channel is None:
            raise Retryable(f"saluran {row.channel} tidak diatur")
        try:
            for number, ref in enumerate(event.media, 1):
                if str(number) not in have:
                    await self._fetch(channel, row.id, number, ref)
        except Permanent as error:
            await self._give_up(row, f"{error.code}: {error}", too_large=error.code == "too_large")
            return True
        self._observer.reached("fetched", message_id)
        await self._hand_on(channel, row, event)
        self._observer.reached("handed on", message_id)
        return True

    async def _fetch(self, channel: ChatChannel, message_id: int, number: int, ref: MediaRef) -> None:
        fetched = await channel.fetch_media(ref)
        sha256 = await self._blobs.put(fetched.data)
        name = fetched.name or f"foto-{number}{_ENDINGS.get(fetched.media_type.lower(), '')}"
        async with self._db.begin() as uow:
            await uow.files.add(sha256, len(fetched.data), fetched.media_type)
            await uow.files.attach(message_id, sha256, str(number), name)

    async def _hand_on(self, channel: ChatChannel, row: MessageRow, event: InboundEvent) -> None:
        """TLG-04: the provider's time counts; only if it never tells, our own first sight does."""
        moment = None
        try:
            moment = await channel.time_of(event)
        except (Retryable, Unknown, Permanent) as error:
            if row.attempts < MAX_ATTEMPTS and not isinstance(error, Permanent):
                raise
        async with self._db.begin() as uow:
            if (await uow.messages.get(row.id)).state is not MessageState.FETCHING:
                return
            if moment is not None:
                await uow.messages.set_official(row.id, moment, "provider")
            await uow.messages.hand_on(row.id, MessageState.NEW)
            await uow.defer(READ_MESSAGE.name, READ_MESSAGE.queue, **{READ_MESSAGE.argument: row.id})

    async def failed(self, message_id: int, error: Exception) -> None:
        """Count a passing failure; after the fifth the sender is told and the receivers are alerted, each once."""
        told = f"{type(error).__name__}: {error}"[:500]
        async with self._db.begin() as uow:
            await uow.messages.fail(message_id, self._clock.to_real(self._clock.now()), told)
            row = await uow.messages.get(message_id)
            if row.state is MessageState.QUARANTINE:
                await self._tell(uow, row, told, too_large=False)

    async def _give_up(self, row: MessageRow, error: str, *, too_large: bool) -> None:
        async with self._db.begin() as uow:
            await uow.messages.finish(row.id, MessageState.QUARANTINE, error)
            await self._tell(uow, row, error, too_large=too_large)

    async def _tell(self, uow: UnitOfWork, row: MessageRow, error: str, *, too_large: bool) -> None:
        now = self._clock.now()
        received = moment_text(row.official_at, self._profile)
        await self._outgoing.alert_quarantine(uow, row, error, now, received)
        text = render("media_lost", at=clock_time(row.official_at, self._profile), too_large=too_large)
        await put_replies(uow, row, event_of(row), [Reply(text)], now)
