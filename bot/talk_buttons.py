"""Buttons: a tap acts once, is always answered, and only for the address that was asked (must hold 18)."""

from collections.abc import Sequence
from datetime import timedelta

from bot.talk_answers import keep
from bot.talk_people import PEOPLE
from bot.talk_scene import Scene, digits_of, say
from bot.talk_which import PREFIX, WHICH, new_token
from domain.answers import Answer, RowAnswer, Word
from domain.outcome import QuestionKind
from domain.wording import long_date
from intake.talk import Reply
from storage.records import QuestionRow, SubmissionRow
from storage.records_chat import Button
from storage.records_talk import AskRow, NewAsk
from templates import render_chat

CELL = "cell"
MOST_CELLS = 2  # asked one by one with their pictures; the receipt names the others
PATIENCE = timedelta(hours=24)  # how long a bare "1" still answers the last question
_WORDS = {"1": Word.SIGNED, "2": Word.EMPTY}


async def find(scene: Scene, payload: str) -> tuple[AskRow, str] | None:
    """The ask and the choice of a payload; None for what is not ours, or was put to somebody else."""
    token, _, choice = payload.removeprefix(PREFIX).partition(":")
    ask = await scene.uow.asks.get(token) if payload.startswith(PREFIX) else None
    if ask is None or (ask.scheme, ask.address) != (scene.speaker.scheme, scene.speaker.address):
        return None
    return ask, choice


async def open_ask(scene: Scene) -> AskRow | None:
    """What a bare number answers: the only question that still waits for this address."""
    waiting = await scene.uow.asks.open_for(scene.event.channel, scene.speaker.address, scene.at - PATIENCE)
    return waiting[0] if len(waiting) == 1 else None


async def tap(scene: Scene, ask: AskRow, choice: str) -> tuple[Sequence[Reply], str]:
    """Act on the first tap; returns the answers, or the whole request that a WHICH stood for (to be handled anew)."""
    numbers: list[str] = list(ask.about.get("numbers", ()))
    index = int(choice) - 1 if choice.isdecimal() and len(choice) < 4 else -1
    if ask.kind == PEOPLE:
        return await _place(scene, ask, choice), ""
    valid = 0 <= index < len(numbers) if ask.kind == WHICH else choice in _WORDS
    if not valid:
        return say("chat_button_not_yours"), ""
    if not await scene.uow.asks.answer(ask.id, choice, scene.now):
        first = await scene.uow.asks.get(ask.token)  # the other tap may have come while this one was on its way
        assert first is not None
        digits = digits_of(str(ask.about.get("number", numbers[0] if numbers else "")))
        told = numbers[int(first.answer) - 1] if numbers else _WORDS[first.answer].value
        return say("chat_button_done", answer=told, digits=digits), ""
    if ask.kind == WHICH:
        return [], str(ask.about["text"]).replace("{number}", numbers[index])
    assert ask.submission_id is not None
    row = await scene.uow.submissions.get(ask.submission_id)
    if not scene.speaker.speaks_for(row.unit):
        return say("chat_button_not_yours"), ""  # the address has changed hands since
    return await keep(scene, row, Answer(row.number, (RowAnswer(int(ask.about["no"]), _WORDS[choice]),))), ""


async def _place(scene: Scene, ask: AskRow, choice: str) -> Sequence[Reply]:
    """A bare number to the only row that is asked about: a place in the unit's roster; kept, it closes the ask."""
    assert ask.submission_id is not None
    row = await scene.uow.submissions.get(ask.submission_id)
    if not scene.speaker.speaks_for(row.unit):
        return say("chat_button_not_yours")
    return await keep(scene, row, Answer(row.number, (), ((int(ask.about["no"]), choice),)))


async def ask_cells(scene: Scene, row: SubmissionRow) -> list[Reply]:
    """Unsure cells of a submission, each with its picture and two buttons; asked once."""
    told = await scene.uow.asks.about(scene.event.channel, scene.speaker.address, row.id)
    questions = [
        q
        for q in await scene.uow.questions.open_for(row.id)
        if q.kind is QuestionKind.CELL and q.paper_no is not None and q.id not in told
    ]
    return [await _ask_cell(scene, row, question) for question in questions[:MOST_CELLS]]


async def _ask_cell(scene: Scene, row: SubmissionRow, question: QuestionRow) -> Reply:
    token = new_token()
    about = {"no": question.paper_no, "number": row.number}
    await scene.uow.asks.add(
        NewAsk(token, scene.event.channel, scene.speaker.address, CELL, scene.now, row.id, question.id, about)
    )
    picture = await scene.desk.crop(scene.uow, question.id) if scene.desk.crop else None
    text = render_chat(
        "chat_cell",
        number=row.number,
        session=scene.session_name(row.session),
        day=long_date(row.date),
        no=question.paper_no,
        digits=digits_of(row.number),
    )
    buttons = (Button(f"{PREFIX}{token}:1", "1 ya"), Button(f"{PREFIX}{token}:2", "2 kosong"))
    return Reply(text, buttons, (picture,) if picture else (), "question", row.id)
