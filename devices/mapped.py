"""Layouts that an operator mapped once: which column holds what, and in which order the dates are written."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence

from devices.dates import DateOrder, order_of, plain
from devices.lines import NONE, Asks, Batch, Notes, PunchLine, Reason, lines
from domain.errors import UsageError

FIELDS = ("id", "at", "date", "time", "state", "verify", "name")
_SEPARATORS = "\t;,|"
_BATCH = 50_000


class Table:
    """A text log with a separator, or a worksheet, as numbered rows of text."""

    def __init__(self, rows: Sequence[tuple[int, list[str]]], kind: str) -> None:
        self.rows = rows
        self._kind = kind

    @classmethod
    def of_text(cls, text: str) -> "Table":
        """Lines split by the separator that most of them have."""
        numbered = list(lines(text))
        sample = [line for _, line in numbered[:200]]
        best = max(_SEPARATORS, key=lambda s: sum(line.count(s) for line in sample))
        if not any(best in line for line in sample):
            return cls([(n, line.split()) for n, line in numbered], "ruang")
        rows = [(n, [f.strip() for f in next(csv.reader([line], delimiter=best), [])]) for n, line in numbered]
        return cls(rows, {"\t": "tab"}.get(best, best))

    @classmethod
    def of_cells(cls, cells: Sequence[Sequence[str]]) -> "Table":
        """A worksheet; rows without anything are left out."""
        return cls([(n, list(row)) for n, row in enumerate(cells, 1) if any(row)], "sheet")

    @property
    def titles(self) -> list[str]:
        """The first row when it holds titles and no number, else nothing."""
        first = self.rows[0][1] if self.rows else []
        return first if first and not any(re.search(r"\d", field) for field in first) else []

    @property
    def signature(self) -> str:
        """The same for every file of this layout."""
        if self.titles:
            return f"{self._kind}:" + "|".join(title.lower() for title in self.titles)
        return f"{self._kind}:{max((len(row) for _, row in self.rows[:200]), default=0)}"


def columns_of(text: str, table: Table) -> dict[str, int]:
    """``id=Pin,at=Waktu`` or ``id=1,date=2,time=3`` (columns from 1) as places from 0.

    Raises ``UsageError`` that says what is wrong and which columns there are.
    """
    known = {title.lower(): place for place, title in enumerate(table.titles)}
    places: dict[str, int] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        field, _, where = part.partition("=")
        field, where = field.strip().lower(), where.strip()
        if field not in FIELDS:
            raise UsageError(f"kolom '{field}' tidak dikenal; yang dikenal: {', '.join(FIELDS)}")
        place = int(where) - 1 if where.isdigit() else known.get(where.lower(), -1)
        if place < 0:
            named = ", ".join(table.titles) or "tanpa judul; pakai nomor mulai 1"
            raise UsageError(f"tidak ada kolom '{where}'; judulnya: {named}")
        places[field] = place
    if not _enough(places):
        raise UsageError("sebutkan id dan at (tanggal dengan jam), atau id, date dan time; misalnya id=1,at=3")
    return places


def checked_places(said: Mapping[int, str]) -> dict[str, int]:
    """What a person chose for each column (empty: nothing) as places by field; raises ``UsageError``."""
    places: dict[str, int] = {}
    for place, field in said.items():
        if not field:
            continue
        if field not in FIELDS:
            raise UsageError(f"arti kolom '{field}' tidak dikenal")
        if field in places:
            raise UsageError(f"kolom {places[field] + 1} dan {place + 1} diberi arti yang sama")
        places[field] = place
    if not _enough(places):
        raise UsageError("pilih kolom ID pegawai serta tanggal dan jam (satu kolom, atau dua kolom terpisah)")
    return places


def _enough(places: Mapping[str, int]) -> bool:
    return "id" in places and ("at" in places or {"date", "time"} <= places.keys())


class Mapped:
    """A table read as its operator said."""

    def __init__(self, table: Table, columns: Mapping[str, int], order: DateOrder) -> None:
        """Raises ``Asks`` when the dates can be read in two ways and nobody said how."""
        self.layout = "mapped"
        self._rows = table.rows[1:] if table.titles else table.rows
        self._columns = columns
        if order is DateOrder.UNKNOWN:
            order = order_of(self._moment(row) for _, row in self._rows)
        if order is DateOrder.UNKNOWN and self._rows:
            raise Asks("date_order_unknown", table.signature, self.layout)
        self._order = order

    def _value(self, row: Sequence[str], field: str) -> str:
        place = self._columns.get(field, -1)
        return row[place].strip("\0 '\"") if 0 <= place < len(row) else ""

    def _moment(self, row: Sequence[str]) -> str:
        if "at" in self._columns:
            return self._value(row, "at")
        day = self._value(row, "date").partition(" ")[0]
        return f"{day} {self._value(row, 'time').rpartition(' ')[2]}"

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        batch = Batch()
        for number, row in self._rows:
            found = self._punch(number, row, notes)
            if isinstance(found, Reason):
                batch.bad.append((number, found, "\t".join(row)))
            else:
                batch.punches.append(found)
            if batch.read >= _BATCH:
                yield batch
                batch = Batch()
        if batch.read:
            yield batch

    def _punch(self, number: int, row: Sequence[str], notes: Notes) -> PunchLine | Reason:
        user = self._value(row, "id")
        if not re.fullmatch(r"[0-9A-Za-z._-]{1,24}", user):
            return Reason.FORM
        moment = plain(self._moment(row), self._order)
        if moment is None:
            return Reason.DATE
        notes.no_seconds += not moment[1]
        if name := self._value(row, "name"):
            notes.names[user] = name
        verify, state = self._value(row, "verify"), self._value(row, "state")
        return number, user, moment[0], _number(verify), _number(state), ""


def _number(value: str) -> str:
    return value if value.isascii() and value.isdigit() and len(value) <= 3 else NONE
