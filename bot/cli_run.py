"""``posko serve``, ``work`` and ``demo``: the running service."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import database_urls, open_installation
from bot.cli_base import DataOption, run_async
from bot.clock import demo_clock
from bot.jobs import QUEUES
from bot.logs import set_up_logging
from bot.service import Service
from bot.settings import load_settings
from domain.errors import UsageError
from parsers.confinement import hide_this_process
from storage.locks import only_one
from storage.migrate import migrate


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(serve)
    app.command()(work)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(demo)


def serve(data: DataOption = None) -> None:
    """Jalankan posko: kotak surel, jam, pekerja, dan web dalam satu proses."""
    hide_this_process()

    async def run() -> None:
        settings = load_settings(data)
        await asyncio.to_thread(migrate, (await database_urls(settings)).owner)
        async with open_installation(data, settings) as place:
            set_up_logging(demo_clock(place.clock))
            async with only_one(place.urls.service, "serve"):
                await Service(place).serve()

    run_async(run())


def work(
    data: DataOption = None,
    queues: Annotated[str, typer.Option("--queues", help="Antrean yang dikerjakan.")] = ",".join(QUEUES),
) -> None:
    """Tambah pekerja pada basis data yang sama (boleh di mesin lain)."""
    named = [q.strip() for q in queues.split(",") if q.strip()]
    if unknown := [q for q in named if q not in QUEUES]:
        raise UsageError(f"antrean tidak dikenal: {', '.join(unknown)}; yang ada: {', '.join(QUEUES)}")
    hide_this_process()

    async def run() -> None:
        async with open_installation(data) as place:
            set_up_logging(demo_clock(place.clock))
            await Service(place, named).work()

    run_async(run())


def demo(context: typer.Context) -> None:
    """Peragakan satu pagi: dunia luar dan posko yang sebenarnya, dalam sekitar dua menit."""
    rooms = Path(__file__).resolve().parents[1]
    # The demonstration stands outside the product: it is run, never imported.
    # Ctrl-C is the demonstration's to answer: it stops what it started, which takes longer than ``run`` would wait.
    earlier = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "demo.play", *context.args],
            env={**os.environ, "PYTHONPATH": str(rooms)},
            check=False,
        )
    finally:
        signal.signal(signal.SIGINT, earlier)
    raise typer.Exit(done.returncode)
