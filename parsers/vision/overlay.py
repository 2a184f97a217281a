"""A page with every verdict drawn on it, for people who decide and for reports.

Made on request, in the sandbox, from the archived file and the boxes of its reading (one cell enlarged is
``parsers.preview``)::

    await sandbox.run("parsers.vision.overlay.overlay", data, page, marks_of(sheet, page), result=bytes,
                      seconds=PICTURE_SECONDS, memory=PICTURE_MEMORY)
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from domain.errors import ReadingError
from domain.reading import ProblemCode, Verdict
from parsers.marked import Marked
from parsers.refusals import MESSAGES
from parsers.vision.arrays import Bytes8
from parsers.vision.picture import pictures

_LONG_SIDE = 1_600
_QUALITY = 85
_COLOURS: Mapping[Verdict, tuple[int, int, int]] = {
    Verdict.SIGNED: (0, 120, 60),
    Verdict.EMPTY: (140, 140, 140),
    Verdict.CODE: (30, 90, 190),
    Verdict.REPORTED: (30, 90, 190),
    Verdict.UNSURE: (214, 94, 0),
}
_LETTERS: Mapping[Verdict, str] = {Verdict.SIGNED: "T", Verdict.CODE: "K", Verdict.REPORTED: "K", Verdict.UNSURE: "?"}
"""Tanda tangan, keterangan, and the doubt: colours alone would not do on a black and white print."""


def overlay(data: bytes, page: int, marks: Sequence[Marked]) -> bytes:
    """The page as JPEG with a frame around every cell and a letter for what was said of it.

    Boxes are in pixels of the upright file, in points of a PDF. ``ReadingError`` when there is no such page.
    """
    picture = next((one for one in pictures(data, frozenset({page})) if one.page == page), None)
    if picture is None:
        raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED])
    shrink = min(1.0, _LONG_SIDE / max(picture.rgb.shape[:2]))
    drawn = cv2.resize(picture.rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    for mark in marks:
        _frame(drawn, mark, shrink / picture.unit)
    return _jpeg(np.asarray(drawn, np.uint8))


def _frame(drawn: "cv2.typing.MatLike", mark: Marked, scale: float) -> None:
    box, colour = mark.box, _COLOURS[mark.verdict]
    x0, y0, x1, y1 = (round(value * scale) for value in (box.x0, box.y0, box.x1, box.y1))
    cv2.rectangle(drawn, (x0 + 1, y0 + 1), (x1 - 1, y1 - 1), colour, 2 if mark.verdict is Verdict.UNSURE else 1)
    letter = _LETTERS.get(mark.verdict)
    if letter:
        size = max(0.3, (y1 - y0) / 75)
        at = (x0 + 3, y1 - 4)
        cv2.putText(drawn, letter, at, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 3, cv2.LINE_AA)
        cv2.putText(drawn, letter, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)


def _jpeg(rgb: Bytes8) -> bytes:
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    assert done
    return data.tobytes()
