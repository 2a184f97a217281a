"""A page as people look at it: one picture of bounded size, whole or a part. Runs in the sandbox only."""

from dataclasses import dataclass

import cv2
import numpy as np

from domain.errors import ReadingError
from domain.reading import Box, ProblemCode
from parsers.refusals import MESSAGES
from parsers.vision.picture import pictures

_QUALITY = 72
_FRAME = (91, 63, 214)
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Preview:
    """A JPEG. ``width`` and ``height`` are the page's size in the unit of its boxes (pixels; points of a PDF)."""

    jpeg: bytes
    width: float
    height: float
    pages: int


def preview(data: bytes, page: int, longest: int, part: Box | None = None, mark: Box | None = None) -> Preview:
    """Page ``page`` (from 1) of ``data``, or its ``part`` alone, at most ``longest`` pixels on its longer side.

    ``mark``: a place within the part that is framed.

    Raises ``ReadingError`` when the file has no such page or cannot be opened.
    """
    count = 0
    found = None
    for picture in pictures(data):
        count += 1
        if picture.page == page:
            found = picture
            if part is not None:
                break  # how many pages there are is of interest for whole pages only
    if found is None:
        raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED])
    rgb, unit, left, top = found.rgb, found.unit, 0, 0
    height, width = rgb.shape[0] * unit, rgb.shape[1] * unit
    if part is not None:
        x0, x1 = sorted((max(0, int(part.x0 / unit)), min(rgb.shape[1], int(part.x1 / unit) + 1)))
        y0, y1 = sorted((max(0, int(part.y0 / unit)), min(rgb.shape[0], int(part.y1 / unit) + 1)))
        if x1 - x0 < 2 or y1 - y0 < 2:
            raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED])
        rgb, left, top = rgb[y0:y1, x0:x1], x0, y0
    shrink = longest / max(rgb.shape[:2])
    if shrink < 1:
        rgb = np.asarray(cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    if mark is not None:
        scale = min(1.0, shrink) / unit
        corners = ((mark.x0, mark.y0), (mark.x1, mark.y1))
        a, b = (
            (int((x - left * unit) * scale) + n, int((y - top * unit) * scale) + n)
            for n, (x, y) in zip((-3, 3), corners, strict=True)
        )
        rgb = np.asarray(cv2.rectangle(np.ascontiguousarray(rgb), a, b, _FRAME, 3), np.uint8)
    done, packed = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED])
    return Preview(packed.tobytes(), width, height, count)
