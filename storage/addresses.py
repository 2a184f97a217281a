"""Who may speak for a unit by chat: claims, their one-time codes, and other names of one address (facts: chat)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.roster import Address, AddressRole
from domain.speaker import DESK_UNIT
from domain.terms import Scheme
from storage.records_talk import ClaimRow, ClaimState, NewClaim
from storage.rows import insert_once, to_record, to_values
from storage.schema import AddressAlias, AddressClaim

_INSERT = insert_once(AddressClaim)
_LEARN = insert_once(AddressAlias, returning_id=False)
OPEN = (ClaimState.ASKED, ClaimState.APPROVED)


class Addresses:
    """The tables of claims and aliases inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def ask(self, new: NewClaim) -> int | None:
        """Write a claim; None when the same is open already."""
        values = {
            **to_values(new), "person": None, "role": AddressRole.RECAP_OFFICER, "state": ClaimState.ASKED,
            "tries": 0, "decided_at": None, "decided_by": "",
        }  # fmt: skip
        found: int | None = await self._session.scalar(_INSERT, values)
        return found

    async def wrong_try(self, id_: int) -> int:
        """Count a wrong code; returns how many there were."""
        tries: int | None = await self._session.scalar(
            update(AddressClaim)
            .where(AddressClaim.id == id_)
            .values(tries=AddressClaim.tries + 1)
            .returning(AddressClaim.tries)
        )
        return tries or 0

    async def decide(self, id_: int, state: ClaimState, by: str, now: datetime, **more: Any) -> ClaimRow | None:
        """Approve, refuse or revoke; None when it stands so already or is closed. A code serves once."""
        row = await self._session.scalar(
            update(AddressClaim)
            .where(AddressClaim.id == id_, AddressClaim.state.in_(OPEN), AddressClaim.state != state)
            .values(state=state, decided_by=by, decided_at=now, code_hash="", **more)
            .returning(AddressClaim)
            .execution_options(populate_existing=True)
        )
        return None if row is None else to_record(ClaimRow, row)

    async def get(self, id_: int) -> ClaimRow | None:
        """One claim."""
        found = await self._rows(select(AddressClaim).where(AddressClaim.id == id_))
        return found[0] if found else None

    async def open_for(self, scheme: Scheme, value: str) -> list[ClaimRow]:
        """Asked and approved claims of one address, oldest first."""
        mine = (AddressClaim.scheme == scheme, AddressClaim.value == value, AddressClaim.state.in_(OPEN))
        return await self._rows(select(AddressClaim).where(*mine))

    async def asked_since(self, scheme: Scheme, value: str, since: datetime) -> int:
        """How many claims an address began since then, whatever became of them: the brake on guessing."""
        mine = (AddressClaim.scheme == scheme, AddressClaim.value == value, AddressClaim.asked_at >= since)
        return await self._session.scalar(select(func.count()).select_from(AddressClaim).where(*mine)) or 0

    async def all(self, states: Iterable[ClaimState] = tuple(ClaimState)) -> list[ClaimRow]:
        """Claims in these states, oldest first."""
        return await self._rows(select(AddressClaim).where(AddressClaim.state.in_(list(states))))

    async def registered(self, tz: ZoneInfo) -> tuple[Address, ...]:
        """Approved claims as addresses of the roster, valid from the local day of their first message on."""
        return tuple(
            Address(c.scheme, c.value, c.unit, c.person, c.role, first=c.since.astimezone(tz).date())
            for c in await self.all([ClaimState.APPROVED])
            if c.unit != DESK_UNIT
        )

    async def receivers(self) -> set[tuple[Scheme, str]]:
        """Approved addresses of BKD's own receivers."""
        return {(c.scheme, c.value) for c in await self.all([ClaimState.APPROVED]) if c.unit == DESK_UNIT}

    async def stamp(self) -> tuple[int, datetime]:
        """Changes whenever ``registered`` does: how many are approved, and the latest decision."""
        row = (
            await self._session.execute(
                select(
                    func.count().filter(AddressClaim.state == ClaimState.APPROVED), func.max(AddressClaim.decided_at)
                )
            )
        ).one()
        return row[0], row[1] or datetime(1970, 1, 1, tzinfo=UTC)

    async def known_as(self, scheme: Scheme, addresses: Sequence[str]) -> str | None:
        """The address under which the desk knows this sender, or None: a provider's new name beside an old number.

        A number whose second name has changed has a new owner: it is nobody's until approved.
        """
        first, *others = addresses
        for other in others:
            names = await self._aliases(scheme, first)
            if names and other not in names:
                return None
        if others:
            return first
        value: str | None = await self._session.scalar(
            select(AddressAlias.value).where(AddressAlias.scheme == scheme, AddressAlias.alias == first)
        )
        return value or first

    async def learn(self, scheme: Scheme, addresses: Sequence[str], now: datetime) -> None:
        """Remember the other names of a sender whose number is registered; a known name is never moved."""
        for alias in addresses[1:]:
            values = {"scheme": scheme, "alias": alias, "value": addresses[0], "seen_at": now}
            await self._session.execute(_LEARN, values)

    async def forget_names(self, scheme: Scheme, value: str) -> None:
        """After an approval the number's old names count no more: its owner was approved anew."""
        await self._session.execute(
            delete(AddressAlias).where(AddressAlias.scheme == scheme, AddressAlias.value == value)
        )

    async def _aliases(self, scheme: Scheme, value: str) -> set[str]:
        rows = await self._session.scalars(
            select(AddressAlias.alias).where(AddressAlias.scheme == scheme, AddressAlias.value == value)
        )
        return set(rows)

    async def _rows(self, query: Select[AddressClaim]) -> list[ClaimRow]:
        ordered = query.order_by(AddressClaim.id).execution_options(populate_existing=True)
        return [to_record(ClaimRow, row) for row in await self._session.scalars(ordered)]
