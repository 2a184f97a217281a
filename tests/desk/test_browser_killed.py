"""A browser killed at the worst moment loses no decision: what reached the desk is a fact, the rest is asked again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Error
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.submission import mark_of
from domain.marks import MarkState
from domain.terms import Session
from tests.desk.filled import sheets
from tests.fakes.browser import PHONE, chromium, log_in, page_of
from tests.fakes.desk_web import Web, served, web_on
from tests.fakes.desk_world import BUDI, DAY, at
from tests.fakes.trip import Trip

pytestmark = pytest.mark.slow


class Gate:
    """ASGI: answers in the review queue, whole as they came, wait at the door until they may pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "POST" and scope["path"].startswith("/periksa/"):
            came = [await receive()]
            while came[-1].get("more_body"):
                came.append(await receive())
            self.reached.set()
            await self.open.wait()

            async def again() -> Message:
                return came.pop(0) if came else await receive()

            await self.app(scope, again, send)
        else:
            await self.app(scope, receive, send)


async def mark(web: Web) -> MarkState:
    async with web.house.db.begin() as uow:
        facts = await uow.facts.for_people([BUDI], DAY, DAY)
    return mark_of([f for f in facts if f.session is Session.DATANG]).state


async def waiting(web: Web) -> int:
    async with web.house.db.begin() as uow:
        return await uow.review.waiting()


@asynccontextmanager
async def queue(trip: Trip) -> AsyncIterator[tuple[Web, Gate, str]]:
    await sheets(trip)
    async with web_on(trip) as web:
        web.clock.moment = at(7, 21)
        gate = Gate(web.app)
        web.app = gate  # type: ignore[assignment]
        async with served(web) as address:
            yield web, gate, address


def browsers() -> set[int]:
    """Chromium's own processes that this test started: children of the driver's child."""
    found: set[int] = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            name = (place / "stat").read_text().partition("(")[2].rpartition(")")[0]
        except OSError:
            continue
        if name.startswith("chrom") and _descends(int(place.name), os.getpid()):
            found.add(int(place.name))
    return found


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            return False
    return False


def kill_browser() -> None:
    """All of it, as a power cut does."""
    found = browsers()
    assert found
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def press_and_die(address: str, gate: Gate, key: str) -> None:
    """Open the queue, press ``key``, and end every process of the browser by force while its answer is at the door."""
    gate.open.clear()
    with suppress(Error):  # the driver says so that its browser is gone
        async with chromium() as browser:
            page = await (await browser.new_context(base_url=address)).new_page()
            await log_in(page, "rini")
            await page.goto("/periksa")
            await page.get_by_text("2 menunggu").wait_for()
            await page.keyboard.press(key)
            await asyncio.wait_for(gate.reached.wait(), 15)
            kill_browser()
            await asyncio.sleep(0.5)  # the desk has seen the line break
    assert not browsers()
    gate.open.set()


async def test_killed_with_its_answer_at_the_door_the_answer_is_a_fact(trip: Trip) -> None:
    async with queue(trip) as (web, gate, address):
        await press_and_die(address, gate, "1")
        async with asyncio.timeout(15):
            while await waiting(web) != 1:  # noqa: ASYNC110 - the desk's own work makes it hold
                await asyncio.sleep(0.05)
        assert await mark(web) is MarkState.SIGNED
        async with chromium() as browser, page_of(browser, address, PHONE) as page:
            await log_in(page, "rini")
            await page.goto("/periksa")
            await page.get_by_text("1 menunggu").wait_for()


async def test_killed_before_a_key_the_same_doubt_comes_again_to_the_same_person_at_once(trip: Trip) -> None:
    async with queue(trip) as (web, _, address):
        shown = []
        for _ in range(2):
            with suppress(Error):
                async with chromium() as browser:
                    page = await (await browser.new_context(base_url=address)).new_page()
                    await log_in(page, "rini")
                    await page.goto("/periksa")
                    shown.append(await page.locator("[data-pertanyaan]").get_attribute("data-pertanyaan"))
                    kill_browser()
        assert len(shown) == 2
        assert shown[0] == shown[1]
        assert await waiting(web) == 2
