"""Wiring: from settings to an open installation. Nothing else builds these objects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from dkim.dnsplug import get_txt

from bot.access import secret_text
from bot.clock import clock_for
from bot.reporting import Reporter
from bot.settings import Settings, load_settings
from bot.settings_blocks import FolderBlobs
from domain.ports import Clock
from domain.profile import Profile, load_profile
from domain.terms import Scheme
from intake.bounces import Bounces
from intake.letters import Outgoing
from intake.observer import Observer, Unobserved
from intake.opening import MailboxIdentity, Opener
from intake.pipeline import Pipeline
from intake.sender import AuthPolicy, AuthStyle
from intake.talk import Conversation
from intake.undelivered import Undelivered
from parsers.sandbox import Sandbox
from storage.blobs import Archive, FolderSetting, S3Setting, open_blobs
from storage.engine import Database
from storage.postgres import DatabaseUrls, ensure_running


@dataclass(frozen=True)
class Installation:
    """An open installation: settings, the government's profile, the clock, the database and the originals."""

    settings: Settings
    profile: Profile
    clock: Clock
    db: Database
    blobs: Archive
    urls: DatabaseUrls


@asynccontextmanager
async def open_installation(data: Path | None, settings: Settings | None = None) -> AsyncIterator[Installation]:
    """Open the installation in ``data`` (else POSKO_DATA): joins or starts its database, closes only the connection."""
    settings = settings or load_settings(data)
    profile = load_profile(settings.profile_source)
    clock = clock_for(settings)
    urls = await database_urls(settings)
    db = await Database.open(urls.service)
    try:
        yield Installation(settings, profile, clock, db, blobs_of(settings), urls)
    finally:
        await db.close()


async def database_urls(settings: Settings) -> DatabaseUrls:
    """The database to use; the embedded one is started when nobody runs it yet."""
    if settings.database_url is not None:
        return DatabaseUrls.external(settings.database_url.get_secret_value())
    return await asyncio.to_thread(ensure_running, settings.data, settings.pg_user)


def blobs_of(settings: Settings) -> Archive:
    """Where originals lie."""
    chosen = settings.blobs
    if isinstance(chosen, FolderBlobs):
        return open_blobs(FolderSetting(settings.place(chosen.path)))
    return open_blobs(
        S3Setting(
            bucket=chosen.bucket,
            endpoint=chosen.endpoint,
            region=chosen.region,
            prefix=chosen.prefix,
            access_key=secret_text(chosen, "access_key") or "",
            secret_key=secret_text(chosen, "secret_key") or "",
        )
    )


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


def outgoing_of(settings: Settings) -> Outgoing:
    """How the desk writes."""
    return Outgoing(
        receivers=settings.operator.receivers,
        own_addresses=own_addresses(settings),
        per_address_hour=settings.smtp.per_sender_hour if settings.smtp else 30,
        channels=frozenset({Scheme.MAIL, *settings.chat.chats()}),
        desk=settings.public_url,
    )


def pipeline_of(
    place: Installation,
    sandbox: Sandbox,
    observer: Observer | None = None,
    conversation: Conversation | None = None,
) -> Pipeline:
    """The pipeline of an installation; without a conversation it records sheets and hears no words."""
    return Pipeline(
        db=place.db,
        blobs=place.blobs,
        sandbox=sandbox,
        clock=place.clock,
        profile=place.profile,
        opener=Opener(sandbox, mailboxes_of(place.settings), dns_text),
        outgoing=outgoing_of(place.settings),
        observer=observer or Unobserved(),
        sheets_key=sheets_key_of(place.settings),
        conversation=conversation,
        bounces=Bounces(undelivered_of(place), place.clock),
    )


def undelivered_of(place: Installation) -> Undelivered:
    """What follows when a provider refuses a letter for good."""
    channels = {*place.settings.chat.chats(), *([Scheme.MAIL] if place.settings.smtp else [])}
    return Undelivered(place.profile, outgoing_of(place.settings), channels)


def sheets_key_of(settings: Settings) -> bytes | None:
    """The key of the printed sheets; None in an installation that never printed one."""
    return settings.sheets_key_bytes if settings.sheets_key is not None else None


def reporter_of(place: Installation) -> Reporter:
    """What makes the reports of an installation."""
    return Reporter(
        db=place.db,
        url=place.urls.service,
        blobs=place.blobs,
        clock=place.clock,
        profile=place.profile,
        settings=place.settings.reports,
        outgoing=outgoing_of(place.settings),
        work=place.settings.data / "tmp",
    )


def dns_text(name: bytes) -> bytes | None:
    """The TXT record of a name from public DNS, for mailboxes whose server writes no authentication results."""
    found: bytes | None = get_txt(name)
    return found
