"""What silence decides: once a minute, keterangan that nobody answered in time (BLG-23)."""

from domain.ports import Clock
from domain.profile import Profile
from intake.excuses import decide_silent
from intake.world import Worlds
from storage.engine import Database

SETTLE_SECONDS = 60


class Settling:
    """A periodic work of ``bot.rounds``; where silence decides nothing it does not even look."""

    def __init__(self, db: Database, clock: Clock, profile: Profile) -> None:
        self._db = db
        self._clock = clock
        self._profile = profile
        self._worlds = Worlds(profile)

    async def settle(self) -> int:
        """Decide what is due; returns how many."""
        if self._profile.superior_silence != "approved":
            return 0
        async with self._db.begin() as uow:
            return len(await decide_silent(uow, await self._worlds.load(uow), self._clock.now()))
