"""Which days are worked by a five- or six-day unit (TLG-06, TLG-10; DOMAIN.md 5).

National holidays and cuti bersama come from ``holidays``; its ``is_working_day()`` knows no six-day week and is not
used. Local days, changed decrees and service units that work through are overrides, entered at any time of the year.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

from domain.profile import Profile
from domain.terms import Pattern

_CUTI_BERSAMA = "Cuti Bersama "
_REST_DAYS = {Pattern.FIVE: (6, 7), Pattern.SIX: (7,)}


@dataclass(frozen=True, slots=True)
class DayStatus:
    """Whether a day is worked and, in Indonesian, why."""

    working: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CalendarOverride:
    """A decision that days ``day_from`` to ``day_to`` (both included) are worked or not, rest days too.

    ``letter`` is its legal basis. ``unit`` and ``pattern`` narrow it; None means every unit or pattern.
    """

    day_from: date
    day_to: date
    working: bool
    reason: str
    letter: str = ""
    unit: str | None = None
    pattern: Pattern | None = None

    def concerns(self, day: date, pattern: Pattern, unit: str | None) -> bool:
        """Whether the decision speaks of ``unit`` on ``day``; unit None asks for the general calendar."""
        return (
            self.day_from <= day <= self.day_to
            and self.unit in (None, unit)
            and (self.pattern is None or self.pattern is pattern)
        )

    @property
    def rank(self) -> int:
        """A decision on one unit beats one on a pattern, which beats one on all."""
        return 2 * (self.unit is not None) + (self.pattern is not None)


@lru_cache(maxsize=32)
def national_days_off(year: int) -> Mapping[date, str]:
    """Holidays and cuti bersama of a year with their Indonesian reason; empty for years that no decree covers yet."""

    def named(category: str) -> dict[date, str]:
        found = holidays.country_holidays("ID", years=[year], categories=(category,), language="id", expand=False)
        return {day: str(name) for day, name in found.items()}

    days = {day: f"Cuti bersama: {name.removeprefix(_CUTI_BERSAMA)}" for day, name in named("government").items()}
    days.update({day: f"Libur nasional: {name}" for day, name in named("public").items()})
    return MappingProxyType(days)


class WorkCalendar:
    """Working days under a profile. Of several overrides the most special counts, among equals the latest entered."""

    def __init__(self, profile: Profile, overrides: Sequence[CalendarOverride] = ()) -> None:
        self.profile = profile
        # Stable: among equal ranks the order of entry stays, so the last one is the latest.
        self._overrides = sorted(overrides, key=lambda override: override.rank)

    def day(self, day: date, pattern: Pattern, unit: str | None = None) -> DayStatus:
        """The status of ``day`` for ``unit``, or for any unit of ``pattern``."""
        decided = [o for o in self._overrides if o.concerns(day, pattern, unit)]
        if decided:
            return DayStatus(decided[-1].working, decided[-1].reason)
        if reason := national_days_off(day.year).get(day):
            return DayStatus(False, reason)
        if day.isoweekday() in _REST_DAYS[pattern]:
            return DayStatus(False, "Akhir pekan")
        return DayStatus(True, "Hari kerja")

    def working_days(self, first: date, last: date, pattern: Pattern, unit: str | None = None) -> Iterator[date]:
        """The working days from ``first`` to ``last``, both included, in order."""
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if self.day(day, pattern, unit).working:
                yield day

    def last_working_day(self, year: int, month: int, pattern: Pattern, unit: str | None = None) -> date | None:
        """TLG-10: the month's last working day; None when overrides leave none."""
        return max(self.working_days(date(year, month, 1), month_end(year, month), pattern, unit), default=None)

    def next_working_day(self, after: date, pattern: Pattern, unit: str | None = None) -> date | None:
        """BLG-32: the first working day after ``after``; None when a whole year has none."""
        first, last = after + timedelta(days=1), after + timedelta(days=366)
        return next(self.working_days(first, last, pattern, unit), None)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return month_start(year, month, 1) - timedelta(days=1)


def month_start(year: int, month: int, offset: int = 0) -> date:
    """The first day of the month ``offset`` months later."""
    months = year * 12 + month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)
