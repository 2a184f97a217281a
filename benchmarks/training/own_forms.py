"""Sheets that offices make themselves, of every width and height of cell, to learn from: the ruling is the product's.

The desk's own forms all have cells of about one shape; an office's are flat and wide on a daily list, small and square
on a month's. The network sees each cell at one size, so that the same paraf looks quite different on each.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench_foreign import roster
from benchmarks.foreign_reading import DAY
from demo.paper.geometry import Geometry
from demo.paper.habits import Habits
from demo.paper.laboratory import Shot, take
from demo.paper.sheet import Sheet
from parsers.foreign_scan import ink_of
from parsers.vision.cells import Cells, cut
from parsers.vision.picture import pictures
from parsers.vision.ruling import Ruled, find_ruled
from parsers.vision.streaks import without_streaks
from tests.fakes.foreign_sheets import Layout, Someone, foreign_sheet

Dice = np.random.Generator
_HIGH, _WIDE = 174.0, 262.0
"""mm for a table's columns on an upright and on a lying page."""
_SIGNS: tuple[tuple[int, float, float, bool, float], ...] = (
    (1, 22, 48, False, 0.2), (2, 18, 40, False, 0.4), (5, 16, 28, True, 0.1), (10, 11, 17, True, 0.2),
    (31, 5.2, 6.3, True, 0.1),
)  # fmt: skip
"""Places to sign a row, mm of the narrowest and widest, lying page, share of the sheets."""
_OFF = 0.25  # rows; a line farther from its place than this belongs to another


def own_form(school: str, name: str, seed: int, habits: Habits) -> tuple[Shot, Cells] | None:
    """A signed sheet of some office and its cells as the product cuts them; None where its ruling is not found."""
    rng = np.random.default_rng([seed, 977])
    sheet, layout = _sheet(rng)
    shot = take(sheet, school, name, seed, habits)
    ruled = find_ruled(without_streaks(ink_of(next(pictures(shot.data)))))
    if ruled is None or not _matches(ruled, layout, shot.geometry):
        return None
    top = len(layout.heads)
    xs = [ruled.xs[column] for column in (*layout.signs, layout.signs[-1] + 1)]
    corners = np.stack(np.meshgrid(xs, ruled.ys[top:]), axis=-1).astype(np.float64)
    dark = np.asarray((255 - ruled.gray) / np.float32(255), np.float32)
    return shot, cut(dark, corners)


def _sheet(rng: Dice) -> tuple[Sheet, Layout]:
    choice = int(rng.choice(len(_SIGNS), p=[share for *_, share in _SIGNS]))
    count, least, most, lying, _ = _SIGNS[choice]
    layout = _layout(count, float(rng.uniform(least, most)), rng, lying=lying)
    row_mm = float(rng.uniform(5.5, 11.5))
    most_rows = int((148 if lying else 235) / row_mm)
    people = _people(int(rng.integers(6, max(8, min(most_rows, 36)) + 1)), rng)
    return foreign_sheet(layout, "Dinas Percobaan", DAY, people, row_mm), layout


def _layout(count: int, width: float, rng: Dice, *, lying: bool) -> Layout:
    room = _WIDE if lying else _HIGH
    name, note = float(rng.uniform(40, 62)), float(rng.uniform(12, 30))
    post = float(rng.uniform(24, 36))
    heads, widths = ["NO", "NAMA / NIP"], [float(rng.uniform(7, 10)), name]
    if sum(widths) + post + count * width + note < room and rng.random() < 0.6:
        heads, widths = [*heads, "JABATAN"], [*widths, post]
    first = len(heads)
    heads += [str(n + 1) if count > 2 else "TTD" for n in range(count)]
    widths += [width] * count
    if sum(widths) + note < room:
        heads, widths = [*heads, "KET"], [*widths, note]
    return Layout(
        "pelajaran", "DAFTAR HADIR", (tuple(heads),), (), tuple(widths), tuple(range(first, first + count)), lying
    )


@cache
def _staff() -> tuple[tuple[str, str], ...]:
    return tuple((person.name, person.nip or "") for person in roster().people.values())


def _people(count: int, rng: Dice) -> list[Someone]:
    chosen = rng.choice(len(_staff()), count, replace=False)
    return [Someone(n, *_staff()[int(at)]) for n, at in enumerate(chosen, start=1)]


def _matches(ruled: Ruled, layout: Layout, geometry: Geometry) -> bool:
    """Every line was found, and no other in its place."""
    if len(ruled.xs) != len(layout.widths) + 1 or len(ruled.ys) != len(layout.heads) + geometry.rows + 1:
        return False
    rows = np.array(sorted({slot.box[1] for slot in geometry.slots} | {slot.box[3] for slot in geometry.slots}))
    return _alike(ruled.ys[len(layout.heads) :], rows) and _alike(ruled.xs, np.cumsum([0.0, *layout.widths]))


def _alike(found: NDArray[np.float64], drawn: NDArray[np.float64]) -> bool:
    share, true = ((one - one[0]) / (one[-1] - one[0]) for one in (found, drawn))
    return float(np.abs(share - true).max()) < _OFF * float(np.diff(true).min())
