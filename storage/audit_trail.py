"""The audit trail: plain rows inside transactions, chained after their commit (facts: jobs, "Other").

A link covers the link before it and the hash of the whole audit row, so that no row can be changed, put in or taken
out without breaking the chain; the row's own hash beside it tells a changed row from a changed link. The head is
printed in reports: a rewritten chain shows.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records import AuditRow
from storage.rows import to_record
from storage.schema import Audit, AuditSeal

GENESIS = "0" * 64
_LOCK = 0x7365616C  # "seal"
_LOOK_BACK = 10_000  # rows of transactions that were still open when later rows were sealed
SEAL_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Link:
    """One link as ``links`` found it: its hash and its faults (name of a ``storage.verify.Fault``, subject)."""

    hash: str
    faults: tuple[tuple[str, str], ...]


class AuditTrail:
    """The audit table inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(
        self,
        action: str,
        subject_kind: str,
        subject_id: str,
        actor: str,
        now: datetime,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Note that ``actor`` did ``action`` to a subject. Ids only: no name, no text of a person."""
        await self._session.execute(
            insert(Audit).values(
                at=now,
                action=action,
                subject_kind=subject_kind,
                subject_id=subject_id,
                actor=actor,
                detail=dict(detail or {}),
            )
        )

    async def head(self) -> str | None:
        """The hash of the last link, None while the chain is empty."""
        return await self._session.scalar(select(AuditSeal.hash).order_by(AuditSeal.seq.desc()).limit(1))

    async def of(self, actor: str, limit: int = 200) -> list[AuditRow]:
        """What ``actor`` did and looked at, newest first."""
        rows = await self._session.scalars(
            select(Audit).where(Audit.actor == actor).order_by(Audit.id.desc()).limit(limit)
        )
        return [to_record(AuditRow, row) for row in rows]

    async def seal(self, *, thorough: bool) -> int:
        """Chain committed rows that have no link yet, in the order of their ids; returns how many (at most 5000).

        ``thorough`` looks at every row, otherwise only at recent ones. One transaction at a time, of all processes.
        """
        await self._session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        last = (await self._session.scalars(select(AuditSeal).order_by(AuditSeal.seq.desc()).limit(1))).first()
        newest = await self._session.scalar(select(func.max(AuditSeal.audit_id))) or 0
        sealed = select(AuditSeal.audit_id).where(AuditSeal.audit_id == Audit.id)
        rows = await self._session.scalars(
            select(Audit)
            .where(~sealed.exists(), Audit.id > (0 if thorough else newest - _LOOK_BACK))
            .order_by(Audit.id)
            .limit(SEAL_AT_ONCE)
        )
        seq, prev = (last.seq, last.hash) if last else (0, GENESIS)
        links = []
        for row in rows:
            seq += 1
            content = row_hash(row)
            digest = link_hash(prev, seq, row.id, content)
            links.append({"seq": seq, "audit_id": row.id, "prev": prev, "row_hash": content, "hash": digest})
            prev = digest
        if links:
            await self._session.execute(insert(AuditSeal), links)
        return len(links)

    async def unsealed(self) -> int:
        """Committed rows without a link: at most those of the last second, unless the sealer does not run."""
        sealed = select(AuditSeal.audit_id).where(AuditSeal.audit_id == Audit.id)
        return await self._session.scalar(select(func.count()).select_from(Audit).where(~sealed.exists())) or 0

    async def links(self) -> AsyncIterator[Link]:
        """Every link of the chain in order, each judged against its row and its neighbours; streamed."""
        rows = await self._session.stream(
            select(AuditSeal, Audit)
            .outerjoin(Audit, Audit.id == AuditSeal.audit_id)
            .order_by(AuditSeal.seq)
            .execution_options(yield_per=500)
        )
        before: AuditSeal | None = None
        async for seal, audit in rows:
            yield Link(seal.hash, tuple(_faults(before, seal, audit)))
            before = seal


def _faults(before: AuditSeal | None, seal: AuditSeal, row: Audit | None) -> Iterator[tuple[str, str]]:
    expected = before.seq + 1 if before else 1
    if not _is_sound(seal):
        yield "SEAL_ALTERED", str(seal.seq)
        return
    if seal.seq != expected:
        yield "SEAL_MISSING", str(expected)
    elif seal.prev != (before.hash if before else GENESIS) and (before is None or _is_sound(before)):
        yield "SEAL_ALTERED", str(seal.seq)
    if row is None:
        yield "AUDIT_MISSING", str(seal.audit_id)
    elif row_hash(row) != seal.row_hash:
        yield "AUDIT_ALTERED", str(row.id)


def _is_sound(seal: AuditSeal) -> bool:
    return link_hash(seal.prev, seal.seq, seal.audit_id, seal.row_hash) == seal.hash


def row_hash(row: Audit) -> str:
    """The hash of an audit row as canonical JSON."""
    plain = [
        row.id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.action,
        row.subject_kind,
        row.subject_id,
        row.actor,
        row.detail,
    ]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def link_hash(prev: str, seq: int, audit_id: int, row: str) -> str:
    """The hash of a link: over the link before it, its own number and its row's hash."""
    return hashlib.sha256(f"{prev}:{seq}:{audit_id}:{row}".encode()).hexdigest()
