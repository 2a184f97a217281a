"""Accounts and API tokens."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.account import ApiScope
from storage.records_desk import AccountRow, ApiTokenRow, NewAccount
from storage.rows import insert_once, to_record, to_values
from storage.schema import Account, ApiToken

_INSERT = insert_once(Account)


class Accounts:
    """The tables of accounts and tokens inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: NewAccount) -> int | None:
        """Write an account; None when its name is taken."""
        id_: int | None = await self._session.scalar(_INSERT, {**to_values(new), "totp_step": 0})
        return id_

    async def get(self, id_: int) -> AccountRow | None:
        """One account by its number."""
        row = await self._session.get(Account, id_, populate_existing=True)
        return None if row is None else to_record(AccountRow, row)

    async def by_name(self, name: str) -> AccountRow | None:
        """One account by its name, whatever the case."""
        query = select(Account).where(Account.name == name.strip().lower()).execution_options(populate_existing=True)
        row = await self._session.scalar(query)
        return None if row is None else to_record(AccountRow, row)

    async def all(self) -> list[AccountRow]:
        """Every account by name."""
        return [
            to_record(AccountRow, row) for row in await self._session.scalars(select(Account).order_by(Account.name))
        ]

    async def set_password(self, id_: int, password_hash: str, *, must_change: bool) -> None:
        """A new password; ``must_change``: it was set by somebody else."""
        await self._session.execute(
            update(Account).where(Account.id == id_).values(password_hash=password_hash, must_change=must_change)
        )

    async def set_totp(self, id_: int, secret: str | None) -> None:
        """Switch the second factor on, or off (None)."""
        await self._session.execute(update(Account).where(Account.id == id_).values(totp_secret=secret, totp_step=0))

    async def reseal_totp(self, id_: int, old: str, new: str) -> None:
        """The same secret, stored otherwise; nothing happens when it was changed meanwhile."""
        await self._session.execute(
            update(Account).where(Account.id == id_, Account.totp_secret == old).values(totp_secret=new)
        )

    async def use_totp_step(self, id_: int, step: int) -> bool:
        """Take the code of time step ``step``; False when it or a later one was taken before."""
        taken = await self._session.scalar(
            update(Account)
            .where(Account.id == id_, Account.totp_step < step)
            .values(totp_step=step)
            .returning(Account.id)
        )
        return taken is not None

    async def lock(self, id_: int, at: datetime | None) -> None:
        """Lock the account (or unlock it: None); its sessions are the caller's to end."""
        await self._session.execute(update(Account).where(Account.id == id_).values(locked_at=at))

    async def add_token(
        self, label: str, token_hash: str, scopes: Sequence[ApiScope], unit: str | None, by: str, now: datetime
    ) -> int:
        """Write an API token, of which only the hash is kept; returns its number."""
        id_: int | None = await self._session.scalar(
            insert(ApiToken)
            .values(
                label=label,
                token_hash=token_hash,
                scopes=[scope.value for scope in scopes],
                unit=unit,
                made_at=now,
                made_by=by,
            )
            .returning(ApiToken.id)
        )
        assert id_ is not None
        return id_

    async def token(self, token_hash: str, now: datetime) -> ApiTokenRow | None:
        """The living token of that hash, marked as used now; None when there is none or it was revoked."""
        row = await self._session.scalar(
            update(ApiToken)
            .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
            .values(used_at=now)
            .returning(ApiToken)
        )
        return None if row is None else _token(row)

    async def tokens(self) -> list[ApiTokenRow]:
        """Every token, oldest first."""
        return [_token(row) for row in await self._session.scalars(select(ApiToken).order_by(ApiToken.id))]

    async def revoke_token(self, id_: int, now: datetime) -> bool:
        """End a token; False when it is unknown or ended before."""
        ended = await self._session.scalar(
            update(ApiToken)
            .where(ApiToken.id == id_, ApiToken.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(ApiToken.id)
        )
        return ended is not None


def _token(row: ApiToken) -> ApiTokenRow:
    return ApiTokenRow(
        row.id, row.label, tuple(row.scopes), row.unit, row.made_at, row.made_by, row.revoked_at, row.used_at
    )
