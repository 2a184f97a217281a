"""What the ink in a month's cells may say: not in shaded columns that are bare, in lines for hours, in tiny cells."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from domain.reading import Verdict
from domain.vocabulary import Mark
from parsers.vision.arrays import Floats
from parsers.vision.foreign_days import Texts
from parsers.vision.foreign_month import Month, is_clock_line
from parsers.vision.ruling import Gray, Ruled

SHADED = "kolom diarsir"
"""Text of a bare cell in a shaded column: a rest day, which says nothing of anybody."""
ON_SHADE = "tinta pada kolom diarsir"
CLOCK = "jam tulisan tangan"
SMALL = "kotak terlalu kecil pada gambar ini"
BROKEN = "garis antarbaris tidak terbaca lengkap"
LEAST = 24.0
"""Pixels of the picture as sent that a cell's shorter side must have: smaller ones were never measured."""
_INSET = 4  # pixels that a line and its blur take
_PAPER = 80  # the percentile of a cell's pixels that shows its paper
_SHADE = 0.94  # of the paper's lightness elsewhere
_NEAR = 5  # columns on either side that show how light the paper is there
_REST = 0.5  # of the day columns may be shaded; more is a shadow


@dataclass(frozen=True)
class MonthMarks:
    """The cells of ``month`` on a ruled page; ``source`` is the picture that the page was straightened from."""

    ruled: Ruled
    source: Gray
    month: Month
    told: Texts

    def judge(self, row: int, column: int, mark: Mark) -> Mark:
        """The mark of a cell, given what the ink reader made of it."""
        if row in self.month.broken:
            return Mark(Verdict.UNSURE, BROKEN)
        if column in self.shaded and mark.verdict is Verdict.EMPTY:
            return Mark(Verdict.EMPTY, SHADED)
        if column in self.shaded:
            return Mark(Verdict.UNSURE, ON_SHADE)  # shading and a word beside it look like ink
        if self.side(row, column) < LEAST:
            return Mark(Verdict.UNSURE, SMALL)
        if mark.verdict is Verdict.SIGNED and is_clock_line(self.month, self.told)(row):
            return Mark(Verdict.UNSURE, CLOCK)
        return mark

    def side(self, row: int, column: int) -> float:
        """The shorter side of a cell in pixels of the picture."""
        xs, ys = self.ruled.xs, self.ruled.ys
        x, y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
        across = np.subtract(self.ruled.origin(xs[column + 1], y), self.ruled.origin(xs[column], y))
        down = np.subtract(self.ruled.origin(x, ys[row + 1]), self.ruled.origin(x, ys[row]))
        return float(min(np.hypot(*across), np.hypot(*down)))

    @cached_property
    def shaded(self) -> frozenset[int]:
        """Columns on grey or coloured ground."""
        light = np.median(self._papers, axis=0)
        count = len(light)
        around = [float(np.percentile(light[max(0, n - _NEAR) : n + _NEAR + 1], 75)) for n in range(count)]
        dark = [n for n in range(count) if light[n] < _SHADE * around[n]]
        return frozenset(self.month.days.first + n for n in dark) if len(dark) <= _REST * count else frozenset()

    @cached_property
    def dark(self) -> Floats:
        """Darkness of ink, 0 to 1, with the ground of shaded columns taken for paper."""
        dark = np.asarray((255 - self.ruled.gray) / np.float32(255), np.float32)
        xs, ys = self.ruled.xs, self.ruled.ys
        for column in self.shaded:
            x0, x1 = round(xs[column]) + _INSET - 1, round(xs[column + 1]) - _INSET + 2
            papers = self._papers[:, column - self.month.days.first]
            for row in range(self.month.top, len(ys) - 1):
                y0, y1 = round(ys[row]) + _INSET - 1, round(ys[row + 1]) - _INSET + 2
                part = self._straight[y0:y1, x0:x1].astype(np.float32)
                paper = max(float(papers[row - self.month.top]), 40.0)
                dark[y0:y1, x0:x1] = np.clip(1 - part / paper, 0, 1)
        return dark

    @cached_property
    def _straight(self) -> Gray:
        """The picture as it came, straightened."""
        return np.asarray(
            cv2.remap(self.source, self.ruled.back_x, self.ruled.back_y, cv2.INTER_LINEAR, borderValue=255), np.uint8
        )

    @cached_property
    def _papers(self) -> Floats:
        """How light the paper of every cell is, (rows, days)."""
        xs, ys = self.ruled.xs, self.ruled.ys
        found = np.zeros((len(ys) - 1 - self.month.top, len(self.month.days.columns)), np.float32)
        for n, column in enumerate(self.month.days.columns):
            x0, x1 = round(xs[column]) + _INSET, round(xs[column + 1]) - _INSET + 1
            for row in range(found.shape[0]):
                top = row + self.month.top
                y0, y1 = round(ys[top]) + _INSET, round(ys[top + 1]) - _INSET + 1
                part = self._straight[y0:y1, x0:x1]
                found[row, n] = np.percentile(part, _PAPER) if part.size else 255.0
        return found
