"""``posko forms``: sheets to sign for a week, and the blank forms of a government's annexes. TLG-09, TLG-16."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from bot.bootstrap import Installation, open_installation
from bot.cli_base import DataOption, put, run_async, say
from bot.issuing import IssuedSheet, Order, issue_weekly
from bot.progress import progress_bar
from bot.settings import load_settings
from bot.settings_file import ensure_sheets_key
from domain.errors import PoskoError, UsageError
from domain.profile import Profile, load_profile
from domain.sheet import SheetPage, week_start
from reports.forms import PrintedSheets, print_many, print_sheets
from reports.forms_annex import annex_form, annex_kinds
from reports.forms_annex_files import annex_files
from storage.migrate import pending

app = typer.Typer(help="Lembar presensi dan formulir untuk dicetak.", no_args_is_help=True)

_SUFFIXES = (".pdf", ".xlsx")
_FEW = 8  # sheets that are printed sooner than a second process has started
OutOption = Annotated[Path, typer.Option("--out", help="Folder tujuan, atau satu berkas .pdf atau .xlsx.")]


@app.command()
def weekly(
    week: Annotated[str, typer.Option("--week", help="Minggu, ditulis 2026-W48.")],
    out: OutOption,
    data: DataOption = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Kode unit.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Semua unit.")] = False,
    new_copy: Annotated[
        bool, typer.Option("--new-copy", help="Susun ulang dari daftar pegawai; salinan lama tidak berlaku lagi.")
    ] = False,
    by: Annotated[str, typer.Option("--by", help="Nama petugas yang mencetak.")] = "admin",
) -> None:
    """Buat lembar presensi seminggu (PDF dan XLSX); minggu yang sama dicetak ulang persis seperti semula."""
    if (unit is None) is not everyone:
        raise UsageError("pilih salah satu: --unit KODE atau --all")
    if everyone and _is_file(out):
        raise UsageError("--all menulis banyak berkas: --out harus folder")
    week_start(week)
    order = Order(week, None if unit is None else (unit,), new_copy, by)

    async def work() -> tuple[tuple[IssuedSheet, ...], Profile, bytes, int]:
        ensure_sheets_key(load_settings(data).data)
        async with open_installation(data) as place:
            await _refuse_old_tables(place)
            key = place.settings.sheets_key_bytes
            issued = await issue_weekly(place.db, place.profile, key, order, place.clock.now())
            return issued, place.profile, key, place.settings.service.workers

    # Files are made only after the record is committed: every paper that exists is known.
    issued, profile, key, workers = run_async(work())
    if not issued:
        raise UsageError(f"{unit or 'semua unit'} tidak bekerja pada minggu {week}; tidak ada lembar")
    again = sum(sheet.again for sheet in issued)
    with progress_bar("mencetak lembar") as progress:
        printed = _printed(profile, key, [sheet.pages for sheet in issued], workers)
        for done, sheet in enumerate(printed, start=1):
            stem = f"{quote(sheet.pages[0].unit, safe='')}_{week}"
            _write(out, stem, {".pdf": sheet.pdf, ".xlsx": sheet.xlsx})
            progress("mencetak lembar", done, len(issued))
    say(f"{len(issued) - again} unit dicetak baru, {again} unit dicetak ulang seperti semula")
    if again:
        say("Perubahan daftar pegawai sesudah cetakan pertama baru masuk dengan --new-copy.")


@app.command()
def annex(
    kind: Annotated[str, typer.Option("--kind", help="Jenis: apel, letter, kinerja, manual_presence, manual_recap.")],
    out: OutOption,
    data: DataOption = None,
) -> None:
    """Buat formulir kosong dari lampiran peraturan pemerintah daerah ini (PDF dan XLSX)."""
    profile = load_profile(load_settings(data).profile_source)
    known = {str(one): one for one in annex_kinds(profile)}
    if kind not in known:
        told = f"yang ada: {', '.join(known)}" if known else "peraturannya tidak melampirkan formulir"
        raise UsageError(f'{profile.government} tidak mempunyai formulir "{kind}"; {told}')
    form = annex_form(profile, known[kind])
    files = annex_files(form)
    _write(out, f"lampiran-{form.letter}_{kind}", {".pdf": files.pdf, ".xlsx": files.xlsx})


async def _refuse_old_tables(place: Installation) -> None:
    if await asyncio.to_thread(pending, place.urls.service):
        raise UsageError(f"basis data belum sesuai dengan program: posko migrate --data {place.settings.data}")


def _printed(
    profile: Profile, key: bytes, sheets: Sequence[tuple[SheetPage, ...]], workers: int
) -> Iterator[PrintedSheets]:
    if len(sheets) > _FEW:
        yield from print_many(profile, key, sheets, workers)
    else:
        yield from (print_sheets(profile, key, pages) for pages in sheets)


def _is_file(out: Path) -> bool:
    return out.suffix.lower() in _SUFFIXES and not out.is_dir()


def _write(out: Path, stem: str, contents: Mapping[str, bytes]) -> None:
    """Both files into the folder ``out``, or the one that the file ``out`` names; never half a file."""
    one = _is_file(out)
    try:
        (out.parent if one else out).mkdir(parents=True, exist_ok=True)
        for suffix, content in contents.items():
            if one and suffix != out.suffix.lower():
                continue
            path = out if one else out / f"{stem}{suffix}"
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.replace(path)
            put(path)
    except OSError as error:
        raise PoskoError(f"tidak dapat menulis ke {out}: {error.strerror}") from None
