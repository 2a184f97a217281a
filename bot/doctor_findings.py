"""What the doctor says: findings, and the questions it asks the rest of the program."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import ExitCode
from domain.ports import BlobStore


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``what``, ``finding`` and ``mend`` are Indonesian; ``mend`` is empty when ok."""

    level: Level
    what: str
    finding: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class FailingAddress:
    """A registered address whose mail keeps failing authenticity: ``failures`` in a row, the last for ``reason``."""

    address: str
    unit: str
    failures: int
    reason: str


@dataclass(frozen=True, slots=True)
class Probes:
    """What only the wired program can answer; each may raise ``PoskoError`` and is then reported as such.

    ``database``: PostgreSQL's ``server_version_num`` (150004 = 15.4). ``sent_today``: mails sent since midnight.
    ``layers``: protections of a sandbox child and whether each is in force. ``access_token``: a fresh XOAUTH2
    token for the mailbox of that name. ``purged``: when destruction by retention last ran. ``devices``: findings about
    attendance machines.
    """

    database: Callable[[], Awaitable[int]]
    blobs: BlobStore
    sent_today: Callable[[], Awaitable[int]]
    failing_addresses: Callable[[], Awaitable[Sequence[FailingAddress]]]
    layers: Callable[[], Awaitable[Mapping[str, bool]]]
    access_token: Callable[[str], Awaitable[str]]
    purged: Callable[[], Awaitable[datetime | None]]
    devices: Callable[[], Awaitable["Sequence[Finding]"]]


def ok(what: str, finding: str) -> Finding:
    """Nothing to mend."""
    return Finding(Level.OK, what, finding)


def warn(what: str, finding: str, mend: str) -> Finding:
    """Works, but somebody should look."""
    return Finding(Level.WARN, what, finding, mend)


def fail(what: str, finding: str, mend: str) -> Finding:
    """Does not work."""
    return Finding(Level.FAIL, what, finding, mend)


_SIGNS = {Level.OK: "BAIK", Level.WARN: "PERIKSA", Level.FAIL: "GAGAL"}


def as_text(findings: Sequence[Finding]) -> str:
    """The findings for a person: one line each, what to mend below it, and a sum."""
    lines = []
    for finding in findings:
        lines.append(f"{_SIGNS[finding.level]:<8} {finding.what}: {finding.finding}")
        if finding.mend:
            lines.append(f"{'':<8} → {finding.mend}")
    counts = [f"{sum(f.level is level for f in findings)} {sign.lower()}" for level, sign in _SIGNS.items()]
    return "\n".join([*lines, ", ".join(counts)])


def as_json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """The findings for a machine."""
    return [{key: str(value) for key, value in asdict(finding).items()} for finding in findings]


def exit_code(findings: Sequence[Finding]) -> ExitCode:
    """1 when something does not work, 3 when somebody should look, else 0."""
    levels = {finding.level for finding in findings}
    if Level.FAIL in levels:
        return ExitCode.FAILED
    return ExitCode.NEEDS_PERSON if Level.WARN in levels else ExitCode.DONE
