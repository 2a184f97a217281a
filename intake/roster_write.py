"""Roster files out: the roster as XLSX or CSV in the layout that ``roster_file`` reads, and an empty template."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from domain.roster import Address, AddressRole, Person, Placement, Roster, Route, Unit
from domain.terms import Scheme
from intake import roster_layout as layout
from intake.roster_contacts import SCHEME_WORDS

Record: TypeAlias = Mapping[str, str]

_LAST_ROW = 20_000  # how far drop-downs and text format reach in the template
_CHOICES = {"pola_hari": "5,6", "kepala": "0,1", "jalur": f"{layout.DIRECT},{layout.VIA_PARENT},via Bagian Umum"}
_GUARDED = re.compile(r"^[=+\-@'\t\r]")
_TEMPLATE_ROWS = 500


def write_roster(roster: Roster) -> bytes:
    """The whole roster as XLSX; ``read_roster`` reads back an equal roster (version 0, addresses in one order)."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet, records in _sheets(roster).items():
        _fill(book.create_sheet(sheet), sheet, records)
    return _saved(book)


def write_roster_csv(roster: Roster) -> bytes:
    """The sheet Pegawai as CSV (UTF-8 with BOM, semicolons), for spreadsheets set to Indonesian."""
    out = io.StringIO()
    names = [column.name for column in layout.LAYOUT[layout.PEOPLE]]
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(names)
    for record in _sheets(roster)[layout.PEOPLE]:
        # Text that a spreadsheet would compute is kept text (formula injection).
        cells = [record.get(name, "") for name in names]
        writer.writerow(["'" + cell if _GUARDED.match(cell) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def write_template() -> bytes:
    """An empty workbook: every sheet with one example row that the import skips, and a sheet that explains."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _legend(book.create_sheet(layout.LEGEND))
    for sheet, columns in layout.LAYOUT.items():
        example = {column.name: column.example for column in columns} | {columns[0].name: layout.EXAMPLE}
        page = book.create_sheet(sheet)
        _fill(page, sheet, [example], _TEMPLATE_ROWS)
        for cell in page[2]:
            cell.font = Font(italic=True, color="808080")
    return _saved(book)


def _sheets(roster: Roster) -> dict[str, list[Record]]:
    in_unit, in_person, others = _split_addresses(roster.addresses)
    current = {placement.person: placement for placement in sorted(roster.placements, key=lambda p: p.first)}
    people = enumerate(roster.people.values(), start=1)
    return {
        layout.PEOPLE: [
            _person(number, person, current.get(person.key), roster, in_person.get(person.key, []))
            for number, person in people
        ],
        layout.UNITS: [_unit(unit, roster, in_unit) for unit in roster.units.values()],
        layout.PLACEMENTS: [_placement(placement, roster) for placement in roster.placements],
        layout.ADDRESSES: [_address(address) for address in others],
        layout.DELEGATIONS: [
            {
                "unit_kode": one.unit,
                "nip": one.person,
                "nama": _name(roster, one.person),
                "jenis": one.kind,
                "mulai": _day(one.first),
                "sampai": _day(one.last),
            }
            for one in roster.delegations
        ],
        layout.PLANS: [
            {
                "nip": plan.person,
                "nama": _name(roster, plan.person),
                "tanggal": _day(plan.day),
                "wajib": str(int(plan.expected)),
                "shift": plan.shift,
            }
            for plan in roster.day_plans
        ],
    }


_Split: TypeAlias = tuple[dict[tuple[str, Scheme], list[str]], dict[str, list[str]], list[Address]]


def _split_addresses(addresses: Iterable[Address]) -> _Split:
    """Addresses that have a column of their own in Unit and Pegawai, and the rest for the sheet Alamat."""
    in_unit: dict[tuple[str, Scheme], list[str]] = {}
    in_person: dict[str, list[str]] = {}
    others: list[Address] = []
    for one in addresses:
        plain = one.first is None and one.last is None
        officer = one.role is AddressRole.RECAP_OFFICER and one.scheme in (Scheme.MAIL, Scheme.WHATSAPP)
        if plain and officer and one.unit and one.person is None:
            in_unit.setdefault((one.unit, one.scheme), []).append(one.value)
        elif plain and one.role is AddressRole.PERSON and one.scheme is Scheme.MAIL and one.person and not one.unit:
            in_person.setdefault(one.person, []).append(one.value)
        else:
            others.append(one)
    return in_unit, in_person, others


def _person(number: int, person: Person, place: Placement | None, roster: Roster, mails: Sequence[str]) -> Record:
    unit = roster.units.get(place.unit) if place else None
    return {
        "no": str(number),
        "nama": person.name,
        "nama_tanpa_gelar": person.bare_name,
        "nip": person.nip or "",
        "status": person.employment,
        "golongan": person.grade,
        "pangkat": person.rank,
        "jabatan": person.post,
        "eselon": person.echelon,
        "unit": unit.name if unit else "",
        "unit_kode": unit.code if unit else "",
        "induk": _parent(unit, roster),
        "jenis_unit": unit.kind if unit else "",
        "pola_hari": str(int(unit.pattern)) if unit else "",
        "jalur": _route(unit, roster) if unit else "",
        "kepala": str(int(place.head)) if place else "",
        "finger_id": person.finger_id or "",
        "atasan_nip": person.superior or "",
        "hp": person.phone,
        "email": "; ".join(mails),
        "jk": person.sex,
    }


def _unit(unit: Unit, roster: Roster, addresses: Mapping[tuple[str, Scheme], list[str]]) -> Record:
    return {
        "kode": unit.code,
        "nama": unit.name,
        "alias": "; ".join(unit.aliases),
        "jenis": unit.kind,
        "pola_hari": str(int(unit.pattern)),
        "induk": unit.parent or "",
        "jalur": _route(unit, roster),
        "koordinator": unit.coordinator or "",
        "kotak_bkd": unit.mailbox or "",
        "surel": "; ".join(addresses.get((unit.code, Scheme.MAIL), ())),
        "wa": "; ".join(addresses.get((unit.code, Scheme.WHATSAPP), ())),
    }


def _parent(unit: Unit | None, roster: Roster) -> str:
    parent = roster.units.get(unit.parent) if unit and unit.parent else None
    return parent.name if parent else ""


def _route(unit: Unit, roster: Roster) -> str:
    if unit.route is Route.VIA_PARENT:
        return layout.VIA_PARENT
    coordinator = roster.units.get(unit.coordinator or "")
    return f"{layout.VIA}{coordinator.name}" if unit.route is Route.VIA_COORDINATOR and coordinator else layout.DIRECT


def _placement(placement: Placement, roster: Roster) -> Record:
    return {
        "nip": placement.person,
        "nama": _name(roster, placement.person),
        "unit_kode": placement.unit,
        "mulai": _day(placement.first),
        "sampai": _day(placement.last),
        "kepala": str(int(placement.head)),
    }


def _address(address: Address) -> Record:
    return {
        "jenis": SCHEME_WORDS[address.scheme],
        "alamat": address.value,
        "unit_kode": address.unit or "",
        "nip": address.person or "",
        "peran": address.role.value,
        "mulai": _day(address.first),
        "sampai": _day(address.last),
    }


def _name(roster: Roster, key: str) -> str:
    person = roster.people.get(key)
    return person.name if person else ""


def _day(day: date | None) -> str:
    return f"{day:%d-%m-}{day.year:04d}" if day else ""


def _fill(page: Worksheet, sheet: str, records: Sequence[Record], spare: int = 0) -> None:
    columns = layout.LAYOUT[sheet]
    for place, column in enumerate(columns, start=1):
        head = page.cell(1, place, column.name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="D9E1F2")
        page.column_dimensions[get_column_letter(place)].width = max(12, min(36, len(column.example) + 6))
    for number, record in enumerate(records, start=2):
        for place, column in enumerate(columns, start=1):
            _write(page, number, place, record.get(column.name, ""))
    for number in range(len(records) + 2, len(records) + 2 + spare):
        for place in range(1, len(columns) + 1):
            page.cell(number, place).number_format = "@"
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(2, len(records) + 1)}"
    _choices(page, [column.name for column in columns])


def _write(page: Worksheet, number: int, place: int, text: str) -> None:
    # Text format in every cell: a NIP never becomes a number, and "=..." never a formula.
    cell = page.cell(number, place)
    cell.number_format = "@"
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        cell.data_type = "s"


def _choices(page: Worksheet, names: Sequence[str]) -> None:
    for name, choices in _CHOICES.items():
        if name in names:
            letter = get_column_letter(names.index(name) + 1)
            # Other routes ("via" another unit) are allowed: the list helps, it does not forbid.
            rule = DataValidation("list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=name != "jalur")
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            page.add_data_validation(rule)


def _legend(page: Worksheet) -> None:
    lines: list[tuple[str, str, str, str]] = [("lembar", "kolom", "wajib", "isi")]
    for sheet, columns in layout.LAYOUT.items():
        lines += [(sheet, column.name, "ya" if column.needed else "", column.note) for column in columns]
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            cell = page.cell(number, place, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for letter, width in zip("ABCD", (14, 20, 8, 60), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
