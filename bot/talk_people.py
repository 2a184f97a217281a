"""Rows whose person could not be told: asked by the paper's number, answered by place, name or NIP.

The officer's word names the row "menurut petugas": what the machine saw in it stands beside that person's marks and
changes none (decision 0017). The question stays open for the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.talk_scene import Scene, digits_of, officer_fact, session_of
from bot.talk_which import new_token
from domain.decision import is_about_row
from domain.marks import FactSource
from domain.outcome import CellDraft
from domain.reading import Verdict
from domain.row_owner import owner_of, owners
from domain.wording import long_date
from intake.talk import Reply
from storage.records import FactRow, NewFact, QuestionRow, SubmissionRow
from storage.records_talk import NewAsk
from templates import render_chat

PEOPLE = "people"
NOTE = "menurut petugas, pegawai baris"
_WITHDRAWN = "menurut petugas, pegawai diganti"
_CHOICES = 3  # candidates that are named of a row


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a submission by the paper's number.

    ``people``: whose the row is, where the reading is sure or an officer said it; ``read``: person → row, of the sure
    ones; ``asked``: rows nobody could be told of; ``named``: whom an officer named for one of them, and by which facts.
    """

    people: dict[int, str]
    read: dict[str, int]
    asked: dict[int, QuestionRow]
    named: dict[int, tuple[FactRow, ...]]

    def elsewhere(self, person: str, no: int) -> int | None:
        """Another row that is that person's already."""
        others = {facts[-1].person: row for row, facts in self.named.items() if row != no}
        return self.read.get(person) or others.get(person)


async def rows_of(scene: Scene, row: SubmissionRow) -> Rows:
    """What is known of the rows of a submission now."""
    seen: dict[int, set[str]] = {}
    facts = await scene.uow.facts.for_submission(row.id)
    for fact in facts:
        if fact.paper_no is not None and fact.source is FactSource.SHEET:
            seen.setdefault(fact.paper_no, set()).add(fact.person)
    doubts: dict[int, list[QuestionRow]] = {}
    for question in await scene.uow.questions.open_for(row.id):
        if question.paper_no is None:
            continue
        if is_about_row(question.kind):
            doubts.setdefault(question.paper_no, []).append(question)
        else:
            seen.setdefault(question.paper_no, set()).update(question.candidates)
    asked = {no: one for no, found in doubts.items() if no not in seen and (one := _newest(found)) is not None}
    named = {no: words for no in asked if (words := _words(facts, no))}
    sure = {no: next(iter(people)) for no, people in seen.items() if len(people) == 1 and no not in doubts}
    return Rows(
        sure | {no: words[-1].person for no, words in named.items()},
        {person: no for no, person in sure.items()},
        asked,
        named,
    )


def _newest(found: Sequence[QuestionRow]) -> QuestionRow | None:
    """Of a sheet that came again the newest doubt; None where one message has two rows of that number."""
    latest = max(question.message_id or 0 for question in found)
    mine = [question for question in found if question.message_id == latest]
    return mine[0] if len(mine) == 1 else None


def _words(facts: Sequence[FactRow], no: int) -> tuple[FactRow, ...]:
    """The facts by which an officer named that row last."""
    mine = [f for f in facts if f.source is FactSource.OFFICER and f.paper_no == no and f.note == NOTE]
    return tuple(f for f in mine if f.person == mine[-1].person)


async def name_row(
    scene: Scene, row: SubmissionRow, no: int, words: str, question: QuestionRow, rows: Rows
) -> tuple[str, bool]:
    """Keep whose row it is; returns a line for the answer, and whether anything was kept."""
    person = owner_of(words, scene.world, row.unit, row.date, question.candidates)
    if person is None:
        return (
            f'Baris {no}: "{words[:30]}" belum menunjuk satu pegawai; mohon nomor pada daftar unit, nama lengkap, atau '
            "NIP."
        ), False
    name = scene.person_name(person)
    other = rows.elsewhere(person, no)
    if other is not None:
        return f"Baris {no}: {name} sudah tercatat pada baris {other}; belum dicatat.", False
    before = [fact for fact in rows.named.get(no, ()) if fact.person != person]
    facts = [_fact(scene, row, question, person, cell, n) for n, cell in enumerate(_cells(row, question))]
    await scene.uow.facts.add_many([*(_withdrawn(scene, fact) for fact in before), *facts])
    await scene.uow.asks.close(question.id, person, scene.now)
    return f"no. {no}: {name}", True


def _cells(row: SubmissionRow, question: QuestionRow) -> tuple[CellDraft, ...]:
    """What the machine saw in the row; a row without a mark of its own is named all the same."""
    return question.cells or (CellDraft(row.date, session_of(row), Verdict.UNSURE),)


def _fact(scene: Scene, row: SubmissionRow, question: QuestionRow, person: str, cell: CellDraft, place: int) -> NewFact:
    word = officer_fact(
        scene, f"{row.id}:{question.paper_no}:{person}:{place}", person, row.unit, cell.date, cell.session, cell.verdict
    )
    return replace(
        word,
        code=cell.code,
        key=cell.key,
        time=cell.time,
        text=cell.text,
        note=NOTE,
        confidence=cell.confidence,
        submission_id=row.id,
        sha256=question.sha256,
        sheet=question.sheet,
        row=question.row,
        paper_no=question.paper_no,
        box=cell.box,
    )


def _withdrawn(scene: Scene, fact: FactRow) -> NewFact:
    """Whoever was named before is no longer: a word of UNSURE says nothing (``domain.marks``)."""
    word = officer_fact(scene, f"ganti:{fact.id}", fact.person, fact.unit, fact.date, fact.session, Verdict.UNSURE)
    return replace(word, note=_WITHDRAWN, submission_id=fact.submission_id, paper_no=fact.paper_no)


async def ask_people(scene: Scene, row: SubmissionRow) -> list[Reply]:
    """One message about all rows of a submission whose person could not be told; each row is asked once."""
    told = await scene.uow.asks.about(scene.event.channel, scene.speaker.address, row.id)
    rows = await rows_of(scene, row)
    new = {no: q for no, q in sorted(rows.asked.items()) if q.id not in told and no not in rows.named}
    if not new:
        return []
    for no, question in new.items():
        about = {"no": no, "number": row.number}
        await scene.uow.asks.add(
            NewAsk(
                new_token(), scene.event.channel, scene.speaker.address, PEOPLE, scene.now, row.id, question.id, about
            )
        )
    text = render_chat(
        "chat_people",
        [_line(scene, row, no, question) for no, question in new.items()],
        number=row.number,
        session=scene.session_name(row.session),
        day=long_date(row.date),
        no=next(iter(new)),
        digits=digits_of(row.number),
    )
    return [Reply(text, (), (), "question", row.id)]


def _line(scene: Scene, row: SubmissionRow, no: int, question: QuestionRow) -> str:
    maybe = [owner.text for owner in owners(scene.world, row.unit, row.date, question.candidates)][:_CHOICES]
    could = f"dapat berarti {' atau '.join(maybe)}" if maybe else "tidak ada dalam daftar unit"
    return f"Baris {no} (tulisan '{question.text[:30].strip()}') {could}."
