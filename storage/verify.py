"""``posko verify``: walks the audit chain and every original, and says which byte-bearer was changed.

Works in pieces and holds neither the originals nor the tables in memory.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import OriginalMissing
from storage.blobs import Archive
from storage.engine import Database

Progress = Callable[[str, int], None]


class Fault(StrEnum):
    """What was found; the value is what people read."""

    ORIGINAL_ALTERED = "berkas asli berubah"
    ORIGINAL_MISSING = "berkas asli hilang"
    STRAY = "berkas asing di arsip"
    AUDIT_ALTERED = "baris audit berubah"
    AUDIT_MISSING = "baris audit hilang"
    SEAL_ALTERED = "segel audit berubah"
    SEAL_MISSING = "segel audit hilang"
    HEAD_MISSING = "segel yang tercetak tidak ada"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault; ``subject`` is a SHA-256, a path, an audit id or a seal's number, ``detail`` who refers to it."""

    fault: Fault
    subject: str
    detail: str = ""


@dataclass(slots=True)
class VerifyReport:
    """What was walked and what was found. ``unreferenced`` originals are harmless: archived, then the power went.

    ``destroyed``: gone by retention, with a tombstone in the chain.
    """

    originals: int = 0
    referenced: int = 0
    unreferenced: int = 0
    audit_rows: int = 0
    unsealed: int = 0
    destroyed: int = 0
    head: str | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


async def verify(
    db: Database, archive: Archive, progress: Progress | None = None, head: str | None = None
) -> VerifyReport:
    """Check everything. ``progress(stage, done)`` is told of ``audit`` and ``originals``.

    ``head``: a hash that a report printed once; it must be part of the chain, or the chain was rewritten.
    """
    tell = progress or (lambda stage, done: None)
    report = VerifyReport()
    await _walk_chain(db, report, tell, head)
    await _walk_originals(db, archive, report, tell)
    return report


async def _walk_chain(db: Database, report: VerifyReport, tell: Progress, head: str | None) -> None:
    head_seen = head is None
    async with db.begin() as uow:
        async for link in uow.audit.links():
            report.findings += [Finding(Fault[name], subject) for name, subject in link.faults]
            report.audit_rows += 1
            report.head = link.hash
            head_seen = head_seen or link.hash == head
            if report.audit_rows % 1000 == 0:
                tell("audit", report.audit_rows)
        report.unsealed = await uow.audit.unsealed()
    tell("audit", report.audit_rows)
    if not head_seen:
        report.findings.append(Finding(Fault.HEAD_MISSING, head or ""))


async def _walk_originals(db: Database, archive: Archive, report: VerifyReport, tell: Progress) -> None:
    async for sha256 in archive.names():
        report.originals += 1
        try:
            await archive.check(sha256)
        except OriginalMissing:
            report.findings.append(Finding(Fault.ORIGINAL_ALTERED, sha256, archive.place(sha256)))
        tell("originals", report.originals)
    report.findings += [Finding(Fault.STRAY, name) for name in await archive.strays()]
    async for sha256, owner in _references(db):
        report.referenced += 1
        if await archive.exists(sha256):
            continue
        if await _destroyed(db, sha256):
            report.destroyed += 1
        else:
            report.findings.append(Finding(Fault.ORIGINAL_MISSING, sha256, owner))
    report.unreferenced = max(report.originals - report.referenced, 0)


async def _references(db: Database) -> AsyncIterator[tuple[str, str]]:
    async with db.begin() as uow:
        async for sha256, owner in uow.files.references():
            yield sha256, owner


async def _destroyed(db: Database, sha256: str) -> bool:
    async with db.begin() as uow:
        return await uow.retention.destroyed(sha256)
