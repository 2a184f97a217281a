"""A rush of requests: while a provider delivers many at once, work that can wait does not begin.

A request is kept in the loop in which jobs run. Jobs are no promise to a provider who counts the seconds, an answer is;
so fetching, reading and talking let a rush pass first, and never wait longer than ``LONGEST_S`` for it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

MANY = 10  # requests within ``WINDOW_S``: two albums at once are no rush, a provider that catches up is
WINDOW_S = 1.0
LONGEST_S = 20.0
FREE_S = 5.0  # after the longest hold jobs may begin for so long, whatever arrives
_LEAST_S = 0.001


class Rush:
    """Counts requests and holds jobs back; one event loop. ``tick`` gives seconds that only grow, ``sleep`` waits."""

    def __init__(
        self, tick: Callable[[], float] = monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._tick = tick
        self._sleep = sleep
        self._arrived: deque[float] = deque(maxlen=MANY)
        self._since: float | None = None  # when the hold began that is in force
        self._free_until = float("-inf")

    def arrived(self) -> None:
        """One request is here."""
        self._arrived.append(self._tick())

    async def passed(self) -> float:
        """Return when a job may begin, at once without a rush; how many seconds it waited, at most ``LONGEST_S``."""
        began = self._tick()
        while True:
            left = min(self._left(), began + LONGEST_S - self._tick())
            if left < _LEAST_S:
                return self._tick() - began
            await self._sleep(left)

    def _left(self) -> float:
        """Seconds until it is worth looking again; 0: begin."""
        now = self._tick()
        quiet_at = self._arrived[0] + WINDOW_S if len(self._arrived) == MANY else now
        if quiet_at <= now or now < self._free_until:
            self._since = None
            return 0.0
        if self._since is None:
            self._since = now
        over = self._since + LONGEST_S
        if over <= now:
            self._since, self._free_until = None, now + FREE_S
            return 0.0
        return min(quiet_at, over) - now
