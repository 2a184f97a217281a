"""One picture, one look: which printed page it shows and where its cells are, or why nothing can be said.

The whole trip of a page: tags, name, flat page, grid, cells. Each step may end it with a ``Lost``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from domain.open_sheets import OpenSheet
from domain.sheet import SheetPage
from domain.sheet_identity import Identity
from parsers.vision.arrays import Bytes8
from parsers.vision.cells import Cells, cut_cells
from parsers.vision.grid import Grid, find_grid
from parsers.vision.naming import How, Named, codes_only, name_page
from parsers.vision.page import SCALE, Page, flatten
from parsers.vision.picture import Picture
from parsers.vision.tags import Sight, on_paper, see_tags

_LEAST_STRENGTH = 0.5  # share of the ruling that must be seen
_MARGIN = 1.0  # millimetres around a page that are painted over with it; another sheet may lie close by
_PAPER = (235, 235, 235)

cv2.setNumThreads(1)


class Why(StrEnum):
    """Why a picture gave no page."""

    NO_TAGS = "no_tags"  # nothing of the desk's is on it, or nothing can be made out
    CUT = "cut"  # parts of a sheet of the desk, not enough to lay it flat
    BLURRED = "blurred"
    STRANGER = "stranger"  # a sheet of the desk's kind that was not issued here


@dataclass(frozen=True)
class Lost:
    """No page; ``sheet`` when it is known all the same whose it is, ``stranger`` when a code names no sheet of ours."""

    why: Why
    sheet: OpenSheet | None = None
    stranger: Identity | None = None


@dataclass(frozen=True)
class Found:
    """A page laid flat with its cells cut out."""

    sheet: OpenSheet
    printed: SheetPage
    how: How
    page: Page
    grid: Grid
    cells: Cells
    sight: Sight

    @property
    def tags(self) -> int:
        """How many tags agree on the page's place."""
        return len(self.sight.tags)

    def in_sight(self, row: int, column: int) -> bool:
        """Whether a cell lies within the picture."""
        corners = self.grid.nodes[row : row + 2, column : column + 2].reshape(-1, 2)
        at = self.page.place((corners + 0.5) / SCALE)
        height, width = self.page.seen
        return bool(at.min() >= 0 and at[:, 0].max() <= width - 1 and at[:, 1].max() <= height - 1)


def look_for_sheet(picture: Picture, sheets: Sequence[OpenSheet]) -> Found | Lost:
    """The page of one of ``sheets`` that ``picture`` shows."""
    gray = gray_of(picture)
    sight = see_tags(gray)
    if sight is None:
        named = codes_only(gray, sheets)
        return _unplaced(named) if named else Lost(Why.NO_TAGS)
    named = name_page(gray, sight, sheets)
    if named is None:
        return Lost(Why.CUT)
    if named.sheet is None:
        return Lost(Why.STRANGER, stranger=named.stranger)
    return _laid_flat(picture, sight, named, named.sheet)


def _unplaced(named: Named) -> Lost:
    if named.sheet is None:
        return Lost(Why.STRANGER, stranger=named.stranger)
    return Lost(Why.CUT, named.sheet)


def _laid_flat(picture: Picture, sight: Sight, named: Named, sheet: OpenSheet) -> Found | Lost:
    printed = sheet.page()
    if sight.paper is not printed.paper:
        again = on_paper(sight.tags, printed.paper)
        if again is None:
            return Lost(Why.CUT, sheet)
        sight = replace(again, strays=sight.strays)
    page = flatten(picture, sight.fit.place, printed.layout)
    grid = find_grid(page)
    if grid.strength < _LEAST_STRENGTH:
        return Lost(Why.BLURRED, sheet)
    return Found(sheet, printed, named.how, page, grid, cut_cells(page, grid), sight)


def without(picture: Picture, found: Found) -> Picture:
    """The picture with a found page painted over, so that another sheet beside it can be looked for."""
    rgb = picture.rgb.copy()
    cv2.fillConvexPoly(rgb, np.round(found.sight.outline(_MARGIN)).astype(np.int32), _PAPER)
    return replace(picture, rgb=rgb)


def gray_of(picture: Picture) -> Bytes8:
    """The picture in gray; dots of a 1-bit picture are softened, so that edges have a place between them."""
    gray = np.asarray(cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), 1.0), np.uint8) if picture.two_tone else gray
