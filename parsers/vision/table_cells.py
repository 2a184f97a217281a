"""The cells of a ruled table: rectangles between the lines that are drawn, merged where a line is missing."""

from dataclasses import dataclass

import numpy as np

from parsers.vision.ruling import Gray, Ruled

_INSET = 3  # pixels that a line's own ink and its blur take


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: the first and last row and column that it spans (inclusive), and its rectangle between the lines."""

    row: int
    column: int
    last_row: int
    last_column: int
    x0: float
    y0: float
    x1: float
    y1: float

    def inside(self, gray: Gray) -> Gray:
        """The pixels between the lines."""
        top, bottom = round(self.y0) + _INSET, round(self.y1) - _INSET + 1
        left, right = round(self.x0) + _INSET, round(self.x1) - _INSET + 1
        return np.ascontiguousarray(gray[top : max(top, bottom), left : max(left, right)])


def cells_of(ruled: Ruled) -> list[TableCell]:
    """Every cell, row by row. A join that is no rectangle (a line broken by glare) is left unjoined."""
    rows, columns = len(ruled.ys) - 1, len(ruled.xs) - 1
    parent = list(range(rows * columns))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for r in range(rows):
        for c in range(columns):
            if c + 1 < columns and not ruled.down[r, c + 1]:
                parent[root(r * columns + c + 1)] = root(r * columns + c)
            if r + 1 < rows and not ruled.across[r + 1, c]:
                parent[root((r + 1) * columns + c)] = root(r * columns + c)
    groups: dict[int, list[int]] = {}
    for i in range(rows * columns):
        groups.setdefault(root(i), []).append(i)
    cells = [cell for members in groups.values() for cell in _rectangles(members, columns, ruled)]
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _rectangles(members: list[int], columns: int, ruled: Ruled) -> list[TableCell]:
    rows, cols = [i // columns for i in members], [i % columns for i in members]
    r0, r1, c0, c1 = min(rows), max(rows), min(cols), max(cols)
    if len(members) != (r1 - r0 + 1) * (c1 - c0 + 1):
        return [_cell(r, c, r, c, ruled) for r, c in zip(rows, cols, strict=True)]
    return [_cell(r0, c0, r1, c1, ruled)]


def _cell(r0: int, c0: int, r1: int, c1: int, ruled: Ruled) -> TableCell:
    return TableCell(
        r0, c0, r1, c1, float(ruled.xs[c0]), float(ruled.ys[r0]), float(ruled.xs[c1 + 1]), float(ruled.ys[r1 + 1])
    )
