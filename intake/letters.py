"""Putting letters into the outbox: threading, loop caps, alerts. Nothing is sent here (``bot.dispatch`` does)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.terms import Scheme
from intake.opening import Opened
from intake.receipts import Letter
from storage.engine import UnitOfWork
from storage.records import MessageRow, NewOutbox
from templates import DESK_NAME, render

RECEIPT_EXPIRY = timedelta(days=2)  # older than that, a receipt confuses more than it tells
ALERT_EXPIRY = timedelta(days=7)
_OUR_ID = re.compile(r"<[0-9a-f]{40}@([^>]+)>")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How the desk writes: who hears of trouble, and how many letters an hour one address gets at most.

    ``own_addresses`` are never written to. The cap stops two robots that answer each other (facts: mail).
    ``channels`` are those that are set up; ``desk`` is where the desk's pages are reached, without a slash at the end.
    """

    receivers: tuple[str, ...] = ()
    own_addresses: frozenset[str] = frozenset()
    per_address_hour: int = 30
    channels: frozenset[Scheme] = frozenset({Scheme.MAIL})
    desk: str = "http://127.0.0.1:8000"

    def wrote_any_of(self, header_ids: Iterable[str]) -> bool:
        """Whether one of these Message-IDs is of our own making (``mail_message.message_id_for``)."""
        hosts = {address.rpartition("@")[2] for address in self.own_addresses}
        found = (_OUR_ID.fullmatch(id_) for id_ in header_ids)
        return any(match is not None and match[1].lower() in hosts for match in found)

    async def alert(self, uow: UnitOfWork, key: str, subject: str, body: str, now: datetime) -> None:
        """Tell every receiver once; ``key`` makes it once."""
        for to in self.receivers:
            await uow.outbox.put(
                NewOutbox(
                    dedupe_key=f"{key}:{to}",
                    scheme=Scheme.MAIL,
                    to_address=to,
                    kind="alert",
                    subject=subject,
                    body=body,
                    due_at=now,
                    expires_at=now + ALERT_EXPIRY,
                )
            )

    async def alert_quarantine(
        self, uow: UnitOfWork, row: MessageRow, error: str, now: datetime, received: str
    ) -> None:
        """One alert for one message that was set aside."""
        body = render(
            "quarantine",
            attempts=row.attempts,
            message_id=row.id,
            received=received,
            sha256=row.sha256,
            error=error,
            desk=self.desk,
            sender_name=DESK_NAME,
        )
        await self.alert(uow, f"quarantine:{row.id}", "Kiriman perlu diperiksa petugas", body, now)


async def post(
    uow: UnitOfWork, letters: Sequence[Letter], outgoing: Outgoing, opened: Opened, row: MessageRow, now: datetime
) -> list[int]:
    """Put ``letters`` about a message into the outbox; returns the ids of the new rows.

    Letters over the hourly cap of an address are dropped on purpose: the submission itself is recorded.
    """
    new = []
    for letter in letters:
        if letter.to in outgoing.own_addresses:
            continue
        if await uow.outbox.count_since(letter.to, now - timedelta(hours=1)) >= outgoing.per_address_hour:
            continue
        answers_sender = letter.to == opened.address
        id_ = await uow.outbox.put(
            NewOutbox(
                dedupe_key=letter.dedupe_key,
                scheme=Scheme.MAIL,
                to_address=letter.to,
                kind=letter.kind,
                subject=f"Re: {opened.subject}" if answers_sender and opened.subject else letter.subject,
                body=letter.body,
                short=letter.short,
                files=letter.files,
                headers=_threading(opened) if answers_sender else {},
                due_at=now,
                expires_at=now + RECEIPT_EXPIRY,
                message_id=row.id,
            )
        )
        if id_ is not None:
            new.append(id_)
    return new


def _threading(opened: Opened) -> dict[str, str]:
    if not opened.message_id:
        return {}
    return {"in_reply_to": opened.message_id, "references": " ".join((*reversed(opened.thread), opened.message_id))}
