"""What both recaps take from storage: what was corrected, by whom; units by pattern."""

from collections.abc import Collection, Sequence
from datetime import date

from domain.marks import FactSource
from domain.profile import Profile
from domain.resolution import World
from domain.roster import Unit
from domain.terms import Pattern
from reports.figures import Correction, mark_text
from reports.gather_people import grouped, mark_of
from storage.engine import UnitOfWork
from storage.records_reports import CellFact
from storage.records_talk import RemarkKind


def units_of(world: World, pattern: Pattern | None = None, only: Collection[str] | None = None) -> tuple[Unit, ...]:
    """The units of a report in roster order: all, those of one pattern, or ``only`` some codes."""
    units = world.roster.units.values()
    return tuple(u for u in units if (pattern is None or u.pattern is pattern) and (only is None or u.code in only))


async def objections_about(uow: UnitOfWork, units: Collection[str], first: date, last: date) -> int:
    """How many objections (sanggahan) about these units and days nobody has decided yet."""
    found = await uow.remarks.open(RemarkKind.OBJECTION)
    return sum(one.unit in units and first <= one.date <= last for one in found)


async def gather_corrections(
    uow: UnitOfWork, world: World, units: Collection[str], first: date, last: date
) -> list[Correction]:
    """Every fact of the desk or an officer that changed what stood there before, whole days included."""
    found: list[Correction] = []
    for person, days in grouped(await uow.report_sources.decided_cells(first, last)).items():
        name = world.roster.people[person].name if person in world.roster.people else person
        for groups in days.values():
            for facts in groups.values():
                found += _replaced(name, facts, units, world.profile)
    return sorted(found, key=lambda c: (c.at, c.unit, c.subject))


def _replaced(name: str, facts: Sequence[CellFact], units: Collection[str], profile: Profile) -> list[Correction]:
    found = []
    for place, fact in enumerate(facts):
        if fact.source == FactSource.SHEET or fact.unit not in units:
            continue
        before, after = (mark_text(mark_of(facts[:end]), profile) for end in (place, place + 1))
        if before != after:
            found.append(Correction(fact.recorded_at, fact.by, fact.unit, name, fact.date, before, after))
    return found
