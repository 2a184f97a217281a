"""Remarks beside marks and submissions, and asks with buttons."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.terms import Scheme
from storage.records_talk import AskRow, NewAsk, NewRemark, RemarkKind, RemarkRow
from storage.rows import insert_once, to_record, to_values
from storage.schema import Ask, Remark

_INSERT = insert_once(Remark)
_ASK = insert_once(Ask)


class Remarks:
    """The table of remarks inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: NewRemark) -> int | None:
        """Write one; None when this message said it before. A kendala asks for nothing and is closed at once."""
        done = new.opened_at if new.kind is RemarkKind.TROUBLE else None
        values = {**to_values(new), "files": (), "closed_at": done, "closed_by": "", "outcome": ""}
        found: int | None = await self._session.scalar(_INSERT, values)
        return found

    async def attach(self, id_: int, sha256: str) -> None:
        """The photo that followed; a second time changes nothing."""
        row = await self._session.get(Remark, id_, populate_existing=True)
        if row is not None and sha256 not in row.files:
            row.files = (*row.files, sha256)
            await self._session.flush()

    async def close(self, id_: int, by: str, now: datetime, outcome: str) -> bool:
        """A person decided; False when it was closed before."""
        closed = await self._session.scalar(
            update(Remark)
            .where(Remark.id == id_, Remark.closed_at.is_(None))
            .values(closed_at=now, closed_by=by, outcome=outcome)
            .returning(Remark.id)
        )
        return closed is not None

    async def for_unit(self, unit: str, first: date, last: date) -> list[RemarkRow]:
        """All about a unit's days, oldest first."""
        return await self._rows(select(Remark).where(Remark.unit == unit, Remark.date.between(first, last)))

    async def open(self, kind: RemarkKind | None = None) -> list[RemarkRow]:
        """What waits for a person (TLG-18: nobody becomes absent while an objection is open)."""
        query = select(Remark).where(Remark.closed_at.is_(None))
        return await self._rows(query if kind is None else query.where(Remark.kind == kind))

    async def waiting_for_photo(self, opened_by: str, since: datetime) -> RemarkRow | None:
        """The newest open objection of one address without a photo."""
        rows = await self._rows(
            select(Remark).where(
                Remark.kind == RemarkKind.OBJECTION, Remark.opened_by == opened_by, Remark.opened_at >= since,
                Remark.closed_at.is_(None),
            )
        )  # fmt: skip
        return next((row for row in reversed(rows) if not row.files), None)

    async def _rows(self, query: Select[Remark]) -> list[RemarkRow]:
        ordered = query.order_by(Remark.id).execution_options(populate_existing=True)
        return [to_record(RemarkRow, row) for row in await self._session.scalars(ordered)]


class Asks:
    """The table of asks inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: NewAsk) -> bool:
        """Write one; False when its token exists."""
        values = {**to_values(new), "about": dict(new.about), "answered_at": None, "answer": ""}
        return await self._session.scalar(_ASK, values) is not None

    async def get(self, token: str) -> AskRow | None:
        """The ask of a token."""
        row = await self._session.scalar(
            select(Ask).where(Ask.token == token).execution_options(populate_existing=True)
        )
        return None if row is None else to_record(AskRow, row)

    async def answer(self, id_: int, answer: str, now: datetime) -> bool:
        """The first tap counts; False for every later one."""
        done = await self._session.scalar(
            update(Ask)
            .where(Ask.id == id_, Ask.answered_at.is_(None))
            .values(answered_at=now, answer=answer)
            .returning(Ask.id)
        )
        return done is not None

    async def open_for(self, scheme: Scheme, address: str, since: datetime) -> Sequence[AskRow]:
        """Unanswered asks of one address since then, newest first."""
        rows = await self._session.scalars(
            select(Ask)
            .where(Ask.scheme == scheme, Ask.address == address, Ask.asked_at >= since, Ask.answered_at.is_(None))
            .order_by(Ask.id.desc())
        )
        return [to_record(AskRow, row) for row in rows]

    async def about(self, scheme: Scheme, address: str, submission_id: int) -> set[int]:
        """The questions of a submission that this address was asked already, answered or not."""
        rows = await self._session.scalars(
            select(Ask.question_id).where(
                Ask.scheme == scheme, Ask.address == address, Ask.submission_id == submission_id,
                Ask.question_id.is_not(None),
            )
        )  # fmt: skip
        return {id_ for id_ in rows if id_ is not None}

    async def close(self, question_id: int, answer: str, now: datetime) -> None:
        """Somebody answered in words: no address waits for a tap or a bare number about it any more."""
        await self._session.execute(
            update(Ask)
            .where(Ask.question_id == question_id, Ask.answered_at.is_(None))
            .values(answered_at=now, answer=answer)
        )
