"""Tables of reports: what was ordered, and every version made."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import EnumText
from storage.records import LetterFile
from storage.records_reports import OrderState, RecapDifference
from storage.schema.base import Base, Strings, as_json, serial


class ReportOrder(Base):
    """A report that is to be made once."""

    __tablename__ = "report_order"
    __table_args__ = (UniqueConstraint("dedupe_key"),)
    id: Mapped[int] = serial()
    dedupe_key: Mapped[str]
    kind: Mapped[str]
    code: Mapped[str]
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    due_at: Mapped[dt.datetime]
    asked_by: Mapped[str]
    send: Mapped[bool]
    state: Mapped[OrderState] = mapped_column(EnumText(OrderState))
    attempts: Mapped[int]
    next_try_at: Mapped[dt.datetime]
    claimed_until: Mapped[dt.datetime | None]
    claimed_by: Mapped[int | None]
    note: Mapped[str]


class Report(Base):
    """One version of one report."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("number", "version"),)
    id: Mapped[int] = serial()
    kind: Mapped[str]
    number: Mapped[str]
    version: Mapped[int]
    code: Mapped[str]
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    scope: Mapped[str]
    period: Mapped[str]
    as_of: Mapped[dt.datetime]
    sha256: Mapped[str]
    totals: Mapped[tuple[tuple[str, int], ...]] = as_json(tuple[tuple[str, int], ...])
    figures_sha256: Mapped[str]
    changes: Mapped[int]
    audit_head: Mapped[str]
    files: Mapped[tuple[LetterFile, ...]] = as_json(tuple[LetterFile, ...])
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str]
    sent_to: Mapped[Strings] = as_json(Strings)


class RecapCheck(Base):
    """A returned recap against what was recorded."""

    __tablename__ = "recap_check"
    __table_args__ = (UniqueConstraint("submission_id", "sha256"), Index("ix_recap_check_first_unit", "first", "unit"))
    id: Mapped[int] = serial()
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    sha256: Mapped[str]
    unit: Mapped[str]
    first: Mapped[dt.date]
    compared: Mapped[int]
    same: Mapped[int]
    differences: Mapped[tuple[RecapDifference, ...]] = as_json(tuple[RecapDifference, ...])
    made_at: Mapped[dt.datetime]
