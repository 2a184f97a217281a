"""Reed–Solomon (9,4) over GF(64): four symbols of six bits, read back from any five of nine tags.

facts: "Identity in the tag ids works where the QR is dead". With only four symbols of message every subset of four
tags is tried, which needs no library and decides losses and errors in one go.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

TAGS = 9
MESSAGE = 4
_POLYNOMIAL = 0b1000011  # x^6 + x + 1, primitive
_ORDER = 63
_AGREEING = {5: 5, 6: 6, 7: 6, 8: 7, 9: 7}
"""Tags seen → tags that must agree; never fewer than five seen."""


def _powers() -> tuple[list[int], list[int]]:
    exponents, logarithms, value = [0] * _ORDER, [0] * 64, 1
    for power in range(_ORDER):
        exponents[power], logarithms[value] = value, power
        value <<= 1
        value ^= _POLYNOMIAL if value & 64 else 0
    return exponents, logarithms


_EXP, _LOG = _powers()
# Nine different non-zero places at which the polynomial is evaluated, one a tag.
_POINTS = tuple(_EXP[position] for position in range(TAGS))


def _times(a: int, b: int) -> int:
    return _EXP[(_LOG[a] + _LOG[b]) % _ORDER] if a and b else 0


def _over(a: int, b: int) -> int:
    return _EXP[(_LOG[a] - _LOG[b]) % _ORDER] if a else 0


@cache
def _weights(points: tuple[int, ...], x: int) -> tuple[int, ...]:
    """What each point's value counts at ``x`` (Lagrange); there are only some hundred choices of points."""
    weights = []
    for point in points:
        weight = 1
        for other in points:
            if other != point:
                weight = _over(_times(weight, x ^ other), point ^ other)
        weights.append(weight)
    return tuple(weights)


def _value_at(points: tuple[int, ...], values: Sequence[int], x: int) -> int:
    """The polynomial of degree < ``len(points)`` through the points, at ``x``."""
    total = 0
    for weight, value in zip(_weights(points, x), values, strict=True):
        total ^= _times(weight, value)
    return total


def encode(message: Sequence[int]) -> tuple[int, ...]:
    """Nine symbols, one a tag position; the first four are ``message`` (each 0..63)."""
    return tuple(_value_at(_POINTS[:MESSAGE], message, x) for x in _POINTS)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The message and how many of the ``seen`` tags agree with it."""

    message: tuple[int, ...]
    agreeing: int
    seen: int


def decode(symbols: Mapping[int, int]) -> Decoded | None:
    """The message behind ``symbols`` (position 0..8 → symbol 0..63), or None when too few agree.

    5 of 5, 6 of 6 or 7, 7 of 8 or 9: at most one message can satisfy that, since two differ in six places or more.
    """
    needed = _AGREEING.get(len(symbols))
    if needed is None:
        return None
    for message in _candidates(symbols):
        word = encode(message)
        agreeing = sum(word[position] == symbol for position, symbol in symbols.items())
        if agreeing >= needed:
            return Decoded(message, agreeing, len(symbols))
    return None


def _candidates(symbols: Mapping[int, int]) -> Iterable[tuple[int, ...]]:
    for four in combinations(sorted(symbols), MESSAGE):
        points, values = tuple(_POINTS[p] for p in four), [symbols[p] for p in four]
        yield tuple(_value_at(points, values, x) for x in _POINTS[:MESSAGE])
