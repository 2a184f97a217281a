"""Mail addresses and telephone numbers in the cells of a roster file."""

import re

from domain.roster import Address, AddressRole
from domain.terms import Scheme
from intake.roster_table import Row

_MAIL = re.compile(r"^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$")
_SCHEMES = {
    "surel": Scheme.MAIL,
    "email": Scheme.MAIL,
    "mail": Scheme.MAIL,
    "wa": Scheme.WHATSAPP,
    "whatsapp": Scheme.WHATSAPP,
    "hp": Scheme.WHATSAPP,
    "telegram": Scheme.TELEGRAM,
    "unggah": Scheme.UPLOAD,
}
SCHEME_WORDS = {Scheme.MAIL: "surel", Scheme.WHATSAPP: "wa", Scheme.TELEGRAM: "telegram", Scheme.UPLOAD: "unggah"}


def mail_addresses(row: Row, column: str) -> list[str]:
    """The addresses of a cell, lower case, separated by semicolon, comma or space."""
    found = [part.lower() for part in re.split(r"[;,\s]+", row.text(column)) if part]
    for part in found:
        if not _MAIL.match(part):
            row.problem(column, f"'{part}' bukan alamat surel")
    return found


def phone_numbers(row: Row, column: str) -> list[str]:
    """The telephone numbers of a cell as E.164 digits without ``+``."""
    found: list[str] = []
    for part in filter(str.strip, re.split(r"[;,/]", row.text(column))):
        number = phone(part)
        if number is None:
            row.problem(column, f"'{part.strip()}' bukan nomor telepon; tulis misalnya 0812… atau 62812…")
        else:
            found.append(number)
    return found


def phone(text: str) -> str | None:
    """``0812-3456-789`` or ``+62 812…`` as ``62812…``; None if it is no number."""
    digits = re.sub(r"[\s()+.\-]", "", text)
    if not digits.isascii() or not digits.isdigit() or not 8 <= len(digits) <= 15:
        return None
    return "62" + digits[1:] if digits.startswith("0") else digits


def read_address(row: Row, unit: str | None, person: str | None) -> Address | None:
    """One row of the sheet Alamat; ``unit`` and ``person`` are already codes and keys."""
    scheme = _SCHEMES.get(row.text("jenis").casefold())
    if scheme is None:
        row.problem("jenis", f"'{row.text('jenis')}' tidak dikenal; tulis surel, wa, atau telegram")
        return None
    words = row.text("peran").casefold() or AddressRole.PERSON.value
    try:
        role = AddressRole(words)
    except ValueError:
        row.problem("peran", f"'{words}' tidak dikenal; tulis petugas, kasubbag, atau pribadi")
        return None
    if unit is None and person is None:
        row.problem("unit_kode", "isi unit_kode atau nip: milik siapa alamat ini")
        return None
    values = _values(row, scheme)
    first, last = row.day("mulai"), row.day("sampai")
    return Address(scheme, values[0], unit, person, role, first, last) if len(values) == 1 else None


def _values(row: Row, scheme: Scheme) -> list[str]:
    if scheme is Scheme.MAIL:
        values = mail_addresses(row, "alamat")
    elif scheme is Scheme.WHATSAPP:
        values = phone_numbers(row, "alamat")
    else:
        values = [row.text("alamat")] if row.text("alamat") else []
    if len(values) != 1:
        row.problem("alamat", "tulis satu alamat pada satu baris")
    return values
