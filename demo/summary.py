"""The end of the demonstration: what the service says of every office, one receipt, the originals, the verification."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.board import Board, UnitLine
from demo.offices import OFFICES
from demo.post_office import Letter
from demo.steps import LATE, Expected, Finding
from demo.view import look, short_name

_WIDE = 120
_SHOWN_FLAGS = {
    "salah_jalur": "salah jalur",
    "salah_alamat": "salah kotak",
    "belum_terverifikasi": "belum terverifikasi",
    "menunggu_pembacaan": "menunggu pembacaan",
    "diminta_ulang": "diminta ulang",
    "kirim_ulang": "kirim ulang",
    "berkas_sama": "berkas sama",
    "foto_sama": "foto sama",
    "berubah": "tanda berubah",
    "lembar_lain": "lembar lain",
    "nama_berbeda": "nama berbeda",
    "salinan": "tanda disalin",
}


def show_offices(console: Console, board: Board, expected: Mapping[str, Expected], findings: Sequence[Finding]) -> None:
    """Every office's state as the service gives it; a narrow terminal does without numbers and questions."""
    wide = console.width >= _WIDE
    wrong = {finding.where.split(" ", 1)[0] for finding in findings}
    table = Table(
        title="Keadaan tiap unit menurut layanan", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for heading in ("kode", "unit", "keadaan", "masuk", "baris", *(("tanya", "nomor") if wide else ()), "catatan"):
        table.add_column(heading, no_wrap=heading not in ("unit", "catatan"))
    for office in OFFICES:
        line = board.units.get(office.code)
        if line is None:
            table.add_row(office.code, office.name, "tidak ada di papan", style="red")
            continue
        more = (str(line.questions or ""), line.number or "") if wide else ()
        notes = "; ".join(
            filter(None, [", ".join(_flags(line)), expected[office.code].why if office.code in expected else ""])
        )
        name = office.name if wide else short_name(office.name)
        state = _state(line, wrong=office.code in wrong)
        table.add_row(office.code, name, state, line.clock_time, str(line.rows or ""), *more, notes)
    console.print(table)


def _flags(line: UnitLine) -> list[str]:
    return [_SHOWN_FLAGS[flag] for flag in _SHOWN_FLAGS if flag in line.flags]


def _state(line: UnitLine, *, wrong: bool) -> Text:
    sign, style = look(line.state)
    late = f" {line.late_minutes} menit" if line.late_minutes and line.state == LATE else ""
    return Text(f"{sign} {line.state}{late}", "red" if wrong else style)


def show_receipt(console: Console, letter: Letter | None) -> None:
    """One receipt whole, as it lies in the officer's mailbox."""
    if letter is None:
        console.print("Tanda terima: tidak ada.", style="red")
        return
    head = "\n".join(f"{name}: {letter.message[name]}" for name in ("From", "To", "Subject", "Date", "In-Reply-To"))
    title = f"Satu tanda terima, di kotak surat petugas pukul {letter.at:%H.%M} WIB"
    console.print(Panel(Text(f"{head}\n\n{letter.text.strip()}"), title=title, title_align="left"))


def show_originals(console: Console, folder: Path, counted: int) -> None:
    """Where the originals lie and how many there are."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    told = f" dari {counted} kiriman" if counted else ""
    console.print(f"Berkas asli: {len(files)} berkas{told}, {size:.1f} MB, di {folder}", soft_wrap=True)


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """What differs from the scenario, if anything does."""
    if not findings:
        console.print("Semua sesuai skenario.", style="bold green")
        return
    table = Table(title="Tidak sesuai skenario", title_style="bold red", title_justify="left")
    for heading in ("di mana", "seharusnya", "nyatanya"):
        table.add_column(heading)
    for finding in findings:
        table.add_row(finding.where, finding.wanted, finding.seen)
    console.print(table)
