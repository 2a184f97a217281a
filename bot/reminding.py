"""The clock of the reminders: a cheap look each second, and to the moment at each window's two due times.

The sweep writes; a date job only runs it early (facts: jobs, "Exactly one reminder from many processes").
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from domain.chase import next_moment, slots_at
from domain.ports import Clock
from domain.profile import Profile
from intake.letters import Outgoing
from intake.mailbox import MailboxReader
from intake.world import Worlds
from reminders.run import Desk, Swept, sweep
from storage.engine import Database

_AGAIN_S = 0.05  # while the moment's search of a mailbox is under way
_TRIES = 20


class Reminding:
    """Sweeps for one process; ``mailboxes`` are those it reads itself."""

    def __init__(
        self, db: Database, clock: Clock, profile: Profile, outgoing: Outgoing, mailboxes: Sequence[MailboxReader]
    ) -> None:
        self._db = db
        self._clock = clock
        self._profile = profile
        self._outgoing = outgoing
        self._mailboxes = mailboxes
        self._worlds = Worlds(profile)
        self._lock = asyncio.Lock()

    async def sweep(self) -> Swept:
        """Write what is due now; away from the windows it does not even ask the database."""
        if not slots_at(self._profile, self._clock.now()):
            return Swept()
        async with self._lock, self._db.begin() as uow:
            return await sweep(uow, await self._worlds.load(uow), self._clock.now(), self._desk())

    async def to_the_moment(self) -> None:
        """At a due time: until the search of every mailbox is done, or the ordinary rounds take over."""
        for _ in range(_TRIES):
            if not (await self.sweep()).waiting:
                return
            await asyncio.sleep(_AGAIN_S)

    def next_moment(self) -> datetime:
        """The real moment of the next due time."""
        return self._clock.to_real(next_moment(self._profile, self._clock.now()))

    def _desk(self) -> Desk:
        return Desk(
            receivers=self._outgoing.receivers,
            own_addresses=self._outgoing.own_addresses,
            mailboxes=frozenset(m.name for m in self._mailboxes),
            unsearched=self._unsearched,
            channels=self._outgoing.channels,
        )

    def _unsearched(self, moment: datetime) -> list[str]:
        return [m.name for m in self._mailboxes if not m.searched_since(moment)]
