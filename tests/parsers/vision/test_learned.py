"""The learned cell reader: the file that ships, and what it says of plain cells."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.paper_sheets import sheets_of
from benchmarks.training.examples import IGNORED, truth_of
from demo.paper.laboratory import take
from domain.open_sheets import OpenSheet
from domain.reading import Verdict
from parsers.vision import learned, reader
from parsers.vision.arrays import Floats
from parsers.vision.cells import HEIGHT, WIDTH, Cells
from parsers.vision.learned import EMPTY, SIGNED, bands, chances_of
from parsers.vision.picture import pictures
from parsers.vision.reader import read_cells
from parsers.vision.sheet import Found, look_for_sheet
from tests.fakes.sheets import KEY, pages

FOLDER = Path(learned.__file__).parent
MEGABYTE = 1 << 20


def blank(rows: int, columns: int) -> Cells:
    planes = np.zeros((3, (rows + 2) * HEIGHT, (columns + 2) * WIDTH), np.float32)
    return Cells(planes, np.ones((rows + 2, columns + 2), np.float32), rows, columns)


def test_the_model_is_small_and_its_bands_are_its_own() -> None:
    model = (FOLDER / "cells.onnx").read_bytes()
    facts = json.loads((FOLDER / "cells.json").read_text("utf-8"))
    assert len(model) <= 3 * MEGABYTE
    assert facts["version"] == hashlib.sha256(model).hexdigest()[:12]
    assert facts["learned"]["seed"]


@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (7, 10), (26, 12), (3, 1)])
def test_clean_paper_is_empty_on_a_grid_of_any_size(rows: int, columns: int) -> None:
    chances = chances_of(blank(rows, columns))
    assert chances.shape == (rows, columns, 3)
    assert np.allclose(chances.sum(-1), 1, atol=1e-4)
    assert (chances[..., EMPTY] >= bands().empty).all()


def test_a_one_bit_picture_never_shows_that_a_cell_is_empty() -> None:
    seen = read_cells(blank(3, 4), two_tone=True)
    assert {one.verdict for line in seen for one in line} == {Verdict.UNSURE}


def test_a_line_ruled_across_cells_is_never_a_signature() -> None:
    cells = blank(4, 10)
    cells.planes[:2, 2 * HEIGHT + 14 : 2 * HEIGHT + 18, WIDTH + 10 : 10 * WIDTH] = 1.0
    seen = read_cells(cells, two_tone=False)
    assert {one.verdict for one in seen[1][1:8]} == {Verdict.UNSURE}


def squiggle(cells: Cells, row: int, column: int, waves: float) -> None:
    """Ink of a hand that makes so many waves."""
    x = np.linspace(8, WIDTH - 8, 200)
    y = HEIGHT / 2 + 10 * np.sin((x - 8) * waves / 6)
    at = (row + 1) * HEIGHT + y.astype(int), (column + 1) * WIDTH + x.astype(int)
    for down, right in ((0, 0), (1, 0), (0, 1)):
        cells.planes[:2, at[0] + down, at[1] + right] = 1.0


def told(rows: int, columns: int, signed: dict[tuple[int, int], float]) -> Floats:
    """Chances as the network gives them: empty but where ``signed`` says how likely a signature is."""
    chances = np.zeros((rows, columns, 3), np.float32)
    chances[..., EMPTY] = 1
    for at, chance in signed.items():
        chances[at] = (0, chance, 1 - chance)
    return chances


def test_a_likely_signature_is_one_where_the_same_hand_surely_signed_in_that_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = blank(3, 4)
    for row, column, waves in ((0, 0, 1.5), (0, 2, 1.5), (1, 0, 1.5), (2, 0, 1.5), (2, 2, 4.5)):
        squiggle(cells, row, column, waves)
    likely, sure = 0.6, 0.99
    signed = {(0, 0): sure, (0, 2): likely, (1, 0): likely, (2, 0): sure, (2, 2): likely}
    assert likely < bands().signed
    monkeypatch.setattr(reader, "chances_of", lambda _: told(3, 4, signed))
    seen = read_cells(cells, two_tone=False)
    assert seen[0][2].verdict is Verdict.SIGNED
    assert seen[0][2].confidence == pytest.approx(likely)
    assert seen[1][0].verdict is Verdict.UNSURE  # nobody signed beside it
    assert seen[2][2].verdict is Verdict.UNSURE  # another hand did


def test_cells_of_one_row_that_are_doubtful_together_are_not_called_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody whose strokes always lie on the cell's line leaves a little doubt in every cell, never enough in one."""
    chances = told(2, 8, {})
    for row, column in ((0, 1), (0, 5), (1, 0), (1, 2), (1, 7)):
        chances[row, column] = (0.94, 0.05, 0.01)
    monkeypatch.setattr(reader, "chances_of", lambda _: chances)
    first, second = read_cells(blank(2, 8), two_tone=False)
    assert {one.verdict for one in first} == {Verdict.EMPTY}
    assert [n for n, one in enumerate(second) if one.verdict is Verdict.UNSURE] == [0, 2, 7]


def test_in_a_long_row_a_few_doubtful_cells_say_nothing_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a month's sixty places chance alone doubts three; a hand that signs on the line doubts a good share."""
    chances = told(2, 40, {})
    chances[0, :5] = chances[1, :12] = (0.94, 0.05, 0.01)
    monkeypatch.setattr(reader, "chances_of", lambda _: chances)
    first, second = read_cells(blank(2, 40), two_tone=False)
    assert {one.verdict for one in first} == {Verdict.EMPTY}
    assert sum(one.verdict is Verdict.UNSURE for one in second) == 12


def test_more_other_ink_than_signature_stays_unsure_however_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = blank(1, 3)
    squiggle(cells, 0, 0, 1.5)
    squiggle(cells, 0, 2, 1.5)
    monkeypatch.setattr(reader, "chances_of", lambda _: told(1, 3, {(0, 0): 0.99, (0, 2): 0.4}))
    assert read_cells(cells, two_tone=False)[0][2].verdict is Verdict.UNSURE


def test_a_photo_of_an_invented_office_is_read_without_a_wrong_cell() -> None:
    page = pages(14)[0]
    shot = take(sheets_of([page])[0], "valid", "photo1600", 77)
    picture = next(pictures(shot.data))
    found = look_for_sheet(picture, [OpenSheet.of(page, KEY)])
    assert isinstance(found, Found)
    labels, _ = truth_of(shot, found)
    seen = read_cells(found.cells, two_tone=picture.two_tone)
    said = {Verdict.SIGNED: SIGNED, Verdict.EMPTY: EMPTY}
    plain = [(row, column) for row, column in np.argwhere(labels != IGNORED) if labels[row, column] in (EMPTY, SIGNED)]
    spoken = [(labels[at], said[seen[at[0]][at[1]].verdict]) for at in plain if seen[at[0]][at[1]].verdict in said]
    assert all(true == told for true, told in spoken)
    assert len(spoken) > 0.8 * len(plain)
