"""A name and a number that are both damaged, as blurred print is: neither tells who it is, together they do.

Two people's numbers differ in about nine of eighteen digits and their names in most letters. A row that is near one
person in both, and near nobody else in the whole government, means that person. Measured on 2,953 rows of blurred
photographs: 2,924 got their own person, none another's; with the own person taken out of the roster none of 2,806 got
anybody.
Source: facts: scan, "Sheets of the offices' own"; DOMAIN.md 1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from domain.names import Name

_DIGITS = 18
_SHORTEST = 14  # digits
_FEWEST_LETTERS = 6
_MOST_WRONG, _MOST_UNLIKE, _MOST_APART = 0.2, 0.62, 0.7  # shares of digits, of letters, and both together
_GAP = 0.2  # to the next person
_BETTER_NAMED = 0.05  # who is called so much more like what is written may be meant as well
_ALIKE = str.maketrans("035689", "000000")
"""Digits that blur makes one of the other: such a slip counts half."""
_NO_LETTER = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True)
class Numbered:
    """Somebody with a NIP, and the letters of the name with its titles, without them, and in one spelling."""

    key: str
    nip: str
    spellings: tuple[str, str, str]


def spellings(whole: str, name: Name) -> tuple[str, str, str]:
    """The letters of ``whole`` (a name with its titles), of what stands before its first comma, and of ``name``'s
    words in one spelling: titles that are misread cannot be told from a name.
    """
    return _letters(whole), _letters(whole.partition(",")[0]), "".join(name.key)


def blurred_match(written: tuple[str, str, str], digits: str, people: Sequence[Numbered]) -> str | None:
    """The key of the only one of ``people`` (the whole roster) that both mean, else None.

    ``written``: ``spellings`` of the name. The person must be nearest by number, and as near as anybody by name: a
    number copied beside another's name stays a question.
    """
    if not _SHORTEST <= len(digits) <= _DIGITS + 2 or len(written[2]) < _FEWEST_LETTERS:
        return None
    apart = sorted((_wrong(digits, one.nip), _unlike(written, one.spellings), one.key) for one in people)
    if not apart:
        return None
    wrong, unlike, key = apart[0]
    if wrong > _MOST_WRONG or unlike > _MOST_UNLIKE or wrong + unlike > _MOST_APART:
        return None
    others = apart[1:]
    if any(n - unlike < -_BETTER_NAMED or w + n - wrong - unlike < _GAP for w, n, _ in others):
        return None
    return key


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text.lower())


def _wrong(digits: str, nip: str) -> float:
    """The share of digits that are wrong, missing or too many."""
    strict = OSA.distance(digits, nip)
    if strict > _DIGITS // 2:
        return strict / _DIGITS  # too far to matter
    return (strict + OSA.distance(digits.translate(_ALIKE), nip.translate(_ALIKE))) / (2 * _DIGITS)


def _unlike(written: tuple[str, str, str], known: tuple[str, str, str]) -> float:
    """The share of letters that differ in the spelling that fits best."""
    return min(OSA.normalized_distance(a, b) for a, b in zip(written, known, strict=True))
