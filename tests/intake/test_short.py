"""The short receipts for chats, on real drafts (CONVENTIONS.md 6)."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.outcome import Flag, SubmissionDraft
from domain.reading import Problem, ProblemCode, Row, SheetKind, Verdict
from intake.short import short_many, short_no_sheet, short_receipt
from tests.fakes.desk_world import BUDI, SITI, WORLD, at, cell, file, mail, only, row, run, sheet

NUMBER = "TLG-20261124-D-0117"


def draft(*rows: Row, minute: int = 18) -> SubmissionDraft:
    return only(run(mail(at(7, minute)), file(sheet(*rows))))


def test_an_on_time_receipt_names_empty_rows_and_how_to_object() -> None:
    told = short_receipt(draft(row(SITI, cell(Verdict.SIGNED)), row(BUDI, cell(Verdict.EMPTY), no=19)), NUMBER, WORLD)
    assert told.startswith(
        "Presensi DATANG Dinas Perhubungan, Selasa, 24 November 2026, telah kami terima pukul 07.18 WIB: TEPAT WAKTU."
    )
    assert "Terbaca 1 tanda tangan dari 2 pegawai" in told
    assert "Kolom kosong: no. 19 Budi Santoso. Bila keliru, balas KOREKSI 0117 disertai foto" in told
    assert told.endswith(f"Nomor: {NUMBER}. Terima kasih.")


def test_a_late_receipt_says_by_how_much_and_how_to_explain() -> None:
    told = short_receipt(draft(row(SITI, cell()), row(BUDI, cell(), no=2), minute=34), NUMBER, WORLD)
    assert "TERLAMBAT 4 menit dari batas 07.30 WIB." in told
    assert "bukan pada kehadiran pegawai" in told
    assert "balas KENDALA 0117" in told


def test_unread_rows_are_asked_for_by_the_papers_numbers() -> None:
    unsure = draft(row(SITI, cell(Verdict.UNSURE), no=7), row(BUDI, cell(Verdict.UNSURE), no=19))
    told = short_receipt(unsure, NUMBER, WORLD)
    assert "Belum terbaca pasti: no. 7 Siti Aminah, no. 19 Budi Santoso." in told
    assert "0117: 7 TTD, 19 DL (TTD = ada tanda tangan; KOSONG; DL; S; C; I)" in told
    assert "BELUM TERBACA, bukan tidak hadir" in told


def test_a_page_that_could_not_be_read_beside_others_is_asked_for_again_until_a_time() -> None:
    half = replace(
        draft(row(SITI, cell(Verdict.SIGNED))), expected_pages=2, missing_pages=(2,), ask_retake=True,
        retake_asked_at=at(7, 26),
    )  # fmt: skip
    told = short_receipt(half, NUMBER, WORLD)
    assert "Halaman 2 belum terbaca: mohon memotret ulang halaman itu" in told
    assert "paling lambat pukul 07.56 WIB" in told
    waiting = short_receipt(replace(half, ask_retake=False), NUMBER, WORLD)
    assert "halaman BELUM lengkap (1 dari 2)" in waiting
    assert "Mohon mengirim halaman 2." in waiting


def test_what_could_not_be_read_is_asked_for_again_and_keeps_its_time() -> None:
    broken = replace(
        draft(row(SITI, cell())), received=False, ask_retake=True,
        problems=(Problem(ProblemCode.DAMAGED, "berkas rusak"),),
    )  # fmt: skip
    told = short_receipt(broken, NUMBER, WORLD)
    assert "lembar belum terbaca (berkas rusak)" in told
    assert "Batas kirim ulang pukul 07.48 WIB" in told


def test_an_album_names_its_files() -> None:
    assert "Jumlah berkas: 5." in short_receipt(draft(row(SITI, cell())), NUMBER, WORLD, files=5)


def test_a_file_that_is_no_sheet_and_a_pile_of_units() -> None:
    assert short_no_sheet(["IMG_2031.jpg"], "07.21 WIB").startswith("Berkas IMG_2031.jpg telah kami terima")
    assert "tanpa lembar presensi" in short_no_sheet([], "07.21 WIB")
    many = short_many([f"Unit {n}: nomor {NUMBER}" for n in range(90)], "07.21 WIB")
    assert many.startswith("90 presensi telah kami terima")
    assert len(many) <= 600


names = st.text(alphabet="ABCDEFGHIJ abcdefghij'.", min_size=1, max_size=60)


@settings(deadline=None)
@given(
    st.lists(names, max_size=40), st.lists(names, max_size=40), st.frozensets(st.sampled_from(Flag)), st.booleans(),
    st.integers(1, 99),
)  # fmt: skip
def test_no_receipt_is_longer_than_a_chat_takes_and_each_ends_with_its_number(
    unread: list[str], empty: list[str], flags: frozenset[Flag], late: bool, files: int
) -> None:
    rows = [row(SITI, cell()), *(Row(n, name, "", (cell(),)) for n, name in enumerate(unread, 2))]
    plain = draft(*rows, minute=18 + 30 * late)
    one = replace(plain, flags=flags, empty_rows=tuple(enumerate(empty)), kind=SheetKind.DAILY)
    told = short_receipt(one, NUMBER, WORLD, "bkd@presensi.test", files)
    assert len(told) <= 600
    assert told.endswith(f"Nomor: {NUMBER}. Terima kasih.")
