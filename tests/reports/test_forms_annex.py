"""Forms B to F of Bulungan, compared with the regulation's own text and RULES.md 2f."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from domain.errors import UsageError
from domain.profile import load_profile
from domain.profile_rules import FormKind
from domain.sheet_layout import Paper
from domain.sheet_plan import Signer
from reports.forms_annex import Field, Filling, Table, annex_form, annex_kinds
from reports.forms_annex_files import annex_files
from tests.fakes.sheets import person

LAW = load_profile("bulungan")
SOURCE = "001_1f72c0bf0fd76392.txt"
STARTS: dict[FormKind, tuple[str, str]] = {
    "apel": ("KOP SURAT\n\nABSENSI APEL", "C. FORMAT SURAT KETERANGAN"),
    "letter": ("KOP SURAT\n\n.....", "D. FORMAT LAPORAN KINERJA"),
    "kinerja": ("LAPORAN KINERJA HARIAN MANUAL\nAPARATUR", "E. FORMAT PRESENSI MANUAL"),
    "manual_presence": ("PRESENSI MANUAL BAGI ASN", "F. FORMAT LAPORAN PRESENSI"),
    "manual_recap": ("REKAP PRESENSI PEGAWAI", "Salinan sesuai dengan aslinya"),
}


def words(text: str) -> list[str]:
    return sorted(re.findall(r"[^\s:|]+", text))


def pdf_text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def xlsx_text(data: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(data))
    return "\n".join(str(v) for page in book.worksheets for row in page.iter_rows(values_only=True) for v in row if v)


@pytest.mark.parametrize("kind", STARTS)
def test_both_files_have_exactly_the_words_of_the_annex(kind: FormKind, shared: Path) -> None:
    source = (shared / "seeds" / SOURCE).read_text("utf-8").replace("\r", "")
    start, end = STARTS[kind]
    at = source.index(start)
    annex = source[at : source.index(end, at)]
    if kind == "manual_recap":
        annex = "LAPORAN PRESENSI MANUAL\n" + annex.replace("PERIODE s.d", "PERIODE ... s.d ...")
    files = annex_files(annex_form(LAW, kind))
    printed = re.sub(r"Halaman \d+ dari \d+", "", pdf_text(files.pdf)).replace("\u00a0", "")
    assert words(printed) == words(annex)
    assert words(xlsx_text(files.xlsx).replace("\u00a0", "")) == words(annex)


HEADS: dict[FormKind, list[str]] = {
    "apel": ["No", "Nama/NIP", "Jabatan", "TTD", "Keterangan"],
    "letter": ["No", "Hari/Tanggal", "Nama/NIP", "Kendala Presensi", "Keterangan"],
    "kinerja": [
        "No", "Tanggal", "Jenis Aktifitas", "Waktu Pengerjaan", "Uraian Kegiatan", "Hasil/ Output", "Jumlah", "Ket"
    ],
    "manual_presence": ["No", "Nama/NIP/Pangkat/Gol./Jabatan", "", "Tanggal", *map(str, range(1, 32))],
    "manual_recap": ["No", "Nama/NIP/Pangkat/Gol./Jabatan", *["Tgl"] * 28, "H", "A", "C", "S", "DL", "TK"],
}  # fmt: skip
LABELS: dict[FormKind, list[str]] = {
    "apel": ["Tanggal/Bulan/Tahun", "Minggu"],
    "letter": ["Nama", "NIP", "Pangkat/Golongan", "Jabatan"],
    "kinerja": [
        "Bulan", "Nama", "NIP", "Pangkat/Gol. Ruang", "Jabatan", "Unit Kerja",
        "Jumlah hari kerja/bulan", "Jumlah kinerja harian yang dibuat", "Jumlah seluruh waktu pengerjaan",
    ],
    "manual_presence": ["Nama OPD", "Bulan"],
    "manual_recap": ["Nama OPD"],
}  # fmt: skip


def table_of(kind: FormKind, filling: Filling | None = None) -> Table:
    return next(block for block in annex_form(LAW, kind, filling).blocks if isinstance(block, Table))


@pytest.mark.parametrize("kind", STARTS)
def test_columns_and_lines_follow_the_annex(kind: FormKind) -> None:
    form = annex_form(LAW, kind)
    table = table_of(kind)
    assert [cell.text for row in table.head for cell in row] == HEADS[kind]
    assert [block.label for block in form.blocks if isinstance(block, Field)] == LABELS[kind]


def grid(table: Table) -> list[list[str]]:
    """The table as a plain grid; raises when cells overlap or leave holes."""
    taken: dict[tuple[int, int], str] = {}
    lines = (*table.head, *table.body)
    for y, line in enumerate(lines):
        x = 0
        for cell in line:
            while (y, x) in taken:
                x += 1
            for v in range(y, y + cell.down):
                for u in range(x, x + cell.across):
                    assert (v, u) not in taken
                    taken[v, u] = cell.text
    return [[taken[y, x] for x in range(len(table.widths))] for y in range(len(lines))]


@pytest.mark.parametrize("kind", STARTS)
def test_merged_cells_fill_the_table_without_holes(kind: FormKind) -> None:
    people = tuple(person(n) for n in range(3))
    for filling in (None, Filling(people=people, first=date(2027, 2, 1), last=date(2027, 2, 28))):
        grid(table_of(kind, filling))


def test_form_e_has_four_lines_a_person_for_in_and_out() -> None:
    rows = grid(table_of("manual_presence"))[2:]
    assert [row[1:4] for row in rows[:4]] == [
        ["Nama", "Masuk", "Jam"], ["NIP", "Masuk", "Paraf"],
        ["Pangkat/Gol.", "Pulang", "Jam"], ["Jabatan", "Pulang", "Paraf"],
    ]  # fmt: skip
    assert [row[0] for row in rows] == [str(n) for n in (1, 2, 3, 4) for _ in range(4)] + [""]
    assert rows[-1][1] == "dst."


def test_form_f_has_one_column_for_each_day_of_the_period() -> None:
    people = (person(0), person(1))
    for last in (date(2027, 2, 28), date(2028, 2, 29), date(2026, 11, 30), date(2026, 12, 31)):
        table = table_of("manual_recap", Filling("Dinas", "Kab", people, last.replace(day=1), last))
        assert [cell.text for cell in table.head[0][2:-6]] == [str(d) for d in range(1, last.day + 1)]
        assert [row[0] for row in grid(table)[1:]] == ["1"] * 4 + ["2"] * 4


def test_what_is_known_of_the_unit_replaces_the_placeholders() -> None:
    signer = Signer("Plt. Kepala Dinas", "Budi Santoso", "198001012005011001", "Pembina/IV/a")
    filling = Filling("Dinas Perhubungan", "Kab. Bulungan", (person(0),), date(2026, 11, 2), date(2026, 11, 30), signer)
    for kind, expected in (
        ("apel", ["DINAS PERHUBUNGAN", "2 November 2026", "Budi Santoso", "Plt. Kepala Dinas"]),
        ("letter", ["NIP : 198001012005011001", "Pangkat/Golongan : Pembina/IV/a", "Jabatan : Plt. Kepala Dinas"]),
        ("kinerja", ["Bulan : November 2026", "Nama : Budi Santoso", "Unit Kerja : Dinas Perhubungan"]),
        ("manual_presence", ["Nama OPD : Dinas Perhubungan", "Bulan : November 2026", "NIP. 198001012005011001"]),
        ("manual_recap", ["REKAP PRESENSI PEGAWAI PERIODE 2 NOVEMBER 2026 s.d 30 NOVEMBER 2026", "Pembina/IV/a"]),
    ):
        text = xlsx_text(annex_files(annex_form(LAW, kind, filling), Paper.A4).xlsx)  # type: ignore[arg-type]
        for line in expected:
            assert line in text, kind


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(BytesIO(annex_files(annex_form(LAW, "apel", Filling(people=(person(2),)))).xlsx))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if str(cell.value).startswith("=1+1")]
    assert [cell.data_type for cell in cells] == ["s"]


def test_only_a_government_whose_rules_bring_the_forms_has_them() -> None:
    assert annex_kinds(LAW) == tuple(STARTS)
    assert annex_kinds(load_profile("malang")) == ()
    with pytest.raises(UsageError, match="formulir"):
        annex_form(load_profile("malang"), "letter")
    with pytest.raises(UsageError, match="formulir"):
        annex_form(LAW, "weekly")
