"""Originals that were destroyed when their time was over: what remains is their name, when, and why."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import insert_once
from storage.schema import Destroyed, File, Message, MessageFile

_ADD = insert_once(Destroyed, returning_id=False)


class DestroyedOriginals:
    """The table of destroyed originals inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def photos_before(self, moment: datetime, limit: int = 200) -> list[str]:
        """Pictures whose newest message is older than ``moment`` and that still stand; a mail's own bytes do not."""
        newest = func.max(Message.official_at)
        found = await self._session.scalars(
            select(File.sha256)
            .join(MessageFile, MessageFile.sha256 == File.sha256)
            .join(Message, Message.id == MessageFile.message_id)
            .where(File.media_type.like("image/%"), File.sha256.not_in(select(Destroyed.sha256)))
            .where(File.sha256.not_in(select(Message.sha256)))
            .group_by(File.sha256)
            .having(newest < moment)
            .order_by(File.sha256)
            .limit(limit)
        )
        return list(found)

    async def add(self, sha256: str, reason: str, now: datetime) -> None:
        """Write the tombstone; a second time changes nothing."""
        await self._session.execute(_ADD, {"sha256": sha256, "reason": reason, "at": now})

    async def known(self, sha256: str) -> bool:
        """Whether that original was destroyed on purpose."""
        return await self._session.get(Destroyed, sha256) is not None

    async def all(self) -> list[str]:
        """Every name, for removals that a crash cut off."""
        return list(await self._session.scalars(select(Destroyed.sha256).order_by(Destroyed.sha256)))
