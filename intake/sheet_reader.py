"""Reading a file with the printed sheets that it may show: the child is told of them, and never of their key."""

from dataclasses import replace

from domain.reading import FileReading
from domain.sheet_identity import Identity
from intake.open_sheets import OpenSheets
from parsers.base import PROOFREAD, UNKNOWN_FORM, ParseContext
from parsers.sandbox import Sandbox
from parsers.sniff import Kind, sniff
from storage.engine import Database, UnitOfWork

_SEEN = frozenset({Kind.IMAGE, Kind.PDF, Kind.ZIP})  # what pictures come in
_MOST_OLD = 60  # pages of one file that are looked up
_REMEMBERED = 50_000  # pages; a regency prints some 15,000 in the weeks that may come back


class SheetReader:
    """Reads files in ``sandbox``; a sheet so old that it was not handed over is looked up by the code on it.

    The names on a printed page are read once, with the first picture of it that this process sees (decision 0020).
    """

    def __init__(self, sandbox: Sandbox, sheets: OpenSheets) -> None:
        self._sandbox = sandbox
        self._sheets = sheets
        self._proved: set[Identity] = set()

    async def context(self, uow: UnitOfWork, data: bytes, bare: ParseContext) -> tuple[ParseContext, str]:
        """``bare`` with the sheets that ``data`` may show, and a word for the state of these sheets."""
        if sniff(data, bare.filename) not in _SEEN:
            return bare, ""
        sheets, state = await self._sheets.load(uow, bare.received)
        layouts, confirmed = await uow.layouts.confirmed()
        states = [word for word in (state, confirmed) if word]
        return replace(bare, sheets=sheets, layouts=layouts), "".join(f"/{word}" for word in states)

    async def read(self, db: Database, data: bytes, context: ParseContext) -> FileReading:
        """What is in ``data``; raises as ``Sandbox.read`` does. ``context.proofread``: whatever was proved before."""
        if not context.proofread:
            open_pages = {sheet.identity for sheet in context.sheets}
            context = replace(context, proofread=True, proved=frozenset(self._proved & open_pages))
        reading = await self._sandbox.read(data, context)
        named = reading.extra.get(UNKNOWN_FORM)
        if named is not None:
            async with db.begin() as uow:
                asked = [await self._sheets.one(uow, name) for name in dict.fromkeys(named.split(",")[:_MOST_OLD])]
            if older := [sheet for sheet in asked if sheet is not None]:
                reading = await self._sandbox.read(data, replace(context, sheets=(*context.sheets, *older)))
        return self._learned(reading)

    def _learned(self, reading: FileReading) -> FileReading:
        """Remember the pages that proved right; the reading is then the same whether or not they were asked."""
        told = reading.extra.get(PROOFREAD)
        if told is None:
            return reading
        if len(self._proved) >= _REMEMBERED:
            self._proved.clear()
        self._proved |= {page for name in told.split(",") if (page := Identity.parse(name))}
        return replace(reading, extra={key: word for key, word in reading.extra.items() if key != PROOFREAD})
