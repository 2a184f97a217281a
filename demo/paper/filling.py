"""A page is filled in: people sign session by session, some are away, some do odd things."""

from dataclasses import dataclass

import numpy as np

from demo.paper import marks
from demo.paper.geometry import BLOCK, CODE, DAY, HEAD, SIGN, Box, Geometry, Image, Points
from demo.paper.habits import Habits
from demo.paper.hands import Hand, new_hand
from demo.paper.ledger import Ledger, Truth
from demo.paper.pens import Ink, Pen, draw, new_pen, new_pencil
from demo.paper.strokes import middle, written

Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Office:
    """What is told about a page before anybody writes: sessions done, rows that nobody signs (None: by chance)."""

    done: int | None = None
    away: frozenset[int] | None = None


class Filling:
    """One page being filled in with the hands and pens of one ``school``; everything follows from ``rng``."""

    def __init__(self, page: Image, geometry: Geometry, density: float, school: str, habits: Habits, rng: Dice) -> None:
        self._page, self._geometry, self._density = page, geometry, density
        self._school, self._habits, self._rng = school, habits, rng
        self._ledger = Ledger(geometry, density)
        self._pens = [new_pen(rng, school) for _ in range(int(rng.integers(2, 6)))]
        self._signs = geometry.of(SIGN)

    def fill(self, office: Office) -> tuple[Truth, ...]:
        """Write everything; the truth of each slot in the geometry's order."""
        rng, columns = self._rng, self._geometry.columns
        done = office.done if office.done is not None else int(rng.integers(1, columns + 1))
        for row in range(self._geometry.rows):
            away = row in office.away if office.away is not None else rng.random() < self._habits.away
            self._person(row, done, away, certain=office.away is not None)
        self._head(done)
        self._long_lines(done)
        if rng.random() < self._habits.stamp:
            self._stamp()
        return self._ledger.truths()

    def _person(self, row: int, done: int, away: bool, *, certain: bool) -> None:
        rng, habits = self._rng, self._habits
        hand = new_hand(self._school, rng, tall=habits.tall, tiny=habits.tiny)
        pencil = new_pencil(rng) if rng.random() < habits.pencil and not certain else None
        own = self._pens[int(rng.integers(len(self._pens)))]
        if away:
            self._ticks(row)
        for column in range(done):
            slot = self._signs.get((row, column))
            if slot is None or not self._geometry.slots[slot].open:
                continue
            kind = self._odd() if not certain else ""
            if kind:
                self._draw_odd(slot, kind)
            elif not away and (certain or rng.random() < habits.present):
                pen = self._pens[int(rng.integers(len(self._pens)))] if rng.random() < 0.2 else own
                self._sign(slot, hand, pencil or pen)
                if not certain and rng.random() < habits.strike:
                    self._strike(slot, pen)

    def _odd(self) -> str:
        chance = self._rng.random()
        for kind in marks.ODD:
            chance -= getattr(self._habits, kind)
            if chance < 0:
                return kind
        return ""

    def _write(self, lines: list[Points], pen: Pen) -> Ink | None:
        return draw(self._page, lines, pen, self._rng, self._density)

    def _draw_odd(self, slot: int, kind: str) -> None:
        pen = self._pens[int(self._rng.integers(len(self._pens)))]
        lines = marks.ODD[kind](self._geometry.slots[slot].box, self._rng, self._school)
        self._ledger.add(self._write(lines, pen), slot, kind)

    def _sign(self, slot: int, hand: Hand, pen: Pen) -> None:
        box = self._geometry.slots[slot].box
        width, height = min(box[2] - box[0], 22.0), min(box[3] - box[1], 12.0)
        at = middle(box) + self._rng.normal(hand.off, 0.04) * (width, height)
        size = (hand.width * width, hand.height * height)
        lines = written(hand.shape, self._rng, at=at, size=size, slant=hand.slant, loose=hand.loose)
        self._ledger.add(self._write(lines, pen), slot, "pencil" if pen.pencil else hand.ink)

    def _strike(self, slot: int, pen: Pen) -> None:
        lines = marks.strike(self._geometry.slots[slot].box, self._rng, self._school)
        self._ledger.strike(self._write(lines, pen), slot)

    def _ticks(self, row: int) -> None:
        """Code and days of someone who is away."""
        pen = self._pens[0]
        for kind, most in ((CODE, 1), (DAY, 6)):
            boxes = [slot for (at, _), slot in self._geometry.of(kind).items() if at == row]
            if not boxes or self._rng.random() > 0.85:
                continue
            count = min(len(boxes), int(self._rng.integers(1, most + 1)))
            start = int(self._rng.integers(len(boxes) - count + 1))
            for slot in boxes[start : start + count]:
                self._tick(slot, pen)

    def _tick(self, slot: int, pen: Pen) -> None:
        box = self._geometry.slots[slot].box
        grown = (box[0] - 0.6, box[1] - 0.8, box[2] + 1.0, box[3] + 0.4)
        draw_mark = marks.tick if self._rng.random() < 0.8 else marks.cross
        self._ledger.add(self._write(draw_mark(grown, self._rng, self._school), pen), slot, "ticked")

    def _head(self, done: int) -> None:
        hand = new_hand(self._school, self._rng, tall=0.1, tiny=0.0)
        heads = self._geometry.of(HEAD)
        if self._rng.random() < 0.85:
            for (_, column), slot in heads.items():
                if column < done and self._geometry.slots[slot].open and self._rng.random() < 0.93:
                    self._sign(slot, hand, self._pens[0])
        block = self._geometry.of(BLOCK)
        if block and (done == self._geometry.columns or self._rng.random() < 0.3):
            self._sign(next(iter(block.values())), hand, self._pens[0])

    def _long_lines(self, done: int) -> None:
        """Lines through what nobody will sign: a person's row, free rows, days to come."""
        rng, rows, columns = self._rng, self._geometry.rows, self._geometry.columns
        if rng.random() < self._habits.row_line:
            for _ in range(int(rng.integers(1, 3))):
                row = int(rng.integers(rows))
                start = int(rng.integers(max(1, columns - 2))) if rng.random() < 0.5 and columns > 2 else 0
                ends = self._corner(row, start), self._corner(row, columns - 1)
                self._ledger.cross(self._write(marks.row_line(*ends, rng), self._pens[0]), "row line")
        if rng.random() < self._habits.z_line and rows > 2:
            high, wide = int(rng.integers(2, min(rows, 8) + 1)), int(rng.integers(min(2, columns), columns + 1))
            top = rows - high if rng.random() < 0.6 else int(rng.integers(rows - high + 1))
            left = columns - wide if rng.random() < 0.6 else int(rng.integers(columns - wide + 1))
            ends = self._corner(top, left), self._corner(top + high - 1, left + wide - 1)
            self._ledger.cross(self._write(marks.z_line(*ends, rng), self._pens[0]), "z line")

    def _corner(self, row: int, column: int) -> Box:
        return self._geometry.slots[self._signs[row, column]].box

    def _stamp(self) -> None:
        block = self._geometry.of(BLOCK)
        if block and self._rng.random() < self._habits.stamp_low:
            box = self._geometry.slots[next(iter(block.values()))].box
            at = middle(box) + self._rng.normal((-22, 0), 4, 2)
        else:
            cells = list(self._signs.values())
            at = middle(self._geometry.slots[cells[int(self._rng.integers(len(cells)))]].box)
        ink = marks.stamp(self._page, at, self._rng, self._density, self._school)
        self._ledger.cross(ink, "stamp")
