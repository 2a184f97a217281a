"""What a mail server says about a letter that it could not hand on (RFC 3464), read in the sandboxed child.

Only the report's own blocks and the head of the returned letter are looked at. Whoever writes a report may write
anything into it: what counts is a Message-ID that only the desk and that letter's reader know (``intake.bounces``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from intake.mail_headers import Headers, all_of, decode_words, first_of, message_ids, parse_head, plain_headers
from intake.mime_leaf import decoded

_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_RETURNED_HEAD = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
_RETURNED = frozenset({"message/rfc822", "message/global"})
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_MOST = 20  # recipients and ids that are looked at


@dataclass(frozen=True, slots=True)
class BouncedTo:
    """One recipient's part of a report: ``action`` (``failed``, ``delayed`` …, lower-case), ``status`` (``5.1.1``).

    ``reason`` is the server's own line, at most 200 characters.
    """

    address: str
    action: str
    status: str
    reason: str

    @property
    def final(self) -> bool:
        """Whether the server has given up; a delay (4.x.x) goes on being tried by it."""
        return self.action == "failed" or (not self.action and self.status.startswith("5"))


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A delivery report: of whom it speaks, and every Message-ID that may be the letter's, the surest first."""

    recipients: tuple[BouncedTo, ...]
    message_ids: tuple[str, ...]


def bounce_in(root: Message) -> BounceReport | None:
    """The report that ``root`` is; None for any other mail."""
    headers = plain_headers(root)
    failed = [address.strip() for value in all_of(headers, "x-failed-recipients") for address in value.split(",")]
    kind = str(root.get_param("report-type") or "").lower()
    if not failed and (root.get_content_type() != "multipart/report" or kind != "delivery-status"):
        return None
    parts = list(_parts(root, 0))
    blocks = [plain_headers(block) for part in parts if part.get_content_type() in _REPORTS for block in _blocks(part)]
    recipients = [_recipient(block) for block in blocks if _address(block)]
    if not recipients:
        recipients = [BouncedTo(address, "failed", "", "") for address in failed]  # Exim tells no more
    ids = [*_named(headers, blocks), *(one for part in parts for one in _returned(part))]
    ids += message_ids(" ".join([*all_of(headers, "in-reply-to"), *all_of(headers, "references")]), _MOST)
    return BounceReport(tuple(recipients[:_MOST]), tuple(dict.fromkeys(ids))[:_MOST])


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """The report's own parts; what was returned is not walked into."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
    elif depth < 3 and isinstance(payload := message.get_payload(), list):
        for part in payload[:_MOST]:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _named(headers: Headers, blocks: list[tuple[tuple[str, str], ...]]) -> list[str]:
    said = [value for head in (headers, *blocks) for value in all_of(head, "original-message-id")]
    return list(message_ids(" ".join(said), _MOST))


def _returned(part: Message) -> list[str]:
    """The Message-ID of the letter as it came back, whole or its head alone."""
    kind = part.get_content_type()
    head: Headers = ()
    if kind in _RETURNED and part.is_multipart() and isinstance(inner := part.get_payload(0), Message):
        head = plain_headers(inner)
    elif kind in _RETURNED_HEAD:
        head = parse_head(decoded(part) + b"\r\n\r\n")
    return list(message_ids(first_of(head, "message-id"), 1))


def _address(block: Headers) -> str:
    """The address as it was written to, else as the last server knew it: ``rfc822; a@b``."""
    for name in ("original-recipient", "final-recipient"):
        if value := first_of(block, name):
            return decode_words(value.rpartition(";")[2].strip().strip("<>"), 320)
    return ""


def _recipient(block: Headers) -> BouncedTo:
    told = decode_words(first_of(block, "diagnostic-code"), 200)
    status = _STATUS.search(first_of(block, "status")) or _STATUS.search(told)
    action = first_of(block, "action").strip().lower()
    return BouncedTo(_address(block), action, status[0] if status else "", told)
