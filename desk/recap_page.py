"""``/rekap`` and ``/laporan``: how units sent, drawn on the server beside its table; reports to read and download."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import RedirectResponse, Response

from desk import charts
from desk.submission_page import LOOKS
from desk.visitor import Turn, Visit, missing
from domain.due import Due, due_on
from domain.errors import OriginalMissing
from domain.report_times import month_span, week_spans
from domain.resolution import World
from domain.terms import StatusKey
from reports.numbering import ReportKind, report_number
from storage.desk_figures import SheetDay
from storage.jobs import MAKE_REPORT
from storage.records_reports import NewReportOrder

router = APIRouter()
From = Annotated[date | None, Query(alias="dari")]
To = Annotated[date | None, Query(alias="sampai")]
UnitCode = Annotated[str, Query(alias="unit", max_length=40)]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def _gathered(
    turn: Turn, first: date, last: date, unit: str
) -> tuple[World, dict[str, str], list[SheetDay], dict[tuple[date, StatusKey], int]]:
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        allowed = turn.units(world)
        names = {
            code: u.name
            for code, u in world.roster.units.items()
            if (allowed is None or code in allowed) and (not unit or code == unit)
        }
        narrowed = None if allowed is None and not unit else names
        sheets = await uow.desk_figures.sheets(first, last, narrowed)
        codes = await uow.desk_figures.codes(first, last, narrowed)
    return world, names, sheets, codes


def _due(world: World, days: Sequence[date], today: date) -> dict[date, tuple[Due, ...]]:
    return {
        day: due_on(world.roster, world.calendar, world.profile, world.periods, day) if day <= today else ()
        for day in days
    }


@router.get("/rekap")
async def recap_page(turn: Visit, first: From = None, last: To = None, unit: UnitCode = "") -> Response:
    """Heat map, punctuality, trend and arrivals of a span of days."""
    tz = turn.house.profile.tz
    first, last = charts.span_of(first, last, turn.house.now(), tz)
    world, names, sheets, codes = await _gathered(turn, first, last, unit)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = charts.heat(names, days, _due(world, days, turn.house.today()), sheets)
    lines = charts.trend(days, sheets, codes)
    keys = [key for key in StatusKey if any(line.codes.get(key) for line in lines)]
    allowed = turn.units(world)
    units = {c: u.name for c, u in world.roster.units.items() if allowed is None or c in allowed}
    return turn.page(
        "recap", first=first, last=last, unit=unit, units=units, days=days, rows=rows, lines=lines, keys=keys,
        bins=charts.arrivals(sheets, tz), shapes=charts.SHAPES, polyline=charts.polyline, **LOOKS,
    )  # fmt: skip


@router.get("/rekap/unduh")
async def recap_file(turn: Visit, first: From = None, last: To = None, unit: UnitCode = "") -> Response:
    """The same as CSV: one line a unit, day and session that was owed or came."""
    first, last = charts.span_of(first, last, turn.house.now(), turn.house.profile.tz)
    world, names, sheets, _ = await _gathered(turn, first, last, unit)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = charts.heat(names, days, _due(world, days, turn.house.today()), sheets)
    async with turn.house.db.begin() as uow:
        await turn.audit(uow, "exported", "recap", f"{first}/{last}", unit=unit)
    lines = [
        (row.unit, row.name, cell.day.isoformat(), cell.session.value, cell.text, cell.number)
        for row in rows
        for cell in row.cells
        if cell.state != charts.FREE
    ]
    head = ("unit", "nama", "tanggal", "sesi", "keadaan", "nomor")
    return csv_file([head, *lines], f"rekap_{first}_{last}.csv")


def csv_file(lines: Sequence[Sequence[object]], name: str) -> Response:
    """CSV that opens in Excel, WPS and LibreOffice; text that would be a formula is text."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in lines:
        writer.writerow([f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for v in line])
    shown = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": shown})  # fmt: skip


@router.get("/laporan")
async def reports_page(turn: Visit, ordered: Annotated[str, Query(alias="dipesan", max_length=80)] = "") -> Response:
    """The newest version of each report of the last thirteen months."""
    return await _reports(turn, ordered=ordered)


async def _reports(turn: Turn, ordered: str = "", fault: str = "", status: int = 200) -> Response:
    since = turn.house.now() - timedelta(days=400)
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        allowed = turn.units(world)
        reports = [r for r in await uow.reports.made_since(since) if allowed is None or r.code in allowed]
    return turn.page("reports", status, reports=reports[::-1], today=turn.house.today(), ordered=ordered, fault=fault)


@router.post("/laporan")
async def order_report(turn: Visit) -> Response:
    """Order the report of the week or month that holds a day; twice within a minute is one order. Nobody is mailed
    but those whose earlier version has changed.
    """
    now, today = turn.house.now(), turn.house.today()
    try:
        day = date.fromisoformat(turn.field("tanggal"))
        kind = ReportKind(turn.field("jenis"))
    except ValueError:
        return await _reports(turn, fault="Pilih jenis laporan dan tanggalnya.", status=422)
    if day > today or kind not in (ReportKind.WEEKLY, ReportKind.MONTHLY):
        return await _reports(turn, fault="Laporan dibuat untuk masa yang sudah mulai.", status=422)
    numbers = []
    async with turn.house.db.begin() as uow:
        calendar = (await turn.house.worlds.load(uow)).calendar
        spans = week_spans(calendar, day) if kind is ReportKind.WEEKLY else (month_span(day),)
        for span in spans:
            number = report_number(turn.house.profile.number_prefix, kind, span.first, span.code)
            key = f"{number}:meja:{now:%Y%m%d%H%M}"
            new = NewReportOrder(key, kind.value, span.code, span.first, span.last, now, turn.by, send=False)
            for id_ in await uow.report_orders.put_many([new]):
                await uow.defer(MAKE_REPORT.name, MAKE_REPORT.queue, **{MAKE_REPORT.argument: id_})
                await turn.audit(uow, "report_ordered", "report", number)
            numbers.append(number)
    return RedirectResponse(f"/laporan?dipesan={quote(', '.join(numbers))}", 303)


@router.get("/laporan/{report}")
async def report_page(turn: Visit, report: str) -> Response:
    """Every version of one report."""
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        allowed = turn.units(world)
        versions = [v for v in await uow.reports.versions(report) if allowed is None or v.code in allowed]
        if not versions:
            raise missing()
        await turn.audit(uow, "report_viewed", "report", versions[-1].number)
    return turn.page("report", versions=versions[::-1])


@router.get("/laporan/{report}/{sha256}")
async def report_file(turn: Visit, report: str, sha256: str) -> Response:
    """Download a file of a version."""
    async with turn.house.db.begin() as uow:
        allowed = turn.units(await turn.house.worlds.load(uow))
        versions = [v for v in await uow.reports.versions(report) if allowed is None or v.code in allowed]
        found = next((f for v in versions for f in v.files if f.sha256 == sha256), None)
        if found is None:
            raise missing()
        await turn.audit(uow, "report_downloaded", "report", versions[-1].number, sha256=sha256)
    try:
        data = await turn.house.blobs.get(sha256)
    except OriginalMissing as error:
        raise HTTPException(503, f"Berkas laporan tidak dapat dibaca: {error}") from None
    shown = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return Response(data, media_type=found.media_type, headers={"Content-Disposition": shown})
