"""Who an unknown id of a device may be (MLG-24): a suggestion with its reason, never a mapping."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.name_fit import CERTAIN, POSSIBLE, cost
from domain.names import parse_name
from domain.roster import Person

_MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``reason``: ``finger_id`` (the roster's ID is the reference), ``nip`` or ``name``; lower ``rank`` is better."""

    person: str
    reason: str
    rank: float


def suggestions(user: str, name: str, people: Iterable[Person]) -> tuple[Suggestion, ...]:
    """At most three people, the likeliest first. ``name`` is what the device calls the id (may be empty)."""
    written = parse_name(name).key
    found = []
    for person in people:
        if person.finger_id is not None and person.finger_id == user:
            found.append(Suggestion(person.key, "finger_id", 0.0))
        elif person.finger_id is not None and _bare(person.finger_id) == _bare(user):
            found.append(Suggestion(person.key, "finger_id", 0.5))
        elif person.nip is not None and person.nip == user:
            found.append(Suggestion(person.key, "nip", 0.0))
        elif written:
            fit = cost(written, parse_name(person.name).key, ())
            if fit <= POSSIBLE:
                found.append(Suggestion(person.key, "name", 1.0 + fit / CERTAIN))
    return tuple(sorted(found, key=lambda s: (s.rank, s.person))[:_MOST])


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"
