"""The forty offices and their people."""

from pathlib import Path

from openpyxl import load_workbook

from demo import roster
from demo.make_roster import invent
from demo.offices import BOX_OPD, BOX_UPT, BY_CODE, OFFICES, PHONES, TELEGRAMS


def test_there_are_forty_offices_of_all_four_routes() -> None:
    assert len(OFFICES) == len(BY_CODE) == 40
    assert {o.route for o in OFFICES} == {"langsung", "via Bagian Umum", "via OPD induk"}
    assert {o.pattern for o in OFFICES if o.kind in ("smp", "puskesmas")} == {6}
    assert all(o.parent is None or o.parent in {p.name for p in OFFICES} for o in OFFICES)
    assert len({o.address for o in OFFICES}) == 40


def test_the_invented_people_are_the_same_every_time_and_nobody_twice() -> None:
    town, again = invent(), invent()
    people = [e for members in town.people.values() for e in members]
    nips = [e.nip for e in people if e.nip]
    assert town == again
    assert len(set(nips)) == len(nips)
    assert all(len(nip) == 18 and nip[15] == "9" for nip in nips)
    assert len({e.bare_name for e in people}) == len(people)
    assert all(e.email.endswith(".test") and e.phone.startswith("6280000000") for e in people)


def test_every_office_has_its_size_one_head_and_an_officer() -> None:
    town = invent()
    for office in OFFICES:
        members = town.members(office.code)
        assert len(members) == office.size
        assert [e.head for e in members].count(True) == 1
        assert members[0] == town.head(office.code)
        assert town.officer(office.code) in members


def test_the_workbook_reads_back_and_names_mailboxes_and_officers(tmp_path: Path) -> None:
    roster.write(tmp_path / "r.xlsx", invent())
    assert roster.read(tmp_path / "r.xlsx") == invent()
    book = load_workbook(tmp_path / "r.xlsx")
    assert [c.value for c in book["Pegawai"][1]] == list(roster.COLUMNS)
    rows = list(book["Unit"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 40
    by_code = {row[0]: row for row in rows}
    assert by_code["U020"][-3:] == (BOX_OPD, BY_CODE["U020"].address, None)
    assert by_code["U050"][-3] == BOX_UPT
    assert {code: row[-1] for code, row in by_code.items() if row[-1]} == PHONES
    chats = list(book["Alamat"].iter_rows(min_row=2, values_only=True))
    assert chats == [("telegram", str(chat), code, "petugas") for code, chat in TELEGRAMS.items()]


def test_the_sample_roster_beside_the_checkout_fits_the_same_offices(shared: Path) -> None:
    town = roster.read(shared / "data" / "roster_tulungagung.xlsx")
    assert {len(town.members(o.code)) - o.size for o in OFFICES} == {0}
