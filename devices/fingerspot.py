"""Fingerspot's cloud: the unsigned webhook of the older API, the signed one of the Hub, the pull that fills gaps.

The pull's form is that of programs in use, as their public sources show it (the maker's own pages could not be read):
``POST …/api/get_attlog`` with a bearer token and ``{"trans_id", "cloud_id", "start_date", "end_date"}``, two days at
the most, answers ``{"success": true, "data": [{"pin", "scan_date", "verify", "status_scan"}]}``, numbers as numbers.
The webhook calls the time ``scan``, often without seconds, and sends numbers as text. Samples that say ``status`` for
``success`` and ``scan`` for ``scan_date`` are understood too. What a refusal looks like is known from samples alone.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from devices.dates import DateOrder
from devices.dates import plain as plain_moment
from devices.fkweb import without_pictures
from devices.lines import NONE, Batch, Notes, PunchLine, Reason
from devices.listener import Gate, plain
from domain.errors import DatabaseUnavailable, Retryable

SOURCE = "fingerspot"
SIGNATURE = "X-Hub-API-Signature-256"
_AT_ONCE = timedelta(days=1)  # two days, both included
_MOST_DAYS = timedelta(days=31)
_REFUSED = (False, "false", "error", "failed")
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")


class CloudLog:
    """Punches of the cloud: one event of a webhook, or the list that a pull gave. An offset in a time is the device's
    own zone, so the wall time before it counts.
    """

    layout = "fingerspot"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        batch = Batch()
        for number, event in enumerate(events_of(self._data), 1):
            found = self._punch(number, event, notes)
            if found is None:
                batch.bad.append((number, Reason.FORM, "kejadian tanpa ID atau waktu"))
            else:
                batch.punches.append(found)
        yield batch

    def _punch(self, number: int, event: Mapping[str, Any], notes: Notes) -> PunchLine | None:
        user = str(event.get("pin") or event.get("employeeNo") or "")
        told = str(event.get("scan") or event.get("scan_date") or event.get("eventTime") or "")
        moment = plain_moment(_OFFSET.sub("", told), DateOrder.UNKNOWN)
        if moment is None or not re.fullmatch(r"[0-9A-Za-z._-]{1,24}", user):
            return None
        notes.no_seconds += not moment[1]
        return number, user, moment[0], _small(event.get("verify")), _small(event.get("status_scan")), ""


def _small(value: object) -> str:
    text = str(value)
    return text if text.isascii() and text.isdigit() and len(text) <= 3 else NONE


def events_of(data: bytes) -> list[Mapping[str, Any]]:
    """The attendance events in a body, whichever API wrote it."""
    try:
        value = json.loads(data)
    except ValueError:
        return []
    if not isinstance(value, dict):
        return []
    inner = value.get("data")
    if isinstance(inner, list):
        return [event for event in inner if isinstance(event, dict)]
    if isinstance(inner, dict):
        return [inner]
    return [value] if "employeeNo" in value else []


def signature_of(body: bytes, token: str) -> str:
    """What the Hub writes into its header."""
    return "sha256=" + hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


class Fingerspot:
    """The routes of the webhooks. ``hub_token`` None: the Hub's webhook is closed."""

    def __init__(self, gate: Gate, hub_token: str | None) -> None:
        self._gate = gate
        self._hub_token = hub_token

    def add_to(self, app: FastAPI) -> None:
        """Register the routes."""
        app.add_route("/webhooks/fingerspot", self.cloud, methods=["POST"])
        app.add_route("/webhooks/fingerspot/hub", self.hub, methods=["POST"])

    async def cloud(self, request: Request) -> Response:
        """The older, unsigned webhook: only from allowed networks, only for a known cloud id."""
        body = await self._gate.body(request)
        return await self._take(request, body, "cloud_id", str(_field(body, "type")) == "attlog")

    async def hub(self, request: Request) -> Response:
        """The Hub's webhook: nothing is looked at before its signature is proven."""
        body = await self._gate.body(request)
        told = request.headers.get(SIGNATURE, "")
        if self._hub_token is None or not hmac.compare_digest(told, signature_of(body, self._hub_token)):
            raise HTTPException(403, "tanda tangan tidak cocok")
        return await self._take(request, body, "cloudId", str(_field(body, "event")) == "attendance")

    async def _take(self, request: Request, body: bytes, serial: str, is_log: bool) -> Response:
        device = await self._gate.device(request, str(_field(body, serial) or ""))
        if not is_log:
            return plain("OK")  # user data and commands: not ours
        kept = json.dumps(without_pictures(json.loads(body)), sort_keys=True, separators=(",", ":")).encode()
        try:
            await self._gate.intake.post(device, kept, SOURCE, CloudLog(kept))
        except DatabaseUnavailable:
            return plain("ERROR", 503)
        return plain("OK")


def _field(body: bytes, name: str) -> object:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value.get(name) if isinstance(value, dict) else None


def spans(synced_to: date | None, today: date) -> Iterator[tuple[date, date]]:
    """The days to ask for, oldest first: from where the log ended, at least since yesterday, at most ``_MOST_DAYS``
    back; as many at once as the cloud gives.
    """
    oldest = today - _MOST_DAYS
    first = max(oldest, min(synced_to or oldest, today - timedelta(days=1)))
    while first <= today:
        last = min(today, first + _AT_ONCE)
        yield first, last
        first = last + timedelta(days=1)


async def pull(client: httpx.AsyncClient, url: str, token: str, cloud_id: str, first: date, last: date) -> bytes:
    """The log of some days from the cloud, sanitised; raises ``Retryable`` when it does not answer as it should."""
    asked = {
        "trans_id": secrets.token_hex(8),
        "cloud_id": cloud_id,
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
    }
    try:
        answer = await client.post(url, json=asked, headers={"Authorization": f"Bearer {token}"})
        value = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise Retryable(f"awan Fingerspot: {type(error).__name__}") from error
    rows = value.get("data") if isinstance(value, dict) else None
    if not isinstance(rows, list) or any(value.get(name) in _REFUSED for name in ("success", "status")):
        raise Retryable(f"awan Fingerspot menolak permintaan{_reason(value)}")
    found = {"data": without_pictures(rows)}
    return json.dumps(found, sort_keys=True, separators=(",", ":")).encode()


def _reason(value: object) -> str:
    told = value.get("message") if isinstance(value, dict) else None
    return f": {told[:80]}" if isinstance(told, str) and told else ""
