"""Device logs as machines write them, for tests and benchmarks."""

import struct
from datetime import datetime, timedelta
from io import BytesIO

import xlwt

from devices.files import LogIntake
from parsers.sandbox import Sandbox
from storage.engine import Database
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.clock import StillClock

EPOCH = datetime(2000, 1, 1)


def intake(database: Database, clock: StillClock, sandbox: Sandbox | None = None) -> LogIntake:
    """An intake over this test's database."""
    return LogIntake(database, MemoryBlobs(), clock, "Asia/Jakarta", sandbox)


def usb(*punches: tuple[str, str], device: int = 1, end: str = "\n") -> bytes:
    """Layout A: ``(id, time)``; verify 1, state 0."""
    return "".join(f"{user:>9}\t{at}\t{device}\t0\t1\t0{end}" for user, at in punches).encode()


def adms(*punches: tuple[str, str], end: str = "\n") -> bytes:
    """Layout B of the same punches."""
    return "".join(f"{user}\t{at}\t0\t1\t0\t0\t0\t0\t0\t0\t10881{end}" for user, at in punches).encode()


def agl(*punches: tuple[int, int, datetime]) -> bytes:
    """Layout D: ``(EnNo, Mode, time)``."""
    rows = [struct.pack("<II", int((at - EPOCH).total_seconds()), user << 4 | mode) for user, mode, at in punches]
    return b"ZoucqgENLOGData" + struct.pack("<I", len(rows)) + b"".join(rows)


def standard_report(first: datetime, people: list[tuple[str, str, dict[int, str]]]) -> bytes:
    """Layout E: ``(id, name, {day: "07:2116:02"})``."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Lap. Log Absen")
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    sheet.write(0, 0, "Lap. Log Absen")
    sheet.write(2, 0, "Periode:")
    sheet.write(2, 2, f"{first:%Y-%m-%d} ~ {last:%m-%d}")
    for day in range(1, last.day + 1):
        sheet.write(3, day - 1, day)
    for place, (user, name, days) in enumerate(people):
        row = 4 + place * 2
        sheet.write(row, 0, "ID:")
        sheet.write(row, 2, user)
        sheet.write(row, 8, "Nama:")
        sheet.write(row, 10, name)
        for day, times in days.items():
            sheet.write(row + 1, day - 1, times)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
