"""Layout E: ``N_StandardReport.xls``, a month as a table: a row of day numbers, an ``ID:`` row for each person, and
under it the minutes of each day written one after the other (``07:2113:0813:32``). No seconds, no state.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from devices.lines import NONE, Asks, Batch, Notes, PunchLine, Reason

Cells = list[list[str]]
SECONDS = ":00"
_PERIOD = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\s*[~–-]+\s*(\d{4})-(\d{1,2})-(\d{1,2})")
_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})")
_ID = re.compile(r"^ID\s*[:：]?\s*(\w*)$", re.IGNORECASE)
_NAME = re.compile(r"^(?:Nama|Name)\s*[:：]?\s*(.*)$", re.IGNORECASE)


def _is_report(cells: Cells) -> bool:
    text = [cell for row in cells[:12] for cell in row]
    return any(_FIRST.search(cell) and "~" in cell for cell in text) and any(_ID.match(cell) for cell in text)


class StandardReport:
    """One worksheet of the report."""

    layout = "standard_report"

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    @staticmethod
    def fits(cells: Cells) -> bool:
        """Whether a worksheet is such a report."""
        return _is_report(cells)

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``; a line is a cell with times: row by row, every time of it counted."""
        batch = Batch()
        first = self._first_day()
        days: dict[int, date] = {}
        user: str | None = None
        number = 0
        for row in self._cells:
            if found := _days_of(row, first):
                days = found
                continue
            head = _person(row)
            if head is not None:
                user, name = head
                if name:
                    notes.names[user] = name
                continue
            if user is None or not days:
                continue
            for column, value in enumerate(row):
                if not value or not any(c.isdigit() for c in value):
                    continue
                number = _take(batch, number, user, days.get(column), value)
        notes.no_seconds += len(batch.punches)
        yield batch

    def _first_day(self) -> date:
        for row in self._cells[:12]:
            for cell in row:
                if found := _FIRST.search(cell):
                    return date(int(found[1]), int(found[2]), int(found[3]))
        raise Asks("layout_unknown", "standard_report", self.layout)


def _days_of(row: Sequence[str], first: date) -> dict[int, date] | None:
    """The dates of a row of day numbers, which may run over a month's end; None for any other row."""
    numbers = [(column, int(value)) for column, value in enumerate(row) if value.isdigit() and 1 <= int(value) <= 31]
    if len(numbers) < 2 or len(numbers) != sum(1 for value in row if value):
        return None
    days: dict[int, date] = {}
    day = first
    for column, number in numbers:
        for _ in range(32):
            if day.day == number:
                break
            day += timedelta(days=1)
        days[column] = day
        day += timedelta(days=1)
    return days


def _person(row: Sequence[str]) -> tuple[str, str] | None:
    """Id and name of an ``ID:`` row."""
    shown = [value for value in row if value]
    for place, value in enumerate(shown):
        found = _ID.match(value)
        if not found:
            continue
        user = found[1] or (shown[place + 1] if place + 1 < len(shown) else "")
        name = ""
        for other, text in enumerate(shown):
            if named := _NAME.match(text):
                name = named[1] or (shown[other + 1] if other + 1 < len(shown) else "")
        return (user, name) if re.fullmatch(r"[0-9A-Za-z._-]{1,24}", user) else None
    return None


def _take(batch: Batch, number: int, user: str, day: date | None, value: str) -> int:
    rest = _TIMES.sub("", value).strip()
    times = _TIMES.findall(value)
    if day is None or rest or not times:
        batch.bad.append((number + 1, Reason.FORM, f"{user}: {value}"))
        return number + 1
    for hour, minute in times:
        number += 1
        if int(hour) > 23 or int(minute) > 59:
            batch.bad.append((number, Reason.DATE, f"{user}: {value}"))
        else:
            at = f"{day.isoformat()} {int(hour):02}:{minute}{SECONDS}"
            batch.punches.append(_punch(number, user, at))
    return number


def _punch(number: int, user: str, at: str) -> PunchLine:
    return number, user, at, NONE, NONE, ""
