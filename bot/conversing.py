"""The job ``converse``: one text or button, answered in the transaction that finishes its message."""

from datetime import timedelta

from domain.ports import Clock
from intake.approved import LOOK
from intake.event import InboundEvent, event_of
from intake.observer import Observer
from intake.replies import MOST_A_MINUTE, put_replies
from intake.talk import Conversation, Reply
from storage.engine import Database, UnitOfWork
from storage.records import MessageState

LEASE = timedelta(minutes=1)
_WITHHELD = timedelta(days=3)  # older letters tell nobody anything any more


class Conversing:
    """Runs a ``Conversation`` over messages; safe in any number of processes."""

    def __init__(self, db: Database, conversation: Conversation, clock: Clock, observer: Observer) -> None:
        self._db = db
        self._conversation = conversation
        self._clock = clock
        self._observer = observer

    async def converse(self, message_id: int) -> bool:
        """Answer one message; False when it was done before or another worker has it."""
        real = self._clock.to_real(self._clock.now())
        async with self._db.begin() as uow:
            if not await uow.messages.claim(message_id, real, LEASE, MessageState.TALKING):
                return False
        self._observer.reached("heard", message_id)
        async with self._db.begin() as uow:
            row = await uow.messages.get(message_id)
            if row.state is not MessageState.TALKING:
                return False  # our claim ran out, and another process was quicker
            event = event_of(row)
            replies = await self._asked_to_look(uow, event) or await self._conversation.handle(uow, row, event)
            await put_replies(uow, row, event, replies, self._clock.now())
            await uow.messages.finish(row.id, MessageState.DONE, f"dijawab: {len(replies)}")
        self._observer.reached("answered", message_id)
        return True

    async def _asked_to_look(self, uow: UnitOfWork, event: InboundEvent) -> list[Reply]:
        """LIHAT: the letters of which this address has only had word, now that its window is open."""
        if (event.button or event.text).strip().upper() != LOOK:
            return []
        since = self._clock.now() - _WITHHELD
        rows = await uow.delivery.take_withheld(event.channel, event.address, since)
        return [Reply(r.short or r.body, r.buttons, r.files, r.kind, r.submission_id) for r in rows[-MOST_A_MINUTE:]]
