"""The tables. Private to ``storage``: everybody else sees ``storage.records``.

Unique keys are the idempotency. No default is SQL ``now()``: moments come from a ``Clock``. ``fact``, ``audit``,
``audit_seal``, ``punch`` and ``provisional_absence`` are append-only (triggers and privileges, ``storage.migrate``).
"""

from storage.schema.base import Base
from storage.schema.chat import Contact, ProviderEvent
from storage.schema.desk import Account, ApiToken, ContactLog, DeskSession, LoginAttempt, ReviewClaim
from storage.schema.devices import (
    ClockOffset,
    Device,
    DeviceLayout,
    DeviceName,
    DeviceQuarantine,
    DeviceUpload,
    DeviceUser,
    ProvisionalAbsence,
    Punch,
    Shift,
    ShiftAssignment,
)
from storage.schema.layouts import FormLayout
from storage.schema.mail import File, FileReading, MailCursor, Message, MessageFile, OAuthToken, Outbox, Sighting
from storage.schema.paper import SheetLook
from storage.schema.recording import Arrival, Fact, Question, Submission, SubmissionCounter
from storage.schema.reports import RecapCheck, Report, ReportOrder
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
from storage.schema.talk import AddressAlias, AddressClaim, Ask, ExcuseTable, Remark, RevokedAddress
from storage.schema.watch import Audit, AuditSeal, Incident

__all__ = [
    "SHEET_NUMBER",
    "Account",
    "Address",
    "AddressAlias",
    "AddressClaim",
    "ApiToken",
    "Arrival",
    "Ask",
    "Audit",
    "AuditSeal",
    "Base",
    "CalendarOverrideTable",
    "ClockOffset",
    "Contact",
    "ContactLog",
    "DayPlan",
    "Delegation",
    "DeskSession",
    "Device",
    "DeviceLayout",
    "DeviceName",
    "DeviceQuarantine",
    "DeviceUpload",
    "DeviceUser",
    "ExcuseTable",
    "Fact",
    "File",
    "FileReading",
    "FormLayout",
    "Incident",
    "LoginAttempt",
    "MailCursor",
    "Message",
    "MessageFile",
    "OAuthToken",
    "Outbox",
    "PeriodTable",
    "Person",
    "Placement",
    "ProviderEvent",
    "ProvisionalAbsence",
    "Punch",
    "Question",
    "RecapCheck",
    "Remark",
    "Report",
    "ReportOrder",
    "ReviewClaim",
    "RevokedAddress",
    "RosterVersion",
    "Sheet",
    "SheetLook",
    "Shift",
    "ShiftAssignment",
    "Sighting",
    "Submission",
    "SubmissionCounter",
    "Unit",
]
