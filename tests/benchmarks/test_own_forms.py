"""Own forms as lessons: the cells that the product cuts stand where the laboratory wrote."""

import numpy as np
import pytest

from benchmarks.training.own_forms import own_form
from demo.paper.habits import ORDINARY
from parsers.vision.cells import HEIGHT, WIDTH
from parsers.vision.ruling import find_ruled

SEEDS = range(40, 46)


def test_ink_is_where_the_truth_says_and_nowhere_else() -> None:
    drawn = [own_form("valid", "scan", seed, ORDINARY) for seed in SEEDS]
    kept = [one for one in drawn if one is not None]
    assert len(kept) >= len(SEEDS) // 2
    dark: dict[bool, list[float]] = {True: [], False: []}
    for shot, cells in kept:
        assert (cells.rows, cells.columns) == (shot.geometry.rows, shot.geometry.columns)
        for slot, truth in zip(shot.geometry.slots, shot.truths, strict=True):
            if truth.ink not in ("signature", "empty"):
                continue
            middle = cells.cell(slot.row, slot.column)[HEIGHT // 5 : -HEIGHT // 5, WIDTH // 5 : -WIDTH // 5]
            dark[truth.ink == "signature"].append(float(np.mean(middle > 0.5)))
    assert min(len(shares) for shares in dark.values()) > 10
    assert np.median(dark[True]) > 0.05
    assert np.quantile(dark[False], 0.95) < 0.02


def test_a_page_of_whose_columns_one_is_believed_has_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found while lessons were drawn: the rows were then asked where no columns were left."""
    page = np.full((1600, 1200), 255, np.uint8)
    page[300:1302:100, 200:1003] = page[300:1303, 200:1002:200] = 40
    assert find_ruled(page) is not None
    monkeypatch.setattr("parsers.vision.ruling.printed_columns", lambda _seen, xs, _other: np.arange(len(xs)) == 0)
    assert find_ruled(page) is None
