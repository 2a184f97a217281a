"""Families of parafs and signatures, all invented: a school of hands knows some families and not the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from demo.paper.glyphs import ALPHABETS
from demo.paper.strokes import Shape, centred, moved

Dice = np.random.Generator
Family = Callable[[Dice], Shape]


@dataclass(frozen=True, slots=True)
class Hand:
    """How one person signs: a shape, its size as shares of the cell, slant, and how steady the hand is."""

    ink: str
    shape: Shape
    width: float
    height: float
    slant: float
    loose: float
    off: tuple[float, float]


def _walk(rng: Dice) -> Shape:
    """Up and down from left to right, as most signatures go."""
    n = int(rng.integers(6, 15))
    x = np.cumsum(rng.uniform(-0.25, 1, n))
    y = rng.uniform(0.2, 1, n) * np.where(np.arange(n) % 2, 1, -1) * np.linspace(1, rng.uniform(0.2, 1), n)
    return Shape(centred([np.column_stack([x, y])]))


def _loops(rng: Dice) -> Shape:
    """A row of loops that grows or shrinks."""
    turns, n = rng.uniform(1.5, 5), 26
    t = np.linspace(0, turns * 2 * np.pi, n)
    radius = np.linspace(1, rng.uniform(0.3, 1.6), n)
    pitch = rng.uniform(0.08, 0.5)
    return Shape(centred([np.column_stack([t * pitch + radius * np.cos(t), radius * np.sin(t) * rng.uniform(0.7, 2)])]))


def _zigzag(rng: Dice) -> Shape:
    """Sharp peaks and a long last stroke."""
    n = int(rng.integers(5, 11))
    x = np.cumsum(rng.uniform(0.1, 0.6, n))
    y = rng.uniform(0.3, 1, n) * np.where(np.arange(n) % 2, 1, -1)
    x[-1] += rng.uniform(0, 1.5)
    return Shape(centred([np.column_stack([x, y])]), sharp=True)


def _arcs(rng: Dice) -> Shape:
    """Two to four bows that cross."""
    strokes = []
    for _ in range(int(rng.integers(2, 5))):
        start, sweep = rng.uniform(0, 2 * np.pi), rng.uniform(1.5, 5.5)
        t = np.linspace(start, start + sweep, 9)
        middle = rng.uniform(-0.35, 0.35, 2)
        strokes.append(
            middle + np.column_stack([np.cos(t) * rng.uniform(0.25, 0.7), np.sin(t) * rng.uniform(0.3, 0.8)])
        )
    return Shape(centred(strokes))


def _initials(rng: Dice) -> Shape:
    """A letter or two, run together with a flourish."""
    letters = ALPHABETS[0]
    strokes = []
    for n, letter in enumerate(rng.choice(list(letters), int(rng.integers(1, 3)))):
        strokes += [moved(stroke, n * 0.6, 0) for stroke in letters[letter]]
    tail = np.cumsum(np.column_stack([rng.uniform(-0.1, 0.5, 5), rng.normal(0, 0.35, 5)]), 0)
    tangle = np.vstack([strokes[-1], strokes[-1][-1] + tail])
    return Shape(centred([*strokes[:-1], tangle, rng.uniform(-0.2, 1, (int(rng.integers(3, 6)), 2))]))


def _underlined(rng: Dice) -> Shape:
    """A name's scrawl above a line, sometimes with dots."""
    scrawl = _walk(rng).strokes[0]
    under = np.column_stack([np.linspace(-0.5, 0.5, 4), 0.6 + rng.normal(0, 0.06, 4)])
    dots = [
        np.array([[x, 0.72], [x + 0.03, 0.74], [x + 0.02, 0.72]]) for x in rng.uniform(-0.4, 0.4, rng.integers(0, 3))
    ]
    return Shape(centred([scrawl, under, *dots]))


def _curve(rng: Dice) -> Shape:
    """Any smooth curve: a few waves across and a few down, drifting to the right."""
    t = np.linspace(0, 1, 28)
    waves = [
        sum(rng.normal(0, 1 / k) * np.sin(2 * np.pi * k * t + rng.uniform(0, 6.3)) for k in range(1, 6)) for _ in (0, 1)
    ]
    return Shape(centred([np.column_stack([waves[0] + rng.uniform(0, 3) * t, waves[1]])]))


def _hasty(rng: Dice) -> Shape:
    """Two to five short quick strokes, hooked or straight."""
    strokes = []
    for _ in range(int(rng.integers(2, 6))):
        start, step = rng.uniform(-0.4, 0.4, 2), rng.normal(0, 0.45, 2)
        strokes.append(np.vstack([start, start + step, start + step + rng.normal(0, 0.2, 2)]))
    return Shape(centred([_walk(rng).strokes[0] * 0.6, *strokes]))


def _spiral(rng: Dice) -> Shape:
    """A coil with a tail."""
    t = np.linspace(0, rng.uniform(2, 4) * 2 * np.pi, 24)
    r = np.linspace(rng.uniform(0.1, 0.4), 1, 24)
    tail = np.cumsum(np.column_stack([rng.uniform(0.1, 0.8, 4), rng.normal(0, 0.4, 4)]), 0)
    coil = np.column_stack([r * np.cos(t), r * np.sin(t)])
    return Shape(centred([np.vstack([coil, coil[-1] + tail])]))


def _waves(rng: Dice) -> Shape:
    """A sum of waves, read from left to right."""
    x = np.linspace(0, 1, 24)
    y = sum(rng.normal(0, 1 / (k**0.5)) * np.sin(2 * np.pi * k * x + rng.uniform(0, 6)) for k in range(2, 7))
    strokes = [np.column_stack([x + 0.04 * np.sin(40 * x + rng.uniform(0, 6)), y])]
    if rng.random() < 0.5:
        strokes.append(np.column_stack([rng.uniform(0, 1, 3), rng.normal(0, 1, 3)]))
    return Shape(centred(strokes))


def _script(rng: Dice) -> Shape:
    """Joined loops and humps as in cursive writing, behind a tall first letter."""
    pieces, x = [np.array([[0, 0.4], [0.1, -1.2], [0.35, -1.0], [0.2, 0.5]])], 0.45
    for tall in rng.choice([0.3, 0.5, 1.1], int(rng.integers(3, 8))):
        if rng.random() < 0.5:
            part = np.array([[0, 0.3], [0.18, -tall], [0.05, -tall * 0.8], [0.12, 0.35]])
        else:
            part = np.array([[0, 0.3], [0.08, -tall * 0.5], [0.22, -tall * 0.4], [0.24, 0.35]])
        pieces.append(moved(part, x, 0))
        x += rng.uniform(0.18, 0.34)
    pieces.append(np.array([[x + 0.3, 0.3 + rng.normal(0, 0.4)]]))
    return Shape(centred([np.vstack(pieces)]))


def _knot(rng: Dice) -> Shape:
    """A figure that runs over itself, as two pendulums draw it."""
    a, b = rng.choice([1, 2, 3, 5], 2, replace=False)
    t = np.linspace(0, rng.uniform(0.7, 1.2) * 2 * np.pi, 34)
    drift = rng.uniform(0, 0.6)
    x, y = np.sin(a * t + rng.uniform(0, 3)) + drift * t, np.sin(b * t) + rng.normal(0, 0.2) * t
    return Shape(centred([np.column_stack([x, y])]))


def _flourish(rng: Dice) -> Shape:
    """One large bow, crossed by quick strokes."""
    t = np.linspace(rng.uniform(-1, 1), rng.uniform(4, 7.5), 14)
    bow = np.column_stack([np.cos(t) * rng.uniform(0.5, 1) + t * 0.1, np.sin(t)])
    cuts = [
        np.column_stack([np.linspace(-1, rng.uniform(0.6, 1.6), 4), rng.uniform(-0.8, 0.8) + rng.normal(0, 0.15, 4)])
        for _ in range(int(rng.integers(1, 4)))
    ]
    return Shape(centred([bow, *cuts]))


def _tangle(rng: Dice) -> Shape:
    """Quick curves through places anywhere in the cell."""
    return Shape(centred([rng.uniform(-1, 1, (int(rng.integers(5, 10)), 2)) * (1, 0.7)]))


def _beat(rng: Dice) -> Shape:
    """Two beats of the wrist, up and across, whose strength and rhythm change from part to part of the name."""
    parts = int(rng.integers(2, 6))
    per = int(rng.integers(5, 9))
    phase, places, at = rng.uniform(0, 6.3), [], np.zeros(2)
    for _ in range(parts):
        reach, rise, lag = rng.uniform(0.1, 0.9), rng.uniform(0.2, 1.4), rng.uniform(-1.8, 1.8)
        drift = rng.uniform(0.02, 0.35)
        for _ in range(per):
            phase += rng.uniform(0.6, 1.5)
            at = at + np.array([drift + 0.35 * reach * np.cos(phase), 0.5 * rise * np.sin(phase + lag)])
            places.append(at * (1, 1 - 0.25 * rng.random()))
    return Shape(centred([np.array(places)]))


def _ring(rng: Dice) -> Shape:
    """A round or a flat ring, not always closed, with a small figure in it or through it."""
    t = np.linspace(rng.uniform(-2, 2), rng.uniform(4.5, 9), 16)
    ring = np.column_stack([np.cos(t) * rng.uniform(0.7, 1.3), np.sin(t) * rng.uniform(0.5, 1.1)])
    inner = (_hasty, _zigzag, _walk)[int(rng.integers(3))](rng).strokes
    scale, off = rng.uniform(0.6, 1.6), rng.normal(0, 0.2, 2)
    return Shape(centred([ring, *(stroke * scale + off for stroke in inner)]))


def _fence(rng: Dice) -> Shape:
    """Upright or leaning strokes side by side, tied together by a bow or a bar."""
    lean, n = rng.normal(0, 0.3), int(rng.integers(2, 5))
    strokes = []
    for k in range(n):
        top, foot = rng.uniform(-1, -0.3), rng.uniform(0.3, 1)
        strokes.append(np.array([[k * 0.5 + lean, top], [k * 0.5 + rng.normal(0, 0.08), 0], [k * 0.5 - lean, foot]]))
    tie = np.column_stack([np.linspace(-0.4, n * 0.5, 4), rng.uniform(-0.6, 0.6) + rng.normal(0, 0.3, 4)])
    return Shape(centred([*strokes, tie]))


def _two_parts(rng: Dice) -> Shape:
    """Two simple figures written beside or over each other, as a first and a last name."""
    plain = (_walk, _loops, _zigzag, _arcs, _curve, _beat)
    first, second = (plain[int(n)](rng).strokes for n in rng.integers(len(plain), size=2))
    right, down, size = rng.uniform(0, 0.9), rng.normal(0, 0.25), rng.uniform(0.5, 1.2)
    return Shape(centred([*first, *(stroke * size + (right, down) for stroke in second)]))


def _bent(shape: Shape, rng: Dice) -> Shape:
    """The same movements by another wrist: bent by slow waves and turned a little."""
    waves = rng.normal(0, 0.06, (2, 2)), rng.uniform(1, 5, (2, 2)), rng.uniform(0, 6.3, (2, 2))
    turn = rng.normal(0, 0.22)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    strokes = []
    for stroke in shape.strokes:
        sway = sum(waves[0][k] * np.sin(waves[1][k] * stroke[:, [1 - k]] * 6.3 + waves[2][k]) for k in (0, 1))
        strokes.append((stroke + sway) @ spin)
    return Shape(centred(strokes), shape.sharp)


SCHOOLS: Mapping[str, tuple[Family, ...]] = {
    "train": (
        _walk,
        _loops,
        _zigzag,
        _arcs,
        _initials,
        _underlined,
        _curve,
        _hasty,
        _beat,
        _ring,
        _fence,
        _two_parts,
        _beat,
    ),
    "valid": (_spiral, _waves),
    "test": (_script, _knot, _flourish, _tangle),
}
"""No family is known to two schools."""
_BENT = {"train": 0.6}
"""Share of hands that bend their family's shape."""


def new_hand(school: str, rng: Dice, *, tall: float, tiny: float) -> Hand:
    """One invented person's hand; ``tall`` and ``tiny`` are the shares of people who sign so."""
    families = SCHOOLS[school]
    shape = families[int(rng.integers(len(families)))](rng)
    if rng.random() < _BENT.get(school, 0.0):
        shape = _bent(shape, rng)
    chance = rng.random()
    if chance < tiny:
        ink, width, height = "tiny", rng.uniform(0.18, 0.36), rng.uniform(0.2, 0.4)
    elif chance < tiny + tall:
        ink, width, height = "signature", rng.uniform(0.5, 1.1), rng.uniform(1.15, 1.7)
    elif rng.random() < 0.45:
        ink, width, height = "signature", rng.uniform(0.75, 1.15), rng.uniform(0.6, 1.05)
    else:
        ink, width, height = "paraf", rng.uniform(0.4, 0.8), rng.uniform(0.4, 0.9)
    off = (float(rng.normal(0, 0.05)), float(rng.normal(0, 0.05)))
    return Hand(ink, shape, width, height, float(rng.uniform(-0.1, 0.5)), float(rng.uniform(0.015, 0.05)), off)
