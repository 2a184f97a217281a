"""The end of the demonstration: what the service says of every office, one receipt, the originals, the verification."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.board import Board
from demo.offices import OFFICES
from demo.outcome import Finding
from demo.post_office import Letter
from demo.scenario import EXPECTED
from demo.view import look

_SHOWN_FLAGS = {
    "salah_jalur": "salah jalur",
    "salah_alamat": "salah kotak",
    "belum_terverifikasi": "belum terverifikasi",
    "menunggu_pembacaan": "menunggu pembacaan",
    "diminta_ulang": "diminta ulang",
    "kirim_ulang": "kirim ulang",
    "berkas_sama": "berkas sama",
}


def show_offices(console: Console, board: Board, findings: Sequence[Finding]) -> None:
    """Every office's state as the service gives it."""
    wrong = {finding.where.split(" ", 1)[0] for finding in findings}
    table = Table(title="Keadaan tiap unit menurut layanan", title_justify="left")
    for heading in ("kode", "unit", "keadaan", "masuk", "terbaca", "tanya", "nomor", "catatan"):
        table.add_column(heading, no_wrap=heading != "catatan")
    for office in OFFICES:
        line = board.units.get(office.code)
        if line is None:
            table.add_row(office.code, office.name, "tidak ada di papan", style="red")
            continue
        sign, style = look(line.state)
        late = f" {line.late_minutes} mnt" if line.late_minutes and line.state == "terlambat" else ""
        read = f"{line.rows}" if line.rows else ""
        flags = [_SHOWN_FLAGS[flag] for flag in _SHOWN_FLAGS if flag in line.flags]
        notes = "; ".join(filter(None, [", ".join(flags), EXPECTED[office.code].why]))
        state = Text(f"{sign} {line.state}{late}", "red" if office.code in wrong else style)
        table.add_row(
            office.code, office.name, state, line.clock_time, read, str(line.questions or ""), line.number or "", notes
        )
    console.print(table)


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
    told = f" dari {counted} surel" if counted else ""
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
