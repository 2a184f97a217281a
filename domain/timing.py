"""How a unit's sending relates to its window or deadline (TLG-01..05, TLG-10, BLG-16). Never said of a person."""

from collections.abc import Mapping
from datetime import date, datetime

from domain.deadlines import DeadlineKind, monthly_deadline
from domain.resolution import World
from domain.terms import Pattern, Session, Timeliness
from domain.windows import MINUTE, Window, judge, windows_on


def pattern_of(world: World, unit: str) -> Pattern:
    """TLG-03: the working pattern belongs to the unit."""
    known = world.roster.units.get(unit)
    return known.pattern if known else Pattern.FIVE


def window_of(world: World, unit: str, day: date, session: Session) -> Window | None:
    """The window of a unit's session on ``day``, whether or not the day is worked."""
    windows = windows_on(world.profile, day, pattern_of(world, unit))
    return next((w for w in windows if w.session is session), None)


def judge_recap(world: World, unit: str, last_day: date, moment: datetime) -> tuple[Timeliness, int]:
    """A monthly recap against the deadline of the month its last day lies in (TLG-10, BLG-31, MLG-09)."""
    deadline = monthly_deadline(
        world.calendar,
        pattern_of(world, unit),
        DeadlineKind.MONTHLY_RECAP,
        last_day.year,
        last_day.month,
        unit,
    )
    if deadline is None or moment < deadline.late_from:
        return Timeliness.ON_TIME, 0
    return Timeliness.LATE, int((moment - deadline.late_from) / MINUTE) + 1


def judge_apel(world: World, unit: str, day: date, moment: datetime) -> tuple[Timeliness, int]:
    """BLG-16, BLG-17: the list of a ceremony is due by the profile's own hour, inclusive to its minute."""
    if world.profile.apel is None:
        return judge_session(world, unit, day, Session.DATANG, {1: moment})
    closes = datetime.combine(day, world.profile.apel.deadline, world.profile.tz)
    if moment < closes + MINUTE:
        return Timeliness.ON_TIME, 0
    return Timeliness.LATE, int((moment - closes) / MINUTE)


def judge_session(
    world: World, unit: str, day: date, session: Session, pages: Mapping[int, datetime]
) -> tuple[Timeliness, int]:
    """Timeliness over the pages received so far: some on time and some late is PARTIAL (TLG-05).

    ``pages`` maps page number to the official time it was first received. Late minutes are those of the latest page.
    """
    window = window_of(world, unit, day, session)
    if window is None:
        return Timeliness.ON_TIME, 0
    judged = [judge(window, moment) for moment in pages.values()]
    late = [j for j in judged if j.timeliness is Timeliness.LATE]
    minutes = max((j.late_minutes for j in late), default=0)
    if late:
        return (Timeliness.LATE if len(late) == len(judged) else Timeliness.PARTIAL), minutes
    early = all(j.timeliness is Timeliness.EARLY for j in judged)
    return (Timeliness.EARLY if early else Timeliness.ON_TIME), 0
