"""The learned cell reader: a small network over the page's grid of cells, run by onnxruntime on one thread.

``make train`` makes ``cells.onnx`` and ``cells.json`` (bands, seed, what it was trained on) anew. facts: scan, "A small
network" and "Pitfalls".
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from parsers.vision.arrays import Floats
from parsers.vision.cells import Cells

EMPTY, SIGNED, OTHER = range(3)
"""Classes in the order of the chances: nothing, a signature, ink that is neither."""
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bands:
    """From which chance on a cell is called signed or empty; between them it is unsure.

    ``signed_two_tone``: in a 1-bit picture, which thickens what reaches in from a neighbour.
    """

    signed: float
    empty: float
    signed_two_tone: float


def session_of(model: bytes) -> Any:
    """An onnxruntime session for ``model`` that starts no threads and keeps no more memory than it needs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(session: Any, cells: Cells) -> Floats:
    """Chances (rows, columns, 3) of the cells within the ring: the mean of the page and its three mirror images.

    Ink is ink in a mirror too, and four looks err less often together: on validation pages half as many wrong cells at
    the same share of unsure ones.
    """
    looks = [_look(session, cells.planes, down, right) for down in (1, -1) for right in (1, -1)]
    return np.asarray(np.mean(looks, axis=0), np.float32)


def _look(session: Any, planes: Floats, down: int, right: int) -> Floats:
    mirrored = np.ascontiguousarray(planes[None, :, ::down, ::right])
    (chances,) = session.run(None, {"planes": mirrored})
    return np.asarray(chances[0, :, ::down, ::right][:, 1:-1, 1:-1].transpose(1, 2, 0), np.float32)


@cache
def _session() -> Any:
    return session_of((_FOLDER / "cells.onnx").read_bytes())


@cache
def _facts() -> Any:
    return json.loads((_FOLDER / "cells.json").read_text("utf-8"))


@cache
def bands(*, own_form: bool = False) -> Bands:
    """The bands that were set for this very model, on the desk's own sheets or on ``own_form`` of an office."""
    chosen = _facts()["bands"]["own form" if own_form else "desk"]
    return Bands(**{name: float(value) for name, value in chosen.items()})


def model_version() -> str:
    """Eight digits that tell this model from every other; part of a reader's version, kept with each fact."""
    return str(_facts()["version"])[:8]


def chances_of(cells: Cells) -> Floats:
    """What the network says of every cell of the page: (rows, columns, 3)."""
    return run(_session(), cells)
