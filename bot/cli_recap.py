"""``posko recap``: who has returned the monthly recap, and how it differs from what was recorded (TLG-10, TLG-D5)."""

from datetime import date
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, JsonOption, put, put_json, run_async
from domain.errors import UsageError
from domain.outcome import RECAP
from domain.recap_due import owes_recap, recap_plan
from domain.report_times import month_span
from domain.terms import Timeliness
from domain.wording import moment_text
from intake.world import Worlds
from reminders.recaps import difference_line
from storage.records import SubmissionRow
from storage.records_reports import RecapCheckRow

app = typer.Typer(help="Rekap bulanan unit: yang sudah kembali, dan perbedaannya dengan catatan.", no_args_is_help=True)
MonthOption = Annotated[str, typer.Option("--month", help="Bulan, ditulis 2026-11.")]
Line = dict[str, object]


@app.command("list")
def list_returned(month: MonthOption, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Tampilkan tiap unit: kembali kapan, terlambat atau tidak, berapa perbedaan."""

    async def work() -> list[Line]:
        async with open_installation(data) as place:
            return await _lines(place, _month(month))

    for line in run_async(work()):
        put_json(line) if as_json else put(_told(line))


@app.command()
def show(
    month: MonthOption,
    unit: Annotated[str, typer.Option("--unit", help="Kode unit.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tampilkan perbedaan rekap kembali satu unit, sel demi sel; tidak ada catatan yang ditimpa."""

    async def work() -> RecapCheckRow | None:
        async with open_installation(data) as place, place.db.begin() as uow:
            return (await uow.recap_checks.latest(_month(month))).get(unit)

    check = run_async(work())
    if check is None:
        raise UsageError(f"belum ada rekap kembali unit {unit} untuk bulan {month}")
    if as_json:
        put_json(
            {
                "unit": check.unit,
                "month": month,
                "compared": check.compared,
                "same": check.same,
                "differences": [
                    {"name": d.name, "place": d.place, "recorded": d.recorded, "returned": d.returned, "kind": d.kind}
                    for d in check.differences
                ],
            }
        )
        return
    put(f"{check.compared} sel dibandingkan, {check.same} sama, {len(check.differences)} perbedaan")
    for one in check.differences:
        put(difference_line(one))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UsageError(f'bulan "{text}" harus ditulis seperti 2026-11') from None


async def _lines(place: Installation, first: date) -> list[Line]:
    span = month_span(first)
    async with place.db.begin() as uow:
        world = await Worlds(place.profile).load(uow)
        checks = await uow.recap_checks.latest(first)
        lines: list[Line] = []
        for unit in world.roster.units.values():
            plan = recap_plan(world.calendar, unit.pattern, first.year, first.month, unit.code)
            rows = [r for r in await uow.submissions.in_range(unit.code, span.first, span.last) if r.session == RECAP]
            owes = plan is not None and owes_recap(world.roster, world.calendar, world.periods, unit, plan)
            if owes or rows:
                lines.append(_line(place, unit.code, unit.name, rows, checks.get(unit.code)))
    return lines


def _line(place: Installation, code: str, name: str, rows: list[SubmissionRow], check: RecapCheckRow | None) -> Line:
    back = next((row for row in rows if row.state.received), None)
    return {
        "unit": code,
        "name": name,
        "returned": back.state.at.astimezone(place.profile.tz).isoformat(timespec="seconds") if back else None,
        "told": moment_text(back.state.at, place.profile) if back else "belum kembali",
        "late": back is not None and back.state.timeliness is Timeliness.LATE,
        "number": back.number if back else None,
        "compared": check.compared if check else 0,
        "differences": len(check.differences) if check else 0,
    }


def _told(line: Line) -> str:
    late = " TERLAMBAT" if line["late"] else ""
    found = f" | {line['differences']} perbedaan dari {line['compared']} sel" if line["compared"] else ""
    return f"{line['unit']} {line['name']}: {line['told']}{late}{found}"
