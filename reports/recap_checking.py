"""A returned recap out of storage: what was read in it, against what the sheets of the month told (TLG-10, TLG-D5).

Compared with the sheets alone, for a recap that agrees with itself would say nothing. Nothing is overwritten.
"""

from datetime import date, datetime

from domain.calendar import month_start
from domain.reading import SheetKind, SheetReading
from domain.reading_json import from_plain
from domain.report_times import month_span
from domain.resolution import World
from reports.figures_monthly import UnitMonth, monthly
from reports.figures_recap import Difference, DifferenceKind, Reconciliation, reconcile, returned_lines
from reports.gather_monthly import gather_monthly
from storage.engine import UnitOfWork
from storage.records_reports import NewRecapCheck, RecapCheckRow, RecapDifference, ReturnedRecap

_KINDS = (SheetKind.RECAP, SheetKind.MONTHLY)


async def check_recap(uow: UnitOfWork, world: World, back: ReturnedRecap, now: datetime) -> NewRecapCheck:
    """The comparison of one returned file; a file without a table of ours compares nothing and says so by 0 cells."""
    span = month_span(back.date)
    given = await gather_monthly(uow, world, span, now, {back.unit}, recaps=False)
    month = monthly(given, world.profile)
    stored = await uow.files.latest_reading(back.sha256)
    sheets = from_plain(stored).sheets if stored else ()
    compared = same = 0
    differences: list[RecapDifference] = []
    for sheet in sheets:
        if sheet.kind not in _KINDS or not month.units or not _is_of(sheet, span.first):
            continue
        people = _people(sheet, month.units[0], world, back.date)
        if 2 * len(people) < len(sheet.rows):
            continue  # another unit's table in the same file
        found = reconcile(month.units[0], month, returned_lines(sheet, people), world.profile)
        compared += found.compared
        same += found.same
        differences += [_kept(difference) for difference in found.differences]
    return NewRecapCheck(
        submission_id=back.submission_id,
        sha256=back.sha256,
        unit=back.unit,
        first=span.first,
        compared=compared,
        same=same,
        differences=tuple(differences),
        made_at=now,
    )


def _people(sheet: SheetReading, unit: UnitMonth, world: World, day: date) -> dict[int, str]:
    """Row → person: by NIP among everybody recorded in the month, moved people too, else as recording matches."""
    by_nip = {line.person.nip: line.person.key for line in unit.lines if line.person.nip}
    matcher = world.matcher(unit.unit.code, day)
    found: dict[int, str] = {}
    for index, row in enumerate(sheet.rows):
        digits = "".join(sign for sign in row.nip if sign.isdigit())
        person = by_nip.get(digits) or matcher.match(row.name, row.nip).person
        if person is not None:
            found[index] = person
    return found


def _is_of(sheet: SheetReading, first: date) -> bool:
    return not sheet.dates or month_start(max(sheet.dates).year, max(sheet.dates).month) == first


def _kept(difference: Difference) -> RecapDifference:
    place = difference.place if isinstance(difference.place, str) else difference.place.isoformat()
    return RecapDifference(
        difference.person, difference.name, place, difference.recorded, difference.returned, difference.kind.value
    )


def reconciliation_of(row: RecapCheckRow) -> Reconciliation:
    """A stored comparison as the workbook of the consolidated recap takes it."""
    return Reconciliation(row.unit, row.compared, row.same, tuple(_difference(one) for one in row.differences))


def _difference(kept: RecapDifference) -> Difference:
    place: date | str = kept.place
    if len(kept.place) == 10 and kept.place[4] == "-":
        place = date.fromisoformat(kept.place)
    return Difference(kept.person, kept.name, place, kept.recorded, kept.returned, DifferenceKind(kept.kind))
