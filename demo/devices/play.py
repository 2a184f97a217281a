"""Three machines play along: a stick in the watched folder, a machine that calls in and sends everything twice, and a
ZK machine that hangs up in the middle of its log and is read whole at the next call.
"""

import json
import random
import socket
import time
import urllib.request
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from demo.devices.adms_pusher import AdmsPusher
from demo.devices.adms_pusher import Punch as Pushed
from demo.devices.stick import Stick
from demo.devices.zk_machine import ZkMachine, encoded, record
from demo.programme import Scene
from demo.steps import Finding

SERIAL = "PERAGAAN01"
PEOPLE = 60
_PATIENCE = 90.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def machines_told(scene: Scene) -> Sequence[Finding]:
    """Start the device worker, let the machines tell their morning, and see that each punch is there once.

    The machines play once: asked again, it only repeats what it found.
    """
    kept = scene.folder / "mesin.json"
    if not kept.exists():
        found = [[f.where, f.wanted, f.seen] for f in _machines(scene)]
        kept.write_text(json.dumps(found), "utf-8")
    return [Finding(*told) for told in json.loads(kept.read_text("utf-8"))]


def _machines(scene: Scene) -> list[Finding]:
    day = scene.officers.day
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    service = scene.service
    with ZkMachine(_log(day), "hangs_up_once").running() as zk:
        service.run("devices", "add", "dishub-lobi", "--kind", "adms", "--serial", SERIAL, "--unit", "U001")
        service.run("devices", "add", "flashdisk-7", "--number", "7", "--unit", "U002")
        service.run("devices", "add", "gudang", "--kind", "zk", "--address", f"127.0.0.1:{zk.port}", "--unit", "U003")
        with service.beside("devices", POSKO_DEVICES_PORT=str(port)):
            return _played(scene, day, port)


def _played(scene: Scene, day: date, port: int) -> list[Finding]:
    wrong: list[Finding] = []
    if not _until(lambda: _health(port).get("ok") is True):
        return [Finding("pekerja mesin", "menjawab", "tidak menjawab")]
    Stick(7, _punches(day, "7")).export(scene.service.data / "mesin")
    rows: list[Pushed] = [(user, at, 255, 1) for user, at in _punches(day, "1")]
    acknowledged = AdmsPusher(SERIAL, "127.0.0.1", port).push(rows, twice=True)
    if acknowledged != len(rows):
        wrong.append(Finding("mesin ADMS", f"{len(rows)} baris diakui", str(acknowledged)))
    if not _until(lambda: "diputus" in str(_of(port, "gudang").get("trouble"))):
        wrong.append(Finding("mesin ZK", "sambungan terputus tercatat", str(_of(port, "gudang"))))
    for name in ("dishub-lobi", "flashdisk-7", "gudang"):
        if not _until(lambda name=name: str(_of(port, name).get("synced_to")) == f"{day} 07:29:00"):
            wrong.append(Finding(f"log mesin {name}", f"sampai {day} 07.29", str(_of(port, name).get("synced_to"))))
    unknown = [json.loads(line) for line in scene.service.run("devices", "users", "--json").splitlines()]
    told = sum(row["punches"] for row in unknown)
    if told != 3 * PEOPLE:
        wrong.append(Finding("presensi pada ketiga mesin", str(3 * PEOPLE), str(told)))
    return wrong


def machines_shown(scene: Scene) -> Sequence[str]:
    """What each machine told, as ``posko devices list`` says it."""
    listed = [json.loads(line) for line in scene.service.run("devices", "list", "--json").splitlines()]
    return [
        f"Mesin {m['name']}: log sampai {m['synced_to']}" + (f" ({m['trouble']})" if m["trouble"] else "")
        for m in listed
    ]


def _punches(day: date, seed: str) -> list[tuple[str, str]]:
    """A morning of ``PEOPLE`` punches in the order of time; the last one at 07.29."""
    chance = random.Random(seed)
    begin = datetime.combine(day, datetime.min.time()) + timedelta(hours=6, minutes=40)
    minutes = sorted(chance.uniform(0, 48) for _ in range(PEOPLE - 1))
    moments = [begin + timedelta(seconds=round(m * 60)) for m in minutes] + [begin + timedelta(minutes=49)]
    return [(f"{n + 1:04}", at.strftime("%Y-%m-%d %H:%M:%S")) for n, at in enumerate(moments)]


def _log(day: date) -> bytes:
    return b"".join(record(40, user, encoded(datetime.fromisoformat(at))) for user, at in _punches(day, "3"))


def _health(port: int) -> dict[str, Any]:
    try:
        with _DIRECT.open(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
    except (OSError, ValueError):
        return {}
    return found


def _of(port: int, name: str) -> dict[str, Any]:
    devices: list[dict[str, Any]] = _health(port).get("devices", [])
    return next((d for d in devices if d["name"] == name), {})


def _until(holds: Any) -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.3)
    return False
