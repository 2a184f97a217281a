"""The service's observer: every step becomes a figure."""

from desk.metrics import Metrics
from domain.ports import Clock


class Watching:
    """``intake.observer.Observer`` over the service's metrics."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock

    def reached(self, step: str, subject: int) -> None:
        """Only the end of a sending is a figure of its own."""
        if step == "told":
            self._metrics.outbox_result("mail", "sent")

    def file_read(self, reader: str, seconds: float) -> None:
        """One file was read."""
        self._metrics.file_read(reader, seconds)

    def submission_recorded(self, session: str, timeliness: str) -> None:
        """One submission was written."""
        self._metrics.submission_recorded(session, timeliness)
