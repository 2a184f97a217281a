"""Looks at pages that show contacts and names: one row of the audit chain for each visitor, page and day.

A page that is opened all morning, or loads itself again with every change, tells nobody more by a row each time.
"""

from datetime import date

from desk.house import House


class Looks:
    """Which looks of today are in the chain already, as this process knows; after a restart one more row is written."""

    def __init__(self, house: House) -> None:
        """``house``: the installation."""
        self._house = house
        self._day: date | None = None
        self._noted: set[tuple[str, str, str]] = set()

    async def note(self, by: str, action: str, kind: str, subject: str) -> None:
        """Note that ``by`` looks, unless it is noted for today; ids only."""
        today = self._house.today()
        if today != self._day:
            self._day, self._noted = today, set()
        key = (by, action, subject)
        if key in self._noted:
            return
        async with self._house.db.begin() as uow:
            await uow.audit.add(action, kind, subject, by, self._house.now())
        self._noted.add(key)  # only what is committed counts
