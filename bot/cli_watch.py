"""``posko status`` and ``doctor``: looking at an installation."""

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, leave, put, put_json, run_async
from bot.doctor import diagnose
from bot.doctor_findings import Finding, as_json, as_text, exit_code
from bot.probes import probes_of
from bot.status import Figures, figures
from domain.errors import ExitCode
from intake.world import Worlds


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(status)
    app.command()(doctor)


def status(data: DataOption = None, as_json_: JsonOption = False) -> None:
    """Siapa sudah mengirim, siapa belum, apa yang perlu diperiksa, sekarang."""

    async def work() -> Figures:
        async with open_installation(data) as place:
            return await figures(place, Worlds(place.profile))

    found = run_async(work())
    if as_json_:
        put_json(found)
    else:
        _show(found)


def _show(found: Figures) -> None:
    session, counts = found["session"], found["counts"]
    assert isinstance(session, dict)
    assert isinstance(counts, dict)
    put(f"{found['now']}  sesi {session['session']} {session['opens'][11:16]}–{session['closes'][11:16]}")
    put(
        f"Wajib {counts['due']}, masuk {counts['received']}, terlambat {counts['late']}, "
        f"belum {counts['missing']}, perlu diperiksa {counts['to_check']}"
    )
    units = found["units"]
    assert isinstance(units, list)
    for unit in units:
        arrived = f"{unit['arrived'][11:16].replace(':', '.')}  {unit['number']}" if unit["arrived"] else ""
        put(f"{unit['state']:<12} {unit['code']:<6} {unit['name']:<48} {arrived}")


def doctor(data: DataOption = None, as_json_: JsonOption = False) -> None:
    """Periksa setiap layanan yang diatur dan mesin ini, dan sebutkan apa yang perlu dibenahi."""

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            findings = await _diagnose(place)
        for line in as_json(findings) if as_json_ else [as_text(findings)]:
            put_json(line) if as_json_ else put(line)
        return exit_code(findings)

    leave(run_async(work()))


async def _diagnose(place: Installation) -> list[Finding]:
    async with probes_of(place) as probes:
        return await diagnose(place.settings, place.clock, probes)
