"""One transaction and the repositories that work inside it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import cached_property
from typing import Any

from procrastinate.types import JSONDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

from storage import jobs
from storage.accounts import Accounts
from storage.addresses import Addresses
from storage.audit_trail import AuditTrail
from storage.contact_log import ContactLogTable
from storage.contacts import Contacts
from storage.contradictions import Contradictions
from storage.delivery import Delivery
from storage.desk_figures import DeskFigures
from storage.desk_sessions import DeskSessions
from storage.devices import Devices
from storage.excuses import Excuses
from storage.facts import Facts
from storage.files import Files
from storage.incidents import Incidents
from storage.layouts import Layouts
from storage.looks import Looks
from storage.mail_state import Cursors, Tokens
from storage.messages import Messages
from storage.outbox import OutboxRows
from storage.periods import CalendarOverrides, Periods
from storage.presence import Presence
from storage.punches import Punches
from storage.questions import Questions
from storage.recap_checks import RecapChecks
from storage.remarks import Asks, Remarks
from storage.report_sources import ReportSources
from storage.reports import ReportOrders, Reports
from storage.retention import Retention
from storage.retention_media import MediaRetention
from storage.retries import Retries
from storage.review import Review
from storage.roster import RosterTables
from storage.sheets import Sheets
from storage.sightings import Sightings
from storage.submissions import Submissions


class UnitOfWork:
    """The repositories of one transaction; of no use after its block."""

    def __init__(self, session: AsyncSession, presence: Presence) -> None:
        """Use ``Database.begin``."""
        self._session = session
        self.messages = Messages(session, presence)
        self.outbox = OutboxRows(session, presence)
        self.report_orders = ReportOrders(session, presence)

    @cached_property
    def sightings(self) -> Sightings:
        """Seen UIDs."""
        return Sightings(self._session)

    @cached_property
    def retries(self) -> Retries:
        """What failed for good, begun anew."""
        return Retries(self._session)

    @cached_property
    def files(self) -> Files:
        """Archived attachments and what was read in them."""
        return Files(self._session)

    @cached_property
    def layouts(self) -> Layouts:
        """Column maps of offices' own forms."""
        return Layouts(self._session)

    @cached_property
    def submissions(self) -> Submissions:
        """Submissions and their arrivals."""
        return Submissions(self._session)

    @cached_property
    def sheets(self) -> Sheets:
        """Printed sheets."""
        return Sheets(self._session)

    @cached_property
    def recap_checks(self) -> RecapChecks:
        """Returned recaps against what was recorded."""
        return RecapChecks(self._session)

    @cached_property
    def looks(self) -> Looks:
        """What is known of printed pages."""
        return Looks(self._session)

    @cached_property
    def facts(self) -> Facts:
        """What is known about people."""
        return Facts(self._session)

    @cached_property
    def questions(self) -> Questions:
        """Doubts that wait for a person."""
        return Questions(self._session)

    @cached_property
    def contradictions(self) -> Contradictions:
        """Questions about paper and machine."""
        return Contradictions(self._session)

    @cached_property
    def reports(self) -> Reports:
        """Every version of every report."""
        return Reports(self._session)

    @cached_property
    def report_sources(self) -> ReportSources:
        """Many rows at once, for reports."""
        return ReportSources(self._session)

    @cached_property
    def roster(self) -> RosterTables:
        """Who belongs where."""
        return RosterTables(self._session)

    @cached_property
    def periods(self) -> Periods:
        """Declared fallback periods (TLG-00)."""
        return Periods(self._session)

    @cached_property
    def calendar(self) -> CalendarOverrides:
        """Decisions on working days."""
        return CalendarOverrides(self._session)

    @cached_property
    def incidents(self) -> Incidents:
        """Disturbances."""
        return Incidents(self._session)

    @cached_property
    def devices(self) -> Devices:
        """Attendance devices, their users, clocks and shifts."""
        return Devices(self._session)

    @cached_property
    def punches(self) -> Punches:
        """What devices sent."""
        return Punches(self._session)

    @cached_property
    def cursors(self) -> Cursors:
        """Last successful searches of mailbox folders."""
        return Cursors(self._session)

    @cached_property
    def tokens(self) -> Tokens:
        """Rotating refresh tokens."""
        return Tokens(self._session)

    @cached_property
    def contacts(self) -> Contacts:
        """Addresses that blocked us or asked for silence."""
        return Contacts(self._session)

    @cached_property
    def addresses(self) -> Addresses:
        """Who may speak for a unit by chat."""
        return Addresses(self._session)

    @cached_property
    def excuses(self) -> Excuses:
        """Keterangan."""
        return Excuses(self._session)

    @cached_property
    def remarks(self) -> Remarks:
        """Kendala, sanggahan, periksa."""
        return Remarks(self._session)

    @cached_property
    def asks(self) -> Asks:
        """Questions with buttons."""
        return Asks(self._session)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may enter the desk, and API tokens."""
        return Accounts(self._session)

    @cached_property
    def desk_sessions(self) -> DeskSessions:
        """Logins."""
        return DeskSessions(self._session)

    @cached_property
    def desk_figures(self) -> DeskFigures:
        """Reads for the desk's recap and admin pages."""
        return DeskFigures(self._session)

    @cached_property
    def contact_log(self) -> ContactLogTable:
        """Contacts made with units that had not sent (TLG-D3)."""
        return ContactLogTable(self._session)

    @cached_property
    def review(self) -> Review:
        """The review queue."""
        return Review(self._session)

    @cached_property
    def delivery(self) -> Delivery:
        """What providers say of sent letters."""
        return Delivery(self._session)

    @cached_property
    def retention(self) -> Retention:
        """What is past its time."""
        return Retention(self._session)

    @cached_property
    def media(self) -> MediaRetention:
        """Pictures past their time."""
        return MediaRetention(self._session)

    @cached_property
    def audit(self) -> AuditTrail:
        """The audit trail."""
        return AuditTrail(self._session)

    def nested(self) -> AbstractAsyncContextManager[AsyncSessionTransaction]:
        """A savepoint: the only place inside which a database error may be caught."""
        return self._session.begin_nested()

    async def defer(self, task: str, queue: str, **arguments: Any) -> int:
        """Defer one job by name in this transaction; returns its id. It is only a nudge: the rows are the truth."""
        return (await self.defer_many(task, queue, [arguments]))[0]

    async def defer_many(
        self,
        task: str,
        queue: str,
        arguments: Sequence[JSONDict],
        *,
        priority: int = 0,
        at: datetime | None = None,
    ) -> list[int]:
        """Defer one job for each of ``arguments``; a higher ``priority`` is taken first, none before ``at`` (real)."""
        return await jobs.defer_many(self._session, task, queue, arguments, priority, at)

    async def notify(self, channel: str, payload: str = "") -> None:
        """Tell every listener of ``channel`` (``storage.notify``) when this transaction commits; at most 8000 bytes."""
        await self._session.execute(select(func.pg_notify(channel, payload)))
