"""Whose a row is that the desk could not tell, as the officer says it: a place in the roster, a name, a NIP. Pure.

The place is the person's number in the unit's roster of the day, the one that the desk prints. A name or NIP counts by
the same rules as on a sheet (``domain.identity``): what fits two people, or somebody outside the unit who was not among
the candidates, names nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.identity import Matcher
from domain.resolution import World


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody a row may belong to; ``place`` is None for people who are not of the unit."""

    person: str
    name: str
    place: int | None

    @property
    def text(self) -> str:
        """``12 Moh. Arif``; a stranger to the unit is named as one."""
        return f"{self.name} (unit lain)" if self.place is None else f"{self.place} {self.name}"


def owners(world: World, unit: str, day: date, candidates: Sequence[str]) -> tuple[Owner, ...]:
    """The candidates of a row with their places."""
    places = {person.key: place for place, person in enumerate(world.roster.members(unit, day), start=1)}
    known = [world.roster.people[key] for key in candidates if key in world.roster.people]
    return tuple(Owner(person.key, person.bare_name, places.get(person.key)) for person in known)


def owner_of(words: str, world: World, unit: str, day: date, candidates: Sequence[str]) -> str | None:
    """The person that ``words`` mean, or None.

    Where there are candidates a bare place must be one of theirs, so that "1" for "the first of them" names nobody.
    """
    members = world.roster.members(unit, day)
    if words.isdecimal() and len(words) <= 3:
        place = int(words)
        found = members[place - 1].key if 0 < place <= len(members) else None
        return found if not candidates or found in candidates else None
    inside = {person.key for person in members}
    strangers = [world.roster.people[key] for key in candidates if key in world.roster.people and key not in inside]
    return Matcher((*members, *strangers), world.everyone).match_text(words).person
