"""What every part of a profile shares: the frozen base, clock times as officials write them, placed faults."""

import re
from datetime import time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from domain.toml_place import Place

_CLOCK = re.compile(r"([01]\d|2[0-3])\.([0-5]\d)")
DAY_END = time(23, 59, 59)


class Part(BaseModel):
    """A frozen part of a profile that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Misfit(ValueError):
    """Values that are right alone and wrong together; ``place`` is the key to mend, below the checked part."""

    def __init__(self, place: Place, message: str) -> None:
        self.place = place
        super().__init__(message)


def _clock(value: object) -> time:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('jam ditulis "07.30" (jam dan menit dengan titik, dua angka)')
    return time(int(found[1]), int(found[2]))


def _clock_or_day_end(value: object) -> time:
    # "24.00" closes with the last second of the day (MLG-06, BLG-33); "23.59" is a minute like any other.
    return DAY_END if value == "24.00" else _clock(value)


ClockTime = Annotated[time, BeforeValidator(_clock)]
"""A local time written ``"07.30"``."""

Closing = Annotated[time, BeforeValidator(_clock_or_day_end)]
"""A local time written ``"07.30"``, or ``"24.00"`` for the day's last second."""
