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
_LOOK_BACK = 60  # days; no holidays are longer


def week_name(day: date) -> str:
    """The ISO week of ``day`` as sheets are named: ``2026-W48``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def mailing_moment(calendar: WorkCalendar, pattern: Pattern, monday: date, unit: str | None = None) -> datetime | None:
    """The profile's hour on the last working day before the week of ``monday``; None where nothing is mailed."""
    rule = calendar.profile.sheet_mailing
    if rule is None:
        return None
    before = (monday - timedelta(days=days) for days in range(1, _LOOK_BACK + 1))
    last = next((day for day in before if calendar.day(day, pattern, unit).working), None)
    return datetime.combine(last, rule.at, calendar.profile.tz) if last else None


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


def current_week(calendar: WorkCalendar, unit: Unit, now: datetime) -> str:
    """The week whose sheet ``unit`` needs at ``now``: that of its next window, declared a period or not (FORMAT)."""
    today = now.astimezone(calendar.profile.tz).date()
    for day in (today + timedelta(days=days) for days in range(_LOOK_BACK)):
        if calendar.day(day, unit.pattern, unit.code).working and day_over(calendar, unit.pattern, day) > now:
            return week_name(day)
    return week_name(today)


def day_over(calendar: WorkCalendar, pattern: Pattern, day: date) -> datetime:
    """When the last window of ``day`` is over."""
    return max(window.late_from for window in windows_on(calendar.profile, day, pattern))
