"""A name and a number that are both damaged, as blurred print is: neither tells who it is, together they do.

Two people's numbers differ in about nine of eighteen digits and their names in most letters. A row that is near one
person in both, and near nobody else in the whole government, means that person. Source: facts: scan, "Sheets of the
offices' own"; DOMAIN.md 1.
"""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

_DIGITS = 18
_SHORTEST = 13
_MOST_WRONG = 6  # of the digits
_LEAST_ALIKE = 0.5  # of the letters
_MOST_APART = 0.6  # both parts together: a share of wrong digits and a share of wrong letters
_GAP = 0.35  # to the next person


def blurred_match(name: str, digits: str, people: Sequence[tuple[str, str, str]]) -> str | None:
    """The key of the only one of ``people`` (key, joined name, NIP; the whole roster) that both mean, else None.

    ``name``: the letters written, without spaces and titles, in ``names.canonical`` spelling.
    """
    if not _SHORTEST <= len(digits) <= _DIGITS + 2 or len(name) < _SHORTEST // 2:
        return None
    apart = sorted((_apart(name, digits, letters, nip), key) for key, letters, nip in people)
    if not apart or apart[0][0] > _MOST_APART or (len(apart) > 1 and apart[1][0] - apart[0][0] < _GAP):
        return None
    return apart[0][1]


def _apart(name: str, digits: str, letters: str, nip: str) -> float:
    """The shares of wrong digits and of wrong letters together; more than is allowed where one of them is too great."""
    wrong, unlike = OSA.distance(digits, nip), OSA.normalized_distance(name, letters)
    together = wrong / _DIGITS + unlike
    return together if wrong <= _MOST_WRONG and unlike <= 1 - _LEAST_ALIKE else max(together, _MOST_APART + 0.01)
