"""The numbers of a table's rows: lost or misread ones told by their neighbours."""

from collections.abc import Mapping

_NEIGHBOURS = ((-1, 1), (-1, -2), (1, 2))


def mended_numbers(told: Mapping[int, int | None]) -> dict[int, int]:
    """Row → number for those of ``told`` (row → number as read, None: unread) that stand between two that agree."""
    mended = {}
    for row, number in told.items():
        said = set()
        for one, two in _NEIGHBOURS:
            a, b = told.get(row + one), told.get(row + two)
            if a is not None and b is not None and a - one == b - two:
                said.add(a - one)
        if len(said) == 1 and number not in said and min(said) > 0:
            mended[row] = said.pop()
    return mended
