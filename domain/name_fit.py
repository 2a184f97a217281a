"""How far a written name is from a person's name, in the mistakes that officers and scanners really make.

A *cost* of 0 is the same name in another spelling; up to ``CERTAIN`` it may decide (with a gap to the next
person), up to ``POSSIBLE`` it is worth asking about. Sources: DOMAIN.md 9.
"""

from collections.abc import Container

from rapidfuzz.distance import OSA

Key = tuple[str, ...]

CERTAIN = 1.75
POSSIBLE = 2.6
IMPOSSIBLE = 9.0

_INITIAL = 0.3
_TYPO = 0.8
_CUT = 0.6  # the last letter or two missing, as at the edge of a column
_VOWEL = 2.0  # Susanto and Susanti are two people, not a slip
_DROPPED = (1.2, 0.7, 1.0)  # first, middle, last word of the name not written
_EXTRA = 1.8
_OTHER_WORD = 1.9  # near, but a known word of other names: never sure, worth asking
_TURNED = 0.8
_GLUED = 0.2


def cost(written: Key, name: Key, other_words: Container[str]) -> float:
    """Cost of reading ``written`` as ``name``; ``other_words`` are words known from names, never slips of another."""
    if not written or not name:
        return IMPOSSIBLE
    if written == name:
        return 0.0
    best = _aligned(written, name, other_words)
    if len(written) > 1 and sorted(written) == sorted(name):
        best = min(best, _TURNED)
    if len(written) != len(name) and "".join(written) == "".join(name):
        best = min(best, _GLUED)
    return best if _enough(written, name) else max(best, CERTAIN + 0.1)


def _enough(written: Key, name: Key) -> bool:
    # One word of a longer name, or initials alone, is never proof.
    full = sum(len(word) > 2 for word in written)
    return full >= 1 and (len(written) >= 2 or len(name) == 1 or len("".join(written)) >= len("".join(name)))


def _aligned(written: Key, name: Key, other_words: Container[str]) -> float:
    """Cheapest alignment in order; words may be dropped from ``name`` or be extra in ``written``."""
    rows, columns = len(written), len(name)
    table = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for column in range(columns):
        table[0][column + 1] = table[0][column] + _dropped(column, columns)
    for row in range(rows):
        table[row + 1][0] = table[row][0] + _EXTRA
        for column in range(columns):
            table[row + 1][column + 1] = min(
                table[row][column] + word_cost(written[row], name[column], other_words),
                table[row + 1][column] + _dropped(column, columns),
                table[row][column + 1] + _EXTRA,
            )
    return table[rows][columns]


def _dropped(column: int, columns: int) -> float:
    if column == 0:
        return _DROPPED[0]
    return _DROPPED[2] if column == columns - 1 else _DROPPED[1]


def word_cost(written: str, word: str, other_words: Container[str]) -> float:
    """Cost of reading one written word as ``word``; both in one spelling (``names.canonical``)."""
    if written == word:
        return 0.0
    if len(written) == 1 or len(word) == 1:
        return _INITIAL if written[0] == word[0] else IMPOSSIBLE
    if min(len(written), len(word)) <= 3:
        return IMPOSSIBLE
    return max(_slip(written, word), _OTHER_WORD if written in other_words else 0.0)


def _slip(written: str, word: str) -> float:
    missing = len(word) - len(written)
    if 1 <= missing <= 2 and word.startswith(written):
        return _CUT if missing == 1 else _CUT + 0.3
    edits = OSA.distance(written, word, score_cutoff=2)
    if edits > 2 or (edits == 2 and min(len(written), len(word)) < 6):
        return IMPOSSIBLE
    return max(_TYPO * edits, _VOWEL if _other_ending(written, word) else 0.0)


def _other_ending(written: str, word: str) -> bool:
    """Whether only the ending differs in a way that makes another name: -o/-i/-a, or an added -i."""
    if written[:-1] == word[:-1]:
        return written[-1] in "aeiou" and word[-1] in "aeiou"
    return written[:-1] == word and written[-1] in "aei"


def resembles(written: Key, name: Key) -> bool:
    """Whether ``written`` could be ``name`` at all, judged kindly: used to see that a row's name and NIP agree."""
    if cost(written, name, ()) <= POSSIBLE:
        return True
    first, second = "".join(written), "".join(name)
    if OSA.normalized_similarity(first, second) >= 0.7:
        return True
    shared = sum(any(word_cost(word, own, ()) <= 1.0 and len(word) > 1 for own in name) for word in written)
    return 2 * shared > min(len(written), len(name))
