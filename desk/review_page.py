"""``/periksa``: doubts one at a time, each before one pair of eyes; an answer is a fact at once (keys 1, 2, 3; Z)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from desk.contradiction import Difference, difference, settle, unsettle
from desk.deciding import Refused, decide, sheet_of, take_back
from desk.pictures import is_picture
from desk.submission import reading_of
from desk.submission_page import LOOKS, ruling_of
from desk.visitor import Turn, Visit, missing
from desk.words import DEFAULT_SIDE, STATUS_KEYS
from domain.decision import Choice, Ruling, choices_for, codes_of, is_about_row
from domain.errors import StorageError
from domain.marks import FactSource
from domain.outcome import QuestionKind
from domain.reading import Box, Row, Verdict
from domain.resolution import World
from domain.roster import Person
from storage.engine import UnitOfWork
from storage.records import FactRow, QuestionRow, SubmissionRow

router = APIRouter()
_EARLIER = timedelta(days=45)
_PARAFS = 4
_CHOICE_TEXT = {Choice.SIGNED: "Ada tanda tangan", Choice.REPORTED: "Tertulis hadir", Choice.EMPTY: "Kosong"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One button: ``key`` presses it, ``value`` is what the form says."""

    key: str
    value: str
    text: str
    name: str = "jawaban"


@dataclass(frozen=True, slots=True)
class Item:
    """One doubt with all that helps to settle it."""

    question: QuestionRow
    submission: SubmissionRow
    unit: str
    person: Person | None
    media: str
    neighbours: tuple[tuple[int, Row], ...]
    answers: tuple[Answer, ...]
    members: tuple[Person, ...]
    close_up: str
    strip: str
    parafs: tuple[tuple[FactRow, str], ...]
    mine: bool  # about the visitor himself: another has to decide
    said: str = ""  # whom the unit's officer named for the row


@router.get("/periksa")
async def review_page(
    turn: Visit,
    sheet: Annotated[str, Query(alias="kiriman", max_length=40)] = "",
    skip: Annotated[list[int] | None, Query(alias="lewat")] = None,
    last: Annotated[int | None, Query(alias="tadi")] = None,
) -> Response:
    """The next doubt, of one sheet or of all."""
    return await _next(turn, sheet, (skip or [])[-50:], last)


async def _next(turn: Turn, sheet: str, skip: list[int], last: int | None, fault: str = "") -> Response:
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        batch = await uow.submissions.by_number(sheet) if sheet else None
        question = await uow.review.next(
            turn.account.id, turn.house.real(), submission_id=batch.id if batch else None, skip=skip
        )
        item = await _shown(uow, turn, question, world) if question else None
        if item:
            await turn.audit(uow, "question_viewed", "question", str(item.question.id))
        waiting = await uow.review.waiting()
        layouts = sum(layout.columns is None for layout in await uow.layouts.every())
        part = turn.wants_part
        sheets = [] if part else await uow.review.sheets()
        names = {code: unit.name for code, unit in world.roster.units.items()}
    page = "_review" if part else "review"
    return turn.page(
        page, item=item, waiting=waiting, sheets=sheets, names=names, sheet=sheet if batch else "", skip=skip,
        last=last, fault=fault, codes=codes_of(world.profile), layouts=layouts, **LOOKS,
        close_up=_evidence(item) if isinstance(item, Difference) else "",
        default_side=DEFAULT_SIDE[world.profile.punches.wins],
    )  # fmt: skip


async def _shown(uow: UnitOfWork, turn: Turn, question: QuestionRow, world: World) -> Item | Difference:
    if question.kind is QuestionKind.DEVICE:
        return await difference(uow, turn, question, world)
    return await _item(uow, turn, question, world)


def _evidence(item: Difference) -> str:
    return _part(item.submission, item.question, 1.2, 1.5) if item.submission else ""


async def _item(uow: UnitOfWork, turn: Turn, question: QuestionRow, world: World) -> Item:
    submission = await uow.submissions.get(sheet_of(question))
    file = await uow.files.get(question.sha256)
    arrivals = await uow.submissions.arrivals(submission.id)
    name = next((a.name for a in arrivals if a.sha256 == question.sha256), "")
    picture = is_picture(file.media_type if file else "", name)
    reading = await reading_of(uow, question.sha256)
    rows = reading.sheets[question.sheet].rows if reading and question.sheet < len(reading.sheets) else ()
    near = range(max(0, question.row - 2), min(len(rows), question.row + 3))
    person = question.candidates[0] if question.candidates and not is_about_row(question.kind) else None
    unit = world.roster.units.get(submission.unit)
    mixed = name.lower().endswith(".pdf")
    return Item(
        question=question,
        submission=submission,
        unit=unit.name if unit else submission.unit,
        person=world.roster.people.get(person) if person else None,
        media="gambar" if picture else "tabel",
        neighbours=tuple((place, rows[place]) for place in near),
        answers=_answers(question, world, picture, mixed),
        members=world.roster.members(submission.unit, submission.date) if is_about_row(question.kind) else (),
        close_up=_part(submission, question, 1.2, 1.5) if picture else "",
        strip=_part(submission, question, 40, 1.2) if picture else "",
        parafs=await _parafs(uow, person, submission) if picture and person else (),
        mine=turn.account.person is not None and turn.account.person in question.candidates,
        said=await _said(uow, submission, question, world) if is_about_row(question.kind) else "",
    )


async def _said(uow: UnitOfWork, submission: SubmissionRow, question: QuestionRow, world: World) -> str:
    """The officer's latest word about whose the row is."""
    facts = await uow.facts.for_submission(submission.id)
    words = [f for f in facts if f.source is FactSource.OFFICER and f.paper_no == question.paper_no and f.sha256]
    person = world.roster.people.get(words[-1].person) if words and question.paper_no is not None else None
    return f"{person.name} ({person.nip or person.key})" if person else ""


def _answers(question: QuestionRow, world: World, picture: bool, mixed: bool) -> tuple[Answer, ...]:
    if is_about_row(question.kind):
        people = [world.roster.people[key] for key in question.candidates if key in world.roster.people][:8]
        made = [Answer(str(n), p.key, f"{p.name} ({p.nip or p.key})", "orang") for n, p in enumerate(people, 1)]
        return (*made, Answer("0", "", "Bukan pegawai unit ini", "orang"))
    texts = choices_for(picture, mixed)
    if question.kind is QuestionKind.NOTE:
        texts = (Choice.EMPTY,)
    made = [Answer(str(n), choice.value, _CHOICE_TEXT[choice]) for n, choice in enumerate(texts, 1)]
    codes = codes_of(world.profile)
    made += [
        Answer(str(len(made) + n), f"kode:{key}", f"{code} ({STATUS_KEYS[key]})")
        for n, (key, code) in enumerate(codes, 1)
    ]
    return tuple(a if int(a.key) <= 9 else Answer("", a.value, a.text) for a in made)


def _part(submission: SubmissionRow, question: QuestionRow, wide: float, high: float) -> str:
    """The address of the cell's picture with ``wide`` and ``high`` cells around it; empty when it has no place."""
    boxes = [cell.box for cell in question.cells if cell.box]
    return _address(submission.number, question.sha256, boxes, wide, high, framed=True) if boxes else ""


def _address(number: str, sha256: str, boxes: list[Box], wide: float, high: float, framed: bool = False) -> str:
    page = boxes[0].page
    some = [b for b in boxes if b.page == page]
    x0, y0 = min(b.x0 for b in some), min(b.y0 for b in some)
    x1, y1 = max(b.x1 for b in some), max(b.y1 for b in some)
    dx, dy = (x1 - x0) * wide, (y1 - y0) * high
    box = ",".join(f"{n:.1f}" for n in (max(0, x0 - dx), max(0, y0 - dy), x1 + dx, y1 + dy))
    mark = f"&tanda={x0:.1f},{y0:.1f},{x1:.1f},{y1:.1f}" if framed else ""
    return f"/kiriman/{number}/halaman/{sha256}?hal={page}&kotak={box}{mark}"


async def _parafs(uow: UnitOfWork, person: str, submission: SubmissionRow) -> tuple[tuple[FactRow, str], ...]:
    """Earlier signatures of the same person, newest first."""
    facts = await uow.facts.for_people([person], submission.date - _EARLIER, submission.date)
    inked = [f for f in reversed(facts) if f.verdict is Verdict.SIGNED and f.box and f.sha256 and f.submission_id]
    made = []
    for fact in inked[:_PARAFS]:
        assert fact.submission_id is not None
        assert fact.box is not None
        number = (await uow.submissions.get(fact.submission_id)).number
        made.append((fact, _address(number, fact.sha256 or "", [fact.box], 0.1, 0.1)))
    return tuple(made)


async def _question(uow: UnitOfWork, number: int) -> QuestionRow:
    question = await uow.questions.get(number)
    if question is None:
        raise missing()
    return question


@router.post("/periksa/{question}")
async def answer(turn: Visit, question: int) -> Response:
    """Take the answer and show the next doubt."""
    sheet, fault = turn.field("kiriman", 40), ""
    ruling = _ruling(turn)
    try:
        async with turn.house.db.begin() as uow:
            asked = await _question(uow, question)
            world = await turn.house.worlds.load(uow)
            if asked.kind is QuestionKind.DEVICE:
                await settle(uow, turn, asked, turn.field("jawaban", 40), world)
            elif ruling is None:
                raise Refused("Pilih satu jawaban.")
            else:
                await decide(uow, turn, asked, ruling, world)
    except Refused as refused:
        fault = refused.reason
    except StorageError as error:
        fault = str(error)
    return await _after(turn, sheet, None if fault else question, fault)


def _ruling(turn: Turn) -> Ruling | None:
    person = turn.form.get("orang")
    if isinstance(person, str):
        return Ruling(person=person.strip() or None)
    return ruling_of(turn.field("jawaban"))


@router.post("/periksa/{question}/batal")
async def undo(turn: Visit, question: int) -> Response:
    """Take one's own answer back; the doubt comes again at once."""
    sheet, fault = turn.field("kiriman", 40), ""
    try:
        async with turn.house.db.begin() as uow:
            asked = await _question(uow, question)
            back = unsettle if asked.kind is QuestionKind.DEVICE else take_back
            await back(uow, turn, asked, await turn.house.worlds.load(uow))
    except Refused as refused:
        fault = refused.reason
    return await _after(turn, sheet, None, fault)


async def _after(turn: Turn, sheet: str, last: int | None, fault: str) -> Response:
    if turn.wants_part or fault:
        return await _next(turn, sheet, [], last, fault)
    query = "&".join(f"{k}={v}" for k, v in (("kiriman", sheet), ("tadi", last)) if v)
    return RedirectResponse(f"/periksa?{query}" if query else "/periksa", 303)
