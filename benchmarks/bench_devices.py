"""A million lines of a stick with 3 % dirt to committed punches; the same file again; what parsing alone costs."""

import asyncio
import io
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.report import Result, figure
from bot.clock import SystemClock
from demo.devices.zk_machine import ZkMachine, encoded, record
from devices.detect import reader_of
from devices.files import LogIntake, Taken
from devices.lines import Notes
from devices.zk import ZkLog, pull
from storage.blobs import FolderSetting, open_blobs
from storage.engine import Database
from storage.migrate import migrate
from storage.postgres import EmbeddedPostgres, ensure_running
from storage.records_devices import NewDeviceUser

LINES, PEOPLE, DIRT = 1_000_000, 2_000, 0.03
_DIRT = (
    "     {user}\t1971--10--29 -23:-59:-53\t1\t0\t1\t0",
    "     {user}\t1990-00--8\t1\t0\t1\t0",
    "ZZZZZZZZZZ\t2047-02-30 08:00:00\t1\t0\t1\t0",
    "     {user}\t2026-0",
    "\0\0\0\0{user}\0\0\0\0\t2026-01-05 07:00:00\t1\t0\t1\t0",
)


def main() -> Result:
    """The figures."""
    data = log()
    figures = [figure("file", len(data) / 1e6, "MB")]
    figures += parsing(data)
    figures += asyncio.run(_to_punches(data))
    figures += zk_records(100_000)
    return {"title": f"Devices: {LINES:,} attlog lines, {DIRT:.0%} of them dirt", "figures": figures}


def log(lines: int = LINES) -> bytes:
    """A log in the order of time, with repeats within a minute and dirty lines."""
    chance = random.Random(7)
    rows = []
    at = datetime(2023, 1, 2, 6)  # noqa: DTZ001 - a device's wall time
    for _ in range(lines):
        at += timedelta(seconds=chance.randint(1, 170))
        user = chance.randint(1, PEOPLE)
        if chance.random() < DIRT:
            rows.append(chance.choice(_DIRT).format(user=user))
        else:
            rows.append(f"{user:>9}\t{at:%Y-%m-%d %H:%M:%S}\t1\t{chance.randint(0, 1)}\t1\t0")
    return ("\n".join(rows) + "\n").encode()


def parsing(data: bytes) -> list[Result]:
    """Our reader beside strptime and polars, in the same run."""

    def ours() -> int:
        reader, _ = reader_of(data, None, lambda _: None)
        return sum(batch.read for batch in reader.batches(Notes()))

    def by_strptime() -> int:
        good = 0
        for line in data.decode().splitlines():
            fields = line.split("\t")
            try:
                datetime.strptime(fields[1], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - as others do it
                good += 1
            except (ValueError, IndexError):
                continue
        return good

    def by_polars() -> int:
        frame = pl.read_csv(
            io.BytesIO(data), separator="\t", has_header=False, quote_char=None, truncate_ragged_lines=True,
            schema={f"c{n}": pl.String for n in range(6)}, encoding="utf8-lossy",
        )  # fmt: skip
        return frame.select(pl.col("c1").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)).drop_nulls().height

    return [
        figure("parsing alone", _timed(ours), "s", "≤5 s", met=_last <= 5),
        figure("    strptime on every line", _timed(by_strptime), "s"),
        figure("    polars, clean lines only", _timed(by_polars), "s"),
    ]


_last = 0.0


def _timed(work: Callable[[], int]) -> float:
    global _last
    began = time.monotonic()
    assert work() > 0.9 * LINES
    _last = time.monotonic() - began
    return _last


async def _to_punches(data: bytes) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="posko-bench-") as folder:
        place = Path(folder)
        try:
            urls = ensure_running(place)
            await asyncio.to_thread(migrate, urls.owner)
            database = await Database.open(urls.service)
            intake = LogIntake(database, open_blobs(FolderSetting(place / "originals")), SystemClock(), "Asia/Jakarta")
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            first, first_s = await _ingest(intake, data)
            again, again_s = await _ingest(intake, data)
            longer, longer_s = await _ingest(intake, data + b"     1\t2026-01-05 07:00:00\t1\t0\t1\t0\n")
            unknown = await _unknown(database)
            await database.close()
        finally:
            EmbeddedPostgres(place).destroy()
    assert first.upload is not None
    assert first.upload.read == LINES
    assert (again.new, longer.new) == (0, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        figure("file to committed punches", first_s, "s", "≤15 s", met=first_s <= 15),
        figure("    new / quarantined", f"{first.new:,} / {first.upload.quarantined:,}"),
        figure("    highest resident memory", peak, "MB", "≤400 MB", met=peak <= 400),
        figure("    of which before the file came in", before, "MB"),
        figure("the same file again", again_s, "s", "≤5 s", met=again_s <= 5),
        figure("a re-export with one line more", longer_s, "s"),
        *unknown,
    ]


async def _unknown(database: Database) -> list[Result]:
    """Ids nobody is mapped to, out of a million punches: when all are new, and when all but ten are mapped."""

    async def seconds(ids: int) -> tuple[float, float]:
        async with database.begin() as uow:
            began = time.monotonic()
            assert len(await uow.punches.unknown(most=LINES)) == ids
            counted = time.monotonic() - began
            began = time.monotonic()
            [found] = (await uow.punches.unknown_counts()).values()
            assert found == ids
            return counted, time.monotonic() - began

    everybody = await seconds(PEOPLE)
    async with database.begin() as uow:
        [device] = await uow.devices.all()
        for user in range(11, PEOPLE + 1):
            mapped = NewDeviceUser(device.id, str(user), f"F{user}", date(2020, 1, 1), "bench", SystemClock().now())
            await uow.devices.map_user(mapped)
    few = await seconds(10)
    return [
        figure(f"ids without a person, all {PEOPLE:,} of them new", everybody[0], "s"),
        figure("    only how many a device has", everybody[1], "s"),
        figure("ids without a person, all but 10 mapped", few[0], "s", "≤0.5 s", met=few[0] <= 0.5),
        figure("    only how many a device has", few[1], "s"),
    ]


async def _ingest(intake: LogIntake, data: bytes) -> tuple[Taken, float]:
    began = time.monotonic()
    taken = await intake.file("1_attlog.dat", data, "mesin-1")
    return taken, time.monotonic() - began


def zk_records(count: int) -> list[Result]:
    """A full ZK log: read from its bytes, and fetched from a machine over TCP by the child process."""
    start = encoded(datetime(2026, 1, 5, 6))  # noqa: DTZ001 - a device's wall time
    body = b"".join(record(40, str(n % PEOPLE), start + n * 7 % (20 * 86400)) for n in range(count))
    whole = len(body).to_bytes(4, "little") + body

    def read() -> int:
        return sum(batch.read for batch in ZkLog(whole).batches(Notes())) * LINES // count

    async def fetch(port: int) -> int:
        return len((await pull(f"127.0.0.1:{port}", 0, 60)).data)

    seconds = _timed(read)
    with ZkMachine(body).running() as machine:
        began = time.monotonic()
        assert asyncio.run(fetch(machine.port)) == len(whole)
        fetched = time.monotonic() - began
    return [
        figure(f"{count:,} ZK records read", seconds, "s", "≤1 s", met=seconds <= 1),
        figure("    fetched over TCP in the child before that", fetched, "s"),
    ]
