"""Questions: doubts about rows that wait for a person."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records import NewQuestion, QuestionRow
from storage.rows import insert_once, to_record, to_values
from storage.schema import Question

_INSERT = insert_once(Question)


class Questions:
    """The table of questions inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add_many(self, questions: Sequence[NewQuestion]) -> int:
        """Write the questions that were not asked before; returns how many."""
        if not questions:
            return 0
        new = await self._session.scalars(_INSERT, [to_values(question) for question in questions])
        return len(new.all())

    async def get(self, id_: int) -> QuestionRow | None:
        """One question."""
        row = await self._session.get(Question, id_, populate_existing=True)
        return None if row is None else to_record(QuestionRow, row)

    async def open_for(self, submission_id: int) -> list[QuestionRow]:
        """Unanswered questions of a submission in the order of the paper."""
        rows = await self._session.scalars(
            select(Question)
            .where(Question.submission_id == submission_id, Question.answered_at.is_(None))
            .order_by(Question.sheet, Question.row, Question.id)
        )
        return [to_record(QuestionRow, row) for row in rows]

    async def all_for(self, submission_id: int) -> list[QuestionRow]:
        """Every question of a submission, answered or not, in the order of the paper."""
        rows = await self._session.scalars(
            select(Question)
            .where(Question.submission_id == submission_id)
            .order_by(Question.sheet, Question.row, Question.id)
            .execution_options(populate_existing=True)
        )
        return [to_record(QuestionRow, row) for row in rows]

    async def open_counts(self, submission_ids: Iterable[int]) -> dict[int, int]:
        """How many questions of each submission are unanswered; submissions without any are left out."""
        rows = await self._session.execute(
            select(Question.submission_id, func.count())
            .where(Question.submission_id.in_(list(submission_ids)), Question.answered_at.is_(None))
            .group_by(Question.submission_id)
        )
        return {row[0]: row[1] for row in rows if row[0] is not None}

    async def answer(self, id_: int, text: str, by: str, now: datetime) -> bool:
        """Close a question; False when it was answered before. The facts that follow are the caller's."""
        closed = await self._session.scalar(
            update(Question)
            .where(Question.id == id_, Question.answered_at.is_(None))
            .values(answer=text, answered_by=by, answered_at=now)
            .returning(Question.id)
        )
        return closed is not None
