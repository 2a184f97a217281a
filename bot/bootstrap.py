"""Wiring: from settings to an open installation. Nothing else builds these objects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import clock_for
from bot.settings import Settings, load_settings
from domain.ports import BlobStore, Clock
from domain.profile import Profile, load_profile
from intake.letters import Outgoing
from intake.observer import Observer, Unobserved
from intake.opening import MailboxIdentity, Opener
from intake.pipeline import Pipeline
from intake.sender import AuthPolicy, AuthStyle
from parsers.sandbox import Sandbox
from storage.engine import Database
from storage.postgres import ensure_running


@dataclass(frozen=True)
class Installation:
    """An open installation: settings, the government's profile, the clock, the database and the originals."""

    settings: Settings
    profile: Profile
    clock: Clock
    db: Database
    blobs: BlobStore


@asynccontextmanager
async def open_installation(data: Path | None, settings: Settings | None = None) -> AsyncIterator[Installation]:
    """Open the installation in ``data`` (else POSKO_DATA): joins or starts its database, closes only the connection."""
    settings = settings or load_settings(data)
    profile = load_profile(settings.profile_source)
    clock = clock_for(settings)
    db = await Database.open(await database_url(settings))
    try:
        yield Installation(settings, profile, clock, db, blobs_of(settings))
    finally:
        await db.close()


async def database_url(settings: Settings) -> str:
    """The database to use; the embedded one is started when nobody runs it yet."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return await asyncio.to_thread(ensure_running, settings.data, settings.pg_user)


def blobs_of(settings: Settings) -> BlobStore:
    """Where originals lie."""
    raise NotImplementedError


def mailboxes_of(settings: Settings) -> dict[str, MailboxIdentity]:
    """What the pipeline knows of each mailbox, by its name."""
    own = own_addresses(settings)
    return {
        box.name: MailboxIdentity(
            box.address, AuthPolicy(box.authserv_id, tuple(box.received_by), AuthStyle(box.style), own)
        )
        for box in settings.mailboxes
    }


def own_addresses(settings: Settings) -> frozenset[str]:
    """Addresses the desk itself writes from or receives at: never answered, never written to."""
    addresses = {box.address for box in settings.mailboxes}
    if settings.smtp:
        addresses.add(settings.smtp.from_address)
    return frozenset(addresses)


def pipeline_of(place: Installation, sandbox: Sandbox, observer: Observer | None = None) -> Pipeline:
    """The pipeline of an installation."""
    settings = place.settings
    outgoing = Outgoing(
        receivers=settings.operator.receivers,
        own_addresses=own_addresses(settings),
        per_address_hour=settings.smtp.per_sender_hour if settings.smtp else 30,
    )
    return Pipeline(
        db=place.db,
        blobs=place.blobs,
        sandbox=sandbox,
        clock=place.clock,
        profile=place.profile,
        opener=Opener(sandbox, mailboxes_of(settings)),
        outgoing=outgoing,
        observer=observer or Unobserved(),
    )
