"""Shift assignments from a spreadsheet (MLG-16): one row a person and span, faults told by row, nothing half taken."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Font

from domain.errors import RosterError
from domain.roster import Person, Roster
from intake.roster_layout import EXAMPLE, heading
from intake.roster_table import HEADING_ROWS, Cells, Notes, Row, read_csv, read_xlsx
from storage.records_devices import AssignmentRow, NewAssignment, ShiftRow

COLUMNS = (
    ("nip", "NIP 18 angka, atau F + ID finger"),
    ("nama", "boleh kosong; hanya untuk dibaca, dan diperiksa bila diisi"),
    ("pola", "kode pola jam kerja: posko devices shift"),
    ("mulai", "tanggal pertama, TT-BB-TTTT"),
    ("sampai", "tanggal terakhir; kosong: seterusnya"),
    ("hari", "hari kerja, 1 = Senin s.d. 7 = Minggu, misalnya 1,3,5; kosong: setiap hari"),
    ("surat", "nomor surat keputusan kepala; boleh kosong"),
)
_NEEDED = ("nip", "pola", "mulai")
_SPELLINGS = {
    "nip": ("nip", "nippppk", "pegawai", "kunci", "nipatauid"),
    "nama": ("nama", "namapegawai", "namalengkap"),
    "pola": ("pola", "polajamkerja", "shift", "kodepola", "kodeshift", "polakerja"),
    "mulai": ("mulai", "dari", "tanggalmulai", "tmt", "berlakumulai"),
    "sampai": ("sampai", "selesai", "tanggalselesai", "hingga", "berakhir"),
    "hari": ("hari", "harikerja"),
    "surat": ("surat", "nomorsurat", "sk", "nomorsk", "dasar"),
}
_DAYS = {"senin": 1, "selasa": 2, "rabu": 3, "kamis": 4, "jumat": 5, "sabtu": 6, "minggu": 7}
What = Literal["baru", "sama"]


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """One row that was understood; ``what`` "sama": the very assignment is in force already and is not added."""

    number: int
    assignment: NewAssignment
    what: What


@dataclass(frozen=True, slots=True)
class ShiftFile:
    """A whole file; with ``problems`` nothing of it is taken."""

    lines: tuple[ShiftLine, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def new(self) -> list[NewAssignment]:
        """What is to be added, in the order of the file."""
        return [line.assignment for line in self.lines if line.what == "baru"]


def read_shifts(
    data: bytes, filename: str, roster: Roster, shifts: Iterable[ShiftRow], known: Iterable[AssignmentRow], by: str,
    now: datetime,
) -> ShiftFile:  # fmt: skip
    """Read XLSX or CSV; raises ``RosterError`` when it cannot be opened or no sheet has the columns."""
    notes = Notes()
    codes = {shift.code.casefold(): shift.code for shift in shifts}
    of_person: dict[str, list[NewAssignment]] = {}
    for one in known:
        of_person.setdefault(one.person, []).append(one)
    lines: list[ShiftLine] = []
    for row in _rows(data, filename, notes):
        made = _assignment(row, roster, codes, by, now)
        if made is None:
            continue
        earlier = next((line for line in reversed(lines) if _touch(line.assignment, made)), None)
        if earlier is not None and _same(earlier.assignment, made):
            row.warn("nip", f"sama dengan baris {earlier.number}; dihitung sekali")
            continue
        if earlier is not None:
            row.warn("mulai", f"bertumpuk dengan baris {earlier.number}; pada hari yang sama baris ini yang berlaku")
        # What came last holds on the days of both: only if that is this very assignment is there nothing to add.
        held = next((a for a in reversed(of_person.get(made.person, [])) if _touch(a, made)), None)
        same = earlier is None and held is not None and _same(held, made)
        lines.append(ShiftLine(row.number, made, "sama" if same else "baru"))
    return ShiftFile(tuple(lines), tuple(notes.problems), tuple(notes.warnings))


def _same(one: NewAssignment, other: NewAssignment) -> bool:
    return (one.shift, one.first, one.last, tuple(one.weekdays)) == (
        other.shift, other.first, other.last, tuple(other.weekdays)
    )  # fmt: skip


def _touch(one: NewAssignment, other: NewAssignment) -> bool:
    """Whether both speak of some day of one person."""
    apart = (one.last is not None and one.last < other.first) or (other.last is not None and other.last < one.first)
    days = not one.weekdays or not other.weekdays or bool(set(one.weekdays) & set(other.weekdays))
    return one.person == other.person and days and not apart


def _rows(data: bytes, filename: str, notes: Notes) -> Iterable[Row]:
    sheets = list(read_xlsx(data, filename)) if data[:2] == b"PK" else [("CSV", read_csv(data))]
    for title, rows in sheets:
        for index, cells in enumerate(rows[:HEADING_ROWS]):
            places = _places(cells)
            if all(name in places for name in _NEEDED):
                return list(_body(title, rows, index + 1, places, notes))
    needed = ", ".join(_NEEDED)
    raise RosterError(f"judul kolom tidak lengkap; yang wajib ada: {needed}", file=filename)


def _places(cells: Cells) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = next((n for n, spellings in _SPELLINGS.items() if heading(cell) in spellings), None)
        if name is not None:
            found.setdefault(name, place)
    return found


def _body(title: str, rows: list[Cells], start: int, places: dict[str, int], notes: Notes) -> Iterable[Row]:
    for number, cells in enumerate(rows[start:], start=start + 1):
        row = Row(title, number, cells, places, notes)
        if any(row.text(name) for name in places) and not row.text("nama").upper().startswith(EXAMPLE):
            yield row


def _assignment(row: Row, roster: Roster, codes: dict[str, str], by: str, now: datetime) -> NewAssignment | None:
    """The row as an assignment; every fault of the row is noted, None when there was one."""
    before = len(row.notes.problems)
    person = _person(row, roster)
    pattern = codes.get(row.text("pola").casefold())
    if pattern is None:
        known = ", ".join(codes.values()) or "belum ada; tetapkan dengan posko devices shift"
        row.problem("pola", f"pola '{row.text('pola')}' tidak dikenal; yang ada: {known}")
    first, last = row.day("mulai"), row.day("sampai")
    if first is None and not row.text("mulai"):
        row.problem("mulai", "tanggal mulai kosong")
    if first is not None and last is not None and last < first:
        row.problem("sampai", f"{last:%d-%m-%Y} lebih awal daripada mulai {first:%d-%m-%Y}")
    weekdays = _weekdays(row)
    if person is not None and first is not None and roster.unit_of(person.key, first) is None:
        row.warn("mulai", f"{person.name} belum atau tidak lagi ditempatkan pada {first:%d-%m-%Y}")
    if len(row.notes.problems) > before or person is None or pattern is None or first is None:
        return None
    return NewAssignment(person.key, pattern, first, by, now, last, weekdays, row.text("surat"))


def _person(row: Row, roster: Roster) -> Person | None:
    said = row.text("nip")
    key = re.sub(r"\s", "", said)
    person = roster.people.get(key) or next((p for p in roster.people.values() if p.nip == key), None)
    if person is None:
        row.problem("nip", f"tidak ada pegawai ber-NIP atau berkunci '{said}'" if said else "NIP kosong")
        return None
    name = row.text("nama")
    if name and heading(name) not in (heading(person.name), heading(person.bare_name)):
        row.warn("nama", f"tertulis '{name}', NIP itu milik {person.name}")
    return person


def _weekdays(row: Row) -> tuple[int, ...]:
    found = []
    for part in filter(None, re.split(r"[\s,;/]+", row.text("hari").casefold())):
        day = int(part) if part in "1234567" and len(part) == 1 else _DAYS.get(part.replace("'", ""))
        if day is None:
            row.problem("hari", f"'{part}' bukan hari; tulis 1,2,3,4,5 (1 = Senin) atau nama harinya")
        else:
            found.append(day)
    return tuple(sorted(set(found)))


def shift_template(shifts: Iterable[ShiftRow], first: date) -> bytes:
    """An empty workbook with one example row that the import skips, and a sheet that explains the columns."""
    book = Workbook()
    sheet, legend = book.worksheets[0], book.create_sheet("Petunjuk")
    sheet.title = "Pola"
    known = list(shifts)
    sheet.append([name for name, _ in COLUMNS])
    code = known[0].code if known else "MALAM"
    sheet.append(["198001012005011001", f"{EXAMPLE} Budi", code, f"{first:%d-%m-%Y}", "", "1,2,3,4,5", "800/1/2026"])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cell in sheet[2]:
        cell.font = Font(italic=True, color="808080")
    for letter, width in zip("ABCDEFG", (24, 34, 14, 14, 14, 16, 24), strict=True):
        sheet.column_dimensions[letter].width = width
        for number in range(1, 1001):
            sheet[f"{letter}{number}"].number_format = "@"
    sheet.freeze_panes = "A2"
    for name, note in COLUMNS:
        legend.append([name, note])
    legend.append([])
    for one in known:
        legend.append([one.code, f"{one.starts:%H.%M}-{one.ends:%H.%M} {one.name}"])
    legend.column_dimensions["A"].width, legend.column_dimensions["B"].width = 14, 80
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
