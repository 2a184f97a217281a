"""Roster files: what is accepted, and how faults are told."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from domain.errors import RosterError
from domain.roster import Address, AddressRole, DayPlan, Delegation, Person, Placement, Roster, Route, Unit
from domain.terms import Pattern, Scheme
from intake.roster_file import RosterFile, read_roster, write_roster, write_roster_csv

HEAD = ["no", "nama", "nip", "status", "unit", "unit_kode", "induk", "jenis_unit", "pola_hari", "jalur", "kepala"]
HEAD += ["finger_id", "atasan_nip", "hp", "email"]
BUDI, SITI = "197911222006121901", "198009252002122901"
DISHUB = ["Dinas Perhubungan", "U045", "", "opd", 5, "langsung"]

Table = Sequence[Sequence[object]]


def _line(
    nip: object, name: str = "Budi Nugroho, S.E.", unit: Sequence[object] = DISHUB, **more: object
) -> list[object]:
    tail = [more.get(name, "") for name in ("kepala", "finger_id", "atasan_nip", "hp", "email")]
    return [1, name, nip, "PNS", *unit, *tail]


HEADED = _line(BUDI, kepala=1, finger_id=10001, hp="0812-3456-789", email="Budi@Contoh.test")


def _book(*people: Sequence[object], **sheets: Table) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    tables: Mapping[str, Table] = {"Pegawai": [HEAD, *people], **sheets}
    for title, rows in tables.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append([cell if cell != "" else None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _read(*people: Sequence[object], **sheets: Table) -> RosterFile:
    return read_roster(_book(*people, **sheets), "roster.xlsx")


def _problems(*people: Sequence[object], **sheets: Table) -> str:
    with pytest.raises(RosterError) as caught:
        _read(*people, **sheets)
    return "\n".join(caught.value.problems)


def test_the_shared_roster_is_read_whole_with_its_four_routes(shared: Path) -> None:
    found = read_roster((shared / "data" / "roster_tulungagung.xlsx").read_bytes(), "roster_tulungagung.xlsx")
    roster = found.roster
    assert (len(roster.units), len(roster.people), len(roster.placements)) == (75, 1500, 1500)
    assert found.warnings == ()
    umum, hukum, benih, smp = (roster.units[code] for code in ("U002", "U004", "U034", "U050"))
    assert (umum.route, umum.coordinator) == (Route.DIRECT, None)
    assert (hukum.route, hukum.coordinator) == (Route.VIA_COORDINATOR, "U002")
    assert (benih.route, benih.coordinator, benih.parent) == (Route.VIA_PARENT, "U033", "U033")
    assert (smp.route, smp.coordinator, smp.pattern, smp.parent) == (Route.DIRECT, None, Pattern.SIX, "U048")
    assert sum(key.startswith("F") for key in roster.people) == 91
    head = roster.head_of("U001", date(2026, 11, 24))
    assert head is not None
    assert (head.key, head.finger_id, head.superior) == (BUDI, "10001", None)


def test_a_person_is_read_with_contacts_and_without_nip_goes_by_finger_id() -> None:
    roster = _read(HEADED, _line("", "Katimin", finger_id="F-9".removeprefix("F-"), atasan_nip=BUDI)).roster
    assert set(roster.people) == {BUDI, "F9"}
    assert roster.people["F9"].superior == BUDI
    assert roster.people[BUDI].bare_name == "Budi Nugroho"
    assert roster.people[BUDI].phone == "628123456789"
    assert [(a.scheme, a.value) for a in roster.addresses] == [
        (Scheme.MAIL, "budi@contoh.test"),
        (Scheme.WHATSAPP, "628123456789"),
    ]
    assert roster.placements[0] == Placement(BUDI, "U045", date(2000, 1, 1), head=True)


def test_headings_may_be_spelt_otherwise_and_stand_below_a_title() -> None:
    text = "DAFTAR PEGAWAI;;;\n\nNo.;Nama Pegawai;NIP/NIPPPK;Unit Kerja;Pola Hari Kerja;Kepala Unit\n"
    text += f"1;Budi Nugroho, S.E.;{BUDI};Dinas Perhubungan;6;ya\n"
    roster = read_roster(text.encode("cp1252"), "roster.csv").roster
    assert roster.units["DINAS-PERHUBUNGAN"].pattern is Pattern.SIX
    assert roster.people[BUDI].employment == "PNS"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_is_read_in_the_usual_encodings_and_separators(encoding: str, separator: str) -> None:
    lines = [["nama", "nip", "unit", "unit_kode", "kepala"], ['"Andr\u00e9, S.E."', BUDI, "Dinas Sosial", "U020", "1"]]
    data = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    assert read_roster(data, "roster.csv").roster.people[BUDI].name == "Andr\u00e9, S.E."


def test_further_sheets_bring_units_placements_addresses_delegations_and_plans() -> None:
    found = _read(
        HEADED,
        _line(SITI, "Siti Aminah"),
        Unit=[
            ["Kode", "Nama", "Alias", "Pola Hari", "Jalur", "Kotak BKD", "Surel", "WA"],
            [
                "U045",
                "Dinas Perhubungan",
                "Dishub; Perhubungan",
                5,
                "langsung",
                "bkd2@contoh.test",
                "dishub@contoh.test",
                "",
            ],
            ["U020", "Dinas Sosial", "", 6, "via Dinas Perhubungan", "", "", "08111111111"],
        ],
        Penempatan=[
            ["NIP", "Unit", "TMT", "Sampai"],
            [SITI, "U045", "01-01-2020", date(2026, 6, 30)],
            [SITI, "Dinas Sosial", "2026-07-01", ""],
        ],
        Alamat=[
            ["jenis", "alamat", "unit", "nip", "peran", "mulai"],
            ["surel", "kasub@contoh.test", "Dishub", BUDI, "kasubbag", "01/02/2026"],
        ],
        Delegasi=[["unit", "nip", "jenis", "mulai", "sampai"], ["U020", SITI, "plt", "01-10-2026", "31-12-2026"]],
        Jadwal=[
            ["nip", "tanggal", "sampai", "shift"],
            [SITI, "01-11-2026", "02-11-2026", "lepas jaga"],
            [BUDI, "01-11-2026", "", "malam"],
        ],
    )
    roster = found.roster
    assert roster.units["U045"].aliases == ("Dishub", "Perhubungan")
    assert roster.units["U045"].mailbox == "bkd2@contoh.test"
    assert (roster.units["U020"].coordinator, roster.units["U020"].pattern) == ("U045", Pattern.SIX)
    assert roster.unit_of(SITI, date(2026, 6, 30)) == "U045"
    assert roster.unit_of(SITI, date(2026, 7, 1)) == "U020"
    assert roster.contacts("U045", Scheme.MAIL, date(2026, 11, 24)) == ("dishub@contoh.test",)
    assert roster.contacts("U020", Scheme.WHATSAPP, date(2026, 11, 24)) == ("628111111111",)
    assert [a.role for a in roster.addresses if a.value == "kasub@contoh.test"] == [AddressRole.SUPERVISOR]
    assert roster.delegations == (Delegation("U020", SITI, "Plt.", date(2026, 10, 1), date(2026, 12, 31)),)
    assert roster.day_plans == (
        DayPlan(SITI, date(2026, 11, 1), False, "lepas jaga"),
        DayPlan(SITI, date(2026, 11, 2), False, "lepas jaga"),
        DayPlan(BUDI, date(2026, 11, 1), True, "malam"),
    )
    assert found.warnings == ()


def test_a_unit_without_head_is_a_warning() -> None:
    assert _read(_line(BUDI)).warnings == ("unit U045 Dinas Perhubungan: belum ada kepala unit",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (_line(BUDI, "Siti"), "baris 3, kolom nip (C): 197911222006121901 sudah ada di baris 2"),
        (_line(197911222006121000), "baris 3, kolom nip (C): NIP '197911222006120992' rusak karena sel angka Excel"),
        (_line("1,97911E+17"), "baris 3, kolom nip (C): NIP '1,97911E+17' rusak"),
        (_line("19791122200612190"), "baris 3, kolom nip (C): NIP '19791122200612190' harus 18 angka"),
        (_line("", "Katimin"), "baris 3, kolom nip (C): pegawai tanpa NIP memerlukan finger_id"),
        (_line(SITI, ""), "baris 3, kolom nama (B): wajib diisi"),
        (_line(SITI, email="bukan surel"), "baris 3, kolom email (O): 'bukan' bukan alamat surel"),
        (_line(SITI, hp="rumah"), "baris 3, kolom hp (N): 'rumah' bukan nomor telepon"),
        (_line(SITI, kepala=1), "baris 3, kolom kepala (K): unit U045 sudah mempunyai kepala di baris 2"),
        (_line(SITI, unit=["Dinas Perhubungan", "U045", "", "opd", 6, "langsung"]), "kolom pola_hari (I): unit U045"),
        (_line(SITI, unit=["Dinas X", "U9", "", "opd", 7, "langsung"]), "kolom pola_hari (I): '7' tidak dikenal"),
        (_line(SITI, unit=["Dinas X", "U9", "", "opd", 5, "lewat pos"]), "kolom jalur (J): 'lewat pos' tidak dikenal"),
        (_line(SITI, unit=["Dinas X", "U9", "", "uptd", 5, "via OPD induk"]), "kolom jalur (J): jalur 'via OPD induk'"),
        (
            _line(SITI, unit=["Dinas X", "U9", "Dinas Y", "uptd", 5, ""]),
            "kolom induk (G): unit 'Dinas Y' tidak dikenal",
        ),
        (_line(SITI, unit=["Bagian X", "U9", "", "bagian", 5, "via Bagian Y"]), "kolom jalur (J): unit 'Bagian Y'"),
    ],
)
def test_faults_name_sheet_row_column_and_what_was_expected(line: list[object], said: str) -> None:
    problems = _problems(HEADED, line)
    assert said in problems
    assert "lembar Pegawai, baris 3" in problems


def test_faults_of_the_further_sheets_are_named_too() -> None:
    problems = _problems(
        HEADED,
        Penempatan=[
            ["nip", "unit", "mulai", "sampai"],
            [BUDI, "U045", "01-01-2020", "30-06-2026"],
            [BUDI, "U045", "30-06-2026", ""],
            [SITI, "U077", "31-02-2026", ""],
        ],
        Delegasi=[["unit", "nip", "jenis", "mulai"], ["U045", BUDI, "wakil", "01-01-2026"]],
        Jadwal=[["nip", "tanggal"], [BUDI, "01-11-2026"], [BUDI, "01-11-2026"]],
        Alamat=[["jenis", "alamat"], ["surel", "a@contoh.test"]],
    )
    for said in (
        f"lembar Penempatan, baris 3, kolom mulai (C): penempatan {BUDI} tumpang tindih dengan baris 2",
        f"lembar Penempatan, baris 4, kolom nip (A): pegawai '{SITI}' tidak ada di lembar Pegawai",
        "lembar Penempatan, baris 4, kolom unit_kode (B): unit 'U077' tidak dikenal",
        "lembar Penempatan, baris 4, kolom mulai (C): tanggal '31-02-2026' tidak dikenal",
        "lembar Delegasi, baris 2, kolom jenis (C): 'wakil' tidak dikenal; tulis Plt., Plh., atau a.n.",
        f"lembar Jadwal, baris 3, kolom tanggal (B): jadwal {BUDI} tanggal 01-11-2026 ditulis dua kali",
        "lembar Alamat, baris 2, kolom unit_kode: isi unit_kode atau nip",
    ):
        assert said in problems


def test_a_missing_column_is_named() -> None:
    with pytest.raises(RosterError, match="kolom tidak lengkap; yang wajib ada: nama, nip, unit"):
        read_roster(b"nama;unit\nBudi;Dinas Sosial\n", "roster.csv")


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b""])
def test_a_broken_or_empty_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(RosterError, match="roster"):
        read_roster(data, "roster.xlsx")


def test_strange_nips_shared_fingers_and_unknown_superiors_are_warnings() -> None:
    odd = "197913222006122901"
    found = _read(HEADED, _line(odd, "Siti", finger_id=10001, atasan_nip="199"))
    text = "\n".join(found.warnings)
    assert "tanggal lahir" in text
    assert "ID finger 10001 juga dipakai di baris 2" in text
    assert "atasan '199' tidak ada di berkas" in text
    assert found.roster.people[odd].superior is None


SOMEBODY = Person("198001012005011001", "Budi Santoso", "Budi Santoso", "198001012005011001")


def test_a_file_of_people_alone_forgets_no_unit_and_no_address() -> None:
    empty = Unit("U9", "Dinas Tanpa Pegawai", mailbox="dua@bkd.test")
    old = Roster(
        version=4,
        units={"U1": Unit("U1", "Dinas Satu", aliases=("D1",)), "U9": empty},
        people={SOMEBODY.key: SOMEBODY},
        placements=(Placement("198001012005011001", "U1", date(2000, 1, 1), head=True),),
        addresses=(Address(Scheme.MAIL, "dinas.satu@opd.test", unit="U1", role=AddressRole.RECAP_OFFICER),),
        delegations=(Delegation("U1", "198001012005011001", "Plt.", date(2026, 1, 1)),),
    )
    again = read_roster(write_roster_csv(old), "pegawai.csv").beside(old)
    assert again.units["U9"] == empty
    assert again.units["U1"].aliases == ("D1",)
    assert set(old.addresses) <= set(again.addresses)
    assert again.delegations == old.delegations


def test_a_whole_workbook_says_what_is_gone() -> None:
    old = Roster(version=4, units={"U9": Unit("U9", "Dinas Lama")}, people={}, placements=())
    new = Roster(
        version=0,
        units={"U1": Unit("U1", "Dinas Satu")},
        people={SOMEBODY.key: SOMEBODY},
        placements=(Placement("198001012005011001", "U1", date(2000, 1, 1), head=True),),
    )
    assert "U9" not in read_roster(write_roster(new), "pegawai.xlsx").beside(old).units
