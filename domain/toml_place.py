"""Where a key stands in a TOML text, so that an error can name the line that a person has to mend.

``tomllib`` forgets places. This scanner knows only what it needs: table headers, arrays of tables and
``key =`` lines; a key inside an inline table or a value is placed at the line of the key that holds it.
"""

import re
from collections.abc import Iterator, Sequence

Place = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_PARTS = re.compile(_PART)


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """The 1-based line of ``path`` in ``text``.

    ``path`` is a tuple as pydantic's ``loc``: keys, and indices into arrays of tables. If the key itself is
    nowhere (it is missing), the line of its nearest table is given; None if even that is not in the text.
    """
    best: tuple[int, int] | None = None
    for line, found in _places(text):
        common = len(found)
        if tuple(path[:common]) == found and (best is None or common > best[0]):
            best = (common, line)
    return best[1] if best else None


def _places(text: str) -> Iterator[tuple[int, Place]]:
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _resolve(_split(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_split(key[1]))


def _resolve(parts: Sequence[str], counts: dict[Place, int]) -> Place:
    """Insert the current index after each leading part that names an array of tables."""
    place: Place = ()
    for position, part in enumerate(parts):
        place = (*place, part)
        if place in counts and position < len(parts) - 1:
            place = (*place, counts[place])
    return place


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PARTS.findall(dotted))
