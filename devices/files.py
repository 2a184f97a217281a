"""A log comes in: archived first, then read, then committed with everything that it says (facts: devices, 1 to 6).

One path for files and for what devices post; a cut-off anywhere leaves an upload that ``resume`` reads again.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from devices.cells import worksheets
from devices.detect import is_table, number_in, reader_of, table_of
from devices.lines import Asks, Batch, LogReader, Notes
from devices.mapped import Table
from devices.standard_report import Cells
from domain.device import ClockFlag, DeviceKind, FlagCode, UploadState
from domain.device_clock import ClockWatch, fallen_back, wall
from domain.errors import OriginalMissing, ReadingError
from domain.ports import BlobStore, Clock
from parsers.sandbox import Sandbox
from storage.engine import Database, UnitOfWork
from storage.records_devices import DeviceRow, NewDevice, NewLayout, NewUpload, Outcome, UploadRow

_WORKER = "posko devices"
ASKED = "asked: "


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file or post."""

    upload: UploadRow | None
    device: DeviceRow | None
    new: int
    unknown_ids: int
    seconds: float
    flags: tuple[ClockFlag, ...]

    @property
    def needs_person(self) -> bool:
        """Whether an operator has to say something before the file counts."""
        return self.upload is None or self.upload.state is not UploadState.DONE


@dataclass(slots=True)
class LogIntake:
    """Takes logs in. ``step`` is told of each step; tests break off there."""

    db: Database
    blobs: BlobStore
    clock: Clock
    zone: str
    sandbox: Sandbox | None = None
    step: Callable[[str], None] = field(default=lambda _: None)

    async def file(self, name: str, data: bytes, device: str | None = None, source: str = "file") -> Taken:
        """Take in a file. ``device`` None: the one whose number the file tells, else an operator is asked."""
        began = time.monotonic()
        sha256 = await self.blobs.put(data)
        self.step("archived")
        sheets = await self._sheets(data, name)
        flags: list[ClockFlag] = []
        async with self.db.begin() as uow:
            await uow.files.add(sha256, len(data), "application/octet-stream")
            row = await self._device_of(uow, name, data, sheets, device, flags)
        if row is None:
            flags.append(ClockFlag(FlagCode.DEVICE_UNKNOWN))
            return Taken(None, None, 0, 0, time.monotonic() - began, tuple(flags))
        return await self._take(row, name, data, sha256, source, sheets, began, tuple(flags))

    async def post(self, device: DeviceRow, data: bytes, source: str, reader: LogReader | None = None) -> Taken:
        """Take in what a device posted, or what was fetched from it; ``reader`` reads it when the protocol tells."""
        began = time.monotonic()
        sha256 = await self.blobs.put(data)
        self.step("archived")
        async with self.db.begin() as uow:
            await uow.files.add(sha256, len(data), "application/octet-stream")
        return await self._take(device, source, data, sha256, source, None, began, (), reader)

    async def again(self, upload: UploadRow, readers: Callable[[str, bytes], LogReader | None]) -> Taken | None:
        """Read an upload that was archived and not finished; None when its original is gone."""
        began = time.monotonic()
        async with self.db.begin() as uow:
            device = await uow.devices.get(upload.device_id)
        if device is None:
            return None
        try:
            data = await self.blobs.get(upload.sha256)
        except OriginalMissing:
            return None
        reader = readers(upload.source, data)
        sheets = None if reader else await self._sheets(data, upload.name)
        return await self._take(device, upload.name, data, upload.sha256, upload.source, sheets, began, (), reader)

    async def _take(
        self,
        device: DeviceRow,
        name: str,
        data: bytes,
        sha256: str,
        source: str,
        sheets: list[Cells] | None,
        began: float,
        flags: tuple[ClockFlag, ...],
        reader: LogReader | None = None,
    ) -> Taken:
        now = self.clock.now()
        async with self.db.begin() as uow:
            upload = await uow.punches.keep(NewUpload(device.id, sha256, name, source, now))
        self.step("kept")
        new = 0
        if upload.state is not UploadState.DONE:
            try:
                reading = _Reading(reader, *await self._reader(device, data, sheets, reader))
            except Asks as asked:
                upload = await self._ask(upload, asked)
                return Taken(upload, device, 0, 0, time.monotonic() - began, (*flags, *upload.flags))
            upload, new = await self._load(device, upload, reading, flags)
            flags = ()
        async with self.db.begin() as uow:
            unknown = len(await uow.punches.unmapped(upload))
        return Taken(upload, device, new, unknown, time.monotonic() - began, (*flags, *upload.flags))

    async def _reader(
        self, device: DeviceRow, data: bytes, sheets: list[Cells] | None, given: LogReader | None
    ) -> tuple[LogReader, int]:
        if given is not None:
            return given, 0
        known: dict[str, NewLayout | None] = {}
        for _ in range(3):  # a layout may have to be looked up twice: as it is, and as a table
            try:
                return await asyncio.to_thread(reader_of, data, sheets, known.get)
            except Asks as asked:
                if asked.signature in known:
                    raise
                async with self.db.begin() as uow:
                    known[asked.signature] = await uow.devices.layout(device.id, asked.signature)
        raise Asks("layout_unknown", "")

    async def _load(
        self, device: DeviceRow, upload: UploadRow, reading: "_Reading", flags: tuple[ClockFlag, ...]
    ) -> tuple[UploadRow, int]:
        """Read and write everything in one transaction: after its commit the whole log is there, before it nothing."""
        local = self.clock.now().astimezone(ZoneInfo(device.zone)).replace(tzinfo=None)
        watch = ClockWatch(local)
        async with self.db.begin() as uow:
            locked = await uow.punches.keep(upload)
            if locked.state is UploadState.DONE:
                return locked, 0
            await uow.punches.stage()
            read = new = quarantined = 0
            users: set[str] = set()
            batches = reading.batches(watch, users)
            batch = await asyncio.to_thread(next, batches, None)
            while batch is not None:
                # The next lines are read while the database takes these.
                following = asyncio.create_task(asyncio.to_thread(next, batches, None))
                try:
                    new += await uow.punches.load(locked, batch.punches, batch.bad)
                finally:
                    coming = await following
                read, quarantined = read + batch.read, quarantined + len(batch.bad)
                batch = coming
            self.step("loaded")
            found = (*flags, *watch.flags(), *reading.flags(device, upload.name))
            if reading.posted and new:
                found += fallen_back(watch, device.synced_to)
            first, last = (wall(t) if t else None for t in (watch.first, watch.last))
            outcome = Outcome(reading.layout, read, new, quarantined, first, last, tuple(sorted(users)), found)
            await uow.punches.finish(locked.id, outcome)
            await uow.devices.name_users(device.id, reading.notes.names)
            synced = wall(watch.synced_to) if watch.synced_to else None
            await uow.devices.seen(device.id, self.clock.now(), synced)
            self.step("finished")
        self.step("committed")
        async with self.db.begin() as uow:
            stored = await uow.punches.upload(upload.id)
        assert stored is not None
        return stored, new

    async def _ask(self, upload: UploadRow, asked: Asks) -> UploadRow:
        flag = ClockFlag(FlagCode(asked.code))
        outcome = Outcome(asked.layout, 0, 0, 0, None, None, (), (flag,), ASKED + asked.signature)
        async with self.db.begin() as uow:
            await uow.punches.finish(upload.id, outcome, UploadState.ASKS)
        return replace(upload, state=UploadState.ASKS, layout=asked.layout, flags=(flag,), note=outcome.note)

    async def table(self, name: str, data: bytes) -> Table:
        """A file as rows and columns, for an operator to explain."""
        sheets = await self._sheets(data, name)
        return await asyncio.to_thread(table_of, data, sheets)

    async def take_up(self, device: DeviceRow, readers: Callable[[str, bytes], LogReader | None]) -> list[Taken]:
        """Read again every log of the device that waits for an operator's word, now that one was said."""
        async with self.db.begin() as uow:
            asking = [u for u in await uow.punches.waiting(UploadState.ASKS) if u.device_id == device.id]
        read = [await self.again(upload, readers) for upload in asking]
        return [taken for taken in read if taken is not None]

    async def remember(self, device: DeviceRow, name: str, data: bytes, made: Callable[..., NewLayout]) -> None:
        """Keep an operator's word on this file's layout; ``made(table, signature)`` builds it."""
        sheets = await self._sheets(data, name)
        try:
            await self._reader(device, data, sheets, None)
            asked = Asks("", table_of(data, sheets).signature)
        except Asks as problem:
            asked = problem
        async with self.db.begin() as uow:
            layout = made(table_of(data, sheets), asked.signature)
            await uow.devices.remember_layout(layout)
            await uow.audit.add("device_layout", "device", device.name, layout.made_by, layout.made_at)

    async def _sheets(self, data: bytes, name: str) -> list[Cells] | None:
        if not is_table(data, name):
            return None
        if self.sandbox is None:
            return []
        try:
            return await self.sandbox.run(f"{worksheets.__module__}.{worksheets.__name__}", data, result=list[Cells])
        except ReadingError:
            return []

    async def _device_of(
        self,
        uow: UnitOfWork,
        name: str,
        data: bytes,
        sheets: list[Cells] | None,
        asked: str | None,
        flags: list[ClockFlag],
    ) -> DeviceRow | None:
        """The named device; else the only one whose number the file tells; else, in an installation without devices,
        a new one. Two offices may both call their machine 1: what is not certain is asked.
        """
        known = await uow.devices.all()
        if asked is not None:
            return next((d for d in known if d.name == asked), None) or await self._create(uow, asked, None, flags)
        number = await asyncio.to_thread(_number_of, name, data, sheets)
        if number is not None:
            fitting = [d for d in known if d.number == int(number)]
            if len(fitting) == 1:
                return fitting[0]
        if known:
            return None
        return await self._create(uow, f"mesin-{number or 1}", int(number) if number else None, flags)

    async def _create(self, uow: UnitOfWork, name: str, number: int | None, flags: list[ClockFlag]) -> DeviceRow | None:
        now = self.clock.now()
        await uow.devices.add(NewDevice(name, DeviceKind.FILE, self.zone, _WORKER, now, number=number))
        await uow.audit.add("device_added", "device", name, _WORKER, now)
        flags.append(ClockFlag(FlagCode.DEVICE_CREATED))
        return await uow.devices.by_name(name)


class _Reading:
    """One reader at work, with what it notices on the way."""

    def __init__(self, given: LogReader | None, reader: LogReader, nul_bytes: int) -> None:
        self.notes = Notes(nul_bytes=nul_bytes)
        self.layout = reader.layout
        self._reader = reader
        self.posted = given is not None

    def batches(self, watch: ClockWatch, users: set[str]) -> Iterator[Batch]:
        """Batches in the order of the file, watched on the way."""
        for batch in self._reader.batches(self.notes):
            watch.look(batch.punches)
            users.update(punch[1] for punch in batch.punches)
            yield batch

    def flags(self, device: DeviceRow, name: str) -> list[ClockFlag]:
        """What is odd about the file itself."""
        found = []
        if self.notes.nul_bytes:
            found.append(ClockFlag(FlagCode.NUL_BYTES, count=self.notes.nul_bytes))
        if self.notes.no_seconds:
            found.append(ClockFlag(FlagCode.NO_SECONDS, count=self.notes.no_seconds))
        told = {number_in(name), str(device.number) if device.number is not None else None} - {None}
        if not self.posted and self.notes.numbers and any({t} != self.notes.numbers for t in told):
            found.append(ClockFlag(FlagCode.NUMBER_CONTRADICTS))
        return found


def _number_of(name: str, data: bytes, sheets: list[Cells] | None) -> str | None:
    """The one device number that the lines tell, else the one in the file's name."""
    if sheets is None:
        try:
            reader, _ = reader_of(data[: 1 << 16], None, lambda _: None)
            notes = Notes()
            for _ in reader.batches(notes):
                pass
            if len(notes.numbers) == 1:
                [number] = notes.numbers
                return number if number.isdigit() else None
        except Asks:
            pass
    return number_in(name)


def local_now(clock: Clock, zone: str) -> datetime:
    """The wall time in ``zone``."""
    return clock.now().astimezone(ZoneInfo(zone)).replace(tzinfo=None)
