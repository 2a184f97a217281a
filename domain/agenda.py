"""What is due when, day by day, as ``posko calendar --json`` prints it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.calendar import CalendarOverride, WorkCalendar
from domain.deadlines import Deadline, deadlines_on
from domain.profile import Profile
from domain.terms import Pattern
from domain.windows import Window, windows_on


def agenda(
    profile: Profile, pattern: Pattern, first: date, last: date, overrides: Sequence[CalendarOverride] = ()
) -> list[dict[str, object]]:
    """One object a day from ``first`` to ``last``, both included.

    ``{"date","working","reason","sessions":[{"session","opens","remind_at","closes","late_from"}],
    "deadlines":[{"kind","due","late_from"}]}``; moments are ISO with offset; no sessions on a day off.
    """
    calendar = WorkCalendar(profile, overrides)
    return [_entry(calendar, pattern, day) for day in _days(first, last)]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _entry(calendar: WorkCalendar, pattern: Pattern, day: date) -> dict[str, object]:
    status = calendar.day(day, pattern)
    windows = windows_on(calendar.profile, day, pattern) if status.working else ()
    return {
        "date": day.isoformat(),
        "working": status.working,
        "reason": status.reason,
        "sessions": [_session(window) for window in windows],
        "deadlines": [_deadline(deadline) for deadline in deadlines_on(calendar, pattern, day)],
    }


def _session(window: Window) -> dict[str, str]:
    return {
        "session": window.session.value,
        "opens": window.opens.isoformat(),
        "remind_at": window.remind_at.isoformat(),
        "closes": window.closes.isoformat(),
        "late_from": window.late_from.isoformat(),
    }


def _deadline(deadline: Deadline) -> dict[str, str]:
    return {
        "kind": deadline.kind.value,
        "due": deadline.due.isoformat(),
        "late_from": deadline.late_from.isoformat(),
    }
