"""The playing clock."""

import re
from datetime import UTC, datetime, timedelta

from demo.clock import WIB, PlayingClock, at, real_now
from demo.scenario import DAY

ANCHOR = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
CLOCK = PlayingClock(at(DAY, "06.50"), ANCHOR, 50)


def test_it_shows_its_start_at_the_anchor_and_runs_fifty_times_as_fast() -> None:
    assert CLOCK.at(ANCHOR) == datetime(2026, 11, 24, 6, 50, tzinfo=WIB)
    assert CLOCK.at(ANCHOR + timedelta(seconds=60)) == datetime(2026, 11, 24, 7, 40, tzinfo=WIB)


def test_before_the_anchor_it_shows_earlier_times() -> None:
    assert CLOCK.at(ANCHOR - timedelta(seconds=6)) == at(DAY, "06.45")


def test_it_is_written_as_the_service_reads_it() -> None:
    assert CLOCK.written == "2026-11-24T06:50:00+07:00@2026-01-05T01:00:00+00:00 x50"
    assert re.fullmatch(r"[^@\s]+@[^@\s]+ x\d+(\.\d+)?", CLOCK.written)


def test_it_begins_in_the_given_real_seconds() -> None:
    clock = PlayingClock.beginning_in(10, at(DAY, "06.50"), 50)
    assert 9 < (clock.anchor - real_now()).total_seconds() <= 10
    assert clock.now() < at(DAY, "06.50")


def test_clock_times_are_read_with_and_without_seconds() -> None:
    assert at(DAY, "07.34.10") == datetime(2026, 11, 24, 7, 34, 10, tzinfo=WIB)
    assert at(DAY, "07.34").utcoffset() == timedelta(hours=7)
