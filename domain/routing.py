"""Who may send whose sheet, and who a sender is (TLG-11..14, TLG-17)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.roster import Roster
from domain.terms import Authenticity, Scheme


class RouteVerdict(StrEnum):
    """How a sheet reached the desk, compared with who should have sent it."""

    RIGHT = "right"
    WRONG_ROUTE = "wrong_route"  # SALAH JALUR: the unit itself, or a relative of it, though another sends for it
    STRANGER = "stranger"  # a registered sender that has nothing to do with the unit
    UNKNOWN = "unknown"  # the sender is not registered


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """Who a sender address belongs to on that day; ``units`` are codes, usually one."""

    address: str
    units: tuple[str, ...]
    person: str | None = None


def identify(roster: Roster, scheme: Scheme, address: str | None, day: date) -> SenderIdentity | None:
    """The owner of ``address``, or None when nobody registered it. Display names never count."""
    if not address:
        return None
    owners = roster.owners(scheme, address, day)
    if not owners:
        return None
    units: list[str] = []
    person = None
    for owner in owners:
        person = person or owner.person
        unit = owner.unit or (roster.unit_of(owner.person, day) if owner.person else None)
        if unit and unit not in units:
            units.append(unit)
    return SenderIdentity(address, tuple(units), person)


def authenticity(identity: SenderIdentity | None, proven: bool) -> Authenticity:
    """Join "is the domain's owner the sender" with "do we know that address"."""
    if identity is None:
        return Authenticity.UNKNOWN_SENDER
    return Authenticity.VERIFIED if proven else Authenticity.UNVERIFIED


def judge_route(
    roster: Roster, unit: str, identity: SenderIdentity | None, *, coordinator_works: bool = True
) -> RouteVerdict:
    """Whether ``identity`` is the right sender for ``unit``.

    ``coordinator_works`` is False on the coordinator's day off: a six-day unit then sends directly and rightly.
    """
    if identity is None:
        return RouteVerdict.UNKNOWN
    expected = roster.sender_of(unit)
    right = {expected, *_coordinators_below(roster, unit)}
    if not coordinator_works:
        right.add(unit)
    if right & set(identity.units):
        return RouteVerdict.RIGHT
    if {unit, *_relatives(roster, unit)} & set(identity.units):
        return RouteVerdict.WRONG_ROUTE
    return RouteVerdict.STRANGER


def _coordinators_below(roster: Roster, unit: str) -> set[str]:
    """TLG-12: Bagian Umum coordinates the Bagian of a Sekretariat and so may send for the Sekretariat itself."""
    return {
        u.coordinator for u in roster.units.values() if u.parent == unit and u.coordinator and u.coordinator != unit
    }


def _relatives(roster: Roster, unit: str) -> set[str]:
    known = roster.units.get(unit)
    if known is None:
        return set()
    children = {u.code for u in roster.units.values() if u.parent == unit}
    siblings = {u.code for u in roster.units.values() if known.parent and u.parent == known.parent}
    return {code for code in (known.parent, known.coordinator, *children, *siblings) if code}
