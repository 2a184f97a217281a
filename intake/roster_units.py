"""Units of a roster file: from the sheet Unit, or from the unit columns of the sheet Pegawai."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.roster import Address, AddressRole, Route, Unit
from domain.terms import Pattern, Scheme
from domain.unit_names import find_unit
from intake import roster_layout as layout
from intake.roster_contacts import mail_addresses, phone_numbers
from intake.roster_table import Notes, Row


@dataclass(frozen=True, slots=True)
class _Draft:
    """A unit as written, before parent and sender are known by code."""

    unit: Unit
    row: Row
    code_column: str
    parent: str
    route: str
    coordinator: str


class UnitBook:
    """All units of the file, found by code, name or alias."""

    def __init__(self, units: Mapping[str, Unit], addresses: tuple[Address, ...] = ()) -> None:
        self.units = units
        self.addresses = addresses
        self._by_text: dict[str, set[str]] = {}
        for unit in units.values():
            for text in (unit.code, unit.name, *unit.aliases):
                self._by_text.setdefault(_same(text), set()).add(unit.code)

    def code(self, text: str) -> str | None:
        """The code of the unit that ``text`` names; None when unknown or not clear."""
        exact = self._by_text.get(_same(text), set())
        if len(exact) == 1:
            return next(iter(exact))
        return None if exact else find_unit(self.units.values(), text).code


def read_units(unit_rows: Sequence[Row], people_rows: Sequence[Row], notes: Notes) -> UnitBook:
    """The units; where a sheet Unit exists it decides, and units named only in Pegawai are added."""
    drafts: dict[str, _Draft] = {}
    names: dict[str, str] = {}
    addresses: list[Address] = []
    for row in unit_rows:
        draft = _from_unit_row(row)
        if draft is None:
            continue
        if draft.unit.code in drafts:
            row.problem("kode", f"kode {draft.unit.code} sudah dipakai di baris {drafts[draft.unit.code].row.number}")
        drafts[draft.unit.code] = draft
        names.setdefault(_same(draft.unit.name), draft.unit.code)
        addresses.extend(_addresses(row, draft.unit.code))
    listed = frozenset(drafts)
    for row in people_rows:
        _add_from_person(row, drafts, names, listed)
    book = UnitBook({code: draft.unit for code, draft in drafts.items()})
    units = {code: _routed(draft, book) for code, draft in drafts.items()}
    _check_names(units, notes)
    return UnitBook(units, tuple(addresses))


def person_unit(row: Row, book: UnitBook) -> str | None:
    """Code of the unit that a row of Pegawai names; the code column decides over the name."""
    return book.code(row.text("unit_kode") or row.text("unit"))


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def _slug(name: str) -> str:
    # A stable code for files that bring none.
    return "-".join("".join(c if c.isalnum() else " " for c in name.upper()).split())


def _pattern(row: Row) -> Pattern:
    text = row.text("pola_hari").casefold().removesuffix("hari").removesuffix("hari kerja").strip()
    if text and text not in ("5", "6"):
        row.problem("pola_hari", f"'{text}' tidak dikenal; tulis 5 atau 6")
    return Pattern.SIX if text == "6" else Pattern.FIVE


def _from_unit_row(row: Row) -> _Draft | None:
    code, name = row.text("kode"), row.text("nama")
    if not code or not name:
        row.problem("kode" if not code else "nama", "wajib diisi")
        return None
    unit = Unit(
        code=code,
        name=name,
        kind=row.text("jenis") or "opd",
        pattern=_pattern(row),
        mailbox=row.text("kotak_bkd") or None,
        aliases=tuple(alias.strip() for alias in row.text("alias").split(";") if alias.strip()),
    )
    return _Draft(unit, row, "kode", row.text("induk"), row.text("jalur"), row.text("koordinator"))


def _add_from_person(row: Row, drafts: dict[str, _Draft], names: dict[str, str], listed: frozenset[str]) -> None:
    name = row.text("unit")
    code = row.text("unit_kode") or names.get(_same(name), "") or _slug(name)
    if not code:
        return
    if not name and code not in drafts:
        row.problem("unit_kode", f"unit {code} tidak ada di lembar {layout.UNITS} dan tidak bernama")
        return
    if code in listed:
        return
    if listed:
        known = UnitBook({one: drafts[one].unit for one in listed}).code(row.text("unit_kode") or name)
        if known is None:
            row.problem("unit_kode", f"unit '{row.text('unit_kode') or name}' tidak ada di lembar {layout.UNITS}")
        return
    unit = Unit(code=code, name=name, kind=row.text("jenis_unit") or "opd", pattern=_pattern(row))
    draft = _Draft(unit, row, "unit_kode", row.text("induk"), row.text("jalur"), "")
    if code not in drafts:
        drafts[code] = draft
        names.setdefault(_same(name), code)
        return
    _check_same(drafts[code], draft)


def _check_same(first: _Draft, other: _Draft) -> None:
    for column, one, two in (
        ("unit", first.unit.name, other.unit.name),
        ("jenis_unit", first.unit.kind, other.unit.kind),
        ("pola_hari", str(int(first.unit.pattern)), str(int(other.unit.pattern))),
        ("induk", first.parent, other.parent),
        ("jalur", first.route, other.route),
    ):
        if _same(one) != _same(two):
            message = f"unit {first.unit.code} di sini '{two}', tetapi di baris {first.row.number} '{one}'"
            other.row.problem(column, message)


def _routed(draft: _Draft, book: UnitBook) -> Unit:
    """Parent and sender by code (TLG-11..14)."""
    unit, row = draft.unit, draft.row
    parent = _code_of(draft, "induk", draft.parent, book)
    route, coordinator = Route.DIRECT, None
    wanted = _same(draft.route)
    if wanted in ("via opd induk", "via induk", "opd induk"):
        route, coordinator = Route.VIA_PARENT, parent
        if parent is None and not draft.parent:
            row.problem("jalur", "jalur 'via OPD induk' memerlukan kolom induk")
    elif wanted.startswith(layout.VIA):
        route = Route.VIA_COORDINATOR
        coordinator = _code_of(draft, "jalur", draft.route[len(layout.VIA) :], book)
    elif wanted not in ("", layout.DIRECT):
        row.problem("jalur", f"'{draft.route}' tidak dikenal; tulis langsung, via OPD induk, atau via (nama unit)")
    if draft.coordinator:
        coordinator = _code_of(draft, "koordinator", draft.coordinator, book)
        route = Route.VIA_COORDINATOR if route is Route.DIRECT else route
    if coordinator == unit.code:
        # Bagian Umum collects for the Setda and mails its own sheet itself (TLG-12).
        route, coordinator = Route.DIRECT, None
    return replace(unit, parent=parent, route=route, coordinator=coordinator)


def _code_of(draft: _Draft, column: str, text: str, book: UnitBook) -> str | None:
    if not text:
        return None
    code = book.code(text)
    if code is None:
        draft.row.problem(column, f"unit '{text}' tidak dikenal")
    return code


def _check_names(units: Mapping[str, Unit], notes: Notes) -> None:
    seen: dict[str, str] = {}
    for unit in units.values():
        other = seen.setdefault(_same(unit.name), unit.code)
        if other != unit.code:
            notes.warnings.append(f"unit {other} dan {unit.code} bernama sama: {unit.name}")


def _addresses(row: Row, code: str) -> list[Address]:
    role = AddressRole.RECAP_OFFICER
    mails = [Address(Scheme.MAIL, value, unit=code, role=role) for value in mail_addresses(row, "surel")]
    return mails + [Address(Scheme.WHATSAPP, value, unit=code, role=role) for value in phone_numbers(row, "wa")]
