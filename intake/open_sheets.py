"""The desk's printed sheets that may come back, made ready for reading children and kept while nothing changes."""

from dataclasses import replace
from datetime import date, timedelta

from domain.open_sheets import OpenSheet
from domain.sheet import from_plain
from domain.sheet_identity import Identity
from domain.sheet_mailing import week_name
from storage.engine import UnitOfWork
from storage.records import SheetPageRow

_BACK, _AHEAD = timedelta(weeks=6), timedelta(weeks=3)


class OpenSheets:
    """Loads the pages of the weeks around a day. ``key`` makes the tags' ids; without one no sheet was ever printed."""

    def __init__(self, key: bytes | None) -> None:
        self._key = key
        self._kept: dict[int, OpenSheet] = {}
        self._mark: tuple[object, ...] = ()

    async def load(self, uow: UnitOfWork, day: date) -> tuple[tuple[OpenSheet, ...], str]:
        """The pages, retired ones included, and a word that changes whenever they do."""
        if self._key is None:
            return (), ""
        first, last = week_name(day - _BACK), week_name(day + _AHEAD)
        counted = await uow.sheets.fingerprint(first, last)
        mark = (first, last, *counted)
        if mark != self._mark:
            made = {row.id: self._ready(row) for row in await uow.sheets.in_weeks(first, last)}
            self._kept = {id_: sheet for id_, sheet in made.items() if sheet is not None}
            self._mark = mark
        return tuple(self._kept.values()), "-".join(map(str, counted))

    async def one(self, uow: UnitOfWork, name: str) -> OpenSheet | None:
        """The page that a code names as ``number/leaf``, however old; None when none was printed here."""
        named = Identity.parse(name)
        if named is None:
            return None  # a child's word is not believed
        row = await uow.sheets.by_number(named.number, named.leaf)
        return self._ready(row) if row is not None else None

    def _ready(self, row: SheetPageRow) -> OpenSheet | None:
        """A row made ready; None where its token is not its content's (another key, or a changed row)."""
        known = self._kept.get(row.id)
        if known is not None:
            return replace(known, retired=row.retired_at is not None)
        if self._key is None:
            return None
        page = from_plain(row.snapshot)
        return OpenSheet.of(page, self._key, retired=row.retired_at is not None) if page.genuine(self._key) else None
