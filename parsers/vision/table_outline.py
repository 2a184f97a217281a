"""The outline of the ruled table in a picture, and the maps that bring it upright and make it a rectangle."""

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.vision.arrays import Bytes8, Doubles, Flags, Floats
from parsers.vision.line_evidence import connected, line_runs

_SMALLEST_TABLE = 0.05  # of the picture's area
_LINE_CONTRAST = 22  # gray levels below the paper around it
_CURL = 0.02  # of the table's size: how far a line may bend beyond its outline
_BRIDGE, _MEETING = 15, 9  # pixels
_SIDE_SEEN, _LOOKS = 0.5, 60  # of a side of the outline lies along lines; it is looked at in so many places
_EDGE, _ON_THE_EDGE = 0.1, 0.05  # of a table's size; what a crossing there counts
_MOST_LEFT_OUT = 12  # crossings
_CORNER = 0.012  # of the picture's longer side: so near a corner lie lines of both ways


def dark_pixels(flat: Bytes8) -> Bytes8:
    """Where a pixel is clearly darker than its surroundings, as a mask of 0 and 255."""
    around = cv2.blur(flat, (41, 41))
    return np.where(around.astype(np.int16) - flat > _LINE_CONTRAST, 255, 0).astype(np.uint8)


def level_runs(mask: Bytes8) -> Bytes8:
    """What of ``mask`` runs level for a fortieth of the picture; a slope of 1 in 12 is still followed."""
    length = max(24, min(mask.shape) // 40)
    grown = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    return np.asarray(cv2.morphologyEx(grown, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8)


def ruling_angle(flat: Bytes8) -> float | None:
    """Degrees by which the ruling is turned, between -45 and 45; None when nothing in the picture is ruled."""
    small = cv2.resize(flat, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    least = min(small.shape) // 8
    lines = cv2.HoughLinesP(
        dark_pixels(np.asarray(small, np.uint8)), 1, np.pi / 720, 120, minLineLength=least, maxLineGap=6
    )
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


def _smooth(angles: Doubles, weights: Doubles) -> Doubles:
    """How much of each half degree from -45 to 45, the neighbours' counted in."""
    found, _ = np.histogram(angles, bins=180, range=(-45, 45), weights=weights)
    return np.convolve(np.concatenate([found[-6:], found, found[:6]]), np.ones(13), "same")[6:-6]


def turning(shape: tuple[int, ...], angle: float) -> tuple[Doubles, tuple[int, int]]:
    """The map that turns a picture by ``angle`` degrees, and the size that holds all of it."""
    height, width = shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), [0, 0, 1]])
    corners = np.array([[[0, 0], [width, 0], [0, height], [width, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, turn)[0]
    low, high = moved.min(0), moved.max(0)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    return shift @ turn, (int(np.ceil(high[0] - low[0])), int(np.ceil(high[1] - low[1])))


def outline(turned: Bytes8) -> tuple[Floats, int] | None:
    """The corners of the largest table (clockwise from the top left), and how many others there are."""
    across, down = line_runs(turned)
    lines = cv2.bitwise_or(across, down)
    # Blur and curl break lines where they cross: pieces a few pixels apart are one table.
    bridged = cv2.dilate(lines, np.ones((_BRIDGE, _BRIDGE), np.uint8))
    count, labels, stats, _ = connected(np.asarray(bridged, np.uint8))
    if count < 2:
        return None
    areas = stats[:, cv2.CC_STAT_WIDTH].astype(np.float64) * stats[:, cv2.CC_STAT_HEIGHT]
    # A table is where lines cross; the edge of the paper and a frame around the page cross nowhere.
    wide = [cv2.dilate(way, np.ones((_MEETING, _MEETING), np.uint8)) for way in (across, down)]
    _, _, _, places = connected(np.asarray(cv2.bitwise_and(*wide), np.uint8))
    rows, columns = (np.clip(places[1:, axis].round().astype(int), 0, labels.shape[1 - axis] - 1) for axis in (1, 0))
    of = labels[rows, columns]
    inside = _inside(rows, stats[of, cv2.CC_STAT_TOP], stats[of, cv2.CC_STAT_HEIGHT])
    inside &= _inside(columns, stats[of, cv2.CC_STAT_LEFT], stats[of, cv2.CC_STAT_WIDTH])
    # The edge of the paper on a desk of wood meets the grain again and again, but nothing crosses within.
    crossings = np.bincount(of, weights=np.where(inside, 1.0, _ON_THE_EDGE), minlength=count)
    crossings[0] = 0
    crossings[areas < _SMALLEST_TABLE * turned.size] = 0
    best = int(crossings.argmax())
    if crossings[best] == 0:
        return None
    others = int((crossings > 0.3 * crossings[best]).sum()) - 1
    table = labels == best
    return _corners(table & (lines > 0), table & (wide[0] > 0), table & (wide[1] > 0)), others


def _inside(places: NDArray[np.int64], first: NDArray[np.int32], length: NDArray[np.int32]) -> Flags:
    """Which places lie not at the first or last edge of what reaches over ``length`` from ``first``."""
    share = (places - first) / np.maximum(length, 1)
    return np.asarray((share > _EDGE) & (share < 1 - _EDGE), np.bool_)


def _corners(table: Flags, across: Flags, down: Flags) -> Floats:
    """The table's outermost places. Where not lines of both ways end there (a scanner's streak that runs on over the
    page), the outermost crossing is taken instead, unless both sides run on to the place: glare may hide their meeting.
    """
    ends, crossings = _extremes(table), _outermost(across, down)
    near = round(max(table.shape) * _CORNER)
    bare = []
    for n, (x, y) in enumerate(ends.astype(int)):
        window = np.s_[max(0, y - near) : y + near + 1, max(0, x - near) : x + near + 1]
        if not (across[window].any() and down[window].any()):
            bare.append(n)
    corners = ends.copy()
    corners[bare] = crossings[bare]
    for n in bare:
        tried = corners.copy()
        tried[n] = ends[n]
        sides = _sides(tried, across.astype(np.uint8), down.astype(np.uint8))
        if min(sides[n], sides[n - 1]) >= _SIDE_SEEN:
            corners[n] = ends[n]
    return corners


def _outermost(across: Flags, down: Flags) -> Floats:
    """The corners among the crossings. Where a streak meets the scanner's edge far from the table no lines run between
    the corners: crossings there are left out one by one, and if that helps nothing none is.
    """
    crossings = across & down
    first = corners = _extremes(crossings)
    near = round(max(across.shape) * _CORNER)
    reach = 2 * round(_CURL * max(across.shape)) + 1
    level = np.asarray(cv2.dilate(across.astype(np.uint8), np.ones((reach, 1), np.uint8)), np.uint8)
    upright = np.asarray(cv2.dilate(down.astype(np.uint8), np.ones((1, reach), np.uint8)), np.uint8)
    for _ in range(_MOST_LEFT_OUT):
        top, right, bottom, left = _sides(corners, level, upright)
        if min(top, right, bottom, left) >= _SIDE_SEEN:
            return corners
        x, y = corners[int(np.argmin([left + top, top + right, right + bottom, bottom + left]))].astype(int)
        crossings[max(0, y - near) : y + near + 1, max(0, x - near) : x + near + 1] = False
        if not crossings.any():
            break
        corners = _extremes(crossings)
    return first


def _sides(corners: Floats, level: Bytes8, upright: Bytes8) -> list[float]:
    """How much of the top, right, bottom and left side between ``corners`` lies on lines of its way."""
    masks = (level, upright, level, upright)
    return [_covered(mask, corners[n], corners[(n + 1) % 4]) for n, mask in enumerate(masks)]


def _covered(lines: Bytes8, start: Floats, end: Floats) -> float:
    """The share of the way between two corners on which ``lines`` are near."""
    places = np.round(start + (end - start) * np.linspace(0, 1, _LOOKS)[:, None]).astype(int)
    rows, columns = (np.clip(places[:, axis], 0, lines.shape[1 - axis] - 1) for axis in (1, 0))
    return float((lines[rows, columns] > 0).mean())


def _extremes(mask: Flags) -> Floats:
    """The places of ``mask`` farthest to its four corners, clockwise from the top left, as x and y."""
    rows = np.flatnonzero(mask.any(1))
    left, right = mask[rows].argmax(1), mask.shape[1] - 1 - mask[rows, ::-1].argmax(1)
    ends = np.stack([np.concatenate([left, right]), np.tile(rows, 2)], 1).astype(np.float32)
    plus, minus = ends.sum(1), ends[:, 0] - ends[:, 1]
    return np.asarray(ends[[plus.argmin(), minus.argmax(), plus.argmax(), minus.argmin()]], np.float32)


def squaring(corners: Floats, shape: tuple[int, ...]) -> tuple[Doubles, tuple[int, int], Bytes8]:
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
