"""``posko devices shift-import`` and ``shift-template``: who works in which pattern, from a spreadsheet (MLG-16)."""

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, leave, put, put_json, run_async, say
from domain.errors import ExitCode, RosterError
from intake.shift_file import ShiftFile, ShiftLine, read_shifts, shift_template


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command("shift-import")(shift_import)
    app.command("shift-template")(template)


def shift_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Berkas XLSX atau CSV.")],
    data: DataOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tunjukkan saja, tanpa menyimpan.")] = False,
    by: Annotated[str, typer.Option("--by", help="Siapa yang menetapkan.")] = "admin",
    as_json: JsonOption = False,
) -> None:
    """Tetapkan pola jam kerja banyak pegawai dari lembar kerja; satu baris keliru membatalkan seluruh berkas."""

    async def work() -> ExitCode:
        async with open_installation(data) as where:
            return await _import(where, file, dry_run, by, as_json)

    leave(run_async(work()))


async def _import(where: Installation, file: Path, dry_run: bool, by: str, as_json: bool) -> ExitCode:
    async with where.db.begin() as uow:
        roster, shifts = await uow.roster.load(), await uow.devices.shifts()
        read = read_shifts(
            file.read_bytes(), file.name, roster, shifts, await uow.devices.assignments(), by, where.clock.now()
        )
        if read.problems:
            raise RosterError("berkas pola tidak dimasukkan", file=file.name, problems=read.problems)
        if not dry_run:
            await uow.devices.assign(read.new)
            for number, one in ((line.number, line.assignment) for line in read.lines if line.what == "baru"):
                detail = {"shift": one.shift, "file": file.name, "row": number}
                await uow.audit.add("shift_assigned", "person", one.person, by, one.made_at, detail)
    _show(read, as_json)
    for warning in read.warnings:
        say(f"perhatian: {warning}")
    kept = "belum disimpan" if dry_run else "disimpan"
    say(f"{len(read.new)} penetapan baru ({kept}), {len(read.lines) - len(read.new)} sudah berlaku")
    return ExitCode.NEEDS_PERSON if read.warnings else ExitCode.DONE


def _show(read: ShiftFile, as_json: bool) -> None:
    for line in read.lines:
        put_json(_json(line)) if as_json else put(_text(line))


def _json(line: ShiftLine) -> dict[str, object]:
    one = line.assignment
    return {
        "row": line.number,
        "person": one.person,
        "shift": one.shift,
        "from": one.first.isoformat(),
        "to": one.last.isoformat() if one.last else None,
        "days": list(one.weekdays),
        "letter": one.letter,
        "what": line.what,
    }


def _text(line: ShiftLine) -> str:
    one = line.assignment
    until = f"{one.last:%d-%m-%Y}" if one.last else "seterusnya"
    return f"baris {line.number}: {one.person} {one.shift} {one.first:%d-%m-%Y} s.d. {until} ({line.what})"


def template(
    out: Annotated[Path, typer.Option("--out", help="Berkas tujuan (.xlsx).", dir_okay=False)], data: DataOption = None
) -> None:
    """Tulis lembar kerja kosong dengan contoh, keterangan kolom, dan pola yang ada."""

    async def work() -> bytes:
        async with open_installation(data) as where, where.db.begin() as uow:
            return shift_template(await uow.devices.shifts(), where.clock.now().astimezone(where.profile.tz).date())

    out.write_bytes(run_async(work()))
    put(out)
