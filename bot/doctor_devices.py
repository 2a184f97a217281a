"""The doctor at attendance machines: the worker, each machine's log and clock, ids, quarantine, what waits."""

import asyncio
import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.doctor_findings import Finding, fail, ok, warn
from bot.settings_devices import Devices
from domain.device import DeviceKind, FlagCode
from domain.device_clock import DRIFT
from storage.records_devices import DeviceRow, UploadRow

_WORKER, _WAITING = "Pekerja mesin", "Berkas log mesin"
_STUCK = timedelta(minutes=10)
_LOOK_BACK = timedelta(days=30)
_MUCH_SET_ASIDE = 0.05  # dirt of real files stays below it; more means a wrong layout
_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """What the database knows of the machines. ``working``: a worker holds its lock now; ``unknown`` ids by device;
    ``unread`` logs wait for the worker, ``asking`` ones for an operator; ``recent`` are the newest uploads.
    """

    working: bool = False
    devices: Sequence[DeviceRow] = ()
    unknown: Mapping[int, int] = field(default_factory=dict)
    unread: Sequence[UploadRow] = ()
    asking: Sequence[UploadRow] = ()
    recent: Sequence[UploadRow] = ()


async def device_findings(
    health: DeviceHealth, chosen: Devices, data: Path, silent_minutes: int, now: datetime
) -> list[Finding]:
    """Nothing where there are no machines; else the worker, what waits, and one finding a machine."""
    if not health.devices:
        return []
    alive = await asyncio.to_thread(_answers, chosen, data) if health.working else None
    found = [_worker(health, alive), _waiting(health, now)]
    return [*found, *(_device(one, health, silent_minutes, now) for one in health.devices if one.enabled)]


def _answers(chosen: Devices, data: Path) -> bool:
    """Whether the worker's own health page answers on this machine."""
    try:
        port = int((data / "devices.port").read_text("ascii"))
    except (OSError, ValueError):
        port = chosen.port
    host = "127.0.0.1" if chosen.host in ("0.0.0.0", "::") else chosen.host
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _worker(health: DeviceHealth, alive: bool | None) -> Finding:
    if not health.working:
        told = "tidak berjalan: mesin yang menelepon ditolak, yang ditelepon tidak diambil lognya"
        mend = "jalankan posko devices (docs/posko-devices.service)"
        if all(one.kind is DeviceKind.FILE for one in health.devices):
            return warn(_WORKER, "tidak berjalan: folder log tidak diawasi", mend)
        return fail(_WORKER, told, mend)
    if not alive:
        return warn(_WORKER, "berjalan, tetapi halaman kesehatannya tidak menjawab di komputer ini",
                    "bila pekerjanya di komputer ini, hentikan dan jalankan lagi posko devices")  # fmt: skip
    return ok(_WORKER, "berjalan dan menjawab")


def _waiting(health: DeviceHealth, now: datetime) -> Finding:
    stuck = [one for one in health.unread if now - one.received_at > _STUCK]
    if stuck:
        told = f"{len(stuck)} berkas sudah diarsipkan tetapi belum terbaca lebih dari 10 menit"
        return fail(_WAITING, told, "periksa apakah posko devices berjalan; berkasnya dibaca begitu pekerja hidup")
    if health.asking:
        names = ", ".join(one.name for one in health.asking[:3])
        mend = "jelaskan susunannya di meja (Admin > Mesin) atau dengan posko devices map"
        return warn(_WAITING, f"{len(health.asking)} menunggu penjelasan susunan: {names}", mend)
    return ok(_WAITING, f"{len(health.unread)} sedang dibaca, tidak ada yang menunggu penjelasan")


def _device(one: DeviceRow, health: DeviceHealth, silent_minutes: int, now: datetime) -> Finding:
    what = f"Mesin {one.name}"
    bad: list[str] = []
    mends: list[str] = []
    for told, mend in _troubles(one, health, silent_minutes, now):
        bad.append(told)
        mends.append(mend)
    if bad:
        return warn(what, "; ".join(bad), "; ".join(dict.fromkeys(mends)))
    log_to = f"{one.synced_to:%d-%m-%Y %H.%M}" if one.synced_to else "–"
    return ok(what, f"log sampai {log_to}, terdengar {_ago(now - one.seen_at) if one.seen_at else 'belum pernah'}")


def _troubles(one: DeviceRow, health: DeviceHealth, silent_minutes: int, now: datetime) -> list[tuple[str, str]]:
    """What is wrong with a machine and what to do, worst first."""
    found = []
    since = one.seen_at or one.added_at
    if one.kind is not DeviceKind.FILE and now - since > timedelta(minutes=silent_minutes):
        said = _ago(now - since) if one.seen_at else "sejak didaftarkan"
        found.append((f"tidak terdengar {said}", "periksa listrik, jaringan, dan alamat posko pada mesin"))
    if one.trouble:
        found.append((one.trouble, "periksa alamat, kunci, dan jaringan mesin (posko devices list)"))
    if one.synced_to is None:
        found.append(("belum ada log", "unggah log pertamanya, atau tunggu mesin mengirim"))
    elif one.synced_to > now.astimezone(ZoneInfo(one.zone)).replace(tzinfo=None) + DRIFT:
        found.append(("log sampai waktu yang belum terjadi", "setel jam mesin; koreksi: posko devices offset"))
    if one.drift_s is not None and abs(one.drift_s) > DRIFT.total_seconds():
        side = "lebih cepat" if one.drift_s > 0 else "lebih lambat"
        told = f"jam mesin {abs(one.drift_s) / 60:.0f} menit {side}"
        found.append((told, "setel jam mesin; koreksi waktu lama: posko devices offset"))
    mine = [u for u in health.recent if u.device_id == one.id and now - u.received_at <= _LOOK_BACK]
    if odd := sorted({_CLOCK[flag.code] for u in mine for flag in u.flags if flag.code in _CLOCK}):
        told = f"dalam log 30 hari ini jam mesin {' dan '.join(odd)}"
        found.append((told, "setel jam mesin; koreksi waktu lama: posko devices offset"))
    if unknown := health.unknown.get(one.id, 0):
        found.append((f"{unknown} ID belum dipetakan", "petakan di Admin > Mesin atau dengan posko devices users"))
    read, aside = sum(u.read for u in mine), sum(u.quarantined for u in mine)
    if read and aside / read > _MUCH_SET_ASIDE:
        told = f"{aside} dari {read} baris disisihkan dalam 30 hari"
        found.append((told, "periksa susunan dan urutan tanggalnya: posko devices map"))
    return found


_CLOCK = {FlagCode.CLOCK_JUMP: "pernah mundur", FlagCode.FUTURE: "pernah mendahului"}


def _ago(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} menit yang lalu" if minutes < 120 else f"{minutes // 60} jam yang lalu"
