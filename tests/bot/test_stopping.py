"""The real ``posko serve`` is told to stop while boards are open, and started again."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.bootstrap import open_installation
from bot.settings_file import write_default
from desk.visitor import COOKIE
from tests.fakes.clock import StillClock
from tests.fakes.desk_web import Visitor, add_accounts
from tests.fakes.desk_world import ROSTER

ROOT = Path(__file__).resolve().parents[2]
BOARDS = 12
MOST_S = 2.0


@pytest.fixture(autouse=True)
def _its_own_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "DATABASE_URL_FILE", "PORT", "PUBLIC_URL", "CLOCK", "PG_USER"):
        monkeypatch.delenv(f"POSKO_{name}", raising=False)
    monkeypatch.setenv("POSKO_DATABASE_URL", database_url)


class Served:
    """A running service and its address."""

    def __init__(self, process: Process, address: str) -> None:
        self.process = process
        self.address = address

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address, trust_env=False, timeout=30)

    async def terminate(self) -> float:
        """Seconds from the signal to the end of the process."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(self.process.wait(), 30) == 0
        return time.monotonic() - started


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Served]:
    """``posko serve`` in a process of its own."""
    (folder / "web.port").unlink(missing_ok=True)
    with (folder / "serve.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "posko.py"), "serve", "--data", str(folder), stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(60):
            while not await _is_ready(folder):
                assert process.returncode is None, (folder / "serve.log").read_text()
                await asyncio.sleep(0.1)
        yield Served(process, f"http://127.0.0.1:{(folder / 'web.port').read_text()}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _is_ready(folder: Path) -> bool:
    try:
        port = int((folder / "web.port").read_text())
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except (OSError, ValueError, httpx.TransportError):
        return False


@pytest.mark.slow
async def test_with_boards_open_it_ends_within_two_seconds_and_everybody_is_still_logged_in_afterwards(
    tmp_path: Path,
) -> None:
    write_default(tmp_path, "tulungagung", port=0)
    async with open_installation(tmp_path) as place:
        async with place.db.begin() as uow:
            await uow.roster.replace(ROSTER, "test", place.clock.now())
        await add_accounts(place.db, StillClock(place.clock.now()))
        day = place.clock.now().astimezone(place.profile.tz).date()
    async with serving(tmp_path) as served, served.client() as client, AsyncExitStack() as boards:
        await Visitor(client).log_in("rini")
        kept = client.cookies[COOKIE]
        for _ in range(BOARDS):
            stream = await boards.enter_async_context(
                client.stream("GET", f"/papan/hidup?tanggal={day}&sesi=datang&versi=lama")
            )
            assert "segarkan" in await anext(stream.aiter_text())
        took = await served.terminate()
    async with serving(tmp_path) as again, again.client() as client:
        client.cookies.set(COOKIE, kept)
        assert "Rini" in (await client.get("/papan")).text
    assert took < MOST_S, (took, (tmp_path / "serve.log").read_text()[-3000:])
