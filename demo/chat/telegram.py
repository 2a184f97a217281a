"""A Telegram Bot API of one bot, on loopback (Bot API 10): keeps updates until they are confirmed, fails on demand.

Strict: a wrong token, an unknown method or parameter, a text or a button that is too long, two pollers at once, and
more than 30 messages a second are refused as the real one refuses them.
"""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.chat.web_host import WebHost

_METHODS: dict[str, frozenset[str]] = {
    "getMe": frozenset(),
    "getUpdates": frozenset({"offset", "limit", "timeout", "allowed_updates"}),
    "setWebhook": frozenset({"url", "secret_token", "allowed_updates", "drop_pending_updates", "max_connections"}),
    "deleteWebhook": frozenset({"drop_pending_updates"}),
    "sendMessage": frozenset({"chat_id", "text", "reply_markup", "disable_notification", "protect_content"}),
    "sendDocument": frozenset(
        {"chat_id", "document", "caption", "reply_markup", "disable_notification", "protect_content"}
    ),
    "answerCallbackQuery": frozenset({"callback_query_id", "text", "show_alert", "cache_time"}),
    "getFile": frozenset({"file_id"}),
}


@dataclass(slots=True)
class Sent:
    """One message of the bot; ``buttons`` are title and payload."""

    chat: int
    message_id: int
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)
    file: bytes | None = None
    name: str = ""


@dataclass(slots=True)
class Refused(Exception):
    """The API's own error."""

    code: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """What happens to the next sending: an error, or ``hang`` seconds after it was accepted."""

    code: int = 0
    description: str = ""
    retry_after: int = 0
    hang: float = 0.0


@dataclass
class FakeTelegram:
    """A context manager; ``now`` is the clock of message dates."""

    now: Callable[[], datetime]
    token: str = "7000000001:posko-uji-posko-uji-posko-uji-1234"
    per_second: int = 30
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    confirmed: int = 0
    sent: list[Sent] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    blocked: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    webhook: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.lock = threading.Lock()
        self._next_update, self._next_message, self._polling = 1000, 1, 0
        self._recent: deque[float] = deque()
        self._stack = ExitStack()
        self._client = self._stack.enter_context(httpx.Client(timeout=60, trust_env=False, verify=False))
        app = Starlette(
            routes=[
                Route("/bot{token:path}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._file, methods=["GET"]),
            ],
            exception_handlers={Refused: _refused},
        )
        self.api = self._stack.enter_context(WebHost(app)).url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # What people do.

    def write(self, user: int, text: str = "", **more: Any) -> int:
        """``user`` writes to the bot; ``more`` are further fields of the message. The number of the update."""
        return self._add({"message": self._message(user) | ({"text": text} if text else {}) | more})

    def send_document(self, user: int, name: str, media_type: str, data: bytes, caption: str = "") -> int:
        """A file, as it is."""
        about = {"file_name": name, "mime_type": media_type} | self._keep(data)
        return self.write(user, document=about, **({"caption": caption} if caption else {}))

    def send_photo(self, user: int, data: bytes, album: str | None = None) -> int:
        """A photo in two sizes, the larger one last."""
        small = {"width": 90, "height": 60} | self._keep(data[:100])
        large = {"width": 1280, "height": 960} | self._keep(data)
        return self.write(user, photo=[small, large], **({"media_group_id": album} if album else {}))

    def tap(self, user: int, below: Sent, payload: str) -> int:
        """A button below a message of the bot."""
        shown = self._message(user) | {"message_id": below.message_id, "text": below.text}
        query = {"id": f"q{self._next_update}", "from": _user(user), "chat_instance": "1", "data": payload}
        return self._add({"callback_query": query | {"message": shown}})

    def _message(self, user: int) -> dict[str, Any]:
        with self.lock:
            self._next_message += 1
            number = self._next_message
        chat = {"id": user, "type": "private", "first_name": "Petugas"}
        return {"message_id": number, "from": _user(user), "chat": chat, "date": int(self.now().timestamp())}

    def _keep(self, data: bytes) -> dict[str, Any]:
        name = f"F{len(self.files) + 1}"
        self.files[name] = data
        return {"file_id": name, "file_unique_id": f"u{name}", "file_size": len(data)}

    def _add(self, update: dict[str, Any]) -> int:
        with self.lock:
            self._next_update += 1
            number = self._next_update
            self.updates[number] = {"update_id": number} | update
        if self.webhook:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
            self._client.post(self.webhook["url"], json=self.updates[number], headers=headers)
        return number

    # What the bot asks.

    async def _call(self, request: Request) -> Response:
        method, given = request.path_params["method"], await _given(request)
        if request.path_params["token"] != self.token:
            raise Refused(401, "Unauthorized")
        if method not in _METHODS:
            raise Refused(404, "Not Found: method not found")
        if strange := given.keys() - _METHODS[method]:
            raise Refused(400, f"Bad Request: unknown parameters {sorted(strange)}")
        if method == "getUpdates":
            result = await self._getUpdates(given, request.is_disconnected)
        else:
            result = await getattr(self, f"_{method}")(given)
        return JSONResponse({"ok": True, "result": result})

    async def _getMe(self, given: Mapping[str, Any]) -> object:
        me = {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Posko",
            "username": "posko_uji_bot",
        }
        return me | {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _setWebhook(self, given: Mapping[str, Any]) -> object:
        self.webhook = {"url": given["url"], "secret_token": given.get("secret_token", "")}
        return True

    async def _deleteWebhook(self, given: Mapping[str, Any]) -> object:
        self.webhook = {}
        return True

    async def _getUpdates(self, given: Mapping[str, Any], gone: Callable[[], Awaitable[bool]]) -> object:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._polling:
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        self._polling += 1
        try:
            offset = int(given.get("offset", 0))
            with self.lock:
                for number in [n for n in self.updates if n < offset]:
                    del self.updates[number]
                self.confirmed = max(self.confirmed, offset - 1)
            end = time.monotonic() + min(float(given.get("timeout", 0)), 50)
            # A poller that was killed must not stand in the way of the next one.
            while not self.updates and time.monotonic() < end and not await gone():  # noqa: ASYNC110 - threads write
                await asyncio.sleep(0.05)
            with self.lock:
                return [self.updates[n] for n in sorted(self.updates)][: int(given.get("limit", 100))]
        finally:
            self._polling -= 1

    async def _sendMessage(self, given: Mapping[str, Any]) -> object:
        if not 1 <= len(given.get("text", "")) <= 4096:
            raise Refused(
                400, "Bad Request: message is too long" if given.get("text") else "Bad Request: text is empty"
            )
        return await self._take(given, given["text"])

    async def _sendDocument(self, given: Mapping[str, Any]) -> object:
        if len(given.get("caption", "")) > 1024:
            raise Refused(400, "Bad Request: message caption is too long")
        data, name = given["document"]
        return await self._take(given, given.get("caption", ""), data, name)

    async def _take(self, given: Mapping[str, Any], text: str, file: bytes | None = None, name: str = "") -> object:
        fault = self.faults.popleft() if self.faults else Fault()
        chat = int(given["chat_id"])
        if fault.code:
            raise Refused(
                fault.code, fault.description, {"retry_after": fault.retry_after} if fault.retry_after else {}
            )
        self._count()
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat <= 0:
            raise Refused(400, "Bad Request: chat not found")
        rows = json.loads(given["reply_markup"])["inline_keyboard"] if "reply_markup" in given else []
        buttons = [(b["text"], b["callback_data"]) for row in rows for b in row]
        if any(not 1 <= len(payload.encode()) <= 64 for _, payload in buttons):
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        shown = self._message(chat) | {"text": text}
        self.sent.append(Sent(chat, shown["message_id"], text, buttons, file, name))
        if fault.hang:
            await asyncio.sleep(fault.hang)
        return shown

    async def _answerCallbackQuery(self, given: Mapping[str, Any]) -> object:
        self.answered.append(given["callback_query_id"])
        return True

    async def _getFile(self, given: Mapping[str, Any]) -> object:
        data = self.files.get(given["file_id"])
        if data is None:
            raise Refused(400, "Bad Request: invalid file_id")
        if len(data) > 20 * 1024 * 1024:
            raise Refused(400, "Bad Request: file is too big")
        name = given["file_id"]
        return {"file_id": name, "file_unique_id": f"u{name}", "file_size": len(data), "file_path": f"files/{name}"}

    async def _file(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            raise Refused(401, "Unauthorized")
        data = self.files.get(request.path_params["path"].rpartition("/")[2])
        return Response(status_code=404) if data is None else Response(data)

    def _count(self) -> None:
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= self.per_second:
            raise Refused(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        self._recent.append(now)


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Petugas"}


async def _given(request: Request) -> dict[str, Any]:
    """Parameters of the query and of the form; a file as its bytes and name."""
    found: dict[str, Any] = dict(request.query_params)
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found[name] = (await value.read(), value.filename or "")
            else:
                found[name] = value
        # A file may be named in its field and carried under another name.
        for name, value in list(found.items()):
            if isinstance(value, str) and value.startswith("attach://"):
                found[name] = found.pop(value.removeprefix("attach://"))
    return found


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    told: dict[str, object] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        told["parameters"] = error.parameters
    return JSONResponse(told, error.code)
