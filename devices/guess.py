"""What the columns of an unknown log may be, by their titles and by what stands in them: a proposal for a person, who
confirms it; nothing is read by it alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from devices.dates import DateOrder, order_of
from devices.mapped import Table

_SAMPLE, _MOST, _MOST_DATES = 60, 0.8, 20_000
_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AP]M)?"
_TITLES: Mapping[str, tuple[str, ...]] = {
    "id": ("pin", "id", "noid", "userid", "enno", "enrollno", "idpegawai", "nopegawai", "acno", "employeeid", "nik"),
    "at": ("datetime", "tanggaljam", "tgljam", "waktu", "scandate", "checktime", "tanggalwaktu", "scan"),
    "date": ("tanggal", "tgl", "date"),
    "time": ("jam", "time", "pukul"),
    "state": ("state", "status", "inout", "iomode", "keadaan"),
    "verify": ("verify", "verifikasi", "verifymode", "mode"),
    "name": ("nama", "name", "namapegawai"),
}
_SHAPES: tuple[tuple[str, str], ...] = (
    ("at", rf"{_DATE}[ T]+{_TIME}"),
    ("date", _DATE),
    ("time", _TIME),
    ("id", r"[0-9A-Za-z._-]{1,24}"),
)


def guess(table: Table) -> tuple[dict[str, int], DateOrder]:
    """Likely places of the fields, from 0, and the order of dates where the values tell it (else UNKNOWN)."""
    rows = [row for _, row in table.rows[1 if table.titles else 0 :][:_SAMPLE]]
    width = max(map(len, rows), default=0)
    found: dict[str, int] = {}
    for place, title in enumerate(table.titles):
        bare = re.sub(r"[^a-z]", "", title.casefold())
        field = next((f for f, names in _TITLES.items() if bare in names and f not in found), None)
        if field is not None and _fits(rows, place, _of(field)):
            found[field] = place
    for field, _ in _SHAPES:
        if field in found or (field in ("date", "time") and "at" in found):
            continue
        free = [p for p in range(width) if p not in found.values() and _fits(rows, p, _of(field))]
        if field == "id":
            free = [p for p in free if not _counts(rows, p)] or free
        if free:
            found[field] = free[0]
    if "at" in found:
        found.pop("date", None)
        found.pop("time", None)
    when = found.get("at", found.get("date"))
    if when is None:
        return found, DateOrder.UNKNOWN
    # One day above 12 anywhere in the file tells the order, so more is looked at than for the columns.
    whole = (row for _, row in table.rows[:_MOST_DATES])
    return found, order_of(f"{row[when]} 00:00" for row in whole if when < len(row))


def _of(field: str) -> Callable[[str], bool]:
    shape = dict(_SHAPES).get(field)
    return (lambda text: bool(re.fullmatch(shape, text, re.IGNORECASE))) if shape else bool


def _fits(rows: Sequence[Sequence[str]], place: int, holds: Callable[[str], bool]) -> bool:
    values = [row[place].strip("\0 '\"") for row in rows if place < len(row)]
    return bool(values) and sum(map(holds, values)) >= _MOST * len(values)


def _counts(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a column only numbers the lines, from 0 or 1 on."""
    values = [row[place] for row in rows if place < len(row)]
    if not values or values[0] not in ("0", "1") or not all(v.isascii() and v.isdigit() for v in values):
        return False
    first = int(values[0])
    return len(values) > 1 and [int(v) for v in values] == list(range(first, first + len(values)))
