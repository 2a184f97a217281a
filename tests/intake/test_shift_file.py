"""Shift assignments from spreadsheets: faults by row, nothing twice, the template goes round."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, time

import openpyxl
import pytest

from domain.errors import RosterError
from intake.shift_file import ShiftFile, read_shifts, shift_template
from storage.records_devices import AssignmentRow, NewAssignment, ShiftRow
from tests.fakes.desk_world import AGUS, BUDI, ROSTER, SITI

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SHIFTS = [
    ShiftRow("MALAM", "Malam", time(22), time(6), 240, 480, "admin", NOW),
    ShiftRow("PAGI", "Pagi", time(6), time(14), 240, 480, "admin", NOW),
]
HEAD = "NIP;Nama;Pola;Mulai;Sampai;Hari;Surat"


def read(*rows: str, known: tuple[NewAssignment, ...] = (), head: str = HEAD) -> ShiftFile:
    data = "\n".join((head, *rows)).encode()
    stored = [
        AssignmentRow(a.person, a.shift, a.first, a.made_by, a.made_at, a.last, a.weekdays, a.letter, id=n)
        for n, a in enumerate(known, 1)
    ]
    return read_shifts(data, "pola.csv", ROSTER, SHIFTS, stored, "admin", NOW)


def test_each_row_is_an_assignment_with_its_days_and_letter() -> None:
    found = read(
        f"{SITI};Siti Aminah, S.E.;malam;23-11-2026;;1,3,5;800/12/2026",
        f"{BUDI};;PAGI;2026-11-23;30/11/2026;senin selasa;",
    )
    assert found.problems == found.warnings == ()
    siti, budi = found.new
    assert (siti.person, siti.shift, siti.first, siti.last) == (SITI, "MALAM", date(2026, 11, 23), None)
    assert (siti.weekdays, siti.letter) == ((1, 3, 5), "800/12/2026")
    assert (budi.last, budi.weekdays) == (date(2026, 11, 30), (1, 2))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("123;;PAGI;23-11-2026;;;", "baris 2, kolom nip (A): tidak ada pegawai"),
        (";;PAGI;23-11-2026;;;", "NIP kosong"),
        (f"{SITI};;SORE;23-11-2026;;;", "pola 'SORE' tidak dikenal; yang ada: MALAM, PAGI"),
        (f"{SITI};;PAGI;;;;", "tanggal mulai kosong"),
        (f"{SITI};;PAGI;31-02-2026;;;", "tanggal '31-02-2026' tidak dikenal"),
        (f"{SITI};;PAGI;23-11-2026;22-11-2026;;", "lebih awal daripada mulai"),
        (f"{SITI};;PAGI;23-11-2026;;8;", "'8' bukan hari"),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(row: str, said: str) -> None:
    found = read(row)
    assert found.new == []
    assert any(said in problem for problem in found.problems), found.problems


def test_all_faults_of_all_rows_are_told_at_once() -> None:
    found = read("1;;X;;;9;", f"{SITI};;Y;a;;;")
    assert len(found.problems) == 6


def test_what_looks_wrong_is_said_and_taken() -> None:
    found = read(
        f"{SITI};Orang Lain;PAGI;23-11-2026;;;",
        f"{SITI};;PAGI;23-11-2026;;;",
        f"{SITI};;MALAM;25-11-2026;;;",
        f"{AGUS};;MALAM;1-1-1999;;;",
    )
    assert [line.number for line in found.lines] == [2, 4, 5]
    for said in ("milik Siti Aminah", "sama dengan baris 2", "bertumpuk dengan baris 2", "belum atau tidak lagi"):
        assert any(said in warning for warning in found.warnings), found.warnings


def test_the_same_file_again_adds_nothing_but_a_later_decision_may_be_taken_back() -> None:
    row = f"{SITI};;MALAM;23-11-2026;;1,2;"
    [first] = read(row).new
    other_days = replace(first, shift="PAGI", weekdays=(4, 5))
    assert read(row, known=(first, other_days)).new == []
    later = replace(first, shift="PAGI")
    assert len(read(row, known=(first, later)).new) == 1


def test_the_template_is_read_back_without_its_example() -> None:
    book = openpyxl.load_workbook(io.BytesIO(shift_template(SHIFTS, date(2026, 11, 24))))
    sheet = book["Pola"]
    sheet.append([SITI, "", "MALAM", date(2026, 11, 23)])
    packed = io.BytesIO()
    book.save(packed)
    found = read_shifts(packed.getvalue(), "pola.xlsx", ROSTER, SHIFTS, [], "admin", NOW)
    assert [(a.person, a.first) for a in found.new] == [(SITI, date(2026, 11, 23))]
    assert any("MALAM" in str(cell.value) for row in book["Petunjuk"] for cell in row)


def test_a_file_without_the_columns_or_that_is_no_workbook_says_so() -> None:
    with pytest.raises(RosterError, match="nip, pola, mulai"):
        read("a;b", head="x;y")
    with pytest.raises(RosterError, match="tidak dapat dibuka"):
        read_shifts(b"PK\x03\x04broken", "x.xlsx", ROSTER, SHIFTS, [], "admin", NOW)
