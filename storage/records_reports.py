"""Rows of reports: what was ordered, and every version that was ever made of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.records import LetterFile


class OrderState(StrEnum):
    """Where an order stands; PENDING is the only unfinished one."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"  # five attempts: a person has to look


@dataclass(frozen=True, slots=True)
class NewReportOrder:
    """A report to be made once; UNIQUE(dedupe_key).

    ``kind`` is a ``reports.numbering.ReportKind`` value, ``code`` its scope in the number (``5H``, a unit's code, "").
    ``first`` and ``last`` are the days reported on. ``send``: to its recipients; otherwise only a changed figure is
    told to those who have an earlier version.
    """

    dedupe_key: str
    kind: str
    code: str
    first: date
    last: date
    due_at: datetime
    asked_by: str
    send: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrderRow(NewReportOrder):
    """A stored order; ``note`` says what came of it."""

    id: int
    state: OrderState
    attempts: int
    next_try_at: datetime
    claimed_until: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class NewReport:
    """One version of one report; UNIQUE(number, version).

    ``code`` and ``first`` … ``last`` are as in its order; ``scope``, ``period`` and ``totals`` (in order) are the
    printed words that ``sha256`` covers together with the figures, which lie as gzipped JSON among the originals under
    ``figures_sha256``. ``changes`` counts the differences from the version before.
    """

    kind: str
    number: str
    version: int
    code: str
    first: date
    last: date
    scope: str
    period: str
    as_of: datetime
    sha256: str
    totals: tuple[tuple[str, int], ...]
    figures_sha256: str
    changes: int
    audit_head: str
    files: tuple[LetterFile, ...]
    made_at: datetime
    made_by: str

    @property
    def totals_by_label(self) -> Mapping[str, int]:
        """The totals as ``ReportIdentity`` has them."""
        return dict(self.totals)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow(NewReport):
    """A stored version. ``sent_to``: every address that a letter with it was written to."""

    id: int
    sent_to: tuple[str, ...]
