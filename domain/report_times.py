"""When the desk's own reports are made: weekly after the week's last window, monthly after the units' return. Pure.

TLG-D4 (Friday for five-day, Saturday for six-day units, or one report), TLG-D5, BLG-31, MLG-09.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.calendar import WorkCalendar, month_end, month_start
from domain.deadlines import DeadlineKind, monthly_deadline, weekly_deadline
from domain.terms import Pattern

SETTLING = timedelta(minutes=15)
"""A recap that came in the last minute is read before the consolidated report is made."""
_WEEKS_BACK, _MONTHS_BACK = 2, 2


@dataclass(frozen=True, slots=True)
class Span:
    """The days reported on, both included; ``pattern`` None: units of either pattern."""

    first: date
    last: date
    pattern: Pattern | None = None

    @property
    def code(self) -> str:
        """``5H``, ``6H`` or "": the part of a weekly number that tells the patterns' reports apart."""
        return f"{self.pattern.value}H" if self.pattern else ""


@dataclass(frozen=True, slots=True)
class ReportMoment:
    """``span`` is to be reported on from ``due`` (aware) on."""

    monthly: bool
    span: Span
    due: datetime


def week_spans(calendar: WorkCalendar, day: date) -> tuple[Span, ...]:
    """The weekly reports of the ISO week that holds ``day``: one a pattern, or one, as the profile says."""
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    rule = calendar.profile.deadlines.weekly_recap
    if rule is None or rule.together:
        return (Span(monday, sunday),)
    return tuple(Span(monday, sunday, pattern) for pattern in Pattern)


def month_span(day: date) -> Span:
    """The month that holds ``day``."""
    return Span(day.replace(day=1), month_end(day.year, day.month))


def moments_until(calendar: WorkCalendar, now: datetime) -> tuple[ReportMoment, ...]:
    """Every report whose moment has come by ``now``, of the last weeks and months: a desk that was off catches up."""
    return tuple(m for m in _moments(calendar, now) if m.due <= now)


def next_report(calendar: WorkCalendar, now: datetime) -> datetime | None:
    """The next moment of any report after ``now``; None where the profile sets none."""
    return min((m.due for m in _moments(calendar, now) if m.due > now), default=None)


def _moments(calendar: WorkCalendar, now: datetime) -> Iterator[ReportMoment]:
    today = now.astimezone(calendar.profile.tz).date()
    for week in range(-_WEEKS_BACK, 2):
        for span in week_spans(calendar, today + timedelta(weeks=week)):
            due = _weekly_due(calendar, span)
            if due is not None:
                yield ReportMoment(False, span, due)
    for offset in range(-_MONTHS_BACK, 1):
        span = month_span(month_start(today.year, today.month, offset))
        due = _monthly_due(calendar, span)
        if due is not None:
            yield ReportMoment(True, span, due)


def _weekly_due(calendar: WorkCalendar, span: Span) -> datetime | None:
    patterns = [span.pattern] if span.pattern else list(Pattern)
    found = [weekly_deadline(calendar, pattern, span.first) for pattern in patterns]
    return max((deadline.due for deadline in found if deadline), default=None)


def _monthly_due(calendar: WorkCalendar, span: Span) -> datetime | None:
    year, month = span.first.year, span.first.month
    found = [monthly_deadline(calendar, p, DeadlineKind.MONTHLY_RECAP, year, month) for p in Pattern]
    return max((deadline.late_from + SETTLING for deadline in found if deadline), default=None)
