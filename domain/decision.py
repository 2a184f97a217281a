"""What a person at the desk says about a doubt, and the marks that follow from it. Pure.

Nobody becomes absent here (TLG-18): an empty cell stays BELUM LENGKAP. Ink on paper and a typed mark stay apart
(BLG-03): who looks at a typed list cannot make a signature of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.outcome import CellDraft, Counts, QuestionKind
from domain.profile import Profile
from domain.reading import Verdict
from domain.terms import StatusKey


class Choice(StrEnum):
    """What can be said of a cell."""

    SIGNED = "ttd"
    REPORTED = "hadir"
    EMPTY = "kosong"
    CODE = "kode"


_VERDICTS = {
    Choice.SIGNED: Verdict.SIGNED,
    Choice.REPORTED: Verdict.REPORTED,
    Choice.EMPTY: Verdict.EMPTY,
    Choice.CODE: Verdict.CODE,
}
NOBODY = "bukan"  # the answer to a row that belongs to nobody of the unit


@dataclass(frozen=True, slots=True)
class Ruling:
    """An answer. To a row: ``person`` (None: nobody of the unit). To a cell: ``choice``, with ``key`` for a code."""

    person: str | None = None
    choice: Choice | None = None
    key: StatusKey | None = None

    @property
    def text(self) -> str:
        """How the answer is kept beside its question."""
        if self.choice is Choice.CODE:
            return f"kode:{self.key}"
        return self.choice.value if self.choice else self.person or NOBODY


@dataclass(frozen=True, slots=True)
class Ruled:
    """What follows: facts about ``person``, and cells that still wait for somebody's eye."""

    person: str | None
    cells: tuple[CellDraft, ...]
    unsure: tuple[CellDraft, ...] = ()


def is_about_row(kind: QuestionKind) -> bool:
    """Whether the doubt is whose row it is, rather than what a cell holds."""
    return kind in (QuestionKind.PERSON, QuestionKind.NEWCOMER)


def choices_for(on_paper: bool, mixed: bool) -> tuple[Choice, ...]:
    """What can be said of a cell: ink only where there is a picture; ``mixed``: a file that may be either."""
    if mixed:
        return (Choice.SIGNED, Choice.EMPTY, Choice.REPORTED)
    return (Choice.SIGNED if on_paper else Choice.REPORTED, Choice.EMPTY)


def rule(kind: QuestionKind, cells: Sequence[CellDraft], candidates: Sequence[str], ruling: Ruling) -> Ruled | None:
    """The consequence of ``ruling``; None when it is no answer to that question."""
    if is_about_row(kind):
        if ruling.choice is not None:
            return None
        if ruling.person is None:
            return Ruled(None, ())
        known = tuple(c for c in cells if c.verdict is not Verdict.UNSURE)
        return Ruled(ruling.person, known, tuple(c for c in cells if c.verdict is Verdict.UNSURE))
    if ruling.choice is None or not candidates or (ruling.choice is Choice.CODE) != (ruling.key is not None):
        return None
    return Ruled(candidates[0], tuple(decided(cell, ruling) for cell in cells))


def decided(cell: CellDraft, ruling: Ruling) -> CellDraft:
    """The cell as the person at the desk saw it."""
    assert ruling.choice is not None
    return replace(cell, verdict=_VERDICTS[ruling.choice], key=ruling.key, code=None, confidence=1.0)


def withdrawn(cells: Iterable[CellDraft]) -> tuple[CellDraft, ...]:
    """Facts that take a decision back: what sheets say counts again (``domain.marks``)."""
    return tuple(replace(cell, verdict=Verdict.UNSURE, key=None, code=None, confidence=0.0) for cell in cells)


def recount(counts: Counts, before: Iterable[Verdict], after: Iterable[Verdict]) -> Counts:
    """Counts of a submission after cells of its own column changed their verdicts."""
    numbers = {v: getattr(counts, v.value) for v in Verdict}
    for verdict in before:
        numbers[verdict] = max(0, numbers[verdict] - 1)
    for verdict in after:
        numbers[verdict] += 1
    return Counts(**{verdict.value: count for verdict, count in numbers.items()})


def codes_of(profile: Profile) -> tuple[tuple[StatusKey, str], ...]:
    """The codes that a person may choose, with the government's spelling; never presence, never absence (TLG-18)."""
    found = ((key, profile.code_for(key)) for key in StatusKey if key not in (StatusKey.HADIR, StatusKey.ALPA))
    return tuple((key, code) for key, code in found if code)
