"""The trip of a message after it is archived: open → read → record → answer (DESIGN.md, "The trip of a mail").

Each step may be cut off anywhere: files and readings are content-addressed, everything else is written by one
transaction that also finishes the message, so a second run finds the work done or does it whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from domain.disturbance import RETRY
from domain.errors import ReadingError
from domain.outcome import Recording
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.reading_json import from_plain, to_plain
from domain.recording import record
from domain.resolution import Delivery, ReadFile, World, resolve
from domain.routing import authenticity, identify
from domain.terms import Scheme
from domain.wording import moment_text
from intake.bounces import Bounces
from intake.chat_opening import open_chat
from intake.chat_receipts import tell_by_chat
from intake.form_layouts import layouts_used, note_layouts
from intake.hearing import Hearing
from intake.letters import Outgoing, post
from intake.mime import MailPart
from intake.mime_bounce import BounceReport
from intake.observer import Observer
from intake.open_sheets import OpenSheets
from intake.opening import Opened, Opener
from intake.persist import known_of, write_recording
from intake.receipts import Recorded, letters_for
from intake.registry import CHATS
from intake.sheet_reader import SheetReader
from intake.strangers import set_aside
from intake.talk import Conversation
from intake.world import Worlds
from parsers.base import ParseContext
from parsers.sandbox import Sandbox
from storage.engine import Database, UnitOfWork
from storage.jobs import DELIVER
from storage.records import MessageRow, MessageState

LEASE = timedelta(minutes=5)  # longer than any mail's reading: every file has its own deadline


class Pipeline:
    """Reads and records archived messages; safe to run in any number of processes on one database."""

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        sandbox: Sandbox,
        clock: Clock,
        profile: Profile,
        opener: Opener,
        outgoing: Outgoing,
        observer: Observer,
        sheets_key: bytes | None = None,
        conversation: Conversation | None = None,
        bounces: Bounces | None = None,
    ) -> None:
        self._db = db
        self._blobs = blobs
        self._sandbox = sandbox
        self._clock = clock
        self._profile = profile
        self._opener = opener
        self._outgoing = outgoing
        self._observer = observer
        self._worlds = Worlds(profile)
        self._hearing = Hearing(conversation, outgoing, profile, clock)
        self._reader = SheetReader(sandbox, OpenSheets(sheets_key))
        self._bounces = bounces
        self._codes = frozenset(spelling.upper() for spelling in profile.code_spellings)

    async def read_message(self, message_id: int) -> bool:
        """The whole trip of one message; False when it was done before or another worker has it.

        Raises on passing faults, after which the message is tried again; what is wrong with the mail itself
        (it cannot even be taken apart) sets it aside at once.
        """
        row = await self._claim(message_id)
        if row is None:
            return False
        self._observer.reached("claimed", message_id)
        try:
            opened = await self._open(row)
        except ReadingError as error:
            await self._set_aside(row, error)
            return True
        self._observer.reached("opened", message_id)
        if opened.bounce is not None and self._bounces is not None:
            await self._came_back(row, opened.bounce, self._bounces)
            return True
        if row.channel in CHATS:
            known = await self._known_as(row, opened)
            if known is None:
                return True
            opened = replace(opened, address=known, addresses=(known,))
        files = [await self._read_part(row, part) for part in opened.parts]
        self._observer.reached("read", message_id)
        await self._record(row, opened, files)
        self._observer.reached("recorded", message_id)
        return True

    async def read_again(self, message_id: int) -> int:
        """Read a finished message anew, for the desk; returns how many files a newer reader saw otherwise.

        New facts stand beside the old ones, nobody is written to. Raises ``ReadingError`` when it cannot be opened.
        """
        async with self._db.begin() as uow:
            row = await uow.messages.get(message_id)
        if row.state is not MessageState.DONE or row.duplicate_of is not None:
            return 0
        opened = await self._open(row)
        read = [await self._read_anew(row, part) for part in opened.parts]
        files = [file for file, _ in read]
        changed = sum(otherwise for _, otherwise in read)
        if changed:
            async with self._db.begin() as uow:
                world = await self._worlds.load(uow)
                delivery = self._delivery(row, opened, world)
                resolution = resolve(delivery, files, world)
                for unit in resolution.units:
                    await uow.submissions.lock(unit)
                recording = record(delivery, resolution, await known_of(uow, resolution, but=row.id), world)
                await write_recording(uow, row, delivery, recording, world, self._clock.now(), again=True)
        return changed

    async def _read_anew(self, row: MessageRow, part: MailPart) -> tuple[ReadFile, bool]:
        """The file as today's reader sees it, and whether it was ever seen otherwise.

        The column maps that were used name the reading with its reader: facts of another map stand beside these.
        """
        sha256 = await self._blobs.put(part.data)
        async with self._db.begin() as uow:
            await uow.files.add(sha256, len(part.data), part.media_type)
            await uow.files.attach(row.id, sha256, part.path, part.name)
            context, state = await self._reader.context(uow, part.data, self._context(row, part.name))
            before = await uow.files.readings(sha256)
        reading = await self._reader.read(self._db, part.data, replace(context, proofread=True))
        self._observer.file_read(reading.reader, reading.seconds)
        if used := layouts_used(reading, context.layouts):
            reading = replace(reading, reader=f"{reading.reader}+{used}")
        plain = to_plain(reading)
        async with self._db.begin() as uow:
            await uow.files.save_reading(sha256, f"{self._reader_key(row)}{state}/{reading.reader}", plain)
        known = [seen for key, seen in before if key.startswith(self._reader_key(row))]
        otherwise = any({**seen, "seconds": 0} != {**plain, "seconds": 0} for seen in known)
        return ReadFile(sha256, part.name, reading), otherwise

    async def _claim(self, message_id: int) -> MessageRow | None:
        now = self._clock.to_real(self._clock.now())
        async with self._db.begin() as uow:
            if not await uow.messages.claim(message_id, now, LEASE):
                return None
            return await uow.messages.get(message_id)

    async def _open(self, row: MessageRow) -> Opened:
        if row.channel in CHATS:
            return await open_chat(self._db, self._blobs, row)
        return await self._opener.open(row, await self._blobs.get(row.sha256))

    async def _known_as(self, row: MessageRow, opened: Opened) -> str | None:
        """The approved address of a chat's sender; a stranger's file is kept and timed, and read after approval."""
        async with self._db.begin() as uow:
            day = self._local(row.official_at).date()
            world = await self._worlds.load(uow)
            known = await uow.addresses.known_as(row.channel, opened.addresses)
            if known is not None and identify(world.roster, row.channel, known, day):
                await uow.addresses.learn(row.channel, opened.addresses, self._clock.now())
                return known
            await set_aside(uow, row, self._profile, self._outgoing, self._clock.now())
            return None

    async def _came_back(self, row: MessageRow, report: BounceReport, bounces: Bounces) -> None:
        async with self._db.begin() as uow:
            if (await uow.messages.get(row.id)).state is MessageState.NEW:  # else another process was quicker
                await uow.messages.finish(row.id, MessageState.DONE, await bounces.take(uow, row, report))

    async def _set_aside(self, row: MessageRow, error: ReadingError) -> None:
        async with self._db.begin() as uow:
            why = "; ".join((f"{error.code}: {error}", *getattr(error, "__notes__", ())))
            await uow.messages.finish(row.id, MessageState.QUARANTINE, why)
            await self._alert(uow, row, str(error))

    async def failed(self, message_id: int, error: Exception) -> None:
        """Count a passing failure; the fifth sets the message aside and alerts the receivers once."""
        told = f"{type(error).__name__}: {error}"[:500]
        async with self._db.begin() as uow:
            await uow.messages.fail(message_id, self._clock.to_real(self._clock.now()), told)
            row = await uow.messages.get(message_id)
            if row.state is MessageState.QUARANTINE:
                await self._alert(uow, row, told)

    async def _alert(self, uow: UnitOfWork, row: MessageRow, error: str) -> None:
        received = moment_text(row.official_at, self._profile)
        await self._outgoing.alert_quarantine(uow, row, error, self._clock.now(), received)

    async def _read_part(self, row: MessageRow, part: MailPart) -> ReadFile:
        sha256 = await self._blobs.put(part.data)
        async with self._db.begin() as uow:
            await uow.files.add(sha256, len(part.data), part.media_type)
            await uow.files.attach(row.id, sha256, part.path, part.name)
            context, sheets = await self._reader.context(uow, part.data, self._context(row, part.name))
            stored = await uow.files.reading(sha256, self._reader_key(row) + sheets)
        if stored is not None:
            return ReadFile(sha256, part.name, from_plain(stored))
        reading = await self._reader.read(self._db, part.data, context)
        self._observer.file_read(reading.reader, reading.seconds)
        async with self._db.begin() as uow:
            await uow.files.save_reading(sha256, self._reader_key(row) + sheets, to_plain(reading))
            await note_layouts(uow, sha256, reading, self._outgoing, self._clock.now())
        return ReadFile(sha256, part.name, reading)

    def _reader_key(self, row: MessageRow) -> str:
        """A reading depends on the file, the profile's codes and the day that completes dates without a year.

        Where printed sheets may come back (pictures), it also depends on which are known.
        """
        return f"{self._profile.version}/{self._local(row.official_at):%Y-%m-%d}"

    def _context(self, row: MessageRow, name: str) -> ParseContext:
        return ParseContext(filename=name, codes=self._codes, received=self._local(row.official_at).date())

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._profile.tz)

    async def _record(self, row: MessageRow, opened: Opened, files: Sequence[ReadFile]) -> None:
        async with self._db.begin() as uow:
            world = await self._worlds.load(uow)
            delivery = self._delivery(row, opened, world)
            around = await uow.incidents.disturbances(row.official_at - RETRY, row.official_at)
            delivery = replace(delivery, disturbances=tuple(around))
            await uow.messages.note_sender(row.id, opened.address, delivery.authenticity, opened.reason)
            if row.duplicate_of is not None:
                # Same Message-ID with other bytes: kept and linked, counted and answered once.
                await uow.messages.finish(row.id, MessageState.DONE, "salinan")
                return
            resolution = resolve(delivery, files, world)
            for unit in resolution.units:
                await uow.submissions.lock(unit)
            if (await uow.messages.get(row.id)).state is not MessageState.NEW:
                return  # our claim ran out, and another process was quicker
            if await self._hearing.before(uow, row, opened, [f.sha256 for f in files], delivery.verified):
                await uow.messages.finish(row.id, MessageState.DONE, "dijawab dalam percakapan")
                return
            known = await known_of(uow, resolution)
            recording = record(delivery, resolution, known, world)
            recorded = await write_recording(uow, row, delivery, recording, world, self._clock.now())
            await self._answer(uow, row, opened, delivery, recorded, recording, [f.name for f in files], world)
            await self._hearing.after(uow, row, opened)
            await uow.messages.finish(row.id, MessageState.DONE, _note(recording, opened))
        for item in recorded:
            self._observer.submission_recorded(item.draft.session, item.draft.timeliness.value)

    async def _answer(
        self,
        uow: UnitOfWork,
        row: MessageRow,
        opened: Opened,
        delivery: Delivery,
        recorded: Sequence[Recorded],
        recording: Recording,
        names: Sequence[str],
        world: World,
    ) -> None:
        # A robot that answers a receipt without marking itself must find silence, or the two never end.
        if not opened.answerable or not (recorded or not self._outgoing.wrote_any_of(opened.thread)):
            return
        letters = letters_for(delivery, recorded, recording, names, world)
        if row.channel in CHATS:
            letters = [letter for letter in letters if letter.kind != "receipt"]
            await tell_by_chat(uow, row, delivery, recorded, recording, names, world, self._clock)
        for id_ in await post(uow, letters, self._outgoing, opened, row, self._clock.now()):
            await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: id_})

    def _delivery(self, row: MessageRow, opened: Opened, world: World) -> Delivery:
        day = self._local(row.official_at).date()
        channel = row.channel if row.channel in CHATS else Scheme.MAIL
        known = (identify(world.roster, channel, one, day) for one in (opened.addresses or (opened.address,)))
        identity = next((one for one in known if one is not None), None)
        return Delivery(
            message_id=row.id,
            channel=channel,
            official_at=row.official_at,
            first_seen_at=row.first_seen_at,
            address=identity.address if identity else opened.address,
            authenticity=authenticity(identity, opened.proven),
            subject=opened.subject,
            text=opened.text,
            mailbox=opened.mailbox,
            sent_at=row.sent_at,
            provider_signed_at=opened.sender.dkim_signed_at if opened.sender else None,
        )


def _note(recording: Recording, opened: Opened) -> str:
    """What an operator wants to know of a finished message: who sent it, and what could not be placed."""
    told = [opened.reason, *opened.problems]
    if recording.loose:
        told.append(f"{len(recording.loose)} berkas tidak dapat dihubungkan dengan unit")
    return "; ".join(told)[:500]
