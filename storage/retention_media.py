"""Pictures past their time that are no originals of a record: photos of sheets, other photos, pictures of cells.

UU 27/2022 and the profile's ``retention``: photos go after their own time, "then only the hash": the sealed audit row
is the tombstone, as for originals (``storage.retention``). A mail's own bytes stay as long as originals do. What
somebody still has to look at, what proves a keterangan or stands beside an objection, and what came again later stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.reading import SheetKind
from storage.records import MessageState, OutboxState
from storage.schema import Arrival, Audit, ExcuseTable, FileReading, Message, MessageFile, Outbox, Question, Remark
from storage.schema import File as FileTable
from storage.schema import Submission as SubmissionTable

MEDIA_DESTROYED = "media_destroyed"
RUN = "retention_run"
_PICTURES = ("jpg", "jpeg", "png", "heic", "heif", "webp", "tif", "tiff", "bmp", "gif")
_IN_USE = (MessageState.DONE,)


class MediaClass(StrEnum):
    """The value is how people read it."""

    SHEET = "foto lembar"
    OTHER = "foto bukan lembar"  # faces, rooms, whatever a telephone sends
    CELL = "gambar sel"  # cut out of a sheet for a question by chat


@dataclass(frozen=True, slots=True)
class OldMedia:
    """A picture past its time; ``used_at`` is when it last came or went out."""

    sha256: str
    kind: MediaClass
    used_at: datetime


class MediaRetention:
    """Pictures past their time, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def old(self, kind: MediaClass, before: datetime, limit: int = 200) -> list[OldMedia]:
        """Pictures of a class that were last used before that moment, oldest first."""
        query = _cells(before) if kind is MediaClass.CELL else _photos(before, sheet=kind is MediaClass.SHEET)
        rows = await self._session.execute(query.limit(limit))
        return [OldMedia(row[0], kind, row[1]) for row in rows]

    async def bury(self, media: OldMedia, rule: str, by: str, now: datetime) -> None:
        """Its tombstone; the bytes go afterwards."""
        await self._session.execute(
            insert(Audit).values(
                at=now, action=MEDIA_DESTROYED, subject_kind="file", subject_id=media.sha256, actor=by,
                detail={"class": media.kind.value, "rule": rule},
            )
        )  # fmt: skip

    async def buried(self) -> Sequence[str]:
        """Pictures with a tombstone that did not come again since: what a broken run left behind is among them."""
        again = exists().where(
            MessageFile.sha256 == Audit.subject_id, Message.id == MessageFile.message_id,
            Message.first_seen_at > Audit.at,
        )  # fmt: skip
        asked = exists().where(Audit.subject_id == _CELL, Outbox.due_at > Audit.at)
        found = await self._session.scalars(
            select(Audit.subject_id).where(Audit.action == MEDIA_DESTROYED, ~again, ~asked).distinct()
        )
        return list(found)

    async def note_run(self, by: str, now: datetime, messages: int, originals: int, media: int) -> None:
        """That destruction ran, and what it came to."""
        await self._session.execute(
            insert(Audit).values(
                at=now, action=RUN, subject_kind="installation", subject_id="", actor=by,
                detail={"messages": messages, "originals": originals, "media": media},
            )
        )  # fmt: skip

    async def last_run(self) -> datetime | None:
        """When destruction last ran; None: never."""
        found: datetime | None = await self._session.scalar(select(func.max(Audit.at)).where(Audit.action == RUN))
        return found


_CARRIER = aliased(Message)
_CELL = func.jsonb_extract_path_text(Outbox.files, "0", "sha256")


def _cells(before: datetime) -> Select[str, datetime]:
    last = func.max(Outbox.due_at)
    return (
        select(_CELL, last)
        .where(Outbox.kind == "question", _CELL.is_not(None), ~exists().where(MessageFile.sha256 == _CELL))
        .where(~_buried_since(_CELL, Outbox.due_at))
        .group_by(_CELL)
        .having(last < before, func.bool_and(Outbox.state != OutboxState.PENDING))
        .order_by(last)
    )


def _photos(before: datetime, *, sheet: bool) -> Select[str, datetime]:
    sha, last = MessageFile.sha256, func.max(Message.official_at)
    endings = [func.lower(MessageFile.name).like(f"%.{ending}") for ending in _PICTURES]
    return (
        select(sha, last)
        .join(Message, Message.id == MessageFile.message_id)
        .join(FileTable, FileTable.sha256 == sha)
        .where(or_(FileTable.media_type.like("image/%"), *endings))
        .where(_is_sheet(sha) if sheet else and_(~_is_sheet(sha), _is_none(sha)))
        .where(~exists().where(_CARRIER.sha256 == sha))  # a bare file that came in as it is: an original
        .where(~_needed(sha, closed_too=not sheet), ~_buried_since(sha, Message.first_seen_at))
        .group_by(sha)
        .having(last < before, func.bool_and(Message.state.in_(_IN_USE)))
        .order_by(last)
    )


def _is_sheet(sha: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """It was read as a sheet, or a person keyed the sheet that it shows, or nobody has read it yet."""
    received = exists().where(SubmissionTable.id == Arrival.submission_id, SubmissionTable.received)
    other = or_(Arrival.readable, Arrival.kind != SheetKind.NOT_SHEET, received)
    return exists().where(Arrival.sha256 == sha, other)


def _is_none(sha: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Every reader took it for no sheet."""
    none = FileReading.reading["sheets"].contains([{"kind": SheetKind.NOT_SHEET.value}])
    mine = FileReading.sha256 == sha
    return and_(exists().where(mine), ~exists().where(mine, ~none))


def _needed(sha: SQLColumnExpression[str], *, closed_too: bool) -> ColumnElement[bool]:
    """An open question, evidence or an objection's photo; ``closed_too``: even once that was decided."""
    open_excuse = true() if closed_too else ExcuseTable.decided_at.is_(None)
    open_remark = true() if closed_too else Remark.closed_at.is_(None)
    return or_(
        exists().where(Question.sha256 == sha, Question.answered_at.is_(None)),
        exists().where(cast(ExcuseTable.evidence, Text).contains(sha), open_excuse),
        exists().where(cast(Remark.files, Text).contains(sha), open_remark),
        exists().where(
            Arrival.sha256 == sha, Remark.submission_id == Arrival.submission_id, Remark.closed_at.is_(None)
        ),
    )


def _buried_since(sha: SQLColumnExpression[str], moment: SQLColumnExpression[datetime]) -> ColumnElement[bool]:
    return exists().where(Audit.action == MEDIA_DESTROYED, Audit.subject_id == sha, Audit.at >= moment)
