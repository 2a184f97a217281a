"""What is a line of the ruling on a straight page, and what only looks like one."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from parsers.vision.line_evidence import (
    between_columns,
    between_rows,
    connected,
    contrast,
    halves,
    missed,
    pieces,
    printed_columns,
    printed_lines,
    running_on,
    unseen_cells,
)

Gray = NDArray[np.uint8]
YS = np.arange(100.0, 901.0, 50)
XS = np.array([100.0, 160, 500, 700, 900, 1000])


def table(*, blur: float = 2.0) -> Gray:
    """A blank table with lines at ``YS`` and ``XS``, as a soft photo shows them."""
    page = np.full((1000, 1100), 250, np.uint8)
    for y in YS.astype(int):
        cv2.line(page, (100, y), (1000, y), 60, 2)
    for x in XS.astype(int):
        cv2.line(page, (x, 100), (x, 900), 60, 2)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), blur), np.uint8)


def write(page: Gray, y: int, *, size: float = 0.7) -> Gray:
    for x, text in ((110, "12"), (170, "SITI RAHMAWATI HANDAYANI"), (510, "PENGADMINISTRASI")):
        cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 40, 3)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 1.5), np.uint8)


def lines_of(page: Gray, ys: NDArray[np.float64], xs: NDArray[np.float64]) -> list[float]:
    seen = contrast(page)
    kept = printed_lines(pieces(seen, ys, xs), ys, running_on(seen, ys, xs))
    return [float(y) for y in ys[kept]]


def columns_of(page: Gray, ys: NDArray[np.float64], xs: NDArray[np.float64]) -> list[float]:
    seen = contrast(np.ascontiguousarray(page.T))
    kept = printed_columns(pieces(seen, xs, ys), xs, running_on(seen, xs, ys))
    return [float(x) for x in xs[kept]]


@pytest.mark.parametrize("blur", [0.5, 2.0, 3.5])
def test_lines_that_blur_has_paled_are_all_seen(blur: float) -> None:
    page = table(blur=blur)
    assert lines_of(page, YS, XS) == list(YS)
    assert columns_of(page, YS, XS) == list(XS)


def test_a_row_of_writing_is_no_line() -> None:
    page = write(table(), 330)
    ys = np.sort(np.append(YS, 322.0))
    assert lines_of(page, ys, XS) == list(YS)


def test_a_pen_s_line_through_a_row_is_no_line_of_the_table() -> None:
    page = table()
    cv2.line(page, (515, 375), (885, 377), 30, 3)
    assert lines_of(page, np.sort(np.append(YS, 376.0)), XS) == list(YS)


def test_a_crease_that_runs_on_over_the_page_is_no_column() -> None:
    page = table()
    cv2.line(page, (610, 0), (610, 999), 180, 3)
    assert columns_of(page, YS, np.sort(np.append(XS, 610.0))) == list(XS)


def test_letters_that_stand_below_each_other_are_no_column() -> None:
    page = table()
    for y in YS[:-1].astype(int):
        cv2.putText(page, "Il1", (250, y + 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 40, 2)
        cv2.putText(page, "Il1", (250, y + 45), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 40, 2)
    assert columns_of(page, YS, np.sort(np.append(XS, 259.0))) == list(XS)


def test_of_two_lines_on_one_place_one_is_kept() -> None:
    ys = np.sort(np.append(YS, 305.0))
    assert len(lines_of(table(), ys, XS)) == len(YS)


def test_a_line_that_was_missed_is_found_and_a_row_of_writing_is_not() -> None:
    page = write(table(), 730)
    found = missed(contrast(page), np.delete(YS, 5), XS)
    assert found == pytest.approx([YS[5]], abs=2)


def test_a_heading_over_two_columns_separates_them_only_below_itself() -> None:
    page = table()
    cv2.rectangle(page, (108, 142), (494, 158), 250, -1)
    page[104:147, 690:711] = 250
    rows, columns = pieces(contrast(page), YS, XS), pieces(contrast(np.ascontiguousarray(page.T)), XS, YS)
    across, down = between_rows(rows), between_columns(columns, rows)
    assert not across[1, 1]
    assert across[1, 2:].all()
    assert across[2:].all()
    assert not down[0, 3]
    assert down[1:].all()


def test_a_line_that_blur_has_taken_in_one_column_still_separates_its_rows_and_columns() -> None:
    page = table()
    page[330:520, 520:720] = cv2.GaussianBlur(page, (0, 0), 14)[330:520, 520:720]
    rows, columns = pieces(contrast(page), YS, XS), pieces(contrast(np.ascontiguousarray(page.T)), XS, YS)
    assert between_rows(rows).all()
    assert between_columns(columns, rows).all()


def test_a_number_beside_several_lines_of_one_person_is_one_cell() -> None:
    """Form E: four lines a person; the header's second line runs through the days, not through the number."""
    page = table()
    kept = [n for n in range(len(YS)) if n in (0, len(YS) - 1) or n % 4 == 2]
    for n, y in enumerate(YS.astype(int)):
        if n not in kept:
            page[y - 8 : y + 9, 105:156] = 250
    across = between_rows(pieces(contrast(page), YS, XS))
    assert np.flatnonzero(across[:, 0]).tolist() == kept
    assert across[:, 1:].all()


def test_a_cell_under_a_note_is_hidden_and_no_other_is() -> None:
    page = table()
    page[310:395, 720:880] = 250
    rows, columns = pieces(contrast(page), YS, XS), pieces(contrast(np.ascontiguousarray(page.T)), XS, YS)
    hidden = unseen_cells(rows, columns, between_rows(rows), between_columns(columns, rows))
    assert np.argwhere(hidden).tolist() == [[4, 3], [5, 3]]


DAYS = np.arange(100.0, 533.0, 36)


def month(drawn: NDArray[np.float64]) -> Gray:
    """Rows of narrow day cells with thin lines at ``drawn``; those right of the seventh are full of writing."""
    page = np.full((1000, 700), 250, np.uint8)
    right = int(DAYS[6])
    for top in YS[2:-1].astype(int):
        cv2.rectangle(page, (right + 5, top + 4), (right + 29, top + 46), 30, -1)
    for y in YS.astype(int):
        cv2.line(page, (100, y), (532, y), 130, 2)
    for x in drawn.astype(int):
        cv2.line(page, (x, 100), (x, 900), 130, 2)
    return page


def test_a_line_between_days_that_writing_hides_is_found_where_it_must_be() -> None:
    page = month(DAYS)
    without = np.delete(DAYS, 6)
    assert halves(without).tolist() == [DAYS[6]]
    assert columns_of(page, YS, DAYS) == list(DAYS)


def test_two_days_that_share_a_cell_stay_one() -> None:
    without = np.delete(DAYS, 6)
    assert columns_of(month(without), YS, DAYS) == list(without)
    assert halves(XS).tolist() == [], "too few equal columns to be days"


def test_a_picture_of_more_parts_than_small_labels_hold_is_counted_all_the_same() -> None:
    dots = np.zeros((1200, 1200), np.uint8)
    dots[::4, ::4] = 255
    assert connected(dots)[0] == 300 * 300 + 1
