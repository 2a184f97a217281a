"""What the fake Twilio keeps, and what it accepts: the parameters of the public specification and no other."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

# The parameters of POST and GET /Messages.json in Twilio's OpenAPI document; a test compares them with it.
POST_KEYS = frozenset(
    {
        "To", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod",
        "ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType",
        "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentVariables", "RiskCheck", "From", "FallbackFrom",
        "MessagingServiceSid", "Body", "MediaUrl", "ContentSid",
    }
)  # fmt: skip
LIST_KEYS = frozenset({"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"})
BODY_LIMIT, TEMPLATE_LIMIT = 1600, 1024
_VARIABLE = re.compile(r"\{\{(\d+)\}\}")
_WHATSAPP = re.compile(r"whatsapp:(\+[1-9]\d{7,14}|ID\.\d+)")


def new_sid(prefix: str) -> str:
    """``SM`` and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Media:
    """One file; ``missing`` is how often its address still answers 404, ``deleted`` for ever."""

    sid: str
    media_type: str
    data: bytes
    created: datetime
    missing: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Message:
    """One message, in either direction."""

    sid: str
    account: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    media: list[Media] = field(default_factory=list)
    callback: str | None = None
    error: int | None = None
    content: str | None = None
    told: bool = False  # every callback about it is answered

    def as_json(self) -> dict[str, object]:
        """As the API shows it."""
        base = f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}"
        return {
            "sid": self.sid, "account_sid": self.account, "api_version": "2010-04-01", "body": self.body,
            "date_created": _gmt(self.created), "date_sent": _gmt(self.created),
            "date_updated": _gmt(self.created), "direction": self.direction, "error_code": self.error,
            "error_message": None, "from": self.sender, "to": self.to, "messaging_service_sid": None,
            "num_media": str(len(self.media)), "num_segments": "1", "price": None, "price_unit": "USD",
            "status": self.status, "uri": f"{base}.json", "subresource_uris": {"media": f"{base}/Media.json"},
        }  # fmt: skip


@dataclass(slots=True)
class Asked:
    """One request as it arrived at one of the two hosts."""

    host: str
    method: str
    path: str
    authorization: str | None


@dataclass(slots=True)
class Refused(Exception):
    """The API's own error: ``status`` of HTTP and ``code`` of Twilio."""

    status: int
    code: int
    message: str


def _gmt(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))


def check_new(form: Mapping[str, Sequence[str]], number: str, templates: Mapping[str, str]) -> str:
    """Refuse what Twilio would refuse at once; returns the text as its reader will see it."""
    strange = form.keys() - POST_KEYS
    if strange:
        raise Refused(400, 20001, f"unknown parameters: {', '.join(sorted(strange))}")
    given = {name: values[0] for name, values in form.items()}
    if not _WHATSAPP.fullmatch(given.get("To", "")):
        raise Refused(400, 21211, "invalid To")
    if given.get("From") != f"whatsapp:+{number}":
        raise Refused(400, 63007, "no channel with this From address")
    body, content = given.get("Body", ""), given.get("ContentSid", "")
    if bool(body or "MediaUrl" in given) == bool(content):
        raise Refused(400, 21619, "either Body, MediaUrl or ContentSid")
    if len(body) > BODY_LIMIT:
        raise Refused(400, 21617, "body too long")
    if not content:
        return body
    if content not in templates:
        raise Refused(400, 21655, "unknown ContentSid")
    return _fill(templates[content], given.get("ContentVariables", "{}"))


def _fill(text: str, written: str) -> str:
    try:
        variables = json.loads(written)
    except ValueError:
        raise Refused(400, 21656, "ContentVariables is no JSON") from None
    wanted = set(_VARIABLE.findall(text))
    if not isinstance(variables, dict) or not wanted <= variables.keys():
        raise Refused(400, 21656, "a variable is missing")
    if any(not str(v).strip() or "\n" in str(v) for k, v in variables.items() if k in wanted) and not text == "{{1}}":
        raise Refused(400, 21656, "a variable is empty or has line breaks")
    filled = _VARIABLE.sub(lambda match: str(variables[match[1]]), text)
    if len(filled) > TEMPLATE_LIMIT:
        raise Refused(400, 21656, "template too long")
    return filled


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """What Twilio writes into ``X-Twilio-Signature``: HMAC-SHA1 over the address and the sorted fields."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
