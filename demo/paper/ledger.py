"""The truth about a filled page: which ink lies in which slot, and what an honest reader says about it."""

from dataclasses import dataclass

import numpy as np

from demo.paper.geometry import Geometry
from demo.paper.pens import Ink

SEEN = 0.25  # cover from which ink can be seen
SPILL = 0.25  # mm² of a neighbour's ink that make a cell an "overflow"
LINE = 0.35  # mm² of a line or stamp that make a cell's ink "other"

SIGNED, EMPTY, OTHER = "signed", "empty", "other"


@dataclass(frozen=True, slots=True)
class Truth:
    """One slot: ``ink`` is the kind of ink, ``expected`` what it means, areas in mm² (``spill``: from elsewhere).

    ``other`` ink is no signature and no emptiness: the honest verdict is "unsure". For tick boxes ``signed`` is a tick.
    """

    kind: str
    row: int
    column: int
    ink: str
    expected: str
    area: float
    spill: float


class Ledger:
    """Counts ink slot by slot while a page is filled in."""

    def __init__(self, geometry: Geometry, density: float) -> None:
        self._geometry = geometry
        self._boxes = geometry.boxes * density
        self._pixel = 1 / density**2
        count = len(geometry.slots)
        self._own: list[str] = [""] * count
        self._area = np.zeros(count)
        self._spill = np.zeros(count)
        self._over: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
        self._struck = [False] * count

    def add(self, ink: Ink | None, slot: int, kind: str) -> None:
        """Ink of ``kind`` that belongs to ``slot``; what lies elsewhere is spill."""
        areas = self._areas(ink)
        self._own[slot] = self._own[slot] or kind
        self._area[slot] += areas[slot]
        areas[slot] = 0
        self._spill += areas

    def cross(self, ink: Ink | None, kind: str) -> None:
        """A line or stamp over many slots."""
        self._over[kind] = self._over.get(kind, np.zeros(len(self._own))) + self._areas(ink)

    def strike(self, ink: Ink | None, slot: int) -> None:
        """A line that takes back what stands in ``slot``."""
        areas = self._areas(ink)
        self._struck[slot] = True
        areas[slot] = 0
        self._spill += areas

    def _areas(self, ink: Ink | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        areas = np.zeros(len(self._own))
        if ink is None:
            return areas
        height, width = ink.cover.shape
        x0, y0, x1, y1 = self._boxes.T
        near = (x0 < ink.left + width) & (x1 > ink.left) & (y0 < ink.top + height) & (y1 > ink.top)
        seen = ink.cover > SEEN
        for n in np.flatnonzero(near):
            left, top, right, bottom = (round(v) for v in self._boxes[n])
            part = seen[
                max(0, top - ink.top) : max(0, bottom - ink.top), max(0, left - ink.left) : max(0, right - ink.left)
            ]
            areas[n] = np.count_nonzero(part) * self._pixel
        return areas

    def truths(self) -> tuple[Truth, ...]:
        """What stands in every slot, in the geometry's order."""
        return tuple(self._truth(n) for n in range(len(self._own)))

    def _truth(self, n: int) -> Truth:
        slot, own = self._geometry.slots[n], self._own[n]
        over = next((kind for kind, areas in self._over.items() if areas[n] > LINE), "")
        if self._struck[n]:
            ink, expected = "strike", OTHER
        elif over and over != "stamp":
            ink, expected = over, OTHER  # what a line crosses is for a person to say, signed or not
        elif own in _MEANT:
            ink, expected = (f"{own}+stamp" if over else own), SIGNED
        elif own:
            ink, expected = own, OTHER
        elif over:
            ink, expected = over, OTHER
        else:
            ink, expected = ("overflow" if self._spill[n] > SPILL else "empty"), EMPTY
        return Truth(slot.kind, slot.row, slot.column, ink, expected, float(self._area[n]), float(self._spill[n]))


_MEANT = {"signature", "paraf", "tiny", "pencil", "ticked"}
