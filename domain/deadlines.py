"""Report deadlines and cut-offs of a unit (TLG-10, TLG-D4; BLG-31..33; MLG-06, MLG-09; conflicts K5 and K6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from domain.calendar import WorkCalendar, month_end, month_start
from domain.profile_time import MonthlyDeadline
from domain.terms import Pattern
from domain.windows import MINUTE, windows_on


class DeadlineKind(StrEnum):
    """The kinds of deadlines that profiles set."""

    WEEKLY_RECAP = "weekly_recap"
    MONTHLY_RECAP = "monthly_recap"
    CORRECTION_CLOSE = "correction_close"
    KETERANGAN_CUTOFF = "keterangan_cutoff"


MONTHLY_KINDS = (DeadlineKind.MONTHLY_RECAP, DeadlineKind.CORRECTION_CLOSE, DeadlineKind.KETERANGAN_CUTOFF)


@dataclass(frozen=True, slots=True)
class Deadline:
    """``due`` is the printed end, reminded by; what comes at ``late_from`` or after is late. Both aware and local.

    The two lie a minute apart, except where a day off moves lateness only (BLG-32).
    """

    kind: DeadlineKind
    due: datetime
    late_from: datetime


def weekly_deadline(calendar: WorkCalendar, pattern: Pattern, day: date, unit: str | None = None) -> Deadline | None:
    """TLG-D4: the weekly recap of the ISO week that holds ``day``; None in a week without a working day."""
    rule = calendar.profile.deadlines.weekly_recap
    monday = day - timedelta(days=day.weekday())
    last = max(calendar.working_days(monday, monday + timedelta(days=6), pattern, unit), default=None)
    if rule is None or last is None:
        return None
    *_, pulang = windows_on(calendar.profile, last, pattern)
    due = pulang.closes + timedelta(minutes=rule.minutes_after_last_window)
    return Deadline(DeadlineKind.WEEKLY_RECAP, due, due + MINUTE)


def monthly_deadline(
    calendar: WorkCalendar, pattern: Pattern, kind: DeadlineKind, year: int, month: int, unit: str | None = None
) -> Deadline | None:
    """The deadline ``kind`` for the attendance of ``year``-``month``; None where the profile sets none."""
    rule: MonthlyDeadline | None = getattr(calendar.profile.deadlines, kind)
    if rule is None:
        return None
    day = _literal_day(calendar, pattern, rule, year, month, unit)
    late_day = day
    if rule.shift == "next_working_day" and not calendar.day(day, pattern, unit).working:
        late_day = calendar.next_working_day(day, pattern, unit) or day  # BLG-32
    due = datetime.combine(day, rule.closes, calendar.profile.tz)
    late_from = datetime.combine(late_day, rule.closes, calendar.profile.tz).replace(second=0) + MINUTE
    return Deadline(kind, due, late_from)


def _literal_day(
    calendar: WorkCalendar, pattern: Pattern, rule: MonthlyDeadline, year: int, month: int, unit: str | None
) -> date:
    if rule.rule == "last_working_day":
        return calendar.last_working_day(year, month, pattern, unit) or month_end(year, month)
    if rule.day is None:  # last_day
        return month_end(year, month)
    first = month_start(year, month, 1)
    day = first.replace(day=rule.day)
    if rule.extend_to_working_days:  # BLG-33
        worked = calendar.working_days(first, month_end(first.year, first.month), pattern, unit)
        day = max([day, *islice(worked, rule.extend_to_working_days)])
    return day


def deadlines_on(calendar: WorkCalendar, pattern: Pattern, day: date, unit: str | None = None) -> tuple[Deadline, ...]:
    """Every deadline that is due on ``day``, in the order of ``DeadlineKind``."""
    before = month_start(day.year, day.month, -1)
    found = [
        weekly_deadline(calendar, pattern, day, unit),
        *(
            monthly_deadline(calendar, pattern, kind, month.year, month.month, unit)
            for kind in MONTHLY_KINDS
            for month in (before, day)
        ),
    ]
    return tuple(d for d in found if d is not None and d.due.date() == day)
