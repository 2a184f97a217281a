"""The two clocks of the product: the real one, and a shifted, faster one for demonstrations (facts: jobs).

This module is the only place that reads the machine's clock.
"""

import os
import re
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.settings import Settings
from domain.errors import ConfigurationError
from domain.ports import Clock

KEPT_IN = "clock.json"
_WRITTEN = re.compile(r"^\s*(?P<start>[^@\s]+)@(?P<anchor>[^@\s]+)\s+x(?P<rate>\d+(?:\.\d+)?)\s*$")
_EXPECTED = 'POSKO_CLOCK harus "MULAI@JANGKAR xLAJU", misalnya "2026-11-24T06:50:00+07:00@2026-11-20T01:00:00Z x50"'


def _real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place; everything else takes a Clock


class SystemClock:
    """``domain.ports.Clock`` as it is: the product's time is the machine's."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return _real_now()

    def to_real(self, moment: datetime) -> datetime:
        """Real time needs no mapping."""
        return moment

    def elapsed_real(self) -> float:
        """Monotonic real seconds."""
        return time.monotonic()


class Shift(BaseModel):
    """At the real moment ``anchor`` the product's time is ``start``; from there it runs ``rate`` times as fast."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: AwareDatetime
    anchor: AwareDatetime
    rate: float = Field(gt=0, le=100_000, allow_inf_nan=False)

    def __str__(self) -> str:
        return f"{self.start.isoformat()}@{self.anchor.isoformat()} x{self.rate:g}"


class ShiftedClock:
    """``domain.ports.Clock`` of a demonstration: a linear map of real time, so it survives restarts unchanged."""

    def __init__(self, shift: Shift) -> None:
        self.shift = shift

    def now(self) -> datetime:
        """The shifted present moment, UTC."""
        return self.from_real(_real_now())

    def from_real(self, real: datetime) -> datetime:
        """The product's moment at the real moment ``real``, UTC."""
        return self.shift.start.astimezone(UTC) + (real - self.shift.anchor) * self.shift.rate

    def to_real(self, moment: datetime) -> datetime:
        """The real moment at which ``now()`` returns ``moment``, UTC."""
        return self.shift.anchor.astimezone(UTC) + (moment - self.shift.start) / self.shift.rate

    def elapsed_real(self) -> float:
        """Monotonic real seconds; never shifted."""
        return time.monotonic()


def parse_shift(text: str) -> Shift:
    """Read ``START@REAL_ANCHOR xRATE``: two ISO times with offsets and a positive number."""
    if not (written := _WRITTEN.match(text)):
        raise ConfigurationError(_EXPECTED, file="lingkungan")
    try:
        return Shift.model_validate(
            {
                "start": datetime.fromisoformat(written["start"]),
                "anchor": datetime.fromisoformat(written["anchor"]),
                "rate": float(written["rate"]),
            }
        )
    except ValueError:  # a ValidationError is one too
        raise ConfigurationError(_EXPECTED, file="lingkungan") from None


def clock_for(settings: Settings) -> Clock:
    """The clock of the installation that ``settings`` describe; see ``open_clock``."""
    return open_clock(settings.data, demo=settings.demo, written=settings.clock)


def open_clock(data: Path, *, demo: bool, written: str | None) -> Clock:
    """The clock of the installation in ``data``; ``written`` is ``POSKO_CLOCK``, if set.

    The first shift an installation is started with is kept in it and wins from then on, so that a restart, or a
    command without the variable, sees the same time. A real installation refuses any shift. A demo may be started
    again with a shift that shows a later time (it then plays on from there), never with an earlier one: what is
    already recorded would lie in the future.
    """
    kept_in = data / KEPT_IN
    kept = _read_kept(kept_in)
    if not demo:
        if written or kept:
            place = str(kept_in) if kept else "lingkungan"
            raise ConfigurationError(
                "jam geser hanya diterima instalasi peragaan (posko init --demo); kosongkan POSKO_CLOCK", file=place
            )
        return SystemClock()
    if kept is None and written is None:
        return SystemClock()
    if kept is None:
        kept = _keep(kept_in, parse_shift(str(written)))
    elif written and (asked := parse_shift(written)) and (asked.start, asked.rate) != (kept.start, kept.rate):
        kept = _jump(kept_in, kept, asked)
    return ShiftedClock(kept)


def demo_clock(clock: Clock) -> str | None:
    """What pages, log lines and ``doctor`` show about a shifted clock; None for the real one."""
    return str(clock.shift) if isinstance(clock, ShiftedClock) else None


def _read_kept(path: Path) -> Shift | None:
    try:
        return Shift.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) else "harus start, anchor (ISO dengan offset) dan rate"
        raise ConfigurationError(f"jam geser tidak dapat dibaca: {reason}", file=str(path)) from None


def _jump(path: Path, kept: Shift, asked: Shift) -> Shift:
    """From now on ``asked`` is the installation's time; processes that still run see the old one to their end."""
    if ShiftedClock(asked).now() < ShiftedClock(kept).now():
        raise ConfigurationError(
            f"instalasi ini sudah memakai jam geser {kept}; jam hanya dapat maju, buat instalasi baru untuk jam lain",
            file=str(path),
        )
    _aside(path, asked).replace(path)
    return asked


def _keep(path: Path, shift: Shift) -> Shift:
    # Written aside and linked: of two processes that start at once, both go on with the first one's whole file.
    aside = _aside(path, shift)
    try:
        os.link(aside, path)
    except FileExistsError:
        return _read_kept(path) or shift
    finally:
        aside.unlink()
    return shift


def _aside(path: Path, shift: Shift) -> Path:
    """The whole file under another name."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    aside.write_text(shift.model_dump_json(), encoding="utf-8")
    return aside
