"""What happens in an open folder: search, fetch what is new, have it kept, search again until nothing is new."""

import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from domain.errors import StorageError
from domain.ports import Clock
from intake.imap_client import ImapConnection, Metadata
from intake.mailbox_fetch import Fetched, batches, fetch_batch
from intake.mailbox_health import Pulse
from intake.mailbox_poison import Poison
from intake.mailbox_settings import MailboxSettings
from intake.mailbox_store import MailStore

log = structlog.get_logger()
T = TypeVar("T")
_LOOK_AHEAD = 100  # messages whose size is asked for at once
_DATABASE_S = 120.0


Keeping = tuple["Future[None]", list[int]]


class Begin(Protocol):
    """Start a coroutine on the event loop from the mailbox's thread."""

    def __call__(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """The future to wait for."""
        ...


@dataclass
class FolderReader:
    """One folder on one connection. Lives in the mailbox's thread."""

    connection: ImapConnection
    settings: MailboxSettings
    store: MailStore
    pulse: Pulse
    poison: Poison
    clock: Clock
    spool_dir: Path
    window_open: Callable[[], bool]
    stopping: threading.Event
    begin: Begin
    progress: bool = False  # a mail was kept, or found guilty
    _seen: set[int] | None = None  # kept under this UIDVALIDITY and still in the folder
    _moved: set[int] = field(default_factory=set)
    _told: frozenset[int] = frozenset()
    _searched: float = 0.0

    def take_in(self) -> None:
        """Until nothing is new: a mail that came during a fetch is found before IDLE begins."""
        while not self.stopping.is_set():
            begun = self.clock.now()
            new = self._look()
            if not new:
                self._await(self.store.searched())
                self.pulse.completed(begun)
                return
            self._take(new)

    def reconcile(self) -> None:
        """After a window: the server's messages must equal our rows, else an incident tells everyone."""
        present = self.connection.search()
        missing = present - self._await(self.store.known(present))
        if missing:
            self._take(missing - self.poison.waiting())
            missing = present - self._await(self.store.known(present))
        self._await(self.store.reconciled(missing))
        if missing:
            log.error("mailbox_reconciliation_failed", account=self.settings.name, missing=len(missing))
        else:
            self.pulse.reconciled()
            log.info("mailbox_reconciled", account=self.settings.name, messages=len(present))

    def _look(self) -> set[int]:
        """Search; returns what is new and may be tried now, and notes what has left the folder."""
        present = self.connection.search()
        self._searched = self.clock.elapsed_real()
        first = self._seen is None
        seen = self._await(self.store.known(present)) if self._seen is None else self._seen
        if first or seen - present:
            self._note_gone(present)
        self._seen = seen & present
        if first:
            self._move(sorted(self._seen))  # kept before, but a kill came before the move
        new = present - self._seen - self._moved - self.poison.waiting()
        self.pulse.searched(len(new), len(self.poison.set_aside))
        self._tell_unreadable()
        return new

    def _note_gone(self, present: set[int]) -> None:
        self.poison.gone(present)
        gone = set(self._await(self.store.gone(present))) - self._moved
        if gone:
            log.info("mail_left_mailbox", account=self.settings.name, uids=sorted(gone)[:50], count=len(gone))

    def _tell_unreadable(self) -> None:
        if self.poison.set_aside != self._told:
            self._told = self.poison.set_aside
            self._await(self.store.unreadable(self._told))

    def _take(self, new: set[int]) -> None:
        """Fetch and keep, until all is done or it is time to look for a newer mail (newest first inside windows)."""
        suspects, fresh, struck = self.poison.order(new, newest_first=self.window_open())
        if fresh and not suspects:
            self._take_batches(fresh[:_LOOK_AHEAD])
            return
        for uid in suspects or struck:
            self._take_alone(uid)
            if self._time_to_look():
                return

    def _take_batches(self, uids: Sequence[int]) -> None:
        """While one batch is written and committed on the loop, the next one is fetched here."""
        keeping: Keeping | None = None
        done = False
        try:
            known = self.connection.metadata(uids)
            self._suspect_silent(uids, {one.uid for one in known})
            for batch in batches(known, self.settings):
                fetched = self._fetch(batch)
                self._suspect_silent([one.uid for one in batch], {one.uid for one in fetched})
                self._settle(keeping)
                keeping = self._keep(fetched)
                if self._time_to_look():
                    break
            self._settle(keeping)
            done = True
        finally:
            if not done:
                self.poison.suspect(uid for uid in uids if uid not in (self._seen or ()))

    def _suspect_silent(self, asked: Sequence[int], given: set[int]) -> None:
        """The server listed them and gives nothing: vanished since, as the next search will show, or damaged."""
        self.poison.suspect(uid for uid in asked if uid not in given)

    def _take_alone(self, uid: int) -> None:
        """A suspect by itself: kept, it is acquitted; failing or delivering nothing, it is struck."""
        fetched: list[Fetched] = []
        try:
            fetched = [f for one in self.connection.metadata([uid]) for f in self._fetch([one])]
        finally:
            if not fetched:
                self._strike(uid)
        self._settle(self._keep(fetched))

    def _strike(self, uid: int) -> None:
        self.progress = True
        if self.poison.strike(uid):
            log.error("mail_unreadable", account=self.settings.name, uid=uid)

    def _fetch(self, batch: Sequence[Metadata]) -> list[Fetched]:
        return fetch_batch(self.connection, batch, self.settings, self.spool_dir)

    def _keep(self, fetched: list[Fetched]) -> "Keeping":
        return self.begin(self.store.keep(fetched)), [one.uid for one in fetched]

    def _settle(self, keeping: "Keeping | None") -> None:
        """Wait for the commit; only then is a mail seen, and only then may it be moved."""
        if keeping is None:
            return
        future, uids = keeping
        error = future.exception(_DATABASE_S)
        if error is not None:
            # A full disk or a lost database is no mail's fault; anything else may be.
            if len(uids) == 1 and not isinstance(error, OSError | StorageError):
                self._strike(uids[0])
            raise error
        self.poison.acquit(uids)
        self.progress = True
        if self._seen is not None:
            self._seen.update(uids)
        self.pulse.kept(len(uids))
        self._move(uids)

    def _move(self, uids: Sequence[int]) -> None:
        if self.settings.archive_to and uids:
            self.connection.move(uids, self.settings.archive_to)
            self._moved.update(uids)

    def _time_to_look(self) -> bool:
        return self.stopping.is_set() or self.clock.elapsed_real() - self._searched > self.settings.look_up_s

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return self.begin(work).result(_DATABASE_S)
