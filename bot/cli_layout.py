"""``posko layout``: column maps of the forms that offices made themselves, confirmed once by a person."""

from typing import Annotated

import typer

from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async, say
from domain.errors import UsageError
from domain.form_columns import WORDS, checked_columns
from storage.records_layouts import LayoutRow

app = typer.Typer(help="Susunan kolom formulir buatan unit sendiri.", no_args_is_help=True)
_WORDS = ", ".join(WORDS)


@app.command("list")
def list_layouts(data: DataOption = None, json: JsonOption = False) -> None:
    """Tampilkan susunan kolom yang pernah dijumpai; yang menunggu konfirmasi lebih dahulu."""

    async def run() -> list[LayoutRow]:
        async with open_installation(data) as place, place.db.begin() as uow:
            return await uow.layouts.every()

    for row in run_async(run()):
        if json:
            put_json({"name": row.name, "columns": row.columns or row.guess, "confirmed_by": row.confirmed_by})
            continue
        state = f"dikonfirmasi {row.confirmed_by}" if row.confirmed_at else "menunggu konfirmasi"
        put(f"{row.name}  {state}  {' | '.join(row.columns or row.guess)}  (contoh: {row.sha256[:12]})")


@app.command()
def confirm(
    name: Annotated[str, typer.Argument(help="Nama susunan, dari 'posko layout list'.")],
    by: Annotated[str, typer.Option("--by", help="Siapa yang mengonfirmasi.")],
    columns: Annotated[
        str, typer.Option("--columns", help=f"Arti tiap kolom dari kiri, dipisah '|': {_WORDS}; kosong = diabaikan.")
    ] = "",
    data: DataOption = None,
) -> None:
    """Benarkan arti kolom suatu formulir; lembar dengan susunan itu selanjutnya dibaca tanpa bertanya."""

    async def run() -> list[str]:
        async with open_installation(data) as place, place.db.begin() as uow:
            row = await uow.layouts.get(name)
            if row is None:
                raise UsageError(f"susunan '{name}' tidak ada; lihat 'posko layout list'")
            words = checked_columns(columns.split("|") if columns else (), row.guess)
            await uow.layouts.confirm(name, words, by, place.clock.now())
            await uow.audit.add("layout_confirmed", "layout", name, by, place.clock.now(), {"columns": list(words)})
            return await uow.layouts.files(name)

    files = run_async(run())
    say(f"Susunan {name} dikonfirmasi; {len(files)} berkas memakainya.")
    say("Baca ulang di meja posko: Periksa > Susunan formulir.")
