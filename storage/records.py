"""What enters and leaves the repositories: frozen rows, no ORM object ever leaves ``storage``.

Every ``datetime`` is aware and in UTC. ``New…`` is what a caller writes, ``…Row`` what it reads. Moments named
``claimed_until`` and ``next_try_at`` are real time, all others the product's clock (facts: jobs, "The shifted clock").
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.marks import FactSource
from domain.outcome import CellDraft, Counts, Flag, QuestionKind
from domain.reading import Box, HeadMark, Problem, SheetKind, Verdict
from domain.terms import Authenticity, Scheme, Session, StatusKey, Timeliness
from storage.records_chat import Button, DeliveryState, TemplateCall

MAX_ATTEMPTS = 5  # facts: jobs, "Unfinished work"


class MessageState(StrEnum):
    """Where a message stands; NEW, FETCHING and TALKING are unfinished, each with its own job."""

    NEW = "new"  # to be read
    FETCHING = "fetching"  # its files still lie at the provider
    TALKING = "talking"  # a text or a button: to be answered
    DONE = "done"
    QUARANTINE = "quarantine"  # five attempts, or it cannot even be taken apart: a person has to look


class OutboxState(StrEnum):
    """Where a letter stands; PENDING is the only unfinished one."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # refused for good, or five attempts
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One message as received. UNIQUE(channel, account, event_id); for mail ``event_id`` is the SHA-256 itself.

    ``official_at`` is the time that counts (TLG-04) and ``official_basis`` says where it comes from;
    ``internal_at`` is INTERNALDATE, ``sent_at`` the sender's own ``Date:``. ``claims`` are further plain facts.
    """

    channel: Scheme
    account: str
    event_id: str
    sha256: str
    size: int
    official_at: datetime
    official_basis: str
    first_seen_at: datetime
    header_id: str | None = None
    from_address: str | None = None
    subject: str = ""
    internal_at: datetime | None = None
    sent_at: datetime | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    state: MessageState = MessageState.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow(NewMessage):
    """A stored message. ``duplicate_of`` is the first message with the same Message-ID and other bytes."""

    id: int
    duplicate_of: int | None
    note: str
    attempts: int
    next_try_at: datetime
    claimed_until: datetime | None
    sender_address: str | None
    authenticity: Authenticity | None
    sender_reason: str


@dataclass(frozen=True, slots=True)
class FailingSender:
    """An address whose mail did not prove its sender, for ``posko doctor``."""

    address: str
    failed: int
    passed: int
    last_reason: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SightingCounts:
    """Seen UIDs of one folder and UIDVALIDITY: still there at the last scan, and gone since."""

    present: int
    gone: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """One archived file, whoever sent it."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class MessageFileRow:
    """A file as one message carried it; ``part`` is its place in the MIME tree, ``name`` metadata only."""

    message_id: int
    sha256: str
    part: str
    name: str


@dataclass(frozen=True, slots=True)
class SubmissionState:
    """What may change about a submission as arrivals join it; meanings as in ``domain.outcome.SubmissionDraft``."""

    kind: SheetKind
    received: bool
    at: datetime
    timeliness: Timeliness
    late_minutes: int = 0
    counts: Counts = field(default_factory=Counts)
    head: HeadMark = HeadMark.ABSENT
    flags: frozenset[Flag] = frozenset()
    problems: tuple[Problem, ...] = ()
    absentees: tuple[str, ...] = ()
    empty_rows: tuple[tuple[int | None, str], ...] = ()
    expected_pages: int = 1
    missing_pages: tuple[int, ...] = ()
    retake_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """One unit's sheet of one date and session (a ``Session`` value or ``rekap``); UNIQUE over the three.

    ``prefix`` begins the number (profile: ``TLG``). ``first_at`` is the official time of the first arrival.
    """

    unit: str
    date: date
    session: str
    prefix: str
    message_id: int
    first_at: datetime
    recorded_at: datetime
    state: SubmissionState


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """A stored submission; ``number`` is PREFIX-YYYYMMDD-D-0117 and ``sequence`` its last part."""

    id: int
    number: str
    sequence: int
    unit: str
    date: date
    session: str
    message_id: int
    first_at: datetime
    recorded_at: datetime
    state: SubmissionState


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A file, or one page of it, that joins a submission; UNIQUE(submission, message, file, page)."""

    submission_id: int
    message_id: int
    sha256: str
    page: int
    name: str
    kind: SheetKind
    readable: bool
    official_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRow(NewArrival):
    """A stored arrival."""

    id: int


@dataclass(frozen=True, slots=True)
class NewSheetPage:
    """One printed page. ``number`` and ``leaf`` are its identity, unique while open; ``copy`` counts the week's prints.

    ``snapshot`` is ``domain.sheet.to_plain`` of the page, ``week`` is written ``2026-W48``.
    """

    number: int
    leaf: int
    unit: str
    week: str
    page: int
    copy: int
    token: str
    snapshot: Mapping[str, Any]
    issued_at: datetime
    issued_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPageRow(NewSheetPage):
    """A stored page; open while ``retired_at`` is None, afterwards a later copy counts."""

    id: int
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewFact:
    """One fact about a person and a session; never changed, never deleted.

    ``dedupe_key`` is its idempotency key: the same evidence must give the same key (``facts.sheet_key``).
    ``session`` None: the fact is of the whole day (recaps). ``by`` is who or what said so. ``roster_version`` with
    ``profile_version`` and ``reader`` tell what made it.
    """

    dedupe_key: str
    person: str
    unit: str
    date: date
    session: Session | None
    verdict: Verdict
    source: FactSource
    verified: bool
    seen_at: datetime
    recorded_at: datetime
    by: str
    profile_version: str
    roster_version: int
    reader: str
    code: str | None = None
    key: StatusKey | None = None
    time: dt.time | None = None
    text: str = ""
    note: str = ""
    confidence: float = 1.0
    submission_id: int | None = None
    message_id: int | None = None
    sha256: str | None = None
    sheet: int | None = None
    row: int | None = None
    paper_no: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow(NewFact):
    """A stored fact."""

    id: int


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A doubt about one row of a submission; UNIQUE(submission, kind, file, sheet, row, subject).

    ``subject`` names the person, day and session of a doubt that is not about a row, UNIQUE where it is not empty; only
    such a doubt may lack a submission and a message.
    """

    submission_id: int | None
    message_id: int | None
    kind: QuestionKind
    sha256: str
    sheet: int
    row: int
    paper_no: int | None
    text: str
    asked_at: datetime
    candidates: tuple[str, ...] = ()
    cells: tuple[CellDraft, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow(NewQuestion):
    """A stored question; open while ``answered_at`` is None."""

    id: int
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class LetterFile:
    """An attachment of a letter; its bytes lie among the originals under ``sha256``."""

    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NewOutbox:
    """A letter to send once; UNIQUE(dedupe_key). ``headers`` thread it; after ``expires_at`` it is not sent.

    ``files`` are put into the archive before the letter is. ``short`` says the same for a chat (empty: ``body``),
    ``template`` is what may be said there outside the reply window. ``replaces`` is the letter that could not be sent.
    """

    dedupe_key: str
    scheme: Scheme
    to_address: str
    kind: str
    subject: str
    body: str
    due_at: datetime
    expires_at: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    message_id: int | None = None
    submission_id: int | None = None
    files: tuple[LetterFile, ...] = ()
    short: str = ""
    buttons: tuple[Button, ...] = ()
    template: TemplateCall | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow(NewOutbox):
    """A stored letter. ``provider_id`` and ``error_code`` are the provider's own words.

    ``unsure``: an attempt since ``first_tried_at`` may have been taken without our knowing. ``withheld``: its reader
    has only had word of it. ``delivery`` is how far it came; ``closed_at`` when it failed or expired.
    """

    id: int
    state: OutboxState
    attempts: int
    next_try_at: datetime
    claimed_until: datetime | None
    provider_id: str | None
    sent_at: datetime | None
    error_code: str
    error: str
    unsure: bool
    withheld: bool
    first_tried_at: datetime | None
    delivery: DeliveryState | None
    delivery_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A disturbance; open while ``ended_at`` is None. ``scope`` says who is concerned (``all``, a unit code …)."""

    id: int
    kind: str
    scope: str
    account: str
    started_at: datetime
    ended_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class CursorRow:
    """How far one mailbox folder was searched; ``searched_at`` is the last successful search (real time)."""

    account: str
    folder: str
    uidvalidity: int
    searched_at: datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the audit trail; ids only, never personal text."""

    id: int
    at: datetime
    action: str
    subject_kind: str
    subject_id: str
    actor: str
    detail: Mapping[str, Any]
