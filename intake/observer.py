"""What may watch the trip of a message: metrics in the service, crash points in tests."""

from typing import Protocol


class Observer(Protocol):
    """Told of each step after it is done; must be quick and must not raise in production."""

    def reached(self, step: str, subject: int) -> None:
        """``step`` is one of ``archived committed fetched … claimed opened read recorded heard answered tried sent
        told``; ``subject`` is a row id.
        """
        ...

    def mail_kept(self, account: str, count: int) -> None:
        """One transaction of a mailbox kept ``count`` messages."""
        ...

    def letter_sent(self, channel: str, waited: float | None) -> None:
        """One letter left; ``waited``: real seconds since its message was first seen, None if it answers none."""
        ...

    def file_read(self, reader: str, seconds: float) -> None:
        """One file was read, or refused, by ``reader``."""
        ...

    def submission_recorded(self, session: str, timeliness: str) -> None:
        """One submission was written."""
        ...


class Unobserved:
    """Nobody watches."""

    def reached(self, step: str, subject: int) -> None:
        """Nothing."""

    def mail_kept(self, account: str, count: int) -> None:
        """Nothing."""

    def letter_sent(self, channel: str, waited: float | None) -> None:
        """Nothing."""

    def file_read(self, reader: str, seconds: float) -> None:
        """Nothing."""

    def submission_recorded(self, session: str, timeliness: str) -> None:
        """Nothing."""
