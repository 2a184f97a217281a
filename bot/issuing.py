"""Issuing weekly sheets: what leaves on paper is recorded first, and printed again from that record. TLG-09."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import WorkCalendar
from domain.errors import ConfigurationError, UsageError
from domain.profile import Profile
from domain.roster import Roster, Unit
from domain.sheet import SheetPage, from_plain, issue, numbers_needed, to_plain
from domain.sheet_plan import SheetDrafter
from storage.engine import Database
from storage.records import NewSheetPage, SheetPageRow
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Order:
    """Which sheets: of ``units`` (codes; None: all), for ``week`` (``2026-W48``), asked for by ``by``.

    ``new_copy`` drafts them anew from today's roster and retires the earlier copy.
    """

    week: str
    units: tuple[str, ...] | None
    new_copy: bool
    by: str


@dataclass(frozen=True, slots=True)
class IssuedSheet:
    """The pages of one unit; ``again``: the open copy as it was printed before."""

    pages: tuple[SheetPage, ...]
    again: bool


async def issue_weekly(
    db: Database, profile: Profile, key: bytes, order: Order, now: datetime
) -> tuple[IssuedSheet, ...]:
    """The sheets of ``order`` in roster order, recorded for good; units that do not work that week have none.

    ``UsageError`` for an unknown unit or week; ``ConfigurationError`` when open sheets carry another key's token.
    """
    found: list[IssuedSheet] = []
    drafts: list[tuple[SheetPage, ...]] = []
    async with db.begin() as uow:
        # Two prints at once would both find no open copy.
        await uow.sheets.lock()
        roster = await uow.roster.load()
        drafter = SheetDrafter(profile, roster, WorkCalendar(profile, await uow.calendar.all()))
        for unit in _wanted(roster, order):
            kept = await uow.sheets.open_for(unit.code, order.week)
            if kept and not order.new_copy:
                found.append(IssuedSheet(_pages(kept, key), again=True))
            elif draft := drafter.draft(unit, order.week, copy=1 + max((row.copy for row in kept), default=0)):
                drafts.append(draft)
        found += await _record(uow, drafts, key, order.by, now)
    place = {code: number for number, code in enumerate(roster.units)}
    return tuple(sorted(found, key=lambda sheet: place[sheet.pages[0].unit]))


def _wanted(roster: Roster, order: Order) -> tuple[Unit, ...]:
    if order.units is None:
        return tuple(roster.units.values())
    if unknown := [code for code in order.units if code not in roster.units]:
        raise UsageError(f"tidak ada unit berkode {', '.join(unknown)}")
    return tuple(roster.units[code] for code in order.units)


def _pages(kept: Sequence[SheetPageRow], key: bytes) -> tuple[SheetPage, ...]:
    pages = tuple(from_plain(row.snapshot) for row in kept)
    # Tags drawn with another key would name no sheet at all.
    if not all(page.genuine(key) for page in pages):
        first = pages[0]
        raise ConfigurationError(
            f"lembar {first.unit} minggu {first.week} dicetak dengan kunci lembar yang lain: "
            "pulihkan sheets.key dari cadangan, atau cetak salinan baru dengan --new-copy"
        )
    return pages


async def _record(
    uow: UnitOfWork, drafts: Sequence[tuple[SheetPage, ...]], key: bytes, by: str, now: datetime
) -> list[IssuedSheet]:
    issued: list[IssuedSheet] = []
    needed = sum(map(numbers_needed, drafts))
    number = await uow.sheets.reserve(needed) if needed else 0
    for draft in drafts:
        pages = issue(draft, number, key)
        number += numbers_needed(draft)
        first = pages[0]
        await uow.sheets.retire(first.unit, first.week, first.copy, now)
        await uow.sheets.add_many([_row(page, by, now) for page in pages])
        detail = {"week": first.week, "copy": first.copy, "pages": len(pages), "number": first.number}
        await uow.audit.add("sheets_issued", "unit", first.unit, by, now, detail)
        issued.append(IssuedSheet(pages, again=False))
    return issued


def _row(page: SheetPage, by: str, now: datetime) -> NewSheetPage:
    return NewSheetPage(
        number=page.number,
        leaf=page.leaf,
        unit=page.unit,
        week=page.week,
        page=page.page,
        copy=page.copy,
        token=page.token,
        snapshot=to_plain(page),
        issued_at=now,
        issued_by=by,
    )
