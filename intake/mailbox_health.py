"""How a mailbox is doing, told by its thread and read by anyone; and the incident when it falls silent."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ports import Clock


class MailboxState(StrEnum):
    """What the thread of a mailbox is doing."""

    CONNECTING = "connecting"
    FETCHING = "fetching"
    WAITING = "waiting"
    FAILING = "failing"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """``last_search_s``: real seconds since a search whose mails could also be kept; None: never yet.

    ``backlog``: messages seen on the server and not kept yet; ``unreadable``: those the server cannot deliver.
    ``reconciled_at``: when the server's messages and our rows were last found equal.
    """

    name: str
    state: MailboxState
    last_search_s: float | None
    backlog: int
    unreadable: int
    connects: int
    last_error: str
    silent: bool
    reconciled_at: datetime | None


class Pulse:
    """Shared by the mailbox's thread (writes) and the event loop (reads)."""

    def __init__(self, name: str, clock: Clock, window_open: Callable[[], bool], silence_s: float) -> None:
        self._name = name
        self._clock = clock
        self._window_open = window_open
        self._silence_s = silence_s
        self._lock = threading.Lock()
        self._state = MailboxState.CONNECTING
        self._last_good: float | None = None
        self._last_good_at = clock.now()
        self._watched_since: float | None = None
        self._broken = False
        self._backlog = self._unreadable = self._connects = 0
        self._error = ""
        self._reconciled_at: datetime | None = None
        self._completed: datetime | None = None

    def state(self, state: MailboxState) -> None:
        """The thread does something else now."""
        with self._lock:
            self._state = state
            self._connects += state is MailboxState.CONNECTING

    def searched(self, backlog: int, unreadable: int) -> None:
        """A search succeeded. After a failure it only counts once something was kept, or nothing was left to keep."""
        with self._lock:
            self._backlog, self._unreadable = backlog, unreadable
            if not self._broken or not backlog:
                self._good()

    def completed(self, begun: datetime) -> None:
        """The search begun at ``begun`` (product time) found nothing that is not kept."""
        with self._lock:
            self._completed = begun

    def searched_since(self, moment: datetime) -> bool:
        """Whether a search begun at or after ``moment`` is complete."""
        with self._lock:
            return self._completed is not None and self._completed >= moment

    def kept(self, count: int) -> None:
        """A batch is archived and committed."""
        with self._lock:
            self._backlog = max(0, self._backlog - count)
            self._good()

    def failed(self, error: BaseException) -> None:
        """The connection or the keeping failed."""
        with self._lock:
            self._state = MailboxState.FAILING
            self._broken = True
            self._error = f"{type(error).__name__}: {error}"[:300]

    def reconciled(self) -> None:
        """Server and rows agree."""
        with self._lock:
            self._reconciled_at = self._clock.now()

    def _good(self) -> None:
        self._broken, self._error = False, ""
        self._last_good, self._last_good_at = self._clock.elapsed_real(), self._clock.now()

    def silent_since(self) -> datetime | None:
        """Since when (product time) the mailbox has been silent for too long, None while all is well.

        Only the time inside an open window counts: outside, IDLE is renewed every five minutes.
        """
        now = self._clock.elapsed_real()
        open_now = self._window_open()
        with self._lock:
            if not open_now:
                self._watched_since = None
                return None
            if self._watched_since is None:
                self._watched_since = now
            heard = max(self._watched_since, self._last_good or 0.0)
            return self._last_good_at if now - heard > self._silence_s else None

    def health(self) -> MailboxHealth:
        """A snapshot."""
        silent = self.silent_since() is not None
        now = self._clock.elapsed_real()
        with self._lock:
            return MailboxHealth(
                name=self._name,
                state=self._state,
                last_search_s=None if self._last_good is None else now - self._last_good,
                backlog=self._backlog,
                unreadable=self._unreadable,
                connects=self._connects,
                last_error=self._error,
                silent=silent,
                reconciled_at=self._reconciled_at,
            )
