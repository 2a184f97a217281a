"""The world that recording needs, loaded from the database and kept while nothing in it changes."""

from dataclasses import replace

from domain.calendar import WorkCalendar
from domain.profile import Profile
from domain.resolution import World
from domain.roster import Roster
from domain.terms import Scheme
from storage.engine import UnitOfWork


class Worlds:
    """Loads the ``World`` of one profile. The roster is read again only when its version has changed: it is large,
    and every message needs it. Addresses that were approved by chat belong to it as those of the imported file do."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._imported: Roster | None = None
        self._revoked: frozenset[tuple[Scheme, str]] = frozenset()
        self._kept: World | None = None
        self._seen: object = None

    async def load(self, uow: UnitOfWork) -> World:
        """The world as this transaction sees it."""
        version = await uow.roster.version()
        periods = tuple(await uow.periods.all())
        overrides = tuple(await uow.calendar.all())
        revoked = await uow.roster.revoked()
        seen = (version, periods, overrides, revoked, await uow.addresses.stamp())
        if self._kept is not None and self._seen == seen:
            return self._kept
        if self._imported is None or self._imported.version != version or self._revoked != revoked:
            self._imported, self._revoked = await uow.roster.load(), revoked
        roster = self._imported
        if approved := await uow.addresses.registered(self._profile.tz):
            roster = replace(roster, addresses=(*roster.addresses, *approved))
        self._kept = World(self._profile, WorkCalendar(self._profile, overrides), roster, periods)
        self._seen = seen
        return self._kept
