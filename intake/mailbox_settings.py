"""What one mailbox needs to know: its server, its secrets, whose word counts, and how patient to be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from intake.oauth import AccessTokens


@dataclass(frozen=True, slots=True)
class ImapServer:
    """How to reach the server. ``tls`` is ``none``, ``starttls`` or ``tls``; ``ca_file``: an office's own authority.

    ``read_timeout_s`` bounds each answer. With ``MailboxSettings.idle_in_window_s`` it must stay under 90 s, the
    time within which a silent connection is replaced.
    """

    host: str
    port: int
    username: str
    tls: str = "tls"
    ca_file: Path | None = None
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """One mailbox. ``name`` is the account under which its messages are kept and must never change.

    ``password`` or ``tokens`` (XOAUTH2) is asked at each login. ``received_by``: hosts of our own mail servers
    (TLG-04). ``archive_to``: a folder into which kept messages are moved; None: the mailbox is opened read-only.
    Times are real seconds: a renewal of IDLE inside and outside windows, how long a window may pass without a
    successful search (``silence_s``), the first and the longest pause between attempts to connect.
    """

    name: str
    server: ImapServer
    password: Callable[[], str | None] = field(default=lambda: None, repr=False)
    tokens: AccessTokens | None = field(default=None, repr=False)
    folder: str = "INBOX"
    archive_to: str | None = None
    received_by: tuple[str, ...] = ()
    idle_in_window_s: float = 45.0
    idle_outside_s: float = 300.0
    look_up_s: float = 5.0
    silence_s: float = 60.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    retry_poison_s: float = 600.0
    batch: int = 25
    batch_bytes: int = 12 * 1024 * 1024
    stream_above: int = 4 * 1024 * 1024
