"""``/admin/mesin``: devices, ids without a person, and logs that are uploaded here (facts: devices, 2)."""

from datetime import date

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from desk.visitor import Turn, Visit, missing
from desk.words import LOG_FLAGS
from devices.files import LogIntake, Taken
from domain.device import UploadState
from storage.records_devices import NewDeviceUser

router = APIRouter()
SOURCE = "upload"
_MOST = 100 * 1024 * 1024  # about two million lines of a stick


def intake_of(turn: Turn) -> LogIntake:
    """What takes logs in; workbooks are opened in the sandbox only."""
    house = turn.house
    return LogIntake(house.db, house.blobs, house.clock, house.profile.zone, house.sandbox)


@router.get("/admin/mesin")
async def devices_page(turn: Visit) -> Response:
    """Devices, and ids that nobody is mapped to yet (MLG-24)."""
    return await show_devices(turn)


async def show_devices(
    turn: Turn, fault: str = "", status: int = 200, taken: Taken | None = None, told: str = ""
) -> Response:
    """The page, with what became of a log that was just taken in."""
    async with turn.house.db.begin() as uow:
        devices = await uow.devices.all()
        unknown = await uow.punches.unknown(most=200)
        uploads = await uow.punches.uploads(last=20)
        asking = await uow.punches.waiting(UploadState.ASKS)
        world = await turn.house.worlds.load(uow)
    await turn.looked("devices_viewed", "device", "all")
    names = {device.id: device.name for device in devices}
    return turn.page(
        "devices", status, devices=devices, unknown=unknown, uploads=uploads, names=names, fault=fault,
        units={code: unit.name for code, unit in world.roster.units.items()}, today=turn.house.today(),
        taken=taken, log_flags=LOG_FLAGS, asking=asking, told=told,
    )  # fmt: skip


@router.post("/admin/mesin/{number}/id")
async def map_id(turn: Visit, number: int) -> Response:
    """Say whose an id of a device is, from a day on."""
    fault = ""
    user, key = turn.field("id", 40), turn.field("pegawai", 40)
    try:
        first = date.fromisoformat(turn.field("mulai"))
    except ValueError:
        first = turn.house.today()
    async with turn.house.db.begin() as uow:
        device = await uow.devices.get(number)
        world = await turn.house.worlds.load(uow)
        if device is None or not user:
            raise missing()
        taken = [
            u for u in await uow.devices.users(number) if u.user_id == user and (u.last is None or u.last >= first)
        ]
        if key not in world.roster.people:
            fault = f"Tidak ada pegawai dengan kunci {key or '(kosong)'}."
        elif taken:
            fault = f"ID {user} masih milik {taken[0].person}; akhiri dulu."
        else:
            await uow.devices.map_user(NewDeviceUser(number, user, key, first, turn.by, turn.house.now()))
            await turn.audit(uow, "device_user_mapped", "device", device.name, id=user, person=key)
    return await show_devices(turn, fault, 422) if fault else RedirectResponse("/admin/mesin", 303)


@router.post("/admin/mesin/akhiri")
async def end_id(turn: Visit) -> Response:
    """Let an id of a device end with a day: its owner moved, or the id is given to somebody else (MLG-23)."""
    name, user = turn.field("mesin", 80), turn.field("id", 40)
    try:
        last = date.fromisoformat(turn.field("terakhir"))
    except ValueError:
        return await show_devices(turn, "Isi hari terakhir ID itu.", 422)
    async with turn.house.db.begin() as uow:
        device = await uow.devices.by_name(name)
        ended = device is not None and await uow.devices.end_user(device.id, user, last)
        if ended:
            await turn.audit(uow, "device_user_ended", "device", name, id=user, last=f"{last}")
    if not ended:
        fault = f"ID {user or '(kosong)'} pada mesin {name or '(kosong)'} tidak sedang dipetakan pada hari itu."
        return await show_devices(turn, fault, 422)
    return await show_devices(turn, told=f"ID {user} pada mesin {name} berakhir pada {last:%d-%m-%Y}.")


@router.post("/admin/mesin/berkas")
async def upload_log(turn: Visit) -> Response:
    """Take in a log; the same file may come any number of times, nothing counts twice."""
    upload, name = turn.file("berkas"), turn.field("mesin", 80)
    async with turn.house.db.begin() as uow:
        known = not name or await uow.devices.by_name(name) is not None
    if upload is None or not known:
        return await show_devices(turn, "Pilih berkas log dan mesinnya.", 422)
    data = await upload.read(_MOST + 1)
    if not data:
        return await show_devices(turn, "Berkas kosong.", 422)
    if len(data) > _MOST:
        return await show_devices(turn, "Berkas terlalu besar.", 413)
    taken = await intake_of(turn).file(upload.filename or "log", data, name or None, SOURCE)
    async with turn.house.db.begin() as uow:
        subject = taken.device.name if taken.device else ""
        await turn.audit(uow, "device_log_uploaded", "device", subject, new=taken.new, bytes=len(data))
    return await show_devices(turn, taken=taken)
