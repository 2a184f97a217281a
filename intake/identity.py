"""An address becomes a unit's: by a one-time code mailed to the office, or by an admin (facts: chat; must hold 10, 11).

Approval counts from the first message on: files that came before it are recorded again, at their first time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.masking import CHANNEL_NAMES, masked
from domain.resolution import World
from domain.terms import Scheme
from domain.wording import clock_time
from storage.engine import UnitOfWork
from storage.jobs import DELIVER, READ_MESSAGE
from storage.records import NewOutbox
from storage.records_talk import ClaimRow, ClaimState, NewClaim
from templates import DESK_NAME, render, render_chat

CODE_LIFE = timedelta(minutes=15)
MOST_TRIES = 5
MOST_A_DAY = 3
LOOK_BACK = timedelta(days=7)  # a number may have had another owner before that
_ROUNDS = 100_000  # a stolen table must not give eight digits away within their quarter of an hour


class Outcome(StrEnum):
    """What became of a wish to be registered."""

    SENT = "sent"  # a code was mailed to the office
    WAITING = "waiting"  # the office has no mailbox: an admin decides
    ALREADY = "already"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Requested:
    """``mails`` are the office's addresses, masked."""

    outcome: Outcome
    mails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redeemed:
    """``claim`` is the approved one, else None with the tries that are ``left`` (0: no code is good any more)."""

    claim: ClaimRow | None
    left: int = 0
    reread: int = 0


async def request(
    uow: UnitOfWork, world: World, scheme: Scheme, value: str, unit: str, since: datetime, now: datetime
) -> Requested:
    """Ask that ``value`` may speak for ``unit``; a new request makes every earlier code worthless."""
    open_claims = await uow.addresses.open_for(scheme, value)
    if any(c.unit == unit and c.state is ClaimState.APPROVED for c in open_claims):
        return Requested(Outcome.ALREADY)
    if await uow.addresses.asked_since(scheme, value, now - timedelta(days=1)) >= MOST_A_DAY:
        return Requested(Outcome.TOO_MANY)
    waiting = await uow.messages.waiting_since(scheme, value, now - LOOK_BACK)
    first = min([waiting or since, since, *(c.since for c in open_claims if c.state is ClaimState.ASKED)])
    for claim in open_claims:
        if claim.state is ClaimState.ASKED:
            await uow.addresses.decide(claim.id, ClaimState.REFUSED, "permohonan baru", now)
    day = now.astimezone(world.profile.tz).date()
    mails = world.roster.contacts(unit, Scheme.MAIL, day)
    code = f"{secrets.randbelow(10**8):08d}"
    new = NewClaim(
        scheme, value, unit, first, now, _hash(scheme, value, unit, code) if mails else "",
        now + CODE_LIFE if mails else None,
    )  # fmt: skip
    id_ = await uow.addresses.ask(new)
    await uow.audit.add("address_claimed", "address_claim", str(id_), scheme.value, now, {"unit": unit})
    letters = [_code_letter(world, new, id_, to, code, now) for to in mails]
    for written in await uow.outbox.put_many(letters):
        await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: written})
    return Requested(Outcome.SENT if mails else Outcome.WAITING, tuple(map(masked, mails)))


def _code_letter(world: World, new: NewClaim, id_: int | None, to: str, code: str, now: datetime) -> NewOutbox:
    unit = world.roster.units[new.unit].name
    body = render(
        "register_code",
        unit=unit,
        channel=CHANNEL_NAMES[new.scheme],
        address=masked(new.value),
        at=clock_time(now, world.profile),
        until=clock_time(now + CODE_LIFE, world.profile),
        code=f"{code[:4]} {code[4:]}",
        sender_name=DESK_NAME,
        government=world.profile.government,
    )
    subject = f"Kode pendaftaran {CHANNEL_NAMES[new.scheme]} untuk {unit}"
    return NewOutbox(
        dedupe_key=f"code:{id_}:{to}", scheme=Scheme.MAIL, to_address=to, kind="register_code", subject=subject,
        body=body, due_at=now, expires_at=now + CODE_LIFE,
    )  # fmt: skip


async def redeem(uow: UnitOfWork, scheme: Scheme, addresses: Sequence[str], code: str, now: datetime) -> Redeemed:
    """Try a code: within 15 minutes, five times, once."""
    value = addresses[0]
    left = 0
    for claim in await uow.addresses.open_for(scheme, value):
        if claim.state is not ClaimState.ASKED or not claim.code_hash or claim.tries >= MOST_TRIES:
            continue
        if claim.code_expires_at is None or now > claim.code_expires_at:
            continue
        if hmac.compare_digest(claim.code_hash, _hash(scheme, value, claim.unit, code)):
            approved, reread = await approve(uow, claim.id, "kode", now, addresses)
            return Redeemed(approved, reread=reread)
        left = max(left, MOST_TRIES - await uow.addresses.wrong_try(claim.id))
    return Redeemed(None, left)


async def approve(
    uow: UnitOfWork, claim_id: int, by: str, now: datetime, addresses: Sequence[str] = ()
) -> tuple[ClaimRow | None, int]:
    """Approve a claim; returns it and how many earlier messages are read again. None when nothing waits there."""
    claim = await uow.addresses.decide(claim_id, ClaimState.APPROVED, by, now)
    if claim is None:
        return None, 0
    await uow.addresses.forget_names(claim.scheme, claim.value)
    if len(addresses) > 1:
        await uow.addresses.learn(claim.scheme, addresses, now)
    await uow.audit.add("address_approved", "address_claim", str(claim.id), by, now, {"unit": claim.unit})
    ids = await uow.messages.reopen(claim.scheme, claim.value, claim.since)
    await uow.defer_many(READ_MESSAGE.name, READ_MESSAGE.queue, [{READ_MESSAGE.argument: id_} for id_ in ids])
    return claim, len(ids)


async def tell_approved(uow: UnitOfWork, world: World, claim: ClaimRow, reread: int, now: datetime) -> None:
    """An admin approved: the address hears it, once."""
    known = world.roster.units.get(claim.unit)
    text = render_chat("chat_register_done", unit=known.name if known else world.profile.agency, files=reread)
    id_ = await uow.outbox.put(
        NewOutbox(
            dedupe_key=f"approved:{claim.id}", scheme=claim.scheme, to_address=claim.value, kind="answer",
            subject="Pendaftaran disetujui", body=text, short=text, due_at=now, expires_at=now + timedelta(days=1),
        )
    )  # fmt: skip
    if id_ is not None:
        await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})


async def revoke(uow: UnitOfWork, claim_id: int, by: str, now: datetime) -> ClaimRow | None:
    """Take an approved address back, or refuse an asked one, at once; None when nothing is open there."""
    claim = await uow.addresses.get(claim_id)
    if claim is None:
        return None
    to = ClaimState.REVOKED if claim.state is ClaimState.APPROVED else ClaimState.REFUSED
    decided = await uow.addresses.decide(claim_id, to, by, now)
    if decided is not None:
        await uow.audit.add(f"address_{to.value}", "address_claim", str(claim_id), by, now, {"unit": claim.unit})
    return decided


def _hash(scheme: Scheme, value: str, unit: str, code: str) -> str:
    salt = f"{scheme.value}:{value}:{unit}".encode()
    return hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS).hex()
