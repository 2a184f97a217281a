"""The words, dates, times and marks of sign-in sheets, in the spellings of DOMAIN.md 8 and 10."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reading import Verdict
from domain.terms import Session
from domain.vocabulary import Key, heading, is_day_label, is_title, is_unit_label, read_mark, sessions_in, unit_name_in
from domain.vocabulary_time import read_day_month, read_period, read_times, time_of_number, weekday_in

RECEIVED = date(2026, 11, 24)
NOV = tuple(date(2026, 11, day) for day in range(1, 31))


@pytest.mark.parametrize(
    "text",
    [
        "22 November 2026", "22-11-2026", "22/11/26", "22.11.2026", "Minggu/22 November 2026", "Tgl. 22 Nop 2026",
        "22 Nopember 2026", "22-Nov-26", "22 nov. 2026", "Minggu, 22 November", "2026-11-22", "Ahad 22 NOVEMBER 2026",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_spelling_day_first(text: str) -> None:
    assert read_period(text, RECEIVED).dates == (date(2026, 11, 22),)


@pytest.mark.parametrize(
    "text",
    [
        "23 s/d 27 November 2026", "23 - 27 Nov 2026", "23 s.d. 27 November 2026", "23 sd 27 Nopember 2026",
        "Senin, 23 November 2026 s.d. Jum'at, 27 November 2026", "23/11/2026 - 27/11/2026", "23-27/11/2026",
        "23/11 - 27/11/2026", "tanggal 23 sampai dengan 27 November 2026", "23 November – 27 November 2026",
        "23 hingga 27 November 2026",
    ],
)  # fmt: skip
def test_a_range_is_read_in_every_spelling(text: str) -> None:
    assert read_period(text, RECEIVED).dates == NOV[22:27]


def test_a_range_may_cross_a_month_or_a_year() -> None:
    assert len(read_period("30 November sd 4 Desember 2026", RECEIVED).dates) == 5
    across = read_period("28 Desember s/d 2 Januari 2027", RECEIVED).dates
    assert (across[0], across[-1]) == (date(2026, 12, 28), date(2027, 1, 2))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("November 2026", (2026, 11)),
        ("Bulan : Pebruari 2027", (2027, 2)),
        ("BULAN AGT TAHUN 2026", (2026, 8)),
        ("11/2026", (2026, 11)),
        ("Minggu ke-4 November 2026", (2026, 11)),
        ("Minggu IV bulan Nopember", (2026, 11)),
        ("Desember", (2026, 12)),
        ("Februari", (2026, 2)),
    ],
)
def test_a_month_alone_and_a_week_number_give_no_day(text: str, month: tuple[int, int]) -> None:
    period = read_period(text, RECEIVED)
    assert (period.dates, period.month) == ((), month)


@pytest.mark.parametrize("text", ["11/22/2026", "31 Juni 2026", "07.30", "Jl. Melati 5", "1.234,5", "", "23 s/d 27"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_period(text, RECEIVED).dates == ()
    assert read_period(text, RECEIVED).month is None


def test_the_named_day_is_compared_with_the_date() -> None:
    assert read_period("Senin, 24 November 2026", RECEIVED).contradicts_itself
    assert not read_period("Selasa, 24 November 2026", RECEIVED).contradicts_itself
    assert not read_period("24 November 2026", RECEIVED).contradicts_itself


@pytest.mark.parametrize("day", ["Jumat", "Jum'at", "JUM`AT", "Jum’at 27-11-2026", "jum"])
def test_friday_has_many_spellings(day: str) -> None:
    assert weekday_in(day) == 5


def test_a_column_may_lack_the_year() -> None:
    assert read_day_month("Senin 23/11", RECEIVED) == date(2026, 11, 23)
    assert read_day_month("28-12", date(2027, 1, 3)) == date(2026, 12, 28)
    assert read_day_month("23/11/2026", RECEIVED) is None


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from(["%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y"])
)
def test_every_date_is_read_day_first(day: date, spelling: str) -> None:
    assert read_period(day.strftime(spelling), RECEIVED).dates == (day,)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 31))
def test_every_range_holds_each_of_its_days(first: date, more: int) -> None:
    days = tuple(first + timedelta(days=n) for n in range(more + 1))
    assert read_period(f"{first:%d-%m-%Y} s/d {days[-1]:%d-%m-%Y}", RECEIVED).dates == days


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    read_period(text, RECEIVED)
    read_times(text)
    heading(text)
    assert read_mark(text, frozenset({"DL"})).verdict is not Verdict.SIGNED  # BLG-03


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("07.30", [(7, 30)]),
        ("07:30", [(7, 30)]),
        ("7.30", [(7, 30)]),
        ("pkl. 07.30 WIB", [(7, 30)]),
        ("Pukul 07.30 WITA", [(7, 30)]),
        ("jam 15:05", [(15, 5)]),
        ("8:6", [(8, 6)]),  # MLG-30
        ("19:5", [(19, 5)]),  # MLG-30
        ("07.30 s/d 07.30", [(7, 30), (7, 30)]),
        ("07.30-16.00", [(7, 30), (16, 0)]),
        ("setengah delapan", [(7, 30)]),
        ("4:05 PM", [(16, 5)]),
        ("07.30 terlambat", []),
        ("7.3", []),
        ("25.00", []),
        ("07.60", []),
        ("6.800", []),
        ("730", []),
    ],
)
def test_times_in_every_spelling(text: str, times: list[tuple[int, int]]) -> None:
    assert read_times(text) == tuple(time(*t) for t in times)


@given(st.times(), st.sampled_from(["%H.%M", "%H:%M", "pkl. %H.%M WIB", "%H:%M:%S"]))
def test_every_minute_is_read_back(moment: time, spelling: str) -> None:
    seconds = moment.second if "%S" in spelling else 0
    assert read_times(moment.strftime(spelling)) == (time(moment.hour, moment.minute, seconds),)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.3125, (7, 30)), (7.3, (7, 30)), (7.03, (7, 3)), (15.5, (15, 50)), (8.6, None), (1, None)],
)
def test_a_number_is_a_time_only_when_it_can_be_nothing_else(number: float, expected: tuple[int, int] | None) -> None:
    assert time_of_number(number) == (time(*expected) if expected else None)


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        (Key.NO, "NO|NO.|No Urut|NOMOR|NR|N O"),
        (
            Key.NAME,
            "NAMA|NAMA PEGAWAI|Nama Lengkap|NAMA/NIP|NAMA / NIP / PANGKAT|NAMA DAN NIP|Nama/NIP/Pangkat/Gol./Jabatan",
        ),
        (Key.NIP, "NIP|NIP.|N I P|NIP/NIPPPK|NIP./NI PPPK|N.I.P|NIK|NUPTK|NIP/NRPTT|NI PPPK"),
        (Key.RANK, "GOL|GOL.|GOL/RUANG|GOL. RUANG|PANGKAT/GOL|PANGKAT GOLONGAN|PKT/GOL"),
        (Key.POST, "JABATAN|JAB|JABATAN/TUGAS|UNIT KERJA"),
        (Key.SIGN, "TANDA TANGAN|TTD|TT|TANDATANGAN|PARAF|PRF|T.T.D."),
        (Key.NOTE, "KETERANGAN|KET|KET.|ALASAN|CATATAN"),
        (Key.DAY, "HARI|TANGGAL|HARI/TANGGAL|HARI, TANGGAL|TGL|TGL.|BULAN|MINGGU KE"),
        (Key.TOTAL, "JML|JUMLAH|TOTAL"),
        (Key.LINE, "(Masuk/Pulang)|(Jam/Paraf)"),
        (None, "Kendala|Uraian Kegiatan|Budi Santoso"),
    ],
)
def test_every_header_word_is_known(key: Key | None, spellings: str) -> None:
    assert {heading(text).key for text in spellings.split("|")} == {key}


@pytest.mark.parametrize(
    ("session", "spellings"),
    [
        (Session.DATANG, "DATANG|MASUK|PAGI|JAM DATANG|TTD DATANG|ABSEN MASUK|CHECK IN|Datang (07.00 s/d 07.30 WIB)"),
        (Session.PULANG, "PULANG|KEPULANGAN|SIANG|SORE|JAM PULANG|KELUAR|Paraf (Pulang)|TANDA TANGAN PULANG"),
    ],
)
def test_every_session_word_is_known(session: Session, spellings: str) -> None:
    assert {heading(text).session for text in spellings.split("|")} == {session}


def test_labels_and_titles() -> None:
    assert all(
        map(is_unit_label, "OPD|NAMA OPD|SKPD|PERANGKAT DAERAH|INSTANSI|Unit Kerja|SATKER|UPTD|SEKOLAH".split("|"))
    )
    assert all(map(is_day_label, "Hari, Tanggal|TGL.|Minggu ke|Tanggal/Bulan/Tahun|Periode".split("|")))
    titles = "DAFTAR HADIR|ABSENSI APEL ASN|DAFTAR TANDA TANGAN|PRESENSI MANUAL|REKAPITULASI KEHADIRAN|REKAP ABSEN"
    assert all(map(is_title, titles.split("|")))
    assert sessions_in("DAFTAR HADIR KEPULANGAN") == (Session.PULANG,)
    assert unit_name_in("DAFTAR HADIR DINAS PERHUBUNGAN") == "DINAS PERHUBUNGAN"
    assert unit_name_in("Jl. Dinas No. 1") is None


CODES = frozenset({"DL", "TK", "S", "SAKIT", "DINAS LUAR", "H"})


@pytest.mark.parametrize(
    ("verdict", "texts"),
    [
        (Verdict.REPORTED, "H|h|√|v|V|✓|✔|hadir|Hadir.|ada|07.30|07.30 (hadir)|07.15 √"),
        (Verdict.CODE, "DL|dl.|D.L|DL (rapat)|S|Sakit|TK|Dinas Luar|DL - Surabaya"),
        (Verdict.EMPTY, "| |....|…|___|-|7. ....|7."),
        (Verdict.UNSURE, "1|7|x|X|?|TL|Budi|07.30 terlambat|S/I|7.3|TRUE|sudah"),
    ],
)
def test_each_mark_gets_the_verdict_that_is_certain(verdict: Verdict, texts: str) -> None:
    for text in texts.split("|"):
        mark = read_mark(text, CODES, no=7)
        assert mark.verdict is verdict, text
        assert (mark.code is not None) == (verdict is Verdict.CODE)


def test_an_unknown_code_is_never_guessed_k3() -> None:
    assert read_mark("TL", frozenset({"DL"})).verdict is Verdict.UNSURE
    assert read_mark("TL", frozenset({"TL"})).code == "TL"
