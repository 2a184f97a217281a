"""Letters about our own outages: when one opens, and when it is over. Each is told once."""

from datetime import datetime

from domain.disturbance import MAILBOX_SILENT
from domain.ports import Clock
from domain.profile import Profile
from domain.wording import moment_text
from intake.letters import Outgoing
from storage.engine import UnitOfWork
from storage.records import IncidentRow
from templates import DESK_NAME, render


async def tell_incidents(uow: UnitOfWork, outgoing: Outgoing, profile: Profile, since: datetime, clock: Clock) -> None:
    """Put the letters about every incident since ``since`` into the outbox; dedupe keys make each letter one."""
    for incident in await uow.incidents.between(since, clock.now()):
        await _tell(uow, outgoing, profile, incident, False, clock.now())
        if incident.ended_at is not None:
            await _tell(uow, outgoing, profile, incident, True, clock.now())


async def _tell(
    uow: UnitOfWork, outgoing: Outgoing, profile: Profile, incident: IncidentRow, closed: bool, now: datetime
) -> None:
    silent = incident.kind == MAILBOX_SILENT
    body = render(
        # Only a silent mailbox is an outage; the other kinds concern single mails.
        "mailbox_incident" if silent else "mailbox_trouble",
        closed=closed,
        account=incident.account or "",
        since=moment_text(incident.started_at, profile),
        until=moment_text(incident.ended_at, profile) if incident.ended_at else "",
        reason=incident.note or "tidak ada pencarian yang berhasil",
        sender_name=DESK_NAME,
    )
    trouble = "GANGGUAN" if silent else "ada surel yang perlu diperiksa"
    subject = f"Kotak surel {incident.account}: {'pulih' if closed else trouble}"
    key = f"incident:{incident.id}:{'closed' if closed else 'open'}"
    await outgoing.alert(uow, key, subject, body, now)
