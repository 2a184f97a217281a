"""``posko devices``: the worker that talks to attendance devices. Its own process and its own failures: the service
may be down without a punch being lost here, and this worker may be down without a sheet being late there.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from bot.bootstrap import Installation, outgoing_of
from bot.device_days import DeviceDays
from bot.device_differences import DeviceDifferences
from bot.device_watch import DeviceWatch
from desk.server import WebServer
from devices.app import create_app
from devices.files import LogIntake
from devices.folder import WatchedFolder
from devices.listener import Gate
from devices.pulling import Puller, PullLoops
from devices.readers import reader_for
from domain.errors import DatabaseUnavailable, PoskoError
from parsers.sandbox import Sandbox
from storage.records_devices import DeviceRow

log = structlog.get_logger()

LOOK_SECONDS, MATCH_SECONDS, WATCH_SECONDS, RESUME_SECONDS = 3.0, 10.0, 30.0, 30.0
DAYS_SECONDS, DIFFERENCES_SECONDS = 300.0, 60.0


class DeviceWorker:
    """One device worker of an installation."""

    def __init__(self, place: Installation, step: Callable[[str], None] = lambda _: None) -> None:
        self._place = place
        self._sandbox = Sandbox(1)
        self.intake = LogIntake(place.db, place.blobs, place.clock, place.profile.zone, self._sandbox, step)
        self._settings = place.settings.devices
        self._stop = asyncio.Event()
        self._gate = Gate(self.intake, self._settings.networks, self._settings.most_kb << 10)
        outgoing = outgoing_of(place.settings)
        self._watch = DeviceWatch(place.db, place.clock, place.profile, outgoing)
        self._days = DeviceDays(place.db, place.clock, place.profile, outgoing)
        self._differences = DeviceDifferences(place.db, place.clock, place.profile)

    def stop(self) -> None:
        """Ask the worker to end; what is under way is finished or read again at the next start."""
        self._stop.set()

    async def run(self) -> None:
        """Listen, look, call and watch until ``stop`` or a signal."""
        chosen = self._settings
        token = chosen.hub_token_file and self._place.settings.secret_file(chosen.hub_token_file).get_secret_value()
        web = WebServer(create_app(self._gate, token or None, self.health), chosen.host, chosen.port)
        web.open()
        (self._place.settings.data / "devices.port").write_text(str(web.port))
        loops = PullLoops(self._puller(), chosen.pull_minutes * 60.0)
        async with contextlib.AsyncExitStack() as parts:
            parts.push_async_callback(self._sandbox.close)
            parts.push_async_callback(loops.stop)
            rounds: list[tuple[Callable[[], Awaitable[object]], float]] = [
                (self.resume, RESUME_SECONDS),
                (loops.match, MATCH_SECONDS),
                (self._watch.look, WATCH_SECONDS),
                (self._days.turn, DAYS_SECONDS),
                (self._differences.turn, DIFFERENCES_SECONDS),
            ]
            if chosen.folder is not None:
                folder = WatchedFolder(self._place.settings.place(chosen.folder), self.intake)
                rounds.append((folder.look, LOOK_SECONDS))
            for work, every in rounds:
                task = asyncio.create_task(self._again_and_again(work, every))
                parts.push_async_callback(_end, task)
            serving = asyncio.create_task(web.serve())
            parts.push_async_callback(web.stop)
            log.info("devices_listening", address=f"http://{web.host}:{web.port}")
            await self._until_stopped(serving)

    async def resume(self) -> int:
        """Read what was archived and not finished: after a cut-off, or after an outage of the database."""
        async with self._place.db.begin() as uow:
            waiting = await uow.punches.waiting()
        # One that is being read at this moment locks its row, and is found finished when its turn comes.
        return sum([await self.intake.again(upload, reader_for) is not None for upload in waiting])

    async def health(self) -> dict[str, object]:
        """Figures of ``/healthz``: devices, their backlog, and serials that called in vain."""
        try:
            async with self._place.db.begin() as uow:
                devices = await uow.devices.all()
                waiting = len(await uow.punches.waiting())
        except DatabaseUnavailable:
            return {"ok": False, "reason": "basis data tidak dapat dihubungi"}
        now = self._place.clock.now()
        return {
            "ok": True,
            "waiting": waiting,
            "strangers": len(self._gate.strangers),
            "devices": [
                {
                    "name": d.name,
                    "kind": d.kind.value,
                    "seen_seconds": round((now - d.seen_at).total_seconds()) if d.seen_at else None,
                    "synced_to": d.synced_to.isoformat(sep=" ") if d.synced_to else None,
                    "drift_seconds": d.drift_s,
                    "trouble": d.trouble,
                }
                for d in devices
            ],
        }

    def _puller(self) -> Puller:
        settings, chosen = self._place.settings, self._settings

        def key_of(device: DeviceRow) -> str:
            from_file = device.key_file
            return settings.secret_file(Path(from_file)).get_secret_value() if from_file else ""

        token = chosen.cloud_token_file and settings.secret_file(chosen.cloud_token_file).get_secret_value()
        return Puller(self.intake, key_of, chosen.cloud_url, token or None, float(chosen.pull_seconds))

    async def _again_and_again(self, work: Callable[[], Awaitable[object]], every: float) -> None:
        """One round after the other; a failure is told and costs only its own round."""
        while True:
            try:
                await work()
            except (PoskoError, OSError) as error:
                log.warning("device_round_failed", round=getattr(work, "__name__", "?"), error=str(error))
            await asyncio.sleep(every)

    async def _until_stopped(self, serving: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({stopped, serving}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if serving.done():
            serving.result()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
