"""A Twilio of one account and one WhatsApp number, on loopback: the API host, and apart from it the host of files.

It signs its webhooks, keeps every message, tells what became of each, and fails on demand. Honest where it hurts:
unknown parameters, wrong passwords, links without HEAD, free text outside the window, and more than 80 messages a
second are refused as the real one refuses them.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from demo.chat.twilio_data import Asked, Media, Message, Refused, check_new, new_sid, signature
from demo.chat.twilio_hosts import api_app, cdn_app
from demo.chat.web_host import WebHost

WINDOW = timedelta(hours=24)
API = "https://api.twilio.com"


@dataclass(slots=True)
class Fault:
    """What happens to the next request to send: ``hang`` seconds after accepting, an HTTP ``status``, or a ``code``.

    ``later`` is an error code that the status callback tells.
    """

    hang: float = 0.0
    status: int = 0
    code: int = 0
    later: int = 0
    retry_after: int = 1


@dataclass
class FakeTwilio:
    """A context manager. ``webhook``: where messages are delivered; ``now`` is the clock of ``date_created``."""

    number: str = "6281100000001"
    webhook: str = ""
    now: Callable[[], datetime] = lambda: datetime.fromtimestamp(time.monotonic())  # noqa: DTZ006 - always given
    templates: dict[str, str] = field(default_factory=dict)  # HX… → text
    account: str = field(default_factory=lambda: new_sid("AC"))
    token: str = field(default_factory=lambda: new_sid("")[:32])
    per_second: int = 80
    callbacks: Sequence[str] = ("sent", "delivered")
    messages: dict[str, Message] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)  # numbers that opted out
    stall_media: float = 0.0
    answers: list[tuple[str, int]] = field(default_factory=list)  # callback address and status of its answer

    def __enter__(self) -> Self:
        self.lock = threading.Lock()
        self._recent: deque[float] = deque()
        self._stack = ExitStack()
        self._pool = ThreadPoolExecutor(8, "twilio")
        self._stack.callback(self._pool.shutdown, wait=False, cancel_futures=True)
        self._client = self._stack.enter_context(httpx.Client(timeout=60, trust_env=False, verify=False))
        self.api = self._stack.enter_context(WebHost(api_app(self))).url
        self.cdn = self._stack.enter_context(WebHost(cdn_app(self))).url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # What people do.

    def write(
        self,
        sender: str,
        body: str = "",
        *files: tuple[str, bytes],
        deliver: bool = True,
        missing: int = 0,
        extra: Mapping[str, str] | None = None,
    ) -> Message:
        """Somebody with the number ``sender`` (digits) writes; ``files`` are media type and bytes."""
        wire = sender if sender.startswith("ID.") else f"+{sender}"
        message = Message(
            new_sid("MM" if files else "SM"), self.account, "inbound", f"whatsapp:{wire}", f"whatsapp:+{self.number}",
            body, "received", self.now(), [Media(new_sid("ME"), t, d, self.now(), missing) for t, d in files],
        )  # fmt: skip
        with self.lock:
            self.messages[message.sid] = message
        if deliver:
            self.deliver(message, extra)
        return message

    def deliver(self, message: Message, extra: Mapping[str, str] | None = None) -> int:
        """Hand a message to the webhook, as often as one likes; the status of the answer."""
        return self.post(self.webhook, self.fields(message, extra))

    def fields(self, message: Message, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The form of the webhook. Blank values are sent as the real one sends them."""
        told = {
            "MessageSid": message.sid, "SmsSid": message.sid, "SmsMessageSid": message.sid,
            "AccountSid": self.account, "ApiVersion": "2010-04-01", "From": message.sender, "To": message.to,
            "Body": message.body, "NumMedia": str(len(message.media)), "NumSegments": "1", "SmsStatus": "received",
            "MessageType": _type(message), "ProfileName": "Petugas Uji", "WaId": message.sender.rpartition("+")[2],
            "ChannelMetadata": '{"type":"whatsapp"}', "ReferralNumMedia": "",
        }  # fmt: skip
        for number, media in enumerate(message.media):
            told[f"MediaUrl{number}"] = f"{API}{self.media_path(message, media)}"
            told[f"MediaContentType{number}"] = media.media_type
        return told | dict(extra or {})

    def media_path(self, message: Message, media: Media) -> str:
        """Below the API host."""
        return f"/2010-04-01/Accounts/{self.account}/Messages/{message.sid}/Media/{media.sid}"

    def post(self, url: str, fields: Mapping[str, str], sign: str | None = None) -> int:
        """A signed request to our own address; ``sign`` takes the place of the signature (empty: none)."""
        mark = signature(self.token, url, fields) if sign is None else sign
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"X-Twilio-Signature": mark} if mark else {})
        return self._client.post(url, content=urlencode(fields), headers=headers).status_code

    # What the account does.

    def take(self, form: Mapping[str, Sequence[str]]) -> tuple[Message, float]:
        """A request to send; the new message, and how long to hang before the answer. Raises ``Refused``."""
        with self.lock:
            fault = self.faults.popleft() if self.faults else Fault()
            self._count()
            if fault.status:
                raise Refused(fault.status, fault.code or fault.status * 100, f"retry-after {fault.retry_after}")
            text = check_new(form, self.number, self.templates)
            to = form["To"][0]
            if to in self.blocked or to.rpartition("+")[2] in self.blocked:
                raise Refused(400, 21610, "recipient opted out")
            if fault.code:
                raise Refused(400, fault.code, "as asked")
            message = Message(
                new_sid("SM"), self.account, "outbound-api", form["From"][0], to, text, "queued", self.now(),
                callback=form.get("StatusCallback", [None])[0], content=form.get("ContentSid", [None])[0],
            )  # fmt: skip
            self.messages[message.sid] = message
            open_window = bool(message.content) or self._window_open(to)
        later = fault.later or (0 if open_window else 63016)
        self._pool.submit(self._tell, message, later, form.get("MediaUrl", ()))
        return message, fault.hang

    def tell(self, message: Message, status: str, code: int = 0) -> int:
        """One status callback; the status of its answer."""
        if message.callback is None:
            return 0
        fields = {
            "MessageSid": message.sid, "SmsSid": message.sid, "AccountSid": self.account, "ApiVersion": "2010-04-01",
            "MessageStatus": status, "SmsStatus": status, "From": message.sender, "To": message.to,
            "ChannelPrefix": "whatsapp",
        }  # fmt: skip
        if code:
            fields["ErrorCode"] = str(code)
        answer = self.post(message.callback, fields)
        self.answers.append((message.callback, answer))
        return answer

    def sent(self, to: str = "") -> list[Message]:
        """What the account has sent (to one number), oldest first."""
        with self.lock:
            found = [m for m in self.messages.values() if m.direction != "inbound"]
        return [m for m in found if not to or m.to.rpartition("+")[2] == to]

    def later(self, work: Callable[[], object]) -> "Future[object]":
        """Run something beside."""
        return self._pool.submit(work)

    def _tell(self, message: Message, code: int, links: Sequence[str]) -> None:
        if not code and any(not self._can_fetch(link) for link in links):
            code = 63019
        message.error = code or None
        for status in ("failed",) if code else self.callbacks:
            message.status = status
            try:
                self.tell(message, status, code)
            except httpx.HTTPError:
                self.answers.append((message.callback or "", 0))
        message.told = True

    def _can_fetch(self, link: str) -> bool:
        """Twilio asks for the head first, and for the file itself without any password of ours."""
        try:
            head, whole = self._client.head(link), self._client.get(link)
        except httpx.HTTPError:
            return False
        return head.status_code == 200 and whole.status_code == 200 and len(whole.content) > 0

    def _count(self) -> None:
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= self.per_second:
            raise Refused(429, 20429, "too many requests")
        self._recent.append(now)

    def _window_open(self, to: str) -> bool:
        heard = [m.created for m in self.messages.values() if m.direction == "inbound" and m.sender == to]
        return bool(heard) and max(heard) + WINDOW > self.now()


def _type(message: Message) -> str:
    if not message.media:
        return "text"
    kind = message.media[0].media_type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "document"
