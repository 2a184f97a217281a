"""Job functions: thin. A job is only a nudge; the rows are the truth (facts: jobs)."""

import structlog
from procrastinate import App

from bot.dispatch import Dispatcher
from domain.ports import Clock
from intake.pipeline import Pipeline
from storage.engine import Database
from storage.jobs import DELIVER, READ_MESSAGE

log = structlog.get_logger()

QUEUES = (READ_MESSAGE.queue, DELIVER.queue)


class Jobs:
    """What the two kinds of job do, and what a failure means for their rows."""

    def __init__(self, db: Database, pipeline: Pipeline, dispatcher: Dispatcher, clock: Clock) -> None:
        self._db = db
        self._pipeline = pipeline
        self._dispatcher = dispatcher
        self._clock = clock

    def register(self, app: App) -> None:
        """Give ``app`` its two tasks under the names that ``storage.jobs`` defers by."""
        app.task(name=READ_MESSAGE.name, queue=READ_MESSAGE.queue)(self.read_message)
        app.task(name=DELIVER.name, queue=DELIVER.queue)(self.deliver)

    async def read_message(self, message_id: int) -> None:
        """Read and record one message; a failure is counted on its row, the fifth sets it aside with one alert."""
        try:
            await self._pipeline.read_message(message_id)
        except Exception as error:
            log.exception("read_message_failed", message_id=message_id)
            await self._pipeline.failed(message_id, error)

    async def deliver(self, outbox_id: int) -> None:
        """Send one outbox row; what the channel did not foresee is tried again after the lease."""
        try:
            await self._dispatcher.deliver(outbox_id)
        except Exception:
            log.exception("deliver_failed", outbox_id=outbox_id)
