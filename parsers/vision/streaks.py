"""Streaks of a scanner: a speck on the glass draws one straight line down every page, which is nobody's ruling.

facts: scan, "Outline that worked" 8: removed on the picture as it came, and only what runs into the margins.
"""

import cv2
import numpy as np

from parsers.vision.arrays import Bytes8, Flags

_CONTRAST = 10  # gray levels darker than the paper on both sides
_BESIDE = 5  # pixels to that paper
_ALONG, _MARGIN = 0.85, 0.04  # of the height: so much of it is streak, also in margins so high
_WIDEST = 5  # pixels
_PAPER = 0.85  # of the page's own brightness: beside print, and on the scanner's dark lid, a streak is not looked for


def without_streaks(gray: Bytes8) -> Bytes8:
    """``gray`` with upright streaks painted over from their two sides; as it is when there are none."""
    height, width = gray.shape
    if min(height, width) < 8 * _BESIDE:
        return gray
    soft = cv2.blur(gray, (1, 9)).astype(np.int16)
    darker = np.zeros(gray.shape, np.bool_)
    beside = np.minimum(soft[:, : -2 * _BESIDE], soft[:, 2 * _BESIDE :])
    darker[:, _BESIDE:-_BESIDE] = beside - soft[:, _BESIDE:-_BESIDE] > _CONTRAST
    light = np.zeros(gray.shape, np.bool_)
    light[:, _BESIDE:-_BESIDE] = beside > _PAPER * np.median(gray)
    margin = max(4, round(height * _MARGIN))

    def runs_on(part: slice) -> Flags:
        """Where a streak is drawn in these rows, as far as bare paper lies beside it."""
        paper = light[part].sum(0)
        return np.asarray((paper >= margin) & ((darker & light)[part].sum(0) > _ALONG * paper), np.bool_)

    streak = runs_on(slice(None)) & runs_on(slice(2 * margin)) & runs_on(slice(-2 * margin, None))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], streak.astype(np.int8), [0]]))).reshape(-1, 2)
    mended = gray.copy()
    for left, right in edges.tolist():
        if right - left > _WIDEST:
            continue
        x0, x1 = max(0, left - 2), min(width - 1, right + 1)
        share = np.linspace(0, 1, x1 - x0 + 1)[None, :]
        mended[:, x0 : x1 + 1] = gray[:, x0, None] * (1 - share) + gray[:, x1, None] * share
    return mended
