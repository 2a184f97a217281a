"""The real and the shifted clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Shift, ShiftedClock, SystemClock, clock_for, demo_clock, open_clock, parse_shift
from bot.settings import load_settings
from bot.settings_file import write_default
from domain.errors import ConfigurationError
from domain.ports import Clock

WIB = timezone(timedelta(hours=7))
WRITTEN = "2026-11-24T06:50:00+07:00@2026-11-20T01:00:00Z x50"
STEP = timedelta(microseconds=1)
ANCHOR = datetime(2026, 11, 20, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 630_000_000_000_000).map(lambda us: datetime(2020, 1, 1, tzinfo=UTC) + us * STEP)
SHIFTS = st.builds(Shift, start=MOMENTS, anchor=MOMENTS, rate=st.floats(0.01, 10_000))


def test_the_shift_is_read_as_documented() -> None:
    shift = parse_shift(WRITTEN)
    assert shift.start == datetime(2026, 11, 24, 6, 50, tzinfo=WIB)
    assert (shift.anchor, shift.rate) == (ANCHOR, 50)
    assert parse_shift(str(shift)) == shift


@pytest.mark.parametrize(
    "text",
    ["", "besok", "2026-11-24T06:50:00@2026-11-20T01:00:00Z x50", WRITTEN.replace("x50", "x0"),
     WRITTEN.replace("x50", "50"), WRITTEN.replace("x50", "x1e9"), "2026-13-24T06:50:00Z@2026-11-20T01:00:00Z x5"],
)  # fmt: skip
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"MULAI@JANGKAR xLAJU.*misalnya"):
        parse_shift(text)


def test_a_minute_of_demo_plays_fifty_minutes() -> None:
    clock = ShiftedClock(parse_shift(WRITTEN))
    with time_machine.travel(ANCHOR + timedelta(minutes=1), tick=False):
        assert clock.now() == datetime(2026, 11, 24, 7, 40, tzinfo=WIB)
        assert clock.now().utcoffset() == timedelta(0)
        assert clock.to_real(clock.now()) == ANCHOR + timedelta(minutes=1)


@given(shift=SHIFTS, moment=MOMENTS)
def test_mapping_there_and_back_is_exact_to_the_clocks_grain(shift: Shift, moment: datetime) -> None:
    clock = ShiftedClock(shift)
    # One microsecond of real time is ``rate`` microseconds here; years at x10,000 leave the calendar.
    try:
        there = clock.from_real(clock.to_real(moment))
        back = clock.to_real(clock.from_real(moment))
    except OverflowError:
        return
    assert abs(there - moment) <= STEP * (1 + shift.rate)
    assert abs(back - moment) <= STEP * (1 + 1 / shift.rate)


@given(shift=SHIFTS, moment=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_order_is_kept_and_durations_scale(shift: Shift, moment: datetime, later: timedelta) -> None:
    clock = ShiftedClock(shift)
    real = clock.to_real(moment + later) - clock.to_real(moment)
    assert real >= timedelta(0)
    assert abs(real - later / shift.rate) <= 2 * STEP


def test_the_real_clock_is_real() -> None:
    clock: Clock = SystemClock()
    with time_machine.travel(ANCHOR, tick=False):
        assert clock.now() == ANCHOR
        assert clock.to_real(ANCHOR) == ANCHOR
    assert demo_clock(clock) is None


def test_real_elapsed_time_is_never_shifted() -> None:
    for clock in (SystemClock(), ShiftedClock(parse_shift(WRITTEN))):
        first = clock.elapsed_real()
        assert 0 <= clock.elapsed_real() - first < 5


def test_a_real_installation_refuses_a_shift(tmp_path: Path) -> None:
    assert isinstance(open_clock(tmp_path, demo=False, written=None), SystemClock)
    with pytest.raises(ConfigurationError, match="hanya diterima instalasi peragaan"):
        open_clock(tmp_path, demo=False, written=WRITTEN)
    open_clock(tmp_path, demo=True, written=WRITTEN)
    with pytest.raises(ConfigurationError, match="hanya diterima instalasi peragaan"):
        open_clock(tmp_path, demo=False, written=None)


def test_a_restart_does_not_jump(tmp_path: Path) -> None:
    first = open_clock(tmp_path, demo=True, written=WRITTEN)
    restarted = open_clock(tmp_path, demo=True, written=WRITTEN.replace("T01:00:00Z", "T02:30:00Z"))
    bare = open_clock(tmp_path, demo=True, written=None)
    with time_machine.travel(ANCHOR + timedelta(seconds=6), tick=False):
        assert first.now() == restarted.now() == bare.now() == datetime(2026, 11, 24, 6, 55, tzinfo=WIB)
    shown = demo_clock(first)
    assert shown is not None
    assert shown.endswith("x50")
    assert not [path for path in tmp_path.iterdir() if path.name != "clock.json"]


def test_a_demo_keeps_its_time_and_may_only_jump_forward(tmp_path: Path) -> None:
    assert isinstance(open_clock(tmp_path, demo=True, written=None), SystemClock)
    open_clock(tmp_path, demo=True, written=WRITTEN)
    slower, faster = (WRITTEN.replace("x50", rate) for rate in ("x40", "x60"))
    with time_machine.travel(ANCHOR + timedelta(seconds=6), tick=False):
        with pytest.raises(ConfigurationError, match="sudah memakai jam geser"):
            open_clock(tmp_path, demo=True, written=slower)
        jumped = open_clock(tmp_path, demo=True, written=faster)
        assert jumped.now() == open_clock(tmp_path, demo=True, written=None).now()
        assert jumped.now() == datetime(2026, 11, 24, 6, 56, tzinfo=WIB)
    assert not [path for path in tmp_path.iterdir() if path.name != "clock.json"]


@pytest.mark.parametrize("text", ["{}", "bukan json", '{"start": "2026-11-24T06:50:00", "anchor": 1, "rate": -1}'])
def test_a_damaged_kept_clock_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"clock\.json: jam geser tidak dapat dibaca"):
        open_clock(tmp_path, demo=True, written=None)


def test_an_installation_is_given_the_clock_of_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_default(tmp_path / "d", "tulungagung", demo=True)
    monkeypatch.setenv("POSKO_CLOCK", WRITTEN)
    assert demo_clock(clock_for(load_settings(tmp_path / "d"))) == str(parse_shift(WRITTEN))


def test_processes_that_start_at_once_agree_on_one_shift(tmp_path: Path) -> None:
    gate = Barrier(8)

    def start(second: int) -> str | None:
        gate.wait()
        return demo_clock(open_clock(tmp_path, demo=True, written=WRITTEN.replace("01:00:00Z", f"01:00:0{second}Z")))

    with ThreadPoolExecutor(8) as pool:
        shown = set(pool.map(start, range(8)))
    assert shown == {demo_clock(open_clock(tmp_path, demo=True, written=None))}
    assert [path.name for path in tmp_path.iterdir()] == ["clock.json"]
