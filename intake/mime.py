"""The files in a mail: a pure walk over its bytes. It runs in the sandboxed child process.

The rule (facts: mail, "MIME"): every leaf that is no text, or has a name, or is an attachment, or begins like a
known file; into attached mails to a depth of 20, into uuencoded blocks of a text, into TNEF. Names that the sender
gave are metadata only. ``iter_attachments()`` missed files in 145 of 1,323 odd mails, so it is not used.
"""

from dataclasses import dataclass, field
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import compat32

from intake.mail_headers import decode_text, decode_words, first_of, parse_head
from intake.mime_body import TextBody, uuencoded_files
from intake.mime_bounce import BounceReport, bounce_in
from intake.mime_leaf import coding_of, decode_bytes, decoded, disposition_of, leaf_name, raw_bytes
from intake.mime_tnef import tnef_files
from parsers.sniff import Kind, sniff

MAX_PARTS = 500
MAX_BYTES = 200 * 1024 * 1024  # all decoded parts of one mail
MAX_DEPTH = 20  # attached mails inside attached mails
MAX_LEVELS = 60  # of multiparts and attached mails together

_NO_FILE = frozenset({Kind.EMPTY, Kind.UNKNOWN, Kind.CSV, Kind.HTML})
_BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/rfc822-headers"})
_FEED = 1 << 16


@dataclass(frozen=True, slots=True)
class MailPart:
    """One file: ``path`` is its place (``2.1``), ``name`` as the sender wrote it (may be empty), ``data`` decoded."""

    path: str
    name: str
    media_type: str
    disposition: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailContents:
    """A mail taken apart. ``headers`` are unfolded but undecoded, in order; ``text`` is at most 64 kB.

    ``problems`` are short English words for the log (``too deep``, ``cut after 300 files`` …): whatever happened,
    the files found so far are in ``parts``. ``bounce``: it is a delivery report; what it returns is our own letter and
    no file of anybody.
    """

    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    parts: tuple[MailPart, ...]
    problems: tuple[str, ...]
    bounce: BounceReport | None = None


class _Full(Exception):
    """A limit on the number or size of parts was reached."""


@dataclass
class _Walk:
    body: TextBody = field(default_factory=TextBody)
    parts: list[MailPart] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    size: int = 0

    def keep(self, part: MailPart) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise _Full(f"cut after {MAX_PARTS} files")
        if self.size + len(part.data) > MAX_BYTES:
            raise _Full(f"cut at {MAX_BYTES} bytes")
        self.size += len(part.data)
        self.parts.append(part)

    def note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def visit(self, message: Message, path: str, depth: int) -> None:
        """Take ``message`` apart; a fault in one part is noted and the others are still visited."""
        try:
            self._visit(message, path, depth)
        except (RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError) as error:
            # The standard library answers broken parts with all of these; none may hide the next part.
            self.note(f"part {path or '1'}: {type(error).__name__}")

    def _visit(self, message: Message, path: str, depth: int) -> None:
        if depth > MAX_DEPTH or path.count(".") > MAX_LEVELS:
            self.note("too deep")
            return
        if message.get_content_type() == "message/delivery-status":
            return  # a bounce's own blocks: no files and no words of a person
        if message.is_multipart():
            is_mail = message.get_content_maintype() == "message"
            inner = self._undecoded_mail(message) if is_mail else None
            for number, part in enumerate([inner] if inner else message.get_payload(), 1):
                if isinstance(part, Message):
                    self.visit(part, f"{path}.{number}".lstrip("."), depth + is_mail)
            return
        self._leaf(message, path or "1")

    def _undecoded_mail(self, message: Message) -> Message | None:
        """An attached mail in base64 is forbidden but sent; the parser has read its coding as a mail."""
        coding, inner = coding_of(message), message.get_payload(0)
        if coding not in ("base64", "quoted-printable") or not isinstance(inner, Message) or inner.keys():
            return None
        return _parse(decode_bytes(raw_bytes(inner), coding), self)

    def _leaf(self, message: Message, path: str) -> None:
        media_type = message.get_content_type()
        name, disposition = leaf_name(message), disposition_of(message)
        data = decoded(message)
        kind = sniff(data, name)
        broken_multipart = message.get_content_maintype() == "multipart"
        is_text = media_type in _BODY_TYPES or broken_multipart
        if is_text and not name and disposition != "attachment" and kind in _NO_FILE:
            self._text(message, data, path, media_type)
        elif kind is Kind.TNEF:
            self._tnef(MailPart(path, name, media_type, disposition, data))
        elif data or name:
            self.keep(MailPart(path, name, media_type, disposition, data))

    def _text(self, message: Message, data: bytes, path: str, media_type: str) -> None:
        charset = message.get_param("charset")
        text = decode_text(data, charset if isinstance(charset, str) else None)
        self.body.add(text, html=media_type == "text/html")
        for number, (name, content) in enumerate(uuencoded_files(data), 1):
            self.keep(
                MailPart(f"{path}.u{number}", decode_words(name), "application/octet-stream", "attachment", content)
            )

    def _tnef(self, part: MailPart) -> None:
        files, problem = tnef_files(part.data)
        if problem:
            self.note(f"part {part.path}: {problem}")
        if not files:
            self.keep(part)
        for number, (name, content) in enumerate(files, 1):
            self.keep(MailPart(f"{part.path}.t{number}", name, "application/octet-stream", "attachment", content))


def walk(raw: bytes) -> MailContents:
    """Take ``raw`` apart. Never raises for what a mail contains; see ``MailContents.problems``."""
    found = _Walk()
    headers = parse_head(raw)
    bounce = None
    try:
        if root := _parse(raw, found):
            bounce = _bounce(root, found)
            found.visit(root, "", 0)
    except _Full as full:
        found.note(str(full))
    return MailContents(
        headers=headers,
        subject=decode_words(first_of(headers, "subject")),
        text=found.body.text(),
        parts=() if bounce else tuple(found.parts),
        problems=tuple(found.problems),
        bounce=bounce,
    )


def _bounce(root: Message, found: _Walk) -> BounceReport | None:
    try:
        return bounce_in(root)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        found.note(f"delivery report: {type(error).__name__}")  # as in ``_Walk.visit``
        return None


def _parse(raw: bytes, found: _Walk) -> Message | None:
    """The tree of ``raw``. When the parser itself gives up, the leaves that it had finished are walked instead."""
    created: list[Message] = []

    def make(policy: object = compat32) -> Message:
        created.append(Message(policy=compat32))
        return created[-1]

    parser = BytesFeedParser(make, policy=compat32)
    try:
        for start in range(0, len(raw), _FEED):
            parser.feed(raw[start : start + _FEED])
        return parser.close()
    except (RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        found.note(f"parser: {type(error).__name__}")
    for number, message in enumerate(created, 1):
        if not message.is_multipart() and message.get_payload() is not None:
            found.visit(message, f"x{number}", 0)
    return None
