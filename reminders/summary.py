"""The figures and remarks of a window's summary."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.board import BoardEntry, UnitState, state_of
from domain.chase import AFTERMATH, Slot
from domain.disturbance import RETRY, Disturbance
from domain.outcome import Flag
from domain.wording import clock_time
from reminders.letters import Pen
from storage.records import SubmissionRow

_FIGURES = {
    "on_time": UnitState.ON_TIME,
    "early": UnitState.EARLY,
    "partial": UnitState.PARTIAL,
    "late": UnitState.LATE,
    "to_check": UnitState.TO_CHECK,
}


@dataclass(frozen=True, slots=True)
class Troubles:
    """Our own disturbances around the window.

    ``blind``: the final search is not done even now; ``excused``: for the time being no superior is told of anybody.
    """

    disturbances: Sequence[Disturbance]
    blind: bool
    excused: bool


@dataclass(frozen=True, slots=True)
class Reminders:
    """The senders (unit codes) whose reminder left before the close, perhaps left, or did not."""

    left: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()


def figures(slot: Slot, rows: Sequence[SubmissionRow]) -> dict[str, int]:
    """How many received sheets of the slot are in which state; together they are all received."""
    states = Counter(state_of(_entry(row), due=True) for row in _of_slot(slot, rows))
    return {name: states[state] for name, state in _FIGURES.items()}


def notes(slot: Slot, rows: Sequence[SubmissionRow], troubles: Troubles, reminders: Reminders, pen: Pen) -> list[str]:
    """What a receiver must know besides the figures: our own disturbances, and whoever was not told."""
    profile, lines = pen.world.profile, []
    for d in troubles.disturbances:
        if d.started_at < slot.window.late_from:
            until = f"sampai pukul {clock_time(d.ended_at, profile)}" if d.ended_at else "dan belum pulih"
            lines.append(f"Gangguan kotak surel kami sejak pukul {clock_time(d.started_at, profile)} {until}.")
    if troubles.blind:
        lines.append("Angka di atas BELUM LENGKAP: pencarian terakhir di kotak surel belum berhasil.")
    if ours := sum(Flag.OUR_INCIDENT in row.state.flags for row in _of_slot(slot, rows)):
        lines.append(
            f"{ours} kiriman terlambat di sekitar gangguan kami; keterlambatannya tidak dibebankan kepada unit."
        )
    lines.extend(_not_reminded(reminders, pen))
    if slot.missing and profile.escalation.at_close:
        lines.extend(_superiors(slot, troubles, pen))
    return lines


def _not_reminded(reminders: Reminders, pen: Pen) -> list[str]:
    """Reminders that were due and did not go out: nothing leaves after the close (TLG-D3)."""
    close = clock_time(pen.window.closes, pen.world.profile)
    told = (
        (reminders.stayed, f"Pengingat TIDAK TERKIRIM sampai batas pukul {close}"),
        (reminders.unsure, f"Pengingat TIDAK PASTI TERKIRIM sebelum batas pukul {close}"),
    )
    return [f"{words} ({len(codes)} pengirim): {pen.names(codes)}." for codes, words in told if codes]


def _superiors(slot: Slot, troubles: Troubles, pen: Pen) -> list[str]:
    profile = pen.world.profile
    if troubles.excused:
        ended = max((d.ended_at for d in troubles.disturbances if d.ended_at), default=None)
        free_at = ended + RETRY if ended and not troubles.blind else None
        if free_at is None or free_at >= slot.window.late_from + AFTERMATH:
            return ["Atasan tidak diberi tahu karena gangguan kami."]
        return [f"Atasan baru diberi tahu sesudah pukul {clock_time(free_at, profile)} karena gangguan kami."]
    named = {chased.sender for chased, _ in pen.escalation_targets(slot.missing).values()}
    without = len(slot.missing) - len(named)
    return [f"{without} pengirim tanpa alamat {profile.escalation.to}: mohon dihubungi langsung."] if without else []


def _of_slot(slot: Slot, rows: Sequence[SubmissionRow]) -> list[SubmissionRow]:
    wanted = {(d.unit, d.window.session.value) for d in slot.received}
    return [row for row in rows if (row.unit, row.session) in wanted]


def _entry(row: SubmissionRow) -> BoardEntry:
    state = row.state
    return BoardEntry(
        row.unit, row.number, state.received, state.timeliness, state.late_minutes, state.at, flags=state.flags
    )
