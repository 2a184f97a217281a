"""Printed sheets for 1,000 units, PDF and XLSX each: ``python -m benchmarks.forms`` (issue B: at most 40 s)."""

import sys
import time
from datetime import date

from domain.calendar import WorkCalendar
from domain.profile import load_profile
from domain.roster import Person, Placement, Roster, Unit
from domain.sheet import SheetPage, issue, numbers_needed
from domain.sheet_plan import SheetDrafter
from domain.terms import Pattern
from reports.forms import print_many

UNITS = 1000
PEOPLE = 12
TARGET = 40.0
_KEY = b"benchmark key, not a secret"
_FIRST = date(2026, 1, 1)


def invented_roster(units: int = UNITS, people: int = PEOPLE) -> Roster:
    """``units`` offices of ``people`` each: 12,000 people for a regency of 1,000 units."""
    offices = {
        f"U{n:04d}": Unit(f"U{n:04d}", f"UPTD Contoh Nomor {n}", pattern=Pattern(5 + n % 2)) for n in range(units)
    }
    staff: dict[str, Person] = {}
    placements = []
    for number, code in enumerate(code for code in offices for _ in range(people)):
        key = f"19800101200501{number % 2 + 1}{number:05d}"[:18]
        name = f"Pegawai Contoh Ke-{number}, S.Sos., M.AP."
        staff[key] = Person(key, name, name, nip=key, post="Pengelola Kepegawaian")
        placements.append(Placement(key, code, _FIRST, head=number % people == 0))
    return Roster(1, offices, staff, tuple(placements))


def main() -> None:
    """Print seconds, bytes and pages; exit 1 above the target."""
    profile = load_profile("tulungagung")
    roster = invented_roster()
    start = time.monotonic()
    drafter = SheetDrafter(profile, roster, WorkCalendar(profile))
    sheets: list[tuple[SheetPage, ...]] = []
    number = 0
    for unit in roster.units.values():
        drafts = drafter.draft(unit, "2026-W48")
        sheets.append(issue(drafts, number, _KEY))
        number += numbers_needed(drafts)
    drafted = time.monotonic() - start
    size = pages = 0
    for printed in print_many(profile, _KEY, sheets):
        size += len(printed.pdf) + len(printed.xlsx)
        pages += len(printed.pages)
    seconds = time.monotonic() - start
    sys.stdout.write(
        f"formulir: {len(sheets)} unit, {pages} lembar, {size / 1e6:.0f} MB, {seconds:.1f} detik "
        f"(rancangan {drafted:.1f}; batas {TARGET:.0f})\n"
    )
    sys.exit(seconds > TARGET)


if __name__ == "__main__":
    main()
