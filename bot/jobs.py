"""Job functions: thin. A job is only a nudge; the rows are the truth (facts: jobs)."""

from collections.abc import Awaitable

import structlog
from procrastinate import App

from bot.conversing import Conversing
from bot.device_mail import DeviceMail
from bot.dispatch import Dispatcher
from bot.reporting import Reporter
from bot.rush import Rush
from intake.fetching import Fetching
from intake.pipeline import Pipeline
from storage.engine import Database
from storage.jobs import CONVERSE, DELIVER, FETCH_MEDIA, MAKE_REPORT, READ_DEVICE_FILE, READ_MESSAGE

log = structlog.get_logger()

QUEUES = (READ_MESSAGE.queue, DELIVER.queue, CONVERSE.queue, FETCH_MEDIA.queue, MAKE_REPORT.queue)


class Jobs:
    """What each kind of job does, and what a failure means for its row.

    What a message brings waits until a rush of requests has passed; letters and reports go on.
    """

    def __init__(
        self,
        db: Database,
        pipeline: Pipeline,
        dispatcher: Dispatcher,
        conversing: Conversing,
        fetching: Fetching,
        reporter: Reporter,
        devices: DeviceMail,
        rush: Rush,
    ) -> None:
        self._db = db
        self._pipeline = pipeline
        self._dispatcher = dispatcher
        self._conversing = conversing
        self._reporter = reporter
        self._fetching = fetching
        self._devices = devices
        self._rush = rush

    def register(self, app: App) -> None:
        """Give ``app`` its tasks under the names that ``storage.jobs`` defers by."""
        app.task(name=READ_MESSAGE.name, queue=READ_MESSAGE.queue)(self.read_message)
        app.task(name=READ_DEVICE_FILE.name, queue=READ_DEVICE_FILE.queue)(self.read_device_file)
        app.task(name=DELIVER.name, queue=DELIVER.queue)(self.deliver)
        app.task(name=CONVERSE.name, queue=CONVERSE.queue)(self.converse)
        app.task(name=MAKE_REPORT.name, queue=MAKE_REPORT.queue)(self.make_report)
        app.task(name=FETCH_MEDIA.name, queue=FETCH_MEDIA.queue)(self.fetch_media)

    async def read_message(self, message_id: int) -> None:
        """Read and record one message; a failure is counted on its row, the fifth sets it aside with one alert."""
        await self._rush.passed()
        error = await _failure(self._read(message_id), READ_MESSAGE.name, message_id)
        if error is not None:
            await self._pipeline.failed(message_id, error)

    async def fetch_media(self, message_id: int) -> None:
        """Fetch the files of one chat message; a failure is counted on its row, the fifth tells its sender."""
        await self._rush.passed()
        error = await _failure(self._fetching.fetch_media(message_id), FETCH_MEDIA.name, message_id)
        if error is not None:
            await self._fetching.failed(message_id, error)

    async def _read(self, message_id: int) -> None:
        if not await self._devices.read(message_id):
            await self._pipeline.read_message(message_id)

    async def read_device_file(self, upload_id: int) -> None:
        """Read one log that came by mail; after a failure the device worker finds it."""
        await _failure(self._devices.read_file(upload_id), READ_DEVICE_FILE.name, upload_id)

    async def converse(self, message_id: int) -> None:
        """Answer one text or button; a failure is counted on its row like that of a reading."""
        await self._rush.passed()
        error = await _failure(self._conversing.converse(message_id), CONVERSE.name, message_id)
        if error is not None:
            await self._pipeline.failed(message_id, error)

    async def make_report(self, order_id: int) -> None:
        """Make and post one ordered report; a failure is counted on its order, the fifth alerts the receivers once."""
        error = await _failure(self._reporter.carry_out(order_id), MAKE_REPORT.name, order_id)
        if error is not None:
            await self._reporter.failed(order_id, error)

    async def deliver(self, outbox_id: int) -> None:
        """Send one outbox row; after a failure that no channel foresaw the claim runs out and the sweep comes again."""
        await _failure(self._dispatcher.deliver(outbox_id), DELIVER.name, outbox_id)


async def _failure(work: Awaitable[object], job: str, subject: int) -> Exception | None:
    """Run a job's work to its end; what went wrong, or None."""
    try:
        await work
    except Exception as error:
        log.exception("job_failed", job=job, subject=subject)
        return error
    return None
