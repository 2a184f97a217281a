"""``posko holiday``: local days off, and days worked in spite of a holiday (cuti bersama with shifts, DOMAIN.md 5)."""

from typing import Annotated

import typer

from bot.bootstrap import open_installation
from bot.cli_base import DataOption, JsonOption, day_of, put, put_json, run_async
from domain.calendar import CalendarOverride
from domain.errors import UsageError
from domain.terms import Pattern
from domain.wording import long_date

app = typer.Typer(help="Libur setempat dan pengecualian hari kerja.", no_args_is_help=True)


@app.command()
def add(
    first: Annotated[str, typer.Option("--from", help="Tanggal pertama, YYYY-MM-DD.")],
    reason: Annotated[str, typer.Option("--reason", help="Alasan yang ditampilkan, mis. 'Hari jadi kabupaten'.")],
    data: DataOption = None,
    last: Annotated[str | None, typer.Option("--to", help="Tanggal terakhir; kosong: satu hari.")] = None,
    working: Annotated[bool, typer.Option("--working/--off", help="Tetap bekerja, atau libur.")] = False,
    letter: Annotated[str, typer.Option("--letter", help="Nomor surat dasar.")] = "",
    unit: Annotated[str | None, typer.Option("--unit", help="Hanya unit ini.")] = None,
    pattern: Annotated[int | None, typer.Option("--pattern", help="Hanya pola 5 atau 6.", min=5, max=6)] = None,
    by: Annotated[str, typer.Option("--by", help="Siapa yang menetapkan.")] = "admin",
) -> None:
    """Tetapkan hari libur atau hari kerja; penetapan terakhir yang berlaku, jadi kekeliruan ditimpa yang baru."""
    start = day_of(first)
    end = day_of(last) if last else start
    if end < start:
        raise UsageError("--to tidak boleh sebelum --from")

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            if unit and unit not in (await uow.roster.load()).units:
                raise UsageError(f"tidak ada unit berkode {unit}")
            decision = CalendarOverride(
                day_from=start,
                day_to=end,
                working=working,
                reason=reason,
                letter=letter,
                unit=unit,
                pattern=Pattern(pattern) if pattern else None,
            )
            number = await uow.calendar.add(decision, by, place.clock.now())
            await uow.audit.add("calendar_override", "calendar", str(number), by, place.clock.now())
        put(_line(decision))

    run_async(work())


@app.command("list")
def list_(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan semua penetapan, yang terakhir paling bawah."""

    async def work() -> None:
        async with open_installation(data) as place, place.db.begin() as uow:
            decisions = await uow.calendar.all()
        for decision in decisions:
            put_json(_json(decision)) if as_json else put(_line(decision))

    run_async(work())


def _json(decision: CalendarOverride) -> dict[str, object]:
    return {
        "from": decision.day_from.isoformat(),
        "to": decision.day_to.isoformat(),
        "working": decision.working,
        "reason": decision.reason,
        "letter": decision.letter,
        "unit": decision.unit,
        "pattern": decision.pattern,
    }


def _line(decision: CalendarOverride) -> str:
    span = long_date(decision.day_from)
    if decision.day_to != decision.day_from:
        span += f" s.d. {long_date(decision.day_to)}"
    pattern = f"pola {decision.pattern} hari" if decision.pattern else ""
    whom = decision.unit or pattern or "semua unit"
    return f"{span}: {'tetap bekerja' if decision.working else 'libur'} ({decision.reason}), {whom}"
