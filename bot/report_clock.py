"""The clock of the reports: what is due becomes an order, once; orders without a living worker are nudged again.

The sweep writes; a job is only a nudge (facts: jobs). Reports that went out are looked at again after each day's last
window: what changed since is sent as a new version (CONVENTIONS.md 6).
"""

from datetime import date, datetime, timedelta
from typing import Any

import structlog

from bot.reporting import ROBOT, Reporter, wanted_for
from domain.chase import slots_on
from domain.ports import Clock
from domain.profile import Profile
from domain.report_times import ReportMoment, moments_until
from intake.world import Worlds
from reports.making import Wanted
from reports.numbering import ReportKind
from storage.engine import Database, UnitOfWork
from storage.jobs import MAKE_REPORT
from storage.records_reports import NewReportOrder, ReportRow

log = structlog.get_logger()

SWEEP_SECONDS = 5
LOOK_BACK = timedelta(days=45)  # how long a report that went out is still compared with what is recorded
EVENING = timedelta(minutes=30)  # after the day's last close
BEHIND = -3


class ReportClock:
    """Orders reports for one process; any number of processes may."""

    def __init__(self, db: Database, clock: Clock, profile: Profile, reporter: Reporter) -> None:
        self._db = db
        self._clock = clock
        self._profile = profile
        self._reporter = reporter
        self._worlds = Worlds(profile)
        self._ordered: set[str] = set()
        self._looked: date | None = None

    async def sweep(self) -> int:
        """Order what is due and nobody has ordered, and nudge what waits; returns how many orders were new."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            orders = await self._due(uow, now) + await self._changed(uow, now)
            ids = await uow.report_orders.put_many(orders)
            real = self._clock.to_real(now)
            for order in await uow.report_orders.exhausted(real):
                await self._reporter.alert_failed(uow, order)
            waiting = await uow.report_orders.unfinished(real)
            nudges: list[dict[str, Any]] = [{MAKE_REPORT.argument: id_} for id_ in waiting]
            await uow.defer_many(MAKE_REPORT.name, MAKE_REPORT.queue, nudges, priority=BEHIND)
        today = now.astimezone(self._profile.tz).date()
        if self._is_evening(now, today):
            self._looked = today  # only once it is committed
        if ids:
            log.info("reports_ordered", orders=[order.dedupe_key for order in orders])
        return len(ids)

    async def _due(self, uow: UnitOfWork, now: datetime) -> list[NewReportOrder]:
        """Scheduled reports (TLG-D4, TLG-D5); what was ordered once is not asked for again."""
        world = await self._worlds.load(uow)
        due = [self._order(moment) for moment in moments_until(world.calendar, now)]
        fresh = [order for order in due if order.dedupe_key not in self._ordered]
        if not fresh:
            return []
        known = await uow.report_orders.known([order.dedupe_key for order in fresh])
        self._ordered |= known
        return [order for order in fresh if order.dedupe_key not in known]

    def _order(self, moment: ReportMoment) -> NewReportOrder:
        kind = ReportKind.MONTHLY if moment.monthly else ReportKind.WEEKLY
        wanted = Wanted(kind, moment.span)
        return _order(wanted, wanted.number(self._profile), moment.due, send=True)

    async def _changed(self, uow: UnitOfWork, now: datetime) -> list[NewReportOrder]:
        """Once a day: every report that somebody has and that may read otherwise now."""
        today = now.astimezone(self._profile.tz).date()
        if self._looked == today or not self._is_evening(now, today):
            return []
        found = []
        for report in await uow.reports.made_since(now - LOOK_BACK):
            kind = ReportKind(report.kind)
            if kind is ReportKind.UNIT_RECAP or not await self._somebody_has(uow, report):
                continue
            since = await uow.report_orders.looked_at(report.kind, report.code, report.first) or report.as_of
            if await uow.report_sources.changed_since(report.first, report.last, max(since, report.as_of)):
                wanted = wanted_for(report.kind, report.code, report.first, report.last)
                found.append(_order(wanted, f"{report.number}:perubahan:{today}", now, send=False))
        return found

    def _is_evening(self, now: datetime, today: date) -> bool:
        return now >= max(window.closes for window in slots_on(self._profile, today)) + EVENING

    async def _somebody_has(self, uow: UnitOfWork, report: ReportRow) -> bool:
        return any(version.sent_to for version in await uow.reports.versions(report.number))


def _order(wanted: Wanted, key: str, due_at: datetime, *, send: bool) -> NewReportOrder:
    return NewReportOrder(
        dedupe_key=key,
        kind=wanted.kind.value,
        code=wanted.code,
        first=wanted.span.first,
        last=wanted.span.last,
        due_at=due_at,
        asked_by=ROBOT,
        send=send,
    )
