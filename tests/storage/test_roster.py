"""The roster in tables: versions, snapshots, placements over time."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from domain.errors import StorageError
from domain.roster import Address, AddressRole, DayPlan, Delegation, Person, Placement, Roster, Route, Unit
from domain.terms import Pattern, Scheme
from storage.engine import Database
from tests.fakes.rows import NOW

BUDI = Person(
    "197911222006121901", "H. Budi Nugroho, S.E.", "Budi Nugroho", nip="197911222006121901", finger_id="10001"
)
SITI = Person("F10002", "Siti Aminah", "Siti Aminah", finger_id="10002", superior=BUDI.key)
ROSTER = Roster(
    version=0,
    units={
        "U002": Unit("U002", "Bagian Umum", "bagian", aliases=("Bag. Umum",)),
        "U001": Unit("U001", "Sekretariat Daerah", "setda", Pattern.SIX, None, Route.VIA_COORDINATOR, "U002"),
    },
    people={SITI.key: SITI, BUDI.key: BUDI},
    placements=(
        Placement(SITI.key, "U002", date(2020, 1, 1), date(2026, 10, 31)),
        Placement(SITI.key, "U001", date(2026, 11, 1)),
        Placement(BUDI.key, "U001", date(2020, 1, 1), head=True),
    ),
    addresses=(Address(Scheme.MAIL, "budi@presensi.test", person=BUDI.key, role=AddressRole.RECAP_OFFICER),),
    delegations=(Delegation("U001", SITI.key, "Plh.", date(2026, 11, 1), date(2026, 11, 30)),),
    day_plans=(DayPlan(SITI.key, date(2026, 11, 24), expected=False, shift="lepas jaga"),),
)


async def test_before_the_first_import_the_roster_is_empty(database: Database) -> None:
    async with database.begin() as uow:
        roster = await uow.roster.load()
    assert (roster.version, roster.units, roster.placements) == (0, {}, ())


async def test_a_roster_comes_back_as_it_was_in_its_order(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.roster.replace(ROSTER, "BKD", NOW) == 1
    async with database.begin() as uow:
        loaded = await uow.roster.load()
    assert loaded == replace(ROSTER, version=1)
    assert list(loaded.units) == ["U002", "U001"]
    assert list(loaded.people) == [SITI.key, BUDI.key]


async def test_each_change_makes_a_version_and_old_ones_can_be_loaded(database: Database) -> None:
    changed = replace(ROSTER, units={**ROSTER.units, "U003": Unit("U003", "Bagian Hukum")})
    async with database.begin() as uow:
        assert await uow.roster.replace(ROSTER, "BKD", NOW) == 1
        assert await uow.roster.replace(replace(ROSTER, version=9), "BKD", NOW) == 1  # nothing changed
        assert await uow.roster.replace(changed, "BKD", NOW) == 2
    async with database.begin() as uow:
        assert await uow.roster.version() == 2
        assert await uow.roster.load() == replace(changed, version=2)
        assert await uow.roster.load(1) == replace(ROSTER, version=1)
        with pytest.raises(StorageError):
            await uow.roster.load(3)


async def test_overlapping_placements_of_one_person_are_refused(database: Database) -> None:
    overlapping = replace(ROSTER, placements=(*ROSTER.placements, Placement(BUDI.key, "U002", date(2026, 1, 1))))
    with pytest.raises(IntegrityError, match="overlap"):
        async with database.begin() as uow:
            await uow.roster.replace(overlapping, "BKD", NOW)
    async with database.begin() as uow:
        assert await uow.roster.version() == 0
