"""What a recording channel of a test has in common with every other."""

from collections.abc import Sequence
from datetime import datetime

from intake.channel import Accepted, Capabilities, OutgoingMessage


class OneWay:
    """Carries everything and never tells what became of it."""

    capabilities = Capabilities()

    async def find(self, message: OutgoingMessage, since: datetime) -> Sequence[Accepted]:
        return ()

    async def close(self) -> None: ...
