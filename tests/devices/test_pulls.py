"""Machines that are called: Solution, ZK 4370, the cloud (facts: devices, "Network", "Must hold" 6 and 10)."""

import asyncio
import json
import time
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from demo.devices.zk_machine import ZkMachine, encoded, record
from devices.files import LogIntake
from devices.lines import Notes
from devices.pulling import Puller
from devices.solution import SoapLog
from devices.zk import ZkLog, decoded, pull
from domain.device import DeviceKind
from domain.errors import Retryable
from storage.engine import Database
from storage.records_devices import DeviceRow, NewDevice, PunchRow
from tests.fakes import logs
from tests.fakes.clock import StillClock

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SERIAL = "CGJX201860123"
TOKEN = "rahasia-hub"
ROWS = b"46\t2026-11-24 06:58:48\t0\t15\t0\t0\t0\t0\t0\t0\t10881\n1234\t2026-11-24 07:01:55\t0\t1\t\t0\t\n"


@pytest.fixture
async def intake(database: Database) -> LogIntake:
    async with database.begin() as uow:
        await uow.devices.add(NewDevice("apel", DeviceKind.ADMS, "Asia/Makassar", "admin", NOW, serial=SERIAL))
    return logs.intake(database, StillClock(NOW))


async def device(database: Database, name: str = "apel") -> DeviceRow:
    async with database.begin() as uow:
        found = await uow.devices.by_name(name)
    assert found is not None
    return found


async def punches(database: Database, *users: str, of: str = "apel") -> list[PunchRow]:
    row = await device(database, of)
    async with database.begin() as uow:
        return await uow.punches.of_users([(row.id, u) for u in users], datetime(2000, 1, 1), datetime(2100, 1, 1))


SOAP = b"""<?xml version="1.0"?><GetAttLogResponse>
<Row><PIN>1</PIN><DateTime>2020-08-05 17:58:32</DateTime><Verified>1</Verified><Status>0</Status></Row>
<Row><PIN>2</PIN><DateTime>2020-02-30 17:58:32</DateTime><Verified>1</Verified><Status>0</Status></Row>
</GetAttLogResponse>"""


def test_rows_of_a_soap_answer_are_read_and_an_impossible_date_costs_only_itself() -> None:
    [batch] = SoapLog(SOAP).batches(Notes())
    assert [p[1:5] for p in batch.punches] == [("1", "2020-08-05 17:58:32", "1", "0")]
    assert [(line, reason) for line, reason, _ in batch.bad] == [(2, "date")]


async def test_a_solution_machine_is_asked_for_its_whole_log(intake: LogIntake, database: Database) -> None:
    import uvicorn

    app = FastAPI()

    async def service(_request: object) -> PlainTextResponse:
        return PlainTextResponse(SOAP.decode(), media_type="text/xml")

    app.add_route("/iWsService", service, methods=["POST"])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with database.begin() as uow:
        await uow.devices.add(
            NewDevice("solusi", DeviceKind.SOLUTION, "Asia/Jakarta", "admin", NOW, address=f"127.0.0.1:{port}")
        )
    puller = Puller(intake, lambda _: "")
    taken = await puller.pull(await device(database, "solusi"))
    server.should_exit = True
    await serving
    assert taken is not None
    assert taken.new == 1
    assert await puller.pull(await device(database, "solusi")) is None  # it is gone: told, not raised
    assert "ConnectError" in (await device(database, "solusi")).trouble


MORNING = datetime(2026, 11, 24, 7, 0, 5)


@pytest.mark.parametrize("size", [8, 16, 40])
def test_records_of_every_size_are_read_and_31_february_is_set_aside(size: int) -> None:
    impossible = encoded(datetime(2026, 1, 31)) + 31 * 86400
    body = record(size, 7, encoded(MORNING), 15, 1) + record(size, 8, impossible) + record(size, 9, encoded(MORNING))
    [batch] = ZkLog(len(body).to_bytes(4, "little") + body).batches(Notes())
    assert [p[1:5] for p in batch.punches] == [
        ("7", "2026-11-24 07:00:05", "15", "1"),
        ("9", "2026-11-24 07:00:05", "1", "0"),
    ]
    assert [(line, reason) for line, reason, _ in batch.bad] == [(2, "date")]
    assert decoded(impossible) is None
    assert decoded(encoded(MORNING)) == MORNING


async def zk_device(database: Database, machine: ZkMachine) -> DeviceRow:
    async with database.begin() as uow:
        await uow.devices.add(
            NewDevice("zk", DeviceKind.ZK, "Asia/Jakarta", "admin", NOW, address=f"127.0.0.1:{machine.port}")
        )
    return await device(database, "zk")


def full(count: int = 5000) -> bytes:
    return b"".join(record(40, f"{n:05}", encoded(MORNING) + n % 3000) for n in range(count))


async def test_a_zk_machine_is_read_whole_and_never_changed(intake: LogIntake, database: Database) -> None:
    with ZkMachine(full(), key=123456, clock=datetime(2026, 11, 24, 17, 5)).running() as machine:
        zk = await zk_device(database, machine)
        puller = Puller(intake, lambda _: "123456", seconds=20)
        first, again = await puller.pull(zk), await puller.pull(zk)
        assert first is not None
        assert again is not None
        assert (first.new, again.new) == (5000, 0)
        assert set(machine.commands) <= {1000, 1102, 50, 201, 1503, 1504, 1502, 1001}  # reads only: never a clear
    found = await device(database, "zk")
    assert found.drift_s == pytest.approx(300)  # 17.05 there, 17.00 here: more than two minutes off


async def test_a_machine_at_which_nobody_punched_is_heard_and_has_told_its_log(
    intake: LogIntake, database: Database
) -> None:
    clock = StillClock(NOW)
    intake.clock = clock
    with ZkMachine(full(3), clock=datetime(2026, 11, 24, 17)).running() as machine:
        zk = await zk_device(database, machine)
        puller = Puller(intake, lambda _: "", seconds=20)
        await puller.pull(zk)
        async with database.begin() as uow:
            await uow.devices.change(zk.id, {"trouble": "tidak menjawab"})
        clock.move(3600)
        machine.clock = datetime(2026, 11, 24, 18, 0, 30)
        assert await puller.pull(zk) is not None
    found = await device(database, "zk")
    assert (found.seen_at, found.trouble) == (clock.now(), "")
    assert found.synced_to == datetime(2026, 11, 24, 18)  # its own clock, but never ahead of ours


@pytest.mark.parametrize(
    ("manners", "said"),
    [
        ("mute", "tidak selesai dalam 2 detik"),
        ("hangs_up", "diputus"),
        ("lies", "di tengah log"),
        ("stranger", "bukan mesin ZK"),
    ],
)
async def test_a_machine_that_misbehaves_costs_a_deadline_and_nothing_else(
    intake: LogIntake, database: Database, manners: str, said: str
) -> None:
    with ZkMachine(full(), manners).running() as machine:
        zk = await zk_device(database, machine)
        began = time.monotonic()
        assert await Puller(intake, lambda _: "", seconds=2).pull(zk) is None
        assert time.monotonic() - began < 10
    assert said in (await device(database, "zk")).trouble
    async with database.begin() as uow:
        assert await uow.punches.count() == 0


async def test_a_wrong_count_and_a_wrong_key_are_survived(intake: LogIntake, database: Database) -> None:
    with ZkMachine(full(10), told=99).running() as machine:
        taken = await Puller(intake, lambda _: "", seconds=20).pull(await zk_device(database, machine))
    assert taken is not None
    assert taken.new == 10
    with ZkMachine(full(10), key=5).running() as locked, pytest.raises(Retryable, match="kunci"):
        await pull(f"127.0.0.1:{locked.port}", 6, 20)


async def test_one_failing_device_never_delays_another(intake: LogIntake, database: Database) -> None:
    with ZkMachine(full(), "mute").running() as mute, ZkMachine(full(20)).running() as good:
        async with database.begin() as uow:
            for name, machine in (("a", mute), ("b", good)):
                address = f"127.0.0.1:{machine.port}"
                await uow.devices.add(NewDevice(name, DeviceKind.ZK, "Asia/Jakarta", "admin", NOW, address=address))
        puller = Puller(intake, lambda _: "", seconds=4)
        slow = asyncio.create_task(puller.pull(await device(database, "a")))
        began = time.monotonic()
        taken = await puller.pull(await device(database, "b"))
        assert taken is not None
        assert not slow.done()
        assert time.monotonic() - began < 4
        await slow


class Cloud:
    """A stand-in for the maker's cloud: answers as programs in use are answered; ``rows`` by day."""

    def __init__(self, rows: dict[str, list[dict[str, object]]], refuses: tuple[object, ...] = ()) -> None:
        self.rows = rows
        self.refuses = list(refuses)
        self.asked: list[dict[str, str]] = []
        self.tokens: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        first, last = (date.fromisoformat(asked[name]) for name in ("start_date", "end_date"))
        self.asked.append(asked)
        self.tokens.add(request.headers["Authorization"])
        if self.refuses and (refused := self.refuses.pop(0)) is not None:
            return httpx.Response(200, json=refused)
        if last - first > timedelta(days=1):
            return httpx.Response(200, json={"success": False, "message": "rentang paling banyak 2 hari"})
        rows = [row for day, some in self.rows.items() if first <= date.fromisoformat(day) <= last for row in some]
        return httpx.Response(200, json={"success": True, "trans_id": asked["trans_id"], "data": rows})


def scanned(at: str, pin: str = "0004") -> dict[str, object]:
    return {"pin": pin, "scan_date": at, "verify": 1, "status_scan": 0, "photo_url": "https://x.test/wajah.jpg"}


async def cloud_device(database: Database) -> DeviceRow:
    async with database.begin() as uow:
        await uow.devices.add(
            NewDevice("awan", DeviceKind.FINGERSPOT, "Asia/Jakarta", "admin", NOW, serial="C2630450C31E1824")
        )
    return await device(database, "awan")


def cloud_puller(intake: LogIntake, cloud: Cloud) -> Puller:
    url = "https://cloud.test/api/get_attlog"
    return Puller(intake, lambda _: "", url, "token", transport=httpx.MockTransport(cloud))


async def test_the_cloud_is_asked_for_what_its_webhook_missed(intake: LogIntake, database: Database) -> None:
    cloud = Cloud({f"{NOW:%Y-%m-%d}": [scanned("2026-11-24 07:01:02")]})
    taken = await cloud_puller(intake, cloud).pull(await cloud_device(database))
    assert taken is not None
    assert taken.new == 1
    assert cloud.tokens == {"Bearer token"}
    assert len({asked["trans_id"] for asked in cloud.asked}) == len(cloud.asked)
    [found] = await punches(database, "0004", of="awan")
    assert (found.at, found.verify, found.state) == (datetime(2026, 11, 24, 7, 1, 2), 1, 0)
    assert taken.upload is not None
    assert b"wajah" not in await intake.blobs.get(taken.upload.sha256)


async def test_after_an_outage_the_cloud_is_asked_from_where_the_log_ended(
    intake: LogIntake, database: Database
) -> None:
    days = [f"2026-11-{day}" for day in range(15, 25)]
    cloud = Cloud({day: [scanned(f"{day} 07:01:02")] for day in days})
    row = await cloud_device(database)
    async with database.begin() as uow:
        await uow.devices.change(row.id, {"synced_to": datetime(2026, 11, 17, 16, 2)})
    taken = await cloud_puller(intake, cloud).pull(await device(database, "awan"))
    assert taken is not None
    assert [asked["start_date"] for asked in cloud.asked] == [f"2026-11-{day}" for day in (17, 19, 21, 23)]
    assert [p.at.day for p in await punches(database, "0004", of="awan")] == list(range(17, 25))
    cloud.asked.clear()
    await cloud_puller(intake, cloud).pull(await device(database, "awan"))
    assert [asked["start_date"] for asked in cloud.asked] == ["2026-11-23"]


@pytest.mark.parametrize(
    "refused",
    [
        {"success": False, "message": "Invalid Cloud ID"},
        {"status": False, "message": "Invalid Cloud ID"},
        {"success": True, "message": "Invalid Cloud ID"},  # without data nothing was told: not an empty log
    ],
)
async def test_a_refusal_of_the_cloud_is_told_and_never_read_as_an_empty_log(
    intake: LogIntake, database: Database, refused: dict[str, object]
) -> None:
    row = await cloud_device(database)
    assert await cloud_puller(intake, Cloud({}, (refused,))).pull(row) is None
    told = await device(database, "awan")
    assert (told.trouble, told.synced_to) == ("awan Fingerspot menolak permintaan: Invalid Cloud ID", None)
