"""Who belongs where, as of a day: people, units, placements, addresses and delegations.

A ``Roster`` is an immutable snapshot; ``version`` is kept with every fact it helped to make.
Routing rules: TLG-11..14; signers: TLG-08; transfers: BLG-14.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from domain.terms import Pattern, Scheme


class Route(StrEnum):
    """Who mails a unit's sheet to BKD."""

    DIRECT = "langsung"  # TLG-14 and every unit without a coordinator
    VIA_PARENT = "via_induk"  # TLG-13
    VIA_COORDINATOR = "via_koordinator"  # TLG-12: Bagian Umum for Sekretariat Daerah


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that owes sheets. ``coordinator`` is the code of the unit that sends for it (None: itself)."""

    code: str
    name: str
    kind: str = "opd"
    pattern: Pattern = Pattern.FIVE
    parent: str | None = None
    route: Route = Route.DIRECT
    coordinator: str | None = None
    mailbox: str | None = None  # TLG-17: the BKD mailbox assigned to it
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One employee. ``key`` is the NIP, or ``F`` + finger id for people without one (MLG-01); it never changes."""

    key: str
    name: str  # with titles, as it is printed
    bare_name: str
    nip: str | None = None
    employment: str = "PNS"
    grade: str = ""
    rank: str = ""
    post: str = ""
    echelon: str = ""
    finger_id: str | None = None
    superior: str | None = None
    phone: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Person ``person`` belongs to unit ``unit`` from ``first`` to ``last`` inclusive (None: open). No overlaps."""

    person: str
    unit: str
    first: date
    last: date | None = None
    head: bool = False

    def covers(self, day: date) -> bool:
        """Whether the placement is in force on ``day``."""
        return self.first <= day and (self.last is None or day <= self.last)


class AddressRole(StrEnum):
    """What an address is used for."""

    RECAP_OFFICER = "petugas"  # receives receipts, questions, reminders
    PERSON = "pribadi"  # may send; gets receipts only for what it sent
    SUPERVISOR = "kasubbag"


@dataclass(frozen=True, slots=True)
class Address:
    """A registered address. Mail values are lower-case; telephone values are E.164 digits without ``+``."""

    scheme: Scheme
    value: str
    unit: str | None = None
    person: str | None = None
    role: AddressRole = AddressRole.PERSON
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """``person`` signs for the head of ``unit``: kind is ``Plt.``, ``Plh.`` or ``a.n.`` (DOMAIN.md 2)."""

    unit: str
    person: str
    kind: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A person-level shift or day off (lepas jaga): on ``day`` the person is expected or not."""

    person: str
    day: date
    expected: bool
    shift: str = ""


@dataclass(frozen=True)
class Roster:
    """The snapshot. Lookups are by code or key and never raise for what is unknown."""

    version: int
    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    placements: tuple[Placement, ...]
    addresses: tuple[Address, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    day_plans: tuple[DayPlan, ...] = field(default=())

    @cached_property
    def _by_unit(self) -> dict[str, list[Placement]]:
        index: dict[str, list[Placement]] = {}
        for placement in self.placements:
            index.setdefault(placement.unit, []).append(placement)
        return index

    @cached_property
    def _by_person(self) -> dict[str, list[Placement]]:
        index: dict[str, list[Placement]] = {}
        for placement in self.placements:
            index.setdefault(placement.person, []).append(placement)
        return index

    @cached_property
    def _by_address(self) -> dict[tuple[Scheme, str], list[Address]]:
        index: dict[tuple[Scheme, str], list[Address]] = {}
        for address in self.addresses:
            index.setdefault((address.scheme, address.value), []).append(address)
        return index

    @cached_property
    def _by_owner(self) -> dict[tuple[str, str], list[int]]:
        """Places in ``addresses`` by owner; an address of a person in a named unit belongs to that unit alone."""
        index: dict[tuple[str, str], list[int]] = {}
        for place, address in enumerate(self.addresses):
            owner = ("unit", address.unit) if address.unit is not None else ("person", address.person or "")
            index.setdefault(owner, []).append(place)
        return index

    def members(self, unit: str, day: date) -> tuple[Person, ...]:
        """People placed in ``unit`` on ``day``, in roster order."""
        return tuple(
            self.people[p.person] for p in self._by_unit.get(unit, ()) if p.covers(day) and p.person in self.people
        )

    def unit_of(self, person: str, day: date) -> str | None:
        """Code of the unit where ``person`` is placed on ``day``."""
        return next((p.unit for p in self._by_person.get(person, ()) if p.covers(day)), None)

    def placements_of(self, person: str) -> tuple[Placement, ...]:
        """All placements of ``person``, past and present."""
        return tuple(self._by_person.get(person, ()))

    def head_of(self, unit: str, day: date) -> Person | None:
        """The head of ``unit`` on ``day`` (not a delegate)."""
        return next(
            (self.people[p.person] for p in self._by_unit.get(unit, ()) if p.head and p.covers(day)),
            None,
        )

    def sender_of(self, unit: str) -> str:
        """Code of the unit whose recap officer mails the sheet of ``unit`` (TLG-11..14)."""
        known = self.units.get(unit)
        return known.coordinator if known and known.coordinator else unit

    def coordinated_by(self, unit: str) -> tuple[Unit, ...]:
        """Units whose sheets ``unit`` sends, itself excluded."""
        return tuple(u for u in self.units.values() if u.coordinator == unit and u.code != unit)

    def owners(self, scheme: Scheme, value: str, day: date) -> tuple[Address, ...]:
        """Registered addresses equal to ``value`` and valid on ``day``."""
        return tuple(
            a
            for a in self._by_address.get((scheme, value), ())
            if (a.first is None or a.first <= day) and (a.last is None or day <= a.last)
        )

    def addresses_of(self, unit: str, day: date) -> tuple[Address, ...]:
        """All addresses valid on ``day`` of the unit itself and of the people placed in it, in roster order."""
        owners = [("unit", unit), *(("person", person.key) for person in self.members(unit, day))]
        found = sorted(entry for owner in owners for entry in self._by_owner.get(owner, ()))
        valid = (self.addresses[place] for place in found)
        return tuple(a for a in valid if (a.first is None or a.first <= day) and (a.last is None or day <= a.last))

    def contacts(self, unit: str, scheme: Scheme, day: date) -> tuple[str, ...]:
        """Where the unit is written to: its recap officers' addresses, else the unit's own, else its head's."""
        valid = [a for a in self.addresses_of(unit, day) if a.scheme is scheme]
        officers = [a.value for a in valid if a.role is AddressRole.RECAP_OFFICER]
        if officers:
            return tuple(dict.fromkeys(officers))
        own = [a.value for a in valid if a.unit == unit and a.person is None]
        if own:
            return tuple(dict.fromkeys(own))
        head = self.head_of(unit, day)
        return tuple(dict.fromkeys(a.value for a in valid if head is not None and a.person == head.key))


def by_code(units: Iterable[Unit]) -> dict[str, Unit]:
    """Index units by their code."""
    return {unit.code: unit for unit in units}
