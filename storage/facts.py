"""Facts: append-only. Corrections are new facts; ``domain.marks`` says which one wins."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reading import Verdict
from domain.terms import Session
from storage.records import FactRow, NewFact
from storage.rows import insert_once, to_record, to_values
from storage.schema import Fact

_INSERT = insert_once(Fact)


def sheet_key(message_id: int, sha256: str, sheet: int, row: int, day: date, session: Session | None) -> str:
    """The idempotency key of a fact read from a sheet: one cell of one file of one message."""
    return f"sheet:{message_id}:{sha256}:{sheet}:{row}:{day:%Y%m%d}:{session.letter if session else '-'}"


_NO_INK = (Verdict.EMPTY, Verdict.CODE)


class Facts:
    """The table of facts inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add_many(self, facts: Sequence[NewFact]) -> int:
        """Write the facts whose key is new; returns how many were."""
        if not facts:
            return 0
        new = await self._session.scalars(_INSERT, [to_values(fact) for fact in facts])
        return len(new.all())

    async def columns(
        self, unit: str, first: date, last: date, but: int | None = None
    ) -> frozenset[tuple[date, Session]]:
        """The dates and sessions of ``unit`` in which a presence was seen, signed, typed or unsure (TLG-05a).

        ``but``: without what the sheets of the message of that id showed.
        """
        query = (
            select(Fact.date, Fact.session)
            .where(Fact.unit == unit, Fact.date.between(first, last), Fact.verdict.not_in(_NO_INK))
            .where(Fact.session.is_not(None))
        )
        if but is not None:
            query = query.where(~Fact.dedupe_key.startswith(f"sheet:{but}:", autoescape=True))
        rows = await self._session.execute(query.distinct())
        return frozenset((day, session) for day, session in rows if session is not None)

    async def for_people(self, keys: Iterable[str], first: date, last: date) -> list[FactRow]:
        """All facts about these people of ``first`` to ``last``, both included, in the order of recording."""
        return await self._rows(select(Fact).where(Fact.person.in_(list(keys)), Fact.date.between(first, last)))

    async def for_submission(self, submission_id: int) -> list[FactRow]:
        """All facts that a submission brought, in the order of recording."""
        return await self._rows(select(Fact).where(Fact.submission_id == submission_id))

    async def for_unit_day(self, unit: str, day: date) -> list[FactRow]:
        """All facts from the unit's sheets about one date, in the order of recording."""
        return await self._rows(select(Fact).where(Fact.unit == unit, Fact.date == day))

    async def _rows(self, query: Select[Fact]) -> list[FactRow]:
        return [to_record(FactRow, row) for row in await self._session.scalars(query.order_by(Fact.id))]
