"""A desk with one mailbox: short times, a database and archive to look into, a window to open and shut."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake.mailbox import ImapServer, MailboxReader, MailboxSettings
from tests.fakes.clock import StillClock
from tests.fakes.mail_database import FakeBlobs, FakeDatabase

NOON = datetime(2026, 11, 24, 0, 18, tzinfo=UTC)
_names = itertools.count(1)


def new_user() -> str:
    """A mailbox that no other test has."""
    return f"desk{next(_names)}"


def mail(subject: str, body: str = "Terlampir presensi.", *headers: str) -> bytes:
    """A small mail."""
    lines = [
        "From: Petugas <rekap@dishub.go.id>",
        f"Subject: {subject}",
        f"Message-ID: <{subject}@dishub.go.id>",
        *headers,
    ]
    return "\r\n".join([*lines, "", body, ""]).encode()


@dataclass
class Desk:
    """What a test holds in its hands."""

    settings: MailboxSettings
    folder: Path
    db: FakeDatabase = field(default_factory=FakeDatabase)
    clock: StillClock = field(default_factory=lambda: StillClock(NOON))
    window: bool = True

    def __post_init__(self) -> None:
        (self.folder / "originals").mkdir(parents=True, exist_ok=True)
        self.blobs = FakeBlobs(self.folder / "originals")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MailboxReader]:
        """The mailbox is read while the block runs."""
        loop = asyncio.get_running_loop()
        spool = self.folder / "spool"
        reader = MailboxReader(self.settings, self.db, self.blobs, self.clock, loop, spool, lambda: self.window)  # type: ignore[arg-type]
        reader.start()
        try:
            yield reader
        finally:
            await reader.stop()
        assert not list(spool.glob("*")), "a spooled mail was left behind"

    async def recorded(self, count: int, seconds: float = 30) -> None:
        """Wait until that many messages are recorded."""
        await self.db.until(lambda: len(self.db.messages) >= count, seconds)


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what no commit announces."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - the other side is a thread
            await asyncio.sleep(0.02)


def desk_at(port: int, user: str, folder: Path, **changes: Any) -> Desk:
    """A desk whose mailbox lies on the loopback. ``changes`` go to the server's or the mailbox's settings."""
    server = ImapServer("127.0.0.1", port, user, tls="none", connect_timeout_s=2, read_timeout_s=1.5)
    mine = {key: changes.pop(key) for key in list(changes) if hasattr(server, key)}
    settings = MailboxSettings(
        name=user,
        server=replace(server, **mine),
        password=lambda: "rahasia",
        idle_in_window_s=1.0,
        idle_outside_s=1.0,
        silence_s=1.0,
        first_pause_s=0.1,
    )
    return Desk(replace(settings, **changes), folder)
