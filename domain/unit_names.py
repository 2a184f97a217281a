"""Which unit a header line, a file name or a subject means: certain only with a clear gap to the next.

A sheet filed under the wrong unit is worse than a question; numbers must agree exactly, so SMPN 1 is never
SMPN 10. Sources: DOMAIN.md 10 and 12.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from domain.roster import Unit
from domain.unit_words import KINDS, is_number, tokens

_CERTAIN = 0.7
_GAP = 0.15
_SHORT_FORM = 0.8
_POSSIBLE = 0.35
_DOUBTFUL = 0.6  # a cap: never certain, still offered
_UNKNOWN = 0.35  # weight of a word that no unit has
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """``code`` is None unless certain; ``candidates`` are codes, likeliest first; ``score`` is 0..1."""

    code: str | None
    score: float
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spelling:
    code: str
    words: frozenset[str]
    numbers: frozenset[str]
    parent: frozenset[str]


class _Index:
    def __init__(self, units: tuple[Unit, ...]) -> None:
        names = {unit.code: unit.name for unit in units}
        self.codes = {unit.code.casefold(): unit.code for unit in units}
        self.vocabulary = frozenset(w for unit in units for w in tokens(unit.name) if len(w) >= 3)
        self.spellings: list[_Spelling] = []
        self.exact: dict[tuple[str, ...], set[str]] = {}
        for unit in units:
            parent = frozenset(tokens(names.get(unit.parent or "", "")))
            for text in (unit.name, *unit.aliases):
                words = tokens(text, self.vocabulary)
                if not words:
                    continue
                self.exact.setdefault(words, set()).add(unit.code)
                numbers = frozenset(filter(is_number, words))
                self.spellings.append(_Spelling(unit.code, frozenset(words) - numbers, numbers, parent))
        frequency = Counter(word for spelling in self.spellings for word in spelling.words)
        self.weight = {w: math.log(1 + len(self.spellings) / count) for w, count in frequency.items()}
        self.known = frozenset(self.weight)

    def understood(self, words: Iterable[str]) -> set[str]:
        """``words`` with slips and cut-off words replaced by the only known word that each can be."""
        return {self._nearest(word) for word in words}

    def _nearest(self, word: str) -> str:
        if word in self.known or len(word) < 4:
            return word
        begun = [known for known in self.known if len(word) >= 4 and known.startswith(word)]
        if len(begun) == 1:
            return begun[0]
        limit = 2 if len(word) >= 9 else 1
        near = [known for known in self.known if len(known) >= 5 and OSA.distance(word, known, score_cutoff=2) <= limit]
        return near[0] if len(near) == 1 and len(word) >= 5 else word


def find_unit(roster_units: Iterable[Unit], text: str) -> UnitMatch:
    """The unit that ``text`` names, in full, abbreviated, by code or with header words around it."""
    index = _index(tuple(roster_units))
    code = index.codes.get(text.strip().casefold())
    if code is not None:
        return UnitMatch(code, 1.0, (code,))
    words = tokens(text, index.vocabulary)
    same = index.exact.get(words, set())
    if len(same) == 1:
        return UnitMatch(next(iter(same)), 1.0, tuple(same))
    numbers = frozenset(filter(is_number, words))
    understood = index.understood(word for word in words if not is_number(word))
    scores: dict[str, float] = {}
    for spelling in index.spellings:
        score = _score(index, spelling, understood, numbers)
        scores[spelling.code] = max(score, scores.get(spelling.code, 0.0))
    only = _only_short_form(index, understood, numbers)
    if only is not None:
        scores[only] = max(scores[only], _SHORT_FORM)
    return _decide(scores)


def _only_short_form(index: _Index, words: set[str], numbers: frozenset[str]) -> str | None:
    """The only unit whose name holds every word and the same numbers: "Dinas Tenaga Kerja", "SMP 3"."""
    if len(words) + len(numbers) < 2 or not words:
        return None
    holders = {s.code for s in index.spellings if words <= s.words and numbers == s.numbers}
    return next(iter(holders)) if len(holders) == 1 else None


@lru_cache(maxsize=8)
def _index(units: tuple[Unit, ...]) -> _Index:
    return _Index(units)


def _score(index: _Index, spelling: _Spelling, words: set[str], numbers: frozenset[str]) -> float:
    matched = words & spelling.words
    if not matched:
        return 0.0
    found = sum(index.weight[word] for word in matched)
    whole = sum(index.weight[word] for word in spelling.words)
    others = words - spelling.words - spelling.parent
    unknown = {word for word in others if word not in index.known}
    foreign = sum(index.weight[word] for word in others - unknown)
    score = found / (whole + foreign + _UNKNOWN * len(unknown))
    doubtful = (
        numbers != spelling.numbers
        # "UPTD Dinas Perhubungan" is not the Dinas itself.
        or bool((words & KINDS) - spelling.words)
        # "SMPN 1 Kedungwaru" is not SMP Negeri 1 Tulungagung: an unknown word where a word of the name is missing.
        or bool(unknown and spelling.words - words)
    )
    return min(score, _DOUBTFUL) * (0.5 if numbers != spelling.numbers else 1.0) if doubtful else score


def _decide(scores: dict[str, float]) -> UnitMatch:
    order = sorted(((score, code) for code, score in scores.items() if score >= _POSSIBLE), key=lambda p: (-p[0], p[1]))
    if not order:
        return UnitMatch(None, 0.0)
    score, code = order[0]
    second = order[1][0] if len(order) > 1 else 0.0
    certain = score >= _CERTAIN and score - second >= _GAP
    return UnitMatch(code if certain else None, round(score, 3), tuple(one for _, one in order[:_OFFERED]))
