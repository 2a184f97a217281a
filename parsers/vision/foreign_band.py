"""The printed lines above and below a table, piece by piece; a month's name is mended where it can only be one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from domain.wording import MONTHS
from parsers.grid import Value
from parsers.vision.arrays import Doubles
from parsers.vision.header_words import words_apart
from parsers.vision.ocr import find_pieces, read_pieces
from parsers.vision.ruling import Gray

_BESIDE = 24  # pixels beside the table that still belong to the lines above it
_NARROWEST = 24  # pixels of a band that can hold a line
_LEAST_SCORE = 0.55
_LONG = 6  # letters of a month's name that may be read two wrong; Juni and Juli are a letter apart
_WRONG, _CLEARLY = 2, 3
_WORD = re.compile(r"[A-Za-z]{5,}")


@dataclass(frozen=True, slots=True)
class Printed:
    """A piece of text and how surely a printer wrote it, in pixels of the page."""

    text: str
    score: float
    x0: float
    y0: float
    x1: float
    y1: float


def read_beside(gray: Gray, xs: Doubles, ys: Doubles) -> tuple[tuple[Printed, ...], tuple[Printed, ...]]:
    """The text above and below the table whose lines stand at ``xs`` and ``ys``."""
    left, right = round(xs[0]) - _BESIDE, round(xs[-1]) + _BESIDE
    top, bottom = round(ys[0]) - 3, round(ys[-1]) + 3
    return _read_band(gray, left, right, 0, top), _read_band(gray, left, right, bottom, gray.shape[0])


def _read_band(gray: Gray, left: int, right: int, top: int, bottom: int) -> tuple[Printed, ...]:
    """The pieces of text between ``top`` and ``bottom``, line by line."""
    left, top = max(0, left), max(0, top)
    band = np.ascontiguousarray(gray[top:bottom, left:right])
    if min(band.shape, default=0) < _NARROWEST:
        return ()
    pieces = find_pieces(band)
    return tuple(
        Printed(text, score, p.x0 + left, p.y0 + top, p.x1 + left, p.y1 + top)
        for p, (text, score) in zip(pieces, read_pieces([p.cut(band) for p in pieces]), strict=True)
    )


def lines_of(printed: Sequence[Printed]) -> list[list[Value]]:
    """What was read with some certainty, a line a list."""
    lines: dict[float, list[Value]] = {}
    for piece in printed:
        if piece.text and piece.score >= _LEAST_SCORE:
            lines.setdefault(piece.y0, []).append(month_mended(words_apart(piece.text)))
    return [lines[y] for y in sorted(lines)]


def month_mended(text: str) -> str:
    """``text`` with the long name of a month read a letter or two wrong put right, where no other month is near."""
    if not any(ch.isdigit() for ch in text):
        return text
    return _WORD.sub(lambda found: _month(found[0]), text)


def _month(word: str) -> str:
    if len(word) < _LONG:
        return word
    ranked = sorted((Levenshtein.distance(word.lower(), name.lower()), name) for name in MONTHS)
    (best, name), (second, _) = ranked[:2]
    return name if 0 < best <= _WRONG and len(name) >= _LONG and second - best >= _CLEARLY else word
