"""``posko serve`` and ``posko work``: all parts of the service in one loop, started and stopped in order."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from functools import partial

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from bot.access import TokenShelf
from bot.bootstrap import Installation, outgoing_of, pipeline_of, reporter_of
from bot.cell_crop import CellCrops
from bot.channels import channels_of
from bot.chat import Chat, ChatHooks
from bot.clock import demo_clock
from bot.conversing import Conversing
from bot.delivery_news import SECONDS as NEWS_SECONDS
from bot.delivery_news import DeliveryNews
from bot.device_mail import DeviceMail
from bot.dispatch import Dispatcher
from bot.house import house_of
from bot.jobs import QUEUES, Jobs
from bot.mailboxes import open_mailboxes
from bot.press import Press
from bot.purging import PURGE_SECONDS, Purge
from bot.recap_post import RecapPost
from bot.report_clock import SWEEP_SECONDS, ReportClock
from bot.rounds import Further, Rounds
from bot.settling import SETTLE_SECONDS, Settling
from bot.sheet_post import SheetPost
from bot.state import State
from bot.talking import talk_of
from bot.watching import Watching
from desk.app import create_app
from desk.board_page import show_rows
from desk.metrics import Metrics
from desk.server import WebServer
from desk.vault import seal_old
from desk.webhooks import create_webhook_app
from intake.mailbox import MailboxReader
from intake.observer import Observer
from parsers.sandbox import Sandbox
from storage.jobs import DELIVER, MAKE_REPORT, worker_app

log = structlog.get_logger()

_WORKER_PAUSE_S = 2.0
BY_POST_SECONDS = 5
_AT_ONCE = {DELIVER.queue: 8, MAKE_REPORT.queue: 1}  # letters wait for servers, a report for a processor
_PATIENCE_S = {DELIVER.queue: 10.0}
"""How long a stop waits for jobs under way: a letter cut off may come twice, all else is begun anew without a trace."""
_LITTLE_S = 0.5


class Service:
    """One process of an installation. ``serve`` reads mailboxes and answers the web; ``work`` only does jobs."""

    def __init__(self, place: Installation, queues: Sequence[str] = QUEUES, observer: Observer | None = None) -> None:
        self._place = place
        self._queues = list(queues)
        self._metrics = Metrics()
        self._observer: Observer = observer or Watching(self._metrics)
        self._sandbox = Sandbox(place.settings.service.workers)
        self._mailboxes: list[MailboxReader] = []
        self._hooks = ChatHooks(place)
        self._workers: list[asyncio.Task[None]] = []
        self._press = Press()
        self._sheets = _sheet_post(place, self._press)
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ask the service to end; what is under way is finished or found again by the next sweep."""
        self._stop.set()

    async def serve(self) -> None:
        """Mailboxes, clock, web and jobs until ``stop`` or a signal."""
        place = self._place
        state = State(place, self._mailboxes, self._metrics, self._sandbox, demo_clock(place.clock))
        house = house_of(place, self._sandbox, pipeline_of(place, self._sandbox, self._observer))
        await seal_old(place.db, house.vault)
        alone = self._webhooks()  # then the desk's own port answers no provider
        app = create_app(state, house, None if alone else self._hooks)
        web = WebServer(app, place.settings.service.host, place.settings.service.port)
        web.open()
        webs = [web, *alone]
        (place.settings.data / "web.port").write_text(str(web.port))
        async with contextlib.AsyncExitStack() as parts:
            shelf = await self._start_jobs(parts)
            self._mailboxes.extend(open_mailboxes(place, shelf, self._observer))
            for mailbox in self._mailboxes:
                mailbox.start()
                parts.push_async_callback(mailbox.stop)
            outgoing = outgoing_of(place.settings)
            reports = ReportClock(place.db, place.clock, place.profile, reporter_of(place))
            settling = Settling(place.db, place.clock, place.profile)
            further = [
                *self._by_post(),
                (reports.sweep, SWEEP_SECONDS),
                (settling.settle, SETTLE_SECONDS),
                (Purge(place.db, place.blobs, place.clock, place.profile).nightly, PURGE_SECONDS),
                *self._by_chat(parts),
            ]
            rounds = Rounds(place.db, place.clock, place.profile, outgoing, self._mailboxes, further)
            await rounds.start()
            parts.push_async_callback(rounds.stop)
            serving = [asyncio.create_task(one.serve()) for one in webs]
            for one in webs:
                parts.push_async_callback(one.stop)
            house.live.start(partial(show_rows, house, app.state.boards))
            parts.push_async_callback(house.live.stop)  # ends open streams before the server waits for them
            log.info("serving", address=f"http://{web.host}:{web.port}", mailboxes=len(self._mailboxes))
            await self._until_stopped(*serving, *self._workers)

    def _webhooks(self) -> list[WebServer]:
        """Webhooks on a port of their own, when one is asked for."""
        port = self._place.settings.webhook_port
        if port is None:
            return []
        alone = WebServer(create_webhook_app(self._hooks), self._place.settings.service.host, port)
        alone.open()
        (self._place.settings.data / "webhook.port").write_text(str(alone.port))
        return [alone]

    def _by_chat(self, parts: contextlib.AsyncExitStack) -> list[Further]:
        """What chat channels do by themselves; nothing without one."""
        chat, block = self._hooks.chat, self._place.settings.chat.whatsapp
        assert chat is not None
        for poll in chat.polls():
            parts.push_async_callback(_end, poll)
        place = self._place
        news = DeliveryNews(place.db, place.clock, place.profile, outgoing_of(place.settings))
        always: list[Further] = [(news.sweep, NEWS_SECONDS)]
        return [*always, (chat.reconcile, block.poll_seconds), (chat.forget, 3600)] if block else always

    def _by_post(self) -> list[Further]:
        """What is drawn and mailed by the clock; without a mail server there is none of it."""
        place = self._place
        if place.settings.smtp is None:
            return []
        outgoing = outgoing_of(place.settings)
        recaps = RecapPost(place.db, place.blobs, place.clock, place.profile, self._press, outgoing)
        sheets: list[Further] = [(self._sheets.sweep, BY_POST_SECONDS)] if self._sheets else []
        return [(recaps.sweep, BY_POST_SECONDS), *sheets]

    async def work(self) -> None:
        """Only jobs (``posko work``)."""
        async with contextlib.AsyncExitStack() as parts:
            await self._start_jobs(parts)
            log.info("working", queues=self._queues)
            await self._until_stopped(*self._workers)

    async def _start_jobs(self, parts: contextlib.AsyncExitStack) -> TokenShelf:
        place = self._place
        shelf = TokenShelf(place.settings.mailboxes, place.db, place.clock)
        await self._sandbox.start()
        parts.push_async_callback(self._sandbox.close)
        parts.callback(self._press.close)
        channels = channels_of(place, shelf)
        for channel in channels.values():
            parts.push_async_callback(channel.close)
        chat = self._hooks.chat = Chat(place, channels, self._observer)
        talk = talk_of(place, self._sheets, chat.links, CellCrops(place.blobs, self._sandbox))
        jobs = Jobs(
            place.db,
            pipeline_of(place, self._sandbox, self._observer, talk),
            Dispatcher(place.db, channels, place.blobs, place.clock, self._observer, chat.undelivered, chat.links),
            Conversing(place.db, talk, place.clock, self._observer),
            chat.fetching,
            reporter_of(place),
            DeviceMail.of(place, self._sandbox),
            self._hooks.rush,
        )
        app = worker_app(place.urls.service)
        jobs.register(app)
        await parts.enter_async_context(app.open_async())
        for queue in self._queues:
            # Receipts have their own worker, so that a pile of unread mail never delays an answer.
            worker = asyncio.create_task(self._keep_working(app, queue))
            self._workers.append(worker)
        parts.push_async_callback(_end, *self._workers)
        return shelf

    async def _keep_working(self, app: App, queue: str) -> None:
        """A worker ends, even without an error, when it loses the database: it is started again until we stop."""
        while not self._stop.is_set():
            try:
                await app.run_worker_async(
                    queues=[queue],
                    concurrency=_AT_ONCE.get(queue, self._place.settings.service.workers + 1),
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=_PATIENCE_S.get(queue, _LITTLE_S),
                    delete_jobs="successful",
                    fetch_job_polling_interval=1.0 if queue == DELIVER.queue else 5.0,  # receipts that wait a little
                    name=f"posko-{queue}",
                )
            except ConnectorException as error:
                log.warning("worker_lost_database", queue=queue, error=str(error))
            await asyncio.sleep(_WORKER_PAUSE_S)

    async def _until_stopped(self, *watched: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({stopped, *watched}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._stop.set()
        for task in watched:
            if task.done():
                task.result()


def _sheet_post(place: Installation, press: Press) -> SheetPost | None:
    """Who makes sheets by the clock and on request; None without the key that signs them."""
    if place.settings.sheets_key is None:
        log.warning("sheets_not_mailed", reason=f"no key: posko migrate --data {place.settings.data}")
        return None
    key = place.settings.sheets_key_bytes
    return SheetPost(place.db, place.blobs, place.clock, place.profile, key, press, outgoing_of(place.settings))


async def _end(*tasks: asyncio.Task[None]) -> None:
    """All at once: what one waits for, the others wait for as well."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
