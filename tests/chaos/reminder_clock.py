"""A clock that plays only the interesting seconds of many days, at real speed, and leaps over the rest."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Piece:
    """From ``offset`` real seconds after the anchor, for ``seconds``, the product's time starts at ``start``."""

    offset: float
    start: datetime
    seconds: float

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)


class LeapingClock:
    """``domain.ports.Clock`` over contiguous pieces. ``anchor``: monotonic seconds, one for all processes."""

    def __init__(self, pieces: list[Piece], anchor: float) -> None:
        self._pieces = pieces
        self._anchor = anchor

    def now(self) -> datetime:
        return self.at(time.monotonic())

    def at(self, moment: float) -> datetime:
        """The product's time at a monotonic moment."""
        offset = moment - self._anchor
        begun = [p for p in self._pieces if p.offset <= offset]
        piece = begun[-1] if begun else self._pieces[0]
        return piece.start + timedelta(seconds=offset - piece.offset)

    def monotonic(self, moment: datetime) -> float:
        """The monotonic moment at which ``now`` reaches ``moment``: a leaped moment is reached by the leap."""
        last = self._pieces[-1]
        piece = next((p for p in self._pieces if moment < p.end), last)
        return self._anchor + piece.offset + max(0.0, (moment - piece.start).total_seconds())

    def to_real(self, moment: datetime) -> datetime:
        ahead = self.monotonic(moment) - time.monotonic()
        return datetime.now(UTC) + timedelta(seconds=ahead)  # noqa: TID251 - the machine's own clock, on purpose

    def elapsed_real(self) -> float:
        return time.monotonic()
