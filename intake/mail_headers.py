"""Header fields of untrusted mail as plain text: unfolded, decoded, never raising.

Only ``compat32`` is used: over 1,323 odd mails it raised on none, the newer policies on 64 (facts: mail).
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

Headers = Sequence[tuple[str, str]]
HEAD_LIMIT = 256 * 1024  # bytes of a header block that are looked at

_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\n\r\n|\r\r")
_FOLD = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_GAP_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,900}>")


def head_of(raw: bytes) -> bytes:
    """The header block at the start of ``raw``, at most ``HEAD_LIMIT`` bytes, with its blank line if one is there."""
    end = _BLANK_LINE.search(raw, 0, HEAD_LIMIT)
    return raw[: end.end()] if end else raw[:HEAD_LIMIT]


def parse_head(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Name and unfolded value of each header field of ``raw``, in order; the body is never touched."""
    return plain_headers(BytesHeaderParser(policy=compat32).parsebytes(head_of(raw)))


def plain_headers(message: Message) -> tuple[tuple[str, str], ...]:
    """Name and unfolded value of each field of ``message``; encoded words stay as they are, for the judges."""
    return tuple((name, unfold(str(value))) for name, value in message.raw_items())


def unfold(value: str) -> str:
    """One line of valid Unicode: folds removed, stray bytes read as UTF-8 or replaced."""
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _FOLD.sub("", text).strip()


def all_of(headers: Headers, name: str) -> list[str]:
    """Every value of the field ``name`` (lower-case), in order."""
    return [value for key, value in headers if key.lower() == name]


def first_of(headers: Headers, name: str) -> str:
    """The first value of the field ``name`` (lower-case), or an empty text."""
    return next((value for key, value in headers if key.lower() == name), "")


def decode_words(value: str, limit: int = 1000) -> str:
    """RFC 2047 encoded words of ``value`` as text without control characters; what is broken stays as written."""
    joined = _GAP_BETWEEN_WORDS.sub(r"\1\2", value)
    text = _ENCODED_WORD.sub(_decode_word, joined)
    return _CONTROL.sub(" ", _FOLD.sub(" ", text))[:limit].strip()


def _decode_word(word: re.Match[str]) -> str:
    charset, encoding, content = word.groups()
    raw = content.encode("utf-8", "replace")
    try:
        data = lenient_base64(raw) if encoding in "bB" else quopri.decodestring(raw, header=True)
    except ValueError:
        return word.group()
    return decode_text(data, charset)


def lenient_base64(data: bytes) -> bytes:
    """Base64 with stray characters and missing padding; raises ``ValueError`` only when nothing can be made of it."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def decode_text(data: bytes, charset: str | None) -> str:
    """``data`` as text: by its declared charset, else UTF-8, else Windows-1252; never raises.

    Codecs of Python that are no charsets of text (``idna``, ``unicode_escape``, ``zip`` …) are not used.
    """
    for name in (charset or "", "utf-8"):
        if re.fullmatch(
            r"(?i)\s*\"?(utf|iso|windows|cp|us-ascii|ascii|latin|koi8|gb|big5|euc|shift|mac)[\w-]*\"?\s*", name
        ):
            try:
                return data.decode(name.strip(' "'))
            except (LookupError, UnicodeError):
                continue
    return data.decode("cp1252", "replace")


def message_ids(value: str, limit: int = 100) -> tuple[str, ...]:
    """The ``<…>`` identifiers in a Message-ID, In-Reply-To or References field, in order, without repeats."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))[:limit]


def read_date(value: str) -> datetime | None:
    """A date of a Date or Received field as an aware UTC moment; None when it is none, or absurd."""
    try:
        moment = parsedate_to_datetime(value.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if 1990 <= moment.year <= 2100 else None


def strip_comments(value: str) -> str | None:
    """``value`` without its (nested) comments, quoted strings kept; None when a bracket or a quote never closes."""
    kept: list[str] = []
    depth, quoted, skip = 0, False, False
    for char in value:
        if skip:
            skip = False
        elif char == "\\" and (quoted or depth):
            skip = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif not quoted and char == "(":
            depth += 1
        elif not quoted and char == ")":
            depth -= 1
            if depth < 0:
                return None
            kept.append(" ")
            continue
        if not depth:
            kept.append(char)
    return "".join(kept) if depth == 0 and not quoted else None


def lowered(values: Iterable[str]) -> frozenset[str]:
    """The values in lower case, stripped."""
    return frozenset(value.strip().lower() for value in values)
