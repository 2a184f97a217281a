"""HTML tables: what many office applications export under the name ``.xls``."""

from html.parser import HTMLParser

from domain.reading import FileReading
from parsers.base import ParseContext
from parsers.grid import Grid, Value
from parsers.table import read_grids

MOST_ROWS = 10_000
_MOST_SPAN = 100
_BREAKS = frozenset({"br", "p", "div"})
_ROWS = frozenset({"tr", "table", "h1", "h2", "h3", "h4", "caption"})
_UNSEEN = frozenset({"script", "style", "head"})


class WebTableParser:
    """Runs in the sandbox child; scripts and links are not followed, styles not applied."""

    name = "web_table"
    version = "1"

    def parse(self, data: bytes, context: ParseContext) -> FileReading:
        """Read all text outside tables and all rows of tables, in order, as one worksheet."""
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        collector = _Collector()
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
        collector.feed(text)
        collector.close()
        collector.end_line()
        return read_grids(self, [Grid("", collector.rows)], context)


class _Collector(HTMLParser):
    """Rows of cells; a cell over several rows or columns fills them with nothing, as a merged cell does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Value]] = []
        self._text: list[str] = []
        self._row: list[Value] | None = None
        self._span = (1, 1)
        self._taken: dict[int, int] = {}  # column → rows that a cell above still covers
        self._in_cell = False
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "tr":
            self.end_line()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            named = dict(attrs)
            self._span = (_span(named.get("rowspan")), _span(named.get("colspan")))
            self._text, self._in_cell = [], True
        elif tag in _BREAKS:
            self._text.append("\n")
            if self._row is None:
                self.end_line()

    def handle_endtag(self, tag: str) -> None:
        """End a row or a cell."""
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in _ROWS or (tag in _BREAKS and self._row is None and not self._in_cell):
            self.end_line()
        elif tag in _BREAKS:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._unseen:
            self._text.append(data)

    def end_line(self) -> None:
        """Finish the row, or the line of text outside a table."""
        self._end_cell()
        row = self._row
        if row is None:
            text = " ".join("".join(self._text).split())
            row = [text] if text else None
        else:
            self._skip_taken(row)
            self._taken = {c: n - 1 for c, n in self._taken.items() if n > 1}
        if row is not None and len(self.rows) < MOST_ROWS:
            self.rows.append(row)
        self._row, self._text = None, []

    def _end_cell(self) -> None:
        if not self._in_cell:
            return
        self._in_cell = False
        if self._row is None:
            self._row = []
        self._skip_taken(self._row)
        down, across = self._span
        column = len(self._row)
        lines = [" ".join(line.split()) for line in "".join(self._text).splitlines()]
        self._row.append("\n".join(line for line in lines if line) or None)
        self._row += [None] * (across - 1)
        if down > 1:
            # Counted with this row, which is taken off when it ends.
            self._taken |= dict.fromkeys(range(column, column + across), down)
        self._text = []

    def _skip_taken(self, row: list[Value]) -> None:
        while len(row) in self._taken and len(row) < MOST_ROWS:
            row.append(None)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _MOST_SPAN) if text and text.isdigit() else 1


PARSER = WebTableParser()
