"""What the order of a log says about its device's clock (facts: devices, "Must hold" 6; MLG-29).

Times are texts ``YYYY-MM-DD HH:MM:SS`` in the device's wall time: they sort as the moments do, and a million of them
must not become objects. Nothing is corrected here: a person decides on an offset.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.device import ClockFlag, FlagCode

DRIFT = timedelta(minutes=2)
_JUMP = timedelta(days=1)
_UNORDERED = 0.05  # a log with more steps back than this is not in the order of time
_MOST_FLAGS = 50


def wall(text: str) -> datetime:
    """The naive moment of ``YYYY-MM-DD HH:MM:SS``."""
    return datetime.fromisoformat(text)


class ClockWatch:
    """Looks at a log from its first line to its last. ``limit`` is the local time of receipt."""

    def __init__(self, limit: datetime) -> None:
        self._limit = (limit + DRIFT).strftime("%Y-%m-%d %H:%M:%S")
        self._sound = ""  # the last time that is not doubtful
        self._before = ""
        self._seen = self._back = 0
        self._open: list[tuple[str, int]] | None = None  # first and last of a jump under way
        self._after = ""
        self._highest = ""
        self._jumps: list[ClockFlag] = []
        self._future: list[tuple[str, int]] = []
        self._future_after = self._future_before = ""
        self._futures = 0
        self.first = self.last = self.synced_to = ""  # synced_to: the last that is not in the future

    def look(self, punches: Iterable[tuple[int, str, str, str, str, str]]) -> None:
        """The next lines, in the order of the file."""
        before = self._before
        first, last = self.first, self.synced_to
        for punch in punches:
            at = punch[2]
            self._seen += 1
            if at < before or at > self._limit or self._open is not None:
                self._before = before
                self._odd(punch[0], at)
            elif self._futures and not self._future_before:
                self._future_before = at
            if at <= self._limit:
                before = at
                if at > last:
                    last = at
            if not first or at < first:
                first = at
        self._before = before
        self.first, self.synced_to = first, last
        self.last = max(self.last, last)

    def _odd(self, line: int, at: str) -> None:
        if at > self._limit:
            self._futures += 1
            self._future = [self._future[0] if self._future else (at, line), (at, line)]
            self.last = max(self.last, at)
            if self._futures == 1:
                self._future_after = self._before
            return
        if self._futures and not self._future_before:
            self._future_before = at
        if at < self._before:
            self._back += 1
        if self._open is None:
            if self._before and wall(self._before) - wall(at) > _JUMP:
                self._after = self._before
                self._open = [(at, line), (at, line)]
        elif at >= self._after:
            self._close(at)
        else:
            self._open = [min(self._open[0], (at, line)), self._open[1]] if at < self._open[0][0] else self._open
            self._open[1] = (max(self._open[1][0], at), line)

    def _close(self, before: str | None) -> None:
        assert self._open is not None
        (first, first_line), (last, last_line) = self._open
        self._open = None
        if len(self._jumps) < _MOST_FLAGS:
            self._jumps.append(
                ClockFlag(
                    FlagCode.CLOCK_JUMP,
                    wall(first),
                    wall(last),
                    wall(self._after),
                    wall(before) if before else None,
                    (min(first_line, last_line), last_line),
                    last_line - min(first_line, last_line) + 1,
                )
            )

    def flags(self) -> tuple[ClockFlag, ...]:
        """What was odd, with the sound times around it; at most 50 jumps."""
        if self._open is not None:
            self._close(None)
        found = [] if self._back > _UNORDERED * self._seen + 5 else list(self._jumps)
        if self._futures:
            times = sorted(at for at, _ in self._future)
            found.append(
                ClockFlag(
                    FlagCode.FUTURE,
                    wall(times[0]),
                    wall(self.last),
                    wall(self._future_after) if self._future_after else None,
                    wall(self._future_before) if self._future_before else None,
                    (self._future[0][1], self._future[-1][1]),
                    self._futures,
                )
            )
        return tuple(found)


def fallen_back(watch: ClockWatch, synced_to: datetime | None) -> tuple[ClockFlag, ...]:
    """A flag when new punches that a device posted lie a day or more before what it has told already: a power cut."""
    if synced_to is None or not watch.synced_to or synced_to - wall(watch.synced_to) <= _JUMP:
        return ()
    return (ClockFlag(FlagCode.CLOCK_JUMP, wall(watch.first), wall(watch.synced_to), synced_to),)


def drift_flag(told: datetime, local_now: datetime) -> ClockFlag | None:
    """A flag when a device's own time ``told`` is more than two minutes from ``local_now`` (both wall times)."""
    off = told - local_now
    if abs(off) <= DRIFT:
        return None
    return ClockFlag(FlagCode.DRIFT, told, told, local_now, local_now, seconds=off.total_seconds())
