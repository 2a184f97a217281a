"""People of a roster file, and what the further sheets say about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain import nip as nips
from domain.names import bare_name
from domain.roster import Address, AddressRole, DayPlan, Delegation, Person, Placement
from domain.terms import Scheme
from intake import roster_layout as layout
from intake.roster_contacts import mail_addresses, phone_numbers, read_address
from intake.roster_table import Row
from intake.roster_units import UnitBook, person_unit

_DELEGATION_KINDS = {"plt": "Plt.", "plh": "Plh.", "an": "a.n."}
_OFF = ("lepas jaga", "libur", "off", "lepas", "turun jaga", "cuti")
_MAX_SPAN = 400  # days of one row of Jadwal


@dataclass
class PeopleBook:
    """All people of the file with the rows that brought them."""

    people: dict[str, Person] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    fingers: dict[str, list[str]] = field(default_factory=dict)

    def key(self, row: Row, column: str = "nip") -> str | None:
        """The person whom a cell of a further sheet means: NIP, key or finger id; a fault is noted."""
        text = row.text(column).replace(" ", "")
        if text in self.people:
            return text
        by_finger = self.fingers.get(text.removeprefix("F"), [])
        if len(by_finger) == 1:
            return by_finger[0]
        row.problem(column, f"pegawai '{text}' tidak ada di lembar {layout.PEOPLE}" if text else "wajib diisi")
        return None


def read_people(rows: Iterable[Row], units: UnitBook) -> PeopleBook:
    """The sheet Pegawai: people, their placements since ever, their mail addresses and telephones."""
    book = PeopleBook()
    heads: dict[str, int] = {}
    for row in rows:
        person = _person(row)
        if person is None:
            continue
        if person.key in book.people:
            column = "nip" if person.nip else "finger_id"
            row.problem(column, f"{person.key} sudah ada di baris {book.rows[person.key].number}")
            continue
        book.people[person.key] = person
        book.rows[person.key] = row
        if person.finger_id:
            book.fingers.setdefault(person.finger_id, []).append(person.key)
        _place(row, person, units, book, heads)
        mails = mail_addresses(row, "email")
        book.addresses += [Address(Scheme.MAIL, value, person=person.key) for value in mails]
        if person.phone:
            book.addresses.append(Address(Scheme.WHATSAPP, person.phone, person=person.key))
    _check(book)
    return book


def _person(row: Row) -> Person | None:
    name, finger = row.text("nama"), row.text("finger_id")
    nip = _nip(row)
    if not name:
        row.problem("nama", "wajib diisi")
        return None
    if nip is None:
        return None
    if not nip and not finger:
        row.problem("nip", "pegawai tanpa NIP memerlukan finger_id")
        return None
    phones = phone_numbers(row, "hp")
    return Person(
        key=nip or f"F{finger}",
        name=name,
        bare_name=row.text("nama_tanpa_gelar") or bare_name(name),
        nip=nip or None,
        employment=row.text("status").upper() or _employment(nip),
        grade=row.text("golongan"),
        rank=row.text("pangkat"),
        post=row.text("jabatan"),
        echelon=row.text("eselon"),
        finger_id=finger or None,
        superior=row.text("atasan_nip").replace(" ", "") or None,
        phone=phones[0] if phones else "",
        sex=row.text("jk").upper()[:1],
    )


def _employment(nip: str) -> str:
    kind = nips.classify(nip)
    return kind.value if kind else "NON ASN"


def _nip(row: Row) -> str | None:
    """The NIP as 18 digits, empty when the person has none; None when it is wrong (noted)."""
    value = row.raw("nip")
    if value is None or row.text("nip") in ("", "-", "0"):
        return ""
    read = nips.parse(value if isinstance(value, str | int | float) else str(value))
    shown = row.text("nip")
    if read.low != read.high or isinstance(value, int | float):
        row.problem(
            "nip", f"NIP '{shown}' rusak karena sel angka Excel; format sel sebagai Teks lalu ketik 18 angkanya"
        )
        return None
    if len(read.digits) != nips.LENGTH or read.letters:
        row.problem("nip", f"NIP '{shown}' harus 18 angka")
        return None
    for fault in nips.faults(read.digits):
        row.warn("nip", f"NIP {read.digits}: {fault}")
    return read.digits


def _place(row: Row, person: Person, units: UnitBook, book: PeopleBook, heads: dict[str, int]) -> None:
    written = row.text("unit_kode") or row.text("unit")
    code = person_unit(row, units) if written else None
    if code is None:
        if not written:
            row.warn("unit_kode", "pegawai tanpa unit")
        elif not units.units or units.code(written) is None:
            row.problem("unit_kode" if row.text("unit_kode") else "unit", f"unit '{written}' tidak dikenal")
        return
    head = row.yes("kepala")
    if head and code in heads:
        row.problem("kepala", f"unit {code} sudah mempunyai kepala di baris {heads[code]}")
    if head:
        heads.setdefault(code, row.number)
    book.placements.append(Placement(person.key, code, layout.BEGINNING, head=head))


def _check(book: PeopleBook) -> None:
    for finger, keys in book.fingers.items():
        if len(keys) > 1:
            first = book.rows[keys[0]].number
            book.rows[keys[1]].warn("finger_id", f"ID finger {finger} juga dipakai di baris {first}")
    for key, person in list(book.people.items()):
        superior = person.superior
        if superior and superior not in book.people:
            book.rows[key].warn("atasan_nip", f"atasan '{superior}' tidak ada di berkas; dikosongkan")
            book.people[key] = replace(person, superior=None)


def read_placements(rows: Sequence[Row], units: UnitBook, book: PeopleBook) -> list[Placement]:
    """The sheet Penempatan (mutasi, BLG-14): for the people it names it replaces the unit given in Pegawai."""
    found: list[Placement] = []
    places: dict[str, list[tuple[Placement, Row]]] = {}
    for row in rows:
        person, unit = book.key(row), units.code(row.text("unit_kode"))
        first, last = row.day("mulai"), row.day("sampai")
        if unit is None:
            row.problem("unit_kode", f"unit '{row.text('unit_kode')}' tidak dikenal")
        if not row.text("mulai"):
            row.problem("mulai", "wajib diisi")
        if first and last and last < first:
            row.problem("sampai", "lebih awal daripada mulai")
        if person is None or unit is None or first is None:
            continue
        placement = Placement(person, unit, first, last, row.yes("kepala"))
        for other, at in places.get(person, []):
            if _overlap(placement, other):
                row.problem("mulai", f"penempatan {person} tumpang tindih dengan baris {at.number}")
        places.setdefault(person, []).append((placement, row))
        found.append(placement)
    return [placement for placement in book.placements if placement.person not in places] + found


def _overlap(one: Placement, two: Placement) -> bool:
    return (one.last is None or two.first <= one.last) and (two.last is None or one.first <= two.last)


def read_addresses(rows: Iterable[Row], units: UnitBook, book: PeopleBook) -> list[Address]:
    """The sheet Alamat."""
    found: list[Address] = []
    for row in rows:
        unit = units.code(row.text("unit_kode")) if row.text("unit_kode") else None
        if unit is None and row.text("unit_kode"):
            row.problem("unit_kode", f"unit '{row.text('unit_kode')}' tidak dikenal")
            continue
        person = book.key(row) if row.text("nip") else None
        if person is None and row.text("nip"):
            continue
        address = read_address(row, unit, person)
        if address is not None:
            found.append(address)
    return found


def read_delegations(rows: Iterable[Row], units: UnitBook, book: PeopleBook) -> list[Delegation]:
    """The sheet Delegasi: who signs for a head, and until when."""
    found: list[Delegation] = []
    for row in rows:
        kind = _DELEGATION_KINDS.get(layout.heading(row.text("jenis")))
        unit, person = units.code(row.text("unit_kode")), book.key(row)
        first, last = row.day("mulai"), row.day("sampai")
        if kind is None:
            row.problem("jenis", f"'{row.text('jenis')}' tidak dikenal; tulis Plt., Plh., atau a.n.")
        if unit is None:
            row.problem("unit_kode", f"unit '{row.text('unit_kode')}' tidak dikenal")
        if first is None and not row.text("mulai"):
            row.problem("mulai", "wajib diisi")
        if kind and unit and person and first:
            found.append(Delegation(unit, person, kind, first, last))
    return found


def read_plans(rows: Iterable[Row], book: PeopleBook) -> list[DayPlan]:
    """The sheet Jadwal: shifts and days off of single people; a later row for the same day is a fault."""
    found: dict[tuple[str, object], DayPlan] = {}
    for row in rows:
        person, first, last = book.key(row), row.day("tanggal"), row.day("sampai")
        if first is None and not row.text("tanggal"):
            row.problem("tanggal", "wajib diisi")
        if person is None or first is None:
            continue
        days = ((last or first) - first).days + 1
        if not 1 <= days <= _MAX_SPAN:
            row.problem("sampai", f"harus 1 sampai {_MAX_SPAN} hari sejak tanggal")
            continue
        shift = row.text("shift")
        expected = row.yes("wajib") if row.text("wajib") else shift.casefold() not in _OFF
        for offset in range(days):
            day = first + timedelta(days=offset)
            if (person, day) in found:
                row.problem("tanggal", f"jadwal {person} tanggal {day:%d-%m-%Y} ditulis dua kali")
            found[person, day] = DayPlan(person, day, expected, shift)
    return list(found.values())


def address_order(address: Address) -> tuple[str, ...]:
    """One order of addresses, whatever sheet they came from."""
    role = AddressRole(address.role).value
    days = (str(address.first or ""), str(address.last or ""))
    return (address.scheme.value, address.value, address.unit or "", address.person or "", role, *days)
