"""The world that recording needs, loaded from the database and kept while nothing in it changes."""

from domain.calendar import CalendarOverride, WorkCalendar
from domain.profile import Profile
from domain.resolution import World
from storage.engine import UnitOfWork


class Worlds:
    """Loads the ``World`` of one profile. The roster is read again only when its version has changed: it is large,
    and every message needs it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._kept: World | None = None
        self._overrides: tuple[CalendarOverride, ...] = ()

    async def load(self, uow: UnitOfWork) -> World:
        """The world as this transaction sees it."""
        version = await uow.roster.version()
        periods = tuple(await uow.periods.all())
        overrides = tuple(await uow.calendar.all())
        kept = self._kept
        same_roster = kept is not None and kept.roster.version == version
        if kept is not None and same_roster and kept.periods == periods and self._overrides == overrides:
            return kept
        roster = kept.roster if kept is not None and same_roster else await uow.roster.load()
        self._overrides = overrides
        self._kept = World(self._profile, WorkCalendar(self._profile, overrides), roster, periods)
        return self._kept
