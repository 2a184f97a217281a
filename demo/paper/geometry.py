"""Where ink may go on a printed page: plain data in millimetres, exported by whoever printed the sheet."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[Any]
"""Pixels: rows × columns (× 3, red first)."""
Points: TypeAlias = NDArray[np.float64]
"""n × 2 places, millimetres from the page's top left unless said otherwise."""
Box: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1 in millimetres."""

SIGN, HEAD, CODE, DAY, BLOCK = "sign", "head", "code", "day", "block"
"""Kinds of slot: a person's cell, the head's cell of a session, tick boxes for a code and a day, the head's block."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for ink. ``row`` is -1 for the head; ``column`` counts sessions, codes or days; closed ones are grey."""

    kind: str
    row: int
    column: int
    box: Box
    open: bool = True


@dataclass(frozen=True)
class Geometry:
    """One page: ``page`` counts from 0 in the PDF; ``width`` and ``height`` in millimetres."""

    width: float
    height: float
    page: int
    slots: tuple[Slot, ...]

    @cached_property
    def boxes(self) -> Points:
        """The slots' boxes as n × 4."""
        return np.array([slot.box for slot in self.slots], dtype=float).reshape(-1, 4)

    @cached_property
    def columns(self) -> int:
        """Number of session columns."""
        return 1 + max((slot.column for slot in self.slots if slot.kind == SIGN), default=-1)

    @cached_property
    def rows(self) -> int:
        """Number of people's rows, free ones included."""
        return 1 + max((slot.row for slot in self.slots if slot.kind == SIGN), default=-1)

    def of(self, kind: str) -> dict[tuple[int, int], int]:
        """Row and column → index in ``slots``, for one kind."""
        return {(slot.row, slot.column): n for n, slot in enumerate(self.slots) if slot.kind == kind}

    def to_json(self) -> str:
        """As text; ``from_json`` gives an equal geometry back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Geometry":
        """From ``to_json``'s text; ``KeyError``, ``TypeError`` or ``ValueError`` when it is none."""
        return cls.from_plain(json.loads(text))

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Geometry":
        """From parsed JSON."""
        slots = tuple(
            Slot(s["kind"], s["row"], s["column"], (s["box"][0], s["box"][1], s["box"][2], s["box"][3]), s["open"])
            for s in plain["slots"]
        )
        return cls(float(plain["width"]), float(plain["height"]), int(plain["page"]), slots)
