"""Devices that are called: each has its own loop, so that one that hangs delays no other (facts: devices, 10)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog

from devices import fingerspot, solution, zk
from devices.files import LogIntake, Taken, local_now
from devices.readers import reader_for
from domain.device import DeviceKind
from domain.device_clock import drift_flag
from domain.errors import ConfigurationError, DatabaseUnavailable, Retryable
from storage.records_devices import DeviceRow

log = structlog.get_logger()

KINDS = (DeviceKind.ZK, DeviceKind.SOLUTION, DeviceKind.FINGERSPOT)
_MOST_BYTES = 64 << 20
_SOON_S = 30.0


@dataclass(slots=True)
class Puller:
    """Fetches logs. ``key_of`` gives a device's secret (empty: none), ``cloud_token`` that of the cloud."""

    intake: LogIntake
    key_of: Callable[[DeviceRow], str]
    cloud_url: str = ""
    cloud_token: str | None = None
    seconds: float = 120.0
    transport: httpx.AsyncBaseTransport | None = None  # tests answer in the cloud's place

    async def pull(self, device: DeviceRow) -> Taken | None:
        """Fetch one device's log and take it in; what went wrong is kept with the device and returned as None."""
        try:
            async with asyncio.timeout(self.seconds + 30):
                data, source, told_to = await self._fetch(device)
                taken = await self.intake.post(device, data, source, reader_for(source, data))
                # A log that says nothing new was read before; the machine spoke all the same.
                async with self.intake.db.begin() as uow:
                    await uow.devices.seen(device.id, self.intake.clock.now(), told_to)
                return taken
        except (Retryable, ConfigurationError, TimeoutError) as error:
            await self._trouble(device, str(error) or "tidak menjawab")
        except DatabaseUnavailable as error:
            log.warning("pull_without_database", device=device.name, error=str(error))
        return None

    async def _fetch(self, device: DeviceRow) -> tuple[bytes, str, datetime | None]:
        """The log, its source, and up to which wall time it is complete although nobody punched (None: unknown)."""
        if device.kind is DeviceKind.FINGERSPOT:
            return await self._from_cloud(device)
        if not device.address:
            raise Retryable("alamat mesin belum diisi")
        if device.kind is DeviceKind.ZK:
            return await self._from_zk(device)
        async with httpx.AsyncClient(timeout=self.seconds) as client:
            key = int(self.key_of(device) or 0)
            return await solution.pull(client, device.address, key, _MOST_BYTES), solution.SOURCE, None

    async def _from_zk(self, device: DeviceRow) -> tuple[bytes, str, datetime | None]:
        assert device.address is not None
        pulled = await zk.pull(device.address, int(self.key_of(device) or 0), self.seconds)
        now = local_now(self.intake.clock, device.zone)
        if pulled.clock is not None:
            drift = (pulled.clock - now).total_seconds()
            async with self.intake.db.begin() as uow:
                values = {"drift_s": drift, "drift_at": self.intake.clock.now()}
                await uow.devices.change(device.id, values)
            if drift_flag(pulled.clock, now) is None:
                return pulled.data, zk.SOURCE, min(pulled.clock, now)
            log.warning("device_clock_off", device=device.name, seconds=round(drift))
        return pulled.data, zk.SOURCE, None

    async def _from_cloud(self, device: DeviceRow) -> tuple[bytes, str, datetime | None]:
        if self.cloud_token is None or not device.serial:
            raise Retryable("token awan atau cloud_id belum diisi")
        today = local_now(self.intake.clock, device.zone).date()
        spans = list(fingerspot.spans(device.synced_to.date() if device.synced_to else None, today))
        async with httpx.AsyncClient(timeout=self.seconds, transport=self.transport) as client:
            for number, (first, last) in enumerate(spans, 1):
                data = await fingerspot.pull(client, self.cloud_url, self.cloud_token, device.serial, first, last)
                if number < len(spans):  # a gap is filled piece by piece, so that a failure costs only what is left
                    await self.intake.post(device, data, fingerspot.SOURCE, reader_for(fingerspot.SOURCE, data))
        return data, fingerspot.SOURCE, None

    async def _trouble(self, device: DeviceRow, trouble: str) -> None:
        log.warning("pull_failed", device=device.name, error=trouble)
        try:
            async with self.intake.db.begin() as uow:
                await uow.devices.change(device.id, {"trouble": trouble[:200]})
        except DatabaseUnavailable as error:
            log.warning("pull_without_database", device=device.name, error=str(error))


class PullLoops:
    """One task for each device that is called; devices may come, change and go while it runs."""

    def __init__(self, puller: Puller, every_s: float) -> None:
        self._puller = puller
        self._every_s = every_s
        self._tasks: dict[int, tuple[DeviceRow, asyncio.Task[None]]] = {}

    async def match(self) -> None:
        """Start loops of new devices, stop those of devices that are gone."""
        async with self._puller.intake.db.begin() as uow:
            wanted = {d.id: d for d in await uow.devices.all() if d.enabled and d.kind in KINDS}
        for number in list(self._tasks):
            kept, task = self._tasks[number]
            now = wanted.get(number)
            if now is None or (now.kind, now.address, now.key_file) != (kept.kind, kept.address, kept.key_file):
                task.cancel()
                del self._tasks[number]
        for number, device in wanted.items():
            if number not in self._tasks:
                self._tasks[number] = (device, asyncio.create_task(self._loop(device)))

    async def stop(self) -> None:
        """End every loop; a fetch under way is cut off and made again at the next start."""
        tasks = [task for _, task in self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _loop(self, device: DeviceRow) -> None:
        while True:
            taken = await self._puller.pull(device)
            # A machine that hung up may be well again soon; one that is away is asked no more than twice a minute.
            await asyncio.sleep(self._every_s if taken is not None else min(self._every_s, _SOON_S))
