"""``/pegawai``: one person's marks and what they rest on, for those who may look; every look is in the audit chain."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from desk.submission import mark_of
from desk.submission_page import LOOKS
from desk.visitor import Turn, Visit, missing
from domain.resolution import World
from domain.terms import Session
from storage.records import FactRow

router = APIRouter()
_MOST = 60


def _may_see(turn: Turn, world: World, person: str, day: date) -> bool:
    units = turn.units(world)
    return units is None or world.roster.unit_of(person, day) in units


@router.get("/pegawai")
async def people_page(
    turn: Visit,
    search: Annotated[str, Query(alias="cari", max_length=80)] = "",
    within: Annotated[str, Query(alias="unit", max_length=40)] = "",
) -> Response:
    """Find a person by name or NIP, or everybody of one unit today."""
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        if within and within not in world.roster.units:
            raise missing()
        if within:
            turn.must_see(within, world)
        words = search.casefold().split()
        today = turn.house.today()
        found = [
            (person, world.roster.unit_of(person.key, today))
            for person in world.roster.people.values()
            if (words or within) and all(w in f"{person.name} {person.key}".casefold() for w in words)
            and (not within or world.roster.unit_of(person.key, today) == within)
            and _may_see(turn, world, person.key, today)
        ]  # fmt: skip
        if words or within:
            await turn.audit(uow, "people_searched", "roster", str(world.roster.version), found=len(found))
    names = {code: unit.name for code, unit in world.roster.units.items()}
    most = len(found) if within else _MOST
    return turn.page(
        "people", search=search, within=within, found=found[:most], more=max(0, len(found) - most), names=names
    )


@router.get("/pegawai/{key}")
async def person_page(turn: Visit, key: str, until: Annotated[date | None, Query(alias="sampai")] = None) -> Response:
    """Five weeks of one person: the current mark of each session, and every fact behind it."""
    last = until or turn.house.today()
    first = last - timedelta(days=34)
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        person = world.roster.people.get(key)
        if person is None or not _may_see(turn, world, key, turn.house.today()):
            raise missing()
        facts = await uow.facts.for_people([key], first, last)
        excuses = await uow.excuses.in_range([key], first, last)
        numbers = {
            i: (await uow.submissions.get(i)).number for i in {f.submission_id for f in facts if f.submission_id}
        }
        await turn.audit(uow, "person_viewed", "person", key)
    by_day: dict[date, dict[Session, list[FactRow]]] = defaultdict(lambda: {s: [] for s in Session})
    for fact in facts:
        for session in (fact.session,) if fact.session else tuple(Session):
            by_day[fact.date][session].append(fact)
    days = [
        (day, {session: (mark_of(some), tuple(some)) for session, some in sessions.items()})
        for day, sessions in sorted(by_day.items(), reverse=True)
    ]
    placements = [(p, world.roster.units[p.unit].name) for p in world.roster.placements_of(key)]
    return turn.page(
        "person", person=person, days=days, first=first, last=last, numbers=numbers, excuses=excuses,
        placements=placements, **LOOKS,
    )  # fmt: skip
