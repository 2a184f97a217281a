"""What a mailbox sees of ``storage``, in memory: the same calls, rollback on error, and a way to wait for a commit."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.records import CursorRow, IncidentRow, NewMessage

Place = tuple[str, str, int, int]


@dataclass
class FakeDatabase:
    """``fail``: raised by the next transactions that add a message, one by one. Everything runs on one loop."""

    messages: dict[int, NewMessage] = field(default_factory=dict)
    events: dict[tuple[str, str, str], int] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    sightings: dict[Place, int] = field(default_factory=dict)
    gone: set[Place] = field(default_factory=set)
    incidents: dict[int, IncidentRow] = field(default_factory=dict)
    cursors: dict[tuple[str, str], CursorRow] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    jobs: list[int] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    searches: int = 0
    fail: list[Exception] = field(default_factory=list)
    refuse: Callable[[NewMessage], Exception | None] = lambda new: None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["FakeUnit"]:
        unit = FakeUnit(self)
        try:
            yield unit
            if unit.added and self.fail:
                raise self.fail.pop(0)
        except BaseException:
            for undo in reversed(unit.undo):
                undo()
            raise
        if unit.added:
            self.batches.append(unit.added)
        self._changed.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until ``holds``; it is asked again after each commit."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def open_incidents(self) -> list[str]:
        return sorted(i.kind for i in self.incidents.values() if i.ended_at is None)

    def subjects(self) -> list[str]:
        """In the order of recording."""
        return [self.messages[n].subject for n in sorted(self.messages)]


class FakeUnit:
    """One transaction: applied at once, undone on error."""

    def __init__(self, db: FakeDatabase) -> None:
        self.db = db
        self.undo: list[Callable[[], object]] = []
        self.added = 0
        self.messages = _Messages(self)
        self.sightings = _Sightings(self)
        self.incidents = _Incidents(self)
        self.cursors = _Cursors(self)
        self.tokens = _Tokens(self)

    def put(self, table: dict[Any, Any], key: Any, value: Any) -> None:
        before = table.get(key)
        self.undo.append(lambda: table.__setitem__(key, before) if before is not None else table.pop(key, None))
        table[key] = value

    async def defer_many(
        self, task: str, queue: str, arguments: list[dict[str, Any]], *, priority: int = 0
    ) -> list[int]:
        assert (task, queue) == ("read_message", "read")
        for one in arguments:
            self.undo.append(self.db.jobs.pop)
            self.db.jobs.append(one["message_id"])
        return []


@dataclass
class _Part:
    unit: FakeUnit

    @property
    def db(self) -> FakeDatabase:
        return self.unit.db


class _Messages(_Part):
    async def add_many(self, many: list[NewMessage]) -> dict[str, int]:
        written: dict[str, int] = {}
        for new in many:
            if (error := self.db.refuse(new)) is not None:
                raise error
            self.unit.added += 1
            key = (new.channel, new.account, new.event_id)
            if key in self.db.events:
                continue
            written[new.event_id] = number = len(self.db.messages) + 1
            self.unit.put(self.db.messages, number, new)
            self.unit.put(self.db.events, key, number)
        return written

    async def ids_of(self, channel: str, account: str, event_ids: list[str]) -> dict[str, int]:
        keys = {event: (channel, account, event) for event in event_ids}
        return {event: self.db.events[key] for event, key in keys.items() if key in self.db.events}

    async def first_ids_by_header(self, header_ids: Iterable[str]) -> dict[str, int]:
        wanted = set(header_ids)
        found: dict[str, int] = {}
        for number in sorted(self.db.messages):
            header = self.db.messages[number].header_id
            if header in wanted and header is not None:
                found.setdefault(header, number)
        return found

    async def link_duplicate(self, message_id: int, first_id: int) -> None:
        self.unit.put(self.db.duplicates, message_id, first_id)


class _Sightings(_Part):
    async def known(self, account: str, folder: str, validity: int, uids: set[int]) -> set[int]:
        return {uid for uid in uids if (account, folder, validity, uid) in self.db.sightings}

    async def add_many(self, account: str, folder: str, validity: int, seen: dict[int, int], now: datetime) -> None:
        for uid, message_id in seen.items():
            self.unit.put(self.db.sightings, (account, folder, validity, uid), message_id)

    async def mark_gone(self, account: str, folder: str, validity: int, present: set[int], now: datetime) -> list[int]:
        gone = [
            place
            for place in self.db.sightings
            if place[:3] == (account, folder, validity) and place[3] not in present and place not in self.db.gone
        ]
        self.db.gone.update(gone)
        return [place[3] for place in gone]


class _Incidents(_Part):
    async def open(self, kind: str, scope: str, account: str, started_at: datetime, note: str) -> int | None:
        if any((i.kind, i.account, i.ended_at) == (kind, account, None) for i in self.db.incidents.values()):
            return None
        number = len(self.db.incidents) + 1
        self.unit.put(self.db.incidents, number, IncidentRow(number, kind, scope, account, started_at, None, note))
        return number

    async def close(self, kind: str, account: str, ended_at: datetime) -> bool:
        standing = [i for i in self.db.incidents.values() if (i.kind, i.account, i.ended_at) == (kind, account, None)]
        for incident in standing:
            self.unit.put(self.db.incidents, incident.id, replace(incident, ended_at=ended_at))
        return bool(standing)


class _Cursors(_Part):
    async def get(self, account: str, folder: str) -> CursorRow | None:
        return self.db.cursors.get((account, folder))

    async def set(self, account: str, folder: str, uidvalidity: int, now: datetime) -> None:
        self.db.searches += 1
        self.unit.put(self.db.cursors, (account, folder), CursorRow(account, folder, uidvalidity, now))


class _Tokens(_Part):
    async def get(self, account: str) -> str | None:
        return self.db.tokens.get(account)

    async def set(self, account: str, token: str, now: datetime) -> None:
        self.unit.put(self.db.tokens, account, token)


@dataclass
class FakeBlobs:
    """Originals in a folder, without fsync; ``refuse`` stands for a full disk."""

    folder: Path
    refuse: Callable[[], Exception | None] = lambda: None

    async def put(self, data: bytes) -> str:
        if (error := self.refuse()) is not None:
            raise error
        sha256 = hashlib.sha256(data).hexdigest()
        (self.folder / sha256).write_bytes(data)
        return sha256

    async def put_file(self, path: Path) -> str:
        return await self.put(path.read_bytes())

    async def get(self, sha256: str) -> bytes:
        return (self.folder / sha256).read_bytes()

    async def exists(self, sha256: str) -> bool:
        return (self.folder / sha256).exists()

    async def names(self) -> AsyncIterator[str]:
        for path in self.folder.iterdir():
            yield path.name

    def place(self, sha256: str) -> str:
        return str(self.folder / sha256)
