"""Numbers, versions, hashes, QR codes, the answer to CEK, and the covering mail."""

from dataclasses import replace
from datetime import date, timedelta

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from domain.profile import load_profile
from domain.sheet_layout import Paper
from reports.content import monthly_identity, period_text, span_text, unit_recap_identity, weekly_identity
from reports.cover import CHANGES_SHOWN, change_line, monthly_cover, weekly_cover
from reports.figures_monthly import monthly
from reports.figures_weekly import weekly
from reports.numbering import (
    Change,
    ReportKind,
    content_hash,
    differences,
    qr_payload,
    read_qr,
    report_number,
    verification_text,
)
from reports.pdf import Frame
from reports.pdf_weekly import weekly_pdf
from tests.fakes.report_world import MONDAY, month_input, sending, units, week_input

TLG = load_profile("tulungagung")
WEEK_INPUT = week_input(TLG, 3, 4)
WEEK = weekly(WEEK_INPUT, TLG)
FIRST = weekly_identity(WEEK, TLG)
LATER_WEEK = weekly(
    replace(
        WEEK_INPUT,
        sendings=[
            sending(TLG, units(3)[0], MONDAY, s.window.session, 40) if n == 0 else s
            for n, s in enumerate(WEEK_INPUT.sendings)
        ],
        as_of=WEEK.as_of + timedelta(hours=2),
    ),
    TLG,
)
MONTH = monthly(month_input(TLG, 2, 6), TLG)


@pytest.mark.parametrize(
    ("kind", "scope", "number"),
    [
        (ReportKind.WEEKLY, "", "TLG-RM-2026W48"),
        (ReportKind.WEEKLY, "5H", "TLG-RM-2026W48-5H"),
        (ReportKind.MONTHLY, "", "TLG-RB-202611"),
        (ReportKind.UNIT_RECAP, "u-012", "TLG-RU-202611-U012"),
    ],
)
def test_a_number_tells_kind_period_and_scope(kind: ReportKind, scope: str, number: str) -> None:
    assert report_number("TLG", kind, MONDAY, scope) == number


def test_a_week_over_new_year_is_numbered_by_its_own_year() -> None:
    assert report_number("TLG", ReportKind.WEEKLY, date(2026, 12, 28)) == "TLG-RM-2026W53"
    assert report_number("TLG", ReportKind.WEEKLY, date(2027, 1, 1)) == "TLG-RM-2026W53"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 23), date(2026, 11, 27), "23–27 November 2026"),
        (date(2026, 11, 30), date(2026, 12, 4), "30 November–4 Desember 2026"),
        (date(2026, 12, 28), date(2027, 1, 2), "28 Desember 2026–2 Januari 2027"),
        (date(2026, 11, 23), date(2026, 11, 23), "23 November 2026"),
    ],
)
def test_a_span_of_days_is_written_as_letters_write_it(first: date, last: date, words: str) -> None:
    assert span_text(first, last) == period_text(first, last) == words


def test_a_whole_month_is_called_by_its_name() -> None:
    assert period_text(date(2028, 2, 1), date(2028, 2, 29)) == "Februari 2028"
    assert period_text(date(2028, 2, 1), date(2028, 2, 28)) == "1–28 Februari 2028"


def test_the_first_version_replaces_nothing_and_the_next_one_says_what_it_replaces() -> None:
    second = weekly_identity(LATER_WEEK, TLG, earlier=FIRST)
    assert (FIRST.version, FIRST.replaces, FIRST.changes) == (1, "", ())
    assert (second.version, second.replaces, second.number) == (2, "MENGGANTIKAN versi 1", FIRST.number)
    places = [change.place for change in second.changes]
    assert "U001, 23-11-2026, DATANG" in places
    assert "jumlah, terlambat" in places
    assert second.sha256 != FIRST.sha256


def test_the_hash_holds_every_figure_and_stays_when_nothing_changes() -> None:
    assert weekly_identity(weekly(WEEK_INPUT, TLG), TLG).sha256 == FIRST.sha256 == content_hash(FIRST)
    other = {**FIRST.figures, "jumlah, terlambat": "999"}
    assert content_hash(replace(FIRST, figures=other)) != FIRST.sha256
    assert content_hash(replace(FIRST, as_of=FIRST.as_of + timedelta(seconds=1))) != FIRST.sha256


def test_differences_name_days_not_whole_lines() -> None:
    before, after = {"Siti": "1: H; 2: ·; 3: H", "Budi": "1: H"}, {"Siti": "1: H; 2: S; 3: H", "Sri": "1: C"}
    assert differences(before, after) == (
        Change("Siti", "2: ·", "2: S"),
        Change("Sri", "", "1: C"),
        Change("Budi", "1: H", ""),
    )


@given(*[st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "1", "2; 3"]))] * 2)
def test_equal_figures_have_no_differences_and_others_have_one_a_place(
    one: dict[str, str], two: dict[str, str]
) -> None:
    assert differences(one, one) == ()
    changed = {p for p in {*one, *two} if one.get(p, "") != two.get(p, "")}
    assert {change.place for change in differences(one, two)} == changed


def test_the_qr_code_says_number_version_and_hash_and_nothing_else_is_read() -> None:
    payload = qr_payload(FIRST)
    assert read_qr(payload) == (FIRST.number, 1, FIRST.short_hash)
    assert read_qr(f"https://example.test/{payload}") is None
    assert read_qr(payload.lower()) is None


def test_the_printed_qr_code_is_read_back() -> None:
    page = pypdfium2.PdfDocument(weekly_pdf(WEEK, Frame(FIRST, TLG, ("REKAP",), paper=Paper.A4)))[0]
    image = np.asarray(page.render(scale=3).to_pil())
    codes = zxingcpp.read_barcodes(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    assert [read_qr(code.text) for code in codes] == [(FIRST.number, 1, FIRST.short_hash)]


def test_the_answer_to_cek_has_totals_and_hash_but_no_names() -> None:
    month = monthly_identity(MONTH, TLG)
    for report in (FIRST, month):
        text = verification_text(report, TLG)
        assert all(part in text for part in (report.number, report.period, report.sha256, "berlaku", report.scope))
        assert not any(line.person.name in text for line in MONTH.units[0].lines)
    assert "kiriman wajib: 30" in verification_text(FIRST, TLG)
    assert "TH (Tidak hadir tanpa keterangan)" in verification_text(month, TLG)


def test_an_old_version_says_that_it_was_replaced() -> None:
    assert "sudah digantikan versi 3" in verification_text(FIRST, TLG, latest=3)


def test_a_unit_recap_is_numbered_after_its_unit() -> None:
    report = unit_recap_identity(MONTH, MONTH.units[0], TLG)
    assert (report.number, report.scope) == ("TLG-RU-202610-U001", "Dinas Perhubungan 1")


def test_the_covering_mail_speaks_the_words_agreed() -> None:
    cover = weekly_cover(FIRST, WEEK, TLG)
    total = WEEK.total
    assert cover.subject == "Rekap Mingguan Presensi Manual, 23–27 November 2026 (Nomor TLG-RM-2026W48, versi 1)"
    assert "Yth. Kepala Subbidang Disiplin ASN." in cover.body
    assert "keadaan data per Jumat, 27 November 2026, pukul 16.15 WIB." in cover.body
    assert (
        f"Dari 30 kiriman: {total.on_time} tepat waktu, {total.late} terlambat, {total.missing} belum diterima"
        in cover.body
    )
    assert "3 sanggahan belum diputus." in cover.body
    assert 'Data bertanda "sementara" belum dapat dijadikan dasar penilaian disiplin.' in cover.body
    assert "MENGGANTIKAN" not in cover.body
    assert len(cover.body.split("\n\n\n")) == 1


def test_the_mail_of_a_later_version_lists_what_changed() -> None:
    second = weekly_identity(LATER_WEEK, TLG, earlier=FIRST)
    cover = weekly_cover(second, LATER_WEEK, TLG)
    assert "MENGGANTIKAN versi 1" in cover.subject
    assert all(change_line(change) in cover.body for change in second.changes)


def test_a_long_list_of_changes_is_cut_and_counted() -> None:
    many = tuple(Change(f"tempat {n}", "a", "b") for n in range(CHANGES_SHOWN + 5))
    body = weekly_cover(replace(FIRST, version=2, changes=many), WEEK, TLG).body
    assert "tempat 19: a → b" in body
    assert "dan 5 perubahan lain pada lampiran" in body


def test_the_monthly_mail_tells_which_recaps_came_back() -> None:
    body = monthly_cover(monthly_identity(MONTH, TLG), MONTH, TLG).body
    assert "Rekap memuat 12 pegawai dari 2 unit." in body
    assert "Dari 2 rekap unit: 1 kembali tepat waktu, 0 terlambat, 1 belum diterima." in body
    without = replace(MONTH, returns=())
    assert "rekap unit:" not in monthly_cover(monthly_identity(without, TLG), without, TLG).body
