"""TLG-00: sheets are due only inside a declared fallback period. Outside one they are kept, read and shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.profile import Profile
from domain.terms import Pattern, Session
from domain.windows import windows_on


class Scope(StrEnum):
    """For whom a period is declared."""

    ALL = "semua"
    UNITS = "unit"
    PERSONS = "pegawai"


_ORDER = {session: position for position, session in enumerate(Session)}


@dataclass(frozen=True, slots=True)
class Period:
    """A declared period, both ends included; ``last_day`` None: still open, ``last_session`` None: its last session.

    ``members`` are unit codes (UNITS) or ``Person.key`` (PERSONS). ``declared_at`` is aware; ``retroactive`` says that
    it was declared after its first window had opened.
    """

    id: int | None
    scope: Scope
    members: frozenset[str]
    first_day: date
    first_session: Session
    last_day: date | None
    last_session: Session | None
    reason: str
    letter: str
    declared_by: str
    declared_at: datetime
    retroactive: bool = False

    def holds(self, day: date, session: Session) -> bool:
        """Whether the session lies inside the period, whoever it is declared for."""
        moment = (day, _ORDER[session])
        if moment < (self.first_day, _ORDER[self.first_session]):
            return False
        last = self.last_session or Session.PULANG
        return self.last_day is None or moment <= (self.last_day, _ORDER[last])


def covers(
    periods: Iterable[Period], unit: str, day: date, session: Session, person: str | None = None
) -> Period | None:
    """The first declared period that holds the session for ``unit``, or for ``person`` of that unit.

    A period for persons answers only when the person is named: their unit as a whole goes on online.
    """
    return next((p for p in periods if p.holds(day, session) and _concerns(p, unit, person)), None)


def _concerns(period: Period, unit: str, person: str | None) -> bool:
    if period.scope is Scope.ALL:
        return True
    return (unit if period.scope is Scope.UNITS else person) in period.members


def is_retroactive(profile: Profile, first_day: date, first_session: Session, declared_at: datetime) -> bool:
    """Whether a declaration at ``declared_at`` comes after the first window it speaks of opened for anybody."""
    opened = min(
        window.opens
        for pattern in Pattern
        for window in windows_on(profile, first_day, pattern)
        if window.session is first_session
    )
    return declared_at > opened
