"""Uploads of devices and the punches in them. Punches are append-only; a known one is silently a duplicate.

A file's rows go by COPY into a table of this session only and from there into ``punch`` by one statement a batch, so
that a million lines take seconds and a cut-off leaves nothing behind (facts: devices, "Must hold" 1, 2 and 4).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from psycopg import AsyncConnection
from sqlalchemy import and_, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.device import UploadState
from storage.records_devices import (
    NewUpload,
    NewWord,
    Outcome,
    PunchRow,
    QuarantineRow,
    UnknownUser,
    UploadRow,
    WordRow,
)
from storage.rows import to_record, to_values
from storage.schema import DeviceQuarantine, DeviceUpload, DeviceUser, ProvisionalAbsence, Punch
from storage.unknown_ids import unknown_by_device, unknown_ids

PunchLine = tuple[int, str, str, str, str, str]
"""(line, id, ``YYYY-MM-DD HH:MM:SS``, verify, state, work code); numbers as text, -1 where the layout tells none."""
BadLine = tuple[int, str, str]
"""(line, reason, the line's text)."""

_MOST_TEXT = 200
_STAGING = """
    CREATE TEMP TABLE IF NOT EXISTS punch_staging (
        line integer, user_id text, at timestamp, verify smallint, state smallint, work text
    ) ON COMMIT DELETE ROWS
"""
_COPY_PUNCHES = "COPY punch_staging FROM STDIN"
_COPY_BAD = "COPY device_quarantine (upload_id, line, reason, text) FROM STDIN"
_TAKE = text("""
    INSERT INTO punch (device_id, user_id, at, verify, state, work, upload_id, line)
    SELECT :device, user_id, at, verify, state, work, :upload, line FROM punch_staging
    ON CONFLICT DO NOTHING
""")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "␀"})


class Punches:
    """The tables of uploads and punches inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def keep(self, upload: NewUpload) -> UploadRow:
        """Note an archived upload; the row that is there when the same bytes came from this device before.

        The row is locked until the transaction ends: two copies that arrive at once are read one after the other.
        """
        values = {
            **to_values(upload), "state": UploadState.KEPT, "layout": "", "read": 0, "new": 0, "quarantined": 0,
            "first_at": None, "last_at": None, "users": (), "flags": (), "note": "",
        }  # fmt: skip
        await self._session.execute(pg_insert(DeviceUpload).values(**values).on_conflict_do_nothing())
        row = await self._session.scalar(
            select(DeviceUpload)
            .where(DeviceUpload.device_id == upload.device_id, DeviceUpload.sha256 == upload.sha256)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        assert row is not None
        return to_record(UploadRow, row)

    async def stage(self) -> None:
        """Make room for ``load``; once a transaction, before it."""
        await (await self._raw()).execute(_STAGING)

    async def load(self, upload: UploadRow, punches: Sequence[PunchLine], bad: Sequence[BadLine]) -> int:
        """Write one batch of an upload; returns how many punches were new."""
        raw = await self._raw()
        if bad:
            lines = "".join(
                f"{upload.id}\t{line}\t{reason}\t{shown[:_MOST_TEXT].translate(_ESCAPES)}\n"
                for line, reason, shown in bad
            )
            async with raw.cursor() as cursor, cursor.copy(_COPY_BAD) as copy:
                await copy.write(lines)
        if not punches:
            return 0
        rows = "".join(
            [f"{n}\t{user}\t{at}\t{verify}\t{state}\t{work}\n" for n, user, at, verify, state, work in punches]
        )
        async with raw.cursor() as cursor:
            await cursor.execute("TRUNCATE punch_staging")
            async with cursor.copy(_COPY_PUNCHES) as copy:
                await copy.write(rows)
        taken = await self._session.execute(_TAKE, {"device": upload.device_id, "upload": upload.id})
        return int(taken.rowcount)  # type: ignore[attr-defined]

    async def finish(self, upload_id: int, outcome: Outcome, state: UploadState = UploadState.DONE) -> None:
        """Keep what reading an upload gave."""
        values = {**to_values(outcome), "state": state}
        await self._session.execute(update(DeviceUpload).where(DeviceUpload.id == upload_id).values(**values))

    async def upload(self, upload_id: int) -> UploadRow | None:
        """One upload."""
        row = await self._session.get(DeviceUpload, upload_id, populate_existing=True)
        return None if row is None else to_record(UploadRow, row)

    async def uploads(self, device_id: int | None = None, *, last: int = 100) -> list[UploadRow]:
        """The newest uploads, newest first."""
        query = select(DeviceUpload).order_by(DeviceUpload.id.desc()).limit(last)
        if device_id is not None:
            query = query.where(DeviceUpload.device_id == device_id)
        rows = await self._session.scalars(query.execution_options(populate_existing=True))
        return [to_record(UploadRow, row) for row in rows]

    async def waiting(self, state: UploadState = UploadState.KEPT) -> list[UploadRow]:
        """Uploads that were archived and not read to their end."""
        rows = await self._session.scalars(
            select(DeviceUpload)
            .where(DeviceUpload.state == state)
            .order_by(DeviceUpload.id)
            .execution_options(populate_existing=True)
        )
        return [to_record(UploadRow, row) for row in rows]

    async def unmapped(self, upload: UploadRow) -> list[str]:
        """The ids in an upload that nobody is mapped to on any day of it."""
        if upload.first_at is None or upload.last_at is None:
            return []
        first, last = upload.first_at.date(), upload.last_at.date()
        known = await self._session.scalars(
            select(DeviceUser.user_id)
            .where(DeviceUser.device_id == upload.device_id, DeviceUser.user_id.in_(upload.users))
            .where(DeviceUser.first <= last, or_(DeviceUser.last.is_(None), DeviceUser.last >= first))
        )
        return sorted(set(upload.users) - set(known))

    async def quarantine(self, upload_id: int) -> list[QuarantineRow]:
        """The lines of an upload that were set aside."""
        rows = await self._session.scalars(
            select(DeviceQuarantine).where(DeviceQuarantine.upload_id == upload_id).order_by(DeviceQuarantine.line)
        )
        return [to_record(QuarantineRow, row) for row in rows]

    async def count(self, device_id: int | None = None) -> int:
        """How many punches there are."""
        query = select(func.count()).select_from(Punch)
        return (
            await self._session.scalar(query if device_id is None else query.where(Punch.device_id == device_id)) or 0
        )

    async def of_users(self, users: Iterable[tuple[int, str]], first: datetime, last: datetime) -> list[PunchRow]:
        """Punches of (device, id) pairs with a raw local time from ``first`` to ``last``."""
        by_device: dict[int, set[str]] = {}
        for device, user in users:
            by_device.setdefault(device, set()).add(user)
        if not by_device:
            return []
        whom = or_(*(and_(Punch.device_id == d, Punch.user_id.in_(sorted(ids))) for d, ids in by_device.items()))
        rows = await self._session.execute(
            select(*Punch.__table__.columns).where(whom, Punch.at.between(first, last)).order_by(Punch.at)
        )
        return [PunchRow(**row) for row in rows.mappings()]

    async def unknown(self, device_id: int | None = None, *, most: int = 1000) -> list[UnknownUser]:
        """Ids with punches on days on which nobody is mapped to them, most punches first."""
        return await unknown_ids(self._session, device_id, most)

    async def unknown_counts(self) -> dict[int, int]:
        """How many such ids each device has; devices without any are left out."""
        return await unknown_by_device(self._session)

    async def say(self, words: Sequence[NewWord]) -> None:
        """Add words on days without presence (MLG-07)."""
        if words:
            await self._session.execute(insert(ProvisionalAbsence), [to_values(word) for word in words])

    async def words(self, first: date, last: date, people: Iterable[str] | None = None) -> list[WordRow]:
        """Every word on days ``first`` to ``last``, in the order of recording; the last of a person's day counts."""
        query = select(ProvisionalAbsence).where(ProvisionalAbsence.date.between(first, last))
        if people is not None:
            query = query.where(ProvisionalAbsence.person.in_(list(people)))
        return [to_record(WordRow, row) for row in await self._session.scalars(query.order_by(ProvisionalAbsence.id))]

    async def _raw(self) -> AsyncConnection[tuple[object, ...]]:
        raw = (await (await self._session.connection()).get_raw_connection()).driver_connection
        assert isinstance(raw, AsyncConnection)
        return raw


def day_span(first: date, last: date, margin: timedelta = timedelta(days=1)) -> tuple[datetime, datetime]:
    """Raw local times that may belong to the days ``first`` to ``last``: night shifts reach over midnight."""
    return datetime.combine(first, time.min) - margin, datetime.combine(last, time.max) + margin
