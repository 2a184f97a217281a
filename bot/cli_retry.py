"""``posko retry``: what failed for good, begun anew by a person (the same as on the desk's admin page)."""

from typing import Annotated

import typer

from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from desk.words import HINDRANCES
from domain.errors import UsageError
from storage.jobs import DELIVER
from storage.retries import Hindrance

app = typer.Typer(help="Surat yang gagal dan kiriman yang disisihkan: proses lagi.", no_args_is_help=True)
ByOption = Annotated[str, typer.Option("--by", help="Siapa yang meminta.")]


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan yang tertahan, dan mengapa sebagian tidak dapat diproses lagi."""

    async def work() -> list[dict[str, object]]:
        async with open_installation(data) as place, place.db.begin() as uow:
            letters, messages = await uow.desk_figures.failed_letters(), await uow.desk_figures.quarantine()
            held = await uow.retries.letter_hindrances(letters, place.clock.now())
            kept = await uow.retries.message_hindrances(messages)
            told = [_line("letter", r.id, r.to_address, r.error or r.error_code, held.get(r.id)) for r in letters]
            return told + [_line("message", r.id, r.from_address or "", r.note, kept.get(r.id)) for r in messages]

    found = run_async(work())
    for line in found:
        shown = f"{line['kind']}\t{line['id']}\t{line['address']}\t{line['error']}\t{line['hindrance'] or ''}"
        put_json(line) if as_json else put(shown.rstrip())
    if not found and not as_json:
        say("Tidak ada yang tertahan.")


def _line(kind: str, id_: int, address: str, error: str, why: Hindrance | None) -> dict[str, object]:
    return {"kind": kind, "id": id_, "address": address, "error": error, "hindrance": HINDRANCES[why] if why else None}


@app.command()
def letter(
    number: Annotated[int, typer.Argument(help="Nomor surat, dari 'posko retry list'.")],
    data: DataOption = None,
    by: ByOption = "admin",
) -> None:
    """Kirim lagi satu surat yang gagal."""

    async def work() -> Hindrance | None:
        async with open_installation(data) as place, place.db.begin() as uow:
            why = await uow.retries.letter(number, place.clock.now())
            if why is None:
                await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: number})
                await uow.audit.add("letter_retried", "outbox", str(number), by, place.clock.now())
            return why

    if why := run_async(work()):
        raise UsageError(f"surat {number} tidak dikirim lagi: {HINDRANCES[why]}")
    put(f"Surat {number} masuk antrean kirim.")


@app.command()
def message(
    number: Annotated[int, typer.Argument(help="Nomor kiriman, dari 'posko retry list'.")],
    data: DataOption = None,
    by: ByOption = "admin",
) -> None:
    """Proses lagi satu kiriman yang disisihkan; waktu terimanya tetap."""

    async def work() -> Hindrance | None:
        async with open_installation(data) as place, place.db.begin() as uow:
            task = await uow.retries.message(number)
            if isinstance(task, Hindrance):
                return task
            await uow.defer(task.name, task.queue, **{task.argument: number})
            await uow.audit.add("message_retried", "message", str(number), by, place.clock.now())
            return None

    if why := run_async(work()):
        raise UsageError(f"kiriman {number} tidak diproses lagi: {HINDRANCES[why]}")
    put(f"Kiriman {number} masuk antrean.")
