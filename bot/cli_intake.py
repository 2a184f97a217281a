"""``posko read`` and ``ingest``: files and saved mails without a mailbox."""

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation, pipeline_of, sheets_key_of
from bot.cli_base import DataOption, JsonOption, leave, put, put_json, run_async, say
from bot.progress import progress_bar
from domain.errors import ExitCode, UsageError
from domain.reading import FileReading
from intake.open_sheets import OpenSheets
from intake.preview import JsonObject, Preview, preview
from intake.sheet_reader import SheetReader
from intake.upload import Upload, results_of, take_in
from intake.world import Worlds
from parsers.base import ParseContext
from parsers.confinement import hide_this_process
from parsers.marked import marks_of
from parsers.registry import PICTURE_MEMORY, PICTURE_SECONDS
from parsers.sandbox import Sandbox
from parsers.sniff import Kind

PathsArgument = Annotated[list[Path], typer.Argument(exists=True, readable=True, help="Berkas atau folder.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(read)
    app.command()(ingest)


def read(
    files: PathsArgument,
    data: DataOption = None,
    as_json: JsonOption = False,
    overlay: Annotated[
        Path | None, typer.Option("--overlay", help="Folder untuk gambar tiap halaman dengan hasil bacaannya.")
    ] = None,
) -> None:
    """Baca lembar dan tampilkan isinya tanpa menyimpan apa pun."""
    hide_this_process()

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            return await _read_all(place, _files_in(files), as_json, overlay)

    leave(run_async(work()))


async def _read_all(place: Installation, files: list[Path], as_json: bool, overlay: Path | None) -> ExitCode:
    async with place.db.begin() as uow:
        world = await Worlds(place.profile).load(uow)
    day = place.clock.now().astimezone(place.profile.tz).date()
    codes = frozenset(place.profile.code_spellings)
    sandbox = Sandbox(place.settings.service.workers)
    reader = SheetReader(sandbox, OpenSheets(sheets_key_of(place.settings)))

    room = asyncio.Semaphore(2 * place.settings.service.workers)  # thousands of files must not all be in memory

    async def one(path: Path) -> JsonObject:
        async with room:
            raw = await asyncio.to_thread(path.read_bytes)
            async with place.db.begin() as uow:
                context, _ = await reader.context(uow, raw, ParseContext(path.name, codes, day))
            reading = await reader.read(place.db, raw, context)
            if overlay is not None:
                await _draw(sandbox, raw, reading, overlay / path.name)
        return preview(reading, Preview(world, day, path.name, hashlib.sha256(raw).hexdigest()))

    troubled = False
    try:
        with progress_bar("membaca") as progress:
            for done, reading in enumerate(asyncio.as_completed([one(p) for p in files]), 1):
                found = await reading
                troubled = troubled or bool(found["problems"])
                put_json(found) if as_json else _show_reading(found)
                progress("berkas", done, len(files))
    finally:
        await sandbox.close()
    return ExitCode.NEEDS_PERSON if troubled else ExitCode.DONE


async def _draw(sandbox: Sandbox, raw: bytes, reading: FileReading, place: Path) -> None:
    """Every page on which cells were read, as ``NAME.1.jpg`` and so on."""
    pages = {cell.box.page for sheet in reading.sheets for row in sheet.rows for cell in row.cells if cell.box}
    if reading.extra.get("kind") not in (Kind.IMAGE, Kind.PDF):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    for page in sorted(pages):
        marks = [mark for sheet in reading.sheets for mark in marks_of(sheet, page)]
        drawn = await sandbox.run(
            "parsers.vision.overlay.overlay", raw, page, marks,
            result=bytes, seconds=PICTURE_SECONDS, memory=PICTURE_MEMORY,
        )  # fmt: skip
        await asyncio.to_thread(place.with_name(f"{place.name}.{page}.jpg").write_bytes, drawn)


def _files_in(paths: list[Path]) -> list[Path]:
    return [f for p in paths for f in (sorted(x for x in p.rglob("*") if x.is_file()) if p.is_dir() else [p])]


def _show_reading(found: JsonObject) -> None:
    rows, unit = found["rows"], found["unit"]
    assert isinstance(rows, list)
    named = unit.get("code") or unit.get("text") if isinstance(unit, dict) else "?"
    put(f"{found['file']}: {found['kind']}, unit {named}, {len(rows)} baris")
    for row in rows:
        marks = " ".join(f"{c['session'] or '-'}={c['verdict']}" for c in row["cells"])
        put(f"  {row['no'] or '-':>3} {row['name'][:40]:<40} {row['person'] or row['match']:<20} {marks}")
    problems = found["problems"]
    assert isinstance(problems, list)
    for problem in problems:
        put(f"  perhatian: {problem['message']}")


def ingest(
    paths: PathsArgument,
    data: DataOption = None,
    arrived: Annotated[str | None, typer.Option("--arrived", help="Waktu terima, ISO dengan zona.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Seolah dikirim alamat ini (berkas biasa).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Jalankan surel tersimpan atau berkas melalui seluruh alur, tanpa kotak surel."""
    at = _moment(arrived)
    hide_this_process()

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            sandbox = Sandbox(place.settings.service.workers)
            try:
                return await _ingest_all(place, sandbox, _files_in(paths), at, from_, as_json)
            finally:
                await sandbox.close()

    leave(run_async(work()))


async def _ingest_all(
    place: Installation, sandbox: Sandbox, files: list[Path], at: datetime | None, from_: str | None, as_json: bool
) -> ExitCode:
    pipeline = pipeline_of(place, sandbox)
    code = ExitCode.DONE
    with progress_bar("mencatat") as progress:
        for done, path in enumerate(files, 1):
            raw = await asyncio.to_thread(path.read_bytes)
            message_id = await take_in(
                place.db, place.blobs, Upload(path.name, raw, at, from_), place.clock, trusted(place)
            )
            await pipeline.read_message(message_id)
            results = await results_of(place.db, message_id, place.profile.tz)
            for result in results:
                put_json(result) if as_json else put(_line(path, result))
            if any(r["number"] is None or r["questions"] or r["problems"] for r in results):
                code = ExitCode.NEEDS_PERSON
            progress("berkas", done, len(files))
    say("Tanda terima masuk antrean kirim; dikirim oleh posko serve atau posko work.")
    return code


def trusted(place: Installation) -> tuple[str, ...]:
    """Hosts whose Received fields give the official time of a saved mail: those of every mailbox."""
    return tuple(dict.fromkeys(host for box in place.settings.mailboxes for host in box.received_by))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"waktu '{text}' tidak dikenal; tulis seperti 2026-11-24T07:18:00+07:00") from None
    if moment.tzinfo is None:
        raise UsageError(f"waktu '{text}' tanpa zona; tulis seperti 2026-11-24T07:18:00+07:00")
    return moment


def _line(path: Path, result: JsonObject) -> str:
    return (
        f"{path.name}: {result['number'] or 'tanpa nomor'} {result['unit'] or '-'} {result['date'] or ''} "
        f"{result['session'] or ''} {result['timeliness'] or result['kind']}, {result['rows']} baris"
    )
