"""A rush of requests holds back what can wait, and never for ever."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from bot.conversing import Conversing
from bot.device_mail import DeviceMail
from bot.dispatch import Dispatcher
from bot.jobs import Jobs
from bot.reporting import Reporter
from bot.rush import FREE_S, LONGEST_S, MANY, WINDOW_S, Rush
from intake.fetching import Fetching
from intake.pipeline import Pipeline
from storage.blobs import FolderBlobStore
from storage.engine import Database


class Seconds:
    """A clock that only sleeping moves; ``each`` runs at every step of a tenth of a second."""

    def __init__(self) -> None:
        self.now = 100.0
        self.each: Callable[[], None] = lambda: None

    def tick(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now = min(end, self.now + 0.1)
            self.each()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


async def test_without_a_rush_a_job_begins_at_once(seconds: Seconds) -> None:
    rush = Rush(seconds.tick, seconds.sleep)
    assert await rush.passed() == 0
    for _ in range(MANY - 1):
        rush.arrived()
    assert await rush.passed() == 0, "an album or two are no rush"


async def test_a_rush_holds_a_job_until_it_has_passed(seconds: Seconds) -> None:
    rush = Rush(seconds.tick, seconds.sleep)
    for _ in range(MANY):
        rush.arrived()
    assert await rush.passed() == pytest.approx(WINDOW_S)


async def test_a_rush_without_an_end_starves_no_job(seconds: Seconds) -> None:
    rush = Rush(seconds.tick, seconds.sleep)

    def crowd() -> None:
        for _ in range(MANY):
            rush.arrived()

    seconds.each = crowd
    crowd()
    waits = []
    began = seconds.now
    while seconds.now < began + 4 * (LONGEST_S + FREE_S):
        waits.append(await rush.passed())
        await seconds.sleep(0.5)  # the job itself
    assert max(waits) <= LONGEST_S + 0.01
    assert sum(wait == 0 for wait in waits) >= 4 * (FREE_S / 0.5 - 2), "between two holds jobs begin freely"


class _Parts:
    """Every part of the jobs; notes what began."""

    def __init__(self) -> None:
        self.began: list[str] = []

    async def read(self, _: int) -> bool:
        self.began.append("read")
        return True

    async def fetch_media(self, _: int) -> None:
        self.began.append("fetch")

    async def converse(self, _: int) -> None:
        self.began.append("talk")

    async def deliver(self, _: int) -> None:
        self.began.append("send")

    async def carry_out(self, _: int) -> None:
        self.began.append("report")


async def test_letters_and_reports_go_on_in_a_rush_and_the_rest_follows(seconds: Seconds) -> None:
    rush, parts = Rush(seconds.tick, seconds.sleep), _Parts()
    jobs = Jobs(
        cast(Database, parts), cast(Pipeline, parts), cast(Dispatcher, parts), cast(Conversing, parts),
        cast(Fetching, parts), cast(Reporter, parts), cast(DeviceMail, parts), rush,
    )  # fmt: skip
    for _ in range(MANY):
        rush.arrived()
    began = seconds.now
    await jobs.deliver(1)
    await jobs.make_report(1)
    assert (parts.began, seconds.now) == (["send", "report"], began)
    for job, name in ((jobs.fetch_media, "fetch"), (jobs.read_message, "read"), (jobs.converse, "talk")):
        seconds.now += WINDOW_S
        for _ in range(MANY):
            rush.arrived()
        began = seconds.now
        await job(1)
        assert seconds.now == pytest.approx(began + WINDOW_S), name
    assert parts.began == ["send", "report", "fetch", "read", "talk"]


async def test_item_4_threads_that_wait_for_a_name_server_do_not_keep_an_original_waiting(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    ended = threading.Event()
    waiting = [loop.run_in_executor(None, ended.wait, 30) for _ in range(64)]  # more than the loop has threads
    try:
        async with asyncio.timeout(10):
            await FolderBlobStore(tmp_path).put(b"permintaan")
        assert not any(one.done() for one in waiting)
    finally:
        ended.set()
        await asyncio.gather(*waiting)
