"""One mailbox, one thread, one connection: every mail is fetched, kept and committed before the server hears of it.

The state is ours: (account, folder, UIDVALIDITY, UID) plus the SHA-256 of the bytes. Flags are never read or set: a
person may open, flag or move mail as he likes (facts: mail).
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from imapclient.exceptions import LoginError

from domain.ports import BlobStore, Clock
from intake.imap_client import ImapConnection
from intake.mailbox_fetch import clear_spool
from intake.mailbox_folder import FolderReader
from intake.mailbox_health import MailboxHealth, MailboxState, Pulse
from intake.mailbox_poison import Poison
from intake.mailbox_settings import ImapServer, MailboxSettings
from intake.mailbox_store import MailStore
from storage.engine import Database

__all__ = ["ImapServer", "MailboxReader", "MailboxSettings"]

log = structlog.get_logger()
T = TypeVar("T")

_SLICE_S = 10.0  # of IDLE, between two looks at the window and the stop flag
_POLL_S = 20.0  # for a server without IDLE
_DATABASE_S = 120.0


class MailboxReader:
    """Reads one mailbox from ``start`` to ``stop``; ``health`` tells how it does."""

    def __init__(
        self,
        settings: MailboxSettings,
        db: Database,
        blobs: BlobStore,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        spool_dir: Path,
        window_open: Callable[[], bool],
        next_look: Callable[[], float | None] = lambda: None,
        committed: Callable[[int], None] = lambda count: None,
    ) -> None:
        """``loop``: where the database and the blob store live. ``window_open`` and ``next_look`` are called from the
        thread; ``next_look``: in how many real seconds a search must begin, whatever the server says; ``committed``
        is told on the loop how many messages a transaction kept.
        """
        self._settings = settings
        self._clock = clock
        self._loop = loop
        self._spool_dir = spool_dir
        self._window_open = window_open
        self._next_look = next_look
        self._store = MailStore(settings, db, blobs, clock, committed)
        self._pulse = Pulse(settings.name, clock, window_open, settings.silence_s)
        self._poison = Poison(clock.elapsed_real, settings.retry_poison_s)
        self._stopping = threading.Event()
        self._connection: ImapConnection | None = None
        self._connection_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{settings.name}", daemon=True)
        self._window_was_open = True  # so that a restart after a window reconciles it
        self._pause = 0.0

    @property
    def name(self) -> str:
        """The account."""
        return self._settings.name

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    async def stop(self) -> None:
        """End the thread; a commit under way is finished first."""
        self._stopping.set()
        with self._connection_lock:
            if self._connection:
                self._connection.wake()
        if self._thread.ident is not None:
            await asyncio.to_thread(self._thread.join, _DATABASE_S)

    def health(self) -> MailboxHealth:
        """How the mailbox does; cheap, from any thread."""
        return self._pulse.health()

    def searched_since(self, moment: datetime) -> bool:
        """Whether a search begun at or after ``moment`` is complete: all it found is kept."""
        return self._pulse.searched_since(moment)

    async def check(self) -> None:
        """Open or close the incident of a silent mailbox (60 s in a window); called every few seconds on the loop."""
        await self._store.silence(self._pulse.silent_since())

    def _run(self) -> None:
        clear_spool(self._spool_dir, self.name)
        while not self._stopping.is_set():
            self._pulse.state(MailboxState.CONNECTING)
            try:
                self._serve_connection()
            except Exception as error:  # noqa: BLE001 - the loop edge of a mailbox: imaplib raises anything at all
                # on a broken server, and whatever it was, this connection is dead and a new one may work.
                if not self._stopping.is_set():
                    self._pulse.failed(error)
                    self._rest(error)
        self._pulse.state(MailboxState.STOPPED)

    def _rest(self, error: Exception) -> None:
        self._pause = min(max(self._settings.first_pause_s, self._pause * 2), self._settings.longest_pause_s)
        log.warning("mailbox_failed", account=self.name, error=type(error).__name__, pause_s=self._pause)
        self._stopping.wait(self._pause)

    def _serve_connection(self) -> None:
        connection = ImapConnection(self._settings.server)
        with self._connection_lock:
            self._connection = connection
        folder: FolderReader | None = None
        try:
            self._login(connection)
            folder = self._open_folder(connection)
            while not self._stopping.is_set():
                self._pulse.state(MailboxState.FETCHING)
                look = self._next_look()  # asked before the search: a moment that passes during it is not forgotten
                due = None if look is None else self._clock.elapsed_real() + look
                folder.take_in()
                folder.progress = True
                self._reconcile_after_window(folder)
                self._pulse.state(MailboxState.WAITING)
                self._wait_for_news(connection, due)
        finally:
            if folder and folder.progress:
                self._pause = 0.0  # something was achieved: the next attempt need not wait long
            with self._connection_lock:
                self._connection = None
            connection.close()

    def _login(self, connection: ImapConnection) -> None:
        tokens = self._settings.tokens
        if tokens is None:
            connection.login(self._settings.password() or "")
            return
        access = tokens.get()
        try:
            connection.login_with_token(access)
        except LoginError:
            tokens.forget(access)  # it may have been withdrawn before its time: the next attempt asks for a new one
            raise

    def _open_folder(self, connection: ImapConnection) -> FolderReader:
        validity = connection.open_folder(self._settings.folder, readonly=self._settings.archive_to is None)
        if self._await(self._store.opened(validity)):
            self._poison = Poison(self._clock.elapsed_real, self._settings.retry_poison_s)
            log.warning("mailbox_uidvalidity_changed", account=self.name, uidvalidity=validity)
        return FolderReader(
            connection=connection,
            settings=self._settings,
            store=self._store,
            pulse=self._pulse,
            poison=self._poison,
            clock=self._clock,
            spool_dir=self._spool_dir,
            window_open=self._window_open,
            stopping=self._stopping,
            begin=self._begin,
        )

    def _reconcile_after_window(self, folder: FolderReader) -> None:
        open_now = self._window_open()
        if self._window_was_open and not open_now:
            folder.reconcile()
        self._window_was_open = open_now

    def _wait_for_news(self, connection: ImapConnection, due: float | None) -> None:
        """One cycle of IDLE, ended at ``due``; the search that follows does not depend on what it reported."""
        open_at_first = self._window_open()
        limit = self._settings.idle_in_window_s if open_at_first else self._settings.idle_outside_s
        if due is not None:
            limit = min(limit, max(due - self._clock.elapsed_real(), 0.0))
        if not connection.can_idle:
            self._stopping.wait(min(limit, _POLL_S))
            return
        if not connection.idle_begin():
            end = self._clock.elapsed_real() + limit
            while not self._stopping.is_set() and self._window_open() == open_at_first:
                left = end - self._clock.elapsed_real()
                if left <= 0 or connection.idle_wait(min(left, _SLICE_S), self._clock.elapsed_real):
                    break
        connection.idle_end()

    def _begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return self._begin(work).result(_DATABASE_S)
