"""What answers people who write to the desk: the protocol that ``bot.conversation`` fulfils, and its first words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from intake.event import EventKind, InboundEvent
from storage.engine import UnitOfWork
from storage.records import LetterFile, MessageRow
from storage.records_chat import Button
from templates import render


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to the sender of an event, through the channel that it came by; ≤600 characters on WhatsApp.

    ``kind`` names the letter (``answer``, ``receipt``); ``files`` lie in the archive already.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    files: tuple[LetterFile, ...] = ()
    kind: str = "answer"
    submission_id: int | None = None


class Conversation(Protocol):
    """Answers texts, buttons and what is none of both. Stateless over the database."""

    async def handle(self, uow: UnitOfWork, row: MessageRow, event: InboundEvent) -> Sequence[Reply]:
        """Do what ``event`` (message ``row``) asks and return the answers.

        Runs inside the transaction that also finishes the message and puts the answers into the outbox: each event acts
        once, however often the job runs. Database errors only inside ``uow.nested()``.
        """
        ...


class FirstWords:
    """Says what the desk takes, until a conversation is wired: BANTUAN and nothing else."""

    async def handle(self, uow: UnitOfWork, row: MessageRow, event: InboundEvent) -> Sequence[Reply]:
        """One help text for whatever was said."""
        return [Reply(render("chat_help", what=event.what if event.kind is EventKind.OTHER else ""))]
