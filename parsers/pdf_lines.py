"""The words of a PDF page as a grid, by ruling lines where there are any and by white space where there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.reading import Box
from domain.vocabulary import Key, heading
from parsers.base import ParseContext
from parsers.grid import Grid, Value
from parsers.headers import is_sub_header

_LINE_TOLERANCE = 3.0  # points between the baselines of one line
_GAP = 0.9  # of the letter's height: what separates two cells of an unruled line
_NARROWEST_GUTTER = 2.0
_MOST_SPLIT = 1.3
_DEEPEST = 4  # rows of a header


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in a rectangle, in points from the top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


def page_grid(page: Any, number: int, context: ParseContext) -> Grid:
    """One grid of a page: lines of text above, between and below its tables, and the tables' rows."""
    words = [Piece(w["text"], w["x0"], w["top"], w["x1"], w["bottom"]) for w in _words(page)]
    tables = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.rows[0].cells) > 1]
    if not tables:
        return _unruled(words, number, context)
    outside = [w for w in words if not any(_inside(w, t.bbox) for t in tables)]
    rows: list[tuple[float, list[Piece | None]]] = [(p[0].y0, list(p)) for p in _lines(outside)]
    for table in tables:
        inside = [w for w in words if _inside(w, table.bbox)]
        rows += _ruled(table, inside)
    rows.sort(key=lambda r: r[0])
    return _grid([cells for _, cells in rows], number)


def _words(page: Any) -> list[Any]:
    """Words in the order of writing, which keeps a NIP that runs over its border apart from the time beside it.

    A page whose letters are written in no order at all is read by their places.
    """
    placed = page.extract_words(x_tolerance=2)
    written = page.extract_words(x_tolerance=2, use_text_flow=True)
    return list(written if len(written) <= _MOST_SPLIT * len(placed) else placed)


def _inside(word: Piece, box: tuple[float, float, float, float]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _grid(rows: Sequence[Sequence[Piece | None]], number: int, *, ruled: bool = True) -> Grid:
    def place(row: int, column: int) -> Box | None:
        cells = rows[row]
        piece = cells[column] if column < len(cells) else None
        return Box(number, piece.x0, piece.y0, piece.x1, piece.y1) if piece else None

    values: list[list[Value]] = [[p.text if p else None for p in row] for row in rows]
    return Grid("", values, number, place=place, ruled=ruled)


def _ruled(table: Any, words: list[Piece]) -> list[tuple[float, list[Piece | None]]]:
    """Rows of a ruled table; a cell merged over rows or columns stands in its first place."""
    left_edges = sorted({round(c[0], 1) for r in table.rows for c in r.cells if c})
    columns = {edge: i for i, edge in enumerate(_merged_edges(left_edges))}
    rows: list[tuple[float, list[Piece | None]]] = []
    for row in table.rows:
        cells: list[Piece | None] = [None] * len(columns)
        near = [w for w in words if _inside(w, row.bbox)]
        for box in row.cells:
            if box is not None:
                edge = min(columns, key=lambda e: abs(e - box[0]))
                cells[columns[edge]] = Piece(_text([w for w in near if _inside(w, box)]), *box)
        rows.append((row.bbox[1], cells))
    return rows


def _merged_edges(edges: list[float]) -> list[float]:
    kept: list[float] = []
    for edge in edges:
        if not kept or edge - kept[-1] > _NARROWEST_GUTTER:
            kept.append(edge)
    return kept


def _text(words: list[Piece]) -> str:
    return "\n".join(" ".join(p.text for p in sorted(line, key=lambda p: p.x0)) for line in _word_lines(words))


def _word_lines(words: list[Piece]) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for word in sorted(words, key=lambda w: (w.y1, w.x0)):
        if lines and abs(word.y1 - lines[-1][0].y1) <= _LINE_TOLERANCE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _lines(words: list[Piece]) -> list[list[Piece]]:
    """Lines of pieces; a piece is words that stand closer than a column gap."""
    return [_pieces(sorted(line, key=lambda w: w.x0)) for line in _word_lines(words)]


def _pieces(line: list[Piece]) -> list[Piece]:
    pieces: list[Piece] = []
    for word in line:
        last = pieces[-1] if pieces else None
        if last and word.x0 - last.x1 < _GAP * (word.y1 - word.y0):
            top, bottom = min(last.y0, word.y0), max(last.y1, word.y1)
            pieces[-1] = Piece(f"{last.text} {word.text}", last.x0, top, word.x1, bottom)
        else:
            pieces.append(word)
    return pieces


def _unruled(words: list[Piece], number: int, context: ParseContext) -> Grid:
    """Columns are the stretches of the table that no gutter crosses, from the header's line on."""
    lines = _lines(words)
    start = next((i for i, line in enumerate(lines) if _is_header(line)), None)
    if start is None:
        return _grid(lines, number, ruled=False)
    named = max(p.x1 for p in lines[start] if heading(p.text).key in (Key.NAME, Key.NIP))
    while start > 0 and all(p.x0 > named and is_sub_header(p.text, context) for p in lines[start - 1]):
        start -= 1
    stretches = _stretches(lines[start:])
    rows: list[list[Piece | None]] = [list(line) for line in lines[:start]]
    for line in lines[start:]:
        cells: list[Piece | None] = [None] * len(stretches)
        for piece in line:
            first = next((i for i, (_, x1) in enumerate(stretches) if piece.x0 < x1), len(stretches) - 1)
            cells[first] = piece if cells[first] is None else _beside(cells[first], piece)
        rows.append(cells)
    return _grid(rows, number, ruled=False)


def _is_header(line: list[Piece]) -> bool:
    known = [heading(p.text).key for p in line]
    return len([k for k in known if k]) >= 2 and any(k in (Key.NAME, Key.NIP) for k in known)


def _beside(first: Piece | None, second: Piece) -> Piece:
    if first is None:
        return second
    text = f"{first.text} {second.text}"
    return Piece(text, first.x0, min(first.y0, second.y0), second.x1, max(first.y1, second.y1))


def _stretches(lines: list[list[Piece]]) -> list[tuple[float, float]]:
    """Horizontal stretches covered by the pieces of the table; parents of several columns do not count."""
    spans: list[tuple[float, float]] = []
    for index, line in enumerate(lines):
        below = lines[index + 1 : index + _DEEPEST] if index < _DEEPEST else []
        for piece in line:
            is_parent = any(_covers(piece, further) for further in below)
            if not is_parent and (len(line) > 1 or index == 0) and not _covers(piece, lines[0]):
                spans.append((piece.x0, piece.x1))
    merged: list[tuple[float, float]] = []
    for x0, x1 in sorted(spans):
        if merged and x0 <= merged[-1][1] + _NARROWEST_GUTTER:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _covers(piece: Piece, line: list[Piece]) -> bool:
    """Whether a piece stands over or under several of a line: a parent, or free text across the columns."""
    return sum(1 for p in line if p.x1 > piece.x0 and p.x0 < piece.x1) > 1
