"""Letters of codes (S, I, C, A, DL, TK …) as pen movements, in two ways of writing each."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from demo.paper.geometry import Points
from demo.paper.strokes import moved

Alphabet: TypeAlias = Mapping[str, tuple[Points, ...]]


def _letters(plain: Mapping[str, Sequence[Sequence[tuple[float, float]]]]) -> Alphabet:
    return {name: tuple(np.array(stroke, dtype=float) for stroke in strokes) for name, strokes in plain.items()}


# Print capitals, x 0 to 0.6, y 0 (top) to 1.
_PRINT = _letters(
    {
        "S": [[(0.55, 0.12), (0.3, 0.0), (0.05, 0.2), (0.3, 0.48), (0.55, 0.75), (0.3, 1.0), (0.02, 0.85)]],
        "I": [[(0.3, 0.0), (0.3, 0.5), (0.3, 1.0)]],
        "C": [[(0.55, 0.15), (0.3, 0.0), (0.05, 0.4), (0.1, 0.85), (0.35, 1.0), (0.57, 0.85)]],
        "A": [[(0.0, 1.0), (0.15, 0.5), (0.3, 0.0), (0.45, 0.5), (0.6, 1.0)], [(0.1, 0.65), (0.3, 0.64), (0.5, 0.65)]],
        "D": [
            [(0.05, 0.0), (0.05, 0.5), (0.05, 1.0)],
            [(0.0, 0.02), (0.35, 0.1), (0.58, 0.5), (0.35, 0.92), (0.0, 1.0)],
        ],
        "L": [[(0.05, 0.0), (0.05, 0.5), (0.05, 0.97), (0.3, 0.98), (0.55, 0.98)]],
        "T": [[(0.0, 0.0), (0.3, 0.01), (0.6, 0.0)], [(0.3, 0.0), (0.3, 0.5), (0.29, 1.0)]],
        "K": [[(0.05, 0.0), (0.05, 0.5), (0.05, 1.0)], [(0.55, 0.0), (0.07, 0.52)], [(0.1, 0.5), (0.58, 1.0)]],
        "H": [[(0.05, 0.0), (0.05, 1.0)], [(0.55, 0.0), (0.55, 1.0)], [(0.05, 0.5), (0.55, 0.5)]],
    }
)  # fmt: skip
# Another way of writing them: rounder, joined, with feet and hooks.
_ROUND = _letters(
    {
        "S": [[(0.5, 0.05), (0.15, 0.1), (0.12, 0.38), (0.5, 0.55), (0.52, 0.9), (0.1, 0.98)]],
        "I": [[(0.1, 0.0), (0.5, 0.0)], [(0.3, 0.0), (0.3, 1.0)], [(0.1, 1.0), (0.5, 1.0)]],
        "C": [[(0.6, 0.3), (0.45, 0.02), (0.1, 0.15), (0.02, 0.6), (0.2, 0.98), (0.6, 0.92)]],
        "A": [[(0.55, 0.3), (0.25, 0.2), (0.05, 0.6), (0.25, 0.95), (0.5, 0.6), (0.55, 0.2), (0.5, 0.8), (0.7, 1.0)]],
        "D": [[(0.1, 0.05), (0.12, 0.95), (0.5, 0.8), (0.55, 0.3), (0.2, 0.0), (0.0, 0.1)]],
        "L": [[(0.3, 0.05), (0.15, 0.0), (0.12, 0.5), (0.08, 0.95), (0.3, 0.9), (0.6, 0.98)]],
        "T": [[(0.02, 0.08), (0.3, 0.0), (0.58, 0.04)], [(0.32, 0.02), (0.26, 0.6), (0.3, 0.95), (0.45, 0.93)]],
        "K": [[(0.1, 0.0), (0.08, 1.0)], [(0.5, 0.05), (0.12, 0.55), (0.3, 0.6), (0.55, 1.0)]],
        "H": [[(0.08, 0.0), (0.05, 1.0)], [(0.06, 0.55), (0.3, 0.42), (0.5, 0.55), (0.52, 1.0)]],
    }
)  # fmt: skip

ALPHABETS = (_PRINT, _ROUND)
CODES = ("S", "I", "C", "A", "DL", "TK", "L", "D", "H")


def spelt(code: str, alphabet: Alphabet) -> tuple[Points, ...]:
    """The strokes of ``code``, letters side by side."""
    return tuple(moved(stroke, n * 0.75, 0) for n, letter in enumerate(code) for stroke in alphabet[letter])
