"""Who is in, who is missing, what needs an eye: one session of one day, as the board shows it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.due import Due
from domain.outcome import Flag
from domain.terms import Timeliness


class UnitState(StrEnum):
    """A unit's state in one session; the value is what people read."""

    ON_TIME = "tepat waktu"
    EARLY = "lebih awal"
    PARTIAL = "sebagian"
    LATE = "terlambat"
    MISSING = "belum"
    TO_CHECK = "periksa"
    NOT_DUE = "tidak wajib"


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A recorded submission as the board needs it."""

    unit: str
    number: str
    received: bool
    timeliness: Timeliness
    late_minutes: int
    at: datetime
    rows: int = 0
    reported: int = 0
    questions: int = 0
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One unit on the board; ``entry`` is None while nothing came."""

    unit: str
    name: str
    state: UnitState
    entry: BoardEntry | None


# What makes a received sheet untrustworthy as it stands; a question about one row does not.
_DOUBT = frozenset({Flag.UNVERIFIED, Flag.STRANGER, Flag.PENDING})
_BY_TIMELINESS = {
    Timeliness.EARLY: UnitState.EARLY,
    Timeliness.ON_TIME: UnitState.ON_TIME,
    Timeliness.PARTIAL: UnitState.PARTIAL,
    Timeliness.LATE: UnitState.LATE,
}


def state_of(entry: BoardEntry | None, due: bool) -> UnitState:
    """The one rule from a submission (or none) to what the board says."""
    if entry is None:
        return UnitState.MISSING if due else UnitState.NOT_DUE
    if not entry.received:
        return UnitState.MISSING if due else UnitState.TO_CHECK
    if entry.flags & _DOUBT:
        return UnitState.TO_CHECK
    return _BY_TIMELINESS[entry.timeliness]


def needs_eye(entry: BoardEntry) -> bool:
    """Whether a person has something to settle in this submission."""
    return not entry.received or bool(entry.flags & _DOUBT) or entry.questions > 0


def board(names: Mapping[str, str], due: tuple[Due, ...], entries: Mapping[str, BoardEntry]) -> tuple[BoardLine, ...]:
    """One line per unit that is due or has sent; missing first, then what needs an eye, then by code."""
    expected = {d.unit for d in due}
    lines = [
        BoardLine(unit, names.get(unit, unit), state_of(entries.get(unit), unit in expected), entries.get(unit))
        for unit in sorted(expected | set(entries))
    ]
    order = {UnitState.MISSING: 0, UnitState.TO_CHECK: 1}
    return tuple(sorted(lines, key=lambda line: (order.get(line.state, 2), line.unit)))
