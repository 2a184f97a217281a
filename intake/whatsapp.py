"""WhatsApp through Twilio (facts: chat): the only file that knows both."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from domain.errors import Permanent, Refusal, Retryable, Unknown
from domain.ports import Clock
from domain.terms import Scheme
from intake.approved import CHOICES, NEWS, filled, news
from intake.channel import Accepted, Capabilities, Fetched, OutgoingMessage, Received
from intake.event import EventKind, InboundEvent, MediaRef
from intake.last_call import in_time
from intake.pace import Pace
from intake.whatsapp_codes import Trouble, meaning
from intake.whatsapp_http import API, MediaWire, TwilioWire
from intake.whatsapp_parse import address_of, form_of, media_word, read_request, wire_of
from storage.records_chat import TemplateCall

T = TypeVar("T")
REPLY_WINDOW = timedelta(hours=24)
_MARGIN = timedelta(minutes=5)  # a message that waits its turn must not miss the window
TEXT_LIMIT, MEDIA_LIMIT = 1600, 16 * 1024 * 1024
_LOOKED_AT = 50  # messages to one address, when one of ours is looked for
_EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """An account at Twilio and our number there (E.164 digits without ``+``).

    ``public_url`` is where Twilio reaches this service, the base of what it signs. ``templates`` maps names of
    ``intake.approved`` to Twilio's ``HX…``. ``api`` is Twilio's own host, or a fake's.
    """

    account_sid: str
    token: Callable[[], str] = field(repr=False)
    number: str = ""
    public_url: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    api: str = API
    per_second: float = 80.0
    timeout_s: float = 15.0


class WhatsApp:
    """The channel. Safe for many tasks at once."""

    scheme = Scheme.WHATSAPP
    capabilities = Capabilities(TEXT_LIMIT, buttons=3, reply_window=REPLY_WINDOW, finds=True)

    def __init__(self, settings: WhatsAppSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.account = settings.number
        self._wire = TwilioWire(settings.api, settings.timeout_s)
        self._media = MediaWire(settings.api, settings.account_sid, settings.token, MEDIA_LIMIT)
        self._pace = Pace(settings.per_second)

    def verify(self, url: str, headers: Mapping[str, str], raw: bytes) -> bool:
        """Twilio's HMAC over the public address and the sorted fields."""
        signature = headers.get("x-twilio-signature")
        if not signature:
            return False
        return bool(RequestValidator(self._settings.token()).validate(url, _Form(form_of(raw)), signature))

    def parse(self, url: str, raw: bytes, received_at: datetime) -> Received:
        """See ``whatsapp_parse``."""
        return read_request(url, raw, self.account, received_at)

    def answer(self) -> tuple[bytes, str]:
        """An empty TwiML response: kept, and nothing to say at once."""
        return _EMPTY, "text/xml"

    async def fetch_media(self, ref: MediaRef) -> Fetched:
        """The file, from Twilio and the place that it redirects to."""
        data, media_type = await self._media.get(ref.ref)
        return Fetched(data, ref.media_type or media_type, ref.name)

    async def time_of(self, event: InboundEvent) -> datetime | None:
        """``date_created`` of the message (TLG-04)."""
        if event.provider_time is not None:
            return event.provider_time
        found = await self._asked(self._client().messages(event.event_id).fetch_async())
        moment: datetime | None = found.date_created
        return moment

    async def acknowledge(self, event: InboundEvent) -> None:
        """WhatsApp shows a tapped button by itself."""

    async def name(self) -> str:
        """Our number; that the account answers for it shows that the password is right."""
        await self._asked(self._client().messages.list_async(to=wire_of(self.account), limit=1, page_size=1))
        return f"+{self.account}"

    async def forget(self, ref: MediaRef) -> None:
        """Delete the file at Twilio; one that is gone already is fine."""
        if not self._media.is_ours(ref.ref):
            return
        message, _, media = ref.ref.partition("/Messages/")[2].partition("/Media/")
        try:
            await self._asked(self._client().messages(message).media(media).delete_async())
        except Permanent as error:
            if error.code not in ("404", "20404"):
                raise

    async def recent(
        self, since: datetime, unknown: Callable[[Collection[str]], Awaitable[set[str]]]
    ) -> list[InboundEvent]:
        """Messages that Twilio received since then and ``unknown`` picks: webhooks that never came."""
        listed = await self._asked(
            self._client().messages.list_async(
                to=wire_of(self.account), date_sent_after=since.astimezone(UTC), limit=1000
            )
        )
        inbound = [m for m in listed if m.direction == "inbound" and m.sid and m.from_]
        wanted = await unknown([str(m.sid) for m in inbound])
        return [await self._event(m) for m in inbound if m.sid in wanted]

    async def send(self, message: OutgoingMessage) -> Accepted:
        """Free text inside the reply window, else a template; at most ``per_second`` messages."""
        await self._pace.turn()
        async with in_time(message, self._clock):
            call = self._template(message)
            content = self._content(call) if call else self._text(message)
            made = await self._asked(
                self._client().messages.create_async(
                    to=wire_of(message.to),
                    from_=wire_of(self.account),
                    status_callback=f"{self._settings.public_url}/webhooks/whatsapp/status?outbox={message.outbox_id}",
                    **content,
                )
            )
        return Accepted(str(made.sid), withheld=call is not None and call.name == NEWS)

    async def find(self, message: OutgoingMessage, since: datetime) -> Sequence[Accepted]:
        """Messages of these very words that Twilio took since then, newest first."""
        listed = await self._asked(
            self._client().messages.list_async(
                to=wire_of(message.to), from_=wire_of(self.account), limit=_LOOKED_AT, page_size=_LOOKED_AT
            )
        )
        call = self._template(message)
        words = {self._shown(message), filled(call or message.template or news(message.subject))}
        return [
            Accepted(str(m.sid))
            for m in listed
            if m.direction != "inbound" and m.body in words and m.date_created and m.date_created >= since
        ]

    async def close(self) -> None:
        """Let go of connections."""
        await self._wire.close()
        await self._media.close()

    def _client(self) -> Client:
        # Made anew: the token may have been exchanged meanwhile, and it costs no connection.
        return Client(self._settings.account_sid, self._settings.token(), http_client=self._wire)

    def _template(self, message: OutgoingMessage) -> TemplateCall | None:
        """What must be said by template: reminders always, everything else when the window is over."""
        if message.template is not None:
            return message.template
        open_until = message.heard_at + REPLY_WINDOW - _MARGIN if message.heard_at else None
        return None if open_until and self._clock.now() < open_until else news(message.subject or message.text)

    def _content(self, call: TemplateCall) -> dict[str, str]:
        sid = self._settings.templates.get(call.name)
        if sid is None:
            told = f"templat WhatsApp '{call.name}' belum diatur di [whatsapp.templates]"
            raise Permanent(told, code="no_template", refusal=Refusal.CONFIG)
        return {"content_sid": sid, "content_variables": json.dumps(dict(call.variables), ensure_ascii=False)}

    def _text(self, message: OutgoingMessage) -> dict[str, object]:
        buttons = message.buttons[: len(CHOICES)]
        if buttons and (sid := self._settings.templates.get(CHOICES[len(buttons) - 1])) and not message.files:
            words = [message.text, *(word for b in buttons for word in (b.title, b.payload))]
            variables = {str(n): word for n, word in enumerate(words, 1)}
            return {"content_sid": sid, "content_variables": json.dumps(variables, ensure_ascii=False)}
        body: dict[str, object] = {"body": self._shown(message)}
        if message.files and message.files[0].link:
            body["media_url"] = [message.files[0].link]
        return body

    def _shown(self, message: OutgoingMessage) -> str:
        """The text; without buttons of its own the channel says what to type, further files are links."""
        if message.buttons and CHOICES[min(len(message.buttons), 3) - 1] in self._settings.templates:
            return message.text[:TEXT_LIMIT]
        typed = [f"Balas {b.payload} untuk {b.title}." for b in message.buttons]
        links = [f"{f.name}: {f.link}" for f in message.files[1:] if f.link]
        return "\n".join([message.text.strip(), *typed, *links])[:TEXT_LIMIT]

    async def _event(self, found: MessageInstance) -> InboundEvent:
        """What the webhook would have said, as far as the resource tells."""
        media: tuple[MediaRef, ...] = ()
        if int(found.num_media or 0):
            parts = await self._asked(self._client().messages(str(found.sid)).media.list_async(limit=30))
            base = f"{API}/2010-04-01/Accounts/{self._settings.account_sid}/Messages/{found.sid}/Media"
            media = tuple(MediaRef(f"{base}/{p.sid}", p.content_type or "") for p in parts)
        what = media_word(media[0].media_type) if media else "" if (found.body or "").strip() else "empty"
        kind = EventKind.OTHER if what else EventKind.FILE if media else EventKind.TEXT
        told = {name: str(value) for name, value in vars(found).items() if not name.startswith("_")}
        return InboundEvent(
            channel=Scheme.WHATSAPP,
            account=self.account,
            event_id=str(found.sid),
            kind=kind,
            addresses=(address_of(str(found.from_)),),
            to=address_of(str(found.to)),
            received_at=self._clock.now(),
            provider_time=found.date_created,
            text=found.body or "",
            media=media if kind is EventKind.FILE else (),
            what=what,
            raw=json.dumps(told, sort_keys=True).encode(),
        )

    async def _asked(self, question: Awaitable[T]) -> T:
        """What Twilio answers, its refusals told as our errors."""
        try:
            return await question
        except TwilioRestException as error:
            raise _judged(error, self._wire.retry_after) from None
        except TwilioException as error:
            raise Unknown(f"jawaban Twilio tidak dapat dibaca: {type(error).__name__}") from None


class _Form(dict[str, list[str]]):
    """Fields as Twilio's validator wants them."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]


def _judged(error: TwilioRestException, retry_after: float | None) -> Retryable | Permanent | Unknown:
    """What a refusal of Twilio's means (``whatsapp_codes``)."""
    code = str(error.code or error.status)
    told = f"Twilio menolak dengan kode {code}"
    kind = meaning(error.code)
    if error.status == 429 or kind is Trouble.THROTTLE:
        return Retryable(told, after=retry_after or 5.0, code=code, outage=True)
    if error.status in (401, 403) or kind is Refusal.CONFIG:
        return Retryable(told, after=60.0, code=code, outage=True, mend=True)
    if error.status >= 500:
        return Unknown(f"Twilio menjawab {error.status}")
    if kind is Trouble.PROVIDER:
        return Retryable(told, code=code)
    return Permanent(told, code=code, refusal=kind)
