"""Looks at the service's figures again and again beside the play, so that a slow answer never delays a mail."""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from demo.board import Board, read_board

_SECONDS = 0.7


class Watch:
    """A context manager; ``board`` is the last look, ``seen`` whether the service ever answered.

    ``fault`` says that it answered something else than its figures; then there are no further looks.
    """

    def __init__(self, status: Callable[[], Mapping[str, Any] | None]) -> None:
        self._status = status
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="papan", daemon=True)
        self.board = Board()
        self.seen = False
        self.fault = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def forget(self) -> None:
        """The service is started again: nothing of it was seen yet."""
        self.board, self.seen = Board(), False

    def look(self) -> None:
        """One look; an unanswered one leaves the last board standing."""
        status = self._status()
        if status is not None:
            self.board, self.seen = read_board(status), True

    def _run(self) -> None:
        while not self._stop.wait(_SECONDS):
            try:
                self.look()
            except (KeyError, TypeError, ValueError) as error:
                self.fault = repr(error)
                return
