"""``posko report``: the weekly and monthly recaps on demand (TLG-D4, TLG-D5); ``posko verify --report``."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Installation, open_installation, reporter_of
from bot.cli_base import DataOption, JsonOption, leave, put, put_json, run_async, say
from bot.reporting import Reported
from domain.calendar import WorkCalendar
from domain.errors import ExitCode, PoskoError, UsageError
from domain.report_times import month_span, week_spans
from domain.sheet import week_start
from domain.wording import moment_text
from reports.checking import Checked, check_file, check_words
from reports.figures_kept import identity_of
from reports.making import PDF, XLSX, Wanted
from reports.numbering import ReportKind, verification_text
from storage.migrate import pending

app = typer.Typer(help="Rekap mingguan dan bulanan untuk subbidang disiplin.", no_args_is_help=True)

_FORMATS = {"pdf": PDF, "xlsx": XLSX}
OutOption = Annotated[Path, typer.Option("--out", help="Folder tujuan.", file_okay=False)]
FormatOption = Annotated[str, typer.Option("--format", help="Berkas yang ditulis: pdf, xlsx, atau keduanya.")]
SendOption = Annotated[bool, typer.Option("--send", help="Kirim juga kepada penerima laporan ([reports], profil).")]
ByOption = Annotated[str, typer.Option("--by", help="Nama petugas yang membuat.")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every report command is told besides the period."""

    out: Path
    formats: tuple[str, ...]
    send: bool
    by: str
    as_json: bool


@app.command()
def weekly(
    week: Annotated[str, typer.Option("--week", help="Minggu, ditulis 2026-W48.")],
    out: OutOption,
    data: DataOption = None,
    pattern: Annotated[
        int | None, typer.Option("--pattern", help="Hanya unit dengan 5 atau 6 hari kerja.", min=5, max=6)
    ] = None,
    formats: FormatOption = "pdf,xlsx",
    send: SendOption = False,
    by: ByOption = "admin",
    as_json: JsonOption = False,
) -> None:
    """Buat rekap mingguan: satu untuk unit lima hari dan satu untuk enam hari kerja, atau satu, menurut profil."""
    monday = week_start(week)
    asked = _Asked(out, _formats(formats), send, by, as_json)

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            async with place.db.begin() as uow:
                calendar = WorkCalendar(place.profile, await uow.calendar.all())
            spans = [span for span in week_spans(calendar, monday) if pattern in (None, span.pattern)]
            if not spans:
                raise UsageError("profil ini membuat satu laporan untuk semua unit; --pattern tidak berlaku")
            wanted = [Wanted(ReportKind.WEEKLY, span) for span in spans]
            return await _make_all(place, wanted, asked)

    leave(run_async(work()))


@app.command()
def monthly(
    month: Annotated[str, typer.Option("--month", help="Bulan, ditulis 2026-11.")],
    out: OutOption,
    data: DataOption = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Kode unit: rekap unit itu saja.")] = None,
    formats: FormatOption = "pdf,xlsx",
    send: SendOption = False,
    by: ByOption = "admin",
    as_json: JsonOption = False,
) -> None:
    """Buat rekap bulanan gabungan, atau rekap satu unit."""
    span = month_span(_month(month))
    if unit is not None and send:
        raise UsageError("rekap unit dikirim kepada unitnya menurut jadwal; --send hanya untuk rekap gabungan")
    kind = ReportKind.MONTHLY if unit is None else ReportKind.UNIT_RECAP
    asked = _Asked(out, _formats(formats), send, by, as_json)

    async def work() -> ExitCode:
        async with open_installation(data) as place:
            return await _make_all(place, [Wanted(kind, span, unit)], asked)

    leave(run_async(work()))


async def _make_all(place: Installation, wanted: Sequence[Wanted], asked: _Asked) -> ExitCode:
    if await asyncio.to_thread(pending, place.urls.service):
        raise UsageError(f"basis data belum sesuai dengan program: posko migrate --data {place.settings.data}")
    reporter = reporter_of(place)
    code, made = ExitCode.DONE, 0
    for one in wanted:
        say(f"menyusun {one.number(place.profile)} …")
        found = await reporter.make(one, asked.by, send=asked.send)
        if found is None:
            continue
        made += 1
        paths = await _write(place, found, asked)
        put_json(_as_json(found, paths)) if asked.as_json else _show(place, found, paths)
        if found.doubts:
            code = ExitCode.NEEDS_PERSON
    if not made:
        raise PoskoError("tidak ada yang wajib dan tidak ada kiriman pada masa itu (posko fallback list)")
    return code


async def _write(place: Installation, found: Reported, asked: _Asked) -> list[Path]:
    """The archived files of the version, whole or not at all."""
    paths = []
    for file in found.report.files:
        if file.media_type not in {_FORMATS[name] for name in asked.formats}:
            continue
        content = await place.blobs.get(file.sha256)
        path = asked.out / file.name
        try:
            asked.out.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            raise PoskoError(f"tidak dapat menulis ke {asked.out}: {error.strerror}") from None
        paths.append(path)
    return paths


def _show(place: Installation, found: Reported, paths: Sequence[Path]) -> None:
    report = found.report
    for path in paths:
        put(path)
    state = "dibuat" if found.new else "tidak berubah"
    replaces = f", {report.changes} perbedaan dari versi {report.version - 1}" if report.version > 1 else ""
    say(
        f"{report.number} versi {report.version} {state}{replaces}; data per {moment_text(report.as_of, place.profile)}"
    )
    if found.letters:
        say(f"{len(found.letters)} surel masuk antrean kirim; dikirim oleh posko serve atau posko work.")
    if found.doubts:
        say(f"{found.doubts} hal di dalamnya masih perlu dilihat petugas.")


def _as_json(found: Reported, paths: Sequence[Path]) -> dict[str, object]:
    report = found.report
    return {
        "number": report.number,
        "version": report.version,
        "new": found.new,
        "kind": report.kind,
        "scope": report.scope,
        "period": report.period,
        "as_of": report.as_of.isoformat(),
        "sha256": report.sha256,
        "totals": report.totals_by_label,
        "changes": report.changes,
        "doubts": found.doubts,
        "files": [str(path) for path in paths],
        "sent_to": list(report.sent_to),
        "letters": list(found.letters),
    }


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    if not names or not set(names) <= set(_FORMATS):
        raise UsageError(f"--format '{text}' tidak dikenal; yang ada: {', '.join(_FORMATS)}")
    return names


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UsageError(f"bulan '{text}' tidak dikenal; tulis seperti 2026-11") from None


async def verify_report(place: Installation, asked: str, sha256: str, as_json: bool) -> ExitCode:
    """``posko verify --report``: a number, the text of a QR code, or a file of ours, against what was recorded."""
    path = Path(asked)
    file = await asyncio.to_thread(path.read_bytes) if path.is_file() else None
    async with place.db.begin() as uow:
        if file is not None:
            checked = await check_file(uow, file)
        else:
            checked = await check_words(uow, place.blobs, asked, sha256)
    if as_json:
        put_json(_checked_json(checked))
    else:
        put(f"{asked}: {checked.verdict}.")
        if checked.report is not None:
            put(verification_text(identity_of(checked.report, {}), place.profile, checked.latest))
    return ExitCode.DONE if checked.good else ExitCode.FAILED


def _checked_json(checked: Checked) -> dict[str, object]:
    report = checked.report
    known = (
        {}
        if report is None
        else {
            "number": report.number,
            "version": report.version,
            "latest": checked.latest,
            "scope": report.scope,
            "period": report.period,
            "totals": report.totals_by_label,
            "sha256": report.sha256,
        }
    )
    return {"verdict": checked.verdict.value, "good": checked.good, **known}
