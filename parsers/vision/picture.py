"""From bytes to upright pictures: JPEG, PNG, HEIC, WEBP, TIFF and PDF, page by page, within counted limits.

Large pictures are reduced while they are decoded: nothing on a sheet is finer than 0.15 mm. Sizes are believed only
after the header was looked at, so that a bomb is refused before its pixels exist.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pypdfium2
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from domain.errors import ReadingError
from domain.reading import ProblemCode
from parsers.refusals import MESSAGES
from parsers.vision.arrays import Bytes8

MOST_PAGES = 60
MOST_PIXELS = 120_000_000
LONG_SIDE = 2_400
"""Pictures are brought below this many pixels: 8 px/mm on a page of A4."""
_REDUCE_FROM = 3_000  # a JPEG this long is halved by its decoder, which costs less than decoding it whole
_PDF_LONG_SIDE = 1_900
_TWO_TONE_GRAYS = 0.015  # share of pixels that are neither paper nor ink in a 1-bit picture, at most
_OPENCV = ("JPEG", "PNG")

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Picture:
    """One upright page. ``unit`` is how many pixels of the file (points of a PDF) one pixel of ``rgb`` stands for.

    ``two_tone``: a 1-bit picture, in which light ink is gone.
    """

    rgb: Bytes8
    page: int = 1
    unit: float = 1.0
    two_tone: bool = False


def pictures(data: bytes, wanted: frozenset[int] = frozenset()) -> Iterator[Picture]:
    """Every page of ``data``, or those of a PDF that are ``wanted``.

    ``ReadingError`` (damaged, too large, a bomb) when it cannot be opened.
    """
    if b"%PDF-" in data[:1024]:
        yield from _pdf_pages(data, wanted)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata is no reason to give up on a picture
        try:
            with Image.open(BytesIO(data)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB])
                if image.format in _OPENCV and image.mode in ("L", "RGB") and not getattr(image, "is_animated", False):
                    yield _by_opencv(data, image)
                else:
                    yield from _by_pillow(image)
        except Image.DecompressionBombError as error:
            raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB]) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED]) from error


def _by_opencv(data: bytes, image: Image.Image) -> Picture:
    whole = max(image.size)
    halved = image.format == "JPEG" and whole >= _REDUCE_FROM
    flag = cv2.IMREAD_REDUCED_COLOR_2 if halved else cv2.IMREAD_COLOR
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    if decoded is None:
        raise ReadingError(ProblemCode.DAMAGED, MESSAGES[ProblemCode.DAMAGED])
    rgb = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    return _fitted(rgb, 1, whole / max(rgb.shape[:2]), is_two_tone(rgb))


def _by_pillow(image: Image.Image) -> Iterator[Picture]:
    """The slow way, for everything else; several frames are pages (a fax as TIFF)."""
    for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
        if number > MOST_PAGES or (number > 1 and image.format not in ("TIFF", "HEIF")):
            return
        if frame.width * frame.height > MOST_PIXELS:
            raise ReadingError(ProblemCode.BOMB, MESSAGES[ProblemCode.BOMB])
        upright = ImageOps.exif_transpose(frame)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            paper = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(paper, upright.convert("RGBA"))
        if upright.mode.startswith("I;16"):
            upright = upright.point(lambda value: value / 256).convert("L")
        # A fax is made small before it gets three colours: at 300 dpi they would take 26 MB for nothing.
        seen = np.asarray(upright.convert("L" if upright.mode in ("1", "L") else "RGB"), np.uint8)
        yield _fitted(seen, number, 1.0, frame.mode == "1" or is_two_tone(seen))


def _pdf_pages(data: bytes, wanted: frozenset[int]) -> Iterator[Picture]:
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        code = ProblemCode.ENCRYPTED if "password" in str(error).lower() else ProblemCode.DAMAGED
        raise ReadingError(code, MESSAGES[code]) from error
    for number in [n for n in range(min(count, MOST_PAGES)) if not wanted or n + 1 in wanted]:
        yield _pdf_page(document, number)
    document.close()


def _pdf_page(document: Any, number: int) -> Picture:
    """One page; what the library holds of it, 26 MB for a scan at 300 dpi, is gone before it is read."""
    page = document[number]
    width, height = page.get_size()
    scale = _PDF_LONG_SIDE / max(width, height, 1.0)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    rgb = np.array(bitmap.to_numpy()[:, :, :3], np.uint8, order="C")
    one_bit = _one_bit_page(page)
    bitmap.close()
    page.close()
    return Picture(rgb, number + 1, 1 / scale, one_bit)


def _one_bit_page(page: Any) -> bool:
    """Whether all that the page shows are pictures of one bit a pixel."""
    bits = [obj.get_metadata().bits_per_pixel for obj in page.get_objects(max_depth=3) if isinstance(obj, _PDF_IMAGE)]
    return bool(bits) and max(bits) == 1


_PDF_IMAGE: Any = pypdfium2.PdfImage


def _fitted(seen: Bytes8, page: int, unit: float, two_tone: bool) -> Picture:
    """Brought below ``LONG_SIDE``; ``seen`` is red, green, blue or grey alone."""
    shrink = min(1.0, LONG_SIDE / max(seen.shape[:2]))
    if shrink < 1:
        seen = np.asarray(cv2.resize(seen, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    rgb = np.asarray(cv2.cvtColor(seen, cv2.COLOR_GRAY2RGB), np.uint8) if seen.ndim == 2 else seen
    return Picture(rgb, page, unit / shrink, two_tone)


def is_two_tone(rgb: Bytes8) -> bool:
    """Whether the picture knows only ink and paper (measured on every third pixel)."""
    sample = rgb[1::3, 1::3, 1] if rgb.ndim == 3 else rgb[1::3, 1::3]
    grays = np.count_nonzero((sample > 40) & (sample < 215)) / max(sample.size, 1)
    bright = np.count_nonzero(sample >= 250) / max(sample.size, 1)
    return bool(grays < _TWO_TONE_GRAYS and 0.3 < bright < 0.999)
