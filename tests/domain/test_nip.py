"""NIPs as sheets, scanners and Excel leave them (DOMAIN.md 1)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import nip as nips
from domain.nip import NipKind

NIP = "197911222006121901"


@pytest.mark.parametrize(
    "text",
    [
        NIP,
        f"NIP. {NIP}",
        f"NIP{NIP}",
        "NIP/NIPPPK : 197911222006121901",
        "N I P . 19791122 200612 1 901",
        "NI PPPK 19791122.200612.1.901",
        "19791122-200612-1-901",
        f"'{NIP}",
        "197911222OO6l2I9O1",
        " 19791122\u00a0200612\u00a01\u00a0901 ",
    ],
)
def test_labels_separators_and_look_alike_letters_are_taken_off(text: str) -> None:
    assert nips.clean(text) == NIP


@pytest.mark.parametrize("text", ["", "-", "Budi Santoso", "S.Sos.", "SILO", "Dinas Perhubungan", None])
def test_what_is_no_number_gives_nothing(text: str | None) -> None:
    assert nips.parse(text).digits == ""


@pytest.mark.parametrize(
    "shown",
    ["1.97911E+17", "1,97911E+17", "1.97911222006121E+17", "197911222006121000", "1.979112220061219e+17"],
)
def test_excel_damage_still_fits_the_number_it_came_from_and_no_other(shown: str) -> None:
    read = nips.parse(shown)
    assert read.may_be(NIP)
    assert not read.may_be("198009252002121901")


def test_the_float_that_python_reads_from_a_number_cell_fits_its_nip() -> None:
    assert nips.parse(float(NIP)).may_be(NIP)
    assert nips.parse(str(int(float(NIP)))).may_be(NIP)
    assert nips.parse(float(NIP[:15] + "000")).may_be(NIP)
    assert nips.parse(str(int(float(NIP[:15] + "000")))).may_be(NIP)


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("197911222006121901", NipKind.PNS),
        ("199301072021211901", NipKind.PPPK),
        ("200012312024211001", NipKind.PPPK),
        ("199009132025242014", NipKind.PPPK),
        ("197911222006120901", None),
        ("123", None),
    ],
)
def test_digits_13_and_14_tell_pns_from_pppk(digits: str, kind: NipKind | None) -> None:
    assert nips.classify(digits) is kind


@pytest.mark.parametrize(
    ("digits", "word"),
    [
        ("19791122200612190", "18 angka"),
        ("197913222006121901", "tanggal lahir"),
        ("197911222006123901", "ke-15"),
        ("197911222006121000", "Excel"),
        ("197911221979121901", "tahun"),
        ("197911222006001901", "ke-13"),
    ],
)
def test_faults_say_what_is_wrong_in_indonesian(digits: str, word: str) -> None:
    assert any(word in fault for fault in nips.faults(digits))


def test_age_is_checked_only_when_a_day_is_given() -> None:
    assert nips.faults("194011221960121901") == ()
    assert nips.faults("194011221960121901", date(2026, 11, 24)) == ("usia tidak wajar",)


@pytest.mark.parametrize(
    "slip", ["197911222006121907", "19791122200612190", "1979112222006121901", "197911220206121901"]
)
def test_one_wrong_missing_extra_or_swapped_digit_is_one_edit(slip: str) -> None:
    assert nips.nearest(slip, [NIP, "198009252002121901"]) == ((NIP, 1),)


@given(st.integers(0, 17), st.sampled_from("0123456789"))
def test_a_changed_digit_is_near_its_own_number_only(place: int, digit: str) -> None:
    changed = NIP[:place] + digit + NIP[place + 1 :]
    assert [nip for nip, _ in nips.nearest(changed, [NIP, "196512311990031005"])] == [NIP]


@given(st.text(max_size=40))
def test_reading_never_fails(text: str) -> None:
    read = nips.parse(text)
    assert read.digits == "" or read.digits.isdigit()
