"""What is asked where paper and machine differ, and the facts that follow from an answer. Pure.

The machine's word never makes a signature (BLG-03) and nobody becomes absent here (TLG-18): a signature that is not
believed leaves the session BELUM LENGKAP.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain.marks import MarkState
from domain.outcome import CellDraft
from domain.reading import Verdict
from domain.reconcile import Agreement, Compared, Place
from domain.terms import Session, StatusKey

_OF_STATE = {
    MarkState.SIGNED: Verdict.SIGNED,
    MarkState.REPORTED: Verdict.REPORTED,
    MarkState.CODE: Verdict.CODE,
}


class Side(StrEnum):
    """Whose word a cell of such a question is; also the answer that takes it."""

    PAPER = "lembar"
    MACHINE = "mesin"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One question: ``cells`` hold what each side says, marked by their ``text``. ``session`` None: the whole day."""

    person: str
    day: date
    session: Session | None
    words: str
    cells: tuple[CellDraft, ...]

    @property
    def subject(self) -> str:
        """What it is about, once for ever; in the order of days."""
        return f"{self.day:%Y%m%d}:{self.person}:{self.session.letter if self.session else '-'}"


def place_of(subject: str) -> Place:
    """The person, day and session that a subject names."""
    day, person, letter = subject.split(":")
    session = next((s for s in Session if s.letter == letter), None)
    return person, date.fromisoformat(day), session


def contradictions(compared: Iterable[Compared]) -> list[Contradiction]:
    """The questions to be open now. A code of the whole day is one question, whatever it meets in each session."""
    found: dict[Place, list[Compared]] = {}
    for one in compared:
        if one.question:
            session = None if one.whole_day else one.session
            found.setdefault((one.person, one.day, session), []).append(one)
    return [
        Contradiction(person, day, session, "; ".join(_told(one) for one in some), _cells(day, session, some))
        for (person, day, session), some in found.items()
    ]


def _told(one: Compared) -> str:
    name = one.session.value
    return f"mesin {name} {one.stamp.at:%H.%M}" if one.stamp else f"mesin {name} tidak ada"


def _cells(day: date, session: Session | None, some: list[Compared]) -> tuple[CellDraft, ...]:
    mark = some[0].mark
    assert mark is not None
    verdict = _OF_STATE[mark.state]
    key = mark.key if verdict is Verdict.CODE else None
    paper = CellDraft(day, session, verdict, key=key, text=Side.PAPER)
    machine = [_punched(one) for one in some]
    if session is None:
        machine.insert(0, CellDraft(day, None, Verdict.EMPTY, text=Side.MACHINE))  # the day's own mark gives way
    return (paper, *machine)


def _punched(one: Compared) -> CellDraft:
    if one.agreement is Agreement.ONLY_PAPER or one.stamp is None:
        return CellDraft(one.day, one.session, Verdict.EMPTY, text=Side.MACHINE)
    return CellDraft(one.day, one.session, Verdict.REPORTED, time=one.stamp.at.time(), text=Side.MACHINE)


def settled_by(cells: Iterable[CellDraft], said: Side | StatusKey) -> tuple[CellDraft, ...]:
    """The cells that an answer states: one side's, or a third word (``said`` a code) in the paper's place."""
    if isinstance(said, Side):
        return tuple(replace(cell, text="") for cell in cells if cell.text == said)
    paper = [cell for cell in cells if cell.text == Side.PAPER]
    return tuple(replace(cell, verdict=Verdict.CODE, key=said, code=None, time=None, text="") for cell in paper)
