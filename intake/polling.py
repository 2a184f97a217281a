"""A channel that hands out its messages on request: each is durable before the next request confirms it."""

import asyncio
from datetime import timedelta
from typing import Protocol

import structlog

from domain.errors import ChannelError, PoskoError, Retryable
from domain.ports import Clock
from intake.channel import ChatChannel
from intake.receiver import Receiver

log = structlog.get_logger()
_WAIT_S = 25
_PAUSE_S = 3.0


class Polled(ChatChannel, Protocol):
    """A chat channel with numbered updates."""

    async def updates(self, offset: int | None, wait_s: int) -> list[tuple[int, bytes]]:
        """Number and raw form of each update from ``offset`` on; asking confirms all before it."""
        ...

    async def use_webhook(self, url: str | None) -> None:
        """Switch between asking (None) and delivery to ``url``."""
        ...


class Polling:
    """One endless poll; nothing is remembered, for the provider keeps what was not confirmed."""

    def __init__(self, channel: Polled, receiver: Receiver, clock: Clock) -> None:
        self._channel = channel
        self._receiver = receiver
        self._clock = clock
        self._offset: int | None = None

    async def run(self) -> None:
        """Until cancelled; faults of the line or of the database only make it wait."""
        asked = False
        while True:
            try:
                if not asked:
                    await self._channel.use_webhook(None)
                    asked = True
                await self.once(_WAIT_S)
            except (ChannelError, PoskoError) as error:
                log.warning("poll_failed", channel=self._channel.scheme.value, error=str(error))
                after = error.after if isinstance(error, Retryable) and error.after else _PAUSE_S
                await asyncio.sleep(timedelta(seconds=after).total_seconds())

    async def once(self, wait_s: int) -> int:
        """Ask once and keep what comes; returns how many updates came."""
        found = await self._channel.updates(self._offset, wait_s)
        for number, raw in found:
            await self._receiver.keep(self._channel, self._channel.parse("", raw, self._clock.now()), raw)
            self._offset = number + 1
        return len(found)
