"""The service's observer: every step becomes a figure."""

from desk.metrics import Metrics


class Watching:
    """``intake.observer.Observer`` over the service's metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def reached(self, step: str, subject: int) -> None:
        """The steps themselves are no figure."""

    def mail_kept(self, account: str, count: int) -> None:
        """Messages are archived and committed."""
        self._metrics.messages_received("mail", account, count)

    def letter_sent(self, channel: str, waited: float | None) -> None:
        """One letter left; a receipt also says how long its sender waited."""
        self._metrics.outbox_result(channel, "sent")
        if waited is not None:
            self._metrics.receipt_sent(waited)

    def file_read(self, reader: str, seconds: float) -> None:
        """One file was read."""
        self._metrics.file_read(reader, seconds)

    def submission_recorded(self, session: str, timeliness: str) -> None:
        """One submission was written."""
        self._metrics.submission_recorded(session, timeliness)
