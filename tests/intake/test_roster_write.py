"""Roster files out: what is written comes back equal, and spreadsheets can do no harm with it."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import RosterError
from domain.names import bare_name
from domain.roster import Address, AddressRole, DayPlan, Delegation, Person, Placement, Roster, Route, Unit
from domain.terms import Pattern, Scheme
from intake.roster_file import read_roster
from intake.roster_people import address_order
from intake.roster_write import write_roster, write_roster_csv, write_template

BEGIN = date(2000, 1, 1)
WORDS = st.text(st.sampled_from("abcdefgh ABC=+-@'.,\u00e9()/"), min_size=1, max_size=14).map(
    lambda text: " ".join(text.split()).lstrip("' ") or "x"
)
DAYS = st.integers(0, 9000).map(lambda offset: BEGIN + timedelta(days=offset))


@st.composite
def _units(draw: st.DrawFn) -> dict[str, Unit]:
    codes = [f"U{number:03d}" for number in range(1, draw(st.integers(1, 4)) + 1)]
    units: dict[str, Unit] = {}
    for code in codes:
        others = [one for one in codes if one != code]
        parent = draw(st.sampled_from([None, *others]))
        routes = [Route.DIRECT] + [Route.VIA_COORDINATOR] * bool(others) + [Route.VIA_PARENT] * (parent is not None)
        route = draw(st.sampled_from(routes))
        coordinator = parent if route is Route.VIA_PARENT else None
        if route is Route.VIA_COORDINATOR:
            coordinator = draw(st.sampled_from(others))
        units[code] = Unit(
            code=code,
            name=f"Dinas {draw(WORDS)} {code}",
            kind=draw(st.sampled_from(["opd", "smp", "uptd"])),
            pattern=draw(st.sampled_from(Pattern)),
            parent=parent,
            route=route,
            coordinator=coordinator,
            mailbox=draw(st.sampled_from([None, "bkd1@contoh.test"])),
            aliases=tuple(f"Alias {code} {number}" for number in range(draw(st.integers(0, 2)))),
        )
    return units


@st.composite
def _person(draw: st.DrawFn, number: int) -> Person:
    nip = f"19791122200612{draw(st.sampled_from('12'))}{number + 1:03d}" if draw(st.booleans()) else None
    finger = str(10000 + number) if nip is None or draw(st.booleans()) else None
    name = f"Budi {draw(WORDS)}"
    return Person(
        key=nip or f"F{finger}",
        name=name,
        bare_name=bare_name(name),
        nip=nip,
        employment=draw(st.sampled_from(["PNS", "PPPK", "NON ASN"])),
        grade=draw(st.sampled_from(["", "III/d"])),
        post=draw(WORDS),
        finger_id=finger,
        sex=draw(st.sampled_from(["", "L", "P"])),
    )


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    units = draw(_units())
    people = [draw(_person(number)) for number in range(draw(st.integers(1, 5)))]
    keys, codes = [person.key for person in people], list(units)
    people = [replace(p, superior=draw(st.sampled_from([None, *keys]))) for p in people]
    placements: list[Placement] = []
    addresses: set[Address] = set()
    for person in people:
        first = BEGIN
        for _ in range(draw(st.integers(0, 2))):
            last = first + timedelta(days=draw(st.integers(0, 900)))
            placements.append(Placement(person.key, draw(st.sampled_from(codes)), first, last, draw(st.booleans())))
            first = last + timedelta(days=1)
        placements.append(Placement(person.key, draw(st.sampled_from(codes)), first))
        if draw(st.booleans()):
            addresses.add(Address(Scheme.MAIL, f"{person.key.lower()}@contoh.test", person=person.key))
    for number in range(draw(st.integers(0, 4))):
        scheme = draw(st.sampled_from([Scheme.MAIL, Scheme.WHATSAPP]))
        value = f"k{number}@contoh.test" if scheme is Scheme.MAIL else f"62811111{number:03d}"
        unit, person_key = draw(st.sampled_from(codes)), draw(st.sampled_from([None, *keys]))
        first_day = draw(st.none() | DAYS)
        addresses.add(Address(scheme, value, unit, person_key, draw(st.sampled_from(AddressRole)), first_day, None))
    kinds = st.sampled_from(["Plt.", "Plh.", "a.n."])
    delegations = [Delegation(codes[0], draw(st.sampled_from(keys)), draw(kinds), draw(DAYS), None)]
    plans = {(key, draw(DAYS)): draw(st.booleans()) for key in keys if draw(st.booleans())}
    return Roster(
        version=0,
        units=units,
        people={person.key: person for person in people},
        placements=tuple(placements),
        addresses=tuple(sorted(addresses, key=address_order)),
        delegations=tuple(delegations) if draw(st.booleans()) else (),
        day_plans=tuple(DayPlan(key, day, expected, "malam") for (key, day), expected in plans.items()),
    )


@settings(max_examples=60, deadline=None)
@given(rosters())
def test_a_written_roster_comes_back_equal(roster: Roster) -> None:
    assert read_roster(write_roster(roster), "roster.xlsx").roster == roster


def test_the_shared_roster_goes_out_and_comes_back_as_xlsx_and_csv(shared: Path) -> None:
    roster = read_roster((shared / "data" / "roster_tulungagung.xlsx").read_bytes(), "roster.xlsx").roster
    assert read_roster(write_roster(roster), "roster.xlsx").roster == roster
    assert read_roster(write_roster_csv(roster), "roster.csv").roster == roster


DANGEROUS = Roster(
    0,
    {"U1": Unit("U1", "Dinas Sosial")},
    {"197911222006121901": Person("197911222006121901", "=1+1", "=1+1", nip="197911222006121901", post="+cmd|x")},
    (Placement("197911222006121901", "U1", BEGIN, head=True),),
)


def test_nips_are_text_and_nothing_is_a_formula() -> None:
    page = openpyxl.load_workbook(io.BytesIO(write_roster(DANGEROUS)))["Pegawai"]
    for cell in page[2]:
        assert cell.number_format == "@"
        assert cell.data_type in ("s", "n")
        assert cell.value is None or isinstance(cell.value, str)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:V2"
    ranges = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert ranges["N2:N20000"] == '"5,6"'
    assert set(ranges) == {"N2:N20000", "O2:O20000", "P2:P20000"}


def test_csv_guards_what_a_spreadsheet_would_compute_and_reads_it_back() -> None:
    data = write_roster_csv(DANGEROUS)
    assert data.startswith(b"\xef\xbb\xbfno;nama;")
    assert b";'=1+1;" in data
    assert read_roster(data, "roster.csv").roster == DANGEROUS


def test_the_template_explains_every_column_and_its_example_is_not_imported() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template()))
    assert book.sheetnames == ["Petunjuk", "Pegawai", "Unit", "Penempatan", "Alamat", "Delegasi", "Jadwal"]
    assert book["Pegawai"]["A2"].value == "CONTOH"
    assert book["Pegawai"]["D300"].number_format == "@"
    with pytest.raises(RosterError, match="tidak ada pegawai"):
        read_roster(write_template(), "templat.xlsx")


def test_a_filled_template_is_a_roster() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template()))
    page = book["Pegawai"]
    for name, value in {"nama": "Budi Nugroho", "nip": "197911222006121901", "unit": "Dinas Sosial"}.items():
        place = [cell.value for cell in page[1]].index(name) + 1
        page.cell(3, place, value)
    out = io.BytesIO()
    book.save(out)
    assert set(read_roster(out.getvalue(), "templat.xlsx").roster.people) == {"197911222006121901"}
