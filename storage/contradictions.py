"""Questions about paper and machine: asked once for a person's session, withdrawn and asked again as punches come."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.device import UploadState
from domain.outcome import QuestionKind
from storage.records import NewQuestion, QuestionRow
from storage.rows import insert_once, to_record, to_values
from storage.schema import ClockOffset, DeviceUpload, DeviceUser, Fact, Incident, PeriodTable, Question

WITHDRAWN = "ditarik"
"""The answer of a question that fell away by itself; it may be asked again."""
_INSERT = insert_once(Question)


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far facts and logs were looked at; ``rules`` changes when anything changes that concerns everybody."""

    fact: int = 0
    upload: int = 0
    rules: tuple[object, ...] = ()


class Contradictions:
    """Questions of that kind inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def between(self, first: date, last: date, people: Collection[str] | None = None) -> list[QuestionRow]:
        """Those about the days ``first`` to ``last``, open or not."""
        rows = await self._session.scalars(
            select(Question)
            .where(Question.kind == QuestionKind.DEVICE, Question.subject != "")
            .where(Question.subject >= f"{first:%Y%m%d}", Question.subject < f"{last + timedelta(days=1):%Y%m%d}")
            .order_by(Question.subject)
            .execution_options(populate_existing=True)
        )
        found = [to_record(QuestionRow, row) for row in rows]
        return found if people is None else [row for row in found if row.candidates[0] in people]

    async def ask(self, questions: Sequence[NewQuestion]) -> int:
        """Ask those that nobody settled, once each; returns how many are new or were withdrawn before.

        An open one is brought up to date; one that a person answered stays answered.
        """
        asked = 0
        for question in questions:
            values = to_values(question)
            if await self._session.scalar(_INSERT, values) is not None:
                asked += 1
                continue
            same = Question.subject == question.subject
            opened = await self._session.scalar(
                update(Question)
                .where(same, Question.answer == WITHDRAWN)
                .values(**values, answer=None, answered_by=None, answered_at=None)
                .returning(Question.id)
            )
            asked += opened is not None
            newer = {name: values[name] for name in ("text", "cells")}
            await self._session.execute(update(Question).where(same, Question.answered_at.is_(None)).values(**newer))
        return asked

    async def withdraw(self, ids: Iterable[int], by: str, now: datetime) -> list[int]:
        """Close open ones whose reason fell away; returns which were still open."""
        closed = await self._session.scalars(
            update(Question)
            .where(Question.id.in_(list(ids)), Question.answered_at.is_(None))
            .values(answer=WITHDRAWN, answered_by=by, answered_at=now)
            .returning(Question.id)
        )
        return sorted(closed)

    async def watermark(self) -> Watermark:
        """Where facts, finished logs and the rules for reading them stand now."""
        fact = await self._session.scalar(select(func.max(Fact.id))) or 0
        newest = await self._session.scalar(select(func.max(DeviceUpload.id))) or 0
        unread = await self._session.scalar(
            select(func.min(DeviceUpload.id)).where(DeviceUpload.state == UploadState.KEPT)
        )
        rules: list[object] = []
        for column in (DeviceUser.id, ClockOffset.id, Incident.id, PeriodTable.id):
            rules.append(await self._session.scalar(select(func.max(column))))
        for moment in (ClockOffset.revoked_at, Incident.ended_at):
            rules.append(await self._session.scalar(select(func.max(moment))))
        rules.append(await self._session.scalar(select(func.count(DeviceUser.last))))
        return Watermark(fact, newest if unread is None else unread - 1, tuple(rules))

    async def touched(self, since: Watermark) -> set[str]:
        """People of whom a fact or a punch came after ``since``."""
        facts = await self._session.scalars(select(Fact.person).where(Fact.id > since.fact).distinct())
        logs = await self._session.execute(
            select(DeviceUpload.device_id, DeviceUpload.users).where(
                DeviceUpload.id > since.upload, DeviceUpload.new > 0, DeviceUpload.state == UploadState.DONE
            )
        )
        ids = {(device, user) for device, users in logs for user in users}
        mapped = await self._session.execute(select(DeviceUser.device_id, DeviceUser.user_id, DeviceUser.person))
        return {*facts, *(person for device, user, person in mapped if (device, user) in ids)}
