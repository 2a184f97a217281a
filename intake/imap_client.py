"""IMAPClient behind one wrapper that counters each of its traps (facts: mail, "imapclient traps").

One object is one connection, used by one thread. After any exception it is dead and is thrown away: a socket that
timed out, or a parser that lost its place, must never be used again.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from intake.mailbox_settings import ImapServer

CHUNK = 1 << 20  # bytes of one partial fetch


class ConnectionLost(OSError):
    """The server closed the connection, or stopped answering, without saying so."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the server says of one message; ``size`` is a hint only (Exchange miscounts)."""

    uid: int
    size: int
    internal_at: datetime | None


class ImapConnection:
    """A logged-in connection with one folder open."""

    def __init__(self, server: ImapServer) -> None:
        """Connect, with TLS as configured. Raises ``OSError`` or IMAPClient's errors."""
        self._server = server
        context = ssl.create_default_context(cafile=server.ca_file) if server.tls != "none" else None
        self._client: Any = IMAPClient(
            server.host,
            port=server.port,
            ssl=server.tls == "tls",
            ssl_context=context if server.tls == "tls" else None,
            timeout=SocketTimeout(connect=server.connect_timeout_s, read=server.read_timeout_s),
        )
        # At 5, as IMAPClient sets it, imaplib makes a repr() of each body even when nobody logs.
        self._client._imap.debug = 0
        self._client.normalise_times = False
        self._keep_alive()
        if server.tls == "starttls":
            self._client.starttls(context)
        self._can_idle = False
        self._exists = 0

    def _keep_alive(self) -> None:
        """A peer that vanished without a word is noticed by the kernel within a minute."""
        wire: socket.socket = self._client.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000)

    def login(self, password: str) -> None:
        """Log in by password; raises IMAPClient's ``LoginError`` when it is refused."""
        self._client.login(self._server.username, password)

    def login_with_token(self, access_token: str) -> None:
        """Log in by XOAUTH2."""
        self._client.oauth2_login(self._server.username, access_token)

    def open_folder(self, folder: str, *, readonly: bool) -> int:
        """Open ``folder`` (EXAMINE when ``readonly``) and return its UIDVALIDITY."""
        answer = self._client.select_folder(folder, readonly=readonly)
        self._can_idle = bool(self._client.has_capability("IDLE"))
        return int(answer[b"UIDVALIDITY"])

    def search(self) -> set[int]:
        """The UIDs of all messages in the folder, whatever their flags."""
        self._client._imap.untagged_responses.pop("EXISTS", None)
        found = {int(uid) for uid in self._client.search("ALL")}
        self._exists = len(found)
        return found

    def metadata(self, uids: Sequence[int]) -> list[Metadata]:
        """Size and INTERNALDATE of ``uids``, in their order; what has vanished meanwhile is left out."""
        answer = self._client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Metadata(uid, int(answer[uid].get(b"RFC822.SIZE", 0)), _utc(answer[uid].get(b"INTERNALDATE")))
            for uid in uids
            if uid in answer
        ]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The whole bytes of small messages. ``\\Seen`` stays as it is (BODY.PEEK)."""
        answer = self._client.fetch(list(uids), ["BODY.PEEK[]"])
        return {uid: answer[uid][b"BODY[]"] or b"" for uid in uids if uid in answer and b"BODY[]" in answer[uid]}

    def stream(self, uid: int, size: int) -> Iterator[bytes]:
        """The bytes of a big message in pieces of at most 1 MB; the end is where the server gives nothing more."""
        place = 0
        while True:
            answer = self._client.fetch([uid], [f"BODY.PEEK[]<{place}.{CHUNK}>"])
            piece = next((v for k, v in answer.get(uid, {}).items() if k.startswith(b"BODY[]")), None)
            if not piece:
                return
            yield piece
            place += len(piece)
            if len(piece) < CHUNK and place >= size:
                return

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages; the server's answer says nothing that could be relied on, the next search does."""
        if not self._client.folder_exists(folder):
            self._client.create_folder(folder)
        if self._client.has_capability("MOVE"):
            self._client.move(list(uids), folder)
            return
        self._client.copy(list(uids), folder)
        self._client.delete_messages(list(uids), silent=True)
        self._client.uid_expunge(list(uids))

    @property
    def can_idle(self) -> bool:
        """Whether the server knows IDLE."""
        return self._can_idle

    def idle_begin(self) -> bool:
        """Enter IDLE. True when the server has already told of new mail since the last search.

        ``idle_check`` never reports that news: it lies among the untagged answers to earlier commands, or in the
        reader's buffer behind the answer to IDLE itself.
        """
        self._client.idle()
        told = self._client._imap.untagged_responses.pop("EXISTS", None)
        return (bool(told) and int(told[-1]) != self._exists) or self._has_buffered()

    def _has_buffered(self) -> bool:
        wire: socket.socket = self._client.socket()
        wire.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            wire.settimeout(self._server.read_timeout_s)

    def idle_wait(self, seconds: float, elapsed: Callable[[], float]) -> bool:
        """Wait in IDLE; True when the server said anything. ``elapsed`` reads monotonic seconds.

        Raises ``ConnectionLost`` when nothing was said but the wait ended early: so a dropped connection looks,
        and answering it by another wait would be a busy loop (IMAPClient #565).
        """
        began = elapsed()
        news = self._client.idle_check(timeout=seconds)
        if not news and elapsed() - began < seconds * 0.8:
            raise ConnectionLost("koneksi IMAP terputus saat IDLE")
        if any(item and item[0] == b"BYE" for item in news):
            raise ConnectionLost("server IMAP menutup koneksi")
        return bool(news)

    def idle_end(self) -> None:
        """Leave IDLE; a dead connection shows here at the latest."""
        self._client.idle_done()

    def wake(self) -> None:
        """From another thread: end whatever this connection waits for. It is dead afterwards."""
        try:
            self._client.socket().shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already

    def close(self) -> None:
        """Close without waiting for the server."""
        try:
            self._client.shutdown()
        except OSError:
            return


def _utc(moment: object) -> datetime | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None
