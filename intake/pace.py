"""Turns at a steady rate, so that a provider's limit is kept instead of run into."""

import asyncio


class Pace:
    """At most ``per_second`` turns a second, in the order of asking. One event loop."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._free_at = 0.0

    async def turn(self) -> None:
        """Return when it is the caller's turn."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free_at)
        self._free_at = at + self._gap
        if at > now:
            await asyncio.sleep(at - now)
