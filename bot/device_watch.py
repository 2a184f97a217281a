"""Watching devices: one letter to a device's own administrators when it falls silent, its clock is off or it waits for
an operator; one more when it speaks again. One silent device concerns nobody else's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from devices.files import ASKED
from domain.device import DeviceKind, UploadState
from domain.device_clock import DRIFT
from domain.ports import Clock
from domain.profile import ZONE_LABELS, Profile
from domain.terms import Scheme
from domain.wording import moment_text
from intake.letters import Outgoing
from storage.engine import Database, UnitOfWork
from storage.jobs import DELIVER
from storage.records import NewOutbox
from storage.records_devices import DeviceRow
from templates import DESK_NAME, render

SILENT, LETTER_HOURS = "device_silent", 12


@dataclass(slots=True)
class DeviceWatch:
    """Looks at every device; incidents make each letter one."""

    db: Database
    clock: Clock
    profile: Profile
    outgoing: Outgoing
    told: set[str] = field(default_factory=set)  # spares the roster; the outbox makes each letter one

    async def look(self) -> None:
        """Open and close incidents of silent devices, and tell of clocks that are off and files that ask."""
        now = self.clock.now()
        fresh: set[str] = set()
        async with self.db.begin() as uow:
            for device in await uow.devices.all():
                await self._silence(uow, device, now, fresh)
                if (
                    device.drift_s is not None
                    and device.drift_at is not None
                    and abs(device.drift_s) > DRIFT.total_seconds()
                ):
                    day = device.drift_at.astimezone(ZoneInfo(device.zone)).date()
                    reason = f"jam mesin menyimpang {round(abs(device.drift_s) / 60)} menit"
                    await self._tell(uow, device, f"device_drift:{device.id}:{day}", "drift", reason, now, fresh)
            for upload in await uow.punches.waiting(UploadState.ASKS):
                asking = await uow.devices.get(upload.device_id)
                if asking is not None:
                    reason = f"berkas {upload.name}: {upload.note.removeprefix(ASKED)}"
                    await self._tell(uow, asking, f"device_asks:{upload.id}", "asks", reason, now, fresh)
        self.told |= fresh

    async def _silence(self, uow: UnitOfWork, device: DeviceRow, now: datetime, fresh: set[str]) -> None:
        # Sticks are carried by people: only machines on a wire fall silent.
        if device.kind is DeviceKind.FILE or not device.enabled:
            return
        since = device.seen_at or device.added_at
        if now - since > timedelta(minutes=self.profile.punches.silent_minutes):
            note = device.trouble or "tidak terdengar"
            number = await uow.incidents.open(SILENT, device.unit or "all", device.name, since, note)
            if number is not None:
                reason = f"tidak terdengar sejak {moment_text(since, self.profile)}: {note}"
                await self._tell(uow, device, f"{SILENT}:{number}:open", "silent", reason, now, fresh)
            return
        for incident in await uow.incidents.open_for(device.name):
            if incident.kind == SILENT and await uow.incidents.close(SILENT, device.name, since):
                reason = f"terdengar lagi sejak {moment_text(since, self.profile)}"
                await self._tell(uow, device, f"{SILENT}:{incident.id}:closed", "back", reason, now, fresh)

    async def _tell(
        self, uow: UnitOfWork, device: DeviceRow, key: str, kind: str, reason: str, now: datetime, fresh: set[str]
    ) -> None:
        """One letter to those who look after the device: its unit's officers, else the operator."""
        if key in self.told:
            return
        fresh.add(key)
        roster = await uow.roster.load()
        day = now.astimezone(self.profile.tz).date()
        admins = roster.contacts(device.unit, Scheme.MAIL, day) if device.unit else ()
        told = [a for a in (admins or self.outgoing.receivers) if a not in self.outgoing.own_addresses]
        body = render(
            "device_trouble",
            kind=kind,
            device=device.name,
            place=device.place,
            unit=roster.units[device.unit].name if device.unit and device.unit in roster.units else "",
            reason=reason,
            zone=ZONE_LABELS.get(device.zone, device.zone),
            sender_name=DESK_NAME,
        )
        for to in told:
            new = await uow.outbox.put(
                NewOutbox(
                    dedupe_key=f"{key}:{to}",
                    scheme=Scheme.MAIL,
                    to_address=to,
                    kind="device",
                    subject=f"Mesin presensi {device.name}: {_SUBJECTS[kind]}",
                    body=body,
                    due_at=now,
                    expires_at=now + timedelta(hours=LETTER_HOURS),
                )
            )
            if new is not None:
                await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: new})


_SUBJECTS = {
    "silent": "tidak terdengar",
    "back": "terdengar lagi",
    "drift": "jam perlu disetel",
    "asks": "berkas perlu dijelaskan",
}
