"""The other way to read cells: twenty-odd features and boosted trees, learnt and judged on the same pages.

For comparison only (docs/decisions); needs NumPy and scikit-learn, in the trainer's environment.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

HEIGHT, WIDTH, QUANTUM, IGNORED = 32, 48, 127.5, -1
LEVELS = (0.25, 0.45, 0.8)
LIMITS = {"signed": ((0, 4e-5), (2, 0.03)), "empty": ((1, 1e-4), (2, 0.006))}
"""Class and share of it that may lie above each band, as ``benchmarks.training.bands`` has them."""
Floats = NDArray[np.float32]


def features(planes: NDArray[np.uint8]) -> Floats:
    """(rows, columns, n) of a page: how much ink, where in the cell, how far it reaches, what the neighbours hold."""
    ink = planes[0].astype(np.float32) / QUANTUM
    rows, columns = ink.shape[0] // HEIGHT, ink.shape[1] // WIDTH
    blocks = ink.reshape(rows, HEIGHT, columns, WIDTH).transpose(0, 2, 1, 3)
    noise = planes[2].reshape(rows, HEIGHT, columns, WIDTH).mean((1, 3)) / QUANTUM
    core = blocks[:, :, 8:24, 12:36]
    found = [blocks.mean((2, 3)), core.mean((2, 3)), blocks.max((2, 3)), core.max((2, 3)), noise]
    for level in LEVELS:
        seen = blocks > level
        found += [seen.mean((2, 3)), seen[:, :, 8:24, 12:36].mean((2, 3))]
        found += [seen.any(3).mean(2), seen.any(2).mean(2)]  # how tall, how wide
        found += [np.abs(np.diff(seen.astype(np.int8), axis=axis)).mean((2, 3)) for axis in (2, 3)]
    seen = blocks > LEVELS[1]
    found += [seen[:, :, :4].mean((2, 3)), seen[:, :, -4:].mean((2, 3))]
    found += [seen[:, :, :, :5].mean((2, 3)), seen[:, :, :, -5:].mean((2, 3))]
    area = np.pad(seen.mean((2, 3)), 1)
    found += [area[1 + y : 1 + y + rows, 1 + x : 1 + x + columns] for y, x in ((-1, 0), (1, 0), (0, -1), (0, 1))]
    return np.stack(found, -1).astype(np.float32)


def cells(folder: Path, most: int) -> tuple[Floats, NDArray[np.int8], NDArray[np.str_]]:
    """Features, classes and sets of the cells of at most ``most`` pages of ``folder``."""
    values, labels, names = [], [], []
    for path in sorted(folder.glob("*.npz"))[:most]:
        with np.load(path) as kept:
            known = kept["labels"] != IGNORED
            values.append(features(kept["planes"])[1:-1, 1:-1][known])
            labels.append(kept["labels"][known])
            names.append(np.full(int(known.sum()), str(kept["name"]), "U12"))
    return np.concatenate(values), np.concatenate(labels), np.concatenate(names)


def band(chance: Floats, labels: NDArray[np.int8], limits: tuple[tuple[int, float], ...]) -> float:
    """The lowest band that keeps the limits."""
    lowest = 0.6
    for group, share in limits:
        ordered = np.sort(chance[labels == group])[::-1]
        lowest = max(lowest, float(ordered[min(int(share * len(ordered)), len(ordered) - 1)]))
    return lowest + 0.1 * (1 - lowest)


def main(asked: list[str]) -> int:
    """Print what boosting does on the validation pages."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training.boosting", description=__doc__)
    parser.add_argument("--train", type=Path, default=Path("build/reader/train"))
    parser.add_argument("--valid", type=Path, default=Path("build/reader/valid"))
    parser.add_argument("--pages", type=int, default=2000)
    options = parser.parse_args(asked)
    values, labels, _ = cells(options.train, options.pages)
    model = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.08, max_leaf_nodes=31, random_state=20261126)
    model.fit(values, labels)
    values, labels, names = cells(options.valid, options.pages)
    chances = model.predict_proba(values).astype(np.float32)
    greys = names != "one bit"
    signed = band(chances[:, 1], labels, LIMITS["signed"])
    empty = band(chances[greys, 0], labels[greys], LIMITS["empty"])
    said_signed, said_empty = chances[:, 1] >= signed, (chances[:, 0] >= empty) & greys
    plain, other = labels != 2, labels == 2
    wrong = (said_signed & (labels == 0)) | (said_empty & (labels == 1))
    figures = {
        "cells": float(len(labels)), "wrong": wrong[plain].mean(), "unsure": (~said_signed & ~said_empty)[plain].mean(),
        "other called signed": said_signed[other].mean(), "other called empty": said_empty[other].mean(),
    }  # fmt: skip
    sys.stdout.write("".join(f"{name}: {value:.5f}\n" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
