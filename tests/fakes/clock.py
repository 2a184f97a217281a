"""Clocks for tests."""

import time
from datetime import datetime, timedelta


class StillClock:
    """Stands at ``moment`` until it is moved; real seconds pass as they do."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def to_real(self, moment: datetime) -> datetime:
        return moment

    def elapsed_real(self) -> float:
        return time.monotonic()

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
