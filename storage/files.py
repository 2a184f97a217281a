"""Archived attachments and what readers saw in them."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from sqlalchemy import Text, cast, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from storage.records import FileRow, MessageFileRow
from storage.rows import insert_once, to_record
from storage.schema import File, FileReading, Message, MessageFile

_ADD = insert_once(File, returning_id=False)
_ATTACH = insert_once(MessageFile, returning_id=False)
_READ = insert_once(FileReading, returning_id=False)


class Files:
    """The tables of files inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Made by ``UnitOfWork``."""
        self._session = session

    async def add(self, sha256: str, size: int, media_type: str) -> None:
        """Note an archived file; a second time changes nothing."""
        await self._session.execute(_ADD, {"sha256": sha256, "size": size, "media_type": media_type})

    async def attach(self, message_id: int, sha256: str, part: str, name: str) -> None:
        """``message_id`` carried the file as ``part``; a second time changes nothing."""
        values = {"message_id": message_id, "part": part, "sha256": sha256, "name": name}
        await self._session.execute(_ATTACH, values)

    async def get(self, sha256: str) -> FileRow | None:
        """One file."""
        row = await self._session.get(File, sha256)
        return None if row is None else to_record(FileRow, row)

    async def for_message(self, message_id: int) -> list[MessageFileRow]:
        """The files of one message in the order of their parts."""
        rows = await self._session.scalars(
            select(MessageFile).where(MessageFile.message_id == message_id).order_by(MessageFile.part)
        )
        return [to_record(MessageFileRow, row) for row in rows]

    async def messages_with(self, sha256s: Iterable[str]) -> list[int]:
        """Messages that brought one of these files, oldest first."""
        found = await self._session.scalars(
            select(MessageFile.message_id)
            .where(MessageFile.sha256.in_(list(sha256s)))
            .distinct()
            .order_by(MessageFile.message_id)
        )
        return list(found)

    async def references(self) -> AsyncIterator[tuple[str, str]]:
        """Every archived SHA-256 that a row relies on, each once, with one row that does; streamed."""
        messages = select(Message.sha256, literal("message ") + cast(func.min(Message.id), Text)).group_by(
            Message.sha256
        )
        only_files = ~select(Message.id).where(Message.sha256 == File.sha256).exists()
        files = select(File.sha256, literal("file")).where(only_files)
        async for sha256, owner in await self._session.stream(union_all(messages, files)):
            yield sha256, owner

    async def save_reading(self, sha256: str, reader: str, reading: dict[str, Any]) -> None:
        """Keep what ``reader`` saw; the first reading of a reader stays."""
        await self._session.execute(_READ, {"sha256": sha256, "reader": reader, "reading": reading})

    async def readings(self, sha256: str) -> list[tuple[str, dict[str, Any]]]:
        """Everything that was ever seen in the file: under which key, and what."""
        rows = await self._session.execute(
            select(FileReading.reader, FileReading.reading)
            .where(FileReading.sha256 == sha256)
            .order_by(FileReading.reader)
        )
        return [(row[0], row[1]) for row in rows]

    async def reading(self, sha256: str, reader: str) -> dict[str, Any] | None:
        """What ``reader`` saw in the file before."""
        return await self._session.scalar(
            select(FileReading.reading).where(FileReading.sha256 == sha256, FileReading.reader == reader)
        )

    async def latest_reading(self, sha256: str) -> dict[str, Any] | None:
        """What was seen in the file, by whichever reader."""
        return await self._session.scalar(
            select(FileReading.reading).where(FileReading.sha256 == sha256).order_by(FileReading.reader.desc()).limit(1)
        )
