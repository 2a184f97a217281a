"""The service's own figures as the demonstration reads them (``/api/v1/status``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.clock import WIB

COUNTS = ("due", "received", "on_time", "late", "early", "missing", "to_check", "messages", "read")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What the desk says of one unit in the session. ``arrived`` is ISO or None."""

    code: str
    name: str
    state: str
    arrived: str | None = None
    number: str | None = None
    late_minutes: int = 0
    rows: int = 0
    reported: int = 0
    questions: int = 0
    flags: frozenset[str] = frozenset()

    @property
    def clock_time(self) -> str:
        """``07.18`` in WIB, or empty while nothing came."""
        return f"{datetime.fromisoformat(self.arrived).astimezone(WIB):%H.%M}" if self.arrived else ""


@dataclass(frozen=True, slots=True)
class Board:
    """One look at the desk: counts by name, units by code, and how many mails it keeps as they came."""

    counts: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, UnitLine] = field(default_factory=dict)
    originals: int = 0

    def count(self, name: str) -> int:
        """One of ``COUNTS``; 0 while unknown."""
        return self.counts.get(name, 0)


def read_board(status: Mapping[str, Any] | None) -> Board:
    """The board in a status answer; an empty one while there is none."""
    if status is None:
        return Board()
    lines = [
        UnitLine(
            code=unit["code"],
            name=unit["name"],
            state=unit["state"],
            arrived=unit.get("arrived"),
            number=unit.get("number"),
            late_minutes=unit.get("late_minutes") or 0,
            rows=unit.get("rows") or 0,
            reported=unit.get("reported") or 0,
            questions=unit.get("questions") or 0,
            flags=frozenset(unit.get("flags") or ()),
        )
        for unit in status["units"]
    ]
    return Board(dict(status["counts"]), {line.code: line for line in lines}, status["originals"]["messages"])
