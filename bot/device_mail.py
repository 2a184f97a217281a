"""Mail to the device mailbox: its attachments are logs. Only a proven, registered sender is believed; the machine is
the one of the sender's unit. The rest is what any log goes through (``devices.files``).
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.bootstrap import Installation, dns_text, mailboxes_of, outgoing_of
from devices.detect import number_in
from devices.files import LogIntake
from devices.readers import reader_for
from domain.device import UploadState
from domain.errors import ReadingError
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.routing import identify
from domain.terms import Scheme
from domain.wording import moment_text
from intake.letters import Outgoing
from intake.opening import Opened, Opener
from parsers.sandbox import Sandbox
from storage.engine import Database, UnitOfWork
from storage.jobs import READ_DEVICE_FILE
from storage.records import MessageRow, MessageState
from storage.records_devices import DeviceRow, NewUpload

LEASE = timedelta(minutes=5)
SOURCE = "mail"


@dataclass(slots=True)
class DeviceMail:
    """Takes the logs out of a mail; ``mailbox`` is the name of the device mailbox (None: there is none)."""

    db: Database
    blobs: BlobStore
    clock: Clock
    profile: Profile
    opener: Opener
    outgoing: Outgoing
    mailbox: str | None
    intake: LogIntake

    @classmethod
    def of(cls, place: Installation, sandbox: Sandbox) -> "DeviceMail":
        """The one of an installation."""
        intake = LogIntake(place.db, place.blobs, place.clock, place.profile.zone, sandbox)
        opener = Opener(sandbox, mailboxes_of(place.settings), dns_text)
        return cls(
            place.db, place.blobs, place.clock, place.profile, opener, outgoing_of(place.settings),
            place.settings.devices.mailbox, intake,
        )  # fmt: skip

    async def read_file(self, upload_id: int) -> None:
        """Read one archived log; the device worker reads it if this never happens."""
        async with self.db.begin() as uow:
            upload = await uow.punches.upload(upload_id)
        if upload is not None and upload.state is UploadState.KEPT:
            await self.intake.again(upload, reader_for)

    async def read(self, message_id: int) -> bool:
        """Take the message if it came to the device mailbox; False when it is none of ours."""
        if self.mailbox is None:
            return False
        async with self.db.begin() as uow:
            row = await uow.messages.get(message_id)
            if row.channel is not Scheme.MAIL or row.account != self.mailbox:
                return False
            if not await uow.messages.claim(message_id, self.clock.to_real(self.clock.now()), LEASE):
                return True
        try:
            opened = await self.opener.open(row, await self.blobs.get(row.sha256))
        except ReadingError as error:
            await self._ask(row, f"{error.code}: {error}")
            return True
        kept = [(part, await self.blobs.put(part.data)) for part in opened.parts]
        async with self.db.begin() as uow:
            uploads: list[int] = []
            for part, sha256 in kept:
                await uow.files.add(sha256, len(part.data), part.media_type)
                await uow.files.attach(row.id, sha256, part.path, part.name)
                device = await self._device(uow, row, opened, part.name)
                if device is not None:
                    new = NewUpload(device.id, sha256, part.name, SOURCE, self.clock.now())
                    uploads.append((await uow.punches.keep(new)).id)
            if len(uploads) < len(kept) or not kept:
                await self._set_aside(uow, row, "mesin atau pengirim log belum pasti: posko devices ingest --device")
            else:
                await uow.messages.finish(row.id, MessageState.DONE, f"{len(uploads)} berkas log mesin")
            for id_ in uploads:
                await uow.defer(READ_DEVICE_FILE.name, READ_DEVICE_FILE.queue, **{READ_DEVICE_FILE.argument: id_})
        return True

    async def _device(self, uow: UnitOfWork, row: MessageRow, opened: Opened, name: str) -> DeviceRow | None:
        """The machine of the sender's unit; of several the one with the number in the file's name."""
        if not opened.proven or opened.address is None:
            return None
        day = row.official_at.astimezone(self.profile.tz).date()
        owner = identify(await uow.roster.load(), Scheme.MAIL, opened.address, day)
        mine = [d for d in await uow.devices.all() if owner is not None and d.unit in owner.units]
        if len(mine) > 1:
            mine = [d for d in mine if d.number is not None and str(d.number) == number_in(name)]
        return mine[0] if len(mine) == 1 else None

    async def _ask(self, row: MessageRow, reason: str) -> None:
        async with self.db.begin() as uow:
            await self._set_aside(uow, row, reason)

    async def _set_aside(self, uow: UnitOfWork, row: MessageRow, reason: str) -> None:
        await uow.messages.finish(row.id, MessageState.QUARANTINE, reason)
        received = moment_text(row.official_at, self.profile)
        await self.outgoing.alert_quarantine(uow, row, reason, self.clock.now(), received)
