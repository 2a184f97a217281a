"""The audit trail: plain rows inside transactions, chained after their commit (facts: jobs, "Other").

A link's hash covers the hash before it and the whole audit row as canonical JSON, so that no row can be changed, put
in or taken out without breaking every later link. The head is printed in reports: a rewritten chain shows.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.schema import Audit, AuditSeal

GENESIS = "0" * 64
_LOCK = 0x7365616C  # "seal"
_LOOK_BACK = 10_000  # rows of transactions that were still open when later rows were sealed
SEAL_AT_ONCE = 5_000


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
            digest = link_hash(prev, row)
            links.append({"seq": seq, "audit_id": row.id, "prev": prev, "hash": digest})
            prev = digest
        if links:
            await self._session.execute(insert(AuditSeal), links)
        return len(links)


def link_hash(prev: str, row: Audit) -> str:
    """The hash of the link that seals ``row`` after ``prev``."""
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
    return hashlib.sha256(prev.encode() + text.encode()).hexdigest()
