"""One outgoing mail as bytes: threading, loop marks, a deterministic Message-ID, nothing injected (facts: mail).

Built with the standard library's older classes: the newer ones cut long ids of In-Reply-To into encoded words, and
mail programs can no longer thread the answer.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from email import charset
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr

from domain.errors import Permanent
from intake.channel import OutgoingFile, OutgoingMessage
from intake.mail_headers import message_ids
from intake.sender import strict_address

_ON_THE_WIRE = compat32.clone(linesep="\r\n")
_UTF8 = charset.Charset("utf-8")
_UTF8.body_encoding = charset.QP
_REFERENCES_LIMIT = 4000  # characters; some servers refuse header fields over 8 kB
_LONGEST_SUBJECT = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def message_id_for(dedupe_key: str, from_address: str) -> str:
    """The Message-ID of the outbox row ``dedupe_key``: a repeated sending is recognised as the same mail."""
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]
    return f"<{digest}@{from_address.rpartition('@')[2]}>"


def build_mail(mail: OutgoingMessage, from_address: str, from_name: str, now: datetime) -> bytes:
    """The whole message. Raises ``Permanent`` (code ``bad_address``) when ``mail.to`` is no plain address."""
    to = strict_address(mail.to)
    if to is None:
        raise Permanent("alamat tujuan tidak tertulis dengan benar", code="bad_address")
    message = _body(mail)
    message["From"] = formataddr((_one_line(from_name, 100), from_address))
    message["To"] = to
    message["Subject"] = _words(_one_line(mail.subject, _LONGEST_SUBJECT))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id_for(mail.dedupe_key, from_address)
    if parent := message_ids(mail.in_reply_to or "", 1):
        message["In-Reply-To"] = parent[0]
        message["References"] = " ".join(_newest((*mail.references, parent[0])))
    message["Auto-Submitted"] = "auto-replied" if parent else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # Exchange heeds only this one
    message["X-Loop"] = from_address
    return message.as_bytes(policy=_ON_THE_WIRE)


def _body(mail: OutgoingMessage) -> Message:
    text = MIMENonMultipart("text", "plain")
    text.set_payload(mail.text.encode("utf-8", "replace").decode(), _UTF8)
    if not mail.files:
        return text
    whole = MIMEMultipart("mixed")
    whole.attach(text)
    for file in mail.files:
        whole.attach(_attachment(file))
    return whole


def _attachment(file: OutgoingFile) -> Message:
    main, _, sub = file.media_type.partition("/")
    part = MIMEApplication(file.data)
    part.set_type(f"{main}/{sub}" if main and sub else "application/octet-stream")
    name = _one_line(file.name, 120) or "lampiran"
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def _newest(references: Iterable[str]) -> list[str]:
    """As many of the newest ids as a field may hold, the oldest first."""
    kept: list[str] = []
    size = 0
    for one in reversed(message_ids(" ".join(references), 1000)):
        size += len(one) + 1
        if size > _REFERENCES_LIMIT:
            break
        kept.insert(0, one)
    return kept


def _words(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode()


def _one_line(text: str, limit: int) -> str:
    """No control character can start another header field."""
    clean = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", clean).strip()[:limit]
