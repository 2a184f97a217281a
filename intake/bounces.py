"""Letters that came back: news about a letter of ours, found by its Message-ID (facts: mail).

A failure for good closes the letter like any provider's refusal does, so that its reader is reached by the next channel
(``intake.undelivered``); a delay is noted and waits, because that server goes on trying. What fits no letter is kept,
and the receivers read of it in the summary of the next close. Nothing is ever answered.
"""

from dataclasses import dataclass

import structlog

from domain.ports import Clock
from domain.terms import Scheme
from intake.mime_bounce import BouncedTo, BounceReport
from intake.undelivered import Undelivered
from storage.engine import UnitOfWork
from storage.records import MessageRow
from storage.records_chat import DeliveryState, NewProviderEvent

log = structlog.get_logger()
UNMATCHED = "bounce unmatched"  # the status of a report that fits no letter


@dataclass(frozen=True, slots=True)
class Bounces:
    """Takes delivery reports in; any number of processes: news that were told before change nothing."""

    refusals: Undelivered
    clock: Clock

    async def take(self, uow: UnitOfWork, row: MessageRow, report: BounceReport) -> str:
        """Act on a report in the transaction that finishes its message; returns a note for the operator."""
        for message_id in report.message_ids:
            outbox_id = await uow.delivery.letter_of(Scheme.MAIL, message_id, None)
            if outbox_id is not None:
                return await self._about(uow, row, outbox_id, message_id, report)
        log.warning("bounce_unmatched", message=row.id, recipients=len(report.recipients))
        await uow.delivery.add(self._event(row, f"message:{row.id}", UNMATCHED, None, None))
        return "surel kembali; tidak cocok dengan surat mana pun"

    async def _about(
        self, uow: UnitOfWork, row: MessageRow, outbox_id: int, message_id: str, report: BounceReport
    ) -> str:
        """Every letter of ours has one reader: the gravest word of the report is about him."""
        told = next((one for one in report.recipients if one.final), None)
        worst = told or next(iter(report.recipients), None)
        if worst is None:
            await uow.delivery.add(self._event(row, f"message:{row.id}", UNMATCHED, None, None))
            return f"surel kembali tentang surat {outbox_id}, tanpa keterangan"
        status = f"bounce {worst.action or '-'} {worst.status or '-'}"[:60]
        event = self._event(row, message_id, status, outbox_id, worst)
        fresh = await uow.delivery.add(event)
        if fresh and await uow.delivery.advance(outbox_id, event):
            await self.refusals.refused(uow, outbox_id, event.code, None, event.at)
        log.info("bounce", message=row.id, outbox=outbox_id, status=worst.status, final=worst.final)
        return f"surel kembali tentang surat {outbox_id} ({worst.status or worst.action})"

    def _event(
        self, row: MessageRow, provider_id: str, status: str, outbox_id: int | None, told: BouncedTo | None
    ) -> NewProviderEvent:
        state = DeliveryState.FAILED if told is not None and told.final else DeliveryState.QUEUED
        code = (told.status or told.action) if told is not None else ""
        return NewProviderEvent(Scheme.MAIL, provider_id, status, state, self.clock.now(), outbox_id, code, row.sha256)
