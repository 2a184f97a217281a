"""Words that come with a message of files, or instead of one: handed to the conversation, its answers put in the post.

The pipeline asks before it records (words may make the files evidence, or stand alone) and after (what is unread).
"""

from collections.abc import Sequence

from domain.ports import Clock
from domain.profile import Profile
from domain.terms import Scheme
from intake.event import EventKind, InboundEvent, event_of
from intake.letters import Outgoing, post
from intake.opening import Opened
from intake.receipts import Letter
from intake.registry import CHATS
from intake.replies import put_replies
from intake.talk import Conversation, Reply
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import MessageRow
from templates import DESK_NAME


class Hearing:
    """The pipeline's ear; without a conversation it hears nothing."""

    def __init__(self, conversation: Conversation | None, outgoing: Outgoing, profile: Profile, clock: Clock) -> None:
        self._conversation = conversation
        self._outgoing = outgoing
        self._profile = profile
        self._clock = clock

    async def before(self, uow: UnitOfWork, row: MessageRow, opened: Opened, files: Sequence[str], known: bool) -> bool:
        """Whether the words settled the whole message, so that there is nothing to record.

        ``known``: the sender is registered and proven. Robots and doubtful senders are not heard.
        """
        if self._conversation is None or not known or not opened.answerable or not opened.address:
            return False
        if row.channel not in (Scheme.MAIL, *CHATS):
            return False  # what an operator takes in speaks for nobody
        event = self._event(row, opened, files)
        if files:
            heard = await self._conversation.with_files(uow, row, event, files, opened.subject)
            replies, settled = heard.replies, heard.consumed
        else:
            replies = tuple(await self._conversation.by_mail(uow, row, event, opened.subject))
            settled = bool(replies)
        await self._answer(uow, row, opened, event, replies)
        return settled

    async def after(self, uow: UnitOfWork, row: MessageRow, opened: Opened) -> None:
        """Ask what the recorded sheets left open (chats only)."""
        if self._conversation is None or row.channel not in CHATS:
            return
        event = event_of(row)
        ids = [submission.id for submission in await uow.submissions.for_message(row.id)]
        replies = await self._conversation.after_sheet(uow, row, event, ids)
        await put_replies(uow, row, event, replies, self._clock.now(), key=f"ask:{row.id}")

    def _event(self, row: MessageRow, opened: Opened, files: Sequence[str]) -> InboundEvent:
        if row.channel in CHATS:
            return event_of(row)
        assert opened.address is not None
        kind = EventKind.FILE if files else EventKind.TEXT
        return InboundEvent(
            row.channel, row.account, row.event_id, kind, (opened.address,), opened.mailbox or "", row.first_seen_at,
            row.official_at, opened.text,
        )  # fmt: skip

    async def _answer(
        self, uow: UnitOfWork, row: MessageRow, opened: Opened, event: InboundEvent, replies: Sequence[Reply]
    ) -> None:
        now = self._clock.now()
        if row.channel in CHATS:
            await put_replies(uow, row, event, replies, now)
            return
        assert opened.address is not None
        letters = [
            Letter(
                f"talk:{row.id}:{number}", opened.address, reply.kind, f"Jawaban {DESK_NAME}", self._signed(reply.text),
                files=reply.files,
            )
            for number, reply in enumerate(replies)
        ]  # fmt: skip
        for id_ in await post(uow, letters, self._outgoing, opened, row, now):
            await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})

    def _signed(self, text: str) -> str:
        return f"{text}\n\n{DESK_NAME}\n{self._profile.government}\nSurel ini dikirim otomatis.\n"
