"""Days without presence and keterangan: "sementara", and what becomes of that word (MLG-06, MLG-07). Pure.

Nobody is absent for good here: that takes a person's decision and every condition of TLG-18.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.calendar import month_end
from domain.device import Provisional
from domain.profile import Profile
from domain.punches import DayState, PunchDay


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be said of a person's day, and why."""

    person: str
    day: date
    word: Provisional
    because: str


def closed_days(profile: Profile, now: datetime) -> tuple[date, date] | None:
    """The days of which words may change at ``now``: this month's closed ones, and the last month's up to the moment
    that ends it (MLG-06). None where the rules make nobody absent by themselves.
    """
    rule = profile.absence
    if not rule.automatic or rule.runs_at is None:
        return None
    local = now.astimezone(profile.tz)
    last = local.date() - timedelta(days=1 if local.time() >= rule.runs_at else 2)
    first = last.replace(day=1)
    return first, last


def words_due(
    days: Iterable[PunchDay],
    answered: Mapping[tuple[str, date], str],
    said: Mapping[tuple[str, date], Provisional],
    doubtful: Iterable[tuple[str, date]] = (),
) -> list[Word]:
    """The words that are to be added.

    ``answered`` are person-days with a fact or keterangan (its kind), ``said`` the last word on each, ``doubtful``
    those with an open question, an incident or a sheet that is due: they are not touched. A day counts only when every
    device concerned has told its log past it.
    """
    open_days = set(doubtful)
    found = []
    for day in days:
        key = (day.person, day.day)
        last = said.get(key)
        reason = answered.get(key) or ("mesin" if day.state in (DayState.COMPLETE, DayState.PARTIAL) else "")
        if reason and last is Provisional.SET:
            found.append(Word(day.person, day.day, Provisional.REPLACED, reason))
        elif not reason and day.state is DayState.NONE and last is not Provisional.SET and key not in open_days:
            found.append(Word(day.person, day.day, Provisional.SET, "tanpa presensi dan keterangan"))
    return found


def warning_at(profile: Profile, day: date) -> datetime | None:
    """When units are warned on a month's last day that the cut-off is near (MLG-07); None on other days."""
    warn: time | None = profile.absence.last_day_warning
    if warn is None or day != month_end(day.year, day.month):
        return None
    return datetime.combine(day, warn, profile.tz)
