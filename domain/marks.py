"""Which fact wins: from all that was ever recorded about a person and a session to one current mark.

Facts are append-only; nothing here changes one. Nobody becomes absent here: TLG-18 needs more than marks.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.reading import Verdict
from domain.terms import StatusKey


class FactSource(StrEnum):
    """Where a fact came from, strongest last."""

    SHEET = "sheet"  # read from a sheet by a parser
    OFFICER = "officer"  # said by the unit's recap officer ("menurut petugas")
    EXCUSE = "excuse"  # a keterangan that was decided on its evidence; EMPTY withdraws an earlier one
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
    """A person's current status for one session; ``first_seen_at`` is "pertama terlihat" (TLG-05a).

    ``said`` is what the unit's officer told ("menurut petugas") where that has not become the status itself.
    """

    state: MarkState
    key: StatusKey | None = None
    first_seen_at: datetime | None = None
    verified: bool = True
    said: StatusKey | None = None


_PRESENT = (Verdict.SIGNED, Verdict.REPORTED)


def current_mark(facts: Iterable[SeenFact]) -> Mark:
    """The one rule that derives the current mark.

    A desk decision on the very cell beats everything; one of UNSURE takes it back. Otherwise sheets speak first:
    verified ones beat unverified ones; among those ink beats a typed mark, a typed mark beats an empty cell. Presence
    beside a status code contradicts itself and goes to a person, as does an unsure cell that no better sight settled.

    A decided keterangan fills what the sheets leave open and confirms the same code; it never covers presence,
    another code or an unsure cell, because who decided on a letter did not look at that cell: these go to a person.
    The officer's word changes no status at all: it is kept beside the mark (``said``) until its evidence is decided;
    only where it speaks against seen presence does the cell go to a person. A word of UNSURE takes it back.
    """
    ordered = sorted(facts, key=lambda f: f.recorded_at)
    by_source = {source: [f for f in ordered if f.source is source] for source in FactSource}
    decisions = by_source[FactSource.DESK]
    if decisions and decisions[-1].verdict is not Verdict.UNSURE:
        return _mark_of(decisions[-1], ordered)
    mark = _seen(by_source[FactSource.SHEET])
    if excuses := by_source[FactSource.EXCUSE]:
        mark = _with_excuse(mark, excuses[-1])
    words = by_source[FactSource.OFFICER]
    return _with_word(mark, words[-1]) if words else mark


def _seen(ordered: list[SeenFact]) -> Mark:
    """What sheets alone come to."""
    if not ordered:
        return Mark(MarkState.INCOMPLETE)
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


def _with_excuse(mark: Mark, excuse: SeenFact) -> Mark:
    if excuse.verdict is not Verdict.CODE:
        return mark  # withdrawn
    if mark.state is MarkState.INCOMPLETE or (mark.state is MarkState.CODE and mark.key is excuse.key):
        return Mark(MarkState.CODE, excuse.key, mark.first_seen_at or excuse.seen_at)
    return replace(mark, state=MarkState.TO_CHECK, key=None, said=excuse.key)


def _with_word(mark: Mark, word: SeenFact) -> Mark:
    if word.verdict is Verdict.UNSURE:
        return mark  # it named the row's person and no more, or was withdrawn
    key = StatusKey.HADIR if word.verdict in _PRESENT else word.key
    against_presence = mark.state in (MarkState.SIGNED, MarkState.REPORTED) and word.verdict not in _PRESENT
    if against_presence:
        return replace(mark, state=MarkState.TO_CHECK, key=None, said=key)
    return mark if mark.key is not None and mark.key is key else replace(mark, said=mark.said or key)


def _mark_of(fact: SeenFact, group: list[SeenFact]) -> Mark:
    first = min(f.seen_at for f in group)
    if fact.verdict is Verdict.CODE:
        return Mark(MarkState.CODE, fact.key, first, fact.verified)
    if fact.verdict in _PRESENT:
        state = MarkState.SIGNED if fact.verdict is Verdict.SIGNED else MarkState.REPORTED
        return Mark(state, StatusKey.HADIR, first, fact.verified)
    state = MarkState.TO_CHECK if fact.verdict is Verdict.UNSURE else MarkState.INCOMPLETE
    return Mark(state, None, None, fact.verified)
