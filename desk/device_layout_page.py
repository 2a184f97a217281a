"""``/admin/mesin/susunan``: what the columns of an unknown log mean and how its dates are written, said once."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from desk.device_page import intake_of, show_devices
from desk.visitor import Turn, Visit, missing
from devices.dates import DateOrder
from devices.guess import guess
from devices.mapped import Table, checked_places
from devices.readers import reader_for
from domain.device import UploadState
from domain.errors import OriginalMissing, UsageError
from storage.records_devices import DeviceRow, NewLayout, UploadRow

router = APIRouter()
FIELD_WORDS = {
    "id": "ID pegawai pada mesin",
    "at": "tanggal dan jam",
    "date": "tanggal saja",
    "time": "jam saja",
    "state": "keadaan (masuk/pulang)",
    "verify": "cara verifikasi",
    "name": "nama",
}
ORDERS = {
    DateOrder.DMY: "hari-bulan-tahun (31/12/2026)",
    DateOrder.MDY: "bulan-hari-tahun (12/31/2026)",
    DateOrder.YMD: "tahun-bulan-hari (2026-12-31)",
}
_ROWS, _COLUMNS = 12, 20


@dataclass(frozen=True, slots=True)
class Asking:
    """A log that waits for an operator, with its first rows and what its columns seem to be."""

    upload: UploadRow
    device: DeviceRow
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    guessed: dict[int, str]
    order: DateOrder
    only_order: bool  # the layout is known, only the order of its dates is not


async def _asking(turn: Turn, number: int) -> tuple[Asking, bytes]:
    async with turn.house.db.begin() as uow:
        upload = await uow.punches.upload(number)
        device = await uow.devices.get(upload.device_id) if upload else None
        if upload is None or device is None or upload.state is not UploadState.ASKS:
            raise missing()
        await turn.audit(uow, "device_log_viewed", "device", device.name, upload=upload.id)
    try:
        data = await turn.house.blobs.get(upload.sha256)
    except OriginalMissing:
        raise missing() from None
    table = await intake_of(turn).table(upload.name, data)
    places, order = guess(table)
    guessed = {place: field for field, place in places.items()}
    shown = table.rows[1:] if table.titles else table.rows  # titles stand above their columns
    rows = tuple(tuple(row[:_COLUMNS]) for _, row in shown[:_ROWS])
    only_order = upload.layout not in ("", "attlog", "mapped")
    return Asking(upload, device, tuple(table.titles[:_COLUMNS]), rows, guessed, order, only_order), data


@router.get("/admin/mesin/susunan/{number}")
async def layout_page(turn: Visit, number: int) -> Response:
    """The first rows of a log that waits, with a choice for every column."""
    asking, _ = await _asking(turn, number)
    return _page(turn, asking)


def _page(turn: Turn, asking: Asking, fault: str = "", status: int = 200) -> Response:
    width = max((len(row) for row in (*asking.rows, asking.titles)), default=0)
    return turn.page(
        "device_layout", status, one=asking, width=width, fields=FIELD_WORDS, orders=ORDERS, fault=fault
    )  # fmt: skip


@router.post("/admin/mesin/susunan/{number}")
async def confirm(turn: Visit, number: int) -> Response:
    """Keep what was said of the layout, and read every log of the machine that waited for it."""
    asking, data = await _asking(turn, number)
    said = {place: turn.field(f"k{place}", 20) for place in range(_COLUMNS)}
    order = turn.field("urutan", 10)
    try:
        if order not in ORDERS:
            raise UsageError("pilih urutan tanggalnya")
        places = {} if asking.only_order else checked_places(said)
    except UsageError as error:
        return _page(turn, asking, f"Susunan belum disimpan: {error}.", 422)

    def made(_: Table, signature: str) -> NewLayout:
        return NewLayout(asking.device.id, signature, places, order, turn.by, turn.house.now())

    intake = intake_of(turn)
    await intake.remember(asking.device, asking.upload.name, data, made)
    read = await intake.take_up(asking.device, reader_for)
    taken = next((one for one in read if one.upload and one.upload.id == asking.upload.id), None)
    done = sum(not one.needs_person for one in read)
    return await show_devices(turn, taken=taken, told=f"Susunan disimpan; {done} berkas yang menunggu sudah dibaca.")
