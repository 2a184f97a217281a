"""``posko init``, ``migrate``, ``verify`` and ``stop``: the installation itself."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import database_urls, open_installation
from bot.cli_base import DataOption, JsonOption, leave, put, put_json, run_async, say
from bot.cli_report import verify_report
from bot.cli_roster import read_roster_path
from bot.progress import progress_bar
from bot.settings import load_settings
from bot.settings_file import ensure_sheets_key, write_default
from domain.errors import ExitCode, UsageError
from domain.profile import load_profile
from storage.migrate import migrate as migrate_database
from storage.postgres import EmbeddedPostgres
from storage.verify import VerifyReport
from storage.verify import verify as verify_everything


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(init)
    app.command()(migrate)
    app.command()(verify)
    app.command()(stop)


def init(
    profile: Annotated[str, typer.Option("--profile", help="Nama profil, atau berkas .toml sendiri.")],
    data: DataOption = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="Daftar pegawai (.xlsx/.csv).", exists=True, dir_okay=False)
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Instalasi peragaan: jam geser diterima.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port web.")] = 8000,
) -> None:
    """Buat instalasi baru yang siap dipakai di folder --data."""
    if data is None:
        raise UsageError("sebutkan folder instalasi: posko init --data DIR …")
    load_profile(profile)
    read = read_roster_path(roster) if roster else None
    path = write_default(data.absolute(), profile, demo=demo, port=port)

    async def work() -> None:
        urls = await database_urls(load_settings(data))
        await asyncio.to_thread(migrate_database, urls.owner)
        if read is None:
            return
        async with open_installation(data) as place, place.db.begin() as uow:
            await uow.roster.replace(read.roster, "posko init", place.clock.now())
            await uow.audit.add("installed", "installation", profile, "posko init", place.clock.now())

    run_async(work())
    put(f"Instalasi {profile} dibuat di {data}.")
    if read:
        put(f"{len(read.roster.units)} unit dan {len(read.roster.people)} pegawai dimasukkan.")
    else:
        say(f"Langkah berikut: posko roster import BERKAS --data {data}")
    say(f"Isi kotak surel dan server pengirim di {path}, lalu: posko doctor --data {data}")


def migrate(data: DataOption = None) -> None:
    """Perbarui basis data ke versi program ini; data lama tetap dipakai."""

    async def work() -> None:
        settings = load_settings(data)
        ensure_sheets_key(settings.data)
        urls = await database_urls(settings)
        await asyncio.to_thread(migrate_database, urls.owner)

    run_async(work())
    put("Basis data sudah sesuai dengan program.")


def verify(
    data: DataOption = None,
    report: Annotated[
        str | None, typer.Option("--report", help="Periksa satu laporan: nomor, isi kode QR, atau berkas PDF/XLSX.")
    ] = None,
    sha256: Annotated[str, typer.Option("--hash", help="Sidik tercetak yang dibandingkan (bersama nomor).")] = "",
    as_json: JsonOption = False,
) -> None:
    """Periksa setiap berkas asli dan rantai audit; satu byte yang berubah ditemukan dan disebut."""
    if sha256 and report is None:
        raise UsageError("--hash dipakai bersama --report NOMOR")

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            if report is not None:
                return await verify_report(place, report, sha256, as_json)
            with progress_bar("memeriksa berkas asli") as progress:
                found = await verify_everything(place.db, place.blobs, lambda stage, done: progress(stage, done, None))
        if as_json:
            put_json(asdict(found) | {"clean": found.clean})
        else:
            _show_report(found)
        return ExitCode.DONE if found.clean else ExitCode.FAILED

    leave(run_async(work()))


def _show_report(report: VerifyReport) -> None:
    put(f"Berkas asli: {report.originals} diperiksa, {report.referenced} rujukan.")
    put(f"Rantai audit: {report.audit_rows} baris, {report.unsealed} belum disegel. Kepala: {report.head or '-'}")
    for finding in report.findings:
        put(f"SALAH: {finding.fault}: {finding.subject} {finding.detail}".rstrip())
    put("Utuh: tidak ada yang berubah." if report.clean else f"{len(report.findings)} kesalahan ditemukan.")


def stop(
    data: DataOption = None,
    destroy: Annotated[bool, typer.Option("--destroy", help="Hapus basis data (hanya instalasi peragaan).")] = False,
) -> None:
    """Hentikan PostgreSQL tertanam instalasi ini (setelah posko serve dihentikan)."""
    settings = load_settings(data)
    if settings.database_url is not None:
        raise UsageError("instalasi ini memakai PostgreSQL lain (POSKO_DATABASE_URL); hentikan lewat pengelolanya")
    server = EmbeddedPostgres(settings.data, settings.pg_user)
    if destroy and not settings.demo:
        raise UsageError("--destroy hanya untuk instalasi peragaan (posko init --demo)")
    server.destroy() if destroy else server.stop()
    put("PostgreSQL tertanam sudah dihentikan.")
