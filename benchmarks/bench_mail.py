"""From Dovecot to committed rows: the real mailbox readers beside a bare imapclient loop on the same mails."""

import asyncio
import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import time
from functools import partial
from pathlib import Path
from time import monotonic, process_time

from imapclient import IMAPClient

from benchmarks import stage
from benchmarks.mails import mail_of, offices, plain_mail, roster_file
from benchmarks.report import Result, figure
from bot.bootstrap import Installation, open_installation
from demo.service import Service
from intake.mailbox import ImapServer, MailboxReader, MailboxSettings
from intake.mailbox_health import MailboxState
from storage.records import MessageState
from tests.fakes.dovecot import PASSWORD, Dovecot, run_dovecot
from tests.fakes.smtp import run_smtp

COUNT = 1000
SIZE = 1_000_000
READ = 200
BARE_BATCH = 10
RATIO = 0.8


def main() -> Result:
    """The figures."""
    passes = _passes()
    rates = [one.rate for one in passes]
    ours, bare = (rates[0] + rates[3]) / 2, (rates[1] + rates[2]) / 2
    cpu = [(passes[i].cpu + passes[j].cpu) / 2 * 1000 for i, j in ((0, 3), (1, 2))]
    figures = [
        figure("mailbox readers, workers paused", ours, "mails/s"),
        figure("bare imapclient + fsync", bare, "mails/s"),
        figure("ratio", ours / bare, "", f"≥{RATIO}", met=ours / bare >= RATIO),
        figure("single passes", " ".join(f"{rate:.0f}" for rate in rates), "readers bare bare readers"),
        figure("processor time a mail, readers / bare", f"{cpu[0]:.1f} / {cpu[1]:.1f}", "ms"),
    ]
    for what, padding in ((f"reading on, {READ} mails of 1 MB", SIZE), (f"reading on, {READ} small mails", 0)):
        figures.append(figure(what, _reading_on(padding), "mails/s"))
    return {"title": f"Mail: {COUNT} × 1 MB over two mailboxes, from Dovecot to committed rows", "figures": figures}


@dataclass(frozen=True, slots=True)
class Pass:
    """Mails a second, and the seconds of processor time that this process spent on each."""

    rate: float
    cpu: float


def _passes() -> list[Pass]:
    """Four passes, there and back: what warms up or tires in the machine meets both alike."""
    numbers = itertools.count()
    roster = roster_file(offices(2, 2))
    with run_dovecot() as dovecot:
        per_user = COUNT // len(stage.USERS)
        stage.deliver(dovecot, [[plain_mail(next(numbers), SIZE) for _ in range(per_user)] for _ in stage.USERS])
        # An installation for each pass: to a second one every mail would be a copy of a known one.
        with stage.installation(roster) as service:
            passes = [_timed(lambda: asyncio.run(_readers(service, dovecot)))]
            passes += [_timed(partial(_bare, service, dovecot, name)) for name in ("bare-1", "bare-2")]
        with stage.installation(roster) as service:
            return [*passes, _timed(lambda: asyncio.run(_readers(service, dovecot)))]


def _timed(run: Callable[[], float]) -> Pass:
    # What was written before must not be on its way to the disk during this pass.
    os.sync()
    began = process_time()
    rate = run()
    return Pass(rate, (process_time() - began) / COUNT)


async def _readers(service: Service, dovecot: Dovecot) -> float:
    """Mails a second by the product's own readers; their jobs are deferred and nobody works on them."""
    async with open_installation(service.data) as place:
        readers = [_reader(place, dovecot, user) for user in stage.USERS]
        began = monotonic()
        for reader in readers:
            reader.start()
        while not all(r.health().state is MailboxState.WAITING for r in readers):  # noqa: ASYNC110 - threads
            await asyncio.sleep(0.01)
        seconds = monotonic() - began
        for reader in readers:
            await reader.stop()
        async with place.db.begin() as uow:
            kept = sum((await uow.messages.counts()).values())
    assert kept == COUNT, kept
    return COUNT / seconds


def _reader(place: Installation, dovecot: Dovecot, user: str) -> MailboxReader:
    server = ImapServer(dovecot.host, dovecot.port, user, tls="none")
    return MailboxReader(
        MailboxSettings(name=user, server=server, password=lambda: PASSWORD),
        place.db,
        place.blobs,
        place.clock,
        asyncio.get_running_loop(),
        place.settings.data / "spool",
        lambda: True,
    )


def _bare(service: Service, dovecot: Dovecot, name: str) -> float:
    """Mails a second by a thread for each mailbox that only fetches, writes and syncs."""
    folder = service.data / name
    folder.mkdir()
    began = monotonic()
    with ThreadPoolExecutor(len(stage.USERS)) as pool:
        kept = sum(pool.map(lambda user: _bare_loop(dovecot, user, folder), stage.USERS))
    assert kept == COUNT, kept
    return COUNT / (monotonic() - began)


def _bare_loop(dovecot: Dovecot, user: str, folder: Path) -> int:
    client = IMAPClient(dovecot.host, port=dovecot.port, ssl=False)
    client._imap.debug = 0
    client.login(user, PASSWORD)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    for start in range(0, len(uids), BARE_BATCH):
        for uid, answer in client.fetch(uids[start : start + BARE_BATCH], ["BODY.PEEK[]"]).items():
            _write(folder / f"{user}-{uid}", answer[b"BODY[]"])
    client.logout()
    return len(uids)


def _write(path: Path, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    number = os.open(path.parent, os.O_RDONLY)
    os.fsync(number)
    os.close(number)


def _reading_on(padding: int) -> float:
    """Mails a second by the service itself, from the first row until the last mail is read and recorded."""
    known = offices(READ, 30)
    with run_dovecot() as dovecot, run_smtp(auth=True) as sink, stage.installation(roster_file(known)) as service:
        clock = stage.morning(service, time(7, 5), dovecot.port, sink.port)
        mails = [mail_of(office, clock.now(), padding) for office in known]
        stage.deliver(dovecot, [mails[0::2], mails[1::2]])
        stage.start(service)
        return asyncio.run(_until_done(service))


async def _until_done(service: Service) -> float:
    began: float | None = None
    async with open_installation(service.data) as place:
        while True:
            async with place.db.begin() as uow:
                counts = await uow.messages.counts()
            if counts and began is None:
                began = monotonic()
            if counts.get(MessageState.DONE, 0) == READ:
                assert began is not None
                return READ / (monotonic() - began)
            stage.fail_if_dead(service)
            await asyncio.sleep(0.05)
