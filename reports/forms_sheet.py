"""A page of a printed sheet as plain drawing data for ``templates/forms/sheet.typ``, measured by its ``Layout``."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import segno

from domain.reading import SheetKind
from domain.sheet import SheetPage, week_start
from domain.sheet_identity import tag_pattern
from domain.sheet_layout import (
    DAY_HEIGHT,
    TABLE_TOP,
    CodeTick,
    DayTick,
    HeadBlock,
    Layout,
    Name,
    Rect,
)
from domain.terms import Session
from domain.wording import DAYS, MONTHS, long_date

_THIN, _THICK = 0.25, 0.45  # millimetres of ruled lines
_PAD = 0.7
_POINT = 25.4 / 72  # millimetres
_LINE = 1.2 * _POINT  # height of one line, for each point of its size
_HINT = (
    "Tanda tangan atau paraf di dalam kotak sendiri, pulpen hitam atau biru, jangan pensil. Petunjuk di halaman balik."
)


def draw(page: SheetPage, key: bytes) -> dict[str, Any]:
    """Everything on the page; ``key`` makes the tag ids."""
    layout = page.layout
    return {
        "width": layout.width,
        "height": layout.height,
        "fills": [_corner_size(rect) for rect in _closed(page)],
        "lines": list(_lines(page)),
        "strip": _strip(page),
        "marks": _marks(page, key),
        "texts": [*_heading(page), *_column_heads(page), *_rows(page), *_days_off(page), *_foot(page)],
    }


def _widest(text: str, size: float) -> float:
    """At most this many millimetres at ``size`` points, in the regular, bold and mono faces."""
    return sum(0.85 if letter.isupper() else 0.62 for letter in text) * size * _POINT


def _corner_size(rect: Rect) -> list[float]:
    return [rect.x0, rect.y0, rect.width, rect.height]


def _marks(page: SheetPage, key: bytes) -> str:
    """Tags and QR codes as one SVG path in millimetres of the page."""
    layout = page.layout
    path: list[str] = []
    for tag, rect in zip(page.tag_ids(key), layout.tags, strict=True):
        path += _modules(rect, [[not white for white in row] for row in tag_pattern(tag)])
    for text, rect in zip(page.qr_texts, layout.qr_codes, strict=True):
        path += _modules(rect, [[bool(module) for module in row] for row in qr_code(text).matrix])
    size = f'width="{layout.width}mm" height="{layout.height}mm" viewBox="0 0 {layout.width} {layout.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="{"".join(path)}"/></svg>'


@lru_cache(maxsize=64)
def qr_code(text: str) -> segno.QRCode:
    """Version 1-Q: 21 modules, a quarter of which may be lost; PDF and XLSX of a sheet share it."""
    return segno.make_qr(text, version=1, error="q", boost_error=False)


def _modules(rect: Rect, dark: Sequence[Sequence[bool]]) -> Iterator[str]:
    """Dark modules as horizontal runs."""
    side = rect.width / len(dark)
    for y, row in enumerate(dark):
        edges = [x for x in range(len(row) + 1) if (x > 0 and row[x - 1]) != (x < len(row) and row[x])]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            x, run = rect.x0 + start * side, (end - start) * side
            yield f"M{x:.4f} {rect.y0 + y * side:.4f}h{run:.4f}v{side:.4f}h{-run:.4f}z"


def _closed(page: SheetPage) -> Iterator[Rect]:
    """Cells that nobody signs: days off, days before a newcomer came, shifts off."""
    layout = page.layout
    for day, reason in enumerate(page.off):
        left, right = layout.sign_left(day, Session.DATANG), layout.sign_left(day, Session.PULANG) + layout.sign_width
        if reason:
            yield Rect(left, layout.rows_top, right, layout.table_bottom)
            continue
        for number, row in enumerate(page.rows):
            if not row.open[day]:
                yield Rect(left, layout.row_top(number), right, layout.row_top(number + 1))


def _lines(page: SheetPage) -> Iterator[list[float]]:
    layout = page.layout
    columns = layout.columns
    left, right = columns["no"][0], columns["note"][1]
    days_left, days_right = columns["days"]
    top, bottom = TABLE_TOP, layout.table_bottom

    def across(y: float, x0: float, x1: float, thick: float) -> list[float]:
        return [x0, y, x1 - x0, 0, thick]

    def down(x: float, y0: float, y1: float, thick: float) -> list[float]:
        return [x, y0, 0, y1 - y0, thick]

    yield across(top, left, right, _THICK)
    yield across(top + DAY_HEIGHT, days_left, days_right, _THIN)
    yield across(layout.rows_top, left, right, _THICK)
    for row in range(1, layout.rows):
        yield across(layout.row_top(row), left, right, _THIN)
    yield across(layout.rows_bottom, left, right, _THICK if layout.head else _THIN)
    yield across(bottom, left, right, _THICK)
    for x in (left, right, days_left, days_right):
        yield down(x, top, bottom, _THICK)
    yield down(columns["name"][0], top, layout.rows_bottom, _THIN)
    if "post" in columns:
        yield down(columns["post"][0], top, layout.rows_bottom, _THIN)
    for day in range(layout.days):
        if day:
            yield down(layout.sign_left(day, Session.DATANG), top, bottom, _THICK)
        lowest = layout.rows_top if page.off[day] else bottom
        yield down(layout.sign_left(day, Session.PULANG), top + DAY_HEIGHT, lowest, _THIN)


def _text(
    text: str,
    rect: Rect,
    size: float,
    *,
    align: str = "center",
    bold: bool = False,
    italic: bool = False,
    mono: bool = False,
    underline: bool = False,
    turned: bool = False,
    covering: bool = False,
) -> dict[str, Any]:
    """``text`` in ``rect`` at ``size`` points or as much smaller as it must be; turned text reads upwards."""
    width, height = (rect.height, rect.width) if turned else (rect.width, rect.height)
    roomy = _widest(text, size) <= width and size * _LINE <= height
    return {
        "text": text, "x": rect.x0, "y": rect.y0, "w": width, "h": height, "size": size, "align": align,
        "bold": bold, "italic": italic, "mono": mono, "underline": underline, "turned": turned,
        "covering": covering, "fit": not roomy,
    }  # fmt: skip


def period_text(page: SheetPage) -> str:
    """``Minggu ke-48: Senin, 23 November s.d. Jumat, 27 November 2026``, or the single day."""
    first, last = page.days[0], page.days[-1]
    if page.kind is SheetKind.DAILY:
        return f"Hari/Tanggal: {long_date(first)}"
    number = week_start(page.week).isocalendar().week
    start = f"{DAYS[first.weekday()]}, {first.day} {MONTHS[first.month - 1]}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"Minggu ke-{number}: {start}{year} s.d. {long_date(last)}"


def _heading(page: SheetPage) -> Iterator[dict[str, Any]]:
    area = page.layout.header
    copy = f"   CETAKAN KE-{page.copy}, menggantikan cetakan sebelumnya" if page.copy > 1 else ""
    lines: list[tuple[float, str, float, dict[str, bool]]] = [
        (4.0, page.government.upper(), 8.5, {}),
        (6.2, page.unit_name.upper(), 13, {"bold": True}),
        (4.6, page.title, 10, {"bold": True}),
        (4.2, period_text(page), 9, {}),
        (4.0, f"Halaman {page.page} dari {page.pages}   Kode {page.code}{copy}", 7.5, {"mono": True}),
        (3.8, _HINT, 7, {"italic": True}),
    ]
    top = area.y0
    for height, text, size, style in lines:
        yield _text(text, Rect(area.x0, top, area.x1, top + height), size, align="left", **style)
        top += height


def _column_heads(page: SheetPage) -> Iterator[dict[str, Any]]:
    layout = page.layout
    weekly = page.kind is SheetKind.WEEKLY
    for column, text in (("no", "NO"), ("name", "NAMA / NIP"), ("post", "JABATAN")):
        if column in layout.columns:
            yield _text(text, Rect(layout.columns[column][0], TABLE_TOP, layout.columns[column][1], layout.rows_top), 8)
    left, right = layout.columns["note"]
    middle = TABLE_TOP + DAY_HEIGHT
    yield _text("KETERANGAN", Rect(left, TABLE_TOP, right, middle), 8)
    hint = "beri √ pada kode dan tanggalnya" if weekly else "beri √ pada kode"
    yield _text(hint, Rect(left + 0.5, middle - 0.4, right - 0.5, layout.rows_top), 6.5, italic=True)
    for number, day in enumerate(page.days):
        x = layout.sign_left(number, Session.DATANG)
        text = f"{DAYS[day.weekday()]} {day.day}" if weekly else "TANDA TANGAN"
        yield _text(text, Rect(x + 0.3, TABLE_TOP, x + 2 * layout.sign_width - 0.3, middle), 8, bold=weekly)
        for session, name in zip(Session, page.session_names, strict=True):
            x = layout.sign_left(number, session)
            yield _text(name, Rect(x + 0.4, middle, x + layout.sign_width - 0.4, layout.rows_top), 6.5)


def _rows(page: SheetPage) -> Iterator[dict[str, Any]]:
    layout = page.layout
    no = layout.columns["no"]
    for number, row in enumerate(page.rows):
        top, bottom = layout.row_top(number), layout.row_top(number + 1)
        yield _text(str(row.no), Rect(no[0], top, no[1], bottom), 8)
        box = layout.box(Name(number))
        inner = Rect(box.x0 + _PAD, box.y0 + 0.4, box.x1 - _PAD, box.y1 - 0.5)
        split = inner.y1 - (3.0 if row.nip else 0)
        if row.name:
            yield _text(row.name, Rect(inner.x0, inner.y0, inner.x1, split), 9, align="left")
        if row.nip:
            yield _text(f"NIP {row.nip}", Rect(inner.x0, split, inner.x1, inner.y1), 8, align="left")
        if row.post and "post" in layout.columns:
            left, right = layout.columns["post"]
            yield _text(row.post, Rect(left + _PAD, top + 0.4, right - _PAD, bottom - 0.4), 8, align="left")
    if layout.head:
        left, right = layout.columns["no"][0], layout.columns["name" if "post" not in layout.columns else "post"][1]
        label = Rect(left + _PAD, layout.rows_bottom, right - _PAD, layout.table_bottom)
        yield _text("Paraf kepala setiap sesi", label, 8.5, align="right", bold=True)


def _strip(page: SheetPage) -> dict[str, Any]:
    """The tick boxes of a row, the same in every row: measured from the row's corner of Keterangan."""
    layout = page.layout
    left, right = layout.columns["note"]
    lines: list[list[tuple[CodeTick | DayTick, str]]] = [[(CodeTick(0, code), code) for code in page.codes]]
    if page.kind is SheetKind.WEEKLY:
        lines.append([(DayTick(0, number), str(day.day)) for number, day in enumerate(page.days)])
    boxes, labels = [], []
    for line in lines:
        rects = [layout.box(place).moved(-left, -layout.rows_top) for place, _ in line]
        ends = [rect.x0 for rect in rects[1:]] + [right - left]
        boxes += [[rect.x0, rect.y0, rect.width] for rect in rects]
        for (_, label), rect, end in zip(line, rects, ends, strict=True):
            labels.append(_text(label, Rect(rect.x1 + 0.3, rect.y0 - 0.3, end, rect.y1 + 0.3), 6.5, align="left"))
    tops = [layout.row_top(row) for row in range(layout.rows)]
    return {"left": left, "tops": tops, "ticks": boxes, "texts": labels}


def _days_off(page: SheetPage) -> Iterator[dict[str, Any]]:
    layout = page.layout
    for day, reason in enumerate(page.off):
        if reason:
            x = layout.sign_left(day, Session.DATANG)
            column = Rect(x, layout.rows_top, x + 2 * layout.sign_width, layout.rows_bottom)
            yield _text(reason.upper(), column, 11, turned=True, bold=True, covering=True)


def _foot(page: SheetPage) -> Iterator[dict[str, Any]]:
    yield from _signature(page.layout.officer_block, "Yang membuat,", "Petugas rekap", "", "", page.layout)
    if page.head:
        block = page.layout.head_block
        yield from _signature(block, "Mengetahui,", page.head_post, page.head_name, page.head_nip, page.layout)


def _signature(block: Rect, first: str, post: str, name: str, nip: str, layout: Layout) -> Iterator[dict[str, Any]]:
    """The usual block (CONVENTIONS.md 2): post, room to sign, name underlined, NIP; dots where nobody is known."""
    room = layout.box(HeadBlock())
    rows = [
        (block.y0, block.y0 + 3.4, first, False),
        (block.y0 + 3.4, room.y0, post, False),
        (room.y1, room.y1 + 4.4, name or "." * 40, True),
        (room.y1 + 4.4, block.y1, f"NIP {nip or '.' * 34}", False),
    ]
    for top, bottom, text, strong in rows:
        named = strong and bool(name)
        yield _text(text, Rect(block.x0, top, block.x1, bottom), 9, bold=named, underline=named)
