"""What the recap pages draw: sheets and codes of a span of days in few plain rows; and what the admin looks after."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outcome import Counts
from domain.reading import Verdict
from domain.terms import StatusKey, Timeliness
from storage.records import MessageRow, MessageState, OutboxRow, OutboxState
from storage.rows import to_record
from storage.schema import Fact, Message, Outbox, Submission


@dataclass(frozen=True, slots=True)
class SheetDay:
    """One unit's sheet of one date and session, as light as it comes."""

    unit: str
    date: date
    session: str
    received: bool
    timeliness: Timeliness
    late_minutes: int
    at: datetime
    counts: Counts
    number: str


class DeskFigures:
    """Reads for the desk's pages inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def sheets(self, first: date, last: date, units: Collection[str] | None = None) -> list[SheetDay]:
        """Submissions of these days, of ``units`` or of all, in the order of date and number."""
        query = (
            select(
                Submission.unit,
                Submission.date,
                Submission.session,
                Submission.received,
                Submission.timeliness,
                Submission.late_minutes,
                Submission.at,
                Submission.counts,
                Submission.number,
            )
            .where(Submission.date.between(first, last))
            .order_by(Submission.date, Submission.sequence)
        )
        if units is not None:
            query = query.where(Submission.unit.in_(list(units)))
        return [SheetDay(*row) for row in await self._session.execute(query)]

    async def codes(
        self, first: date, last: date, units: Collection[str] | None = None
    ) -> dict[tuple[date, StatusKey], int]:
        """How many people of each day have a code of each kind recorded, by sheets or by decision."""
        query = (
            select(Fact.date, Fact.key, func.count(Fact.person.distinct()))
            .where(Fact.date.between(first, last), Fact.verdict == Verdict.CODE, Fact.key.is_not(None))
            .group_by(Fact.date, Fact.key)
        )
        if units is not None:
            query = query.where(Fact.unit.in_(list(units)))
        return {(row[0], row[1]): row[2] for row in await self._session.execute(query) if row[1] is not None}

    async def failed_letters(self, limit: int = 50) -> list[OutboxRow]:
        """Letters that no channel would take, newest first."""
        rows = await self._session.scalars(
            select(Outbox).where(Outbox.state == OutboxState.FAILED).order_by(Outbox.id.desc()).limit(limit)
        )
        return [to_record(OutboxRow, row) for row in rows]

    async def quarantine(self, limit: int = 50) -> list[MessageRow]:
        """Messages that were set aside, newest first."""
        rows = await self._session.scalars(
            select(Message).where(Message.state == MessageState.QUARANTINE).order_by(Message.id.desc()).limit(limit)
        )
        return [to_record(MessageRow, row) for row in rows]
