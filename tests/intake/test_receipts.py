"""Who gets which words (CONVENTIONS.md 1 and 6)."""

import re
from dataclasses import replace

import pytest

from domain.outcome import Flag, Known, Recording
from domain.reading import Cell, Problem, ProblemCode, Row, SheetKind, SheetReading, Verdict
from domain.resolution import Delivery
from domain.terms import Authenticity
from intake.answers import duration
from intake.receipts import Letter, Recorded, letters_for
from tests.fakes.desk_world import AGUS, BUDI, OUT, SITI, WORLD, at, cell, file, mail, row, run, sheet

BOTH = (row(SITI, cell()), row(BUDI, cell(), no=2))


def letters(delivery: Delivery, recording: Recording, files: tuple[str, ...] = ("presensi.xlsx",)) -> list[Letter]:
    recorded = [Recorded(d, f"TLG-20261124-D-{n:04}") for n, d in enumerate(recording.submissions, 1)]
    return letters_for(delivery, recorded, recording, files, WORLD)


def one(delivery: Delivery, *sheets: SheetReading) -> Letter:
    (letter,) = letters(delivery, run(delivery, file(*sheets)))
    return letter


def test_an_on_time_receipt_begins_with_the_result_and_ends_with_the_number() -> None:
    letter = one(mail(at(7, 18)), sheet(*BOTH))
    assert letter.to == "dishub@presensi.test"
    assert letter.body.startswith(
        "Presensi DATANG Dinas Perhubungan, Selasa, 24 November 2026, telah kami terima pukul 07.18 WIB: TEPAT WAKTU."
    )
    assert "Terbaca 2 dari 2 pegawai" in letter.body
    assert "Nomor: TLG-20261124-D-0001" in letter.body
    assert "bukan penetapan ketidakhadiran" in letter.body


def test_a_late_receipt_says_by_how_much_and_that_no_person_is_late() -> None:
    body = one(mail(at(7, 34)), sheet(*BOTH)).body
    assert "TERLAMBAT 4 menit dari batas 07.30 WIB" in body
    assert "bukan pada kehadiran pegawai" in body


def test_empty_and_doubtful_rows_are_named_by_the_papers_numbers() -> None:
    rows = (row(SITI, cell(Verdict.EMPTY), no=7), Row(19, "Zulkifli", "", (cell(),)))
    body = one(mail(at(7, 18)), sheet(*rows)).body
    assert "Kolom kosong: no. 7 Siti Aminah" in body
    assert "no. 19 (tulisan 'Zulkifli') tidak ada dalam daftar pegawai unit" in body
    assert "BELUM TERBACA, bukan tidak hadir" in body


def test_unproven_mail_is_answered_to_the_units_registered_address_and_never_to_from() -> None:
    spoof = mail(at(7, 18), "palsu@jahat.test", authenticity=Authenticity.UNKNOWN_SENDER)
    letter = one(spoof, sheet(*BOTH))
    assert letter.to == "dishub@presensi.test"
    assert "BELUM TERVERIFIKASI" in letter.body


def test_a_stranger_with_nothing_that_names_a_unit_is_not_answered() -> None:
    spoof = mail(at(7, 18), "palsu@jahat.test", authenticity=Authenticity.UNKNOWN_SENDER)
    assert letters(spoof, run(spoof, file(SheetReading(kind=SheetKind.IMAGE)))) == []


def test_a_mail_without_a_sheet_is_told_what_to_send() -> None:
    delivery = mail(at(7, 18))
    (letter,) = letters(delivery, Recording(()), ())
    assert "tanpa lampiran lembar presensi" in letter.body
    assert "XLSX" in letter.body


def test_a_damaged_file_is_told_what_to_send_and_the_window_still_open() -> None:
    delivery = mail(at(7, 18))
    broken = file(problems=(Problem(ProblemCode.DAMAGED, "Berkas rusak; mohon disimpan ulang"),))
    (letter,) = letters(delivery, run(delivery, broken))
    assert "masih tercatat BELUM DITERIMA; batas pengiriman pukul 07.30 WIB." in letter.body
    assert "Berkas rusak; mohon disimpan ulang." in letter.body


def test_the_coordinator_hears_of_a_unit_that_mailed_past_it() -> None:
    delivery = mail(at(7, 20), "parkir@presensi.test")
    found = letters(delivery, run(delivery, file(sheet(row(AGUS, cell()), unit="UPTD Parkir"))))
    assert [(x.kind, x.to) for x in found] == [
        ("receipt", "parkir@presensi.test"),
        ("wrong_route", "dishub@presensi.test"),
    ]
    assert "SALAH JALUR" in found[0].body
    assert found[1].short.startswith("Presensi DATANG UPTD Parkir, Selasa, 24 November 2026, kami terima langsung")
    assert len(found[1].short) <= 600


def test_one_mail_with_several_units_gets_one_receipt() -> None:
    delivery = mail(at(7, 20))
    found = letters(delivery, run(delivery, file(sheet(*BOTH), sheet(row(AGUS, cell()), unit="UPTD Parkir"))))
    assert len(found) == 1
    assert len(found[0].numbers) == 2


def test_a_morning_first_seen_in_the_evening_is_told_as_susulan() -> None:
    delivery = mail(at(15, 40))
    rows = (row(SITI, cell(), cell(session=OUT)), row(BUDI, cell(), cell(session=OUT), no=2))
    (letter,) = letters(delivery, run(delivery, file(sheet(*rows))))
    assert "PULANG Dinas Perhubungan" in letter.body
    assert "SUSULAN" in letter.body


@pytest.mark.parametrize("flag", list(Flag))
def test_no_flag_makes_a_letter_ugly(flag: Flag) -> None:
    delivery = mail(at(7, 18))
    recording = run(delivery, file(sheet(*BOTH)), known=Known())
    flagged = replace(recording, submissions=tuple(replace(d, flags=frozenset({flag})) for d in recording.submissions))
    (letter, *_) = letters(delivery, flagged)
    assert not re.search(r"\{|\}|None|  \S|\n\n\n", letter.body)


def test_no_word_of_ours_is_familiar_or_decorated() -> None:
    body = one(mail(at(7, 18)), sheet(*BOTH)).body
    assert not re.search(r"\b(kamu|anda)\b", body, re.IGNORECASE)
    assert body.isprintable() or all(ch.isprintable() or ch == "\n" for ch in body)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(1, "1 menit"), (60, "1 jam"), (490, "8 jam 10 menit"), (1500, "1 hari 1 jam"), (0, "0 menit")],
)
def test_lateness_is_told_in_the_two_largest_units(minutes: int, text: str) -> None:
    assert duration(minutes) == text


def test_cells_of_other_days_do_not_count_in_the_receipt() -> None:
    other = Cell(Verdict.REPORTED, at(7).date().replace(day=23), OUT)
    body = one(mail(at(7, 18)), sheet(row(SITI, cell(), other), row(BUDI, cell(), no=2))).body
    assert "Terbaca 2 dari 2 pegawai (2 isian ketikan)" in body
