"""Two submissions could be meant: the desk asks which, with buttons that carry the whole request."""

import secrets
from collections.abc import Sequence

from bot.talk_scene import Scene, digits_of
from domain.wording import long_date
from intake.talk import Reply
from storage.records import SubmissionRow
from storage.records_chat import Button
from storage.records_talk import NewAsk
from templates import render_chat

WHICH = "which"
PREFIX = "a:"  # what every payload of ours begins with
MOST_BUTTONS = 3  # WhatsApp's quick replies within a conversation


async def which(scene: Scene, number: str, found: Sequence[SubmissionRow], text: str) -> Sequence[Reply]:
    """Ask which of ``found`` is meant; ``text`` is the request with ``{number}`` to be filled in."""
    newest = list(reversed(found))
    token = new_token()
    about = {"text": text, "numbers": [row.number for row in newest]}
    await scene.uow.asks.add(NewAsk(token, scene.event.channel, scene.speaker.address, WHICH, scene.now, about=about))
    lines = [f"{i}. {scene.titled(row)}, {long_date(row.date)}" for i, row in enumerate(newest, start=1)]
    buttons = [
        Button(f"{PREFIX}{token}:{i}", f"{row.date:%d/%m} {row.session} {digits_of(row.number)}"[:20])
        for i, row in enumerate(newest[:MOST_BUTTONS], start=1)
    ]
    return [Reply(render_chat("chat_which", lines, number=number), tuple(buttons))]


def new_token() -> str:
    """Twelve characters nobody guesses."""
    return secrets.token_urlsafe(9)
