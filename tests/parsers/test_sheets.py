"""Particular sheets, each for one thing that offices do; read by the parsers in this process."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image

from domain.errors import ReadingError
from domain.reading import Cell, FileReading, HeadMark, ProblemCode, SheetKind, SheetReading, Verdict
from domain.terms import Session
from parsers import archive, text_table, web_table, word, workbook
from parsers.base import ParseContext
from tests.parsers import draw
from tests.parsers.layouts import CODES

D, P = Session.DATANG, Session.PULANG
DAY = date(2026, 11, 24)
CONTEXT = ParseContext("lembar.xlsx", CODES, DAY)
HEAD: draw.Rows = [["DAFTAR HADIR PEGAWAI"], ["OPD : Dinas Sosial"], ["Tanggal : 24 November 2026"]]
COLUMNS: draw.Rows = [["NO", "NAMA", "NIP", "DATANG", "PULANG", "KET"]]
NIP = "196804111993031009"


def read(rows: draw.Rows, context: ParseContext = CONTEXT) -> FileReading:
    return workbook.PARSER.parse(draw.xlsx(rows, []), context)


def only(reading: FileReading) -> SheetReading:
    (sheet,) = reading.sheets
    return sheet


def cells(*typed: object, note: str = "", context: ParseContext = CONTEXT) -> list[Cell]:
    """The cells of one person whose DATANG and PULANG hold ``typed``."""
    row: list[object] = [1, "Budi", NIP, *typed, *[""] * (2 - len(typed)), note]
    return list(only(read([*HEAD, *COLUMNS, row], context)).rows[0].cells)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (time(7, 15), time(7, 15)),
        (datetime(2026, 11, 24, 7, 16), time(7, 16)),  # noqa: DTZ001
        (timedelta(hours=7, minutes=17), time(7, 17)),
        (0.3125, time(7, 30)),
        (7.3, time(7, 30)),
        (7.05, time(7, 5)),
        ("7:5", time(7, 5)),
        ("setengah delapan", time(7, 30)),
        (True, None),
    ],
)
def test_a_time_in_any_kind_of_cell_is_reported(value: object, expected: time | None) -> None:
    assert [(c.verdict, c.time) for c in cells(value)] == [(Verdict.REPORTED, expected), (Verdict.EMPTY, None)]


@pytest.mark.parametrize(
    "value", [1, 8.6, 730, "7.3", "25.00", date(2026, 11, 24), "=1/0", "07.15 terlambat", "x", "#N/A"]
)
def test_what_is_not_certain_stays_unsure_with_its_text(value: object) -> None:
    if value == "=1/0":  # a formula without a cached value is an empty cell
        assert cells(value)[0].verdict is Verdict.EMPTY
        return
    cell = cells(value)[0]
    assert (cell.verdict, cell.code, cell.time) == (Verdict.UNSURE, None, None)
    assert cell.text


def test_a_spoken_afternoon_time_is_after_noon() -> None:
    assert [c.time for c in cells("setengah delapan", "setengah lima")] == [time(7, 30), time(16, 30)]


def test_a_code_is_only_what_the_profile_knows_k1() -> None:
    bulungan = replace(CONTEXT, codes=frozenset({"TK", "TUGAS KHUSUS"}))
    tarakan = replace(CONTEXT, codes=frozenset({"TL"}))
    known, unknown = cells("TK", context=bulungan)[0], cells("TK", context=tarakan)[0]
    assert (known.verdict, known.code) == (Verdict.CODE, "TK")
    assert (unknown.verdict, unknown.code, unknown.text) == (Verdict.UNSURE, None, "TK")


def test_a_code_in_keterangan_stands_for_a_day_without_any_mark() -> None:
    assert [(c.verdict, c.code) for c in cells(note="Sakit (surat dokter)")] == [(Verdict.CODE, "SAKIT")] * 2
    assert [c.verdict for c in cells("07.20", note="DL")] == [Verdict.REPORTED, Verdict.EMPTY]
    assert [c.verdict for c in cells(note="rapat di kecamatan")] == [Verdict.EMPTY] * 2


def test_a_nip_in_a_number_cell_keeps_every_digit_that_is_left() -> None:
    rows: draw.Rows = [
        [1, "Budi", 1.97911222006121e17, "H"],
        [2, "Ani", "197911222006121000", "H"],
        [3, "Eka", f"'{NIP}"],
    ]
    assert [r.nip for r in only(read([*HEAD, *COLUMNS, *rows])).rows] == [
        "1.97911222006121e+17",
        "197911222006121000",
        NIP,
    ]


def test_several_units_on_one_sheet_become_several_sheets() -> None:
    inside: draw.Rows = [
        ["UPTD PARKIR"],
        [1, "Ani", "", "H"],
        [2, "Eka", "", ""],
        ["UPTD TERMINAL"],
        [1, "Iwan", "", "07.20"],
    ]
    below: draw.Rows = [[], ["UNIT KERJA : UPTD Pengujian"], *COLUMNS, [1, "Oka", "", "v"]]
    reading = read([*HEAD, *COLUMNS, [1, "Budi", NIP, "H"], *inside, *below])
    assert [(s.unit_text, [r.name for r in s.rows], s.dates) for s in reading.sheets] == [
        ("Dinas Sosial", ["Budi"], (DAY,)),
        ("UPTD PARKIR", ["Ani", "Eka"], (DAY,)),
        ("UPTD TERMINAL", ["Iwan"], (DAY,)),
        ("UPTD Pengujian", ["Oka"], (DAY,)),
    ]


def test_a_section_name_and_a_restarted_number_stay_in_the_unit() -> None:
    rows: draw.Rows = [
        ["SEKRETARIAT"],
        [1, "Budi", NIP, "H"],
        ["", "BIDANG DARAT"],
        [1, "Ani", "", "v"],
        *COLUMNS,
        [2, "Eka"],
    ]
    assert [(r.no, r.name) for r in only(read([*HEAD, *COLUMNS, *rows])).rows] == [(1, "Budi"), (1, "Ani"), (2, "Eka")]


def test_tables_of_several_days_below_each_other_keep_their_own_dates() -> None:
    next_day: draw.Rows = [[], ["Tanggal : 25 November 2026"], *COLUMNS, [1, "Budi", NIP, "07.25"]]
    reading = read([*HEAD, *COLUMNS, [1, "Budi", NIP, "07.20"], *next_day])
    assert [(s.dates, s.unit_text, s.rows[0].cells[0].time) for s in reading.sheets] == [
        ((DAY,), "Dinas Sosial", time(7, 20)),
        ((date(2026, 11, 25),), "Dinas Sosial", time(7, 25)),
    ]


def test_every_visible_worksheet_is_read_and_hidden_ones_are_not() -> None:
    book = openpyxl.load_workbook(io.BytesIO(draw.xlsx([*HEAD, *COLUMNS, [1, "Budi", NIP, "H"]], [])))
    for title in ("Bidang A", "Arsip"):
        book.copy_worksheet(book.worksheets[0]).title = title
    book["Arsip"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert [s.name for s in workbook.PARSER.parse(out.getvalue(), CONTEXT).sheets] == ["Sheet", "Bidang A"]


def test_a_picture_in_a_cell_is_neither_a_signature_nor_nothing() -> None:
    book = openpyxl.load_workbook(io.BytesIO(draw.xlsx([*HEAD, *COLUMNS, [1, "Budi", NIP, "", ""], [2, "Ani"]], [])))
    ink = io.BytesIO()
    Image.new("L", (20, 10)).save(ink, "PNG")
    book.worksheets[0].add_image(SheetImage(ink), "D5")
    out = io.BytesIO()
    book.save(out)
    rows = only(workbook.PARSER.parse(out.getvalue(), CONTEXT)).rows
    assert [(c.verdict, c.text) for r in rows for c in r.cells] == [
        (Verdict.UNSURE, "gambar"),
        (Verdict.EMPTY, ""),
        (Verdict.EMPTY, ""),
        (Verdict.EMPTY, ""),
    ]


def test_a_row_with_marks_but_no_name_is_kept_and_told() -> None:
    sheet = only(read([*HEAD, *COLUMNS, [1, "Budi", NIP, "H"], [2, "", "", "07.30"], [3, "", "", ""]]))
    assert [(r.no, r.name, r.cells[0].verdict) for r in sheet.rows] == [(1, "Budi", "reported"), (2, "", "reported")]
    assert [p.code for p in sheet.problems] == [ProblemCode.ROW_UNREAD]


def test_a_person_without_a_number_is_a_person() -> None:
    rows = only(read([*HEAD, *COLUMNS, [1, "Budi", NIP, "H"], ["", "Ani", NIP, ""], ["", "Eka", "", "v"]])).rows
    assert [(r.no, r.name) for r in rows] == [(1, "Budi"), (None, "Ani"), (None, "Eka")]


def test_the_signature_block_is_never_a_person_and_never_a_signature() -> None:
    foot: draw.Rows = [
        ["", "Mengetahui,", "", "Tulungagung, 24 November 2026"],
        ["", "Kepala Dinas Sosial", "", "Pengelola Kepegawaian"],
        [],
        ["", "Drs. Slamet Riyadi", "", "Siti Aminah"],
        ["", f"NIP. {NIP}", "", f"NIP. {NIP}"],
    ]
    sheet = only(read([*HEAD, *COLUMNS, [1, "Budi", NIP, "H"], *foot]))
    assert [r.name for r in sheet.rows] == ["Budi"]
    assert sheet.head is HeadMark.ABSENT


def test_a_daily_sheet_without_a_date_says_so() -> None:
    sheet = only(read([HEAD[0], HEAD[1], *COLUMNS, [1, "Budi", NIP, "H"]]))
    assert (sheet.dates, sheet.rows[0].cells[0].date) == ((), None)
    assert [p.code for p in sheet.problems] == [ProblemCode.DATE_MISSING]


def test_a_daily_sheet_for_a_whole_week_does_not_choose_a_day() -> None:
    week: draw.Rows = [["Tanggal : 23 s/d 27 November 2026"]]
    sheet = only(read([HEAD[0], HEAD[1], *week, *COLUMNS, [1, "Budi", NIP, "H"]]))
    assert len(sheet.dates) == 5
    assert {c.date for c in sheet.rows[0].cells} == {None}


def test_a_weekday_that_contradicts_its_date_is_told() -> None:
    wrong: draw.Rows = [["Hari/Tanggal : Senin, 24 November 2026"]]
    sheet = only(read([HEAD[0], HEAD[1], *wrong, *COLUMNS, [1, "Budi", NIP, "H"]]))
    assert [p.code for p in sheet.problems] == [ProblemCode.DATE_DOUBTFUL]


def test_a_sheet_without_a_unit_says_so() -> None:
    sheet = only(read([HEAD[0], HEAD[2], *COLUMNS, [1, "Budi", NIP, "H"]]))
    assert (sheet.unit_text, [p.code for p in sheet.problems]) == (None, [ProblemCode.UNIT_MISSING])


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        (
            [["PEMERINTAH KABUPATEN TULUNGAGUNG"], ["DINAS KESEHATAN"], ["UPTD PUSKESMAS KAUMAN"]],
            "UPTD PUSKESMAS KAUMAN",
        ),
        ([["ABSENSI BAGIAN UMUM"]], "BAGIAN UMUM"),
        ([["Nama OPD", ":", "Inspektorat"], ["Alamat : Jl. Dinas Lama 3"]], "Inspektorat"),
        ([["SKPD: SMPN 2 Kauman", "", "Hari/Tgl: Selasa, 24 November 2026"]], "SMPN 2 Kauman"),
    ],
)
def test_the_unit_is_found_wherever_it_stands(lines: draw.Rows, unit: str) -> None:
    assert only(read([HEAD[0], *lines, HEAD[2], *COLUMNS, [1, "Budi", NIP, "H"]])).unit_text == unit


def test_a_month_without_a_year_is_the_latest_one() -> None:
    head: draw.Rows = [HEAD[0], HEAD[1], ["Bulan : Desember"], ["NO", "NAMA", *range(1, 32)], [1, "Budi", *["H"] * 31]]
    sheet = only(read(head, replace(CONTEXT, received=date(2027, 1, 4))))
    assert (sheet.dates[0], sheet.dates[-1], sheet.kind) == (date(2026, 12, 1), date(2026, 12, 31), SheetKind.MONTHLY)


def test_times_of_arrival_and_departure_in_one_cell_are_two_sessions() -> None:
    rows: draw.Rows = [HEAD[0], HEAD[1], HEAD[2], ["NO", "NAMA", "PARAF"], [1, "Budi", "07.30 - 16.00"]]
    found = only(read(rows)).rows[0].cells
    assert [(c.session, c.time) for c in found] == [(D, time(7, 30)), (P, time(16, 0))]


def test_a_line_for_each_day_takes_its_date_from_the_line() -> None:
    rows: draw.Rows = [
        [HEAD[0][0]],
        [HEAD[1][0]],
        ["NO", "TANGGAL", "NAMA", "MASUK", "PULANG"],
        [1, "23-11-2026", "Budi", "07.20", "16.01"],
        [2, date(2026, 11, 24), "Budi", "07.21", ""],
    ]
    sheet = only(read(rows))
    assert [c.date for r in sheet.rows for c in r.cells] == [date(2026, 11, 23)] * 2 + [DAY] * 2
    assert not sheet.problems


def test_ticks_under_the_codes_of_a_daily_sheet() -> None:
    rows: draw.Rows = [[1, "Budi", "√"], [2, "Ani", "", "v"], [3, "Eka", "v", "v"], [4, "Oka"]]
    sheet = only(read([*HEAD, ["NO", "NAMA", "H", "S", "I"], *rows]))
    assert [[(c.verdict, c.code) for c in r.cells] for r in sheet.rows] == [
        [(Verdict.REPORTED, None)],
        [(Verdict.CODE, "S")],
        [(Verdict.UNSURE, None)],
        [],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["DAFTAR PENERIMA HONOR"], ["NO", "NAMA", "JUMLAH", "TANDA TANGAN"], [1, "Budi", "100.000", ""]],
        [
            ["SURAT KETERANGAN"],
            ["No", "Hari/Tanggal", "Nama/NIP", "Kendala Presensi", "Keterangan"],
            [1, "x", "Budi", "HP"],
        ],
        [
            ["Nama", ":", "Budi"],
            ["No", "Tanggal", "Jenis Aktifitas", "Jumlah", "Ket"],
            [1, "23-11-2026", "rapat", 60, ""],
        ],
        [["no", "nama", "nip", "jabatan", "unit"], [1, "Budi", NIP, "Staf", "Dinas"]],
        [["Halo"]],
    ],
)
def test_what_is_no_attendance_sheet_is_called_so(rows: draw.Rows) -> None:
    reading = read(rows)
    assert not reading.sheets
    assert [p.code for p in reading.problems] == [ProblemCode.NOT_SHEET]


def test_a_titled_sheet_with_unknown_columns_is_told_apart_from_no_sheet() -> None:
    assert [p.code for p in read([["DAFTAR HADIR"], ["Budi", "hadir"]]).problems] == [ProblemCode.UNKNOWN_LAYOUT]


def test_degrees_with_commas_do_not_move_the_columns_of_a_csv() -> None:
    head = "DAFTAR HADIR\nOPD : Dinas Sosial\nTanggal : 24-11-2026\n"
    text = f"{head}NO,NAMA,NIP,DATANG,PULANG\n1,Budi, S.E., M.M.,{NIP},07.15,\n"
    row = only(text_table.PARSER.parse(text.encode("cp1252"), CONTEXT)).rows[0]
    assert (row.name, row.nip, row.cells[0].time) == ("Budi, S.E., M.M.", NIP, time(7, 15))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_csv_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    rows = [["ABSENSI"], ["OPD : Dinas Sosial"], ["24/11/26"], ["NO", "NAMA", "JAM DATANG"], ["1", "André", "7:5"]]
    text = "\r\n".join(separator.join(r) for r in rows)
    row = only(text_table.PARSER.parse(text.encode(encoding), CONTEXT)).rows[0]
    assert (row.name, row.cells[0].time) == ("André", time(7, 5))


def test_paragraphs_and_a_table_of_a_word_document() -> None:
    sheet = only(word.PARSER.parse(draw.word([*HEAD, *COLUMNS, [1, "Budi", NIP, "07.15"], []], []), CONTEXT))
    assert (sheet.unit_text, sheet.dates, sheet.rows[0].nip) == ("Dinas Sosial", (DAY,), NIP)


def test_text_outside_an_html_table_is_its_preamble() -> None:
    page = "<h3>DAFTAR HADIR</h3><p>OPD : Dinas Sosial</p>Tanggal: 24 Nov 2026<table><tr><th>NO<th>NAMA<th>DATANG"
    sheet = only(web_table.PARSER.parse(f"{page}<tr><td>1<td>Budi<td>7:15</table>".encode(), CONTEXT))
    assert (sheet.unit_text, sheet.dates, sheet.rows[0].cells[0].time) == ("Dinas Sosial", (DAY,), time(7, 15))


def test_a_zip_is_read_member_by_member_also_without_a_child() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("Bidang/a.xlsx", draw.xlsx([*HEAD, *COLUMNS, [1, "Budi", NIP, "H"]], []))
        pack.writestr("__MACOSX/._a.xlsx", b"x")
        pack.writestr("b.rar", b"Rar!\x1a\x07\x01\x00")
        pack.writestr("c.xlsx", draw.xlsx(HEAD, [])[:500])
    reading = archive.PARSER.parse(out.getvalue(), CONTEXT)
    assert [s.name for s in reading.sheets] == ["a.xlsx/Sheet"]
    assert [p.code for p in reading.problems] == [ProblemCode.UNSUPPORTED_ARCHIVE, ProblemCode.DAMAGED]
    with pytest.raises(ReadingError):
        archive.PARSER.parse(out.getvalue(), replace(CONTEXT, depth=2))
