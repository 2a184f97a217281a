"""A log mailed to the device mailbox: the proven sender's machine, or a question; never a sheet (MLG-04)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.device_mail import DeviceMail
from devices.files import LogIntake
from domain.device import DeviceKind
from domain.terms import Scheme
from intake.letters import Outgoing
from intake.opening import MailboxIdentity, Opener
from intake.sender import AuthPolicy
from parsers.sandbox import Sandbox
from storage.engine import Database
from storage.records import MessageRow, MessageState, NewMessage
from storage.records_devices import NewDevice
from tests.fakes import logs
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import PROFILE, ROSTER, at
from tests.fakes.trip import HOST, RECEIVER, mail

BOX = "mesin"
LOG = logs.usb(("17", "2026-11-23 07:01:00"), ("17", "2026-11-23 16:01:00"))


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[DeviceMail]:
    clock, blobs, sandbox = StillClock(at(18)), MemoryBlobs(), Sandbox(1)
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "test", clock.now())
        for name, unit, number in (("lobi", "U1", 1), ("parkir", "U2", 1)):
            device = NewDevice(name, DeviceKind.FILE, "Asia/Jakarta", "admin", clock.now(), None, number, unit)
            await uow.devices.add(device)
    opener = Opener(sandbox, {BOX: MailboxIdentity("mesin@bkd.test", AuthPolicy(HOST, (HOST,)))}, None)
    intake = LogIntake(database, blobs, clock, "Asia/Jakarta", sandbox)
    outgoing = Outgoing((RECEIVER,), frozenset(), 30)
    yield DeviceMail(database, blobs, clock, PROFILE, opener, outgoing, BOX, intake)
    await sandbox.close()


async def arrives(desk: DeviceMail, raw: bytes, account: str = BOX) -> int:
    sha256 = await desk.blobs.put(raw)
    async with desk.db.begin() as uow:
        number = await uow.messages.add(
            NewMessage(Scheme.MAIL, account, sha256, sha256, len(raw), at(18), "received", at(18))
        )
    assert number is not None
    return number


async def message(desk: DeviceMail, number: int) -> MessageRow:
    async with desk.db.begin() as uow:
        return await uow.messages.get(number)


async def test_the_log_of_a_proven_office_goes_to_its_own_machine_and_is_read_by_its_job(desk: DeviceMail) -> None:
    number = await arrives(desk, mail(LOG, when=at(18), name="1_attlog.dat"))
    assert await desk.read(number)
    assert (await message(desk, number)).state is MessageState.DONE
    async with desk.db.begin() as uow:
        [upload] = await uow.punches.waiting()
        lobi = await uow.devices.get(upload.device_id)
    assert lobi is not None
    assert lobi.name == "lobi"
    for _ in range(2):  # a job may run twice
        await desk.read_file(upload.id)
    async with desk.db.begin() as uow:
        assert await uow.punches.count() == 2
        assert await uow.punches.waiting() == []


async def test_a_log_of_an_unproven_sender_is_kept_and_asked_about_and_never_counted(desk: DeviceMail) -> None:
    number = await arrives(desk, mail(LOG, when=at(18), name="1_attlog.dat", proven=False))
    assert await desk.read(number)
    assert (await message(desk, number)).state is MessageState.QUARANTINE
    async with desk.db.begin() as uow:
        assert await uow.punches.waiting() == []
        assert await uow.outbox.count_since(RECEIVER, at(18) - timedelta(days=1)) == 1


async def test_mail_to_another_mailbox_is_none_of_ours(desk: DeviceMail) -> None:
    number = await arrives(desk, mail(LOG, when=at(18)), account="utama")
    assert not await desk.read(number)
    assert (await message(desk, number)).state is MessageState.NEW
