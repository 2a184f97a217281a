"""Windows of a day and what they say about a moment (TLG-01..05a). All moments are aware."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.profile import Profile
from domain.terms import Pattern, Session, Timeliness

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """When one session's sheet is on time, in the profile's zone: from ``opens`` up to, not including, ``late_from``.

    ``closes`` is the printed end (07:30:00), which is inclusive to the minute; ``late_from`` one minute later.
    """

    session: Session
    date: date
    opens: datetime
    remind_at: datetime
    closes: datetime
    late_from: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """EARLY, ON_TIME or LATE; ``late_minutes`` are whole minutes after the close (07:31:00 = 1), 0 unless late."""

    timeliness: Timeliness
    late_minutes: int = 0


def windows_on(profile: Profile, day: date, pattern: Pattern) -> tuple[Window, ...]:
    """Both windows of ``day``, datang first, whether or not the day is worked."""
    return tuple(_window(profile, day, pattern, session) for session in Session)


def _window(profile: Profile, day: date, pattern: Pattern, session: Session) -> Window:
    rules = (w for w in profile.windows if w.session is session and w.applies(day, pattern))
    rule = max(rules, key=lambda w: w.rank)  # TLG-07; a profile has a standing window and no ties

    def at(clock: time) -> datetime:
        return datetime.combine(day, clock, profile.tz)

    closes = at(rule.closes)
    return Window(
        session=session,
        date=day,
        opens=at(rule.opens),
        remind_at=closes - timedelta(minutes=profile.reminder_minutes),  # TLG-D3
        closes=closes,
        late_from=closes + MINUTE,  # TLG-01
    )


def judge(window: Window, moment: datetime) -> Judgement:
    """TLG-01..05: how a sending at ``moment`` relates to its window. Nothing is ever refused."""
    if moment < window.opens:
        return Judgement(Timeliness.EARLY)
    if moment < window.late_from:
        return Judgement(Timeliness.ON_TIME)
    return Judgement(Timeliness.LATE, (moment - window.closes) // MINUTE)


def guess_session(windows: Sequence[Window], moment: datetime) -> Session:
    """TLG-05a, last resort: the nearest window of the day, divided midway between datang's close and pulang's opening.

    ``windows`` are those of one day, datang first.
    """
    datang, pulang = windows
    middle = datang.closes + (pulang.opens - datang.closes) / 2
    return Session.DATANG if moment < middle else Session.PULANG
