"""The device worker whole: folder, web, letters, resuming (facts: devices, "Must hold" 1, 4, 10)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.device_watch import DeviceWatch
from demo.devices.adms_pusher import AdmsPusher
from demo.devices.stick import Stick
from desk.server import WebServer
from devices.app import create_app
from devices.files import LogIntake
from devices.folder import WatchedFolder
from devices.listener import Gate
from devices.readers import reader_for
from domain.device import DeviceKind
from domain.profile import load_profile
from intake.letters import Outgoing
from storage.engine import Database
from storage.records_devices import NewDevice
from tests.fakes import logs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import ROSTER

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
OPERATOR, DISHUB = "admin@bkd.test", "dishub@presensi.test"


@pytest.fixture
async def intake(database: Database) -> LogIntake:
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "test", NOW)
        machines = (
            ("lobi", DeviceKind.ADMS, "S1", "U1"),
            ("gudang", DeviceKind.ADMS, "S2", None),
            ("stik", DeviceKind.FILE, None, None),
        )
        for name, kind, serial, unit in machines:
            number = 3 if kind is DeviceKind.FILE else None
            await uow.devices.add(NewDevice(name, kind, "Asia/Jakarta", "admin", NOW, serial, number, unit))
    return logs.intake(database, StillClock(NOW))


@pytest.fixture
async def server(intake: LogIntake) -> AsyncIterator[WebServer]:
    async def health() -> dict[str, object]:
        return {"ok": True}

    web = WebServer(create_app(Gate(intake), None, health), "127.0.0.1", 0)
    web.open()
    serving = asyncio.create_task(web.serve())
    yield web
    await web.stop()
    await serving


async def test_a_stick_in_the_watched_folder_is_taken_once_it_lies_still(
    intake: LogIntake, database: Database, tmp_path: Path
) -> None:
    folder = WatchedFolder(tmp_path / "mesin", intake)
    stick = Stick(3, [("17", "2026-11-23 07:01:00")])
    stick.export(tmp_path / "mesin")
    assert await folder.look() == 0  # it may still be copied
    assert await folder.look() == 1
    assert (tmp_path / "mesin" / "selesai" / "3_attlog.dat").exists()
    stick.log.append(("17", "2026-11-23 16:01:00"))
    stick.export(tmp_path / "mesin")
    (tmp_path / "mesin" / "lobi").mkdir()
    Stick(1, [("17", "2026-11-23 07:02:00")]).export(tmp_path / "mesin" / "lobi")
    (tmp_path / "mesin" / "x").mkdir()
    Stick(1, [("17", "2026-11-23 07:02:00")]).export(tmp_path / "mesin" / "x")
    await folder.look()
    assert await folder.look() == 3
    assert (tmp_path / "mesin" / "selesai" / "3_attlog-2.dat").exists()
    assert (tmp_path / "mesin" / "selesai" / "lobi" / "1_attlog.dat").exists()
    assert (tmp_path / "mesin" / "tanya" / "x" / "1_attlog.dat").exists()  # nobody knows a device x
    async with database.begin() as uow:
        assert await uow.punches.count() == 3


async def test_a_machine_that_calls_in_over_the_wire_is_acknowledged(server: WebServer, database: Database) -> None:
    machine = AdmsPusher("S1", "127.0.0.1", server.port)
    rows = [(str(n % 40), f"2026-11-23 07:{n // 60:02}:{n % 60:02}", 0, 1) for n in range(300)]
    assert "ATTLOGStamp" in await asyncio.to_thread(machine.hello)
    assert await asyncio.to_thread(machine.push, rows) == 300
    assert machine.answers == ["OK: 128", "OK: 128", "OK: 44"]
    async with database.begin() as uow:
        assert await uow.punches.count() == 300


async def test_the_health_of_the_worker_is_told_without_a_key(server: WebServer) -> None:
    async with httpx.AsyncClient() as client:
        said = await client.get(f"http://127.0.0.1:{server.port}/healthz")
    assert said.json() == {"ok": True}


def watch(database: Database, clock: StillClock) -> DeviceWatch:
    return DeviceWatch(database, clock, load_profile("malang"), Outgoing((OPERATOR,), frozenset(), 30))


async def letters(database: Database) -> tuple[int, int]:
    """How many letters there are to the unit's officer and to the operator."""
    long_ago = NOW - timedelta(days=9)
    async with database.begin() as uow:
        return await uow.outbox.count_since(DISHUB, long_ago), await uow.outbox.count_since(OPERATOR, long_ago)


async def test_a_silent_device_is_told_to_its_own_administrator_once_and_once_more_when_it_speaks(
    intake: LogIntake, database: Database
) -> None:
    clock = StillClock(NOW)
    async with database.begin() as uow:
        for device in await uow.devices.all():
            await uow.devices.seen(device.id, NOW)
    clock.move(25 * 3600)
    async with database.begin() as uow:
        gudang = await uow.devices.by_name("gudang")
        assert gudang is not None
        await uow.devices.seen(gudang.id, clock.now())
    for _ in range(3):
        await watch(database, clock).look()
    async with database.begin() as uow:
        opened = await uow.incidents.all_open()
        assert [(i.kind, i.account) for i in opened] == [("device_silent", "lobi")]
    assert await letters(database) == (1, 0)
    async with database.begin() as uow:
        lobi = await uow.devices.by_name("lobi")
        assert lobi is not None
        await uow.devices.seen(lobi.id, clock.now())
    await watch(database, clock).look()
    async with database.begin() as uow:
        assert await uow.incidents.all_open() == []
    assert await letters(database) == (2, 0)


async def test_an_upload_that_was_archived_before_the_power_went_is_read_at_the_next_start(
    intake: LogIntake, database: Database
) -> None:
    def cut(step: str) -> None:
        if step == "kept":
            raise KeyboardInterrupt

    intake.step = cut
    async with database.begin() as uow:
        lobi = await uow.devices.by_name("lobi")
    assert lobi is not None
    rows = logs.adms(("17", "2026-11-23 07:01:00"))
    with pytest.raises(KeyboardInterrupt):
        await intake.post(lobi, rows, "adms", reader_for("adms", rows))
    intake.step = lambda _: None
    async with database.begin() as uow:
        [waiting] = await uow.punches.waiting()
    assert await intake.again(waiting, reader_for) is not None
    async with database.begin() as uow:
        assert await uow.punches.count() == 1
