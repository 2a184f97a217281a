"""One submission as the desk shows it: what came, what was read, what counts now, and all that was said of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.pictures import is_picture
from domain.marks import FactSource, Mark, SeenFact, current_mark
from domain.reading import FileReading
from domain.reading_json import from_plain
from domain.resolution import World
from domain.terms import Session
from storage.engine import UnitOfWork
from storage.records import ArrivalRow, FactRow, MessageRow, OutboxRow, QuestionRow, SubmissionRow


@dataclass(frozen=True, slots=True)
class Page:
    """One file that joined, with how it came. ``picture``: it can be looked at page by page."""

    arrival: ArrivalRow
    message: MessageRow
    size: int
    picture: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One person: what the sheet says of the submission's own column, and what counts now."""

    person: str
    name: str
    no: int | None
    fact: FactRow | None
    mark: Mark
    facts: tuple[FactRow, ...]
    others: tuple[FactRow, ...]

    @property
    def decided_by(self) -> str:
        """Who at the desk decided it; empty when nobody did."""
        desk = [f for f in self.facts if f.source is FactSource.DESK]
        return desk[-1].by.removeprefix("desk:") if desk else ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything on one page."""

    submission: SubmissionRow
    unit: str
    session: Session | None
    pages: tuple[Page, ...]
    lines: tuple[Line, ...]
    questions: tuple[QuestionRow, ...]
    letters: tuple[OutboxRow, ...]
    history: tuple[Event, ...]

    @property
    def open_questions(self) -> int:
        """How many still wait."""
        return sum(question.answered_at is None for question in self.questions)


async def view_of(uow: UnitOfWork, submission: SubmissionRow, world: World) -> View:
    """Gather it; a handful of statements whatever the size of the sheet."""
    session = Session(submission.session) if submission.session in tuple(Session) else None
    facts = await uow.facts.for_submission(submission.id)
    people = dict.fromkeys(fact.person for fact in facts)
    day = submission.date
    known = await uow.facts.for_people(people, day, day)
    pages = await pages_of(uow, submission)
    questions = tuple(await uow.questions.all_for(submission.id))
    # A receipt speaks of all sheets of its message, a reminder or question of one sheet.
    letters = {letter.id: letter for letter in await uow.outbox.for_submission(submission.id)}
    for message in {page.message.id for page in pages}:
        letters |= {letter.id: letter for letter in await uow.outbox.for_message(message)}
    unit = world.roster.units.get(submission.unit)
    return View(
        submission=submission,
        unit=unit.name if unit else submission.unit,
        session=session,
        pages=pages,
        lines=_lines(world, facts, known, day, session),
        questions=questions,
        letters=tuple(letters.values()),
        history=_history(submission, pages, questions, facts, tuple(letters.values())),
    )


async def pages_of(uow: UnitOfWork, submission: SubmissionRow) -> tuple[Page, ...]:
    """The files that joined, each with its message."""
    made = []
    messages: dict[int, MessageRow] = {}
    for arrival in await uow.submissions.arrivals(submission.id):
        if arrival.message_id not in messages:
            messages[arrival.message_id] = await uow.messages.get(arrival.message_id)
        file = await uow.files.get(arrival.sha256)
        media = file.media_type if file else ""
        page = Page(arrival, messages[arrival.message_id], file.size if file else 0, is_picture(media, arrival.name))
        made.append(page)
    return tuple(made)


def _lines(
    world: World, facts: Sequence[FactRow], known: Sequence[FactRow], day: dt.date, session: Session | None
) -> tuple[Line, ...]:
    own: dict[str, list[FactRow]] = defaultdict(list)
    others: dict[str, list[FactRow]] = defaultdict(list)
    every: dict[str, list[FactRow]] = defaultdict(list)
    for fact in facts:
        mine = fact.date == day and fact.session is session if session else True
        (own if mine else others)[fact.person].append(fact)
    for fact in known:
        if session is None or fact.session in (session, None):
            every[fact.person].append(fact)
    made = []
    for person in dict.fromkeys(fact.person for fact in facts):
        read = [f for f in own[person] if f.source is FactSource.SHEET]
        first = (read or own[person] or others[person])[0]
        name = world.roster.people[person].name if person in world.roster.people else person
        made.append(
            Line(
                person,
                name,
                first.paper_no,
                read[-1] if read else None,
                mark_of(every[person]),
                tuple(own[person]),
                tuple(others[person]),
            )
        )
    return tuple(sorted(made, key=lambda line: (line.no is None, line.no or 0)))


def mark_of(facts: Sequence[FactRow]) -> Mark:
    """The current mark of one person and session (``domain.marks``)."""
    return current_mark(
        SeenFact(f.verdict, f.recorded_at, f.seen_at, f.source, f.verified, f.key, f.time) for f in facts
    )


def _history(
    submission: SubmissionRow,
    pages: Sequence[Page],
    questions: Sequence[QuestionRow],
    facts: Sequence[FactRow],
    letters: Sequence[OutboxRow],
) -> tuple[Event, ...]:
    events = [Event(submission.recorded_at, f"dicatat sebagai {submission.number}", "posko")]
    events += [
        Event(page.arrival.official_at, f"berkas diterima: {page.arrival.name or 'tanpa nama'}",
              page.message.sender_address or page.message.from_address or "")
        for page in pages
    ]  # fmt: skip
    events += [
        Event(q.answered_at, f"pertanyaan baris {q.paper_no or q.row + 1} dijawab", (q.answered_by or ""))
        for q in questions
        if q.answered_at
    ]
    keyed = {(f.recorded_at, f.by) for f in facts if f.dedupe_key.startswith("desk:keyed:")}
    events += [Event(at, "lembar diisi dari gambarnya", by) for at, by in keyed]
    events += [Event(letter.sent_at, f"surat terkirim: {letter.subject}", letter.to_address)
               for letter in letters if letter.sent_at]  # fmt: skip
    shown = (Event(e.at, e.what, e.who.removeprefix("desk:")) for e in events)
    return tuple(sorted(shown, key=lambda event: event.at))


async def reading_of(uow: UnitOfWork, sha256: str) -> FileReading | None:
    """What was last seen in a file; None when it was never read."""
    readings = await uow.files.readings(sha256)
    plain: dict[str, Any] | None = readings[-1][1] if readings else None
    return from_plain(plain) if plain else None
