"""Machines that call in (facts: devices, "Network", "Must hold" 4, 6, 11 and 12)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from devices.app import create_app
from devices.files import LogIntake
from devices.fingerspot import SIGNATURE, signature_of
from devices.listener import Gate, within
from domain.device import DeviceKind, FlagCode
from storage.engine import Database
from storage.records_devices import DeviceRow, NewDevice, PunchRow
from tests.fakes import logs
from tests.fakes.blobs import MemoryBlobs
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


@pytest.fixture
async def gate(intake: LogIntake) -> Gate:
    return Gate(intake, most_bytes=50_000)


@pytest.fixture
async def client(gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    async def health() -> dict[str, object]:
        return {"ok": True}

    transport = httpx.ASGITransport(create_app(gate, TOKEN, health))
    async with httpx.AsyncClient(transport=transport, base_url="http://mesin") as client:
        yield client


async def device(database: Database, name: str = "apel") -> DeviceRow:
    async with database.begin() as uow:
        found = await uow.devices.by_name(name)
    assert found is not None
    return found


async def punches(database: Database, *users: str) -> list[PunchRow]:
    apel = await device(database)
    async with database.begin() as uow:
        return await uow.punches.of_users([(apel.id, u) for u in users], datetime(2000, 1, 1), datetime(2100, 1, 1))


async def test_the_newer_dialect_gets_its_options_with_the_zone_of_the_device(client: httpx.AsyncClient) -> None:
    said = (await client.get(f"/iclock/cdata?SN={SERIAL}&options=all&pushver=2.4.1&language=69")).text
    assert said.startswith(f"GET OPTION FROM: {SERIAL}\nATTLOGStamp=0\n")
    assert "TransFlag=TransData AttLog\n" in said
    assert "TimeZone=8\n" in said  # WITA: a wrong one shifts the device's clock
    assert "Encrypt=None" in said


async def test_the_older_dialect_gets_the_older_words(client: httpx.AsyncClient) -> None:
    said = (await client.get(f"/iclock/cdata?SN={SERIAL}&options=all")).text
    assert "\nStamp=0\nOpStamp=" in said
    assert "TransFlag=1111000000\n" in said


async def test_rows_are_acknowledged_by_their_number_and_kept(client: httpx.AsyncClient, database: Database) -> None:
    said = await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=9999", content=ROWS)
    again = await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=9999", content=ROWS)
    assert (said.text, again.text) == ("OK: 2", "OK: 2")  # a bare OK made one device resend 220 times
    found = await punches(database, "46", "1234")
    assert [(p.user_id, p.verify, p.state) for p in found] == [("46", 15, 0), ("1234", 1, 0)]
    assert (await device(database)).seen_at == NOW


async def test_ok_is_said_only_after_the_commit(gate: Gate, client: httpx.AsyncClient, database: Database) -> None:
    steps: list[str] = []
    gate.intake.step = steps.append
    await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG", content=ROWS)
    assert steps.index("committed") < steps.index("before answer")
    assert steps[0] == "archived"


async def test_polls_pings_and_registration_of_push_3_are_answered_and_nothing_is_ever_commanded(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.get(f"/iclock/getrequest?SN={SERIAL}")).text == "OK"
    assert (await client.post(f"/iclock/devicecmd?SN={SERIAL}", content=b"ID=12&Return=0&CMD=INFO")).text == "OK"
    assert (await client.get(f"/iclock/ping?SN={SERIAL}")).text == "OK"
    assert (await client.post(f"/iclock/registry?SN={SERIAL}", content=b"DeviceType=acc")).text.startswith(
        "RegistryCode="
    )
    assert "PushVersion=3" in (await client.post(f"/iclock/push?SN={SERIAL}")).text
    rt = b"time=2026-11-24 07:00:00\tpin=46\tcardno=0\teventaddr=1\tevent=0\tinoutstatus=1\tverifytype=15\tindex=7\n"
    assert (await client.post(f"/iclock/cdata?SN={SERIAL}&table=rtlog", content=rt)).text == "OK: 1"
    [found] = await punches(database, "46")
    assert (found.state, found.verify) == (1, 15)


async def test_templates_and_photos_are_dropped_and_never_logged(
    gate: Gate, client: httpx.AsyncClient, database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "TVZTUzIxAAADhJ8ECAUHCc7QAAA"
    oplog = f"USER PIN=46\tName=SITI AMINAH\tPri=0\nFP PIN=46\tFID=0\tSize=900\tTMP={secret}\n".encode()
    assert (await client.post(f"/iclock/cdata?SN={SERIAL}&table=OPERLOG", content=oplog)).text == "OK: 2"
    photo = b"PIN=20261124070000-46.jpg\nSN=1\nsize=3\nCMD=uploadphoto\0\xff\xd8" + secret.encode()
    for table in ("ATTPHOTO", "BIODATA", "USERPIC"):
        assert (await client.post(f"/iclock/cdata?SN={SERIAL}&table={table}", content=photo)).text == "OK"
    blobs = gate.intake.blobs
    assert isinstance(blobs, MemoryBlobs)
    assert blobs.kept == {}
    await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG", content=ROWS)
    async with database.begin() as uow:
        assert {u.user_id: u.name for u in await uow.punches.unknown()} == {"46": "SITI AMINAH", "1234": ""}
    logged = capfd.readouterr()
    assert secret not in logged.out + logged.err


async def test_unknown_serials_foreign_networks_and_huge_bodies_are_refused(
    gate: Gate, client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.post("/iclock/cdata?SN=OTHER&table=ATTLOG", content=ROWS)).status_code == 403
    assert gate.strangers == {"OTHER": "127.0.0.1"}
    big = b"46\t2026-11-24 06:58:48\t0\t15\t0\n" * 5000
    assert (await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG", content=big)).status_code == 413
    gate.networks = ("10.0.0.0/8",)
    assert (await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG", content=ROWS)).status_code == 403
    async with database.begin() as uow:
        assert await uow.punches.count() == 0


@pytest.mark.parametrize(
    ("peer", "inside"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("11.0.0.1", False), ("unix", False), ("", False)],
)
def test_an_address_lies_within_networks(peer: str, inside: bool) -> None:
    assert within(peer, ("10.0.0.0/8",)) is inside


def glog(**fields: object) -> bytes:
    value = {"fk_bin_data_lib": "FKDataHS101", "io_mode": 1, "io_time": "20261124165917", "log_image": None,
             "user_id": "1", "verify_mode": 3, **fields}  # fmt: skip
    text = json.dumps(value).encode() + b"\0"
    return len(text).to_bytes(4, "little") + text


def heads(block: int = 0, code: str = "realtime_glog", trans: str = "100") -> dict[str, str]:
    return {"request_code": code, "dev_id": SERIAL, "trans_id": trans, "blk_no": str(block)}


async def test_fkweb_blocks_that_are_split_are_put_together_and_the_picture_is_dropped(
    gate: Gate, client: httpx.AsyncClient, database: Database
) -> None:
    whole = glog(log_image="BIN_1", pad="x" * 300) + b"JPEG-OF-A-FACE"
    for block, part in ((1, whole[:100]), (1, whole[:100]), (2, whole[100:200]), (0, whole[200:])):
        said = await client.post("/", content=part, headers=heads(block))
        assert said.headers["response_code"] == "OK"
    [found] = await punches(database, "1")
    assert (found.at, found.state, found.verify) == (datetime(2026, 11, 24, 16, 59, 17), 1, 3)
    blobs = gate.intake.blobs
    assert isinstance(blobs, MemoryBlobs)
    assert not any(b"JPEG" in kept or b"BIN_1" in kept for kept in blobs.kept.values())


async def test_fkweb_of_newer_firmware_packs_state_and_verify_into_high_bits(
    client: httpx.AsyncClient, database: Database
) -> None:
    for number, (io, verify) in enumerate([(0x01000000, 1 << 28), (0x02000000, 4 << 28), (0, 0)]):
        body = glog(io_time=f"202611241659{number:02}", io_mode=io, verify_mode=verify)
        await client.post("/", content=body, headers=heads(trans=str(200 + number)))
    assert [(p.state, p.verify) for p in await punches(database, "1")] == [(0, 1), (1, 4), (0, 0)]


async def test_fkweb_asks_again_for_a_message_with_a_missing_block(
    client: httpx.AsyncClient, database: Database
) -> None:
    whole = glog()
    said = await client.post("/", content=whole[60:], headers=heads(2))
    assert said.headers["response_code"] == "ERROR"
    assert await punches(database, "1") == []


async def test_fkweb_polls_get_no_command_and_enrolments_are_dropped(client: httpx.AsyncClient) -> None:
    assert (await client.post("/", headers=heads(code="receive_cmd"))).headers["response_code"] == "ERROR_NO_CMD"
    enrol = await client.post("/", content=b"x" * 100, headers=heads(code="realtime_enroll_data"))
    assert enrol.headers["response_code"] == "OK"


def cloud(**fields: object) -> dict[str, object]:
    data = {
        "pin": "0004",
        "scan": "2026-02-05 18:58:46",
        "verify": "4",
        "status_scan": "0",
        "photo_url": "http://x/y.jpg",
    }
    return {"type": "attlog", "cloud_id": SERIAL, "data": {**data, **fields}}


async def test_the_unsigned_webhook_takes_punches_of_known_clouds_with_or_without_seconds(
    gate: Gate, client: httpx.AsyncClient, database: Database
) -> None:
    assert (await client.post("/webhooks/fingerspot", json=cloud())).text == "OK"
    assert (await client.post("/webhooks/fingerspot", json=cloud(scan="2026-02-05 18:59"))).text == "OK"
    assert (await client.post("/webhooks/fingerspot", json={**cloud(), "cloud_id": "X"})).status_code == 403
    found = await punches(database, "0004")
    assert [p.at for p in found] == [datetime(2026, 2, 5, 18, 58, 46), datetime(2026, 2, 5, 18, 59)]
    blobs = gate.intake.blobs
    assert isinstance(blobs, MemoryBlobs)
    assert not any(b"y.jpg" in kept for kept in blobs.kept.values())


async def test_the_hubs_webhook_is_believed_only_with_its_signature(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = json.dumps(
        {"event": "attendance", "cloudId": SERIAL, "employeeNo": "0004", "eventTime": "2026-02-05T18:58:46+08:00"}
    ).encode()
    bad = await client.post("/webhooks/fingerspot/hub", content=body, headers={SIGNATURE: signature_of(body, "other")})
    none = await client.post("/webhooks/fingerspot/hub", content=body)
    good = await client.post("/webhooks/fingerspot/hub", content=body, headers={SIGNATURE: signature_of(body, TOKEN)})
    assert (bad.status_code, none.status_code, good.status_code) == (403, 403, 200)
    [found] = await punches(database, "0004")
    assert found.at == datetime(2026, 2, 5, 18, 58, 46)


async def test_copies_of_one_punch_by_stick_network_and_webhook_are_one(
    gate: Gate, client: httpx.AsyncClient, database: Database
) -> None:
    at = "2026-02-05 18:58:46"
    await gate.intake.file("1_attlog.dat", logs.usb(("0004", at)), "apel")
    await client.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG", content=f"0004\t{at}\t0\t1\t0\n".encode())
    await client.post("/webhooks/fingerspot", json=cloud(verify="1"))
    assert len(await punches(database, "0004")) == 1


async def test_a_clock_of_2015_after_a_power_cut_is_kept_as_told_and_flagged(
    client: httpx.AsyncClient, database: Database
) -> None:
    await client.post("/", content=glog(io_time="20261124165917"), headers=heads())
    await client.post("/", content=glog(io_time="20150101000512"), headers=heads(trans="101"))
    assert [p.at for p in await punches(database, "1")] == [
        datetime(2015, 1, 1, 0, 5, 12),
        datetime(2026, 11, 24, 16, 59, 17),
    ]
    async with database.begin() as uow:
        newest, _ = await uow.punches.uploads()
    [flag] = newest.flags
    assert (flag.code, flag.first, flag.after) == (
        FlagCode.CLOCK_JUMP,
        datetime(2015, 1, 1, 0, 5, 12),
        datetime(2026, 11, 24, 16, 59, 17),
    )
