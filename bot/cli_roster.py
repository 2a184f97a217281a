"""``posko roster``: import with a dry run, export, template, and the matcher that recording uses."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, day_of, leave, put, put_json, run_async, say
from domain.errors import ExitCode, RosterError
from domain.roster_diff import Change, diff, merge
from intake.roster_file import RosterFile, read_roster, write_roster, write_roster_csv, write_template
from intake.roster_match import match_csv

app = typer.Typer(help="Daftar pegawai dan unit.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
OutOption = Annotated[Path, typer.Option("--out", help="Berkas tujuan (.xlsx atau .csv).", dir_okay=False)]


def read_roster_path(path: Path) -> RosterFile:
    """The roster in a file; its warnings go to standard error."""
    try:
        read = read_roster(path.read_bytes(), path.name)
    except RosterError as error:
        raise RosterError(str(error), file=error.file or str(path), problems=error.problems) from None
    for warning in read.warnings:
        say(f"perhatian: {warning}")
    return read


@app.command("import")
def import_(
    file: FileArgument,
    data: DataOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tunjukkan perubahan saja, tanpa menyimpan.")] = False,
    by: Annotated[str, typer.Option("--by", help="Nama petugas yang mengubah.")] = "admin",
    as_json: JsonOption = False,
) -> None:
    """Masukkan daftar pegawai; yang berubah ditunjukkan dulu."""

    async def work() -> None:
        async with open_installation(data) as place:
            await _import(place, read_roster_path(file), dry_run, by, as_json)

    run_async(work())


async def _import(place: Installation, read: RosterFile, dry_run: bool, by: str, as_json: bool) -> None:
    today = place.clock.now().astimezone(place.profile.tz).date()
    async with place.db.begin() as uow:
        old = await uow.roster.load(imported=True)
        new = merge(old, read.beside(old), today)
        changes = diff(old, new)
        if not dry_run and changes:
            await uow.roster.replace(new, by, place.clock.now())
    _show(changes, as_json)
    say(f"{len(changes)} perubahan" + (" (belum disimpan)" if dry_run else " disimpan"))


def _show(changes: tuple[Change, ...], as_json: bool) -> None:
    for change in changes:
        if as_json:
            put_json({"kind": change.kind, "subject": change.subject, "text": change.text})
        else:
            put(change.text)


@app.command()
def export(out: OutOption, data: DataOption = None) -> None:
    """Tulis daftar pegawai yang tersimpan ke berkas yang dapat dimasukkan kembali."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            roster = await uow.roster.load(imported=True)
            out.write_bytes(write_roster_csv(roster) if out.suffix.lower() == ".csv" else write_roster(roster))
            put(out)

    run_async(work())


@app.command()
def template(out: OutOption) -> None:
    """Tulis buku kerja kosong dengan contoh dan keterangan kolom."""
    out.write_bytes(write_template())
    put(out)


@app.command()
def match(
    file: FileArgument,
    data: DataOption = None,
    as_json: JsonOption = False,
    on: Annotated[str | None, typer.Option("--on", help="Tanggal penempatan, YYYY-MM-DD.")] = None,
) -> None:
    """Cocokkan tulisan (kolom unit, text) dengan pegawai, seperti saat mencatat."""

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            async with place.db.begin() as uow:
                roster = await uow.roster.load(imported=True)
            day = day_of(on) if on else place.clock.now().astimezone(place.profile.tz).date()
            with file.open(encoding="utf-8-sig", newline="") as stream:
                results = match_csv(list(csv.DictReader(stream)), roster, day)
        for result in results:
            put_json(result) if as_json else put(
                f"{result['unit']}\t{result['text']}\t{result['person'] or result['how']}"
            )
        return ExitCode.NEEDS_PERSON if any(r["person"] is None for r in results) else ExitCode.DONE

    leave(run_async(work()))
