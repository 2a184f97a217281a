"""Plain rows to fill a test database with; every field can be overridden."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from domain.marks import FactSource
from domain.reading import SheetKind, Verdict
from domain.terms import Scheme, Session, Timeliness
from storage.records import NewFact, NewMessage, NewOutbox, NewSubmission, SubmissionState

NOW = datetime(2026, 11, 24, 0, 20, tzinfo=UTC)  # 07.20 WIB
TODAY = date(2026, 11, 24)


def new_message(event_id: str = "a" * 64, **other: Any) -> NewMessage:
    """A mail of 07.20 WIB."""
    plain = NewMessage(
        channel=Scheme.MAIL,
        account="utama",
        event_id=event_id,
        sha256=event_id,
        size=3,
        official_at=NOW,
        official_basis="received",
        first_seen_at=NOW,
    )
    return replace(plain, **other)


def new_state(**other: Any) -> SubmissionState:
    """A received daily sheet, on time."""
    plain = SubmissionState(kind=SheetKind.DAILY, received=True, at=NOW, timeliness=Timeliness.ON_TIME)
    return replace(plain, **other)


def new_submission(message_id: int, unit: str = "U012", **other: Any) -> NewSubmission:
    """The arrival sheet of a unit."""
    plain = NewSubmission(
        unit=unit,
        date=TODAY,
        session=Session.DATANG.value,
        prefix="TLG",
        message_id=message_id,
        first_at=NOW,
        recorded_at=NOW,
        state=new_state(),
    )
    return replace(plain, **other)


def new_fact(dedupe_key: str, **other: Any) -> NewFact:
    """One typed mark of one person."""
    plain = NewFact(
        dedupe_key=dedupe_key,
        person="197911222006121901",
        unit="U012",
        date=TODAY,
        session=Session.DATANG,
        verdict=Verdict.REPORTED,
        source=FactSource.SHEET,
        verified=True,
        seen_at=NOW,
        recorded_at=NOW,
        by="posko",
        profile_version="p",
        roster_version=1,
        reader="workbook 1",
    )
    return replace(plain, **other)


def new_outbox(dedupe_key: str, **other: Any) -> NewOutbox:
    """A receipt to one address."""
    plain = NewOutbox(
        dedupe_key=dedupe_key,
        scheme=Scheme.MAIL,
        to_address="dishub@presensi.test",
        kind="receipt",
        subject="Re: presensi",
        body="Terima kasih.",
        due_at=NOW,
    )
    return replace(plain, **other)
