"""Logins of the desk: rows, so that a restart keeps them and an admin can end them. All moments are real time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.account import LOGIN_SPAN, SESSION_IDLE
from storage.records_desk import AccountRow, SessionRow
from storage.rows import to_record, to_values
from storage.schema import Account, DeskSession, LoginAttempt

_TOUCH = timedelta(minutes=1)  # how stale ``seen_at`` may get: no write for each click
_KEEP_ATTEMPTS = timedelta(days=1)


class DeskSessions:
    """The tables of logins and failed logins inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: SessionRow) -> None:
        """Write a login, and sweep away those that are over."""
        await self._session.execute(delete(DeskSession).where(DeskSession.ends_at < new.made_at))
        await self._session.execute(insert(DeskSession).values(**to_values(new)))

    async def find(self, token_hash: str, now: datetime) -> tuple[SessionRow, AccountRow] | None:
        """The living login of that cookie and its account, seen now; None when over, idle too long or locked."""
        found = (
            await self._session.execute(
                select(DeskSession, Account)
                .join(Account, Account.id == DeskSession.account_id)
                .where(DeskSession.token_hash == token_hash, DeskSession.ends_at > now, Account.locked_at.is_(None))
                .where(DeskSession.seen_at > now - SESSION_IDLE)
            )
        ).first()
        if found is None:
            return None
        session, account = to_record(SessionRow, found[0]), to_record(AccountRow, found[1])
        if session.seen_at < now - _TOUCH:
            await self._session.execute(
                update(DeskSession).where(DeskSession.token_hash == token_hash).values(seen_at=now)
            )
        return session, account

    async def pass_second_factor(self, token_hash: str) -> None:
        """The login gave its TOTP code."""
        await self._session.execute(
            update(DeskSession).where(DeskSession.token_hash == token_hash).values(second_factor=True)
        )

    async def end(self, token_hash: str) -> None:
        """Log out."""
        await self._session.execute(delete(DeskSession).where(DeskSession.token_hash == token_hash))

    async def end_all(self, account_id: int, but: str | None = None) -> None:
        """End every login of an account, except the one with the hash ``but``."""
        await self._session.execute(
            delete(DeskSession).where(DeskSession.account_id == account_id, DeskSession.token_hash != (but or ""))
        )

    async def count(self, account_id: int, now: datetime) -> int:
        """How many logins of an account live."""
        query = select(func.count()).where(DeskSession.account_id == account_id, DeskSession.ends_at > now)
        return await self._session.scalar(query) or 0

    async def failed(self, name: str, peer: str, now: datetime) -> None:
        """Note a failed login."""
        await self._session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - _KEEP_ATTEMPTS))
        await self._session.execute(insert(LoginAttempt).values(name=name, peer=peer, at=now))

    async def failures(self, name: str, peer: str, now: datetime) -> tuple[int, int]:
        """Failed logins of that name and from that address within ``LOGIN_SPAN``."""
        recent = LoginAttempt.at > now - LOGIN_SPAN
        by_name = select(func.count()).where(LoginAttempt.name == name, recent).scalar_subquery()
        by_peer = select(func.count()).where(LoginAttempt.peer == peer, recent).scalar_subquery()
        row = (await self._session.execute(select(by_name, by_peer))).one()
        return row[0], row[1]

    async def forgive(self, name: str) -> None:
        """Forget failed logins of a name: a right password, or an admin's word."""
        await self._session.execute(delete(LoginAttempt).where(LoginAttempt.name == name))
