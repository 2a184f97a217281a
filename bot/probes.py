"""The doctor's questions, answered by the wired program."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.access import TokenShelf
from bot.bootstrap import Installation
from bot.doctor_devices import DeviceHealth, device_findings
from bot.doctor_findings import FailingAddress, Finding, Probes
from bot.status import day_start
from domain.device import UploadState
from domain.terms import Scheme
from parsers.sandbox import Sandbox

_WORTH_TELLING = 3  # failures; fewer are a passing fault of somebody's DNS
_LOOK_BACK = timedelta(days=30)


@asynccontextmanager
async def probes_of(place: Installation) -> AsyncIterator[Probes]:
    """Probes over an open installation; a sandbox is started for the one that needs it."""
    sandbox = Sandbox(1)
    shelf = TokenShelf(place.settings.mailboxes, place.db, place.clock)

    async def layers() -> Mapping[str, bool]:
        await sandbox.start()
        return sandbox.layers()

    async def access_token(name: str) -> str:
        return await asyncio.to_thread(shelf.of(name).get)

    async def version() -> int:
        return await place.db.server_version()

    async def sent_today() -> int:
        async with place.db.begin() as uow:
            return await uow.outbox.sent_since(day_start(place.clock.now(), place))

    async def purged() -> datetime | None:
        async with place.db.begin() as uow:
            return await uow.media.last_run()

    try:
        yield Probes(
            database=version,
            blobs=place.blobs,
            sent_today=sent_today,
            failing_addresses=lambda: _failing(place),
            layers=layers,
            access_token=access_token,
            purged=purged,
            devices=lambda: _devices(place),
        )
    finally:
        await sandbox.close()


async def _devices(place: Installation) -> Sequence[Finding]:
    async with place.db.begin() as uow:
        health = DeviceHealth(
            working=await uow.devices.worker_alive(),
            devices=await uow.devices.all(),
            unknown=await uow.punches.unknown_counts(),
            unread=await uow.punches.waiting(),
            asking=await uow.punches.waiting(UploadState.ASKS),
            recent=await uow.punches.uploads(last=2000),
        )
    silent = place.profile.punches.silent_minutes
    return await device_findings(health, place.settings.devices, place.settings.data, silent, place.clock.now())


async def _failing(place: Installation) -> Sequence[FailingAddress]:
    """Registered addresses whose mail keeps failing authenticity."""
    day = place.clock.now().astimezone(place.profile.tz).date()
    async with place.db.begin() as uow:
        roster = await uow.roster.load()
        senders = await uow.messages.failing_senders(place.clock.now() - _LOOK_BACK)
    found = []
    for sender in senders:
        owners = roster.owners(Scheme.MAIL, sender.address, day)
        if owners and sender.failed >= _WORTH_TELLING:
            unit = owners[0].unit or (roster.unit_of(owners[0].person, day) if owners[0].person else None) or ""
            name = roster.units[unit].name if unit in roster.units else ""
            found.append(FailingAddress(sender.address, name, sender.failed, sender.last_reason))
    return found
