"""What follows when a provider refuses a letter for good: a template, another channel, silence, or word to the staff.

The one place for refusals, whether the answer to a sending says it or a callback hours later.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from domain.errors import Refusal
from domain.masking import CHANNEL_NAMES
from domain.profile import Profile
from domain.roster import AddressRole, Roster
from domain.terms import Scheme
from intake.approved import news
from intake.letters import Outgoing
from intake.world import Worlds
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import NewOutbox, OutboxRow
from templates import DESK_NAME, render

ORDER = (Scheme.MAIL, Scheme.WHATSAPP, Scheme.TELEGRAM)
"""The order in which channels are tried for one reader."""
REMINDS = frozenset({"reminder", "escalation", "missing_list", "window_summary"})  # what BERHENTI ends
_STAYS = frozenset({"alert", "delivery_failures", "answer"})  # the staff's own, and what belongs to one conversation


class Undelivered:
    """Decides about refused letters. ``open_channels`` are those that are set up."""

    def __init__(self, profile: Profile, outgoing: Outgoing, open_channels: Collection[Scheme]) -> None:
        self._profile = profile
        self._outgoing = outgoing
        self._open = frozenset(open_channels)
        self._worlds = Worlds(profile)

    async def refused(
        self, uow: UnitOfWork, outbox_id: int, code: str, refusal: Refusal | None, now: datetime
    ) -> list[int]:
        """The letter ``outbox_id`` is FAILED by ``code``; returns the ids of letters that take its place."""
        row = await uow.outbox.get(outbox_id)
        if refusal in (Refusal.BLOCKED, Refusal.ADDRESS):
            await uow.contacts.block(row.scheme, row.to_address, code, now)
        if refusal in (Refusal.POLICY, Refusal.CONFIG):
            await self.warn_operator(uow, row.scheme, code, now)
        if refusal is Refusal.WINDOW and row.template is None:
            written = await self._put(uow, [_as_template(row, now)])
            if written:
                return written
        return await self._by_another_channel(uow, row, now)

    async def warn_operator(self, uow: UnitOfWork, scheme: Scheme, code: str, now: datetime) -> None:
        """Once a day for each fault that only a person can mend."""
        day = now.astimezone(self._profile.tz).date()
        body = render("channel_trouble", channel=CHANNEL_NAMES[scheme], code=code, sender_name=DESK_NAME)
        subject = f"Saluran {CHANNEL_NAMES[scheme]} perlu diperiksa (kode {code})"
        await self._outgoing.alert(uow, f"channel_trouble:{scheme}:{code}:{day}", subject, body, now)

    async def _by_another_channel(self, uow: UnitOfWork, row: OutboxRow, now: datetime) -> list[int]:
        """The same reader elsewhere: mail, WhatsApp, Telegram, in that order, each at most once."""
        if row.kind in _STAYS or row.to_address in self._outgoing.receivers:
            return []
        if row.expires_at is not None and row.expires_at <= now:
            return []
        day = now.astimezone(self._profile.tz).date()
        roster = (await self._worlds.load(uow)).roster
        tried = await uow.outbox.tried_schemes(row.id)
        for scheme in ORDER:
            if scheme in tried or scheme not in self._open:
                continue
            values = elsewhere(roster, row.scheme, row.to_address, scheme, day)
            usable = [v for v in values if await _may_be_told(uow, scheme, v, row.kind)]
            if usable:
                return await self._put(uow, [_as_copy(row, scheme, to, now) for to in usable])
        return []

    @staticmethod
    async def _put(uow: UnitOfWork, letters: Sequence[NewOutbox]) -> list[int]:
        ids = await uow.outbox.put_many(letters)
        await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: id_} for id_ in ids])
        return ids


def elsewhere(roster: Roster, scheme: Scheme, value: str, other: Scheme, day: date) -> tuple[str, ...]:
    """Where the owner of an address is reached by another channel: the same role of the same unit or person."""
    found: dict[str, None] = {}
    for owner in roster.owners(scheme, value, day):
        unit = owner.unit or (roster.unit_of(owner.person, day) if owner.person else None)
        if unit is None:
            continue
        if owner.role is AddressRole.RECAP_OFFICER or owner.person is None:
            found |= dict.fromkeys(roster.contacts(unit, other, day))
            continue
        for address in roster.addresses_of(unit, day):
            same = address.person == owner.person if owner.person else address.role is owner.role
            if address.scheme is other and same:
                found[address.value] = None
    return tuple(found)


async def _may_be_told(uow: UnitOfWork, scheme: Scheme, value: str, kind: str) -> bool:
    """Not blocked; and whoever asked for silence gets answers but no reminders."""
    contact = await uow.contacts.get(scheme, value)
    return contact.blocked_at is None and not (contact.stopped_at and kind in REMINDS)


def _as_template(row: OutboxRow, now: datetime) -> NewOutbox:
    """Once more, as word of it; the key makes it once."""
    copy = _as_copy(row, row.scheme, row.to_address, now)
    return replace(
        copy, dedupe_key=f"{row.dedupe_key}|templat", template=news(row.subject or _first_line(row.short or row.body))
    )


def _as_copy(row: OutboxRow, scheme: Scheme, to: str, now: datetime) -> NewOutbox:
    return NewOutbox(
        dedupe_key=f"{row.dedupe_key}|{scheme.value}:{to}",
        scheme=scheme,
        to_address=to,
        kind=row.kind,
        subject=row.subject.removeprefix("Re: "),
        body=row.body,
        due_at=now,
        expires_at=row.expires_at,
        message_id=row.message_id,
        submission_id=row.submission_id,
        files=row.files,
        short=row.short,
        buttons=row.buttons,
        template=row.template,
        replaces=row.id,
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200]
