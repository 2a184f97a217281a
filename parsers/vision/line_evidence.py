"""Which lines of a straightened page are drawn, and where: seen in the grey itself.

A mask of dark pixels breaks where a line is blurred, or where print and pens touch it; the grey along the whole piece
between two crossings does not. Writing is told from a line by its gaps, and by being as dark above and below.
Figures: of 13,000 printed pieces of scans and photos 5 in 1,000 are dark over less than 0.9 of their length; a
heading in capitals is dark over at most 0.72. Facts: scan, "Sheets of the offices' own".
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.vision.arrays import Bytes8, Doubles, Flags, Floats

_PAPER = 4, 7  # pixels above and below a line, where its paper is looked at
_TOGETHER = 9  # pixels of a line that are seen as one
_WANDERS = 2  # pixels that a straightened line may still lie beside its place
_CLEAR = {"both": 0.4, "either": 0.5}  # of its usual darkness
_LEAST = 8.0  # grey levels
_LEAST_SEEN, _DENSE = 14.0, 0.8  # grey levels of a line not known yet; so much of its run is as dark
_GAPS = 31  # pixels: shorter strokes are writing, shorter gaps are noise
_INSET = 3  # pixels beside a crossing
_PRESENT = 0.3  # of the table's usual darkness
_WHOLE = 0.85  # a printed piece is seen on more of its length
_SEEN, _MISSING = 0.6, 0.2
_FULL, _MOST, _NEARLY_ALL = 0.5, 0.66, 0.8  # of the pieces of a line
_BESIDE_ROWS = 0.4  # of the rows have their vertical line
_EQUAL, _MANY_EQUAL = 0.12, 6  # columns are equal that differ by less; so many make a row of days
_REGULAR, _LEAST_PIECES = 0.35, 0.3  # of the lines below the header; of a line's pieces
_NEAR, _NEAREST = 0.3, 14.0  # of the usual distance, at most so many pixels: two lines as near as that are one
_OUTSIDE = 10, 70  # pixels beyond the table
_FAINT = 0.4  # of the usual darkness: here blur has taken the lines


@dataclass(frozen=True)
class Contrast:
    """How much darker each pixel is than the paper above and below it (their mean, or the lighter), in grey levels."""

    both: Floats
    either: Floats


def line_runs(gray: Bytes8) -> tuple[Bytes8, Bytes8]:
    """Where lines run on for a fortieth of the picture, from left to right and from top to bottom: masks, 0 and 255."""
    length = max(24, min(gray.shape) // 40)
    across, down = (_level_runs(one, length) for one in (gray, np.ascontiguousarray(gray.T)))
    return across, np.ascontiguousarray(down.T)


def _level_runs(gray: Bytes8, length: int) -> Bytes8:
    dark = (contrast(gray).both > _LEAST_SEEN).astype(np.float32)
    mostly = (cv2.blur(dark, (_GAPS, 1)) > _DENSE).astype(np.uint8) * 255
    return np.asarray(cv2.morphologyEx(mostly, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8)


def connected(mask: Bytes8) -> tuple[int, NDArray[np.integer], NDArray[np.int32], Doubles]:
    """The connected parts of a mask: how many (the ground is one), the labels, statistics and middles.

    Small labels take a quarter of the time; a picture of more than 65,534 parts needs the large ones.
    """
    try:
        found = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:
        found = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    count, labels, stats, middles = found
    return count, np.asarray(labels), np.asarray(stats, np.int32), np.asarray(middles, np.float64)


@dataclass(frozen=True)
class Pieces:
    """Of each line (rows) between each two stops: the share that is drawn, strictly and mildly, and its darkness."""

    both: Doubles
    either: Doubles
    level: Doubles
    usual: Doubles


def contrast(gray: Bytes8) -> Contrast:
    """For lines that run from left to right; for the others give the picture transposed."""
    smooth = cv2.blur(gray, (_TOGETHER, 1)).astype(np.float32)
    near, far = _PAPER
    kernel = np.zeros((2 * far + 1, 1), np.float32)
    kernel[: far - near + 1] = 1 / (far - near + 1)
    above = cv2.filter2D(smooth, -1, kernel)
    below = cv2.filter2D(smooth, -1, np.ascontiguousarray(kernel[::-1]))
    dark = cv2.erode(smooth, np.ones((2 * _WANDERS + 1, 1), np.uint8))
    both = cv2.subtract(cv2.addWeighted(above, 0.5, below, 0.5, 0), dark)
    return Contrast(np.asarray(both, np.float32), np.asarray(cv2.subtract(cv2.max(above, below), dark), np.float32))


def pieces(seen: Contrast, lines: Doubles, stops: Doubles) -> Pieces:
    """What is drawn of the lines at the heights ``lines`` between ``stops``."""
    rows = np.clip(np.round(lines).astype(int), 0, len(seen.both) - 1)
    parts = _parts(stops)
    lines_seen = seen.either[rows]
    level = np.stack([np.median(lines_seen[:, part], axis=1) for part in parts], axis=1).astype(np.float64)
    usual = _usual(level)
    both, either = (
        np.stack(
            [_drawn(of[rows, part], clear * usual[:, j, None]) for j, part in enumerate(parts)],
            axis=1,
        )
        for of, clear in ((seen.both, _CLEAR["both"]), (seen.either, _CLEAR["either"]))
    )
    return Pieces(both, either, level, usual)


def _parts(stops: Doubles) -> list[slice]:
    starts = [max(0, round(stop) + _INSET) for stop in stops[:-1]]
    return [slice(a, max(a + 1, round(b) - _INSET + 1)) for a, b in zip(starts, stops[1:], strict=True)]


def _drawn(part: Floats, least: Doubles | float) -> Doubles:
    """The share of each row of ``part`` that is a line: darker than ``least``, but for gaps and strokes of writing."""
    dark = (part > np.maximum(_LEAST, least)).astype(np.float32)
    window = min(_GAPS, (dark.shape[1] - 1) | 1)
    mostly = cv2.blur(dark, (window, 1), borderType=cv2.BORDER_REPLICATE) > 0.5
    return np.asarray(mostly.mean(1), np.float64)


def _usual(level: Doubles) -> Doubles:
    """How dark each piece should be: as its line and its column are, where those are drawn at all."""
    most = float(np.percentile(level, 70))
    row, column = ([_middle(one[one > _PRESENT * most], most) for one in table] for table in (level, level.T))
    return np.asarray(np.minimum(np.array(row)[:, None], np.array(column)[None, :]), np.float64)


def _middle(values: Doubles, otherwise: float) -> float:
    return float(np.median(values)) if len(values) else otherwise


def running_on(seen: Contrast, lines: Doubles, stops: Doubles) -> Flags:
    """Which lines go on beyond the table on both sides: creases of the paper and a scanner's streaks."""
    rows = np.clip(np.round(lines).astype(int), 0, len(seen.both) - 1)
    first, last = round(stops[0]), round(stops[-1])
    sides = (
        slice(max(0, first - _OUTSIDE[1]), max(0, first - _OUTSIDE[0])),
        slice(last + _OUTSIDE[0], last + _OUTSIDE[1]),
    )
    on = np.ones(len(lines), np.bool_)
    for side in sides:
        part = seen.both[rows, side]
        on &= _drawn(part, _LEAST) > _WHOLE if part.shape[1] > _GAPS else False
    return on


def header_end(seen: Pieces) -> int:
    """The line under the header: the first below the top that runs through the first and nearly all other columns."""
    whole = seen.either > _WHOLE
    through = np.flatnonzero((whole.mean(1) >= _NEARLY_ALL) & whole[:, 0])
    below = through[through > 0]
    return int(below[0]) if len(below) else 0


def printed_lines(seen: Pieces, ys: Doubles, other: Flags) -> Flags:
    """Which horizontal lines a printer drew: not a row of writing, nor a pen's line through a row.

    In the header one whole piece is enough; below it a line goes through most columns, unless lines of its kind come
    again and again (a person's own lines beside a merged name). Of two that are nearly one the fuller is kept.
    ``other``: creases and streaks.
    """
    header = np.arange(len(ys)) < header_end(seen)
    whole = (seen.both > _WHOLE).mean(1)
    full = whole >= _FULL
    partial = ~full & ~header & (whole > _LEAST_PIECES)
    regular = partial.sum() > _REGULAR * max(1, (~header).sum())
    keep = full | (header & (whole > 0)) | (partial & regular)
    keep &= ~other & _within(np.where(other, 0.0, whole))
    return np.asarray(keep & _fuller(ys, keep, seen.both.sum(1)), np.bool_)


def printed_columns(seen: Pieces, xs: Doubles, other: Flags) -> Flags:
    """Which vertical lines a printer drew: they are seen beside many rows. ``other``: creases and streaks.

    Writing that fills narrow cells on both sides hides a line in most rows; where it stands in the very middle of what
    would else be two of many equal columns, what is seen past the writing of one side is enough.
    """
    whole = (seen.both > _WHOLE).mean(1)
    keep = ~other & (whole > _BESIDE_ROWS) & _within(np.where(other, 0.0, whole))
    keep &= _fuller(xs, keep, seen.both.sum(1))
    beside = np.where(other, 0.0, (seen.either > _WHOLE).mean(1))
    return np.asarray(keep | _halving(xs, keep, beside), np.bool_)


def halves(at: Doubles) -> Doubles:
    """The middles of gaps twice as wide as most of many equal ones: there a line may have been missed."""
    gaps = np.diff(at)
    usual = _usual_gap(gaps)
    wide = np.abs(gaps - 2 * usual) < _EQUAL * usual if usual else np.zeros(len(gaps), np.bool_)
    return np.asarray((at[:-1] + at[1:])[wide] / 2, np.float64)


def _halving(at: Doubles, keep: Flags, beside: Doubles) -> Flags:
    """The lines that halve such a gap."""
    kept, added = np.flatnonzero(keep), np.zeros(len(at), np.bool_)
    usual = _usual_gap(np.diff(at[kept]))
    for a, b in pairwise(kept):
        off = {n: max(abs(at[n] - at[a] - usual), abs(at[b] - at[n] - usual)) for n in range(a + 1, b)}
        good = [n for n, far in off.items() if far < _EQUAL * usual and beside[n] > _BESIDE_ROWS]
        if good:
            added[max(good, key=lambda n: beside[n])] = True
    return added


def _usual_gap(gaps: Doubles) -> float:
    """What most gaps measure; 0 where too few are equal to make a row of days."""
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    return usual if (np.abs(gaps - usual) < _EQUAL * usual).sum() >= _MANY_EQUAL else 0.0


def _fuller(at: Doubles, keep: Flags, full: Doubles) -> Flags:
    kept = np.flatnonzero(keep)
    apart = _apart(at[kept])
    good = np.ones(len(at), np.bool_)
    for a, b in pairwise(kept):
        if at[b] - at[a] < apart:
            good[a if full[a] < full[b] else b] = False
    return good


def _within(whole: Doubles) -> Flags:
    """From the first line that is seen to the last: a crease, or writing above the table, is no end of it."""
    full = np.flatnonzero(whole >= _FULL)
    return (np.arange(len(whole)) >= full[0]) & (np.arange(len(whole)) <= full[-1]) if len(full) else whole >= 0


def _apart(at: Doubles) -> float:
    return min(_NEAREST, _NEAR * float(np.median(np.diff(at)))) if len(at) > 1 else 0.0


def missed(seen: Contrast, lines: Doubles, stops: Doubles) -> Doubles:
    """Heights of full lines between the first and the last of ``lines`` that are not among them, topmost first."""
    top, bottom = round(lines[0]), round(lines[-1])
    found = pieces(seen, lines, stops)
    column = found.usual.max(0)
    whole = np.stack(
        [
            _drawn(seen.both[top : bottom + 1, part], _CLEAR["both"] * usual) > _WHOLE
            for part, usual in zip(_parts(stops), column, strict=True)
        ],
        axis=1,
    )
    full = np.flatnonzero(whole.mean(1) >= _MOST) + top
    runs = np.split(full, np.flatnonzero(np.diff(full) > 1) + 1) if len(full) else []
    apart = _apart(lines)
    middles = np.array([float(run.mean()) for run in runs])
    return np.array([y for y in middles if np.abs(lines - y).min() > apart], np.float64)


def between_rows(seen: Pieces) -> Flags:
    """Which pieces of the horizontal lines separate rows.

    A line that is seen in most columns does so in all of them: blur, stamps and writing hide pieces, and a place to
    sign that melts into the next would be somebody's lost mark. But where a column lacks it again and again, its cells
    are merged (a person's number beside several lines). In the header only a whole piece separates.
    """
    header = np.arange(len(seen.both)) < header_end(seen)
    full = ~header & ((seen.either > _SEEN).mean(1) > _MOST)
    full[0] = True
    bare = seen.either < _MISSING
    merged = bare & (bare[~header].mean(0) > _REGULAR)
    return np.asarray((seen.both > _WHOLE) | (full[:, None] & ~merged), np.bool_)


def between_columns(down: Pieces, across: Pieces) -> Flags:
    """Which pieces (rows × vertical lines) separate columns: of a line that is seen beside most rows all but the
    missing. Where blur has taken the lines of the other way too, nothing is missing.
    """
    common = np.median(down.either, 1) > _SEEN
    faint = across.level < _FAINT * np.median(across.level, 0)
    lost = faint[:-1] & faint[1:]  # rows × columns
    beside = np.zeros((lost.shape[0], lost.shape[1] + 1), np.bool_)
    beside[:, :-1] |= lost
    beside[:, 1:] |= lost
    share = down.either.T
    return np.asarray(np.where(common[None, :], (share > _MISSING) | beside, share > _WHOLE), np.bool_)


def unseen_cells(rows: Pieces, columns: Pieces, across: Flags, down: Flags) -> Flags:
    """Cells (rows × columns) with a side that must be drawn and is not seen: a note, a hand or glare may lie there."""
    level = across & (rows.either < _MISSING)
    upright = down & (columns.either.T < _MISSING)
    return np.asarray(level[:-1] | level[1:] | upright[:, :-1] | upright[:, 1:], np.bool_)
