"""Printed sheets for 1,000 units, PDF and XLSX each (issue B: at most 40 s)."""

from datetime import date
from time import monotonic

from benchmarks.report import Result, figure
from domain.calendar import WorkCalendar
from domain.profile import load_profile
from domain.roster import Person, Placement, Roster, Unit
from domain.sheet import SheetPage, issue, numbers_needed
from domain.sheet_plan import SheetDrafter
from domain.terms import Pattern
from reports.forms import print_many

UNITS = 1000
PEOPLE = 12
AIM = 40.0
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


def main() -> Result:
    """The figures: wall time of drafting, drawing and both files of every unit on two processes."""
    profile = load_profile("tulungagung")
    roster = invented_roster()
    began = monotonic()
    drafter = SheetDrafter(profile, roster, WorkCalendar(profile))
    sheets: list[tuple[SheetPage, ...]] = []
    number = 0
    for unit in roster.units.values():
        drafts = drafter.draft(unit, "2026-W48")
        sheets.append(issue(drafts, number, _KEY))
        number += numbers_needed(drafts)
    drafted = monotonic() - began
    size = sum(len(printed.pdf) + len(printed.xlsx) for printed in print_many(profile, _KEY, sheets))
    seconds = monotonic() - began
    figures = [
        figure(f"sheets of {len(sheets)} units, PDF and XLSX", seconds, "s", f"≤ {AIM:.0f} s", met=seconds <= AIM),
        figure("    of which drafting and signing", drafted, "s"),
        figure("    bytes", size / 1e6, "MB"),
    ]
    return {"title": "Printed forms: a week of a regency", "figures": figures}
