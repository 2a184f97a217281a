"""From which chance on the reader speaks: set on validation pages, whose ink and optics the network never saw.

facts: scan, "Pitfalls": bands on both P(signed) and P(empty), anew for each model.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.training.examples import CLASSES, IGNORED, QUANTUM
from parsers.vision import learned
from parsers.vision.cells import HEIGHT, Cells
from parsers.vision.learned import EMPTY, OTHER, SIGNED

TWO_TONE = "one bit"
HOME = Path(learned.__file__).parent
FALSE_EMPTY = 1e-4
"""Share of signed cells (pencil and tiny parafs included) that may be called empty."""
OTHER_EMPTY = 0.006
"""Share of other ink that may be called empty."""
LEAST, LEAST_TWO_TONE = 0.6, 0.95
"""No band lies lower. A 1-bit picture thickens every stroke that reaches in from a neighbour, and too few of its cells
are validated to show a fault in a thousand."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares of empty cells and of other ink that may be called signed, and the lowest band for "empty"."""

    false_signed: float
    other_signed: float
    least_empty: float = LEAST


LIMITS = {"desk": Limits(4e-5, 0.03, 0.9), "own form": Limits(7e-4, 0.04)}
"""Of own forms there are too few cells for a smaller share, and nearly all other ink on them is a signature that
somebody's line runs over. A higher band for "empty" costs the desk's forms one cell in a thousand; of five signed cells
called empty on fresh pages two lay below it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Cells of many pages: chances (n, 3), true class, kind of ink, set of pictures, whether an office's own form."""

    chances: NDArray[np.float32]
    labels: NDArray[np.int8]
    inks: NDArray[np.str_]
    sets: NDArray[np.str_]
    own: NDArray[np.bool_]

    def of(self, *, own: bool) -> "Judged":
        """Those on offices' own forms, or on the desk's."""
        kept = self.own == own
        return Judged(self.chances[kept], self.labels[kept], self.inks[kept], self.sets[kept], self.own[kept])


def judged(folder: Path, model: bytes) -> Judged:
    """Every cell of the pages kept in ``folder`` through ``model``."""
    session = learned.session_of(model)
    parts = list(_pages(folder, session))
    chances, labels, inks, sets, own = (np.concatenate([part[n] for part in parts]) for n in range(5))
    return Judged(chances, labels, inks, sets, own)


def _pages(folder: Path, session: object) -> Iterator[tuple[NDArray[np.generic], ...]]:
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            planes, labels, inks, name = kept["planes"], kept["labels"], kept["inks"], str(kept["name"])
            own = bool(kept["own"])
        rows, columns = labels.shape
        floats = planes.astype(np.float32) / np.float32(QUANTUM)
        contrast = np.ones((planes.shape[1] // HEIGHT, columns + 2), np.float32)
        chances = learned.run(session, Cells(floats, contrast, rows, columns))
        known = labels != IGNORED
        count = int(known.sum())
        yield chances[known], labels[known], inks[known], np.full(count, name, "U12"), np.full(count, own)


def band(chance: NDArray[np.float32], limits: list[tuple[NDArray[np.bool_], float]], least: float = LEAST) -> float:
    """The lowest band from ``least`` on above which of each group of cells no larger share lies than its limit."""
    lowest = least
    for group, share in limits:
        ordered = np.sort(chance[group])[::-1]
        if len(ordered):
            lowest = max(lowest, float(ordered[min(int(share * len(ordered)), len(ordered) - 1)]))
    # A little above the last one that went wrong: the next model of ink may be a little worse.
    return lowest + 0.1 * (1 - lowest)


def bands_of(cells: Judged, limits: Limits) -> learned.Bands:
    """All bands within ``limits``."""
    empty, signed, other = (cells.labels == n for n in range(3))
    grey = cells.sets != TWO_TONE  # in the others nothing is ever called empty
    said = cells.chances[:, SIGNED]
    return learned.Bands(
        band(said, [(empty & grey, limits.false_signed), (other & grey, limits.other_signed)]),
        band(
            cells.chances[:, EMPTY],
            [(signed & grey, FALSE_EMPTY), (other & grey, OTHER_EMPTY)],
            limits.least_empty,
        ),
        max(LEAST_TWO_TONE, band(said, [(empty & ~grey, limits.false_signed), (other & ~grey, limits.other_signed)])),
    )


def outcome(cells: Judged, bands: learned.Bands) -> dict[str, float]:
    """What the bands do to these cells, as shares."""
    grey = cells.sets != TWO_TONE
    said_signed = cells.chances[:, SIGNED] >= np.where(grey, bands.signed, bands.signed_two_tone)
    said_empty = (cells.chances[:, EMPTY] >= bands.empty) & grey
    plain, other = cells.labels != OTHER, cells.labels == OTHER
    wrong = (said_signed & (cells.labels == EMPTY)) | (said_empty & (cells.labels == SIGNED))
    return {
        "cells": float(len(cells.labels)),
        "wrong": float(wrong[plain].mean()),
        "unsure": float((~said_signed & ~said_empty)[plain].mean()),
        "other called signed": float(said_signed[other].mean()),
        "other called empty": float(said_empty[other].mean()),
    }


def set_bands(folder: Path) -> str:
    """Choose the bands for ``folder``/cells.onnx on ``folder``/valid, for the desk's sheets and for offices' own forms
    apart, and put both files into the product."""
    model = (folder / "cells.onnx").read_bytes()
    cells = judged(folder / "valid", model)
    groups = {"desk": cells.of(own=False), "own form": cells.of(own=True)}
    bands = {name: bands_of(group, LIMITS[name]) for name, group in groups.items()}
    facts = {
        "version": hashlib.sha256(model).hexdigest()[:12],
        "classes": CLASSES,
        "bands": {name: _rounded(asdict(one)) for name, one in bands.items()},
        "learned": json.loads((folder / "learned.json").read_text("utf-8")),
        "validation": {name: _rounded(outcome(group, bands[name])) for name, group in groups.items()},
    }
    text = json.dumps(facts, indent=1) + "\n"
    (HOME / "cells.onnx").write_bytes(model)
    (HOME / "cells.json").write_text(text, "utf-8")
    return text


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values.items()}
