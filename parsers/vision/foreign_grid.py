"""What a page of an office's own form becomes: a grid whose places to sign are looked at, and what stands around."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from domain.reading import Box, HeadMark
from domain.vocabulary import Mark
from parsers.grid import Grid
from parsers.vision.foreign_days import Unread
from parsers.vision.reader import Seen

Turn: TypeAlias = Callable[[float, float], tuple[float, float]]
"""From a place in the picture as it was read to the place in the picture as given."""


@dataclass(frozen=True, slots=True)
class Text:
    """What was read in one place; ``printed`` when a machine surely wrote it."""

    text: str
    printed: bool = True


@dataclass(frozen=True)
class InkGrid(Grid):
    """A grid whose places of presence are looked at, not read."""

    look: Callable[[int, int], Seen | None] = field(default=lambda _row, _column: None)
    judge: Callable[[int, int, Mark], Mark] = field(default=lambda _row, _column, mark: mark)

    def mark(self, row: int, column: int, codes: frozenset[str], no: int | None) -> Mark:
        """The verdict on the ink of a cell; outside the table what is typed counts as anywhere else."""
        seen = self.look(row, column)
        if seen is None:
            return super().mark(row, column, codes, no)
        return self.judge(row, column, Mark(seen.verdict, seen.doubt.value if seen.doubt else ""))


@dataclass(frozen=True)
class ForeignPage:
    """A page as a grid; ``layout`` names its header's wording, ``columns`` what each column was taken for.

    ``known``: a person confirmed the layout's column map. ``said`` are the lines above the table, ``unread`` is why a
    month cannot be read; ``numbered`` counts its rows with a NIP.
    """

    grid: InkGrid
    layout: str
    columns: tuple[str, ...]
    known: bool
    other_tables: int
    unread: Unread | None = None
    head: HeadMark = HeadMark.ABSENT
    head_box: Box | None = None
    said: tuple[str, ...] = ()
    month: bool = False
    numbered: int = 0


def unread_page(number: int, why: Unread) -> ForeignPage:
    """A month's page of which nothing is said but ``why`` it cannot be read."""
    return ForeignPage(InkGrid("", (), number), "", (), known=False, other_tables=0, unread=why)


def unturning(shape: Sequence[int], turns: int) -> Turn:
    """From a place in the picture turned by ``np.rot90`` to the place in the picture as given."""
    height, width = shape[:2]
    ways: tuple[Turn, ...] = (
        lambda x, y: (x, y),
        lambda x, y: (width - 1 - y, x),
        lambda x, y: (width - 1 - x, height - 1 - y),
        lambda x, y: (y, height - 1 - x),
    )
    return ways[turns]
