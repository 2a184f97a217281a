"""Several looks at one printed sheet: the same paper comes back up to twelve times a week, and ink may only be added.

Each look is compared with what earlier ones saw: ink that is gone, the same photo again, another print of the same
sheet, and ink so alike that it was copied rather than written. Whoever sees the flag decides; no mark changes here.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import median

from domain.ink_shape import copied, likeness
from domain.look import Look, SeenCell
from domain.outcome import Flag
from domain.reading import Verdict
from domain.terms import Session

_SAME_PHOTO = 14  # of 256 bits that may differ
_ANOTHER_PRINT = 0.62  # cells whose ink fits less well were written on another paper …
_FEWEST = 3  # … if there are so many to compare
_COPIES = 3  # people whose ink is the same, before it is said


def look_flags(now: Look, known: Sequence[Look]) -> frozenset[Flag]:
    """What a person should see of this look, given all that is known of the unit's pages."""
    before = next((look for look in known if look.form == now.form), None)
    others = [look for look in known if look.form != now.form]
    flags = set()
    if before is not None:
        flags |= _against(before, now)
    if _copied_within(now) or any(_copied_from(now, other) for other in (*others, *([before] if before else []))):
        flags.add(Flag.COPIED)
    return frozenset(flags)


def _against(before: Look, now: Look) -> set[Flag]:
    earlier = {cell.place: cell for cell in before.cells}
    flags = set()
    gone = [c for c in now.cells if c.verdict is Verdict.EMPTY and _was(earlier, c) is Verdict.SIGNED]
    if gone:
        flags.add(Flag.CHANGED)
    fits = [
        likeness(cell.shape, earlier[cell.place].shape)
        for cell in now.cells
        if cell.shape and cell.place in earlier and earlier[cell.place].shape
    ]
    if len(fits) >= _FEWEST and median(fits) < _ANOTHER_PRINT:
        flags.add(Flag.OTHER_PRINT)
    new_ink = any(c.verdict is Verdict.SIGNED and _was(earlier, c) is not Verdict.SIGNED for c in now.cells)
    known = [any(_near(photo, old) for old in before.photos) for photo in now.photos]
    if not new_ink and known and all(known):
        flags.add(Flag.SAME_PHOTO)
    return flags


def added_columns(now: Look, known: Sequence[Look]) -> frozenset[tuple[dt.date, Session]]:
    """Columns in which somebody signed a cell that the look before showed without ink.

    What the look before could not tell is not said to be new.
    """
    before = next((look for look in known if look.form == now.form), None)
    earlier = {cell.place: cell for cell in before.cells} if before else {}
    bare = (Verdict.EMPTY, Verdict.CODE)
    return frozenset(
        (cell.date, cell.session)
        for cell in now.cells
        if cell.verdict is Verdict.SIGNED and _was(earlier, cell) in bare
    )


def _was(earlier: dict[tuple[int | None, dt.date, Session], SeenCell], cell: SeenCell) -> Verdict | None:
    known = earlier.get(cell.place)
    return known.verdict if known else None


def _near(a: str, b: str) -> bool:
    return len(a) == len(b) and (int(a, 16) ^ int(b, 16)).bit_count() <= _SAME_PHOTO


def _copied_within(now: Look) -> bool:
    """The same ink in several people's cells of one column."""
    columns: dict[tuple[dt.date, Session], list[SeenCell]] = defaultdict(list)
    for cell in now.cells:
        if cell.verdict is Verdict.SIGNED:
            columns[(cell.date, cell.session)].append(cell)
    return any(_alike(cells) for cells in columns.values())


def _alike(cells: Sequence[SeenCell]) -> bool:
    """Whether so many people of a column share one shape."""
    friends: dict[int | None, set[int | None]] = defaultdict(set)
    for a, b in combinations(cells, 2):
        if copied(a.shape, b.shape):
            friends[a.no].add(b.no)
            friends[b.no].add(a.no)
    return any(len(others) + 1 >= _COPIES for others in friends.values())


def _copied_from(now: Look, other: Look) -> bool:
    """One column of this look is, person by person, the ink of a column of another day."""
    theirs: dict[str, list[SeenCell]] = defaultdict(list)
    for cell in other.cells:
        if cell.verdict is Verdict.SIGNED and cell.shape:
            theirs[cell.person].append(cell)
    counts: dict[tuple[object, ...], int] = defaultdict(int)
    for cell in now.cells:
        if cell.verdict is not Verdict.SIGNED:
            continue
        for old in theirs.get(cell.person, ()):
            if (old.date, old.session) != (cell.date, cell.session) and copied(cell.shape, old.shape):
                counts[(cell.date, cell.session, old.date, old.session)] += 1
    return any(count >= _COPIES for count in counts.values())
