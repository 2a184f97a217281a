"""The sheets that officers make: they open, say whose they are, and carry what was written."""

import io
import zipfile

import pdfplumber
import pytest
from openpyxl import load_workbook
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException
from PIL import Image, ImageChops

from demo.make_roster import invent
from demo.offices import BY_CODE
from demo.scenario import DAY
from demo.sheets import odd, photo, prints, workbooks
from demo.sheets.paper import Paper, damaged, misspelt, write_paper

TOWN = invent()


def paper(code: str, *, codes: bool = False) -> Paper:
    return write_paper(TOWN, BY_CODE[code], DAY, codes=codes)


def cells(data: bytes, sheet: int = 0) -> list[list[object]]:
    return [list(row) for row in load_workbook(io.BytesIO(data)).worksheets[sheet].iter_rows(values_only=True)]


def test_a_paper_is_the_same_every_time_and_lists_everybody() -> None:
    assert paper("U020") == paper("U020")
    assert [line.name for line in paper("U020").lines] == [e.name for e in TOWN.members("U020")]
    assert all("06.18" <= line.arrived <= "06.54" for line in paper("U020").lines)


def test_the_daily_list_has_typed_times_and_codes() -> None:
    rows = cells(workbooks.daily_list([paper("U020", codes=True)]))
    assert rows[3][0] == "Nama OPD : Dinas Sosial"
    assert rows[4][0] == "Hari/Tanggal : Selasa, 24 November 2026"
    assert rows[6] == ["NO", "NAMA", "NIP", "JABATAN", "DATANG", "PULANG", "KETERANGAN"]
    people = rows[7 : 7 + 25]
    assert [row[6] for row in people if row[6]] == ["DL", "S", "C"]
    assert [row[4] for row in people].count(None) == 3


def test_one_workbook_carries_three_units() -> None:
    data = workbooks.daily_list([paper(code) for code in ("U003", "U004", "U008")])
    names = [cells(data, sheet)[3][0] for sheet in range(3)]
    assert names == ["Nama OPD : Bagian Pemerintahan", "Nama OPD : Bagian Hukum", "Nama OPD : Bagian Organisasi"]


@pytest.mark.parametrize(("code", "days"), [("U013", 5), ("U062", 6)])
def test_the_weekly_grid_has_a_pair_for_each_working_day_and_only_today_filled(code: str, days: int) -> None:
    rows = cells(workbooks.weekly_grid(paper(code)))
    head, pairs, first = rows[6], rows[7], rows[8]
    assert head[3] == "SENIN\n23-11-2026"
    assert head[5] == "SELASA\n24-11-2026"
    assert pairs[3 : 3 + 2 * days] == ["DATANG", "PULANG"] * days
    filled = [place for place, cell in enumerate(first[3 : 3 + 2 * days]) if cell]
    assert filled == [2]


def test_the_combined_list_has_name_and_number_in_one_cell_under_a_merged_heading() -> None:
    data = workbooks.combined_list(paper("U051"))
    rows = cells(data)
    assert rows[6][1] == "NAMA / NIP"
    assert rows[7][3:5] == ["DATANG", "PULANG"]
    assert str(rows[8][1]).split("\n") == [paper("U051").lines[0].name, f"NIP. {paper('U051').lines[0].nip}"]
    assert "D7:E7" in [str(r) for r in load_workbook(io.BytesIO(data)).worksheets[0].merged_cells.ranges]


def test_slips_change_names_and_spreadsheets_eat_numbers() -> None:
    clean = paper("U014")
    slipped = misspelt(clean)
    assert sum(a.name != b.name for a, b in zip(clean.lines, slipped.lines, strict=True)) >= 5
    eaten = [line.nip for line in damaged(clean).lines if line.nip != "-"]
    assert all(isinstance(nip, int) and nip % 1000 == 0 for nip in eaten)


def test_the_pdf_has_a_text_layer_and_the_locked_one_does_not_open() -> None:
    with pdfplumber.open(io.BytesIO(prints.text_pdf(paper("U052")))) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "SMP Negeri 3 Tulungagung" in text
    assert all(str(line.nip) in text for line in paper("U052").lines)
    with pytest.raises((PdfminerException, PDFPasswordIncorrect)):
        pdfplumber.open(io.BytesIO(prints.text_pdf(paper("U023"), password="rahasia")))


def test_the_photo_is_a_jpeg_of_a_page_with_blue_ink_and_the_same_every_time() -> None:
    data = photo.photograph(paper("U018"))
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    assert min(image.size) > 1200
    red, blue = (image.getchannel(band).resize((620, 880)) for band in "RB")
    ink = sum(ImageChops.subtract(blue, red).histogram()[40:])
    assert ink > 200
    assert data == photo.photograph(paper("U018"))


def test_the_odd_files_are_what_they_claim() -> None:
    with zipfile.ZipFile(io.BytesIO(odd.zip_bomb())) as bomb:
        (member,) = bomb.infolist()
    assert member.file_size > 100 * member.compress_size
    assert len(odd.endless_workbook()) < 10_000
    assert odd.rar("a.xlsx", b"isi").startswith(b"Rar!\x1a\x07\x01\x00")
    with zipfile.ZipFile(io.BytesIO(odd.zipped("a.xlsx", b"isi"))) as honest:
        assert honest.read("a.xlsx") == b"isi"
