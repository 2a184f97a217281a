"""Returned recaps: which came, and how each compares with what was recorded (TLG-10, TLG-D5)."""

from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outcome import RECAP
from storage.records_reports import NewRecapCheck, RecapCheckRow, ReturnedRecap
from storage.rows import insert_once, to_record, to_values
from storage.schema import Arrival, RecapCheck, Submission

_ADD = insert_once(RecapCheck)


class RecapChecks:
    """The table of comparisons inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, new: NewRecapCheck) -> int | None:
        """Keep a comparison; None when that file of that submission was compared before."""
        return cast(int | None, await self._session.scalar(_ADD, to_values(new)))

    async def unchecked(self, limit: int = 50) -> list[ReturnedRecap]:
        """Readable files of recaps that nobody has compared yet, oldest first."""
        done = select(RecapCheck.id).where(
            RecapCheck.submission_id == Arrival.submission_id, RecapCheck.sha256 == Arrival.sha256
        )
        rows = await self._session.execute(
            select(
                Submission.id, Submission.number, Arrival.sha256, Submission.unit, Submission.date, Arrival.official_at
            )
            .join(Submission, Submission.id == Arrival.submission_id)
            .where(Submission.session == RECAP, Arrival.readable, ~done.exists())
            .order_by(Arrival.id)
            .limit(limit)
        )
        return list(dict.fromkeys(ReturnedRecap(*row) for row in rows))

    async def latest(self, first: date) -> dict[str, RecapCheckRow]:
        """Of the month that begins with ``first``: each unit's newest comparison."""
        rows = await self._session.scalars(select(RecapCheck).where(RecapCheck.first == first).order_by(RecapCheck.id))
        return {row.unit: to_record(RecapCheckRow, row) for row in rows}

    async def returned(self, first: date, last: date) -> set[str]:
        """The units whose recap of these days came and could be read."""
        units = await self._session.scalars(
            select(Submission.unit).where(
                Submission.session == RECAP, Submission.received, Submission.date.between(first, last)
            )
        )
        return set(units)
