"""What every protocol of devices that call in shares: who may call, how much, and what a refusal looks like.

ADMS and FkWeb know no real authentication (facts: devices, 11): a caller must stand in an allowed network and give the
serial of a known device. What it may not know is neither stored nor logged.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from fastapi import Request
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from devices.files import LogIntake
from domain.errors import DatabaseUnavailable
from storage.records_devices import DeviceRow

log = structlog.get_logger()

_MOST_STRANGERS = 100
PRIVATE = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")


@dataclass(slots=True)
class Gate:
    """Lets devices in. ``networks``: CIDR ranges that may call at all; ``strangers``: serials that called in vain."""

    intake: LogIntake
    networks: Sequence[str] = PRIVATE
    most_bytes: int = 4 << 20
    strangers: dict[str, str] = field(default_factory=dict)

    async def device(self, request: Request, serial: str | None) -> DeviceRow:
        """The device that calls; raises 403 for anybody else, 503 while the database is away: it will try again."""
        peer = request.client.host if request.client else ""
        if not within(peer, self.networks):
            raise HTTPException(403, "jaringan ini tidak diizinkan")
        try:
            async with self.intake.db.begin() as uow:
                device = await uow.devices.by_serial(serial) if serial else None
                if device is not None and device.enabled and within(peer, device.networks or self.networks):
                    await uow.devices.seen(device.id, self.intake.clock.now())
                    return device
        except DatabaseUnavailable:
            raise HTTPException(503, "basis data tidak dapat dihubungi") from None
        self._remember(serial or "", peer)
        raise HTTPException(403, "mesin ini belum terdaftar")

    def _remember(self, serial: str, peer: str) -> None:
        known = "".join(c for c in serial if c.isalnum() or c in "-_")[:40]
        if known not in self.strangers and len(self.strangers) < _MOST_STRANGERS:
            self.strangers[known] = peer
            log.warning("unknown_device", serial=known, peer=peer)

    async def body(self, request: Request) -> bytes:
        """The whole body; raises 413 as soon as it grows beyond the cap."""
        told = request.headers.get("content-length", "")
        if told.isdigit() and int(told) > self.most_bytes:
            raise HTTPException(413, "terlalu besar")
        whole = bytearray()
        async for piece in request.stream():
            whole += piece
            if len(whole) > self.most_bytes:
                raise HTTPException(413, "terlalu besar")
        return bytes(whole)


def within(peer: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the CIDR ranges."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in ipaddress.ip_network(network, strict=False) for network in networks)


def plain(text: str, status: int = 200) -> PlainTextResponse:
    """An answer as devices read it."""
    return PlainTextResponse(text, status)
