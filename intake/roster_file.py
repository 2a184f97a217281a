"""Roster files of BKD: XLSX and CSV in, a draft ``Roster`` or a list of faults with sheet, row and column out."""

from dataclasses import dataclass

from domain.errors import RosterError
from domain.roster import Roster
from domain.roster_diff import keep_unsaid
from intake import roster_layout as layout
from intake.roster_people import (
    address_order,
    read_addresses,
    read_delegations,
    read_people,
    read_placements,
    read_plans,
)
from intake.roster_table import Notes, read_tables
from intake.roster_units import read_units
from intake.roster_write import write_roster, write_roster_csv, write_template

__all__ = ["RosterFile", "read_roster", "write_roster", "write_roster_csv", "write_template"]

_SHOWN = 5  # faults in the message itself; all are in ``problems``


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster file that was read: the draft (``version`` 0) and what a person should look at.

    ``sheets`` are the names of the sheets it carried (``roster_layout``); a CSV carries only the people's.
    """

    roster: Roster
    warnings: tuple[str, ...] = ()
    sheets: frozenset[str] = frozenset()

    def beside(self, old: Roster | None) -> Roster:
        """The draft, with what the file does not speak of kept from ``old``."""
        return keep_unsaid(
            old,
            self.roster,
            units=layout.UNITS in self.sheets,
            addresses=layout.ADDRESSES in self.sheets,
            delegations=layout.DELEGATIONS in self.sheets,
            plans=layout.PLANS in self.sheets,
        )


def read_roster(data: bytes, filename: str) -> RosterFile:
    """Read XLSX or CSV of the documented layout.

    Raises ``RosterError`` whose ``problems`` name sheet, row, column and what was expected; nothing is half read.
    """
    notes = Notes()
    tables = read_tables(data, filename, notes)
    units = read_units(tables.get(layout.UNITS, []), tables[layout.PEOPLE], notes)
    book = read_people(tables[layout.PEOPLE], units)
    placements = read_placements(tables.get(layout.PLACEMENTS, []), units, book)
    addresses = {*book.addresses, *units.addresses, *read_addresses(tables.get(layout.ADDRESSES, []), units, book)}
    roster = Roster(
        version=0,
        units=units.units,
        people=book.people,
        placements=tuple(placements),
        addresses=tuple(sorted(addresses, key=address_order)),
        delegations=tuple(read_delegations(tables.get(layout.DELEGATIONS, []), units, book)),
        day_plans=tuple(read_plans(tables.get(layout.PLANS, []), book)),
    )
    if not roster.people and not notes.problems:
        notes.problems.append(f"lembar {layout.PEOPLE}: tidak ada pegawai")
    if notes.problems:
        raise RosterError(_message(notes.problems), file=filename, problems=tuple(notes.problems))
    return RosterFile(roster, (*notes.warnings, *_without_head(roster)), frozenset(tables))


def _message(problems: list[str]) -> str:
    rest = len(problems) - _SHOWN
    more = f"\n… dan {rest} lagi" if rest > 0 else ""
    return f"{len(problems)} kesalahan:\n" + "\n".join(problems[:_SHOWN]) + more


def _without_head(roster: Roster) -> list[str]:
    # The head's signature is looked for on every sheet (TLG-08); without one nobody can be named.
    headed = {placement.unit for placement in roster.placements if placement.head and placement.last is None}
    acting = {delegation.unit for delegation in roster.delegations}
    return [
        f"unit {unit.code} {unit.name}: belum ada kepala unit"
        for unit in roster.units.values()
        if unit.code not in headed | acting
    ]
