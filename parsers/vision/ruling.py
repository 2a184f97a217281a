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

from parsers.vision.arrays import Doubles
from parsers.vision.line_tracing import trace
from parsers.vision.table_outline import dark_pixels, outline, ruling_angle, squaring, straight_runs, turning

Gray = NDArray[np.uint8]
Curves = NDArray[np.float64]  # lines × places
Shares = NDArray[np.float64]
Maps = tuple[NDArray[np.float32], NDArray[np.float32]]

WORKING_SIDE = 2600  # pixels of the longer side; A4 at 200 dpi has 2339
_LEAST_SIDE, _MOST_ENLARGED = 2000, 2.0  # a small photo is enlarged, so that a thin line is a pixel or two
_FEWEST_LINES, _FEWEST_PIECES = 4, 2
_GONE, _HALF, _DRAWN, _WHOLE = 0.08, 0.5, 0.6, 0.88  # of the way between two crossings
_LEAST, _MOST, _REGULAR, _TALL = 0.3, 0.5, 0.35, 0.25  # of the columns twice, of the lines, of the rows
_HEADER_LINES = 5
_MOST_EXPLAINED, _LONG = 0.93, 12  # of long level strokes lie on a line; they reach over a twelfth of the page
_FAR = 0.5  # of the longest line
_STEADY = 0.5  # of a line's usual darkness is left at its faint places
_THICK, _BESIDE = 1.8, 6  # times as thick as the other lines is writing, measured so many pixels up and down
_MOST_COLUMNS = 0.66  # in so many a line between two people is drawn even where a merged cell spans both


@dataclass(frozen=True)
class Ruled:
    """A straightened page: ``gray`` with paper at about 255, line positions in its pixels, and the way back.

    ``ys`` and ``xs`` are the positions of the horizontal and vertical lines, ascending. ``across[i, j]`` says that the
    horizontal line ``i`` is drawn between ``xs[j]`` and ``xs[j + 1]``, ``down[i, j]`` that the vertical line ``j`` is
    drawn between ``ys[i]`` and ``ys[i + 1]``; a missing piece joins the cells on its two sides.
    """

    gray: Gray
    ys: NDArray[np.float64]
    xs: NDArray[np.float64]
    across: NDArray[np.bool_]
    down: NDArray[np.bool_]
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
    maps, shares, ys, xs = straight
    back = np.asarray(np.linalg.inv(whole), np.float64)
    origin = cv2.perspectiveTransform(np.stack(maps, -1).reshape(1, -1, 2), back).reshape(*maps[0].shape, 2)
    x, y = (np.ascontiguousarray(origin[..., axis], np.float32) for axis in (0, 1))
    return Ruled(
        gray=_remapped(flat, (x, y), cv2.INTER_LINEAR),  # taken once from the page: each time more would blur it
        ys=ys,
        xs=xs,
        across=_between_rows(shares[0]),
        down=_between_columns(shares[1]),
        back_x=x / np.float32(scale),
        back_y=y / np.float32(scale),
        other_tables=others,
    )


def _warp(image: Gray, matrix: NDArray[np.float64], size: tuple[int, int]) -> Gray:
    warped = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(warped, np.uint8)


def _straightened(squared: Gray, table: Gray) -> tuple[Maps, tuple[Shares, Shares], Doubles, Doubles] | None:
    """Where the straight page takes each pixel of ``squared`` from, how much of its lines is drawn, ys and xs."""
    mask = np.asarray(cv2.bitwise_and(dark_pixels(squared), table), np.uint8)
    length = max(24, min(squared.shape) // 40)
    across = straight_runs(mask, length, horizontal=True)
    down = straight_runs(mask, length, horizontal=False)
    bent = _unbent(across, down)
    if bent is None:
        return None
    squared, across, down = (
        _remapped(one, bent, way)
        for one, way in zip((squared, across, down), (cv2.INTER_LINEAR, *[cv2.INTER_NEAREST] * 2), strict=True)
    )
    level, upright = trace(across), trace(np.ascontiguousarray(down.T))
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    maps = _bending(squared.shape, level, upright)
    shares = _share(across, down, maps, level, upright)
    shares[0][~_steady(squared, maps, level, upright)] = 0
    level, upright = _printed(level, upright, shares)
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    maps = _bending(squared.shape, level, upright)
    if _explained(across, maps, level) < _MOST_EXPLAINED:
        return None
    both = [
        np.asarray(cv2.remap(one, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32) for one in bent
    ]
    shares = _share(across, down, maps, level, upright)
    return (both[0], both[1]), shares, np.median(level, 1), np.median(upright, 1)


def _unbent(across: Gray, down: Gray) -> Maps | None:
    """A first straightening by the lines that reach far; what they miss a second one finds on lines nearly straight."""
    level, upright = trace(across, _FAR), trace(np.ascontiguousarray(down.T), _FAR)
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    return _bending(across.shape, level, upright)


def _remapped(image: Gray, maps: Maps, way: int) -> Gray:
    return np.asarray(cv2.remap(image, *maps, way, borderValue=255 if way else 0), np.uint8)


def _between_rows(share: Shares) -> NDArray[np.bool_]:
    """Which pieces of the horizontal lines separate rows. A line that is seen in most columns does so in all of them:
    blur, stamps and writing hide pieces, and a place to sign that melts into the next would be somebody's lost mark.
    In the header writing itself looks like pieces of a line, so only a whole piece separates there; a line below
    headings of several columns stops before the number's. The header ends at the first line below its top that runs
    through the number's column and most others.
    """
    crossing = (share[:, 0] > _WHOLE) & ((share > _WHOLE).mean(1) >= _HALF)
    ends = np.flatnonzero(crossing[1:_HEADER_LINES])
    header = np.arange(len(share)) < (ends[0] + 2 if len(ends) else _HEADER_LINES)
    seen = (share > np.where(header, _WHOLE, _DRAWN)[:, None]).mean(1) > _MOST_COLUMNS
    whole = (seen & (~header | (share[:, 0] > _WHOLE))) | (share > _HALF).all(1)
    least = np.where(whole, -1.0, np.where(header, _WHOLE, _DRAWN))
    return np.asarray(share > least[:, None], np.bool_)


def _between_columns(share: Shares) -> NDArray[np.bool_]:
    """Which pieces of the vertical lines separate columns: of a line that is seen in most rows all but the missing."""
    common = np.median(share, 0) > _DRAWN
    return np.asarray(share > np.where(common, _GONE, _DRAWN)[None, :], np.bool_)


def _share(across: Gray, down: Gray, maps: Maps, level: Curves, upright: Curves) -> tuple[Shares, Shares]:
    """How much of each piece between two crossings is drawn: of the horizontal lines, and of the vertical ones."""
    straight = [_remapped(m, maps, cv2.INTER_NEAREST) for m in (across, down)]
    ys, xs = np.median(level, 1), np.median(upright, 1)
    return _drawn(straight[0], ys, xs), _drawn(np.ascontiguousarray(straight[1].T), xs, ys).T


def _explained(mask: Gray, maps: Maps, lines: Curves) -> float:
    """The share of long level strokes that lie on a found line. Strokes elsewhere are rows that were not found: then
    a place to sign would be looked for in another person's row.
    """
    straight = _remapped(mask, maps, cv2.INTER_NEAREST)
    long = cv2.morphologyEx(straight, cv2.MORPH_OPEN, np.ones((1, straight.shape[1] // _LONG), np.uint8))
    heights = np.count_nonzero(long, axis=1)
    near = np.zeros(len(heights), np.bool_)
    for y in np.median(lines, 1):
        near[max(0, round(y) - 6) : round(y) + 7] = True
    return float(heights[near].sum() / max(1, heights.sum()))


def _steady(squared: Gray, maps: Maps, level: Curves, upright: Curves) -> NDArray[np.bool_]:
    """Which pieces of the horizontal lines are as dark all along, and as thin, as a printed line. A line of blurred
    writing has gaps, or is thicker.
    """
    flat = _remapped(squared, maps, cv2.INTER_LINEAR)
    stops = np.median(upright, 1).round().astype(int)
    steady, thick = np.ones((len(level), len(stops) - 1), np.bool_), np.zeros((len(level), len(stops) - 1))
    for i, y in enumerate(np.median(level, 1).round().astype(int)):
        for j in range(len(stops) - 1):
            piece = 255 - flat[max(0, y - _BESIDE) : y + _BESIDE + 1, stops[j] + 4 : stops[j + 1] - 3].astype(
                np.float64
            )
            if piece.size:
                faint, common = np.percentile(piece[_BESIDE - 2 : _BESIDE + 3].max(0), [15, 60])
                steady[i, j] = faint > _STEADY * common
                profile = np.median(piece, 1)
                thick[i, j] = profile.sum() / max(1.0, profile.max())
    whole = steady.all(1)
    usual = float(np.median(thick[whole])) if whole.any() else np.inf
    return np.asarray(steady & (thick < _THICK * usual), np.bool_)


def _printed(level: Curves, upright: Curves, shares: tuple[Shares, Shares]) -> tuple[Curves, Curves]:
    """Only what a printer drew: a line of writing, or a pen's line through absent rows, separates no rows.

    A printed line fills the whole way between its crossings. Below the header it goes through most columns, unless
    lines of its kind come again and again (a person's own lines beside a merged name).
    """
    across, down = shares
    whole = across > _WHOLE
    width = whole.mean(1)
    partial = (width < _MOST) & whole.any(1)
    regular = partial[_HEADER_LINES:].mean() > _REGULAR if len(width) > _HEADER_LINES else True
    header = np.arange(len(width)) < _HEADER_LINES
    several = whole.sum(1) >= _FEWEST_PIECES  # one piece alone is a line of blurred writing
    keep = whole.any(1) & (~partial | (several & header) | (regular & (width > _LEAST)))
    keep[[0, -1]] = True
    tall = (down > _WHOLE)[keep[:-1]].mean(0) > _TALL
    tall[[0, -1]] = True
    return level[keep], upright[tall]


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


def _drawn(mask: Gray, lines: NDArray[np.float64], stops: NDArray[np.float64]) -> Shares:
    """The share of each line, between each two neighbouring stops, in which something is drawn."""
    found = np.zeros((len(lines), len(stops) - 1))
    for i, y in enumerate(lines):
        present = mask[max(0, round(y) - 4) : round(y) + 5].max(0) > 0
        for j in range(len(stops) - 1):
            piece = present[max(0, round(stops[j]) + 3) : round(stops[j + 1]) - 2]
            found[i, j] = piece.mean() if piece.size else 0.0
    return found
