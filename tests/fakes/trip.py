"""The trip of a message on a real database and a real sandbox, for the small government of ``desk_world``."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from domain.reading import Verdict
from domain.terms import Scheme, Session
from intake.bounces import Bounces
from intake.letters import Outgoing
from intake.mail_headers import parse_head
from intake.mailbox_fetch import Fetched
from intake.mailbox_settings import ImapServer, MailboxSettings
from intake.mailbox_store import MailStore
from intake.observer import Observer, Unobserved
from intake.opening import MailboxIdentity, Opener
from intake.pipeline import Pipeline
from intake.sender import AuthPolicy
from intake.talk import Conversation
from intake.undelivered import Undelivered
from parsers.sandbox import Sandbox
from storage.blobs import FolderBlobStore
from storage.engine import Database
from storage.records import MessageRow, OutboxRow
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import ALWAYS, BUDI, PEOPLE, PROFILE, ROSTER, SITI, at
from tests.parsers import draw, layouts

HOST = "mx.bkd.test"
DESK = "presensi@bkd.test"
RECEIVER = "penerima@bkd.test"
DISHUB = "dishub@presensi.test"
ACCOUNT = "utama"
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(*people: str, mark: str = "07.05", session: Session = Session.DATANG) -> bytes:
    """The daily sheet of Dinas Perhubungan with ``mark`` typed for each of ``people``."""
    typed = layouts.Typed(mark, Verdict.REPORTED)
    lines = [layouts.Person(PEOPLE[p].name, p, {(layouts.DAY, session): typed}) for p in people or (SITI, BUDI)]
    drawn = layouts.daily_signatures(lines)
    return draw.xlsx(drawn.rows, drawn.merged)


def mail(
    *files: bytes,
    when: datetime,
    by: str = DISHUB,
    proven: bool = True,
    header_id: str = "<satu@presensi.test>",
    subject: str = "Presensi",
    text: str = "Terlampir.",
    headers: Sequence[tuple[str, str]] = (),
    name: str = "presensi.xlsx",
) -> bytes:
    """A mail as the desk's own server hands it on at ``when``."""
    made = EmailMessage()
    if proven:
        made["Authentication-Results"] = f"{HOST}; dmarc=pass header.from={by.partition('@')[2]}"
    made["Received"] = f"from mail.presensi.test by {HOST} with ESMTPS id 1; {format_datetime(when)}"
    made["From"] = by
    made["To"] = DESK
    made["Date"] = format_datetime(when)
    made["Subject"] = subject
    made["Message-ID"] = header_id
    for key, value in headers:
        made[key] = value
    made.set_content(text + "\n")
    for content in files:
        made.add_attachment(content, maintype="application", subtype=XLSX, filename=name)
    return made.as_bytes(policy=SMTP)


def endless_mail(lines: int) -> bytes:
    """A small mail that takes the standard library ever longer: each line is held against every open boundary.

    About 4 s for 100,000 lines of three bytes.
    """
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400))
    return b"From: racun@presensi.test\r\nMIME-Version: 1.0\r\n" + parts + b"\r\n" + b"-\r\n" * lines


@dataclass
class Trip:
    """What a test holds in its hands."""

    db: Database
    blobs: FolderBlobStore
    sandbox: Sandbox
    clock: StillClock = field(default_factory=lambda: StillClock(at(7, 20)))
    outgoing: Outgoing = field(default_factory=lambda: Outgoing((RECEIVER,), frozenset({DESK})))
    uid: int = 0
    sheets_key: bytes | None = None
    conversation: Conversation | None = None

    def pipeline(
        self,
        observer: Observer | None = None,
        sandbox: Sandbox | None = None,
        conversation: Conversation | None = None,
    ) -> Pipeline:
        """A pipeline as another process would have it."""
        policy = AuthPolicy(HOST, (HOST,), own_addresses=frozenset({DESK}))
        known = {ACCOUNT: MailboxIdentity(DESK, policy)}
        return Pipeline(
            db=self.db,
            blobs=self.blobs,
            sandbox=sandbox or self.sandbox,
            clock=self.clock,
            profile=PROFILE,
            opener=Opener(self.sandbox, known),
            outgoing=self.outgoing,
            observer=observer or Unobserved(),
            sheets_key=self.sheets_key,
            conversation=conversation or self.conversation,
            bounces=Bounces(Undelivered(PROFILE, self.outgoing, self.outgoing.channels), self.clock),
        )

    async def arrive(self, raw: bytes) -> int:
        """``raw`` is found in the mailbox and kept; the id of its message."""
        server = ImapServer("127.0.0.1", 1, "desk")
        store = MailStore(MailboxSettings(ACCOUNT, server, received_by=(HOST,)), self.db, self.blobs, self.clock)
        await store.opened(1)
        self.uid += 1
        await store.keep([Fetched(self.uid, self.clock.now(), parse_head(raw), len(raw), data=raw)])
        async with self.db.begin() as uow:
            row = await uow.messages.by_event(Scheme.MAIL, ACCOUNT, hashlib.sha256(raw).hexdigest())
        assert row is not None
        return row.id

    async def read(self, raw: bytes) -> int:
        """``raw`` arrives and makes the whole trip."""
        message_id = await self.arrive(raw)
        await self.pipeline().read_message(message_id)
        return message_id

    async def message(self, message_id: int) -> MessageRow:
        """As it stands now."""
        async with self.db.begin() as uow:
            return await uow.messages.get(message_id)

    async def letters(self, message_id: int | None = None) -> list[OutboxRow]:
        """The outbox about one message, or all that is due."""
        async with self.db.begin() as uow:
            if message_id is not None:
                return await uow.outbox.for_message(message_id)
            later = at(23)
            return [await uow.outbox.get(id_) for id_ in await uow.outbox.unfinished(later, later)]


@asynccontextmanager
async def trip_on(database: Database, folder: Path) -> AsyncIterator[Trip]:
    """The government is installed, a fallback period declared, a sandbox open."""
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "test", at(6))
        await uow.periods.add(ALWAYS)
    sandbox = Sandbox(1)
    try:
        yield Trip(database, FolderBlobStore(folder / "originals"), sandbox)
    finally:
        await sandbox.close()
