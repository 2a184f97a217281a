"""The review queue: open questions, each before one pair of eyes at a time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.account import REVIEW_LEASE
from storage.records import QuestionRow
from storage.rows import to_record
from storage.schema import Question, ReviewClaim, Submission


class Review:
    """Open questions and claims on them inside one transaction. Moments are real time."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def next(
        self, account_id: int, now: datetime, *, submission_id: int | None = None, skip: Collection[int] = ()
    ) -> QuestionRow | None:
        """Take the oldest open question that nobody else has before him, and claim it; None when there is none.

        One's own claim comes first, so that a killed browser finds the same item again. Rows that another process is
        claiming at this moment are passed over, never waited for.
        """
        taken = ReviewClaim.until > now
        query = (
            select(Question)
            .outerjoin(ReviewClaim, ReviewClaim.question_id == Question.id)
            .where(Question.answered_at.is_(None), Question.id.not_in(list(skip)))
            .where(or_(ReviewClaim.question_id.is_(None), ~taken, ReviewClaim.account_id == account_id))
            # One's own living claim first, then sheet by sheet in the order of asking.
            .order_by(
                func.coalesce(and_(taken, ReviewClaim.account_id == account_id), False).desc(),
                Question.asked_at,
                Question.submission_id,
                Question.sheet,
                Question.row,
                Question.id,
            )
            .limit(1)
            .with_for_update(of=Question, skip_locked=True)
        )
        if submission_id is not None:
            query = query.where(Question.submission_id == submission_id)
        row = await self._session.scalar(query)
        if row is None or not await self.claim(row.id, account_id, now):
            return None
        return to_record(QuestionRow, row)

    async def claim(self, question_id: int, account_id: int, now: datetime) -> bool:
        """Take one item for ``REVIEW_LEASE``, or keep one's own; False when somebody else has it."""
        until = now + REVIEW_LEASE
        claimed = await self._session.scalar(
            insert(ReviewClaim)
            .values(question_id=question_id, account_id=account_id, until=until)
            .on_conflict_do_update(
                index_elements=[ReviewClaim.question_id],
                set_={"account_id": account_id, "until": until},
                where=or_(ReviewClaim.account_id == account_id, ReviewClaim.until <= now),
            )
            .returning(ReviewClaim.question_id)
        )
        return claimed is not None

    async def holds(self, question_id: int, account_id: int, now: datetime) -> bool:
        """Whether nobody else has the item before him."""
        other = await self._session.scalar(
            select(ReviewClaim.account_id).where(
                ReviewClaim.question_id == question_id, ReviewClaim.account_id != account_id, ReviewClaim.until > now
            )
        )
        return other is None

    async def waiting(self) -> int:
        """How many questions are open."""
        return await self._session.scalar(select(func.count()).where(Question.answered_at.is_(None))) or 0

    async def sheets(self, limit: int = 50) -> list[tuple[int, str, str, int]]:
        """Submissions with open questions: id, number, unit and how many, oldest question first."""
        rows = await self._session.execute(
            select(Submission.id, Submission.number, Submission.unit, func.count())
            .join(Question, Question.submission_id == Submission.id)
            .where(Question.answered_at.is_(None))
            .group_by(Submission.id)
            .order_by(func.min(Question.asked_at), Submission.id)
            .limit(limit)
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    async def reopen(self, question_id: int, by: str) -> bool:
        """Undo: the question waits again; False unless ``by`` was who answered it."""
        opened = await self._session.scalar(
            update(Question)
            .where(Question.id == question_id, Question.answered_by == by)
            .values(answer=None, answered_by=None, answered_at=None)
            .returning(Question.id)
        )
        return opened is not None
