"""Reports on paper: what stands on the pages, that it fits, and that text is never markup."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pdfplumber
import pypdfium2
import pytest

from domain.profile import load_profile
from domain.sheet_layout import Paper
from reports.content import monthly_identity, unit_recap_identity, weekly_identity
from reports.figures import spaced_nip
from reports.figures_monthly import Monthly, monthly
from reports.figures_weekly import Weekly, weekly
from reports.pdf import Frame, Signatory, typeset
from reports.pdf_monthly import month_title, monthly_pdf, unit_recap_pdf
from reports.pdf_pages import MARGIN, table_of, unit_pages
from reports.pdf_weekly import listed_people, weekly_pdf
from tests.fakes.report_world import month_input, people, units, week_input

TLG, BLG, MLG = (load_profile(name) for name in ("tulungagung", "bulungan", "malang"))
HEAD = Signatory(
    "Tanjung Selor",
    date(2026, 10, 31),
    "Plt. Kepala Dinas",
    "Drs. Contoh, M.Si.",
    "Pembina, IV/a",
    "196804111993031009",
)
LONG = "Prof. Dr. Hj. RADEN AYU SITI KUSUMANINGTYAS PRABANDARI WIDYANINGRUM, S.Pd., M.Pd., Ph.D."
_POINTS = 72 / 25.4


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


@cache
def a_week() -> Weekly:
    return weekly(week_input(TLG, 8, 6), TLG)


def week_frame(paper: Paper = Paper.F4) -> Frame:
    return Frame(weekly_identity(a_week(), TLG), TLG, ("REKAP MINGGUAN",), "Kepala Subbidang Disiplin ASN", HEAD, paper)


def month_frame(month: Monthly, profile_name: str = "tulungagung", paper: Paper = Paper.F4) -> Frame:
    profile = load_profile(profile_name)
    title = month_title(month, profile)
    return Frame(monthly_identity(month, profile), profile, title, "", HEAD, paper, landscape=True)


def a_month(
    profile_name: str, unit_count: int, per_unit: int, first: date = date(2026, 10, 1), days: int = 31
) -> Monthly:
    profile = load_profile(profile_name)
    return monthly(month_input(profile, unit_count, per_unit, first, days), profile)


def unit_recap(
    profile_name: str, per_unit: int, paper: Paper = Paper.F4, changed: frozenset[tuple[str, str, date]] = frozenset()
) -> bytes:
    month = a_month(profile_name, 1, per_unit)
    frame = month_frame(month, profile_name, paper)
    report = unit_recap_identity(month, month.units[0], frame.profile)
    return unit_recap_pdf(month, replace(frame, report=report, kop=("PEMERINTAH", "DINAS PERHUBUNGAN")), changed)


def test_the_weekly_report_carries_letterhead_figures_proof_and_signature() -> None:
    week, frame = a_week(), week_frame()
    text = " ".join(pages(weekly_pdf(week, frame)))
    assert "PEMERINTAH KABUPATEN TULUNGAGUNG BADAN KEPEGAWAIAN DAERAH" in text
    assert f"Dari {week.total.due} kiriman wajib tanggal 23–27 November 2026: {week.total.on_time} tepat waktu" in text
    assert frame.report.sha256[:32] in text
    assert week.audit_head in text
    assert (
        "Tanjung Selor, 31 Oktober 2026 Plt. Kepala Dinas Drs. Contoh, M.Si. Pembina, IV/a NIP. 19680411 199303 1 009"
        in text
    )
    for unit in week.most_missing:
        assert unit.unit.name in text
    assert "Bukan penetapan hukuman" in text
    assert "ambang ditetapkan PPK" in text


@pytest.mark.parametrize("paper", list(Paper))
def test_every_page_of_both_papers_is_counted_and_inside_its_margins(paper: Paper) -> None:
    pdf = weekly_pdf(a_week(), week_frame(paper))
    texts = pages(pdf)
    for number, text in enumerate(texts, 1):
        assert f"Halaman {number} dari {len(texts)}" in text
    inside(pdf, paper.size)


def inside(pdf: bytes, size: tuple[float, float]) -> None:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            assert (round(page.width / _POINTS), round(page.height / _POINTS)) == (round(size[0]), round(size[1]))
            marks = [*page.chars, *page.rects, *page.lines]
            assert min(c["x0"] for c in marks) >= (MARGIN - 1) * _POINTS
            assert max(c["x1"] for c in marks) <= page.width - (MARGIN - 1) * _POINTS
            assert max(c["bottom"] for c in marks) <= page.height - 5 * _POINTS


def test_an_empty_week_is_still_a_report() -> None:
    given_week = replace(week_input(TLG, 1, 1, with_watch=False), sendings=[], people=[], corrections=[], audit_head="")
    week = weekly(given_week, TLG)
    texts = pages(weekly_pdf(week, Frame(weekly_identity(week, TLG), TLG, ("REKAP",))))
    assert "Dari 0 kiriman wajib" in texts[0]
    assert "Belum ada kiriman." in texts[0]


def test_a_later_version_says_what_it_replaces_and_lists_it() -> None:
    first = weekly_identity(a_week(), TLG)
    later = replace(a_week(), objections=9)
    report = weekly_identity(later, TLG, earlier=first)
    text = " ".join(pages(weekly_pdf(later, replace(week_frame(), report=report))))
    assert "MENGGANTIKAN versi 1" in text
    assert "jumlah, sanggahan belum diputus: 3 → 9" in text


def test_names_are_text_never_markup() -> None:
    given_week = week_input(TLG, 1, 1)
    evil = '#panic("x") $x$ *tebal* `kode` @a <b> \\ [c]'
    odd = replace(units(1)[0], name=evil)
    text = " ".join(pages(weekly_pdf(weekly(replace(given_week, units=[odd]), TLG), week_frame())))
    assert evil in text


def test_form_f_has_its_title_columns_four_lines_and_legend() -> None:  # BLG form F
    text = " ".join(pages(unit_recap("bulungan", 5)))
    assert "LAPORAN PRESENSI MANUAL REKAP PRESENSI PEGAWAI PERIODE 01-10-2026 s.d 31-10-2026" in text
    assert "Nama OPD : Dinas Perhubungan 1" in text
    assert "Nama/NIP/Pangkat/Gol./Jabatan" in text
    legend = "KETERANGAN: H : HADIR, A : ALPA, C : CUTI, S : SAKIT, DL : DINAS LUAR, TK : TUGAS KHUSUS"
    assert legend in text
    person = people(units(1)[0], 1)[0]
    assert f"{person.name} {spaced_nip(person.nip)} {person.rank} {person.post}" in text


def test_the_head_signs_where_the_profile_says_so() -> None:
    assert BLG.forms["monthly"].head_signature
    assert "Plt. Kepala Dinas" in pages(unit_recap("bulungan", 5))[-1]
    assert "Plt. Kepala Dinas" not in " ".join(pages(unit_recap("tulungagung", 5)))


def test_malang_prints_its_own_title_and_its_own_tk() -> None:  # K1
    text = " ".join(pages(unit_recap("malang", 8)))
    assert "REKAP ABSEN OKTOBER 2026" in text
    assert "TK : TANPA KETERANGAN" in text


@pytest.mark.parametrize("profile_name", ["bulungan", "tulungagung"])
@pytest.mark.parametrize("paper", list(Paper))
def test_thirty_one_days_fit_and_each_cell_lies_in_its_column(profile_name: str, paper: Paper) -> None:
    month = a_month(profile_name, 1, 24)
    frame = month_frame(month, profile_name, paper)
    pdf = monthly_pdf(month, frame)
    inside(pdf, frame.size)
    table = table_of(month, frame.profile, frame.size)
    left = MARGIN + 7 + table.name
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        found = [page for page in document.pages if "Jumlah menurut unit" not in (page.extract_text() or "")]
        (unit,) = month.units
        words = []
        for page in found:
            on_page = page.extract_words()
            end = next((w["top"] for w in on_page if w["text"] == "Jumlah"), page.height - 40)
            words += [w for w in on_page if w["top"] < end]
    for day in range(31):
        low, high = (left + day * table.day) * _POINTS, (left + (day + 1) * table.day) * _POINTS
        in_column = [w["text"] for w in words if low <= w["x0"] and w["x1"] <= high]
        expected = [line.cells[day] for line in unit.lines if line.cells[day] not in ("", "½")]
        # "½" is one glyph that extraction may split; the others must be there, each in its own column.
        assert sorted(t for t in in_column if t in {"H", "DL", "S", "C", "A", "TH", "·"}) == sorted(expected)


def test_a_long_name_becomes_smaller_and_stays_in_its_column() -> None:
    month = a_month("bulungan", 1, 1)
    (line,) = month.units[0].lines
    long_line = replace(
        line, person=replace(line.person, name=LONG, post="Pengelola Kepegawaian dan Tata Usaha pada Subbagian Umum")
    )
    unit = replace(month.units[0], lines=(long_line,))
    month = replace(month, units=(unit,))
    for paper in Paper:
        frame = month_frame(month, "bulungan", paper)
        table = table_of(month, BLG, frame.size)
        with pdfplumber.open(io.BytesIO(unit_recap_pdf(month, frame))) as document:
            words = document.pages[0].extract_words()
        last = next(w for w in words if w["text"] == "Ph.D.")
        assert last["x1"] <= (MARGIN + 7 + table.name) * _POINTS


def test_the_consolidated_month_counts_its_pages_over_all_parts() -> None:
    month = a_month("tulungagung", 20, 3)
    texts = pages(monthly_pdf(month, month_frame(month)))
    for number, text in enumerate(texts, 1):
        assert f"Halaman {number} dari {len(texts)}" in text
    whole = " ".join(texts)
    for unit in month.units:
        assert f"Unit : {unit.unit.name}" in whole
    assert "Budi Lestari" in whole
    assert "belum kembali" in whole
    assert "1 beda" in whole


def test_changed_cells_are_framed_and_explained() -> None:
    plain = unit_recap("bulungan", 4)
    marked = unit_recap("bulungan", 4, changed=frozenset({("U001", "U001-1", date(2026, 10, 6))}))
    assert "Sel berbingkai tebal" not in pages(plain)[0]
    assert "Sel berbingkai tebal: berubah sejak rancangan" in " ".join(pages(marked))


@pytest.mark.parametrize("days", [28, 29, 30, 31])
def test_every_month_length_fills_the_same_width(days: int) -> None:
    month = a_month("tulungagung", 1, 1, date(2027, 1, 1), days)
    table = table_of(month, TLG, (330, 215))
    right = MARGIN + 7 + table.name + days * table.day + table.total * len(table.totals)
    assert right == pytest.approx(330 - MARGIN)


@pytest.mark.parametrize("per_unit", range(1, 60, 3))
def test_no_page_ends_without_a_person_and_none_overflows(per_unit: int) -> None:
    month = a_month("bulungan", 1, per_unit)
    table = table_of(month, BLG, (297, 210))
    found = unit_pages(month.units[0], month, table, letter=70, signed=True)
    assert sum(len(page["rows"]) for page in found) == per_unit
    assert all(page["rows"] for page in found)
    assert [page["last"] for page in found] == [False] * (len(found) - 1) + [True]
    for page in found:
        ending = 5 + 11 + 44 if page["last"] else 0
        bottom = page["top"] + 8 + len(page["rows"]) * table.row + ending
        assert bottom <= 210 - 15 + 0.01


def test_a_recap_without_nip_or_rank_prints_dashes() -> None:
    month = a_month("bulungan", 1, 1)
    (line,) = month.units[0].lines
    bare = replace(line, person=replace(line.person, nip="", rank="", post=""))
    month = replace(month, units=(replace(month.units[0], lines=(bare,)),))
    assert "– – –" in pages(unit_recap_pdf(month, month_frame(month, "bulungan")))[0]


def test_the_same_figures_give_the_same_weekly_bytes() -> None:
    assert weekly_pdf(a_week(), week_frame()) == weekly_pdf(a_week(), week_frame())


def test_a_template_that_gives_pictures_instead_of_a_document_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd:
        def compile(self, **_: object) -> list[bytes]:
            return []

    monkeypatch.setattr("reports.pdf._compiler", lambda template: Odd())
    with pytest.raises(TypeError, match="weekly"):
        typeset("weekly", {})


def test_a_week_with_corrections_of_everybody_tells_who_made_them() -> None:
    found = a_week()
    one = found.corrections[0]
    more = replace(
        found, corrections=(one, replace(one, at=one.at + timedelta(minutes=5))), corrected_by=(("Petugas Rekap", 2),)
    )
    assert "Menurut petugas: Petugas Rekap (2)." in " ".join(pages(weekly_pdf(more, week_frame())))


def test_a_month_without_people_or_returns_is_still_a_report() -> None:
    nobody = a_month("tulungagung", 1, 0)
    assert "Rekap memuat 0 pegawai dari 0 unit" in pages(monthly_pdf(nobody, month_frame(nobody)))[0]
    month = replace(a_month("tulungagung", 1, 2), returns=())
    assert "Dinas Perhubungan 1 2 44" in pages(monthly_pdf(month, month_frame(month)))[0]


def test_only_numbers_of_18_digits_are_written_with_spaces() -> None:
    assert spaced_nip("196804111993031009") == "19680411 199303 1 009"
    assert spaced_nip("F17") == "F17"


def test_of_a_large_government_the_pdf_lists_only_those_who_wait_for_somebody() -> None:
    week = weekly(week_input(TLG, 6, 10), TLG)
    listed, note = listed_people(week, 3)
    assert len(listed) == 3
    assert all(p.open or p.to_check for p in listed)
    hidden = sum(bool(p.coded or p.open or p.to_check) for p in week.people) - 3
    assert note.startswith(f"{hidden} pegawai dengan kode atau sel terbuka tidak dimuat")
