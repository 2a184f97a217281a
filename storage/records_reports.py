"""Rows of reports: what was ordered, and every version that was ever made of one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.outcome import Flag
from domain.terms import Scheme, Timeliness
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


class CellFact(NamedTuple):
    """One recorded fact, as lean as it comes: a month of a government has a million.

    ``session``, ``verdict``, ``source`` and ``key`` are the values of their enumerations; ``session`` None: of the
    whole day. Rows come in the order of recording within a person and date.
    """

    person: str
    date: date
    session: str | None
    verdict: str
    source: str
    verified: bool
    key: str | None
    time: dt.time | None
    seen_at: datetime
    recorded_at: datetime
    unit: str
    by: str


@dataclass(frozen=True, slots=True)
class SheetFigures:
    """A submission as reports need it. ``session`` is a ``Session`` value or ``rekap``.

    ``questions`` are the open ones, ``missing_pages`` how many have not come;
    ``sha256`` is the first readable file's ("" when there is none), ``channel`` that of the first message.
    """

    number: str
    unit: str
    date: date
    session: str
    received: bool
    timeliness: Timeliness
    late_minutes: int
    at: datetime
    rows: int
    reported: int
    flags: frozenset[Flag]
    missing_pages: int
    questions: int
    channel: Scheme
    sha256: str


@dataclass(frozen=True, slots=True)
class RecapDifference:
    """One cell of a returned recap that is not as recorded. ``place``: ISO date, the code of a total, or ""."""

    person: str
    name: str
    place: str
    recorded: str
    returned: str
    kind: str


@dataclass(frozen=True, slots=True)
class NewRecapCheck:
    """A returned recap against what was recorded of the month that begins with ``first``; UNIQUE(submission, file).

    ``same`` of ``compared`` day cells agree. Nothing is overwritten by it.
    """

    submission_id: int
    sha256: str
    unit: str
    first: date
    compared: int
    same: int
    differences: tuple[RecapDifference, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapCheckRow(NewRecapCheck):
    """A stored comparison."""

    id: int


@dataclass(frozen=True, slots=True)
class ReturnedRecap:
    """A readable file that came as a unit's recap; ``date`` is its last day."""

    submission_id: int
    number: str
    sha256: str
    unit: str
    date: date
    official_at: datetime
