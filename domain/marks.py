"""Which fact wins: from all that was ever recorded about a person and a session to one current mark.

Facts are append-only; nothing here changes one. Nobody becomes absent here: TLG-18 needs more than marks.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.reading import Verdict
from domain.terms import StatusKey


class FactSource(StrEnum):
    """Where a fact came from, strongest last."""

    SHEET = "sheet"  # read from a sheet by a parser
    OFFICER = "officer"  # said by the unit's recap officer ("menurut petugas")
    DESK = "desk"  # decided by a person at BKD who saw the evidence


class MarkState(StrEnum):
    """What a report may print for a session."""

    SIGNED = "signed"
    REPORTED = "reported"
    CODE = "code"
    INCOMPLETE = "incomplete"  # BELUM LENGKAP: nothing seen yet, or an empty cell (TLG-18)
    TO_CHECK = "to_check"  # PERLU PERIKSA


@dataclass(frozen=True, slots=True)
class SeenFact:
    """One recorded fact about one person and session, as ``current_mark`` needs it.

    ``recorded_at`` orders facts; ``seen_at`` is the official time of the sheet that carried it (aware, UTC).
    """

    verdict: Verdict
    recorded_at: datetime
    seen_at: datetime
    source: FactSource = FactSource.SHEET
    verified: bool = True
    key: StatusKey | None = None
    time: dt.time | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's current status for one session; ``first_seen_at`` is "pertama terlihat" (TLG-05a)."""

    state: MarkState
    key: StatusKey | None = None
    first_seen_at: datetime | None = None
    verified: bool = True


_PRESENT = (Verdict.SIGNED, Verdict.REPORTED)


def current_mark(facts: Iterable[SeenFact]) -> Mark:
    """The one rule that derives the current mark.

    A desk decision beats everything before it; then verified sheets beat unverified ones; among those ink beats
    a typed mark, a typed mark beats an empty cell. Presence beside a status code contradicts itself and goes to a
    person, as does an unsure cell that no better sight of it settled.
    """
    ordered = sorted(facts, key=lambda f: f.recorded_at)
    if not ordered:
        return Mark(MarkState.INCOMPLETE)
    decisions = [f for f in ordered if f.source is FactSource.DESK]
    if decisions:
        return _mark_of(decisions[-1], ordered)
    trusted = [f for f in ordered if f.verified] or ordered
    codes = [f for f in trusted if f.verdict is Verdict.CODE]
    present = [f for f in trusted if f.verdict in _PRESENT]
    if codes and present:
        return Mark(MarkState.TO_CHECK, first_seen_at=ordered[0].seen_at, verified=trusted[-1].verified)
    if len({f.key for f in codes}) > 1:
        return Mark(MarkState.TO_CHECK, first_seen_at=codes[0].seen_at, verified=codes[-1].verified)
    signed = [f for f in present if f.verdict is Verdict.SIGNED]
    for group in (signed, present, codes):
        if group:
            return _mark_of(group[0], group)
    unsure = any(f.verdict is Verdict.UNSURE for f in trusted)
    return Mark(MarkState.TO_CHECK if unsure else MarkState.INCOMPLETE, verified=trusted[-1].verified)


def _mark_of(fact: SeenFact, group: list[SeenFact]) -> Mark:
    first = min(f.seen_at for f in group)
    if fact.verdict is Verdict.CODE:
        return Mark(MarkState.CODE, fact.key, first, fact.verified)
    if fact.verdict in _PRESENT:
        state = MarkState.SIGNED if fact.verdict is Verdict.SIGNED else MarkState.REPORTED
        return Mark(state, StatusKey.HADIR, first, fact.verified)
    state = MarkState.TO_CHECK if fact.verdict is Verdict.UNSURE else MarkState.INCOMPLETE
    return Mark(state, None, None, fact.verified)
