"""What the web pages and probes are told (``desk.state.ServiceState``)."""

from collections.abc import Sequence

from bot.bootstrap import Installation
from bot.status import figures
from desk.metrics import Metrics
from domain.errors import PoskoError
from intake.mailbox import MailboxReader
from intake.world import Worlds
from parsers.sandbox import Sandbox
from storage.records import MessageState, OutboxState


class State:
    """The running service as seen from outside."""

    def __init__(
        self,
        place: Installation,
        mailboxes: Sequence[MailboxReader],
        metrics: Metrics,
        sandbox: Sandbox,
        demo_clock: str | None,
    ) -> None:
        self.metrics = metrics
        self.status_token = place.settings.status_token.get_secret_value()
        self.demo_clock = demo_clock
        self._place = place
        self._mailboxes = mailboxes
        self._sandbox = sandbox
        self._worlds = Worlds(place.profile)

    async def ready(self) -> list[str]:
        """Why the service cannot work now: the database, a mailbox never searched, no reading process."""
        reasons = []
        try:
            async with self._place.db.begin() as uow:
                await uow.roster.version()
        except PoskoError as error:
            reasons.append(f"basis data: {error}")
        for mailbox in self._mailboxes:
            health = mailbox.health()
            if health.last_search_s is None:
                told = health.last_error or "menghubungkan"
                reasons.append(f"kotak surel {health.name} belum pernah diperiksa: {told}")
            elif health.silent:
                reasons.append(f"kotak surel {health.name} tidak dapat diperiksa: {health.last_error}")
        if not self._sandbox.pids:
            reasons.append("proses pembaca berkas belum berjalan")
        return reasons

    async def status(self) -> dict[str, object]:
        """The figures of ``posko status --json``."""
        return await figures(self._place, self._worlds, [m.health() for m in self._mailboxes])

    async def collect(self) -> None:
        """Bring the gauges up to date."""
        async with self._place.db.begin() as uow:
            messages = await uow.messages.counts()
            waiting = await uow.outbox.counts()
            incidents = len(await uow.incidents.all_open())
        self.metrics.set_queues(
            outbox=waiting.get(OutboxState.PENDING, 0),
            unread=messages.get(MessageState.NEW, 0),
            quarantine=messages.get(MessageState.QUARANTINE, 0),
            incidents=incidents,
        )
        for mailbox in self._mailboxes:
            age = mailbox.health().last_search_s
            if age is not None:
                self.metrics.set_search_age(mailbox.name, age)
