"""Every error this product raises on purpose.

::

    PoskoError                  exit 1
    ├── UsageError              exit 2  the command or its arguments cannot be meant
    ├── ConfigurationError      exit 2  settings, profile or roster file: says file, place, what was expected
    │   ├── ProfileError
    │   └── RosterError
    ├── NeedsPerson             exit 3  done, but a person has to look
    ├── StorageError
    │   ├── LostCommit                  PostgreSQL turned COMMIT into ROLLBACK
    │   ├── DatabaseUnavailable
    │   └── OriginalMissing             an archived original is gone or altered
    ├── ReadingError                    a file could not be read; ``code`` says why, for the answer to the sender
    ├── ChannelError
    │   ├── Retryable                   try again after ``after`` seconds
    │   ├── Expired                     its time was over before it could be handed over
    │   ├── Unknown                     perhaps taken: ask before handing it over again
    │   └── Permanent                   never again; ``code`` is the provider's, ``refusal`` what it means
    ├── SandboxError                    the child process itself is unusable
    └── ReportError                     a report could not be made; nothing of it left
"""

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """Exit status of every ``posko`` command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NEEDS_PERSON = 3


class PoskoError(Exception):
    """Root of the tree; ``str()`` is a sentence for the operator that says what to do."""

    exit_code = ExitCode.FAILED


class UsageError(PoskoError):
    """The command line cannot be meant as written."""

    exit_code = ExitCode.USAGE


class ConfigurationError(PoskoError):
    """A file written by a person is wrong.

    ``file`` and ``line`` (1-based, None if unknown) say where; ``str()`` says what was expected.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, file: str = "", line: int | None = None) -> None:
        self.file = file
        self.line = line
        place = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + message)


class ProfileError(ConfigurationError):
    """A government's profile does not follow the documented fields."""


class RosterError(ConfigurationError):
    """A roster file cannot be imported; ``problems`` lists sheet, row and column of each fault."""

    def __init__(self, message: str, *, file: str = "", problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message, file=file)


class NeedsPerson(PoskoError):
    """The work is done, but something waits for a person."""

    exit_code = ExitCode.NEEDS_PERSON


class StorageError(PoskoError):
    """The database or the archive did not do what it must."""


class LostCommit(StorageError):
    """A swallowed database error would have turned this COMMIT into a silent ROLLBACK."""


class DatabaseUnavailable(StorageError):
    """No PostgreSQL could be reached or started."""


class OriginalMissing(StorageError):
    """An archived original is absent or its bytes no longer match its SHA-256."""

    def __init__(self, sha256: str, reason: str) -> None:
        self.sha256 = sha256
        super().__init__(f"berkas asli {sha256}: {reason}")


class ReadingError(PoskoError):
    """A file cannot be read.

    ``code`` is one of the problem codes in ``domain.reading`` and selects the answer to the sender.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class ChannelError(PoskoError):
    """Sending through a channel failed."""


class Retryable(ChannelError):
    """A passing fault; ``after`` is the number of seconds to wait at least (None: the caller's back-off).

    ``outage``: the way out itself is closed (no connection, no login), which says nothing about the message.
    A connection lost halfway is none: the message may have been taken, and must not be handed over for ever.
    ``mend``: it lasts until the operator mends our settings.
    """

    def __init__(
        self, message: str, *, after: float | None = None, code: str = "", outage: bool = False, mend: bool = False
    ) -> None:
        self.after = after
        self.mend = mend
        self.code = code
        self.outage = outage
        super().__init__(message)


class Expired(ChannelError):
    """The message's time was over before it could be handed over; nothing left."""


class Unknown(ChannelError):
    """The provider may have taken the message, but its answer was lost."""


class Refusal(StrEnum):
    """Why a provider refuses for good, and so what the desk does (facts: chat, table of codes)."""

    WINDOW = "window"  # the reply window is over: once more as a template
    ADDRESS = "address"  # nobody there
    BLOCKED = "blocked"  # its owner wants nothing more from us
    POLICY = "policy"  # template or policy: the operator has to act
    MEDIA = "media"  # this file cannot be sent there
    CONFIG = "config"  # our own settings: the operator has to act


class Permanent(ChannelError):
    """The provider refused for good; ``refusal`` None: no more is known than ``code``."""

    def __init__(self, message: str, *, code: str = "", refusal: Refusal | None = None) -> None:
        self.code = code
        self.refusal = refusal
        super().__init__(message)


class SandboxError(PoskoError):
    """The child processes that read files cannot be started or trusted."""


class ReportError(PoskoError):
    """A report could not be made, or may not leave as it is; ``str()`` says why."""
