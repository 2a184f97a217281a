"""Own forms as lessons: the cells that the product cuts stand where the laboratory wrote."""

import numpy as np

from benchmarks.training.own_forms import own_form
from demo.paper.habits import ORDINARY
from parsers.vision.cells import HEIGHT, WIDTH

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


def test_a_photo_of_whose_columns_one_is_believed_has_no_table() -> None:
    """Found while lessons were drawn: the rows were then asked where no columns were left."""
    assert own_form("train", "photo1280", 2634, ORDINARY) is None
