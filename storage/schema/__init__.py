"""The tables. Private to ``storage``: everybody else sees ``storage.records``.

Unique keys are the idempotency. No default is SQL ``now()``: moments come from a ``Clock``. ``fact``, ``audit`` and
``audit_seal`` are append-only (triggers and privileges, ``storage.migrate``).
"""

from storage.schema.base import Base
from storage.schema.chat import Contact, ProviderEvent
from storage.schema.mail import File, FileReading, MailCursor, Message, MessageFile, OAuthToken, Outbox, Sighting
from storage.schema.recording import Arrival, Fact, Question, Submission, SubmissionCounter
from storage.schema.reports import Report, ReportOrder
from storage.schema.roster import (
    Address,
    CalendarOverrideTable,
    DayPlan,
    Delegation,
    PeriodTable,
    Person,
    Placement,
    RosterVersion,
    Unit,
)
from storage.schema.sheets import SHEET_NUMBER, Sheet
from storage.schema.talk import AddressAlias, AddressClaim, Ask, ExcuseTable, Remark
from storage.schema.watch import Audit, AuditSeal, Incident

__all__ = [
    "SHEET_NUMBER",
    "Address",
    "AddressAlias",
    "AddressClaim",
    "Arrival",
    "Ask",
    "Audit",
    "AuditSeal",
    "Base",
    "CalendarOverrideTable",
    "Contact",
    "DayPlan",
    "Delegation",
    "ExcuseTable",
    "Fact",
    "File",
    "FileReading",
    "Incident",
    "MailCursor",
    "Message",
    "MessageFile",
    "OAuthToken",
    "Outbox",
    "PeriodTable",
    "Person",
    "Placement",
    "ProviderEvent",
    "Question",
    "Remark",
    "Report",
    "ReportOrder",
    "RosterVersion",
    "Sheet",
    "Sighting",
    "Submission",
    "SubmissionCounter",
    "Unit",
]
