"""Finding one of the desk's sheets in a picture: which it is, where its cells are, and when nothing is said."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from domain.open_sheets import OpenSheet
from domain.sheet import SheetPage
from domain.sheet_layout import Paper, Sign
from domain.terms import Pattern, Session
from parsers.vision.cells import HEIGHT, WIDTH
from parsers.vision.grid import printed_nodes
from parsers.vision.naming import How, name_page
from parsers.vision.page import flat_points
from parsers.vision.picture import Picture, pictures
from parsers.vision.sheet import Found, Lost, Why, gray_of, look_for_sheet
from parsers.vision.tags import see_tags
from tests.fakes.photos import Camera, Pen, photo, signs
from tests.fakes.sheets import KEY, pages

MONDAY = (0, Session.DATANG), (0, Session.PULANG)


@cache
def printed() -> SheetPage:
    return pages(18)[0]


@cache
def opened() -> tuple[OpenSheet, ...]:
    others = [pages(n, Pattern.SIX)[0] for n in (3, 4)]
    return tuple(OpenSheet.of(page, KEY) for page in (printed(), *[_numbered(p, 50 + i) for i, p in enumerate(others)]))


def _numbered(page: SheetPage, number: int) -> SheetPage:
    return replace(page, number=number).signed(KEY)


@cache
def written() -> Pen:
    return Pen(printed()).sign(signs(range(0, 16, 2), *MONDAY))


def look(data: bytes, sheets: tuple[OpenSheet, ...] | None = None) -> Found | Lost:
    return look_for_sheet(next(pictures(data)), opened() if sheets is None else sheets)


@pytest.mark.parametrize("turn", range(4))
def test_a_sheet_is_found_and_named_however_the_phone_was_held(turn: int) -> None:
    found = look(photo(written(), Camera(turn=turn, seed=turn)))
    assert isinstance(found, Found)
    assert found.printed == printed()
    assert found.how is How.QR
    assert found.tags == 9


def test_the_cells_lie_where_they_were_printed() -> None:
    """Within a third of a millimetre, on a slanted photo of 1280 pixels."""
    picture = next(pictures(photo(written(), Camera(side=1280, seed=3))))
    found = look_for_sheet(picture, opened())
    assert isinstance(found, Found)
    off = np.abs(found.grid.nodes - flat_points(printed_nodes(printed().layout))) / 5
    assert off.max() < 0.35
    assert found.grid.strength > 0.9


def test_ink_lies_in_its_own_cell_and_nowhere_else() -> None:
    found = look(photo(written()))
    assert isinstance(found, Found)
    cells = found.cells
    assert cells.planes.shape == (3, (cells.rows + 2) * HEIGHT, (cells.columns + 2) * WIDTH)
    assert (cells.rows, cells.columns) == (len(printed().rows) + 1, 10)
    for row in range(cells.rows):
        for column in range(cells.columns):
            inked = float((cells.cell(row, column)[3:-3, 4:-4] > 0.5).mean())
            signed = Sign(row, column // 2, list(Session)[column % 2]) in signs(range(0, 16, 2), *MONDAY)
            assert (inked > 0.03) == signed, (row, column, inked)


def test_the_sheet_is_still_named_where_blur_has_made_its_cells_unreadable() -> None:
    seen = look(photo(written(), Camera(side=1280, blur=3.0, noise=2)))
    assert seen.sheet is not None
    assert seen.sheet.identity == printed().identity


@pytest.mark.parametrize("blur", [0.8, 2.4])
def test_the_tags_name_the_sheet_when_the_qr_codes_are_covered(blur: float) -> None:
    covered = Pen(printed())
    for box in printed().layout.qr_codes:
        x0, y0, x1, y1 = (round(10 * value) for value in (box.x0, box.y0, box.x1, box.y1))
        covered.image[y0:y1, x0:x1] = 250
    found = look(photo(covered, Camera(side=1280, blur=blur, noise=2)))
    assert isinstance(found, Found)
    assert found.how in (How.TAGS, How.SOFT)
    assert found.printed == printed()


def test_a_truly_blurred_sheet_without_codes_is_named_by_the_look_of_its_tags_among_many() -> None:
    covered = Pen(printed()).sign(signs(range(0, 16, 2), *MONDAY))
    for box in printed().layout.qr_codes:
        x0, y0, x1, y1 = (round(10 * value) for value in (box.x0, box.y0, box.x1, box.y1))
        covered.image[y0:y1, x0:x1] = 250
    many = (*opened(), *(OpenSheet.of(_numbered(printed(), 5000 + n), KEY) for n in range(40)))
    gray = gray_of(next(pictures(photo(covered, Camera(side=1600, blur=4.2, noise=2)))))
    sight = see_tags(gray)
    assert sight is not None
    assert len(sight.tags) < 5, "too few symbols to name it by themselves"
    named = name_page(gray, sight, many)
    assert named is not None
    assert named.sheet is not None
    assert (named.how, named.sheet.identity) == (How.SOFT, printed().identity)
    assert name_page(gray, sight, many[1:]) is None, "another sheet is never taken for it"


def test_a_sheet_that_was_not_issued_here_is_a_stranger() -> None:
    lost = look(photo(written()), opened()[1:])
    assert lost == Lost(Why.STRANGER, stranger=printed().identity)


def test_a_forged_token_names_nothing() -> None:
    other = replace(printed(), token="0" * 20)
    lost = look(photo(written()), (OpenSheet.of(other, b"another key, of another desk"),))
    assert isinstance(lost, Lost)
    assert lost.why is Why.STRANGER


def test_folio_paper_and_daily_sheets_are_found_as_well() -> None:
    folio = pages(20, Pattern.SIX, Paper.F4)[0]
    found = look(photo(Pen(folio).sign(signs([0], *MONDAY))), (OpenSheet.of(folio, KEY),))
    assert isinstance(found, Found)
    assert found.printed.paper is Paper.F4


def test_a_picture_without_a_sheet_is_lost() -> None:
    rng = np.random.default_rng(0)
    cat = cv2.resize(rng.integers(0, 255, (30, 40, 3), dtype=np.uint8), (1200, 900), interpolation=cv2.INTER_CUBIC)
    for rgb in (cat, np.full((900, 1200, 3), 255, np.uint8), np.zeros((900, 1200, 3), np.uint8)):
        assert look_for_sheet(Picture(np.asarray(rgb, np.uint8)), opened()) == Lost(Why.NO_TAGS)
