"""A process that keeps the clock of reminders and delivers letters, as ``posko serve`` does; made to be killed.

Called with a JSON file: url, port, anchor, pieces, journal, worst. Each sending that begins, and each that its row was
told of, is noted in the journal.
"""

import asyncio
import json
import os
import random
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import rounds
from bot.dispatch import Dispatcher
from domain.profile import load_profile
from domain.terms import Scheme
from intake.channel import Accepted, OutgoingMessage
from intake.letters import Outgoing
from intake.mail_send import MailSender, SmtpSettings
from intake.observer import Unobserved
from storage.engine import Database
from storage.jobs import DELIVER, worker_app
from tests.chaos.reminder_clock import LeapingClock, Piece
from tests.fakes.blobs import MemoryBlobs


class Journal(Unobserved):
    """Lines that outlive a SIGKILL, of which the share ``worst`` of all sendings ends in one: before the row knows."""

    def __init__(self, path: str, worst: float) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._worst = worst

    def note(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())

    def reached(self, step: str, subject: int) -> None:
        if step == "sent" and random.random() < self._worst:
            os.kill(os.getpid(), signal.SIGKILL)
        if step == "told":
            self.note("told", subject)


class Watched(MailSender):
    """Notes each sending before it begins."""

    def __init__(self, settings: SmtpSettings, clock: LeapingClock, journal: Journal) -> None:
        super().__init__(settings, clock)
        self._journal = journal

    async def send(self, message: OutgoingMessage) -> Accepted:
        self._journal.note("begun", message.dedupe_key)
        return await super().send(message)


async def main(told: dict[str, Any]) -> None:
    pieces = [Piece(p["offset"], datetime.fromisoformat(p["start"]), p["seconds"]) for p in told["pieces"]]
    clock = LeapingClock(pieces, told["anchor"])
    journal = Journal(told["journal"], told["worst"])
    db = await Database.open(told["url"])
    settings = SmtpSettings("127.0.0.1", told["port"], "presensi@bkd.test", "Posko", tls="none")
    channel = Watched(settings, clock, journal)
    dispatcher = Dispatcher(db, {Scheme.MAIL: channel}, MemoryBlobs(), clock, journal)
    app = worker_app(told["url"])
    app.task(name=DELIVER.name, queue=DELIVER.queue)(dispatcher.deliver)
    # A window lasts seconds here and not half an hour: what a killed process left is looked for in proportion.
    rounds.SWEEP_SECONDS = 1
    outgoing = Outgoing(receivers=("penerima@bkd.test",))
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(queues=[DELIVER.queue], concurrency=8, install_signal_handlers=False)
        )
        await rounds.Rounds(db, clock, load_profile("tulungagung"), outgoing, []).start()
        journal.note("ready", os.getpid(), clock.elapsed_real())
        await worker


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
