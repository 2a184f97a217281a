"""``posko devices``: attendance machines. Without a subcommand it is the device worker itself."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot import cli_devices_admin, cli_shifts
from bot.bootstrap import Installation, database_urls, open_installation
from bot.cli_base import DataOption, JsonOption, leave, put, put_json, run_async, say
from bot.clock import demo_clock
from bot.device_worker import DeviceWorker
from bot.logs import set_up_logging
from bot.progress import progress_bar
from bot.settings import load_settings
from devices.dates import DateOrder
from devices.files import LogIntake, Taken
from devices.mapped import Table, columns_of
from devices.readers import reader_for
from domain.device import ClockFlag, FlagCode
from domain.errors import ExitCode, UsageError
from parsers.confinement import hide_this_process
from parsers.sandbox import Sandbox
from storage.locks import only_one
from storage.migrate import migrate
from storage.records_devices import DeviceRow, NewLayout

app = typer.Typer(help="Mesin presensi. Tanpa subperintah: jalankan pekerja mesin.")

FilesArgument = Annotated[list[Path], typer.Argument(exists=True, readable=True, dir_okay=False, help="Berkas log.")]
ByOption = Annotated[str, typer.Option("--by", help="Siapa yang menetapkan.")]

TOLD = {
    FlagCode.CLOCK_JUMP: "jam mesin mundur (listrik padam?)",
    FlagCode.FUTURE: "ada waktu yang belum terjadi",
    FlagCode.DRIFT: "jam mesin menyimpang lebih dari dua menit",
    FlagCode.NUL_BYTES: "ada bita kosong di dalam berkas",
    FlagCode.NUMBER_CONTRADICTS: "nomor mesin pada nama berkas dan isinya berbeda",
    FlagCode.DEVICE_CREATED: "mesin baru didaftarkan; periksa zona dan unitnya: posko devices list",
    FlagCode.DEVICE_UNKNOWN: "mesinnya tidak pasti: ulangi dengan --device NAMA",
    FlagCode.LAYOUT_UNKNOWN: "susunan belum dikenal: posko devices map BERKAS --device NAMA --columns id=1,at=2",
    FlagCode.DATE_ORDER_UNKNOWN: "tanggal dapat dibaca dua cara: posko devices map BERKAS --device NAMA "
    "--date-order dmy|mdy",
    FlagCode.NO_SECONDS: "waktu tanpa detik",
}


@app.callback(invoke_without_command=True)
def worker(context: typer.Context, data: DataOption = None) -> None:
    """Jalankan pekerja mesin: mesin yang menelepon, mesin yang ditelepon, dan folder yang diawasi."""
    if context.invoked_subcommand is not None:
        return
    hide_this_process()

    async def run() -> None:
        settings = load_settings(data)
        await asyncio.to_thread(migrate, (await database_urls(settings)).owner)
        async with open_installation(data, settings) as place:
            set_up_logging(demo_clock(place.clock))
            async with only_one(place.urls.service, "devices"):
                await DeviceWorker(place).run()

    run_async(run())


@app.command()
def ingest(
    files: FilesArgument,
    data: DataOption = None,
    device: Annotated[str | None, typer.Option("--device", help="Nama mesin; kosong: menurut nomornya.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Masukkan berkas log mesin; berkas yang sama boleh dimasukkan berkali-kali."""
    hide_this_process()

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            return await _ingest_all(place, files, device, as_json)

    leave(run_async(work()))


async def _ingest_all(place: Installation, files: list[Path], device: str | None, as_json: bool) -> ExitCode:
    sandbox = Sandbox(1)
    intake = intake_of(place, sandbox)
    code = ExitCode.DONE
    try:
        with progress_bar("membaca log") as progress:
            for done, path in enumerate(files, 1):
                taken = await intake.file(path.name, path.read_bytes(), device)
                put_json(report(path.name, taken)) if as_json else _show(path.name, taken)
                if taken.needs_person:
                    code = ExitCode.NEEDS_PERSON
                for flag in taken.flags:
                    say(f"{path.name}: {TOLD[flag.code]}")
                progress("berkas", done, len(files))
    finally:
        await sandbox.close()
    return code


def intake_of(place: Installation, sandbox: Sandbox, step: Callable[[str], None] = lambda _: None) -> LogIntake:
    """The intake of logs of an installation."""
    return LogIntake(place.db, place.blobs, place.clock, place.profile.zone, sandbox, step)


def report(name: str, taken: Taken) -> dict[str, object]:
    """The report of one file: read = new + duplicate + quarantined; ids nobody is mapped to are within new."""
    upload = taken.upload
    quarantined = upload.quarantined if upload else 0
    read = upload.read if upload else 0
    return {
        "file": name,
        "layout": (upload.layout if upload else "") or None,
        "read": read,
        "new": taken.new,
        "duplicate": read - taken.new - quarantined,
        "quarantined": quarantined,
        "unknown_ids": taken.unknown_ids,
        "first": upload.first_at.isoformat(sep=" ") if upload and upload.first_at else None,
        "last": upload.last_at.isoformat(sep=" ") if upload and upload.last_at else None,
        "flags": [flag_json(flag) for flag in taken.flags],
        "seconds": round(taken.seconds, 3),
    }


def flag_json(flag: ClockFlag) -> dict[str, object]:
    """A flag with what it has of a range."""
    moments = {"first": flag.first, "last": flag.last, "after": flag.after, "before": flag.before}
    shown: dict[str, object] = {"code": flag.code.value}
    shown |= {name: moment.isoformat(sep=" ") for name, moment in moments.items() if moment is not None}
    if flag.lines:
        shown["lines"] = list(flag.lines)
    if flag.count:
        shown["count"] = flag.count
    if flag.seconds:
        shown["seconds"] = flag.seconds
    return shown


def _show(name: str, taken: Taken) -> None:
    found = report(name, taken)
    device = taken.device.name if taken.device else "mesin belum diketahui"
    put(f"{name}: {device}, {found['layout'] or 'susunan belum dikenal'}")
    put(
        f"  {found['read']} baris = {found['new']} baru + {found['duplicate']} sudah ada + "
        f"{found['quarantined']} disisihkan; {found['unknown_ids']} ID belum dipetakan"
    )
    if found["first"]:
        put(f"  {found['first']} s.d. {found['last']}, {found['seconds']} detik")


@app.command("map")
def map_(
    file: Annotated[Path, typer.Argument(exists=True, readable=True, dir_okay=False, help="Berkas contoh.")],
    device: Annotated[str, typer.Option("--device", help="Nama mesin.")],
    data: DataOption = None,
    columns: Annotated[
        str, typer.Option("--columns", help="Misalnya id=1,at=3 atau id=Pin,date=Tanggal,time=Jam.")
    ] = "",
    date_order: Annotated[str, typer.Option("--date-order", help="dmy, mdy, atau ymd.")] = "",
    by: ByOption = "admin",
) -> None:
    """Jelaskan sekali susunan berkas yang belum dikenal; berkas serupa berikutnya dibaca dengan sendirinya."""
    if date_order not in set(DateOrder):
        raise UsageError("--date-order: dmy (31/12), mdy (12/31), atau ymd")
    if not columns and not date_order:
        raise UsageError("sebutkan --columns, --date-order, atau keduanya")
    hide_this_process()

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            return await _map(place, file, device, columns, DateOrder(date_order), by)

    leave(run_async(work()))


async def _map(place: Installation, file: Path, device: str, columns: str, order: DateOrder, by: str) -> ExitCode:
    row = await device_named(place, device)

    def made(table: Table, signature: str) -> NewLayout:
        places = columns_of(columns, table) if columns else {}
        return NewLayout(row.id, signature, places, order.value, by, place.clock.now())

    sandbox = Sandbox(1)
    intake = intake_of(place, sandbox)
    content = file.read_bytes()
    try:
        await intake.remember(row, file.name, content, made)
        await intake.take_up(row, reader_for)  # what waited for this very word
        taken = await intake.file(file.name, content, device)
    finally:
        await sandbox.close()
    _show(file.name, taken)
    for flag in taken.flags:
        say(f"{file.name}: {TOLD[flag.code]}")
    return ExitCode.NEEDS_PERSON if taken.needs_person else ExitCode.DONE


async def device_named(place: Installation, name: str) -> DeviceRow:
    """The device; raises ``UsageError`` that names the known ones."""
    async with place.db.begin() as uow:
        known = await uow.devices.all()
    found = next((d for d in known if d.name == name), None)
    if found is None:
        raise UsageError(f"tidak ada mesin bernama {name}; yang ada: {', '.join(d.name for d in known) or 'belum ada'}")
    return found


cli_devices_admin.add_to(app)
cli_shifts.add_to(app)
