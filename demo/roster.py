"""The people of the forty offices: read from a roster workbook, written as the one that the service imports."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook

from demo.offices import OFFICES, PHONES, TELEGRAMS, Office

COLUMNS = (
    "no",
    "nama",
    "nama_tanpa_gelar",
    "nip",
    "status",
    "golongan",
    "pangkat",
    "jabatan",
    "eselon",
    "unit",
    "unit_kode",
    "induk",
    "jenis_unit",
    "pola_hari",
    "jalur",
    "kepala",
    "finger_id",
    "atasan_nip",
    "hp",
    "email",
    "jk",
    "lahir",
)
_ADDRESS_COLUMNS = ("jenis", "alamat", "unit_kode", "peran")
_UNIT_COLUMNS = ("kode", "nama", "jenis", "pola_hari", "induk", "jalur", "kotak_bkd", "surel", "wa")


@dataclass(frozen=True, slots=True)
class Employee:
    """One invented employee; ``nip`` is None for staff without a number, ``unit`` is the office's code."""

    name: str
    bare_name: str
    nip: str | None
    status: str
    grade: str | None
    rank: str | None
    post: str
    echelon: str | None
    unit: str
    head: bool
    finger: int
    superior: str | None
    phone: str
    email: str
    sex: str
    born: str


@dataclass(frozen=True)
class Town:
    """All offices with their people, in the order of the roster, the head first."""

    people: dict[str, tuple[Employee, ...]]

    def members(self, code: str) -> tuple[Employee, ...]:
        """Everybody of the office ``code``."""
        return self.people[code]

    def head(self, code: str) -> Employee:
        """The head of the office, who signs its sheet (TLG-08)."""
        return next(e for e in self.people[code] if e.head)

    def officer(self, code: str) -> Employee:
        """Who mails for the office: its last employee with a number, else its head."""
        numbered = [e for e in self.people[code] if e.nip]
        return numbered[-1] if numbered else self.head(code)


def settle(people: Iterable[Employee]) -> Town:
    """Sort ``people`` into the forty offices; people of other units are left out."""
    found: dict[str, list[Employee]] = defaultdict(list)
    for employee in people:
        found[employee.unit].append(employee)
    lacking = [office.code for office in OFFICES if not any(e.head for e in found[office.code])]
    if lacking:
        raise ValueError(f"roster tanpa kepala unit: {', '.join(lacking)}")
    return Town({office.code: tuple(sorted(found[office.code], key=lambda e: not e.head)) for office in OFFICES})


def read(path: Path) -> Town:
    """The forty offices' people from the sheet ``Pegawai`` of ``path`` (the layout of ``COLUMNS``)."""
    book = load_workbook(path, read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    place = {str(name): index for index, name in enumerate(next(rows))}
    people = [_employee(row, place) for row in rows if row[place["nama"]]]
    book.close()
    return settle(people)


def write(path: Path, town: Town) -> None:
    """The workbook that ``posko init --roster`` takes: the people, and each unit's mailbox and officer's addresses."""
    book = Workbook()
    people = book.active
    assert people is not None
    people.title = "Pegawai"
    people.append(COLUMNS)
    number = 0
    for office in OFFICES:
        for employee in town.members(office.code):
            number += 1
            people.append(_row(number, employee, office))
    units = book.create_sheet("Unit")
    units.append(_UNIT_COLUMNS)
    for o in OFFICES:
        units.append((o.code, o.name, o.kind, o.pattern, o.parent, o.route, o.mailbox, o.address, PHONES.get(o.code)))
    addresses = book.create_sheet("Alamat")
    addresses.append(_ADDRESS_COLUMNS)
    for code, chat in TELEGRAMS.items():
        addresses.append(("telegram", str(chat), code, "petugas"))
    book.save(path)


def _employee(row: Sequence[object], place: dict[str, int]) -> Employee:
    def text(column: str) -> str | None:
        value = row[place[column]]
        return None if value is None else str(value)

    return Employee(
        name=text("nama") or "",
        bare_name=text("nama_tanpa_gelar") or "",
        nip=text("nip"),
        status=text("status") or "PNS",
        grade=text("golongan"),
        rank=text("pangkat"),
        post=text("jabatan") or "",
        echelon=text("eselon"),
        unit=text("unit_kode") or "",
        head=text("kepala") == "1",
        finger=int(text("finger_id") or 0),
        superior=text("atasan_nip"),
        phone=text("hp") or "",
        email=text("email") or "",
        sex=text("jk") or "L",
        born=text("lahir") or "",
    )


def _row(number: int, e: Employee, office: Office) -> tuple[str | int | None, ...]:
    unit = (office.name, office.code, office.parent, office.kind, office.pattern, office.route)
    post = (e.status, e.grade, e.rank, e.post, e.echelon)
    contact = (e.superior, e.phone, e.email, e.sex, e.born)
    return (number, e.name, e.bare_name, e.nip, *post, *unit, int(e.head), e.finger, *contact)
