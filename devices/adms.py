"""ADMS / PUSH: ZKTeco machines and their kin call us by HTTP, in an older and a newer dialect and as PUSH 3.

``OK: n`` is said only after the commit; a bare ``OK`` to an attendance log made a machine send its rows 220 times.
Nothing is ever asked of a machine that could clear it. Templates and photos are dropped unread.
"""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request, Response

from devices.attlog import AttLog
from devices.dates import DateOrder
from devices.dates import plain as plain_moment
from devices.lines import NONE, Batch, LogReader, Notes, PunchLine, Reason, decode, lines
from devices.listener import Gate, plain
from domain.errors import DatabaseUnavailable
from storage.records_devices import DeviceRow

SOURCE = "adms"
SOURCE_RT = "adms rtlog"
_NEW = (2, 2)  # from this PUSH version on the newer words are known
_USER = re.compile(r"^USER PIN=([0-9A-Za-z._-]{1,24})\tName=([^\t]{0,60})")


class RtLog:
    """PUSH 3: ``time=…↦pin=…↦inoutstatus=…↦verifytype=…`` a line."""

    layout = "rtlog"

    def __init__(self, data: bytes) -> None:
        self._text = decode(data)[0]

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        batch = Batch()
        for number, line in lines(self._text):
            found = self._punch(number, dict(part.split("=", 1) for part in line.split("\t") if "=" in part))
            if found is None:
                batch.bad.append((number, Reason.FORM, line))
            else:
                batch.punches.append(found)
        yield batch

    def _punch(self, number: int, values: dict[str, str]) -> PunchLine | None:
        moment = plain_moment(values.get("time", ""), DateOrder.UNKNOWN)
        user = values.get("pin", "")
        if moment is None or not re.fullmatch(r"[0-9A-Za-z._-]{1,24}", user) or user == "0":
            return None
        state, verify = values.get("inoutstatus", ""), values.get("verifytype", "")
        return number, user, moment[0], _small(verify), _small(state), ""


def _small(value: str) -> str:
    return value if value.isascii() and value.isdigit() and len(value) <= 3 else NONE


def reader_for(source: str, data: bytes) -> LogReader:
    """The reader of an archived post."""
    return RtLog(data) if source == SOURCE_RT else AttLog(decode(data)[0], usb=False)


class Adms:
    """The routes below ``/iclock``. ``stamps`` are what machines said last; a fresh process asks for everything."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._stamps: dict[int, str] = {}

    def add_to(self, app: FastAPI) -> None:
        """Register the routes."""
        for path, get, post in (
            ("cdata", self.hello, self.data),
            ("registry", self.registry, self.registry),
            ("push", self.push, self.push),
            ("ping", self.fine, self.fine),
            ("getrequest", self.fine, self.fine),
            ("devicecmd", self.fine, self.fine),
        ):
            for suffix in ("", ".aspx"):
                app.add_route(f"/iclock/{path}{suffix}", get, methods=["GET"])
                app.add_route(f"/iclock/{path}{suffix}", post, methods=["POST"])

    async def hello(self, request: Request) -> Response:
        """The machine introduces itself and is told what to send."""
        device = await self._known(request)
        version = tuple(int(n) for n in re.findall(r"\d+", request.query_params.get("pushver", ""))[:2])
        return plain(self._options(device, newer=version >= _NEW))

    async def data(self, request: Request) -> Response:
        """A table. Only the attendance log is kept; of the rest only what machines call their users."""
        device = await self._known(request)
        table = request.query_params.get("table", "").upper()
        if table == "OPTIONS":
            return plain("OK")
        if table not in ("ATTLOG", "RTLOG"):
            return await self._other(request, device, table)
        body = await self._gate.body(request)
        if not body.strip(b"\0\r\n\t "):
            return plain("OK: 0")
        source = SOURCE if table == "ATTLOG" else SOURCE_RT
        try:
            taken = await self._gate.intake.post(device, body, source, reader_for(source, body))
        except DatabaseUnavailable:
            return plain("ERROR", 503)
        self._gate.intake.step("before answer")
        if stamp := request.query_params.get("Stamp"):
            self._stamps[device.id] = stamp[:20]
        return plain(f"OK: {taken.upload.read if taken.upload else 0}")

    async def _other(self, request: Request, device: DeviceRow, table: str) -> Response:
        if table != "OPERLOG":
            async for _ in request.stream():  # photos and templates: not even held
                pass
            return plain("OK")
        text = decode(await self._gate.body(request))[0]
        names = {
            found[1]: found[2].strip() for _, line in lines(text) if (found := _USER.match(line)) and found[2].strip()
        }
        count = sum(1 for _ in lines(text))
        try:
            async with self._gate.intake.db.begin() as uow:
                await uow.devices.name_users(device.id, names)
        except DatabaseUnavailable:
            return plain("ERROR", 503)
        return plain(f"OK: {count}")

    async def registry(self, request: Request) -> Response:
        """PUSH 3 asks to be registered; the code is only an echo of what is known."""
        device = await self._known(request)
        return plain(f"RegistryCode={device.id:08d}")

    async def push(self, request: Request) -> Response:
        """PUSH 3 asks for its options."""
        device = await self._known(request)
        return plain(
            "ServerVersion=3.0.1\nServerName=ADMS\nPushVersion=3.0.1\nErrorDelay=30\nRequestDelay=10\n"
            "TransTimes=00:00;14:05\nTransInterval=1\nTransTables=Transaction\nRealtime=1\n"
            f"SessionID={device.id:08d}\nTimeoutSec=10\n"
        )

    async def fine(self, request: Request) -> Response:
        """Polls, pings and results of commands: there is never a command."""
        await self._known(request)
        return plain("OK")

    async def _known(self, request: Request) -> DeviceRow:
        return await self._gate.device(request, request.query_params.get("SN"))

    def _options(self, device: DeviceRow, *, newer: bool) -> str:
        stamp = self._stamps.get(device.id, "0")
        offset = self._gate.intake.clock.now().astimezone(ZoneInfo(device.zone)).utcoffset()
        hours = round(offset.total_seconds() / 3600) if offset else 7
        rest = f"Delay=10\nTransTimes=00:00;14:05\nTransInterval=1\n{{}}\nTimeZone={hours}\nRealtime=1\nEncrypt=None\n"
        head = f"GET OPTION FROM: {device.serial}\n"
        if newer:
            stamps = f"ATTLOGStamp={stamp}\nOPERLOGStamp=9999\nATTPHOTOStamp=9999\nErrorDelay=30\n"
            return head + stamps + rest.format("TransFlag=TransData AttLog")
        return (
            head
            + f"Stamp={stamp}\nOpStamp=9999\nPhotoStamp=9999\nErrorDelay=30\n"
            + rest.format("TransFlag=1111000000")
        )
