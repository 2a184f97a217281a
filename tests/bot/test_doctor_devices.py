"""The doctor at attendance machines, on a real database and with a worker that lives, hangs or is away."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.doctor_devices import DeviceHealth, device_findings
from bot.doctor_findings import Finding, Level
from bot.settings_devices import Devices
from domain.device import ClockFlag, DeviceKind, FlagCode, UploadState
from domain.device_clock import wall
from storage.engine import Database
from storage.locks import only_one
from storage.records_devices import DeviceRow, NewDevice, NewDeviceUser, UploadRow
from tests.fakes import logs
from tests.fakes.clock import StillClock

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)  # 17.00 WIB
SILENT = 1440


def machine(**other: object) -> DeviceRow:
    plain = {
        "name": "lobi", "kind": DeviceKind.ADMS, "zone": "Asia/Jakarta", "added_by": "admin",
        "added_at": NOW - timedelta(days=90), "id": 1, "seen_at": NOW - timedelta(minutes=12),
        "synced_to": wall("2026-11-24 16:02:00"), "drift_s": None, "drift_at": None, "trouble": "",
    }  # fmt: skip
    return DeviceRow(**{**plain, **other})  # type: ignore[arg-type]


def upload(**other: object) -> UploadRow:
    plain = {
        "device_id": 1, "sha256": "a" * 64, "name": "1_attlog.dat", "source": "file",
        "received_at": NOW - timedelta(hours=1), "id": 5, "state": UploadState.DONE, "layout": "attlog", "read": 100,
        "new": 90, "quarantined": 1, "first_at": None, "last_at": None, "users": (), "flags": (), "note": "",
    }  # fmt: skip
    return UploadRow(**{**plain, **other})  # type: ignore[arg-type]


async def looked(place: Path, health: DeviceHealth, port: int = 1) -> dict[str, Finding]:
    found = await device_findings(health, Devices(port=port), place, SILENT, NOW)
    return {one.what: one for one in found}


@pytest.fixture
def healthy(tmp_path: Path) -> Iterator[int]:
    """A page that answers as the worker's does."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


async def test_where_there_is_no_machine_nothing_is_said(tmp_path: Path) -> None:
    assert await looked(tmp_path, DeviceHealth()) == {}


async def test_a_machine_in_order_tells_how_far_its_log_goes(tmp_path: Path, healthy: int) -> None:
    (tmp_path / "devices.port").write_text(str(healthy))
    found = await looked(tmp_path, DeviceHealth(True, [machine()], recent=[upload()]))
    assert {one.level for one in found.values()} == {Level.OK}
    assert found["Mesin lobi"].finding == "log sampai 24-11-2026 16.02, terdengar 12 menit yang lalu"


async def test_a_worker_that_is_away_fails_and_one_that_hangs_warns(tmp_path: Path) -> None:
    away = (await looked(tmp_path, DeviceHealth(False, [machine()])))["Pekerja mesin"]
    sticks = (await looked(tmp_path, DeviceHealth(False, [machine(kind=DeviceKind.FILE)])))["Pekerja mesin"]
    hangs = (await looked(tmp_path, DeviceHealth(True, [machine()])))["Pekerja mesin"]
    assert (away.level, sticks.level, hangs.level) == (Level.FAIL, Level.WARN, Level.WARN)
    assert "posko devices" in away.mend
    assert "tidak menjawab" in hangs.finding


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"seen_at": NOW - timedelta(hours=30)}, "tidak terdengar 30 jam yang lalu"),
        ({"seen_at": None, "synced_to": None}, "belum ada log"),
        ({"trouble": "tidak menjawab"}, "tidak menjawab"),
        ({"drift_s": -600.0}, "jam mesin 10 menit lebih lambat"),
        ({"synced_to": wall("2027-01-01 00:00:00")}, "belum terjadi"),
    ],
)
async def test_what_is_wrong_with_a_machine_is_said_with_what_to_do(
    tmp_path: Path, fields: dict[str, object], said: str
) -> None:
    found = (await looked(tmp_path, DeviceHealth(True, [machine(**fields)])))["Mesin lobi"]
    assert found.level is Level.WARN
    assert said in found.finding
    assert found.mend


async def test_ids_lines_set_aside_and_clock_jumps_are_counted(tmp_path: Path) -> None:
    jump = upload(read=100, quarantined=40, flags=(ClockFlag(FlagCode.CLOCK_JUMP),))
    old = upload(received_at=NOW - timedelta(days=31), read=100, quarantined=100)
    found = (await looked(tmp_path, DeviceHealth(True, [machine()], {1: 3}, recent=[jump, old])))["Mesin lobi"]
    for said in ("3 ID belum dipetakan", "40 dari 100 baris disisihkan", "pernah mundur"):
        assert said in found.finding


async def test_logs_that_wait_are_told(tmp_path: Path) -> None:
    stuck = await looked(tmp_path, DeviceHealth(True, [machine()], unread=[upload(state=UploadState.KEPT)]))
    asks = await looked(tmp_path, DeviceHealth(True, [machine()], asking=[upload(state=UploadState.ASKS)]))
    assert stuck["Berkas log mesin"].level is Level.FAIL
    assert "1_attlog.dat" in asks["Berkas log mesin"].finding


async def test_the_database_says_whether_a_worker_lives(database: Database, database_url: str) -> None:
    clock = StillClock(NOW)
    async with database.begin() as uow:
        assert not await uow.devices.worker_alive()
        await uow.devices.add(NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "admin", NOW, number=1))
        [lobi] = await uow.devices.all()
        await uow.devices.map_user(NewDeviceUser(lobi.id, "1", "F1", date(2020, 1, 1), "admin", NOW))
    log = logs.usb(("1", "2026-11-24 07:00:00"), ("2", "2026-11-24 07:00:00"))
    await logs.intake(database, clock).file("1_attlog.dat", log)
    async with only_one(database_url, "devices"), database.begin() as uow:
        assert await uow.devices.worker_alive()
        assert await uow.punches.unknown_counts() == {lobi.id: 1}
    async with database.begin() as uow:
        assert not await uow.devices.worker_alive()
