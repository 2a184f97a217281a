"""Files and saved mails that an operator takes in: the same trip as a fetched mail, from the archive on."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.outcome import Flag
from domain.ports import BlobStore, Clock
from domain.terms import Scheme
from intake.mail_headers import decode_words, first_of, message_ids, parse_head
from intake.mail_times import TimeBasis, mail_times
from intake.sender import strict_address
from storage.engine import Database, UnitOfWork
from storage.records import MessageRow, NewMessage, SubmissionRow

ACCOUNT = "upload"
_HEADER_WORDS = (b"received:", b"return-path:", b"from:", b"date:", b"message-id:", b"delivered-to:", b"mime-version:")

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file; ``arrived`` overrides the official time, ``sender`` is whom a bare file counts as sent by."""

    name: str
    raw: bytes
    arrived: datetime | None = None
    sender: str | None = None

    @property
    def is_mail(self) -> bool:
        """A saved mail rather than a bare file: by its ending, or by a header at its beginning."""
        if self.name.lower().endswith(".eml"):
            return True
        first = self.raw[:4096].lstrip().split(b"\n", 1)[0].lower()
        return first.startswith(_HEADER_WORDS)


async def take_in(db: Database, blobs: BlobStore, upload: Upload, clock: Clock, received_by: tuple[str, ...]) -> int:
    """Archive ``upload`` and write its message; returns the message's id, the earlier one when it is known already."""
    sha256 = await blobs.put(upload.raw)
    new = _mail(upload, sha256, clock, received_by) if upload.is_mail else _file(upload, sha256, clock)
    async with db.begin() as uow:
        message_id = await uow.messages.add(new)
        if message_id is None:
            known = await uow.messages.by_event(new.channel, new.account, new.event_id)
            assert known is not None
            return known.id
        if new.header_id:
            first = await uow.messages.by_header_id(new.header_id)
            if first is not None and first.id != message_id:
                await uow.messages.link_duplicate(message_id, first.id)
        await uow.audit.add("uploaded", "message", str(message_id), "operator", clock.now(), {"sha256": sha256})
        return message_id


def _mail(upload: Upload, sha256: str, clock: Clock, received_by: tuple[str, ...]) -> NewMessage:
    headers = parse_head(upload.raw)
    times = mail_times(headers, received_by, None, clock.now())
    ids = message_ids(first_of(headers, "message-id"), 1)
    return NewMessage(
        channel=Scheme.MAIL,
        account=ACCOUNT,
        event_id=sha256,
        sha256=sha256,
        size=len(upload.raw),
        official_at=upload.arrived or times.official,
        official_basis="operator" if upload.arrived else times.basis.value,
        first_seen_at=clock.now(),
        header_id=ids[0] if ids else None,
        from_address=strict_address(first_of(headers, "from")),
        subject=decode_words(first_of(headers, "subject")),
        sent_at=times.sent_at,
        claims={"file": upload.name},
    )


def _file(upload: Upload, sha256: str, clock: Clock) -> NewMessage:
    sender = (upload.sender or "").strip().lower()
    moment = upload.arrived or clock.now()
    # The same file from another sender or at another stated time is another event.
    event = hashlib.sha256(f"{sha256}|{sender}|{upload.arrived or ''}".encode()).hexdigest()
    return NewMessage(
        channel=Scheme.UPLOAD,
        account=ACCOUNT,
        event_id=event,
        sha256=sha256,
        size=len(upload.raw),
        official_at=moment,
        official_basis="operator" if upload.arrived else TimeBasis.FIRST_SEEN.value,
        first_seen_at=clock.now(),
        from_address=sender or None,
        claims={"file": upload.name},
    )


async def results_of(db: Database, message_id: int, tz: ZoneInfo) -> list[JsonObject]:
    """What a message came to, one object a submission (the command line's contract), read back from the database."""
    async with db.begin() as uow:
        message = await uow.messages.get(message_id)
        submissions = await uow.submissions.for_message(message_id)
        return [await _result(uow, message, row) for row in submissions] or [_nothing(message)]


async def _result(uow: UnitOfWork, message: MessageRow, row: SubmissionRow) -> JsonObject:
    state = row.state
    questions = [q for q in await uow.questions.open_for(row.id) if q.message_id == message.id]
    return {
        "number": row.number,
        "message_sha256": message.sha256,
        "unit": row.unit,
        "sender": message.sender_address or message.from_address,
        "authentic": Flag.UNVERIFIED not in state.flags,
        "date": row.date.isoformat(),
        "session": row.session,
        "timeliness": state.timeliness.value if state.received else None,
        "late_minutes": state.late_minutes,
        "kind": state.kind.value,
        "rows": state.counts.rows,
        "signed": state.counts.signed,
        "reported": state.counts.reported,
        "code": state.counts.code,
        "empty": state.counts.empty,
        "unsure": state.counts.unsure,
        "questions": len(questions),
        "flags": sorted(f.value for f in state.flags),
        "problems": [{"code": p.code.value, "message": p.message} for p in state.problems],
    }


def _nothing(message: MessageRow) -> JsonObject:
    """A message that came to no submission still is one object: it was kept, and says why."""
    return {
        "number": None,
        "message_sha256": message.sha256,
        "unit": None,
        "sender": message.sender_address or message.from_address,
        "authentic": message.authenticity == "verified",
        "date": None,
        "session": None,
        "timeliness": None,
        "late_minutes": 0,
        "kind": "duplicate" if message.duplicate_of else message.state.value if message.note == "" else "not_sheet",
        "rows": 0,
        "signed": 0,
        "reported": 0,
        "code": 0,
        "empty": 0,
        "unsure": 0,
        "questions": 0,
        "flags": [],
        "problems": [{"code": message.state.value, "message": message.note}],
    }
