"""What every command shares: where the installation is, how results leave, how errors end (DESIGN.md, command line)."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from domain.errors import ExitCode, PoskoError, RosterError, UsageError

T = TypeVar("T")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder instalasi (atau POSKO_DATA).", show_default=False, file_okay=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin, satu objek JSON per baris.")]


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run one command's coroutine to its end."""
    return asyncio.run(work)


def day_of(text: str) -> date:
    """A date argument; raises ``UsageError`` that shows how to write it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"tanggal '{text}' tidak dikenal; tulis seperti 2026-11-24") from None


def put(value: object) -> None:
    """One result on standard output."""
    sys.stdout.write(f"{value}\n")


def put_json(value: object) -> None:
    """One JSON object on one line of standard output."""
    put(json.dumps(value, ensure_ascii=False, default=str))


def say(message: str) -> None:
    """A message for the operator, on standard error."""
    sys.stderr.write(f"{message}\n")


def leave(code: ExitCode) -> None:
    """End the command with ``code`` unless it is DONE."""
    if code is not ExitCode.DONE:
        raise typer.Exit(int(code))


def guarded(command: Callable[[], None]) -> None:
    """Run the whole command line; every error on purpose becomes a sentence and its exit code."""
    try:
        command()
    except PoskoError as error:
        say(f"posko: {error}")
        if isinstance(error, RosterError):
            for problem in error.problems:
                say(f"  - {problem}")
        raise SystemExit(int(error.exit_code)) from None
