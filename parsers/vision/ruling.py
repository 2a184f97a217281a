"""A ruled table in a picture: where its lines run, and the same page with every line straight.

Works on scans and on phone photos of sheets that an office made itself: there are no tags, so the ruling is all there
is to hold on to. Three steps: turn the picture by the ruling's own angle; bring the table's outline to a rectangle;
trace each line and bend the page until all of them are straight (paper curls). Facts: scan, "Sheets of the offices'
own".
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.vision.arrays import Doubles, Flags
from parsers.vision.line_evidence import (
    Contrast,
    between_columns,
    between_rows,
    connected,
    contrast,
    halves,
    line_runs,
    missed,
    pieces,
    printed_columns,
    printed_lines,
    running_on,
    unseen_cells,
)
from parsers.vision.line_tracing import trace
from parsers.vision.table_outline import dark_pixels, level_runs, outline, ruling_angle, squaring, turning

Gray = NDArray[np.uint8]
Curves = NDArray[np.float64]  # lines × places
Maps = tuple[NDArray[np.float32], NDArray[np.float32]]

WORKING_SIDE = 2600  # pixels of the longer side; A4 at 200 dpi has 2339
_LEAST_SIDE, _MOST_ENLARGED = 2000, 2.0  # a small photo is enlarged, so that a thin line is a pixel or two
_FEWEST_LINES = 4
_MOST_EXPLAINED, _LONG = 0.95, 12  # of long level strokes lie on a line; they reach over a twelfth of the page
_MOST_OF_A_LINE, _ON_ONE_HEIGHT = 0.4, 6  # of the table's width; pixels: a pen's line through a row is shorter
_PENS = 0.85  # of a column's width: a line fills more
_FAR = 0.5  # of the longest line


@dataclass(frozen=True)
class Ruled:
    """A straightened page: ``gray`` with paper at about 255, line positions in its pixels, and the way back.

    ``ys`` and ``xs`` are the positions of the horizontal and vertical lines, ascending. ``across[i, j]`` says that the
    horizontal line ``i`` is drawn between ``xs[j]`` and ``xs[j + 1]``, ``down[i, j]`` that the vertical line ``j`` is
    drawn between ``ys[i]`` and ``ys[i + 1]``; a missing piece joins the cells on its two sides. ``hidden`` (rows,
    columns): a side that must be there is not seen, so nothing is known of ink.
    """

    gray: Gray
    ys: NDArray[np.float64]
    xs: NDArray[np.float64]
    across: Flags
    down: Flags
    hidden: Flags
    back_x: NDArray[np.float32]
    back_y: NDArray[np.float32]
    other_tables: int = 0

    def origin(self, x: float, y: float) -> tuple[float, float]:
        """The place in the given picture, in its pixels, that (x, y) of ``gray`` was taken from."""
        row = int(np.clip(round(y), 0, self.gray.shape[0] - 1))
        column = int(np.clip(round(x), 0, self.gray.shape[1] - 1))
        return float(self.back_x[row, column]), float(self.back_y[row, column])


def flatten(gray: Gray) -> Gray:
    """The page lit evenly: each pixel divided by the paper around it, paper at 255."""
    small = cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15)))
    paper = cv2.GaussianBlur(paper, (0, 0), 6)
    paper = cv2.resize(paper, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(gray, np.maximum(paper, 40), scale=255), np.uint8)


def find_ruled(gray: Gray) -> Ruled | None:
    """The largest ruled table of a picture, or None when there is none; text may still stand on its side or head."""
    scale = float(np.clip(1.0, _LEAST_SIDE / max(gray.shape), WORKING_SIDE / max(gray.shape)))
    scale = min(scale, _MOST_ENLARGED)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    page = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=way) if scale != 1 else gray
    flat = flatten(np.asarray(page, np.uint8))
    angle = ruling_angle(flat)
    if angle is None:
        return None
    turn, size = turning(flat.shape, angle)
    turned = _warp(flat, turn, size)
    found = outline(turned)
    if found is None:
        return None
    corners, others = found
    square, size, table = squaring(corners, turned.shape)
    whole = square @ turn
    straight = _straightened(_warp(flat, whole, size), table)
    if straight is None:
        return None
    maps, drawn, ys, xs = straight
    back = np.asarray(np.linalg.inv(whole), np.float64)
    origin = cv2.perspectiveTransform(np.stack(maps, -1).reshape(1, -1, 2), back).reshape(*maps[0].shape, 2)
    x, y = (np.ascontiguousarray(origin[..., axis], np.float32) for axis in (0, 1))
    return Ruled(
        gray=_remapped(flat, (x, y), cv2.INTER_LINEAR),  # taken once from the page: each time more would blur it
        ys=ys,
        xs=xs,
        across=drawn[0],
        down=drawn[1],
        hidden=drawn[2],
        back_x=x / np.float32(scale),
        back_y=y / np.float32(scale),
        other_tables=others,
    )


def _warp(image: Gray, matrix: NDArray[np.float64], size: tuple[int, int]) -> Gray:
    warped = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(warped, np.uint8)


def _straightened(squared: Gray, table: Gray) -> tuple[Maps, tuple[Flags, Flags, Flags], Doubles, Doubles] | None:
    """Where the straight page takes each pixel of ``squared`` from, which pieces of its lines are drawn, which cells
    are hidden, ys and xs."""
    across, down = (np.asarray(cv2.bitwise_and(runs, table), np.uint8) for runs in line_runs(squared))
    bent = _unbent(across, down)
    if bent is None:
        return None
    strokes = level_runs(np.asarray(cv2.bitwise_and(dark_pixels(squared), table), np.uint8))
    squared = _remapped(squared, bent, cv2.INTER_LINEAR)
    across, down, strokes = (_remapped(one, bent, cv2.INTER_NEAREST) for one in (across, down, strokes))
    level, upright = trace(across), trace(np.ascontiguousarray(down.T))
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    maps = _bending(squared.shape, level, upright)
    straight = _remapped(squared, maps, cv2.INTER_LINEAR)
    level, upright = _printed(straight, level, upright)
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    maps = _bending(squared.shape, level, upright)
    if _explained(strokes, maps, level, upright) < _MOST_EXPLAINED:
        return None
    both = [
        np.asarray(cv2.remap(one, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32) for one in bent
    ]
    ys, xs = np.median(level, 1), np.median(upright, 1)
    straight = _remapped(squared, maps, cv2.INTER_LINEAR)
    rows = pieces(contrast(straight), ys, xs)
    columns = pieces(contrast(np.ascontiguousarray(straight.T)), xs, ys)
    drawn = between_rows(rows), between_columns(columns, rows)
    return (both[0], both[1]), (*drawn, unseen_cells(rows, columns, *drawn)), ys, xs


def _unbent(across: Gray, down: Gray) -> Maps | None:
    """A first straightening by the lines that reach far; what they miss a second one finds on lines nearly straight."""
    level, upright = trace(across, _FAR), trace(np.ascontiguousarray(down.T), _FAR)
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    return _bending(across.shape, level, upright)


def _remapped(image: Gray, maps: Maps, way: int) -> Gray:
    return np.asarray(cv2.remap(image, *maps, way, borderValue=255 if way else 0), np.uint8)


def _explained(mask: Gray, maps: Maps, level: Curves, upright: Curves) -> float:
    """The share of long level strokes that lie on a found line. Strokes elsewhere are rows that were not found: then
    a place to sign would be looked for in another person's row. What keeps inside one column is a pen's.
    """
    straight = _remapped(mask, maps, cv2.INTER_NEAREST)
    long = cv2.morphologyEx(straight, cv2.MORPH_OPEN, np.ones((1, straight.shape[1] // _LONG), np.uint8))
    near = np.zeros(len(long), np.bool_)
    for y in np.median(level, 1):
        near[max(0, round(y) - 6) : round(y) + 7] = True
    xs = np.median(upright, 1)
    on, off = np.where(near[:, None], long, 0), np.where(near[:, None], 0, long)
    strokes = [(y, a, b) for y, a, b in _strokes(off) if not _in_one_column(a, b, xs)]
    lost = _reaching(strokes, _MOST_OF_A_LINE * float(xs[-1] - xs[0]))
    seen = sum(b - a for _, a, b in _strokes(on))
    return float(seen / max(1, seen + lost))


def _strokes(mask: Gray) -> list[tuple[int, int, int]]:
    """The height, left and right end of each stroke of a mask."""
    _, _, stats, middles = connected(mask)
    return [(round(y), int(x), int(x + wide)) for (x, _, wide, *_), (_, y) in zip(stats[1:], middles[1:], strict=True)]


def _reaching(strokes: list[tuple[int, int, int]], least: float) -> int:
    """The length of those strokes that with their neighbours on one height reach over ``least`` pixels."""
    found = 0
    for y, left, right in strokes:
        level = sorted((a, b) for other, a, b in strokes if abs(other - y) <= _ON_ONE_HEIGHT)
        far, reach = level[0][0], 0
        for a, b in level:
            reach, far = reach + max(0, b - max(a, far)), max(b, far)
        found += right - left if reach >= least else 0
    return found


def _in_one_column(left: int, right: int, xs: Doubles) -> bool:
    """Whether a stroke begins and ends in one column, and does not fill it as a line does."""
    column = int(np.searchsorted(xs, (left + right) / 2)) - 1
    if not 0 <= column < len(xs) - 1:
        return False
    wide = float(xs[column + 1] - xs[column])
    return bool(left >= xs[column] and right <= xs[column + 1] and right - left < _PENS * wide)


def _printed(straight: Gray, level: Curves, upright: Curves) -> tuple[Curves, Curves]:
    """Only the lines that a printer drew, and those of them that were missed."""
    ways = contrast(straight), contrast(np.ascontiguousarray(straight.T))
    for _ in range(2):  # better columns show the lines better, and lines the columns
        ys, xs = np.median(level, 1), np.median(upright, 1)
        level = _with(level, missed(ways[0], ys, xs))
        upright = _with(upright, missed(ways[1], xs, np.median(level, 1)))
        ys, xs = np.median(level, 1), np.median(upright, 1)
        upright = upright[printed_columns(pieces(ways[1], xs, ys), xs, running_on(ways[1], xs, ys))]
        if len(upright) < 2:
            break
        xs = np.median(upright, 1)
        level = level[printed_lines(pieces(ways[0], ys, xs), ys, running_on(ways[0], ys, xs))]
        if len(level) < _FEWEST_LINES or len(upright) < 2:
            return level, upright
    return level, _halved(ways[1], level, upright)


def _halved(seen: Contrast, level: Curves, upright: Curves) -> Curves:
    """The upright lines with those in the middle of double gaps that are seen when looked for."""
    more = halves(np.median(upright, 1))
    if not len(more):
        return upright
    lines = _with(upright, more)
    xs, ys = np.median(lines, 1), np.median(level, 1)
    kept = printed_columns(pieces(seen, xs, ys), xs, running_on(seen, xs, ys))
    return np.asarray(lines[kept], np.float64)


def _with(lines: Curves, more: Doubles) -> Curves:
    """``lines`` and those at the heights ``more`` of the straight page, which bend as their neighbours do."""
    if not len(more):
        return lines
    at = np.median(lines, 1)
    bends = np.stack([np.interp(more, at, departure) for departure in (lines - at[:, None]).T], axis=1)
    both = np.concatenate([lines, more[:, None] + bends])
    return np.asarray(both[np.argsort(np.median(both, 1))], np.float64)


def _bending(shape: tuple[int, ...], level: Curves, upright: Curves) -> Maps:
    """For each pixel of the straight page, where to take it from: between two lines, between their two bends."""
    height, width = shape[:2]
    level_at, upright_at = np.median(level, 1), np.median(upright, 1)
    shift_y = _spread(level - level_at[:, None], level_at, height, width)
    shift_x = _spread(upright - upright_at[:, None], upright_at, width, height).T
    map_x = np.arange(width, dtype=np.float32)[None, :] + shift_x
    map_y = np.arange(height, dtype=np.float32)[:, None] + shift_y
    return np.ascontiguousarray(map_x, np.float32), np.ascontiguousarray(map_y, np.float32)


def _spread(departures: NDArray[np.float64], at: NDArray[np.float64], height: int, width: int) -> Any:
    """Departures known at lines (rows) and stops (columns) as a field over all pixels."""
    stops = np.linspace(0, width - 1, departures.shape[1])
    along = np.stack([np.interp(np.arange(width), stops, row) for row in departures])
    rows = np.arange(height)
    after = np.clip(np.searchsorted(at, rows), 0, len(at) - 1)
    before = np.clip(after - 1, 0, len(at) - 1)
    gap = np.maximum(at[after] - at[before], 1e-6)
    share = np.clip((rows - at[before]) / gap, 0, 1)[:, None].astype(np.float32)
    return along[before].astype(np.float32) * (1 - share) + along[after].astype(np.float32) * share
