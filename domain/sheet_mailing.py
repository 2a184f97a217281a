"""When a unit's printed sheet of a week is mailed (TLG-09, TLG-16): before the week, or when a period begins. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from domain.calendar import WorkCalendar
from domain.due import expected_people
from domain.fallback import Period
from domain.roster import Roster, Unit
from domain.terms import Pattern
from domain.windows import windows_on

_WEEK = timedelta(days=7)
_LOOK_BACK = timedelta(days=60)


def week_name(day: date) -> str:
    """The ISO week of ``day`` as sheets are named: ``2026-W48``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def mailing_moment(calendar: WorkCalendar, pattern: Pattern, monday: date, unit: str | None = None) -> datetime | None:
    """The profile's hour on the last working day before the week of ``monday``; None where nothing is mailed."""
    rule = calendar.profile.sheet_mailing
    worked = calendar.working_days(monday - _LOOK_BACK, monday - timedelta(days=1), pattern, unit)
    last = max(worked, default=None) if rule else None
    return datetime.combine(last, rule.at, calendar.profile.tz) if rule and last else None


def weeks_to_mail(
    roster: Roster, calendar: WorkCalendar, periods: Sequence[Period], unit: Unit, now: datetime
) -> Iterator[str]:
    """The weeks whose sheet ``unit`` should have by ``now`` because some session of it is still to come.

    A period that is declared within a week makes that week's sheet due at once.
    """
    today = now.astimezone(calendar.profile.tz).date()
    this = today - timedelta(days=today.weekday())
    for monday in (this, this + _WEEK):
        moment = mailing_moment(calendar, unit.pattern, monday, unit.code)
        if moment and moment <= now and _is_signed(roster, calendar, periods, unit, monday, now):
            yield week_name(monday)


def _is_signed(
    roster: Roster, calendar: WorkCalendar, periods: Sequence[Period], unit: Unit, monday: date, now: datetime
) -> bool:
    """Whether any window of the week that is not over yet lies within a period of the unit (TLG-00)."""
    days = calendar.working_days(monday, monday + timedelta(days=6), unit.pattern, unit.code)
    return any(
        window.late_from > now and expected_people(roster, periods, unit.code, day, window.session) is not None
        for day in days
        for window in windows_on(calendar.profile, day, unit.pattern)
    )


def next_mailing(calendar: WorkCalendar, now: datetime) -> datetime | None:
    """The first mailing hour of a day after ``now``, whether or not anything is due then: a sweep runs to it."""
    rule = calendar.profile.sheet_mailing
    if rule is None:
        return None
    at = datetime.combine(now.astimezone(calendar.profile.tz).date(), rule.at, calendar.profile.tz)
    return at if at > now else at + timedelta(days=1)
