"""Decisions of people at the desk become facts: once each, by name, and to be taken back by who made them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

from desk.visitor import Turn
from domain.decision import Ruling, is_about_row, recount, rule, withdrawn
from domain.marks import FactSource
from domain.outcome import CellDraft, Flag, QuestionKind
from domain.reading import SheetKind, Verdict
from domain.resolution import World
from storage.engine import UnitOfWork
from storage.notify import BOARD, board_payload
from storage.records import NewFact, NewQuestion, QuestionRow, SubmissionRow

READER = "desk/1"


class Refused(Exception):
    """Why a decision is not taken, in Indonesian (``reason``)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


OWN_RECORD = "Catatan atas nama sendiri tidak dapat diputus sendiri; serahkan kepada rekan."
TAKEN = "Orang lain sudah atau sedang memutus pertanyaan ini."
NO_ANSWER = "Pilihan itu bukan jawaban untuk pertanyaan ini."


def forbid_own(turn: Turn, people: Iterable[str | None]) -> None:
    """Nobody decides on his own record; raises ``Refused``."""
    if turn.account.person and turn.account.person in set(people):
        raise Refused(OWN_RECORD)


def sheet_of(question: QuestionRow) -> int:
    """The submission whose sheet the question is about."""
    assert question.submission_id is not None  # only doubts about paper and machine may lack one
    return question.submission_id


async def decide(uow: UnitOfWork, turn: Turn, question: QuestionRow, ruling: Ruling, world: World) -> None:
    """Answer a question: its facts, its counts, its audit row; raises ``Refused`` when that cannot be."""
    submission = await uow.submissions.get(sheet_of(question))
    ruled = rule(question.kind, question.cells, question.candidates, ruling)
    if ruled is None:
        raise Refused(NO_ANSWER)
    if ruled.person is not None and ruled.person not in world.roster.people:
        raise Refused(NO_ANSWER)
    forbid_own(turn, (ruled.person, *question.candidates))
    if not await uow.review.holds(question.id, turn.account.id, turn.house.real()):
        raise Refused(TAKEN)
    await uow.submissions.lock(submission.unit)
    if not await uow.questions.answer(question.id, ruling.text, turn.by, turn.house.now()):
        raise Refused(TAKEN)
    if ruled.person is not None:
        await uow.facts.add_many(
            facts_for(turn, world, submission, ruled.person, ruled.cells, f"question:{question.id}", question)
        )
        if ruled.unsure:
            await uow.questions.add_many([_cell_question(question, ruled.person, ruled.unsure, turn)])
    if not is_about_row(question.kind):
        await _count(uow, submission, question.cells, ruled.cells)
    await turn.audit(uow, "question_answered", "question", str(question.id), submission=submission.id)
    await uow.notify(BOARD, board_payload(submission.unit, submission.date, submission.session))


async def take_back(uow: UnitOfWork, turn: Turn, question: QuestionRow, world: World) -> None:
    """Undo: the question waits again, and what sheets say counts again."""
    submission = await uow.submissions.get(sheet_of(question))
    await uow.submissions.lock(submission.unit)
    if not await uow.review.reopen(question.id, turn.by):
        raise Refused("Hanya yang memutus dapat membatalkan, dan hanya selama belum dibuka lagi.")
    key = f"desk:question:{question.id}:"
    made = [f for f in await uow.facts.for_submission(submission.id) if f.dedupe_key.startswith(key)]
    latest = {(fact.person, fact.date, fact.session): fact for fact in made if fact.by == turn.by}
    live = [fact for fact in latest.values() if fact.verdict is not Verdict.UNSURE]
    for fact in live:
        cell = CellDraft(fact.date, fact.session, fact.verdict, fact.code, fact.key, fact.time, box=fact.box)
        await uow.facts.add_many(
            facts_for(turn, world, submission, fact.person, withdrawn([cell]), f"question:{question.id}", question)
        )
    if not is_about_row(question.kind):
        decided = [CellDraft(fact.date, fact.session, fact.verdict) for fact in live]
        await _count(uow, submission, decided, question.cells)
    await uow.review.claim(question.id, turn.account.id, turn.house.real())
    await turn.audit(uow, "answer_withdrawn", "question", str(question.id), submission=submission.id)
    await uow.notify(BOARD, board_payload(submission.unit, submission.date, submission.session))


def facts_for(
    turn: Turn,
    world: World,
    submission: SubmissionRow,
    person: str,
    cells: Sequence[CellDraft],
    origin: str,
    question: QuestionRow | None = None,
) -> list[NewFact]:
    """Facts that a person at the desk states; ``origin`` says on what occasion, each key is new."""
    now = turn.house.now()
    return [
        NewFact(
            dedupe_key=f"desk:{origin}:{secrets.token_hex(8)}",
            person=person,
            unit=submission.unit,
            date=cell.date,
            session=cell.session,
            verdict=cell.verdict,
            source=FactSource.DESK,
            verified=True,
            seen_at=submission.state.at,
            recorded_at=now,
            by=turn.by,
            profile_version=world.profile.version,
            roster_version=world.roster.version,
            reader=READER,
            key=cell.key,
            time=cell.time,
            text=cell.text,
            submission_id=submission.id,
            message_id=question.message_id if question else submission.message_id,
            sha256=question.sha256 if question else None,
            sheet=question.sheet if question else None,
            row=question.row if question else None,
            paper_no=question.paper_no if question else None,
            box=cell.box,
        )
        for cell in cells
    ]


async def key_in(uow: UnitOfWork, turn: Turn, submission: SubmissionRow, said: dict[str, Ruling], world: World) -> int:
    """A page that no reader understood, as a person read it: a fact for each person, and the sheet counts as received.

    Returns how many were written; raises ``Refused`` for one's own record.
    """
    forbid_own(turn, said)
    await uow.submissions.lock(submission.unit)
    submission = await uow.submissions.get(submission.id)
    session = next((s for s in world.profile.session_names if s.value == submission.session), None)
    made: list[NewFact] = []
    counts = submission.state.counts
    for person, ruling in said.items():
        ruled = rule(QuestionKind.CELL, [CellDraft(submission.date, session, Verdict.UNSURE)], [person], ruling)
        if ruled is None:
            raise Refused(NO_ANSWER)
        [cell] = ruled.cells
        made += facts_for(turn, world, submission, person, [cell], f"keyed:{submission.id}")
        counts = recount(counts, (), [cell.verdict])
    await uow.facts.add_many(made)
    state = submission.state
    first_time = state.counts.rows == 0
    kind = SheetKind.DAILY if state.kind in (SheetKind.UNREADABLE, SheetKind.NOT_SHEET) else state.kind
    flags = state.flags - {Flag.PENDING, Flag.RETAKE}
    kept = counts if first_time else state.counts
    await uow.submissions.update_state(
        submission.id, replace(state, received=True, kind=kind, flags=flags, counts=kept)
    )
    await turn.audit(uow, "sheet_keyed", "submission", str(submission.id), rows=len(made))
    await uow.notify(BOARD, board_payload(submission.unit, submission.date, submission.session))
    return len(made)


async def _count(
    uow: UnitOfWork, submission: SubmissionRow, before: Sequence[CellDraft], after: Sequence[CellDraft]
) -> None:
    """Counts speak of the submission's own column only."""
    own = (submission.date, submission.session)
    old = [c.verdict for c in before if (c.date, c.session) == own]
    new = [c.verdict for c in after if (c.date, c.session) == own]
    state = (await uow.submissions.get(submission.id)).state
    await uow.submissions.update_state(submission.id, replace(state, counts=recount(state.counts, old, new)))


def _cell_question(question: QuestionRow, person: str, cells: Sequence[CellDraft], turn: Turn) -> NewQuestion:
    return NewQuestion(
        submission_id=question.submission_id,
        message_id=question.message_id,
        kind=QuestionKind.CELL,
        sha256=question.sha256,
        sheet=question.sheet,
        row=question.row,
        paper_no=question.paper_no,
        text=cells[0].text,
        asked_at=turn.house.now(),
        candidates=(person,),
        cells=tuple(cells),
    )
