"""Chat channels in a process: receiving, fetching, looking for what never came, and word of what could not be sent."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import cast

import structlog

from bot.bootstrap import Installation, outgoing_of
from bot.channels import chats_among
from bot.rush import Rush
from domain.errors import ChannelError, OriginalMissing
from domain.ports import Clock
from domain.terms import Scheme
from intake.channel import Channel, ChatChannel
from intake.event import event_of
from intake.fetching import Fetching
from intake.links import Links
from intake.observer import Observer
from intake.polling import Polled, Polling
from intake.receiver import Answer, Receiver
from intake.undelivered import Undelivered
from storage.engine import Database

log = structlog.get_logger()
_LOOK_BACK = timedelta(hours=26)  # the provider's own limit of retries is far shorter


class Chat:
    """What ``serve`` and ``work`` need of chats; without a chat channel it does nothing."""

    def __init__(self, place: Installation, channels: Mapping[Scheme, Channel], observer: Observer) -> None:
        self._place = place
        self._chats = chats_among(channels)
        outgoing = outgoing_of(place.settings)
        key = place.settings.status_token.get_secret_value().encode()
        self.links = Links(place.settings.public_url, key, place.clock)
        self.undelivered = Undelivered(place.profile, outgoing, channels.keys())
        self.receiver = Receiver(
            place.db,
            place.blobs,
            place.clock,
            {scheme.value: channel for scheme, channel in self._chats.items()},
            self.undelivered,
            observer,
        )
        self.fetching = Fetching(place.db, place.blobs, place.clock, place.profile, outgoing, self._chats, observer)

    def polls(self) -> list[asyncio.Task[None]]:
        """Start what must ask for its messages; cancel the tasks to stop."""
        telegram = self._place.settings.chat.telegram
        if telegram is None:
            return []
        channel = cast(Polled, self._chats[Scheme.TELEGRAM])
        if telegram.delivered:
            return [asyncio.create_task(self._deliver_to_us(channel))]
        return [asyncio.create_task(Polling(channel, self.receiver, self._place.clock).run())]

    async def _deliver_to_us(self, channel: Polled) -> None:
        while True:
            try:
                await channel.use_webhook(f"{self._place.settings.public_url}/webhooks/telegram")
                return
            except ChannelError as error:
                log.warning("webhook_not_set", channel="telegram", error=str(error))
                await asyncio.sleep(30)

    async def reconcile(self) -> int:
        """Take in what providers received and never told us; returns how many messages that were."""
        found = 0
        for scheme, channel in self._chats.items():

            async def unknown(
                ids: Collection[str], scheme: Scheme = scheme, account: str = channel.account
            ) -> set[str]:
                async with self._place.db.begin() as uow:
                    return set(ids) - (await uow.messages.ids_of(scheme, account, ids)).keys()

            try:
                events = await channel.recent(self._place.clock.now() - _LOOK_BACK, unknown)
            except ChannelError as error:
                log.warning("not_reconciled", channel=scheme.value, error=str(error))
                continue
            for event in events:
                found += await self.receiver.keep_event(channel, event)
        if found:
            log.info("reconciled", messages=found)
        return found

    async def forget(self) -> int:
        """UU 27/2022: files that are in the archive are deleted at WhatsApp's provider after ``media_days``."""
        block, channel = self._place.settings.chat.whatsapp, self._chats.get(Scheme.WHATSAPP)
        if block is None or channel is None:
            return 0
        return await forget_media(self._place.db, self._place.clock, channel, timedelta(days=block.media_days))


async def forget_media(db: Database, clock: Clock, channel: ChatChannel, keep: timedelta) -> int:
    """Delete at the provider what it received more than ``keep`` ago; returns how many messages that were."""
    async with db.begin() as uow:
        rows = await uow.messages.with_media_before(channel.scheme, clock.now() - keep)
    for row in rows:
        for ref in event_of(row).media:
            await channel.forget(ref)
        async with db.begin() as uow:
            await uow.messages.note_forgotten(row.id)
            await uow.audit.add("provider_media_deleted", "message", str(row.id), "posko", clock.now(), {})
    return len(rows)


class ChatHooks:
    """``desk.webhooks.Hooks`` over a ``Chat`` that opens after the web does."""

    def __init__(self, place: Installation) -> None:
        self.public_url = place.settings.public_url
        self.chat: Chat | None = None
        self.rush = Rush()
        self._blobs = place.blobs

    async def take(self, name: str, url: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """503 while the service starts: the provider comes again."""
        self.rush.arrived()
        return await self.chat.receiver.take(name, url, headers, raw) if self.chat else Answer(503)

    async def file(self, token: str, name: str) -> tuple[bytes, str] | None:
        """A linked original."""
        found = self.chat.links.open(token, name) if self.chat else None
        if found is None:
            return None
        try:
            return await self._blobs.get(found.sha256), found.media_type
        except OriginalMissing:
            return None
