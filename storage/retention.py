"""Destruction by retention (UU 27/2022): texts are emptied, originals named for destruction, each with its audit row.

The sealed audit row is the tombstone: ``verify`` accepts a missing original only where the chain says that it was
destroyed, when and under which rule. Facts, submissions and numbers stay: they are other classes of data.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, cast, exists, func, insert, literal, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.excuse import Decision
from domain.terms import Scheme
from storage.records import MessageState, OutboxState
from storage.retention_media import MEDIA_DESTROYED
from storage.schema import Audit, ExcuseTable, Message, MessageFile, Outbox, Remark

DESTROYED = "original_destroyed"
_CHATS = (Scheme.WHATSAPP, Scheme.TELEGRAM)
_FINISHED = (MessageState.DONE, MessageState.QUARANTINE)
_SCRUBBED = Message.claims.has_key("scrubbed")


@dataclass(frozen=True, slots=True)
class OldMessage:
    """A message past its time; ``originals`` are SHA-256 that nothing younger and nothing undecided needs."""

    id: int
    channel: Scheme
    official_at: datetime
    originals: tuple[str, ...]


class Retention:
    """What is past its time, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def old(self, before: datetime, limit: int = 200) -> list[OldMessage]:
        """Finished messages received before that moment, oldest first, with the originals that go with them."""
        rows = await self._session.scalars(
            select(Message)
            .where(Message.official_at < before, Message.state.in_(_FINISHED), ~_SCRUBBED)
            .order_by(Message.official_at, Message.id)
            .limit(limit)
        )
        return [OldMessage(row.id, row.channel, row.official_at, await self._originals(row.id, before)) for row in rows]

    async def _originals(self, message_id: int, before: datetime) -> tuple[str, ...]:
        mine = union(
            select(Message.sha256.label("sha")).where(Message.id == message_id),
            select(MessageFile.sha256.label("sha")).where(MessageFile.message_id == message_id),
        ).subquery()
        younger = or_(Message.official_at >= before, Message.state.not_in(_FINISHED))
        kept = or_(
            exists().where(Message.sha256 == mine.c.sha, younger),
            exists().where(MessageFile.sha256 == mine.c.sha, Message.id == MessageFile.message_id, younger),
            exists().where(
                cast(ExcuseTable.evidence, Text).contains(mine.c.sha), ExcuseTable.decision == Decision.OPEN
            ),
            exists().where(cast(Remark.files, Text).contains(mine.c.sha), Remark.closed_at.is_(None)),
        )
        found = await self._session.scalars(select(mine.c.sha).where(~kept).order_by(mine.c.sha))
        return tuple(found)

    async def scrub(self, message: OldMessage, rule: str, by: str, now: datetime) -> None:
        """Empty the message's words and those of the letters about it; write one tombstone for each original."""
        await self._session.execute(
            update(Message)
            .where(Message.id == message.id)
            .values(
                claims=func.jsonb_build_object("kind", Message.claims["kind"], "scrubbed", True),
                subject="",
                from_address=None if message.channel in _CHATS else Message.from_address,
            )
        )
        await self._session.execute(
            update(Outbox)
            .where(Outbox.message_id == message.id, or_(Outbox.state != OutboxState.PENDING, Outbox.expires_at < now))
            .values(body="", short="", subject="", to_address=_short_hash(Outbox.to_address))
        )
        await self._session.execute(update(Remark).where(Remark.message_id == message.id).values(text="", opened_by=""))
        await self._session.execute(
            update(ExcuseTable)
            .where(ExcuseTable.message_id == message.id, ExcuseTable.decision != Decision.OPEN)
            .values(text="", filed_by="")
        )
        for sha256 in message.originals:
            await self._session.execute(
                insert(Audit).values(
                    at=now, action=DESTROYED, subject_kind="file", subject_id=sha256, actor=by,
                    detail={"message": message.id, "rule": rule},
                )
            )  # fmt: skip

    async def destroyed(self, sha256: str) -> bool:
        """Whether a tombstone stands for this original."""
        found = await self._session.scalar(
            select(literal(1))
            .where(and_(Audit.action.in_((DESTROYED, MEDIA_DESTROYED)), Audit.subject_id == sha256))
            .limit(1)
        )
        return found is not None

    async def to_destroy(self) -> list[str]:
        """Originals with a tombstone that no living message carries again: what a broken run left behind."""
        alive = or_(
            exists().where(Message.sha256 == Audit.subject_id, ~_SCRUBBED),
            exists().where(MessageFile.sha256 == Audit.subject_id, Message.id == MessageFile.message_id, ~_SCRUBBED),
        )
        found = await self._session.scalars(
            select(Audit.subject_id).where(Audit.action == DESTROYED, ~alive).distinct()
        )
        return list(found)


def _short_hash(column: object) -> object:
    """An address that cannot be read back, while counts by address still add up."""
    return func.left(func.encode(func.sha256(func.convert_to(column, "UTF8")), "hex"), 16)
