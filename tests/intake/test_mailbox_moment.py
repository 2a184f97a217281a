"""A search at the very moment a reminder depends on it, whatever IDLE is waiting for."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from intake.mailbox import MailboxReader
from intake.mailbox_health import MailboxState, Pulse
from tests.fakes.clock import StillClock
from tests.fakes.dovecot import Dovecot
from tests.fakes.mail_desk import NOON, Desk, desk_at, new_user, until


@pytest.fixture
def desk(dovecot: Dovecot, tmp_path: Path) -> Desk:
    return desk_at(dovecot.port, new_user(), tmp_path, idle_in_window_s=20.0)


async def test_idle_ends_at_the_moment_and_the_search_counts_from_its_beginning(desk: Desk) -> None:
    moment = desk.clock.elapsed_real() + 1.5
    reader = MailboxReader(
        desk.settings,
        desk.db,  # type: ignore[arg-type]
        desk.blobs,
        desk.clock,
        asyncio.get_running_loop(),
        desk.folder / "spool",
        lambda: desk.window,
        lambda: moment - desk.clock.elapsed_real() if desk.clock.elapsed_real() < moment else None,
    )
    reader.start()
    try:
        await until(lambda: reader.health().state is MailboxState.WAITING)
        assert reader.searched_since(desk.clock.now())
        assert not reader.searched_since(desk.clock.now() + timedelta(seconds=1))
        desk.clock.move(1)
        await until(lambda: reader.searched_since(desk.clock.now()), 10)
        assert -0.05 < desk.clock.elapsed_real() - moment < 1.0
    finally:
        await reader.stop()


def test_only_a_complete_search_counts() -> None:
    clock = StillClock(NOON)
    pulse = Pulse("utama", clock, lambda: True, 60.0)
    pulse.searched(backlog=3, unreadable=0)
    pulse.kept(3)
    assert not pulse.searched_since(NOON)
    pulse.completed(NOON)
    assert pulse.searched_since(NOON)
    assert not pulse.searched_since(NOON + timedelta(microseconds=1))
