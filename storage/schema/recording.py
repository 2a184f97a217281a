"""Tables of what was recorded: submissions, arrivals, facts, questions."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.marks import FactSource
from domain.outcome import CellDraft, Counts, Flag, QuestionKind
from domain.reading import Box, HeadMark, Problem, SheetKind, Verdict
from domain.terms import Session, StatusKey, Timeliness
from storage.schema.base import Base, Strings, as_json, ref, serial


class SubmissionCounter(Base):
    """The last number given in one month (``2026-11``)."""

    __tablename__ = "submission_counter"
    month: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Submission(Base):
    """One unit's sheet of one date and session."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("unit", "date", "session"), UniqueConstraint("month", "sequence"))
    id: Mapped[int] = serial()
    number: Mapped[str] = mapped_column(unique=True)
    month: Mapped[str]
    sequence: Mapped[int]
    unit: Mapped[str]
    date: Mapped[dt.date] = mapped_column(index=True)
    session: Mapped[str]
    message_id: Mapped[int] = ref("message.id", index=False)
    first_at: Mapped[dt.datetime]
    recorded_at: Mapped[dt.datetime]
    kind: Mapped[SheetKind]
    received: Mapped[bool]
    at: Mapped[dt.datetime]
    timeliness: Mapped[Timeliness]
    late_minutes: Mapped[int]
    counts: Mapped[Counts] = as_json(Counts)
    head: Mapped[HeadMark]
    flags: Mapped[frozenset[Flag]] = as_json(frozenset[Flag])
    problems: Mapped[tuple[Problem, ...]] = as_json(tuple[Problem, ...])
    absentees: Mapped[Strings] = as_json(Strings)
    empty_rows: Mapped[Any] = as_json(tuple[tuple[int | None, str], ...])
    expected_pages: Mapped[int]
    missing_pages: Mapped[tuple[int, ...]] = as_json(tuple[int, ...])
    retake_asked_at: Mapped[dt.datetime | None]


class Arrival(Base):
    """One file or page that joined a submission."""

    __tablename__ = "arrival"
    __table_args__ = (UniqueConstraint("submission_id", "message_id", "sha256", "page"),)
    id: Mapped[int] = serial()
    submission_id: Mapped[int] = ref("submission.id", index=False)
    message_id: Mapped[int] = ref("message.id")
    sha256: Mapped[str]
    page: Mapped[int]
    name: Mapped[str]
    kind: Mapped[SheetKind]
    readable: Mapped[bool]
    official_at: Mapped[dt.datetime]
    recorded_at: Mapped[dt.datetime]


class Fact(Base):
    """One thing known about one person and session. Append-only."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_fact_person_date", "person", "date"),
        Index("ix_fact_unit_date", "unit", "date"),
    )
    id: Mapped[int] = serial()
    dedupe_key: Mapped[str]
    person: Mapped[str]
    unit: Mapped[str]
    date: Mapped[dt.date]
    session: Mapped[Session | None]
    verdict: Mapped[Verdict]
    source: Mapped[FactSource]
    verified: Mapped[bool]
    seen_at: Mapped[dt.datetime]
    recorded_at: Mapped[dt.datetime]
    by: Mapped[str]
    profile_version: Mapped[str]
    roster_version: Mapped[int]
    reader: Mapped[str]
    code: Mapped[str | None]
    key: Mapped[StatusKey | None]
    time: Mapped[dt.time | None]
    text: Mapped[str]
    note: Mapped[str]
    confidence: Mapped[float]
    submission_id: Mapped[int | None] = ref("submission.id")
    message_id: Mapped[int | None] = ref("message.id", index=False)
    sha256: Mapped[str | None]
    sheet: Mapped[int | None]
    row: Mapped[int | None]
    paper_no: Mapped[int | None]
    box: Mapped[Box | None] = as_json(Box)


class Question(Base):
    """A doubt that waits for a person. Only one with a ``subject`` may be about no sheet."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("submission_id", "kind", "sha256", "sheet", "row", "subject"),
        Index("uq_question_subject", "subject", unique=True, postgresql_where=text("subject <> ''")),
        Index("ix_question_open", "asked_at", "id", postgresql_where=text("answered_at IS NULL")),
    )
    id: Mapped[int] = serial()
    submission_id: Mapped[int | None] = ref("submission.id", index=False)
    message_id: Mapped[int | None] = ref("message.id", index=False)
    kind: Mapped[QuestionKind]
    sha256: Mapped[str]
    sheet: Mapped[int]
    row: Mapped[int]
    paper_no: Mapped[int | None]
    text: Mapped[str]
    asked_at: Mapped[dt.datetime]
    candidates: Mapped[Strings] = as_json(Strings)
    cells: Mapped[tuple[CellDraft, ...]] = as_json(tuple[CellDraft, ...])
    subject: Mapped[str]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
