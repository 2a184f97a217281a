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

Gray = NDArray[np.uint8]
Points = NDArray[np.float32]
Curves = NDArray[np.float64]  # lines × places
Shares = NDArray[np.float64]
Maps = tuple[NDArray[np.float32], NDArray[np.float32]]

WORKING_SIDE = 2600  # pixels of the longer side; A4 at 200 dpi has 2339
_SMALLEST_TABLE = 0.05  # of the picture's area
_LINE_CONTRAST = 22  # gray levels below the paper around it
_FEWEST_LINES = 4
_GONE, _HALF, _DRAWN, _WHOLE = 0.08, 0.5, 0.6, 0.88  # of the way between two crossings
_MOST, _REGULAR, _TALL = 0.5, 0.35, 0.25  # of the columns, of the lines, of the rows
_HEADER_LINES = 5
_MOST_COLUMNS = 0.66  # in so many a line between two people is drawn even where a merged cell spans both
_CURL = 0.02  # of the table's size: how far a line may bend beyond its outline
_SPLINE_POINTS = 9  # a line is followed at so many places


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
    scale = min(1.0, WORKING_SIDE / max(gray.shape))
    page = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
    flat = flatten(np.asarray(page, np.uint8))
    angle = _angle(flat)
    if angle is None:
        return None
    turn, size = _turning(flat.shape, angle)
    turned = _warp(flat, turn, size)
    found = _outline(turned)
    if found is None:
        return None
    corners, others = found
    square, size, table = _squaring(corners, turned.shape)
    whole = square @ turn
    squared = _warp(flat, whole, size)
    return _straightened(squared, table, np.asarray(np.linalg.inv(whole), np.float64), scale, others)


def _warp(image: Gray, matrix: NDArray[np.float64], size: tuple[int, int]) -> Gray:
    warped = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(warped, np.uint8)


def _dark(flat: Gray) -> Gray:
    """Where a pixel is clearly darker than its surroundings, as a mask of 0 and 255."""
    around = cv2.blur(flat, (41, 41))
    return np.where(around.astype(np.int16) - flat > _LINE_CONTRAST, 255, 0).astype(np.uint8)


def _runs(mask: Gray, length: int, *, horizontal: bool) -> Gray:
    """What of ``mask`` belongs to straight runs of at least ``length`` pixels; a slope of 1 in 12 is still followed."""
    thick = (1, 3) if horizontal else (3, 1)
    kernel = (length, 1) if horizontal else (1, length)
    grown = cv2.dilate(mask, np.ones(thick[::-1], np.uint8))
    return np.asarray(cv2.morphologyEx(grown, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8)), np.uint8)


def _angle(flat: Gray) -> float | None:
    """Degrees by which the ruling is turned, between -45 and 45; None when nothing in the picture is ruled."""
    small = cv2.resize(flat, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    least = min(small.shape) // 8
    lines = cv2.HoughLinesP(_dark(np.asarray(small, np.uint8)), 1, np.pi / 720, 120, minLineLength=least, maxLineGap=6)
    if lines is None:
        return None
    x0, y0, x1, y1 = lines.reshape(-1, 4).astype(np.float64).T
    degrees, length = np.degrees(np.arctan2(y1 - y0, x1 - x0)), np.hypot(x1 - x0, y1 - y0)
    folded = (degrees + 45) % 90 - 45
    level = np.abs((degrees + 90) % 180 - 90) <= 45
    # The grain of a desk and the edge of a sheet run one way; ruling runs both.
    both = _smooth(folded[level], length[level]) * _smooth(folded[~level], length[~level])
    if not both.any():
        return None
    peak = (both.argmax() + 0.5) / 2 - 45
    near = np.abs((folded - peak + 45) % 90 - 45) < 4
    return float(peak + np.average((folded[near] - peak + 45) % 90 - 45, weights=length[near]))


def _smooth(angles: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of each half degree from -45 to 45, the neighbours' counted in."""
    found, _ = np.histogram(angles, bins=180, range=(-45, 45), weights=weights)
    return np.convolve(np.concatenate([found[-6:], found, found[:6]]), np.ones(13), "same")[6:-6]


def _turning(shape: tuple[int, ...], angle: float) -> tuple[NDArray[np.float64], tuple[int, int]]:
    height, width = shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), [0, 0, 1]])
    corners = np.array([[[0, 0], [width, 0], [0, height], [width, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, turn)[0]
    low, high = moved.min(0), moved.max(0)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return shift @ turn, (int(np.ceil(high[0] - low[0])), int(np.ceil(high[1] - low[1])))


def _outline(turned: Gray) -> tuple[Points, int] | None:
    """The corners of the largest table (clockwise from the top left), and how many others there are."""
    mask = _dark(turned)
    length = max(24, min(turned.shape) // 40)
    across, down = _runs(mask, length, horizontal=True), _runs(mask, length, horizontal=False)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_or(across, down), connectivity=8)
    if count < 2:
        return None
    areas = stats[:, cv2.CC_STAT_WIDTH].astype(np.float64) * stats[:, cv2.CC_STAT_HEIGHT]
    # A table is where lines cross; the edge of the paper and a frame around the page cross nowhere.
    _, _, _, places = cv2.connectedComponentsWithStats(cv2.bitwise_and(across, down), connectivity=8)
    rows, columns = (np.clip(places[1:, axis].round().astype(int), 0, labels.shape[1 - axis] - 1) for axis in (1, 0))
    crossings = np.bincount(labels[rows, columns], minlength=count)
    crossings[0] = 0
    crossings[areas < _SMALLEST_TABLE * turned.size] = 0
    best = int(crossings.argmax())
    if crossings[best] == 0:
        return None
    others = int((crossings > 0.3 * crossings[best]).sum()) - 1
    x, y, w, h = stats[best, :4]
    rows, columns = np.nonzero(labels[y : y + h, x : x + w] == best)
    hull = cv2.convexHull(np.stack([columns + x, rows + y], 1).astype(np.float32))[:, 0]
    plus, minus = hull.sum(1), hull[:, 0] - hull[:, 1]
    corners = hull[[plus.argmin(), minus.argmax(), plus.argmax(), minus.argmin()]]
    return np.asarray(corners, np.float32), others


def _squaring(corners: Points, shape: tuple[int, ...]) -> tuple[NDArray[np.float64], tuple[int, int], Gray]:
    """The homography that makes the outline a rectangle, with room for what stands above, below and beside it.

    Also the size of the new page, and a mask of the table on it, a little wider than the outline for curled paper.
    """
    top, right, bottom, left = (float(np.linalg.norm(corners[(i + 1) % 4] - corners[i])) for i in range(4))
    width, height = max(top, bottom), max(left, right)
    before = np.array([corners[:, 0].min(), corners[:, 1].min()])
    after = np.array([shape[1] - corners[:, 0].max(), shape[0] - corners[:, 1].max()])
    room = np.clip(np.concatenate([before, after]), 12, [width / 2, height, width / 2, height])
    x, y = room[0], room[1]
    target = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, target), np.float64)
    size = int(x + width + room[2]), int(y + height + room[3])
    table = np.zeros((size[1], size[0]), np.uint8)
    wide, high = width * _CURL + 4, height * _CURL + 4
    table[max(0, int(y - high)) : int(y + height + high), max(0, int(x - wide)) : int(x + width + wide)] = 255
    return matrix, size, table


def _straightened(squared: Gray, table: Gray, back: NDArray[np.float64], scale: float, others: int) -> Ruled | None:
    mask = np.asarray(cv2.bitwise_and(_dark(squared), table), np.uint8)
    length = max(24, min(squared.shape) // 40)
    across = _runs(mask, length, horizontal=True)
    down = _runs(mask, length, horizontal=False)
    level, upright = _trace(across), _trace(np.ascontiguousarray(down.T))
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    maps = _bending(squared.shape, level, upright)
    level, upright = _printed(level, upright, _share(across, down, maps, level, upright))
    if len(level) < _FEWEST_LINES or len(upright) < 2:
        return None
    maps = _bending(squared.shape, level, upright)
    flat = np.asarray(cv2.remap(squared, *maps, cv2.INTER_LINEAR, borderValue=255), np.uint8)
    share_across, share_down = _share(across, down, maps, level, upright)
    origin = cv2.perspectiveTransform(np.stack(maps, -1).reshape(1, -1, 2), back).reshape(*flat.shape, 2)
    return Ruled(
        gray=flat,
        ys=np.asarray(np.median(level, 1), np.float64),
        xs=np.asarray(np.median(upright, 1), np.float64),
        across=_between_rows(share_across),
        down=_between_columns(share_down),
        back_x=np.ascontiguousarray(origin[..., 0] / scale, np.float32),
        back_y=np.ascontiguousarray(origin[..., 1] / scale, np.float32),
        other_tables=others,
    )


def _between_rows(share: Shares) -> NDArray[np.bool_]:
    """Which pieces of the horizontal lines separate rows. A line that is seen in most columns does so in all of them:
    blur, stamps and writing hide pieces, and a place to sign that melts into the next would be somebody's lost mark.
    In the header writing itself looks like pieces of a line, so only a whole piece separates there; a line below
    headings of several columns stops before the number's.
    """
    header = np.arange(len(share)) < _HEADER_LINES
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
    straight = [np.asarray(cv2.remap(m, *maps, cv2.INTER_NEAREST), np.uint8) for m in (across, down)]
    ys, xs = np.median(level, 1), np.median(upright, 1)
    return _drawn(straight[0], ys, xs), _drawn(np.ascontiguousarray(straight[1].T), xs, ys).T


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
    keep = whole.any(1) & (~partial | header | regular)
    keep[[0, -1]] = True
    tall = (down > _WHOLE)[keep[:-1]].mean(0) > _TALL
    tall[[0, -1]] = True
    return level[keep], upright[tall]


def _trace(mask: Gray) -> Curves:
    """Each horizontal line of ``mask`` as its y at ``_SPLINE_POINTS`` places from left to right, topmost first.

    Pieces on one height are one line; a line must reach over a tenth of the picture. Where a line is not drawn it
    runs as its neighbours do.
    """
    height, width = mask.shape
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 25), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(closed, np.uint8), connectivity=8)
    pieces = [i for i in range(1, count) if stats[i, cv2.CC_STAT_WIDTH] >= width * 0.015]
    curves: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for i in pieces:
        x, y, w, h = stats[i, :4]
        part = labels[y : y + h, x : x + w] == i
        weight = part.sum(0)
        ys = y + (part * np.arange(h)[:, None]).sum(0) / np.maximum(weight, 1)
        curves.append((np.arange(x, x + w, dtype=np.float64), np.asarray(ys, np.float64)))
    return _lines(curves, width, height)


def _lines(curves: list[tuple[NDArray[np.float64], NDArray[np.float64]]], width: int, height: int) -> Curves:
    """Pieces joined to lines by a common smooth bend of the whole page."""
    stops = np.linspace(0, width - 1, _SPLINE_POINTS)
    if not curves:
        return np.empty((0, _SPLINE_POINTS))
    bend = _common_bend(curves, width, height)
    levels = np.array([float(np.median(_bent(bend, xs, ys, width, height))) for xs, ys in curves])
    order = np.argsort(levels)
    groups: list[list[int]] = []
    for i in order:
        if groups and levels[i] - levels[groups[-1][-1]] < max(5.0, height * 0.003):
            groups[-1].append(int(i))
        else:
            groups.append([int(i)])
    lines = []
    for group in groups:
        xs = np.concatenate([curves[i][0] for i in group])
        ys = np.concatenate([curves[i][1] for i in group])
        if len(np.unique(xs)) < width * 0.1:
            continue
        lines.append(_follow(xs, ys, bend, stops, width, height))
    return np.array(lines) if lines else np.empty((0, _SPLINE_POINTS))


def _terms(x: NDArray[np.float64], y: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    u, v = x / width - 0.5, y / height - 0.5
    return np.stack([u, u * v, u * u, u * u * v, u * u * u, u * u * u * v], 1)


def _common_bend(
    curves: list[tuple[NDArray[np.float64], NDArray[np.float64]]], width: int, height: int
) -> NDArray[np.float64]:
    """Coefficients of how far a line at (x, y) departs from its own level, fitted over all long pieces at once."""
    rows, targets = [], []
    for xs, ys in curves:
        if xs[-1] - xs[0] < width * 0.15:
            continue
        pick = np.linspace(0, len(xs) - 1, 24).astype(int)
        terms = _terms(xs[pick], ys[pick], width, height)
        rows.append(terms - terms.mean(0))
        targets.append(ys[pick] - ys[pick].mean())
    if not rows:
        return np.zeros(6)
    return np.asarray(np.linalg.lstsq(np.concatenate(rows), np.concatenate(targets), rcond=None)[0], np.float64)


def _bent(
    bend: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], width: int, height: int
) -> NDArray[np.float64]:
    """``y`` with the page's common bend taken out."""
    return np.asarray(y - _terms(x, y, width, height) @ bend, np.float64)


def _follow(
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    bend: NDArray[np.float64],
    stops: NDArray[np.float64],
    width: int,
    height: int,
) -> NDArray[np.float64]:
    """A line's y at ``stops``: the common bend, and its own departure from it where it is drawn."""
    rest = _bent(bend, xs, ys, width, height)
    level = float(np.median(rest))
    own = []
    for stop in stops:
        near = np.abs(xs - stop) < width / _SPLINE_POINTS
        own.append(float(np.median(rest[near])) if near.sum() > 12 else level)
    base = _terms(stops, np.full_like(stops, level), width, height) @ bend
    return np.asarray(np.array(own) + base, np.float64)


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
