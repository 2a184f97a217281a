"""Who speaks to the desk, and for which units (facts: chat, "Identity is changing")."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.roster import Roster
from domain.routing import identify
from domain.terms import Scheme

DESK_UNIT = "BKD"
"""The unit of an approved address that belongs to BKD's own receivers."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A registered address. ``units`` are those it speaks or collects for; ``receiver``: it is of BKD's staff."""

    scheme: Scheme
    address: str
    units: tuple[str, ...]
    person: str | None
    receiver: bool

    def speaks_for(self, unit: str) -> bool:
        """Whether it may answer about ``unit``."""
        return unit in self.units


def speaker_of(
    roster: Roster, scheme: Scheme, address: str, day: date, receivers: Collection[tuple[Scheme, str]]
) -> Speaker | None:
    """The registered owner of ``address`` on ``day``; None for a stranger. ``receivers`` are BKD's own addresses."""
    identity = identify(roster, scheme, address, day)
    receiver = (scheme, address) in receivers
    if identity is None:
        return Speaker(scheme, address, (), None, True) if receiver else None
    own = [unit for unit in identity.units if unit in roster.units]
    collected = [unit.code for code in own for unit in roster.coordinated_by(code)]
    return Speaker(scheme, address, tuple(dict.fromkeys((*own, *collected))), identity.person, receiver)
