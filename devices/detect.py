"""Which layout a file has, by its content and never by its brand or name."""

import re
from collections.abc import Callable
from pathlib import PurePath

from devices.attlog import AttLog, looks_like_attlog, usb_order
from devices.dates import DateOrder
from devices.glg import MAGIC, AglBinary, GlgText, looks_like_glg
from devices.lines import Asks, LogReader, decode
from devices.mapped import Mapped, Table
from devices.standard_report import Cells, StandardReport
from parsers.sniff import Kind, sniff
from storage.records_devices import NewLayout

TABLES = (Kind.XLS, Kind.XLSX, Kind.XLSM, Kind.XLSB, Kind.ODS)
_NUMBER = re.compile(r"(?:^(\d{1,4})_|(?:GLG|AGL)_0*(\d{1,4}))", re.IGNORECASE)

Remembered = Callable[[str], NewLayout | None]
"""What an operator said of a layout with this signature, if anything."""


def is_table(data: bytes, name: str) -> bool:
    """Whether the file is a workbook, which only the sandbox may open."""
    return sniff(data, name) in TABLES


def number_in(name: str) -> str | None:
    """The device number in a file's name: ``3_attlog.dat``, ``GLG_001.TXT``."""
    found = _NUMBER.search(PurePath(name).name)
    return None if found is None else str(int(found[1] or found[2]))


def table_of(data: bytes, sheets: list[Cells] | None) -> Table:
    """The file as a table, for layouts that an operator maps."""
    if sheets is not None:
        return Table.of_cells(max(sheets, key=len, default=[]))
    return Table.of_text(decode(data)[0])


def reader_of(data: bytes, sheets: list[Cells] | None, remembered: Remembered) -> tuple[LogReader, int]:
    """The reader of a file and the number of its NUL bytes; ``sheets`` are its worksheets, when it has any.

    Raises ``Asks`` when an operator has to say what the file means.
    """
    if sheets is not None:
        for cells in sheets:
            if StandardReport.fits(cells):
                return StandardReport(cells), 0
        return _mapped(table_of(data, sheets), remembered), 0
    if data.startswith(MAGIC):
        return AglBinary(data), 0
    text, nuls = decode(data)
    if looks_like_glg(text):
        return _glg(text, remembered), nuls
    if looks_like_attlog(text):
        usb = usb_order(text)
        if usb is not None:
            return AttLog(text, usb=usb), nuls
        known = remembered("attlog")
        if known is None:
            raise Asks("layout_unknown", "attlog", "attlog")
        return Mapped(Table.of_text(text), known.columns, DateOrder.YMD), nuls
    return _mapped(Table.of_text(text), remembered), nuls


def _glg(text: str, remembered: Remembered) -> LogReader:
    try:
        return GlgText(text)
    except Asks as asked:
        known = remembered(asked.signature)
        if known is None:
            raise
        return GlgText(text, DateOrder(known.date_order))


def _mapped(table: Table, remembered: Remembered) -> LogReader:
    known = remembered(table.signature)
    if known is None:
        raise Asks("layout_unknown", table.signature)
    return Mapped(table, known.columns, DateOrder(known.date_order))
