"""Reading a file with the printed sheets that it may show: the child is told of them, and never of their key."""

from dataclasses import replace

from domain.reading import FileReading
from intake.open_sheets import OpenSheets
from parsers.base import UNKNOWN_FORM, ParseContext
from parsers.sandbox import Sandbox
from parsers.sniff import Kind, sniff
from storage.engine import Database, UnitOfWork

_SEEN = frozenset({Kind.IMAGE, Kind.PDF, Kind.ZIP})  # what pictures come in


class SheetReader:
    """Reads files in ``sandbox``; a sheet so old that it was not handed over is looked up by the code on it."""

    def __init__(self, sandbox: Sandbox, sheets: OpenSheets) -> None:
        self._sandbox = sandbox
        self._sheets = sheets

    async def context(self, uow: UnitOfWork, data: bytes, bare: ParseContext) -> tuple[ParseContext, str]:
        """``bare`` with the sheets that ``data`` may show, and a word for the state of these sheets."""
        if sniff(data, bare.filename) not in _SEEN:
            return bare, ""
        sheets, state = await self._sheets.load(uow, bare.received)
        layouts, confirmed = await uow.layouts.confirmed()
        states = [word for word in (state, confirmed) if word]
        return replace(bare, sheets=sheets, layouts=layouts), "".join(f"/{word}" for word in states)

    async def read(self, db: Database, data: bytes, context: ParseContext) -> FileReading:
        """What is in ``data``; raises as ``Sandbox.read`` does."""
        reading = await self._sandbox.read(data, context)
        named = reading.extra.get(UNKNOWN_FORM)
        if named is None:
            return reading
        async with db.begin() as uow:
            older = await self._sheets.one(uow, named)
        if older is None:
            return reading
        return await self._sandbox.read(data, replace(context, sheets=(*context.sheets, older)))
