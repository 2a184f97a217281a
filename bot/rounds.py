"""What the service does by the clock: sweep unfinished work, seal the audit chain, watch mailboxes.

APScheduler is the clock only, in memory: whatever it forgets in a crash the next sweep finds in the rows.
Intervals are real seconds (facts: jobs, "The shifted clock").
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.incident_news import tell_incidents
from bot.reminding import Reminding
from domain.errors import DatabaseUnavailable
from domain.ports import Clock
from domain.profile import Profile
from domain.wording import moment_text
from intake.letters import Outgoing
from intake.mailbox import MailboxReader
from storage.audit import Sealer
from storage.engine import Database
from storage.jobs import DELIVER
from storage.messages import WORK

log = structlog.get_logger()

SWEEP_SECONDS = 30
SEAL_SECONDS = 1
REMIND_SECONDS = 1
WATCH_SECONDS = 5
MOST_AT_ONCE = 500  # the next sweep takes the rest


Further = tuple[Callable[[], Awaitable[object]], int]
"""Periodic work, and the seconds between its rounds."""


class Rounds:
    """The periodic work of one process; ``mailboxes`` are those it reads itself, ``further`` is done besides."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        profile: Profile,
        outgoing: Outgoing,
        mailboxes: Sequence[MailboxReader],
        further: Sequence[Further] = (),
    ) -> None:
        self._db = db
        self._clock = clock
        self._profile = profile
        self._outgoing = outgoing
        self._mailboxes = mailboxes
        self._further = further
        self._loops: list[asyncio.Task[None]] = []
        self._sealer = Sealer(db)
        self._reminding = Reminding(db, clock, profile, outgoing, mailboxes)
        self._running: set[asyncio.Future[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def start(self) -> None:
        """Sweep once for what an earlier process left, then go on by the clock."""
        await self.sweep()
        for work, seconds in (
            (self.sweep, SWEEP_SECONDS),
            (self.seal, SEAL_SECONDS),
            (self.watch, WATCH_SECONDS),
            (self._reminding.sweep, REMIND_SECONDS),
        ):
            self._scheduler.add_job(self._guarded(work), "interval", seconds=seconds)
        # Drawing and mailing may take minutes: no interval would fit, each round follows the end of the one before.
        self._loops = [asyncio.create_task(self._again(work, seconds)) for work, seconds in self._further]
        self._scheduler.start()
        self._plan()

    def _plan(self) -> None:
        """The next due time of reminders or escalations, to the moment; each one plans its successor first."""
        self._scheduler.add_job(self._guarded(self._on_time), "date", run_date=self._reminding.next_moment())

    async def _on_time(self) -> None:
        self._plan()
        await self._reminding.to_the_moment()

    async def _again(self, work: Callable[[], Awaitable[object]], seconds: int) -> None:
        once = self._guarded(work)
        while True:
            await once()
            await asyncio.sleep(seconds)

    async def stop(self) -> None:
        """No further rounds; those under way end first, but what is still being drawn is drawn again later."""
        self._scheduler.remove_all_jobs()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running, timeout=10)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _guarded(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            under_way = asyncio.ensure_future(work())
            self._running.add(under_way)
            under_way.add_done_callback(self._running.discard)
            try:
                await under_way
            except DatabaseUnavailable as error:
                log.warning("round_without_database", round=getattr(work, "__name__", "?"), error=str(error))
            except Exception:
                log.exception("round_failed", round=getattr(work, "__name__", "?"))

        return run

    async def sweep(self) -> None:
        """Defer again what is unfinished and has no live job (facts: jobs, "Unfinished work")."""
        now = self._clock.to_real(self._clock.now())
        async with self._db.begin() as uow:
            for row in await uow.messages.exhausted(now):
                received = moment_text(row.official_at, self._profile)
                await self._outgoing.alert_quarantine(uow, row, row.note, self._clock.now(), received)
            await uow.outbox.exhausted(now, self._clock.now())
            waiting = {state: await uow.messages.unfinished(now, MOST_AT_ONCE, state) for state in WORK}
            letters = await uow.outbox.unfinished(self._clock.now(), now, MOST_AT_ONCE)
            for task, ids in (*((WORK[state], ids) for state, ids in waiting.items()), (DELIVER, letters)):
                await uow.defer_many(task.name, task.queue, [{task.argument: id_} for id_ in ids])
        messages = sum(map(len, waiting.values()))
        if messages or letters:
            log.info("swept", messages=messages, letters=len(letters))

    async def seal(self) -> None:
        """Chain the audit rows committed since the last round."""
        await self._sealer.seal()

    async def watch(self) -> None:
        """Open and close incidents of silent mailboxes, and tell everyone concerned."""
        for mailbox in self._mailboxes:
            await mailbox.check()
        async with self._db.begin() as uow:
            since = self._clock.now() - timedelta(hours=12)
            await tell_incidents(uow, self._outgoing, self._profile, since, self._clock)
