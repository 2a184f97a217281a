"""Which sheet a page is: in nine tag ids, in two QR codes and in print; all three unforgeable without the key.

``Identity`` is 24 bits: the form's number and the leaf within it. The tags carry it through a keyed mix, the QR codes
openly beside a token of the page's whole content. The key is the installation's own and passed in.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.sheet_code import MESSAGE, TAGS, decode, encode
from domain.sheet_tag_table import TAG_PATTERNS

NUMBER_BITS = 20
LEAF_BITS = 4
LEAVES = 1 << LEAF_BITS
"""Pages that share one form number; a larger unit takes more numbers."""
NUMBERS = 1 << NUMBER_BITS
"""Form numbers before they begin again from 0, twenty years of a regency's weekly sheets."""
SYMBOLS = 64
CORNERS = ("A", "B")  # the QR code at the top right, the one at the bottom left
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to be misread in print
_HALF = 12
_ROUNDS = 6
_TOKEN = 10  # characters of the token in each QR code: 50 bits
_PAYLOAD = re.compile(rf"([{''.join(CORNERS)}])([{_ALPHABET}]{{4}})([{_ALPHABET[:LEAVES]}])([{_ALPHABET}]{{{_TOKEN}}})")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """``number`` of the form (0 to 2**20 - 1) and ``leaf`` within it (0 to 15)."""

    number: int
    leaf: int

    def __post_init__(self) -> None:
        if not (0 <= self.number < NUMBERS and 0 <= self.leaf < LEAVES):
            raise ValueError(f"no such sheet: {self.number}/{self.leaf}")

    def __str__(self) -> str:
        """``number/leaf``, as readings name it."""
        return f"{self.number}/{self.leaf}"

    @classmethod
    def parse(cls, text: str) -> "Identity | None":
        """The identity that ``str`` gave; None for anything else."""
        number, _, leaf = text.partition("/")
        known = number.isdecimal() and leaf.isdecimal() and int(number) < NUMBERS and int(leaf) < LEAVES
        return cls(int(number), int(leaf)) if known else None


@dataclass(frozen=True, slots=True)
class Payload:
    """What one QR code, or the code in print (corner ``A``), says. ``token`` still has to be checked."""

    corner: str
    identity: Identity
    token: str


@dataclass(frozen=True, slots=True)
class TagReading:
    """The sheet that the tags name, with the number of tags that agree out of those seen."""

    identity: Identity
    agreeing: int
    seen: int


def _subkey(key: bytes, purpose: str) -> bytes:
    if len(key) < 16:
        raise ValueError("the sheets' key has at least 16 bytes")
    return hmac.digest(key, f"posko sheet {purpose} 1".encode(), "sha256")


def _base32(value: int, length: int) -> str:
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(length)))


def _mix(value: int, key: bytes, rounds: Iterable[int]) -> int:
    """A Feistel network over 24 bits; the same rounds in reverse order undo it."""
    left, right = value >> _HALF, value & (1 << _HALF) - 1
    for number in rounds:
        digest = hmac.digest(key, bytes((number,)) + right.to_bytes(2, "big"), "sha256")
        left, right = right, left ^ int.from_bytes(digest[:2], "big") >> 4
    return right << _HALF | left  # swapped, so that undoing runs through the same code


def tag_symbols(identity: Identity, key: bytes) -> tuple[int, ...]:
    """The symbol 0..63 at each of the nine positions."""
    mixed = _mix(identity.number << LEAF_BITS | identity.leaf, _subkey(key, "tags"), range(_ROUNDS))
    return encode([mixed >> 6 * place & 63 for place in reversed(range(MESSAGE))])


def tag_ids(identity: Identity, key: bytes) -> tuple[int, ...]:
    """The ids of DICT_4X4_1000 to print: position × 64 + symbol."""
    return tuple(position * SYMBOLS + symbol for position, symbol in enumerate(tag_symbols(identity, key)))


def tag_pattern(tag: int) -> tuple[tuple[bool, ...], ...]:
    """Six by six modules of tag ``tag``, rows from the top, True is white; the outer ring is black."""
    bits = int(TAG_PATTERNS[4 * tag : 4 * tag + 4], 16)
    inner = [[bool(bits >> 15 - 4 * y - x & 1) for x in range(4)] for y in range(4)]
    edge = (False,) * 6
    return (edge, *((False, *row, False) for row in inner), edge)


def read_tags(ids: Iterable[int], key: bytes, is_open: Callable[[Identity], bool]) -> TagReading | None:
    """The sheet that the found tag ids name; None when too few agree or no such sheet is open.

    A position with two different symbols counts as not seen. Callers drop ids that lie in the wrong place first.
    """
    seen: dict[int, set[int]] = {}
    for tag in ids:
        if 0 <= tag < TAGS * SYMBOLS:
            seen.setdefault(tag // SYMBOLS, set()).add(tag % SYMBOLS)
    found = decode({position: symbols.pop() for position, symbols in seen.items() if len(symbols) == 1})
    if found is None:
        return None
    mixed = 0
    for symbol in found.message:
        mixed = mixed << 6 | symbol
    plain = _mix(mixed, _subkey(key, "tags"), reversed(range(_ROUNDS)))
    identity = Identity(plain >> LEAF_BITS, plain & LEAVES - 1)
    return TagReading(identity, found.agreeing, found.seen) if is_open(identity) else None


def sheet_token(content: bytes, key: bytes) -> str:
    """Twenty characters that only the key's owner can make for ``content``: ten for each QR code."""
    digest = hashlib.sha256(content).digest()
    return _base32(int.from_bytes(hmac.digest(_subkey(key, "token"), digest, "sha256")[:13], "big") >> 4, 2 * _TOKEN)


def payloads(identity: Identity, token: str) -> tuple[str, str]:
    """The texts of the two QR codes, sixteen characters each (fits version 1-Q)."""
    name = _base32(identity.number, 4) + _ALPHABET[identity.leaf]
    first, second = (corner + name + token[i * _TOKEN : (i + 1) * _TOKEN] for i, corner in enumerate(CORNERS))
    return first, second


def print_code(prefix: str, identity: Identity, token: str) -> str:
    """The same for people: ``TLG-0K3F1-7QXMZ-P2A4C``."""
    text = payloads(identity, token)[0][1:]
    return "-".join((prefix, text[:5], text[5:10], text[10:]))


def parse_payload(text: str) -> Payload | None:
    """What a QR code of the desk says; None for any other text."""
    found = _PAYLOAD.fullmatch(text)
    if found is None:
        return None
    number = 0
    for letter in found[2]:
        number = number << 5 | _ALPHABET.index(letter)
    return Payload(found[1], Identity(number, _ALPHABET.index(found[3])), found[4])


def parse_print_code(text: str) -> Payload | None:
    """A code typed from the print: case, blanks and O/0, I/1 do not matter, the prefix may be missing."""
    plain = re.sub(r"[\s.-]", "", text.upper())
    return parse_payload(CORNERS[0] + plain[-15:].translate(_MISREAD)) if len(plain) >= 15 else None


def token_fits(payload: Payload, token: str) -> bool:
    """Whether a payload carries its part of ``token``."""
    at = CORNERS.index(payload.corner) * _TOKEN
    return hmac.compare_digest(payload.token, token[at : at + _TOKEN])
