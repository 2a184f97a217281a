"""What answers people who write to the desk: the protocol that ``bot.conversation`` fulfils."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from intake.event import InboundEvent
from storage.engine import UnitOfWork
from storage.records import LetterFile, MessageRow
from storage.records_chat import Button


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


@dataclass(frozen=True, slots=True)
class Heard:
    """What words beside files came to. ``consumed``: the files are evidence or a person's to look at, no sheets."""

    replies: tuple[Reply, ...] = ()
    consumed: bool = False


class Conversation(Protocol):
    """Answers texts, buttons and what is none of both. Stateless over the database.

    Every method runs inside the transaction that also finishes the message and puts the answers into the outbox: each
    event acts once, however often the job runs. Database errors only inside ``uow.nested()``.
    """

    async def handle(self, uow: UnitOfWork, row: MessageRow, event: InboundEvent) -> Sequence[Reply]:
        """Do what ``event`` (message ``row``) asks and return the answers."""
        ...

    async def by_mail(self, uow: UnitOfWork, row: MessageRow, event: InboundEvent, subject: str) -> Sequence[Reply]:
        """The same for a proven mail without files: its body, else its subject; empty when neither asks anything."""
        ...

    async def with_files(
        self, uow: UnitOfWork, row: MessageRow, event: InboundEvent, files: Sequence[str], subject: str = ""
    ) -> Heard:
        """What the words beside archived ``files`` (SHA-256) ask: evidence, an objection's photo, answers."""
        ...

    async def after_sheet(
        self, uow: UnitOfWork, row: MessageRow, event: InboundEvent, submissions: Sequence[int]
    ) -> Sequence[Reply]:
        """What is asked once the sheets of ``submissions`` (ids) were recorded; empty for mail."""
        ...
