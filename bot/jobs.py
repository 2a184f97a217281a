"""Job functions: thin. A job is only a nudge; the rows are the truth (facts: jobs)."""

import structlog
from procrastinate import App, PsycopgConnector

from bot.dispatch import Dispatcher
from domain.ports import Clock
from intake.pipeline import Pipeline
from storage.engine import Database, driver_url

log = structlog.get_logger()

READ, SEND = "read", "send"
QUEUES = (READ, SEND)


def job_app(database_url: str) -> App:
    """Procrastinate on its own connections in the service's loop."""
    return App(connector=PsycopgConnector(conninfo=driver_url(database_url), min_size=1, max_size=4))


class Jobs:
    """What the two kinds of job do, and what a failure means for their rows."""

    def __init__(self, db: Database, pipeline: Pipeline, dispatcher: Dispatcher, clock: Clock) -> None:
        self._db = db
        self._pipeline = pipeline
        self._dispatcher = dispatcher
        self._clock = clock

    def register(self, app: App) -> None:
        """Give ``app`` its two tasks under the names that ``storage.jobs`` defers by."""
        app.task(name="read_message", queue=READ)(self.read_message)
        app.task(name="deliver", queue=SEND)(self.deliver)

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
