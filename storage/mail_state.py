"""What a mailbox reader must remember besides messages: its last search and its rotating token."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records import CursorRow
from storage.rows import to_record
from storage.schema import MailCursor, OAuthToken


class Cursors:
    """Last successful searches, one per account and folder."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def get(self, account: str, folder: str) -> CursorRow | None:
        """The last successful search, None before the first."""
        row = await self._session.get(MailCursor, (account, folder), populate_existing=True)
        return None if row is None else to_record(CursorRow, row)

    async def set(self, account: str, folder: str, uidvalidity: int, searched_at: datetime) -> None:
        """A search succeeded."""
        values = {"uidvalidity": uidvalidity, "searched_at": searched_at}
        await self._session.execute(
            insert(MailCursor)
            .values(account=account, folder=folder, **values)
            .on_conflict_do_update(index_elements=[MailCursor.account, MailCursor.folder], set_=values)
        )

    async def all(self) -> list[CursorRow]:
        """Every folder's last search."""
        rows = await self._session.scalars(select(MailCursor).order_by(MailCursor.account, MailCursor.folder))
        return [to_record(CursorRow, row) for row in rows]


class Tokens:
    """The newest refresh token of each account; a lost one locks the desk out."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def get(self, account: str) -> str | None:
        """The newest stored token."""
        return await self._session.scalar(select(OAuthToken.token).where(OAuthToken.account == account))

    async def set(self, account: str, token: str, now: datetime) -> None:
        """Keep a rotated token; durable once the transaction commits."""
        values = {"token": token, "stored_at": now}
        await self._session.execute(
            insert(OAuthToken)
            .values(account=account, **values)
            .on_conflict_do_update(index_elements=[OAuthToken.account], set_=values)
        )
