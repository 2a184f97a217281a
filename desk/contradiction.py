"""Paper or machine: how the review queue shows such a doubt and what an answer does (keys 1, 2, then codes)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from desk.deciding import NO_ANSWER, READER, TAKEN, Refused, forbid_own
from desk.visitor import Turn
from desk.words import STATUS_KEYS
from domain.contradiction import Side, place_of, settled_by
from domain.decision import codes_of, withdrawn
from domain.marks import FactSource
from domain.outcome import CellDraft
from domain.reading import Verdict
from domain.resolution import World
from domain.roster import Person
from domain.terms import Session, StatusKey
from reports.gather_devices import PunchDays, punch_days
from storage.engine import UnitOfWork
from storage.notify import BOARD, board_payload
from storage.records import NewFact, QuestionRow, SubmissionRow


@dataclass(frozen=True, slots=True)
class Punched:
    """A punch of the day as the page shows it; ``told`` is the machine's own time where a person corrected it."""

    time: str
    device: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One doubt of this kind with all that helps to settle it; ``answers`` are (key, value, text)."""

    question: QuestionRow
    person: Person | None
    unit: str
    day: date
    session: Session | None
    paper: str
    punches: tuple[Punched, ...]
    answers: tuple[tuple[str, str, str], ...]
    mine: bool
    submission: SubmissionRow | None = None


async def difference(uow: UnitOfWork, turn: Turn, question: QuestionRow, world: World) -> Difference:
    """What is to be seen of the question."""
    key, day, session = place_of(question.subject)
    found = await punch_days(uow, world, day, day, [key])
    submission = await uow.submissions.get(question.submission_id) if question.submission_id is not None else None
    code = world.roster.unit_of(key, day) or ""
    unit = world.roster.units.get(code)
    return Difference(
        question=question,
        person=world.roster.people.get(key),
        unit=unit.name if unit else code,
        day=day,
        session=session,
        paper=_paper(question.cells, world),
        punches=_punches(found, day),
        answers=_answers(question.cells, world),
        mine=turn.account.person == key,
        submission=submission,
    )


def _punches(found: PunchDays, day: date) -> tuple[Punched, ...]:
    names = {device.id: device.name for device in found.devices}
    stamps = sorted(
        {
            stamp
            for one in found.days
            if one.day == day
            for stamp in (one.came, one.left, *one.spare)
            if stamp is not None
        }
    )
    moved = {s: "" if s.at == s.told else f"{s.told:%d-%m-%Y %H.%M}" for s in stamps}
    return tuple(Punched(f"{s.at:%H.%M}", names.get(s.device, str(s.device)), moved[s]) for s in stamps)


def _paper(cells: Iterable[CellDraft], world: World) -> str:
    said = next(cell for cell in cells if cell.text == Side.PAPER)
    if said.verdict is Verdict.CODE and said.key is not None:
        return f"{STATUS_KEYS[said.key]} ({world.profile.code_for(said.key) or said.code or said.key})"
    return "ada tanda tangan" if said.verdict is Verdict.SIGNED else "tertulis hadir"


def _answers(cells: Iterable[CellDraft], world: World) -> tuple[tuple[str, str, str], ...]:
    cells = tuple(cells)
    times = [f"{c.time:%H.%M}" for c in cells if c.text == Side.MACHINE and c.time is not None]
    machine = f"Mesin: hadir ({', '.join(times)})" if times else "Mesin: belum lengkap"
    made = [("1", Side.MACHINE.value, machine), ("2", Side.PAPER.value, f"Lembar: {_paper(cells, world)}")]
    said = {cell.key for cell in cells if cell.text == Side.PAPER}
    for key, code in codes_of(world.profile):
        if key not in said:
            number = len(made) + 1
            made.append((str(number) if number <= 9 else "", f"kode:{key}", f"{code} ({STATUS_KEYS[key]})"))
    return tuple(made)


async def settle(uow: UnitOfWork, turn: Turn, question: QuestionRow, answer: str, world: World) -> None:
    """Answer the question: facts by this person, never changed afterwards; raises ``Refused`` when that cannot be."""
    said = _said(answer, world)
    person, day, _ = place_of(question.subject)
    if said is None:
        raise Refused(NO_ANSWER)
    forbid_own(turn, [person])
    if not await uow.review.holds(question.id, turn.account.id, turn.house.real()):
        raise Refused(TAKEN)
    if not await uow.questions.answer(question.id, answer, turn.by, turn.house.now()):
        raise Refused(TAKEN)
    await uow.facts.add_many(_facts(turn, world, question, settled_by(question.cells, said)))
    await turn.audit(uow, "question_answered", "question", str(question.id), person=person, day=f"{day}")
    await _tell_board(uow, question)


def _said(answer: str, world: World) -> Side | StatusKey | None:
    if answer in tuple(Side):
        return Side(answer)
    _, _, key = answer.partition("kode:")
    return next((known for known, _ in codes_of(world.profile) if known == key), None)


async def unsettle(uow: UnitOfWork, turn: Turn, question: QuestionRow, world: World) -> None:
    """Undo: the question waits again, and what was known before the answer counts again."""
    person, day, _ = place_of(question.subject)
    if not await uow.review.reopen(question.id, turn.by):
        raise Refused("Hanya yang memutus dapat membatalkan, dan hanya selama belum dibuka lagi.")
    mark = f"desk:question:{question.id}:"
    facts = await uow.facts.for_people([person], day, day)
    mine = {f.session: f for f in facts if f.dedupe_key.startswith(mark) and f.verdict is not Verdict.UNSURE}
    back: list[CellDraft] = []
    for session, fact in mine.items():
        cell = CellDraft(fact.date, session, fact.verdict, fact.code, fact.key, fact.time)
        before = [
            f
            for f in facts
            if f.source is FactSource.DESK and f.session is session and not f.dedupe_key.startswith(mark)
        ]
        if before:  # a decision of the desk on that very cell, older than this answer
            old = before[-1]
            back.append(CellDraft(old.date, session, old.verdict, old.code, old.key, old.time))
        else:
            back += withdrawn([cell])
    await uow.facts.add_many(_facts(turn, world, question, back))
    await uow.review.claim(question.id, turn.account.id, turn.house.real())
    await turn.audit(uow, "answer_withdrawn", "question", str(question.id), person=person, day=f"{day}")
    await _tell_board(uow, question)


def _facts(turn: Turn, world: World, question: QuestionRow, cells: Iterable[CellDraft]) -> list[NewFact]:
    now = turn.house.now()
    person = question.candidates[0]
    return [
        NewFact(
            dedupe_key=f"desk:question:{question.id}:{secrets.token_hex(8)}",
            person=person,
            unit=world.roster.unit_of(person, cell.date) or "",
            date=cell.date,
            session=cell.session,
            verdict=cell.verdict,
            source=FactSource.DESK,
            verified=True,
            seen_at=now,
            recorded_at=now,
            by=turn.by,
            profile_version=world.profile.version,
            roster_version=world.roster.version,
            reader=READER,
            code=cell.code,
            key=cell.key,
            time=cell.time,
            text=question.text,
            submission_id=question.submission_id,
            message_id=question.message_id,
            sha256=question.sha256 or None,
            sheet=question.sheet if question.sha256 else None,
            row=question.row if question.sha256 else None,
            paper_no=question.paper_no,
            box=cell.box,
        )
        for cell in cells
    ]


async def _tell_board(uow: UnitOfWork, question: QuestionRow) -> None:
    if question.submission_id is not None:
        row = await uow.submissions.get(question.submission_id)
        await uow.notify(BOARD, board_payload(row.unit, row.date, row.session))
