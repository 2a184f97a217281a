"""Name, disposition and decoded bytes of one leaf of a mail, however badly they are written."""

import binascii
import re
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import unquote_to_bytes

from intake.mail_headers import decode_text, decode_words, lenient_base64, unfold

_CODING = re.compile(r"[A-Za-z0-9-]+")
_NAME = re.compile(r"(?i)\b(?:file)?name\s*=\s*(?:\"([^\"]*)\"|([^;\s][^;]*))")
_LONGEST_NAME = 255
_UUENCODED = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})


def coding_of(message: Message) -> str:
    """The transfer encoding, lower-case, without what people write behind it (``BASE64; (x)``)."""
    coding = _CODING.search(unfold(str(message.get("content-transfer-encoding", ""))))
    return coding.group().lower() if coding else ""


def raw_bytes(message: Message) -> bytes:
    """The bytes of a leaf as they stand in the mail. Its header of the transfer encoding is dropped to get at them."""
    del message["content-transfer-encoding"]
    payload = message.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def decoded(message: Message) -> bytes:
    """The bytes of a leaf after its transfer encoding; what cannot be decoded is returned as it stands."""
    coding = coding_of(message)
    return decode_bytes(raw_bytes(message), coding)


def decode_bytes(raw: bytes, coding: str) -> bytes:
    """``raw`` without its transfer encoding; what cannot be decoded is returned as it stands."""
    try:
        if coding == "base64":
            return lenient_base64(raw)
        if coding == "quoted-printable":
            return binascii.a2b_qp(raw)
        if coding in _UUENCODED:
            return uudecode(raw) or raw
    except ValueError:
        return raw
    return raw


def uudecode(data: bytes) -> bytes:
    """The lines of a uuencoded block, with or without ``begin`` and ``end``; a broken line ends it."""
    found = bytearray()
    for line in data.splitlines():
        if line.startswith(b"begin ") or not line.strip():
            continue
        if line.strip() == b"end":
            break
        try:
            found += binascii.a2b_uu(line)
        except binascii.Error:
            try:  # some encoders pad a line too long; its first byte says how much counts
                found += binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3 + 1])
            except binascii.Error:
                break
    return bytes(found)


def disposition_of(message: Message) -> str:
    """``attachment``, ``inline`` … or an empty text, lower-case."""
    value = unfold(str(message.get("content-disposition", "")))
    return value.partition(";")[0].strip().lower()[:40]


def leaf_name(message: Message) -> str:
    """The file name the sender gave: RFC 2231, RFC 2047 or bare; its last component, without control characters."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        name = _parameter(message, header, parameter)
        if name:
            return re.split(r"[\\/]", name)[-1].strip()[-_LONGEST_NAME:]
    return ""


def _parameter(message: Message, header: str, parameter: str) -> str:
    try:
        value = message.get_param(parameter, header=header)
        # A RFC 2231 value is a triple (charset, language, text).
        text = _collapse(value) if isinstance(value, tuple) else value
    except (ValueError, LookupError, TypeError, AttributeError):
        text = None  # get_param stumbles over broken continuations; the plain pattern below still finds a name
    if not isinstance(text, str):
        if header not in message or not (found := _NAME.search(unfold(str(message[header])))):
            return ""
        text = found.group(1) or found.group(2) or ""
    text = unfold(text)
    if "''" in text and "%" in text:  # RFC 2231 coding under a plain parameter name
        charset, _, coded = text.partition("''")
        text = decode_text(unquote_to_bytes(coded), charset)
    return decode_words(text)


def _collapse(value: tuple[str | None, str | None, str]) -> str:
    charset, _, text = value
    data = text.encode("raw-unicode-escape", "replace")
    if charset is None or any(ord(char) > 255 for char in text):
        return collapse_rfc2231_value(text)
    return decode_text(data, charset)
