"""What reports are made of: facts and sheets of many people and days, in few statements and plain rows.

Columns come as the driver gives them, without the type of each value being looked up: a month of a government has a
million facts.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, DateTime, Select, Text, any_, bindparam, func, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from domain.marks import FactSource
from domain.outcome import Flag
from domain.terms import Scheme, StatusKey, Timeliness
from storage.records_reports import CellFact, SheetFigures
from storage.schema import Arrival, Fact, Message, Question, Submission

_AT_ONCE = 5000  # pairs of one statement


def _plain_facts() -> Select[Any]:
    """All columns of ``CellFact``; enumerations as text, moments as the driver reads them (UTC by the connection)."""
    as_it_is = DateTime(timezone=True)
    columns: tuple[Any, ...] = (
        Fact.person,
        Fact.date,
        type_coerce(Fact.session, Text),
        type_coerce(Fact.verdict, Text),
        type_coerce(Fact.source, Text),
        Fact.verified,
        type_coerce(Fact.key, Text),
        Fact.time,
        type_coerce(Fact.seen_at, as_it_is),
        type_coerce(Fact.recorded_at, as_it_is),
        Fact.unit,
        Fact.by,
    )
    return select(*columns).order_by(Fact.person, Fact.date, Fact.id)


class ReportSources:
    """Reads of many rows inside one transaction; call them inside ``Database.snapshot``."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def cells(self, people: Collection[str], first: date, last: date) -> list[CellFact]:
        """Every fact about these people from ``first`` to ``last``, by person and date, in the order of recording."""
        keys = bindparam("keys", list(people), type_=ARRAY(Text))
        return await self._cells(_plain_facts().where(Fact.person == any_(keys), Fact.date.between(first, last)))

    async def decided_cells(self, first: date, last: date) -> list[CellFact]:
        """Every fact of those persons and days of which a person at the desk or an officer said something."""
        decided = (
            select(Fact.person, Fact.date)
            .where(Fact.source != FactSource.SHEET, Fact.date.between(first, last))
            .distinct()
            .subquery()
        )
        return await self._cells(
            _plain_facts().join(decided, (Fact.person == decided.c.person) & (Fact.date == decided.c.date))
        )

    async def decided_absences(self, first: date, last: date) -> set[tuple[str, date]]:
        """Person and day wherever the desk ever decided ALPA (TLG-18); later decisions may say otherwise."""
        rows = await self._session.execute(
            select(Fact.person, Fact.date)
            .where(Fact.source == FactSource.DESK, Fact.key == StatusKey.ALPA, Fact.date.between(first, last))
            .distinct()
        )
        return {(person, day) for person, day in rows}

    async def sheets(self, first: date, last: date) -> list[SheetFigures]:
        """Every submission of these days, in the order of date and number."""
        return [_sheet(row) for row in await self._session.execute(_sheets(Submission.date.between(first, last)))]

    async def sheets_of(self, places: Iterable[tuple[str, date]]) -> list[SheetFigures]:
        """The submissions of these units and dates."""
        found: list[SheetFigures] = []
        for some in _pieces(sorted(set(places))):
            wanted = tuple_(Submission.unit, Submission.date).in_(some)
            found += [_sheet(row) for row in await self._session.execute(_sheets(wanted))]
        return found

    async def changed_since(self, first: date, last: date, moment: datetime) -> bool:
        """Whether anything about these days was recorded or answered after ``moment``."""
        facts = select(Fact.id).where(Fact.date.between(first, last), Fact.recorded_at > moment)
        arrivals = (
            select(Arrival.id)
            .join(Submission, Submission.id == Arrival.submission_id)
            .where(Submission.date.between(first, last), Arrival.recorded_at > moment)
        )
        answers = (
            select(Question.id)
            .join(Submission, Submission.id == Question.submission_id)
            .where(Submission.date.between(first, last), Question.answered_at > moment)
        )
        found = await self._session.scalar(select(facts.exists() | arrivals.exists() | answers.exists()))
        return bool(found)

    async def _cells(self, query: Select[Any]) -> list[CellFact]:
        return [CellFact._make(row) for row in await self._session.execute(query)]


def _sheets(wanted: Any) -> Select[Any]:
    # Looked up for each submission by its index: the tables hold years, a report a month.
    file = (
        select(Arrival.sha256)
        .where(Arrival.submission_id == Submission.id, Arrival.readable)
        .order_by(Arrival.id)
        .limit(1)
        .scalar_subquery()
    )
    doubts = (
        select(func.count())
        .select_from(Question)
        .where(Question.submission_id == Submission.id, Question.answered_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            Submission.number,
            Submission.unit,
            Submission.date,
            Submission.session,
            Submission.received,
            type_coerce(Submission.timeliness, Text),
            Submission.late_minutes,
            Submission.at,
            type_coerce(Submission.counts, JSONB),
            type_coerce(Submission.flags, JSONB),
            type_coerce(Submission.missing_pages, JSONB),
            doubts,
            type_coerce(Message.channel, Text),
            file,
        )
        .join(Message, Message.id == Submission.message_id)
        .where(wanted)
        .order_by(Submission.date, Submission.sequence)
    )


def _sheet(row: Any) -> SheetFigures:
    counts, flags, pages = row[8], row[9], row[10]
    return SheetFigures(
        number=row[0],
        unit=row[1],
        date=row[2],
        session=row[3],
        received=row[4],
        timeliness=Timeliness(row[5]),
        late_minutes=row[6],
        at=row[7],
        rows=sum(counts.values()),
        reported=counts.get("reported", 0),
        flags=frozenset(Flag(flag) for flag in flags),
        missing_pages=len(pages),
        questions=row[11],
        channel=Scheme(row[12]),
        sha256=row[13] or "",
    )


def _pieces(pairs: Sequence[tuple[str, date]]) -> Iterator[Sequence[tuple[str, date]]]:
    for start in range(0, len(pairs), _AT_ONCE):
        yield pairs[start : start + _AT_ONCE]
