"""A process that orders, makes and delivers reports, as ``posko serve`` does; made to be killed.

Called with a JSON file: url, port, now, folder, journal. Each sending that begins, and each that its row was told of,
is noted in the journal.
"""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.dispatch import Dispatcher
from bot.report_clock import ReportClock
from bot.reporting import Reporter
from bot.settings_reports import Reports
from domain.profile import load_profile
from domain.terms import Scheme
from intake.letters import Outgoing
from intake.mail_send import SmtpSettings
from storage.blobs import FolderBlobStore
from storage.engine import Database
from storage.jobs import DELIVER, MAKE_REPORT, worker_app
from tests.chaos.reminder_process import Journal, Watched
from tests.fakes.clock import StillClock

DISCIPLINE = "disiplin@bkd.test"
PROFILE = load_profile("tulungagung")


async def main(told: dict[str, Any]) -> None:
    clock = StillClock(datetime.fromisoformat(told["now"]))
    journal = Journal(told["journal"], 0.1)
    db = await Database.open(told["url"])
    blobs = FolderBlobStore(Path(told["folder"]) / "originals")
    settings = SmtpSettings("127.0.0.1", told["port"], "presensi@bkd.test", "Posko", tls="none")
    channel = Watched(settings, clock, journal)  # type: ignore[arg-type]
    dispatcher = Dispatcher(db, {Scheme.MAIL: channel}, blobs, clock, journal)
    recipients = Reports(weekly=(DISCIPLINE,), monthly=(DISCIPLINE,))
    work = Path(told["folder"]) / "tmp"
    reporter = Reporter(db, told["url"], blobs, clock, PROFILE, recipients, Outgoing(), work)
    reports = ReportClock(db, clock, PROFILE, reporter)
    app = worker_app(told["url"])
    app.task(name=DELIVER.name, queue=DELIVER.queue)(dispatcher.deliver)
    app.task(name=MAKE_REPORT.name, queue=MAKE_REPORT.queue)(reporter.carry_out)
    async with app.open_async():
        for queue in (DELIVER.queue, MAKE_REPORT.queue):
            worker = app.run_worker_async(queues=[queue], concurrency=1, install_signal_handlers=False)
            journal.note("working", queue, id(asyncio.create_task(worker)))
        while True:
            await reports.sweep()
            async with db.begin() as uow:
                letters = await uow.outbox.unfinished(clock.now(), clock.now())
                await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: id_} for id_ in letters])
            await asyncio.sleep(0.3)


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
