"""Names with titles, initials and old spellings (DOMAIN.md 9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.name_fit import CERTAIN, cost, resembles
from domain.names import bare_name, canonical, parse_name


@pytest.mark.parametrize(
    ("printed", "bare"),
    [
        ("H. Budi Nugroho, S.E., M.H.", "Budi Nugroho"),
        ("BUDI NUGROHO SE MM", "BUDI NUGROHO"),
        ("Hj.Siti Aminah,S.Pd", "Siti Aminah"),
        ("Drs.H.Budi", "Budi"),
        ("dr. Sulis Astuti, Sp.PD", "Sulis Astuti"),
        ("Sri Wahyuni S. Pd M. Pd", "Sri Wahyuni"),
        ("apt. Lilik Kusumawati S.Farm. Apt.", "Lilik Kusumawati"),
        ("Hari Kusuma Pamungkas S.Pd. Gr.", "Hari Kusuma Pamungkas"),
        ("7. Moh. Arif", "Moh. Arif"),
        ("S.Pd., Budi", "Budi"),
        ("St. Aminah ST", "St. Aminah"),
        ("Ni Made Sri A.", "Ni Made Sri A."),
        ("R. Ayu Lestari", "R. Ayu Lestari"),
        ("Andi Ma", "Andi Ma"),
        ("", ""),
    ],
)
def test_titles_go_and_the_name_stays_as_printed(printed: str, bare: str) -> None:
    assert bare_name(printed) == bare


def test_dr_and_doctor_keep_the_case_they_were_printed_in() -> None:
    assert parse_name("dr. Ahmad").before == ("dr.",)
    assert parse_name("Dr. Ahmad").before == ("Dr.",)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Muhammad", "Mohammad", "Moh.", "Muh", "Mhd.", "Mochamad"),
        ("Ahmad", "Achmad", "Akhmad"),
        ("Siti", "St.", "Sitti"),
        ("Nur", "Noer", "Noor"),
        ("Suyanto", "Soeyanto"),
        ("Wahyu", "Wachyu"),
        ("Yudi", "Yudhi"),
        ("Tri", "Try"),
        ("Nurjanah", "Noerdjanah"),
        ("Abdul", "Abd."),
        ("Mu'min", "Mukmin".replace("k", "")),
    ],
)
def test_many_spellings_are_one_word(spellings: tuple[str, ...]) -> None:
    assert len({canonical(word) for word in spellings}) == 1


@pytest.mark.parametrize("pair", [("Susanto", "Susanti"), ("Wahyu", "Wahyuni"), ("Hari", "Heri"), ("Edi", "Adi")])
def test_different_people_keep_different_words(pair: tuple[str, str]) -> None:
    assert canonical(pair[0]) != canonical(pair[1])


def _cost(written: str, name: str) -> float:
    return cost(parse_name(written).key, parse_name(name).key, frozenset({"susanti", "hidayat"}))


@pytest.mark.parametrize(
    "written", ["Budi A. Nugroho", "Budi Nugroho", "Budi Arya Nugrohp", "Budi Arya Nugroh", "BudiArya Nugroho"]
)
def test_the_usual_short_forms_and_slips_may_decide(written: str) -> None:
    assert _cost(written, "Budi Arya Nugroho") <= CERTAIN


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Tri Susanti", "Tri Susanto"),
        ("Sulis Hidayat", "Sulis Hidayati"),
        ("Budi", "Budi Nugroho"),
        ("B. N.", "Budi Nugroho"),
        ("Budi Adi Nugroho", "Budi Eka Nugroho"),
        ("Siti S. Wulandari", "Siti Wulandari"),
    ],
)
def test_another_name_never_decides(written: str, name: str) -> None:
    assert _cost(written, name) > CERTAIN


def test_a_name_does_not_resemble_a_different_one() -> None:
    assert resembles(("budi", "nugroho"), ("budi", "arya", "nugroho"))
    assert not resembles(("siti", "aminah"), ("budi", "nugroho"))


@given(st.text(max_size=60))
def test_taking_a_name_apart_never_fails_and_repeats(text: str) -> None:
    assert parse_name(text) == parse_name(text)
