"""When a unit's monthly recap is drafted, final, chased and late (TLG-10, TLG-D5; BLG-31..33; MLG-09). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.calendar import WorkCalendar, month_end, month_start
from domain.deadlines import DeadlineKind, monthly_deadline
from domain.due import expected_people
from domain.fallback import Period
from domain.roster import Roster, Unit
from domain.terms import Pattern, Session
from domain.windows import windows_on

AFTERMATH = timedelta(hours=12)


class RecapStage(StrEnum):
    """What the desk hands out at a moment; the value is what people read."""

    DRAFT = "rancangan"
    FINAL = "akhir"
    REVISED = "perbaikan"  # after the days on which the month may still be changed (BLG-33)


@dataclass(frozen=True, slots=True)
class RecapPlan:
    """The moments of one unit's recap of one month, aware and local; late from ``late_from`` on.

    ``draft_at`` and ``revised_at`` are None where the government has no such step; ``reminders`` are in order.
    """

    first: date
    last: date
    draft_at: datetime | None
    final_at: datetime
    revised_at: datetime | None
    reminders: tuple[datetime, ...]
    due: datetime
    late_from: datetime

    @property
    def begins(self) -> datetime:
        """From when on there is anything to do."""
        return self.draft_at or self.final_at

    @property
    def ends(self) -> datetime:
        """Until when a recap is still handed out: a desk that was off over the deadline catches up."""
        return self.late_from + AFTERMATH

    def stage(self, now: datetime) -> RecapStage | None:
        """What has to be out at ``now``; None before the first step and when all is over."""
        if not self.begins <= now < self.ends:
            return None
        if self.revised_at is not None and now >= self.revised_at:
            return RecapStage.REVISED
        return RecapStage.FINAL if now >= self.final_at else RecapStage.DRAFT

    def reminder(self, now: datetime) -> datetime | None:
        """The latest reminder that is due at ``now``; None before the first and once it is late."""
        return max((m for m in self.reminders if m <= now < self.late_from), default=None)


def recap_plan(
    calendar: WorkCalendar, pattern: Pattern, year: int, month: int, unit: str | None = None
) -> RecapPlan | None:
    """The plan of ``year``-``month``; None where no recap is asked for, or where the month has no working day."""
    deadline = monthly_deadline(calendar, pattern, DeadlineKind.MONTHLY_RECAP, year, month, unit)
    days = tuple(calendar.working_days(date(year, month, 1), month_end(year, month), pattern, unit))
    if deadline is None or not days:
        return None
    final_at = _after_last_window(calendar, pattern, days[-1])
    before = calendar.profile.deadlines.draft_working_days_before
    corrections = monthly_deadline(calendar, pattern, DeadlineKind.CORRECTION_CLOSE, year, month, unit)
    moments = _reminders(calendar, pattern, deadline.due, unit)
    return RecapPlan(
        first=date(year, month, 1),
        last=month_end(year, month),
        draft_at=_after_last_window(calendar, pattern, days[-1 - before]) if 0 < before < len(days) else None,
        final_at=final_at,
        revised_at=corrections.late_from if corrections and final_at < corrections.late_from < deadline.due else None,
        reminders=tuple(sorted({moment for moment in moments if final_at < moment < deadline.late_from})),
        due=deadline.due,
        late_from=deadline.late_from,
    )


def _after_last_window(calendar: WorkCalendar, pattern: Pattern, day: date) -> datetime:
    *_, pulang = windows_on(calendar.profile, day, pattern)
    return pulang.closes + timedelta(minutes=calendar.profile.deadlines.final_minutes_after_last_window)


def _reminders(calendar: WorkCalendar, pattern: Pattern, due: datetime, unit: str | None) -> Iterator[datetime]:
    rule = calendar.profile.deadlines
    for minutes in rule.remind_minutes_before:
        yield due - timedelta(minutes=minutes)
    if rule.remind_at is None:
        return
    # MLG-09: the day of the deadline may be a day off; whoever has to return the recap is at work before it.
    worked = tuple(calendar.working_days(due.date() - timedelta(days=60), due.date(), pattern, unit))
    for before in rule.remind_working_days_before:
        if before < len(worked):
            yield datetime.combine(worked[-1 - before], rule.remind_at, calendar.profile.tz)


def plans_at(
    roster: Roster, calendar: WorkCalendar, periods: Sequence[Period], now: datetime
) -> Iterator[tuple[Unit, RecapPlan]]:
    """The units whose recap has anything to do at ``now``, in roster order: its step has begun and it is not over."""
    today = now.astimezone(calendar.profile.tz).date()
    # A month's recap is due in the month itself or in the next one.
    months = (month_start(today.year, today.month, -1), month_start(today.year, today.month))
    for month in months:
        for unit in roster.units.values():
            plan = recap_plan(calendar, unit.pattern, month.year, month.month, unit.code)
            if plan and plan.begins <= now < plan.ends and owes_recap(roster, calendar, periods, unit, plan):
                yield unit, plan


def owes_recap(roster: Roster, calendar: WorkCalendar, periods: Sequence[Period], unit: Unit, plan: RecapPlan) -> bool:
    """TLG-00: whether any sheet of the month was due from somebody; a month that was online throughout has no recap."""
    return any(
        expected_people(roster, periods, unit.code, day, session) is not None and roster.members(unit.code, day)
        for day in calendar.working_days(plan.first, plan.last, unit.pattern, unit.code)
        for session in Session
    )
