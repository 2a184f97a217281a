"""Which unit a text means; a wrong unit must never come out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.roster import Roster, Unit
from domain.unit_names import find_unit
from intake.roster_file import read_roster


@pytest.fixture(scope="module")
def roster(shared: Path) -> Roster:
    return read_roster((shared / "data" / "roster_tulungagung.xlsx").read_bytes(), "roster.xlsx").roster


KNOWN = {
    "Dishub": "Dinas Perhubungan",
    "DINAS PERHUBUNGAN": "Dinas Perhubungan",
    "OPD : Dinas Perhubungan Kabupaten Tulungagung": "Dinas Perhubungan",
    "Dinas Perhub": "Dinas Perhubungan",
    "Dinas Perhubugan": "Dinas Perhubungan",
    "DINASPERHUBUNGAN": "Dinas Perhubungan",
    "D I N A S  P E R H U B U N G A N": "Dinas Perhubungan",
    "presensi_dishub_23-11-2026.xlsx": "Dinas Perhubungan",
    "SMPN 1": "SMP Negeri 1 Tulungagung",
    "SMPN1TULUNGAGUNG": "SMP Negeri 1 Tulungagung",
    "SMP N 11": "SMP Negeri 11 Tulungagung",
    "SMP NEGERI 10 TULUNGAGUNG": "SMP Negeri 10 Tulungagung",
    "SMPN 02 Tulungagung, Dinas Pendidikan": "SMP Negeri 2 Tulungagung",
    "Sekolah Menengah Pertama Negeri 4 Tulungagung": "SMP Negeri 4 Tulungagung",
    "smp 3": "SMP Negeri 3 Tulungagung",
    "Bag. Umum": "Bagian Umum",
    "Sekretariat Daerah Bagian Umum": "Bagian Umum",
    "Bag Kesra Setda": "Bagian Kesejahteraan Rakyat",
    "Prokopim": "Bagian Protokol dan Komunikasi Pimpinan",
    "Bappeda": "Badan Perencanaan Pembangunan Daerah",
    "Satpol PP": "Satuan Polisi Pamong Praja",
    "Disdukcapil": "Dinas Kependudukan dan Pencatatan Sipil",
    "PKM Kota": "UPTD Puskesmas Tulungagung Kota",
    "Puskesmas Tulungagung Utara": "UPTD Puskesmas Tulungagung Utara",
    "Kec. Tulungagung 1": "Kecamatan Tulungagung 1",
    "UNIT KERJA : UPTD PARKIR DINAS PERHUBUNGAN": "UPTD Parkir",
    "UPTD Pasar 1": "UPTD Pasar I",
    "UPTD Pasar II Disperindag": "UPTD Pasar II",
    "Dinas PUPR": "Dinas Pekerjaan Umum dan Penataan Ruang",
    "Dinas Tenaga Kerja": "Dinas Tenaga Kerja dan Transmigrasi",
    "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia": "BKPSDM",
    "Badan Penanggulangan Bencana Daerah": "BPBD",
    "Setwan DPRD": "Sekretariat DPRD",
    "Inspektorat Daerah": "Inspektorat",
    "SUB BAGIAN UMUM DAN KEPEGAWAIAN DINAS SOSIAL": "Dinas Sosial",
    "DAFTAR HADIR PEGAWAI DINAS KESEHATAN TANGGAL 23 NOVEMBER 2026 PUKUL 07.30": "Dinas Kesehatan",
    "U050": "SMP Negeri 1 Tulungagung",
}


@pytest.mark.parametrize("text", KNOWN)
def test_the_spellings_of_offices_are_understood(roster: Roster, text: str) -> None:
    found = find_unit(roster.units.values(), text)
    assert found.code is not None, found
    assert roster.units[found.code].name == KNOWN[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tulungagung",
        "Dinas",
        "Puskesmas Tulungagung",
        "SMP Negeri Tulungagung",
        "SMPN 13",
        "SMPN 1 Kedungwaru",
        "SMP Negeri 1 dan 2",
        "Kec Tulungagung 12",
        "UPTD Dinas Perhubungan",
        "RSUD dr. Iskak",
        "Kesehatan dan Pendidikan",
        "Bagian Umum Dinas Kesehatan dan Dinas Sosial",
    ],
)
def test_what_is_not_clear_is_not_decided(roster: Roster, text: str) -> None:
    assert find_unit(roster.units.values(), text).code is None


def _spellings(unit: Unit, parent: str) -> Iterator[str]:
    """Ways to write a unit that a reader would take for no other."""
    name = unit.name
    short = re.sub(r"\bTulungagung\b ?", "", name).strip()
    short_forms = (
        ("SMP Negeri ", "SMPN "),
        ("SMP Negeri ", "SMP N "),
        ("UPTD Puskesmas", "PKM"),
        ("UPTD Puskesmas", "Puskesmas"),
        ("Bagian", "Bag."),
        ("Kecamatan", "Kec."),
        (" dan ", " & "),
        ("Wilayah", "Wil."),
        (" II", " 2"),
    )
    yield from (name, name.upper(), name.lower(), name.replace(" ", "  "), unit.code, unit.code.lower())
    yield from (f"OPD : {name}", f"UNIT KERJA: {name.upper()}", f"NAMA OPD : {name} KABUPATEN TULUNGAGUNG")
    yield from (f"DAFTAR HADIR PEGAWAI {name} BULAN NOVEMBER 2026", f"presensi {name} 24-11-2026.pdf")
    yield from (name.replace(" ", ""), name.upper().replace(" ", ""), " ".join(name.replace(" ", "")), name[:-1])
    yield from (short, short.upper())
    for old, new in short_forms:
        if old in name:
            yield from (name.replace(old, new), name.replace(old, new).upper(), short.replace(old, new))
    if parent:
        yield from (f"{name} {parent}", f"{parent} {name}", f"{parent.upper()} - {name.upper()}")


def _ambiguous(unit: Unit, text: str) -> bool:
    # A cut-off last digit or word ("SMP Negeri 1" of 10...) truly names another unit.
    return bool(re.search(r"\d$|I$", unit.name)) and text == unit.name[:-1]


def test_no_spelling_of_any_unit_names_another_and_nearly_all_are_understood(roster: Roster) -> None:
    wrong, asked, all_of_them = [], [], 0
    for unit in roster.units.values():
        parent = roster.units[unit.parent].name if unit.parent else ""
        for text in dict.fromkeys(_spellings(unit, parent)):
            if _ambiguous(unit, text):
                continue
            all_of_them += 1
            found = find_unit(roster.units.values(), text)
            if found.code is None:
                asked.append(text)
            elif found.code != unit.code:
                wrong.append((text, unit.name, roster.units[found.code].name))
    print(f"\nunits: {all_of_them} spellings, wrong {len(wrong)}, asked {len(asked)}")
    assert wrong == []
    assert len(asked) <= 0.03 * all_of_them, asked


def test_smpn_1_is_never_smpn_10_11_or_12(roster: Roster) -> None:
    for number in range(1, 30):
        for form in ("SMPN {}", "SMP N {}", "SMP NEGERI {} TULUNGAGUNG", "SMPN{}", "SMPN {} Tulungagung 2026"):
            found = find_unit(roster.units.values(), form.format(number))
            assert found.code == (f"U{49 + number:03d}" if number <= 12 else None), form.format(number)


def test_an_alias_of_the_roster_names_its_unit() -> None:
    units = [Unit("A", "RSUD Tulungagung", aliases=("RSUD dr. Iskak",)), Unit("B", "Dinas Kesehatan")]
    assert find_unit(units, "RSUD DR ISKAK").code == "A"


def test_two_units_of_one_name_are_asked_about() -> None:
    units = [Unit("A", "SMP Negeri 1"), Unit("B", "SMP Negeri 1")]
    assert find_unit(units, "SMPN 1").code is None
    assert set(find_unit(units, "SMPN 1").candidates) == {"A", "B"}


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_typo_never_names_another_unit(roster: Roster, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(list(roster.units.values())))
    letters = [place for place, letter in enumerate(unit.name) if letter.isalpha() and letter not in "IVX"]
    place = data.draw(st.sampled_from(letters))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    text = unit.name[:place] + letter + unit.name[place + 1 :]
    assert find_unit(roster.units.values(), text).code in (unit.code, None), text


@given(st.text(max_size=80))
def test_finding_never_fails(text: str) -> None:
    assert 0.0 <= find_unit([Unit("A", "Dinas Sosial"), Unit("B", "Dinas Kesehatan")], text).score <= 1.0
