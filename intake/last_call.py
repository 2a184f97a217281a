"""The end of a letter's time, at the one place where it counts: where the letter leaves (TLG-D3).

Between a look at the clock and the wire there may be a slow server, a queue, a full buffer, or a process that got no
turn for seconds. So every channel asks last, and cuts off what is still waiting when the time is over.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from domain.errors import Expired, Unknown
from domain.ports import Clock
from intake.channel import OutgoingMessage

MARGIN_S = 0.5
"""Real seconds: what leaves later than this before the end might arrive after it."""


def seconds_left(message: OutgoingMessage, clock: Clock) -> float | None:
    """Real seconds in which ``message`` may still be handed over, 0 when its time is over; None: it never expires."""
    if message.expires_at is None:
        return None
    left = (clock.to_real(message.expires_at) - clock.to_real(clock.now())).total_seconds() - MARGIN_S
    return max(0.0, left)


def last_call(message: OutgoingMessage, clock: Clock) -> None:
    """Raises ``Expired`` when it is too late for ``message`` to leave."""
    if seconds_left(message, clock) == 0:
        raise Expired("batas waktu pesan ini sudah lewat")


@contextlib.asynccontextmanager
async def in_time(message: OutgoingMessage, clock: Clock) -> AsyncIterator[None]:
    """For a provider that is asked in one request: cut off at the end of the time.

    Raises ``Expired`` when it is over already, and ``Unknown`` when it ends inside: the request may have arrived.
    """
    last_call(message, clock)
    try:
        async with asyncio.timeout(seconds_left(message, clock)) as end:
            yield
    except TimeoutError:
        if not end.expired():
            raise
        raise Unknown("jawaban tidak sampai sebelum batas waktu pesan ini") from None
