"""Comparing the small two-tone pictures of ink that readings carry: pure arithmetic on 384 bits."""

from collections.abc import Iterable
from functools import lru_cache

HEIGHT, WIDTH = 16, 24
"""Size of a shape, as the eyes make it (``parsers.vision.ink``): rows from the top, the first pixel the highest bit."""
_BITS = HEIGHT * WIDTH
_ALL = (1 << _BITS) - 1
_LAST_COLUMN = sum(1 << row * WIDTH for row in range(HEIGHT))
_COPY = 0.86  # share of ink in common once both are moved into the corner
_LEAST_INK = 24  # pixels; smaller marks look alike by nature


def likeness(a: str, b: str) -> float:
    """How well two shapes of one cell fit each other: 1 alike, about 0 what two strangers' shapes share by chance.

    A pixel beside counts as hit, since photos differ; what a dense scrawl hits by chance does not count.
    """
    one, two = _parse(a), _parse(b)
    return min(_hits(one, _grown(two)), _hits(two, _grown(one))) if one and two else 0.0


def _hits(ink: int, wide: int) -> float:
    chance = wide.bit_count() / _BITS
    return 0.0 if chance == 1 else max(((ink & wide).bit_count() / ink.bit_count() - chance) / (1 - chance), 0.0)


def copied(a: str, b: str) -> bool:
    """Whether two shapes are one picture, wherever in their cells they stand."""
    one, two = _cornered(a), _cornered(b)
    if min(one.bit_count(), two.bit_count()) < _LEAST_INK:
        return False
    return max(_overlap(one, moved) for moved in _nudged(two)) >= _COPY


def _overlap(one: int, two: int) -> float:
    return (one & two).bit_count() / max((one | two).bit_count(), 1)


@lru_cache(maxsize=4096)
def _parse(shape: str) -> int:
    return int(shape, 16) if len(shape) == _BITS // 4 else 0


@lru_cache(maxsize=4096)
def _grown(bits: int) -> int:
    """With every pixel beside, above and below."""
    right, left = (bits & ~_LAST_COLUMN) >> 1, (bits << 1) & _ALL & ~_LAST_COLUMN
    wide = bits | right | left
    return (wide | wide >> WIDTH | wide << WIDTH) & _ALL


@lru_cache(maxsize=4096)
def _cornered(shape: str) -> int:
    """The ink moved into the upper left corner."""
    bits = _parse(shape)
    if not bits:
        return 0
    rows = [bits >> (HEIGHT - 1 - row) * WIDTH & (1 << WIDTH) - 1 for row in range(HEIGHT)]
    while not rows[0]:
        rows = [*rows[1:], 0]
    while not any(row >> WIDTH - 1 for row in rows):
        rows = [row << 1 for row in rows]
    return _joined(rows)


def _joined(rows: Iterable[int]) -> int:
    bits = 0
    for row in rows:
        bits = bits << WIDTH | row & (1 << WIDTH) - 1
    return bits


def _nudged(bits: int) -> tuple[int, ...]:
    """The shape and its neighbours a pixel away: its corner may be a speck."""
    right = (bits & ~_LAST_COLUMN) >> 1
    left = (bits << 1) & _ALL & ~_LAST_COLUMN
    return bits, right, left, bits >> WIDTH, (bits << WIDTH) & _ALL
