"""A printed page as pixels: the PDF rasterised once, then printed again and again with a printer's moods."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import pypdfium2

from demo.paper.geometry import Geometry, Image
from demo.paper.pens import grains, tile

DENSITY = 8.0  # pixels a mm, enough for photographs and scans of 200 dpi
Dice = np.random.Generator


@lru_cache(maxsize=96)
def raster(pdf: bytes, page: int, density: float) -> Image:
    """One page in grey at ``density`` pixels a mm, kept for the next time; ``ValueError`` if there is no such page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 0 <= page < len(document):
            raise ValueError(f"PDF ini tidak mempunyai halaman {page + 1}")
        return np.ascontiguousarray(document[page].render(scale=density * 25.4 / 72, grayscale=True).to_numpy())
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to be printed: its PDF and where ink may go on one page of it."""

    pdf: bytes
    geometry: Geometry

    def pages(self) -> int:
        """Pages of the PDF, backs included."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            return len(document)
        finally:
            document.close()


def printed(sheet: Sheet, rng: Dice, density: float = DENSITY) -> Image:
    """The page on paper, RGB: toner more or less black, paper more or less white, the back showing through."""
    grey = raster(sheet.pdf, sheet.geometry.page, density)
    if rng.random() < 0.5:
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.4, 0.9)) * density / DENSITY)
    toner, white = rng.uniform(10, 70), rng.uniform(236, 253)
    levels = toner + np.arange(256) * (white - toner) / 255
    page = cv2.LUT(grey, levels.astype(np.uint8))
    if rng.random() < 0.35 and sheet.geometry.page + 1 < sheet.pages():
        back = cv2.flip(raster(sheet.pdf, sheet.geometry.page + 1, density), 1)
        if back.shape == page.shape:
            faint = cv2.GaussianBlur(back, (0, 0), 1.6 * density / DENSITY)
            page = cv2.addWeighted(page, 1.0, cv2.bitwise_not(faint), -float(rng.uniform(0.01, 0.06)), 0)
    grain = tile(grains(), page.shape[0], page.shape[1], rng)
    page = cv2.add(page, (grain * rng.uniform(0.3, 2.0)).astype(np.float32), dtype=cv2.CV_8U)
    warm = rng.uniform(0.96, 1.0, 3) if rng.random() < 0.5 else np.ones(3)
    return cv2.merge([cv2.convertScaleAbs(page, alpha=float(w)) for w in warm])
