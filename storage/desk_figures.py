"""What the recap pages draw: sheets and codes of a span of days in few plain rows; and what the admin looks after."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from domain.board import BoardEntry
from domain.outcome import Counts, Flag
from domain.reading import Verdict
from domain.terms import StatusKey, Timeliness
from storage.records import MessageRow, MessageState, OutboxRow, OutboxState
from storage.rows import to_record
from storage.schema import Fact, Message, Outbox, Question, Submission


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

    async def board(self, day: date, session: str) -> list[BoardEntry]:
        """Every submission of one session as the board needs it: light, asked by every open board."""
        questions = (
            select(func.count())
            .select_from(Question)
            .where(Question.submission_id == Submission.id, Question.answered_at.is_(None))
            .scalar_subquery()
        )
        rows = await self._session.execute(
            select(
                Submission.unit,
                Submission.number,
                Submission.received,
                Submission.timeliness,
                Submission.late_minutes,
                Submission.at,
                type_coerce(Submission.counts, JSONB),
                type_coerce(Submission.flags, JSONB),
                questions,
            ).where(Submission.date == day, Submission.session == session)
        )
        return [
            BoardEntry(
                unit=row[0],
                number=row[1],
                received=row[2],
                timeliness=row[3],
                late_minutes=row[4],
                at=row[5],
                rows=sum(row[6].values()),
                reported=row[6].get("reported", 0) + row[6].get("signed", 0),
                questions=row[8],
                flags=frozenset(map(Flag, row[7])),
            )
            for row in rows
        ]

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

    async def jobs(self) -> list[tuple[str, str, int]]:
        """Jobs that are left: queue, state as the queue names it (``todo``, ``doing``, ``failed`` …) and how many."""
        query = text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2")
        return [(row[0], row[1], row[2]) for row in await self._session.execute(query)]

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
