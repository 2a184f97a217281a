"""``posko calendar``: what is due when, from a profile alone."""

from datetime import date
from typing import Annotated

import typer

from bot.cli_base import JsonOption, day_of, put, put_json
from domain.agenda import agenda
from domain.errors import UsageError
from domain.profile import load_profile
from domain.terms import Pattern
from domain.wording import long_date


def calendar(
    profile: Annotated[str, typer.Option("--profile", help="Nama profil atau berkas TOML.")],
    pattern: Annotated[int, typer.Option("--pattern", help="Hari kerja seminggu: 5 atau 6.", min=5, max=6)],
    first: Annotated[str, typer.Option("--from", help="Tanggal pertama, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Tanggal terakhir, YYYY-MM-DD.")],
    as_json: JsonOption = False,
) -> None:
    """Tampilkan hari kerja, jendela kirim, dan tenggat laporan."""
    start, end = day_of(first), day_of(last)
    if end < start:
        raise UsageError("--to tidak boleh sebelum --from")
    for entry in agenda(load_profile(profile), Pattern(pattern), start, end):
        put_json(entry) if as_json else put(_line(entry))


def _line(entry: dict[str, object]) -> str:
    told = [f"{long_date(date.fromisoformat(str(entry['date']))):<28} {entry['reason']}"]
    for session in entry["sessions"]:  # type: ignore[attr-defined]
        told.append(f"{session['session']} {_clock(session['opens'])}–{_clock(session['closes'])}")
    for deadline in entry["deadlines"]:  # type: ignore[attr-defined]
        told.append(f"{deadline['kind']} {_clock(deadline['due'])}")
    return " | ".join(told)


def _clock(iso: str) -> str:
    return iso[11:16].replace(":", ".")
