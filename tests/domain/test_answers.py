"""Answers about rows: the grammar, the government's own codes, and which submission digits mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.answers import Answer, RowAnswer, Word, meant, read_answer, written
from domain.profile import load_profile
from domain.terms import StatusKey

TLG, BLG, MLG = load_profile("tulungagung"), load_profile("bulungan"), load_profile("malang")
DL = RowAnswer(7, Word.CODE, StatusKey.DINAS_LUAR, "DL")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0117: 7 DL, 19 S", Answer("0117", (DL, RowAnswer(19, Word.CODE, StatusKey.SAKIT, "S")))),
        ("0117: 7 TTD, 19 KOSONG", Answer("0117", (RowAnswer(7, Word.SIGNED), RowAnswer(19, Word.EMPTY)))),
        ("0117 : 7 dl", Answer("0117", (DL,))),
        ("0117 7 DL", Answer("0117", (DL,))),
        ("TLG-20261124-D-0117: no. 7 dinas luar", Answer("TLG-20261124-D-0117", (DL,))),
        ("tlg-20261124-d-0117 7 d.l.", Answer("TLG-20261124-D-0117", (DL,))),
        ("117: baris 7 = DL dan 8 ttd", Answer("117", (DL, RowAnswer(8, Word.SIGNED)))),
        ("7 DL, 8 ada ttd", Answer("", (DL, RowAnswer(8, Word.SIGNED)))),
        ("0117: 7 DL\n8 hadir", Answer("0117", (DL, RowAnswer(8, Word.SIGNED)))),
        ("0117: 7 DL, 8 XYZ", Answer("0117", (DL,), ((8, "XYZ"),))),
        ("0117: 7 DL, 7 S", Answer("0117", (), ((7, "DL"), (7, "S")))),
        ("0117: 7 = 12, 8 DL", Answer("0117", (RowAnswer(8, Word.CODE, StatusKey.DINAS_LUAR, "DL"),), ((7, "12"),))),
        ("0117: 7 Moh. Arif, S.Sos., 9 ttd", Answer("0117", (RowAnswer(9, Word.SIGNED),), ((7, "Moh. Arif, S.Sos"),))),
        ("0117: 7 NIP 19850312 201001 1 002", Answer("0117", (), ((7, "198503122010011002"),))),
        ("7 198503122010011002", Answer("", (), ((7, "198503122010011002"),))),
        ("> pesan Posko\n0117: 7 DL", Answer("0117", (DL,))),
    ],
)
def test_an_answer_is_read_as_people_type_it(text: str, answer: Answer) -> None:
    assert read_answer(text, TLG) == answer


@pytest.mark.parametrize(
    "text",
    [
        "", "0117", "7", "Baik pak", "42 orang hadir semua", "Jam 7 kami kirim", "7 orang", "0117: baik",
        "12 bakso, 3 es teh", "07.30: 12 orang", "Presensi DATANG 24 November 2026", "7 XYZ",
    ],
)  # fmt: skip
def test_chatter_with_numbers_is_no_answer(text: str) -> None:
    assert read_answer(text, TLG) is None


def test_rows_that_name_people_are_written_and_read_back() -> None:
    answer = Answer("0117", (DL,), ((8, "12"), (9, "198503122010011002"), (10, "Moh. Arif, S.Sos")))
    assert read_answer(written(answer), TLG) == answer


def test_tk_means_what_the_government_says_and_nobody_is_called_absent_by_an_answer() -> None:
    credited = read_answer("0117: 7 TK", BLG)
    assert credited is not None
    assert credited.rows == (RowAnswer(7, Word.CODE, StatusKey.TUGAS_KHUSUS, "TK"),)  # K1
    for profile, code in ((MLG, "TK"), (BLG, "A"), (BLG, "Alpa")):
        refused = read_answer(f"0117: 7 {code}", profile)
        assert refused == Answer("0117", (), ((7, code),))  # TLG-18
    assert read_answer("0117: 7 TL", BLG) == Answer("0117", (), ((7, "TL"),))  # K3


CODES = sorted(code for code, status in TLG.codes.items() if status.key is not StatusKey.HADIR)


@given(
    st.sampled_from(["", "0117", "117", "TLG-20261124-D-0117"]),
    st.dictionaries(st.integers(1, 200), st.sampled_from([*CODES, "TTD", "KOSONG"]), min_size=1, max_size=20),
)
def test_what_is_written_is_read_back(number: str, rows: dict[int, str]) -> None:
    def row(no: int, word: str) -> RowAnswer:
        key = TLG.code_key(word)
        return RowAnswer(no, Word.CODE, key, word) if key else RowAnswer(no, Word(word))

    answer = Answer(number, tuple(row(no, word) for no, word in rows.items()))
    assert read_answer(written(answer), TLG) == answer
    assert read_answer(written(answer).lower(), TLG) == answer


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_answer(text, TLG)
    assert found is None or found.rows or found.unclear


NUMBERS = ("TLG-20261031-D-0117", "TLG-20261124-D-0117", "TLG-20261124-P-1117", "TLG-20261125-D-0017")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("TLG-20261124-D-0117", ("TLG-20261124-D-0117",)),
        ("0117", ("TLG-20261031-D-0117", "TLG-20261124-D-0117")),
        ("1117", ("TLG-20261124-P-1117",)),
        ("17", NUMBERS),
        ("0017", ("TLG-20261125-D-0017",)),
        ("999", ()),
        ("", ()),
    ],
)
def test_digits_that_may_mean_two_submissions_mean_both(typed: str, found: tuple[str, ...]) -> None:
    assert meant(typed, NUMBERS) == found
