"""The playing clock: one day runs fifty times as fast, in the service and in the world around it alike."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def real_now() -> datetime:
    """The machine's clock, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the outside world has no Clock of the product; this is its only read


@dataclass(frozen=True, slots=True)
class PlayingClock:
    """At the real moment ``anchor`` it is ``start`` (aware); from there time runs ``rate`` times as fast."""

    start: datetime
    anchor: datetime
    rate: float

    @classmethod
    def beginning_in(cls, seconds: float, start: datetime, rate: float) -> "PlayingClock":
        """A clock that shows ``start`` in ``seconds`` real seconds from now, and earlier times until then."""
        return cls(start, real_now() + timedelta(seconds=seconds), rate)

    def now(self) -> datetime:
        """The playing moment, in the zone of ``start``."""
        return self.at(real_now())

    def at(self, real: datetime) -> datetime:
        """The playing moment at the real moment ``real``."""
        return self.start + (real - self.anchor) * self.rate

    def seconds_until(self, moment: datetime) -> float:
        """Real seconds until the playing clock shows ``moment``; negative when it is past."""
        return (moment - self.now()).total_seconds() / self.rate

    def sleep_until(self, moment: datetime) -> None:
        """Block until the playing clock shows ``moment``."""
        while (seconds := self.seconds_until(moment)) > 0:
            time.sleep(seconds)

    @property
    def written(self) -> str:
        """The value of ``POSKO_CLOCK`` that gives the service the same clock."""
        return f"{self.start.isoformat()}@{self.anchor.isoformat()} x{self.rate:g}"


def at(day: date, clock_time: str) -> datetime:
    """``07.34`` or ``07.34.10`` of ``day`` in WIB."""
    hour, minute, *rest = (int(part) for part in clock_time.split("."))
    return datetime(day.year, day.month, day.day, hour, minute, rest[0] if rest else 0, tzinfo=WIB)
