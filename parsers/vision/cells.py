"""The signature cells of a page as one array, each warped to the same size, with a ring of neighbours around them.

What the cell reader sees, and what it is trained on: ``cut_cells``. Rows are the people's from the top and, last, the
head's where the form has one; columns are datang and pulang of each day. The ring is one more cell on every side (the
names, Keterangan, the headings, the foot), so that a stroke that runs in from outside is seen.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from parsers.vision.arrays import Doubles, Floats
from parsers.vision.grid import Grid
from parsers.vision.page import Page

HEIGHT, WIDTH = 32, 48
"""Pixels of one cell."""
PLANES = ("ink by contrast", "ink", "noise")
_RULE_REACH = 5  # pixels on either side of a rule in which its own darkness may lie
_FAINTEST = 0.12  # a ruling paler than this is not believed to be the measure of black


@dataclass(frozen=True)
class Cells:
    """``planes`` (3, (rows + 2) * HEIGHT, (columns + 2) * WIDTH): see ``PLANES``; the ruling is subtracted.

    Plane 0 is darkness over the contrast of the ruling, 0..2; plane 1 darkness, 0..1; plane 2 the noise of the paper
    around, in the unit of plane 0. ``contrast`` is the darkness of the ruling (rows + 2, columns + 2).
    """

    planes: Floats
    contrast: Floats
    rows: int
    columns: int

    def cell(self, row: int, column: int, plane: int = 0) -> Floats:
        """One cell (HEIGHT, WIDTH); -1 and ``rows`` or ``columns`` are the ring."""
        y, x = (row + 1) * HEIGHT, (column + 1) * WIDTH
        return self.planes[plane, y : y + HEIGHT, x : x + WIDTH]


def cut_cells(page: Page, grid: Grid) -> Cells:
    """The cells of ``page`` along ``grid``."""
    return cut(page.dark, grid.nodes)


def cut(flat: Floats, corners: Doubles) -> Cells:
    """Cells of a flat page (0 paper, 1 black) between ``corners`` (rows + 1, columns + 1, 2), in its pixels."""
    nodes = _with_ring(corners)
    dark = _warped(flat, nodes)
    rules, contrast = _ruling(dark)
    ink = np.clip(dark - rules, 0.0, 1.0)
    strength = cv2.resize(contrast, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_LINEAR)
    scaled = np.minimum(ink / strength, 2.0)
    planes = np.stack([scaled, ink, _noise(scaled)]).astype(np.float32)
    return Cells(planes, contrast, corners.shape[0] - 1, corners.shape[1] - 1)


def _with_ring(nodes: Doubles) -> Doubles:
    """One more row and column of corners on every side, as far away as the last ones from each other."""
    tall = np.concatenate([2 * nodes[:1] - nodes[1:2], nodes, 2 * nodes[-1:] - nodes[-2:-1]], axis=0)
    wide: Doubles = np.concatenate([2 * tall[:, :1] - tall[:, 1:2], tall, 2 * tall[:, -1:] - tall[:, -2:-1]], axis=1)
    return wide


def _warped(dark: Floats, nodes: Doubles) -> Floats:
    """Every cell filled from its four corners."""
    rows, columns = nodes.shape[0] - 1, nodes.shape[1] - 1
    v = (np.arange(HEIGHT, dtype=np.float32) + 0.5) / HEIGHT
    u = (np.arange(WIDTH, dtype=np.float32) + 0.5) / WIDTH
    corners = nodes.astype(np.float32)
    a, b = corners[:-1, :-1, None, :], corners[:-1, 1:, None, :]
    c, d = corners[1:, :-1, None, :], corners[1:, 1:, None, :]
    down = v[None, None, :, None]
    left, right = a + (c - a) * down, b + (d - b) * down
    across = u[None, None, None, :, None]
    at = left[:, :, :, None, :] + (right - left)[:, :, :, None, :] * across
    at = at.transpose(0, 2, 1, 3, 4).reshape(rows * HEIGHT, columns * WIDTH, 2)
    warped = cv2.remap(dark, np.ascontiguousarray(at), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(warped, np.float32)


def _ruling(dark: Floats) -> tuple[Floats, Floats]:
    """The darkness of the rules alone, and how dark they are at their middle around each cell.

    Measured on this very picture: along a rule its darkness is what three quarters of the places exceed, and it looks
    alike on both sides of its middle.
    """
    upright = _along(dark, HEIGHT, WIDTH)
    level = _along(np.ascontiguousarray(dark.T), WIDTH, HEIGHT)
    down = np.repeat(upright, HEIGHT, axis=0)
    across = np.repeat(level, WIDTH, axis=0).T
    peaks = np.minimum(_peaks(upright, WIDTH), _peaks(level, HEIGHT).T)
    contrast = cv2.blur(cv2.medianBlur(peaks, 3), (3, 3), borderType=cv2.BORDER_REPLICATE)
    overall = float(np.percentile(peaks, 60))
    contrast = np.clip(contrast, max(_FAINTEST, 0.5 * overall), 1.0)
    return np.maximum(down, across), np.asarray(contrast, np.float32)


def _along(dark: Floats, height: int, width: int) -> Floats:
    """(cell rows, pixels across): what the upright rules show in each row of cells."""
    rows = dark.shape[0] // height
    quarter = np.partition(dark.reshape(rows, height, -1), height // 4, axis=1)[:, height // 4]
    # Ink along one whole side must not pass for a rule: the rows above and below are asked too.
    padded = np.pad(quarter, ((2, 2), (0, 0)), mode="edge")
    steady = np.median(np.stack([padded[i : i + rows] for i in range(5)]), axis=0)
    lines = steady.reshape(rows, -1, width)
    before = np.concatenate([lines[:, :1], lines[:, :-1]], axis=1)[:, :, ::-1]
    near = np.arange(width) < _RULE_REACH
    # The rule lies between two cells: its left half ends one, its right half begins the next.
    starts = np.minimum(lines, before) * near
    after = np.concatenate([lines[:, 1:], lines[:, -1:]], axis=1)[:, :, ::-1]
    ends = np.minimum(lines, after) * near[::-1]
    return np.asarray(np.maximum(starts, ends).reshape(rows, -1), np.float32)


def _peaks(rules: Floats, width: int) -> Floats:
    """(cell rows, cell columns): the mean darkness of a cell's two rules at their middles."""
    lines = rules.reshape(rules.shape[0], -1, width)
    return np.asarray((lines[:, :, :2].max(axis=2) + lines[:, :, -2:].max(axis=2)) / 2, np.float32)


def _noise(scaled: Floats) -> Floats:
    """How rough the paper is around each pixel: a low percentile of a cell's roughness, spread smoothly."""
    rough = np.abs(scaled - cv2.blur(scaled, (3, 3)))
    rows, columns = scaled.shape[0] // HEIGHT, scaled.shape[1] // WIDTH
    blocks = rough.reshape(rows, HEIGHT, columns, WIDTH).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    middle = np.partition(blocks, blocks.shape[2] // 2, axis=2)[:, :, blocks.shape[2] // 2].astype(np.float32)
    steady = cv2.medianBlur(np.ascontiguousarray(middle), 3)
    smooth = cv2.resize(steady, (scaled.shape[1], scaled.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.minimum(smooth * 4, 2.0), np.float32)
