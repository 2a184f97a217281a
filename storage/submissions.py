"""Submissions: one per unit, date and session, each with its number, and the arrivals that join them."""

import zlib
from datetime import date, datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import StorageError
from storage.records import ArrivalRow, NewArrival, NewSubmission, SubmissionRow, SubmissionState
from storage.rows import insert_once, to_record, to_values
from storage.schema import Arrival, Submission, SubmissionCounter

_ARRIVE = insert_once(Arrival)


class Submissions:
    """The tables of submissions and arrivals inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def lock(self, unit: str, day: date | None = None) -> None:
        """Wait until nobody else records for ``unit`` (on ``day``, or at all), until this transaction ends.

        Lock several units in one order (sorted), and all of them before the first ``add``.
        """
        name = f"submission:{unit}:{day or ''}"
        await self._session.execute(select(func.pg_advisory_xact_lock(_SPACE, _signed(zlib.crc32(name.encode())))))

    async def add(self, new: NewSubmission) -> SubmissionRow:
        """Write a submission and give it its number: PREFIX-YYYYMMDD-D-0117, the last part unique within the month.

        Raises ``IntegrityError`` inside the transaction when one of the same unit, date and session exists: look
        under ``lock`` first.
        """
        month = f"{new.date:%Y-%m}"
        sequence = await self._next(month)
        values = to_values(new)
        del values["prefix"], values["state"]
        row = await self._session.scalar(
            insert(Submission)
            .values(
                **values,
                **to_values(new.state),
                month=month,
                sequence=sequence,
                number=f"{new.prefix}-{new.date:%Y%m%d}-{new.session[0].upper()}-{sequence:04d}",
            )
            .returning(Submission)
        )
        assert row is not None
        return _record(row)

    async def _next(self, month: str) -> int:
        counted = insert(SubmissionCounter).values(month=month, last=1)
        sequence: int | None = await self._session.scalar(
            counted.on_conflict_do_update(
                index_elements=[SubmissionCounter.month], set_={"last": SubmissionCounter.last + 1}
            ).returning(SubmissionCounter.last)
        )
        assert sequence is not None
        return sequence

    async def update_state(self, id_: int, state: SubmissionState) -> None:
        """Replace what may change; number, unit, date, session and ``first_at`` never do."""
        await self._session.execute(update(Submission).where(Submission.id == id_).values(**to_values(state)))

    async def get(self, id_: int) -> SubmissionRow:
        """One submission; raises ``StorageError`` when there is none of that id."""
        found = await self._rows(select(Submission).where(Submission.id == id_))
        if not found:
            raise StorageError(f"tidak ada kiriman presensi nomor {id_}")
        return found[0]

    async def find(self, unit: str, day: date, session: str) -> SubmissionRow | None:
        """The submission of one unit, date and session (a ``Session`` value or ``rekap``)."""
        found = await self._rows(
            select(Submission).where(Submission.unit == unit, Submission.date == day, Submission.session == session)
        )
        return found[0] if found else None

    async def in_range(self, unit: str, first: date, last: date) -> list[SubmissionRow]:
        """The unit's submissions of ``first`` to ``last``, both included."""
        return await self._rows(select(Submission).where(Submission.unit == unit, Submission.date.between(first, last)))

    async def on_day(self, day: date) -> list[SubmissionRow]:
        """All submissions of one date, in the order of their numbers."""
        return await self._rows(select(Submission).where(Submission.date == day))

    async def received_on(self, day: date) -> set[tuple[str, str]]:
        """Unit and session of each accepted sheet of one date: light, asked each second around a close."""
        rows = await self._session.execute(
            select(Submission.unit, Submission.session).where(Submission.date == day, Submission.received)
        )
        return {(unit, session) for unit, session in rows}

    async def retaking(self, day: date, since: datetime) -> set[tuple[str, str]]:
        """Unit and session of each sheet of one date that is not accepted and was asked for again since then."""
        rows = await self._session.execute(
            select(Submission.unit, Submission.session).where(
                Submission.date == day, Submission.received.is_(False), Submission.retake_asked_at >= since
            )
        )
        return {(unit, session) for unit, session in rows}

    async def by_number(self, number: str) -> SubmissionRow | None:
        """The submission of a full number, whatever its case."""
        found = await self._rows(select(Submission).where(Submission.number == number.strip().upper()))
        return found[0] if found else None

    async def by_sequence(self, sequence: int, month: date) -> SubmissionRow | None:
        """The submission that people of that month call ``0117``."""
        found = await self._rows(
            select(Submission).where(Submission.month == f"{month:%Y-%m}", Submission.sequence == sequence)
        )
        return found[0] if found else None

    async def for_message(self, message_id: int) -> list[SubmissionRow]:
        """Submissions that a message began or joined."""
        joined = select(Arrival.submission_id).where(Arrival.message_id == message_id)
        return await self._rows(
            select(Submission).where((Submission.message_id == message_id) | Submission.id.in_(joined))
        )

    async def add_arrival(self, new: NewArrival) -> bool:
        """Join a file or page; False when that message's page joined before."""
        added = await self._session.scalar(_ARRIVE, to_values(new))
        return added is not None

    async def arrivals(self, submission_id: int) -> list[ArrivalRow]:
        """All arrivals of a submission, in the order in which they were recorded."""
        rows = await self._session.scalars(
            select(Arrival).where(Arrival.submission_id == submission_id).order_by(Arrival.id)
        )
        return [to_record(ArrivalRow, row) for row in rows]

    async def _rows(self, query: Select[Submission]) -> list[SubmissionRow]:
        query = query.order_by(Submission.date, Submission.sequence).execution_options(populate_existing=True)
        return [_record(row) for row in await self._session.scalars(query)]


_SPACE = 0x7375626D  # "subm": our own space of advisory locks


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number


def _record(row: Submission) -> SubmissionRow:
    return SubmissionRow(
        id=row.id,
        number=row.number,
        sequence=row.sequence,
        unit=row.unit,
        date=row.date,
        session=row.session,
        message_id=row.message_id,
        first_at=row.first_at,
        recorded_at=row.recorded_at,
        state=to_record(SubmissionState, row),
    )
