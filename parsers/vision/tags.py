"""Finding the nine tags: on a reduced picture first, then, where the page says one must be, at full size.

facts: scan, "Outline that worked" 1-2. Ids are position × 64 + symbol; a random square passes as one of them in six
of a hundred cases, so that only tags that agree on the page's place count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from domain.reading import SheetKind
from domain.sheet_code import TAGS
from domain.sheet_identity import SYMBOLS
from domain.sheet_layout import TAG, Layout, Paper, Rect
from parsers.vision.arrays import Bytes8, Doubles
from parsers.vision.placing import Fit, Place, fit

_FIRST_LONG_SIDE = 1_100
_LOOK_AROUND = 5.0  # millimetres around the place where a tag should be
_LOCAL_SIDE = 160
_ROUNDS = 2
_ENOUGH = 6  # tags, to search no further


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as seen: position 0..8 on the page, symbol 0..63, its corners clockwise from its own top left."""

    position: int
    symbol: int
    corners: Doubles


@dataclass(frozen=True)
class Sight:
    """The tags that agree on where the page lies; ``paper`` is the size that fits them better.

    ``strays`` are how many squares beside the page pass as tags: another sheet may lie there.
    """

    paper: Paper
    fit: Fit
    tags: tuple[Tag, ...]
    strays: int = 0

    def outline(self, around: float) -> Doubles:
        """The page's four corners in the picture, ``around`` millimetres farther out."""
        width, height = self.paper.size
        return self.fit.place(corners_of(Rect(0.0, 0.0, width, height).grown(around)))


@cache
def boxes(paper: Paper) -> tuple[Rect, ...]:
    """The tags' places on a page: they depend on nothing but its size."""
    return Layout(paper, SheetKind.WEEKLY, 5, 1, (), False).tags


def corners_of(box: Rect) -> Doubles:
    """Clockwise from the top left, as the detector gives them."""
    return np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)], np.float64)


@dataclass(frozen=True, slots=True)
class _Look:
    """One way of searching: threshold windows (first, last, step) and the least perimeter, of the longer side."""

    windows: tuple[int, int, int]
    perimeter: float


_QUICK = _Look((15, 15, 10), 0.07)
_CAREFUL = _Look((7, 37, 15), 0.025)
_WHOLE = _Look((5, 45, 20), 0.025)
_LOCAL = _Look((5, 45, 20), 0.8)


@cache
def _detector(look: _Look) -> cv2.aruco.ArucoDetector:
    whole = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_1000)
    dictionary = cv2.aruco.Dictionary(whole.bytesList[: TAGS * SYMBOLS], whole.markerSize, 0)
    how = cv2.aruco.DetectorParameters()
    how.adaptiveThreshWinSizeMin, how.adaptiveThreshWinSizeMax, how.adaptiveThreshWinSizeStep = look.windows
    how.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    how.cornerRefinementWinSize = 4
    how.minMarkerPerimeterRate = look.perimeter
    how.polygonalApproxAccuracyRate = 0.05
    how.perspectiveRemoveIgnoredMarginPerCell = 0.2
    how.errorCorrectionRate = 0.0
    return cv2.aruco.ArucoDetector(dictionary, how)


def see_tags(gray: Bytes8) -> Sight | None:
    """The page in a gray picture; None when fewer than two tags agree on a place."""
    small = min(1.0, _FIRST_LONG_SIDE / max(gray.shape))
    found: list[Tag] = []
    sight: Sight | None = None
    for look, scale in ((_QUICK, small), (_CAREFUL, small), (_WHOLE, 1.0)):
        found += _detected(gray, scale, look)
        sight = _completed(gray, _agreeing(found)) or sight
        if sight and len(sight.tags) >= _ENOUGH:
            break
    return replace(sight, strays=_beside(found, sight)) if sight else None


def _beside(found: Sequence[Tag], sight: Sight) -> int:
    outline = sight.outline(0.0).astype(np.float32)
    middles = [tuple(map(float, tag.corners.mean(axis=0))) for tag in found]
    return sum(cv2.pointPolygonTest(outline, middle, measureDist=False) < 0 for middle in middles)


def _completed(gray: Bytes8, sight: Sight | None) -> Sight | None:
    """With the tags that are found once the page's place says where to look."""
    for _ in range(_ROUNDS):
        more = _missing(gray, sight) if sight else []
        if sight is None or not more:
            break
        sight = _agreeing([*sight.tags, *more]) or sight
    return sight


def stray_tags(gray: Bytes8) -> int:
    """How many squares pass as tags; a page that is cut off or blurred still shows some."""
    return len(_detected(gray, min(1.0, _FIRST_LONG_SIDE / max(gray.shape)), _CAREFUL))


def _detected(gray: Bytes8, scale: float, look: _Look) -> list[Tag]:
    small = gray if scale == 1 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    corners, ids, _ = _detector(look).detectMarkers(small)
    if ids is None:
        return []
    tags = []
    for number, square in zip(ids.ravel(), corners, strict=True):
        at = square.reshape(4, 2).astype(np.float64)
        if scale != 1:
            at = _sharpened(gray, (at + 0.5) / scale - 0.5)
        tags.append(Tag(int(number) // SYMBOLS, int(number) % SYMBOLS, at))
    return tags


def _sharpened(gray: Bytes8, corners: Doubles) -> Doubles:
    """Corners of a reduced picture found again at full size."""
    rough = corners.astype(np.float32)
    side = float(np.sqrt(max(cv2.contourArea(rough), 1)))
    reach = int(np.clip(side / 12, 2, 8))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 20, 0.02)
    better = cv2.cornerSubPix(gray, rough.reshape(-1, 1, 2).copy(), (reach, reach), (-1, -1), stop).reshape(4, 2)
    far = np.abs(better - corners).max() > 2 * reach
    return np.asarray(corners if far else better, np.float64)


def _agreeing(found: Sequence[Tag]) -> Sight | None:
    """The larger set of tags that one page of either size explains; the smaller residual decides between equals."""
    sights = [sight for paper in Paper if (sight := on_paper(found, paper))]
    return max(sights, key=lambda sight: (len(sight.tags), -sight.fit.off), default=None)


def on_paper(found: Sequence[Tag], paper: Paper) -> Sight | None:
    """The tags that agree on the place of a page of this size; None when fewer than two do.

    On curled paper a page of the other size may explain the tags nearly as well, until its sheet's name is known.
    """
    if len(found) < 2:
        return None
    places = np.concatenate([corners_of(boxes(paper)[tag.position]) for tag in found])
    fitted = fit(places, np.concatenate([tag.corners for tag in found]), paper.size)
    if fitted is None:
        return None
    kept: dict[int, Tag] = {}
    for tag, good in zip(found, fitted.inliers[::4], strict=True):
        if good:
            kept.setdefault(tag.position, tag)
    return Sight(paper, fitted, tuple(kept.values())) if len(kept) >= 2 else None


def _missing(gray: Bytes8, sight: Sight) -> list[Tag]:
    """Tags not seen yet, looked for one by one, straightened and enlarged."""
    seen = {tag.position for tag in sight.tags}
    found = []
    for position, box in enumerate(boxes(sight.paper)):
        if position in seen:
            continue
        tag = _look_at(gray, sight.fit.place, position, box)
        if tag:
            found.append(tag)
    return found


def _look_at(gray: Bytes8, place: Place, position: int, box: Rect) -> Tag | None:
    around = corners_of(box.grown(_LOOK_AROUND))
    at = place(around).astype(np.float32)
    if not _inside(at, gray):
        return None
    side = float(_LOCAL_SIDE)
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    straight = cv2.getPerspectiveTransform(at, square)
    crop = cv2.warpPerspective(gray, straight, (_LOCAL_SIDE, _LOCAL_SIDE), flags=cv2.INTER_LINEAR, borderValue=255)
    corners, ids, _ = _detector(_LOCAL).detectMarkers(crop)
    if ids is None:
        return None
    for number, local in zip(ids.ravel(), corners, strict=True):
        if int(number) // SYMBOLS == position:
            back = cv2.perspectiveTransform(local.reshape(1, 4, 2), np.linalg.inv(straight)).reshape(4, 2)
            return Tag(position, int(number) % SYMBOLS, back.astype(np.float64))
    return None


def _inside(points: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", gray: Bytes8) -> bool:
    height, width = gray.shape
    middle = points.mean(axis=0)
    return bool(0 <= middle[0] < width and 0 <= middle[1] < height)


def modules(gray: Bytes8, place: Place, box: Rect) -> Doubles | None:
    """The sixteen inner modules of a tag's place, rows from the top, normalised; None outside the picture."""
    size = TAG / 6
    steps = np.arange(1, 5) * size + size / 2
    around = np.array([-0.25, 0.0, 0.25]) * size
    xs = (box.x0 + steps[:, None] + around).ravel()
    ys = (box.y0 + steps[:, None] + around).ravel()
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    at = place(points).astype(np.float32)
    if at.min() < 0 or (at >= np.array([gray.shape[1], gray.shape[0]])).any():
        return None
    seen = cv2.remap(gray, at[:, 0].reshape(12, 12), at[:, 1].reshape(12, 12), cv2.INTER_LINEAR)
    means = seen.astype(np.float64).reshape(4, 3, 4, 3).mean(axis=(1, 3)).ravel()
    spread = means.std()
    return None if spread < 1.0 else (means - means.mean()) / spread
