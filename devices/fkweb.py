"""FkWeb: Fingerspot Revo machines post blocks to ``/``. Pictures and templates are dropped before anything is kept."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response

from devices.dates import DateOrder
from devices.dates import plain as plain_moment
from devices.lines import NONE, Batch, Notes, PunchLine, Reason
from devices.listener import Gate
from domain.errors import DatabaseUnavailable

SOURCE = "fkweb"
_BLOCK_SECONDS = 300.0
_MOST_OPEN = 64
_PICTURES = re.compile(r"image|photo|template|fk_bin_data|enroll_data|face|finger", re.IGNORECASE)


class RealtimeGlog:
    """One punch as JSON without its picture."""

    layout = "fkweb"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        punch = self._punch()
        yield Batch([punch]) if punch else Batch(bad=[(1, Reason.FORM, "realtime_glog")])

    def _punch(self) -> PunchLine | None:
        try:
            value = json.loads(self._data)
        except ValueError:
            return None
        if not isinstance(value, dict):
            return None
        user, told = str(value.get("user_id", "")), str(value.get("io_time", ""))
        digits = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", told)
        shown = "{}-{}-{} {}:{}:{}".format(*digits.groups()) if digits else told
        moment = plain_moment(shown, DateOrder.UNKNOWN)
        if moment is None or not re.fullmatch(r"[0-9A-Za-z._-]{1,24}", user):
            return None
        return 1, user, moment[0], _verify(value.get("verify_mode")), _state(value.get("io_mode")), ""


def _verify(value: object) -> str:
    """Newer firmware (FKDataHS103) packs the first way of verifying into the four highest bits."""
    number = _number(value)
    return str(number >> 28) if number is not None and number >> 28 else _small(number)


def _state(value: object) -> str:
    """Newer firmware counts from 1 in the highest byte: 0x01000000 is what older one calls 0."""
    number = _number(value)
    return str((number >> 24) - 1) if number is not None and number >> 24 else _small(number)


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _small(number: int | None) -> str:
    return str(number) if number is not None and number <= 999 else NONE


def without_pictures(value: Any) -> Any:
    """The JSON without whatever may be a picture or a template."""
    if isinstance(value, dict):
        return {k: None if _PICTURES.search(k) else without_pictures(v) for k, v in value.items()}
    return [without_pictures(v) for v in value] if isinstance(value, list) else value


def payload(body: bytes) -> bytes | None:
    """The sanitised JSON of a whole message: u32le length, JSON, NUL, then binary parts that are dropped."""
    length = int.from_bytes(body[:4], "little")
    text = body[4 : 4 + length] if 0 < length <= len(body) - 4 else body[4:]
    try:
        value = json.loads(text.rstrip(b"\0").decode("utf-8", "replace"))
    except ValueError:
        return None
    return json.dumps(without_pictures(value), sort_keys=True, separators=(",", ":")).encode()


@dataclass(slots=True)
class _Blocks:
    began: float
    parts: list[bytes] = field(default_factory=list)


class FkWeb:
    """The route ``POST /``. Blocks 1, 2 … are gathered until block 0, the last one, arrives."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._open: dict[tuple[str, str, str], _Blocks] = {}

    def add_to(self, app: FastAPI) -> None:
        """Register the route."""
        app.add_route("/", self.message, methods=["POST"])

    async def message(self, request: Request) -> Response:
        """One block of one message."""
        head = request.headers
        code, serial = head.get("request_code", ""), head.get("dev_id", "")
        device = await self._gate.device(request, serial)
        if code == "receive_cmd":
            return _answer("ERROR_NO_CMD", request)
        if code != "realtime_glog":
            async for _ in request.stream():  # enrolments carry templates: dropped
                pass
            return _answer("OK", request)
        whole = self._gather(request, await self._gate.body(request))
        if whole is None:
            return _answer("OK", request)
        if not whole:
            return _answer("ERROR", request)
        data = payload(whole)
        if data is None:
            return _answer("ERROR", request)
        try:
            await self._gate.intake.post(device, data, SOURCE, RealtimeGlog(data))
        except DatabaseUnavailable:
            return _answer("ERROR", request)
        return _answer("OK", request)

    def _gather(self, request: Request, body: bytes) -> bytes | None:
        """The whole message; None while more blocks are to come, empty when one is missing."""
        head = request.headers
        key = (head.get("dev_id", ""), head.get("trans_id", ""), head.get("request_code", ""))
        number = head.get("blk_no", "0")
        if number == "0":
            earlier = self._open.pop(key, None)
            return b"".join([*(earlier.parts if earlier else []), body])
        now = time.monotonic()
        self._open = {k: b for k, b in self._open.items() if now - b.began < _BLOCK_SECONDS}
        if number == "1":
            if len(self._open) >= _MOST_OPEN:
                return b""
            self._open[key] = _Blocks(now)
        blocks = self._open.get(key)
        if blocks is None or not number.isdigit():
            return b""
        if int(number) == len(blocks.parts):
            return None  # a block sent again: it is there
        if int(number) != len(blocks.parts) + 1:
            return b""
        if sum(map(len, blocks.parts)) + len(body) > self._gate.most_bytes:
            del self._open[key]
            return b""
        blocks.parts.append(body)
        return None


def _answer(code: str, request: Request) -> Response:
    headers = {"response_code": code, "trans_id": request.headers.get("trans_id", ""), "cmd_code": ""}
    return Response(status_code=200, headers=headers, media_type="application/octet-stream")
