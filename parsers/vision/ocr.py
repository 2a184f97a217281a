"""Printed text in pictures, by rapidocr with the models that its wheel carries: nothing leaves the machine.

Handwriting is not for this: what is read here is what a printer printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from parsers.vision.ruling import Gray

_THREADS = 1  # onnxruntime's second thread spins: on a busy machine a page took far longer
_LEAST_SIDE = 8  # pixels; smaller scraps hold no letter
_INK = 60  # gray levels below the paper
_BLANK = 0.002  # share of dark pixels in an empty cell
_PAD = 4
_ENLARGED = 2.0
_GAP = 1.6  # of the line's height: between two columns of free text


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a picture, in its pixels, that holds one line of text."""

    x0: int
    y0: int
    x1: int
    y1: int

    def cut(self, gray: Gray) -> Gray:
        """Its pixels."""
        return np.ascontiguousarray(gray[self.y0 : self.y1, self.x0 : self.x1])


@lru_cache(maxsize=1)
def _engine() -> Any:
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # A line takes tens of megabytes while it is read; several at once are padded to the widest and no faster.
            "Rec.rec_batch_num": 1,
        }
    )


def read_pieces(pieces: Sequence[Gray]) -> list[tuple[str, float]]:
    """The text of each picture that holds a single line, and how sure the reader is; ("", 0.0) for nothing."""
    readable = [i for i, piece in enumerate(pieces) if min(piece.shape) >= _LEAST_SIDE]
    told = [("", 0.0)] * len(pieces)
    if readable:
        found = _engine().recognize_txt([_colour(pieces[i]) for i in readable])
        for i, text, score in zip(readable, found.txts, found.scores, strict=True):
            told[i] = (text.strip(), float(score))
    return told


def search_pieces(gray: Gray) -> list[tuple[str, float]]:
    """Lines of a small picture whose rows of letters touch: enlarged, and found by the slower detector."""
    large = np.asarray(cv2.resize(gray, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8)
    found = _engine()(_colour(large), use_det=True, use_cls=False, use_rec=True)
    return [(text.strip(), float(score)) for text, score in zip(found.txts or (), found.scores or (), strict=True)]


def find_pieces(gray: Gray) -> list[Piece]:
    """Where the pieces of text of a cell or a band of a page are: lines, cut where a gap is wider than a word's."""
    found = []
    for top, bottom in text_lines(gray):
        columns = np.asarray((gray[top:bottom] < 255 - _INK).any(0), np.bool_)
        for left, right in _stretches(columns, round(_GAP * (bottom - top))):
            x0, x1 = max(0, left - _PAD), min(gray.shape[1], right + _PAD)
            found.append(Piece(x0, max(0, top - _PAD), x1, min(gray.shape[0], bottom + _PAD)))
    return found


def _stretches(columns: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """Runs of columns with ink, joined over gaps up to ``gap``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], columns.astype(np.int8), [0]]))).reshape(-1, 2)
    joined: list[tuple[int, int]] = []
    for left, right in edges.tolist():
        if joined and left - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], right)
        else:
            joined.append((left, right))
    return [(a, b) for a, b in joined if b - a >= 3]


def has_ink(gray: Gray) -> bool:
    """Whether anything is written in a cell."""
    return min(gray.shape) >= _LEAST_SIDE and not _is_blank(gray)


def text_lines(gray: Gray) -> list[tuple[int, int]]:
    """Top and bottom of each line of writing in a cell, from the rows of pixels that hold ink."""
    if _is_blank(gray):
        return []
    ink = (gray < 255 - _INK).sum(1)
    rows = ink > max(1, 0.06 * np.percentile(ink, 95))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    joined: list[tuple[int, int]] = []
    for top, bottom in runs:
        # The dot of an i and the comma below the line belong to their letters.
        small = joined and min(bottom - top, joined[-1][1] - joined[-1][0]) < 4
        if joined and top - joined[-1][1] <= (3 if small else 1):
            joined[-1] = (joined[-1][0], bottom)
            continue
        joined.append((top, bottom))
    return [(a, b) for a, b in joined if b - a >= _LEAST_SIDE - 2]


def _is_blank(gray: Gray) -> bool:
    return min(gray.shape) < _LEAST_SIDE or bool((gray < 255 - _INK).mean() < _BLANK)


def _colour(gray: Gray) -> Any:
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
