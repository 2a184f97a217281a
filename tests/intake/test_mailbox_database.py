"""The mailbox on the real database: the rows, the jobs and the incidents that its in-memory stand-in promises."""

import asyncio
from pathlib import Path

import pytest

from intake.mailbox import MailboxReader
from intake.mailbox_store import MailStore
from intake.mailbox_tokens import StoredRefreshTokens
from storage.blobs import FolderBlobStore
from storage.engine import Database
from storage.records import MessageState
from tests.fakes.clock import StillClock
from tests.fakes.dovecot import Dovecot
from tests.fakes.mail_desk import NOON, desk_at, mail, new_user, until


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "originals")


async def test_must_hold_4_and_5_hold_on_the_real_database(
    dovecot: Dovecot, tmp_path: Path, database: Database, blobs: FolderBlobStore
) -> None:
    user = new_user()
    settings = desk_at(dovecot.port, user, tmp_path).settings
    dovecot.fill(user, [mail("a"), mail("a"), mail("a", "isi lain"), mail("b")])
    clock, loop = StillClock(NOON), asyncio.get_running_loop()
    reader = MailboxReader(settings, database, blobs, clock, loop, tmp_path / "spool", lambda: False)
    reader.start()
    try:
        await until(lambda: reader.health().reconciled_at is not None)
        clock.move(3600)
        dovecot.bump_uidvalidity(user)
        dovecot.deliver(user, mail("c"))
        await until(lambda: reader.health().connects >= 2 and reader.health().backlog == 0)
        async with asyncio.timeout(20):
            while True:
                async with database.begin() as uow:
                    counts = await uow.messages.counts()
                    cursor = await uow.cursors.get(user, "INBOX")
                    seen = set()
                    if cursor is not None:
                        seen = await uow.sightings.known(user, "INBOX", cursor.uidvalidity, range(1, 9))
                # All five under their new numbers; the old ones are four.
                if counts == {MessageState.NEW: 4} and len(seen) == 5:
                    break
                await asyncio.sleep(0.05)
    finally:
        await reader.stop()
    async with database.begin() as uow:
        b = await uow.messages.by_header_id("<b@dishub.go.id>")
        c = await uow.messages.by_header_id("<c@dishub.go.id>")
        assert b is not None
        assert c is not None
        assert cursor is not None
        assert await uow.messages.unfinished(clock.now()) == []  # each has its job already
    assert len(seen) == 5
    assert b.first_seen_at == NOON
    assert c.first_seen_at == clock.now()
    assert {b.sha256, c.sha256} <= {name async for name in blobs.names()}


async def test_incidents_and_tokens_are_kept_and_closed(
    database: Database, tmp_path: Path, blobs: FolderBlobStore
) -> None:
    settings = desk_at(1, "kotak", tmp_path).settings
    store = MailStore(settings, database, blobs, StillClock(NOON))
    await store.silence(NOON)
    await store.silence(NOON)
    await store.unreadable([7, 8])
    async with database.begin() as uow:
        assert [i.kind for i in await uow.incidents.open_for("kotak")] == ["mailbox_silent", "mailbox_unreadable"]
    await store.silence(None)
    await store.unreadable([])
    await store.reconciled([])
    async with database.begin() as uow:
        assert await uow.incidents.open_for("kotak") == []
    tokens = StoredRefreshTokens("kotak", database, StillClock(NOON), asyncio.get_running_loop())
    assert await asyncio.to_thread(tokens.load) is None
    await asyncio.to_thread(tokens.save, "satu")
    await asyncio.to_thread(tokens.save, "dua")
    assert await asyncio.to_thread(tokens.load) == "dua"
