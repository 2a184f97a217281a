"""The post office of the demonstration: IMAP and SMTP on loopback, in a thread of its own, on the playing clock."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from types import TracebackType
from typing import Self

from demo.imap_host import ImapHost
from demo.smtp_host import SmtpHost
from demo.stamps import Submission, stamped

_WAKE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in somebody's INBOX and the playing moment it came."""

    at: datetime
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return BytesParser(policy=policy.default).parsebytes(self.raw)

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class PostOffice:
    """A context manager; accounts are added before it opens.

    ``host`` is the name in its stamps, ``now`` the clock of Received and INTERNALDATE. ``watched`` are the INBOXes in
    which somebody idles for long.
    """

    def __init__(self, host: str, now: Callable[[], datetime], watched: tuple[str, ...] = ()) -> None:
        self._host, self._now, self._watched = host, now, watched
        self._imap = ImapHost()
        self._smtp = SmtpHost(host, lambda address: address in self._addresses, self._take_in)
        self._addresses: set[str] = set()
        self._letters: dict[str, list[Letter]] = defaultdict(list)
        self._taken = 0
        self._opened: threading.Event = threading.Event()
        self._closing: Callable[[], object] = lambda: None
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="kantor-pos", daemon=True)
        self.imap_port = 0
        self.smtp_port = 0

    def add_account(self, address: str, password: str) -> None:
        """A mailbox whose owner may log in to both sides."""
        self._addresses.add(address)
        self._imap.add_account(address, password)
        self._smtp.add_account(address, password)

    def letters(self, address: str) -> tuple[Letter, ...]:
        """What lies in an INBOX, oldest first."""
        return tuple(self._letters[address])

    def __enter__(self) -> Self:
        self._thread.start()
        self._opened.wait()
        if self._error:
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            imap = await self._imap.open()
            smtp = await loop.create_server(self._smtp.session, "127.0.0.1", 0)
        except OSError as error:
            self._error = error
            self._opened.set()
            return
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in (imap, smtp))
        self._closing = lambda: loop.call_soon_threadsafe(stop.set)
        self._opened.set()
        try:
            while not stop.is_set():
                for address in self._watched:
                    await self._imap.wake(address)
                await _wait(stop, _WAKE_SECONDS)
        finally:
            imap.close()
            smtp.close()

    async def _take_in(self, submission: Submission, recipients: tuple[str, ...]) -> str:
        self._taken += 1
        queue_id = f"P{self._taken:05}"
        at = self._now().replace(microsecond=0)
        raw = stamped(submission, self._host, queue_id, at)
        for address in recipients:
            self._letters[address].append(Letter(at, raw))
            await self._imap.deliver(address, raw, at)
        return queue_id


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
