"""The part about attendance machines: the rows that ``templates/reports/devices.typ`` prints, and two sheets."""

from typing import Any

from domain.profile import Profile
from domain.wording import moment_text
from reports.figures_devices import (
    COLUMNS,
    NOTICE,
    DeviceSection,
    OutageLine,
    asked_rows,
    count_row,
    machine_row,
)
from reports.xlsx import Book, Col


def devices_data(section: DeviceSection | None, profile: Profile) -> dict[str, Any] | None:
    """The rows; None where there is no machine."""
    if section is None:
        return None
    return {
        "notice": NOTICE,
        "columns": list(COLUMNS),
        "units": [[unit, *(str(n) if n else "–" for n in count_row(count))] for unit, count in section.units],
        "differences": [list(row) for row in asked_rows(section, profile)],
        "more": section.more_differences,
        "outages": [list(_outage_row(one, profile)) for one in section.outages],
        "machines": [list(machine_row(one, profile)) for one in section.machines],
    }


def _outage_row(one: OutageLine, profile: Profile) -> tuple[str, str, str]:
    until = moment_text(one.last, profile) if one.last else "masih berlangsung"
    return one.what, moment_text(one.first, profile), until


def devices_sheet(book: Book, section: DeviceSection | None) -> None:
    """Sheets "Mesin" and "Beda mesin"; none where there is no machine."""
    if section is None:
        return
    profile = book.profile
    heads = [Col("Unit", 38), *(Col(head, 14, "number") for head in COLUMNS)]
    machine = ("Mesin", "Unit", "Log sampai", "Terdengar", "Jam", "Catatan")
    sheet = book.sheet("Mesin", [38, 28, 20, 30, 14, 40, 14], frozen="A3")
    sheet.append([book.cell(sheet, NOTICE, "plain")])
    last = book.add_table(sheet, heads, [(unit, *count_row(count)) for unit, count in section.units], 2)
    sheet.append([])
    last = book.add_table(
        sheet, [Col(head, 20) for head in machine], [machine_row(m, profile) for m in section.machines], last + 2
    )
    sheet.append([])
    outage = [Col(head, 20) for head in ("Gangguan mesin", "Mulai", "Sampai")]
    book.add_table(sheet, outage, [_outage_row(one, profile) for one in section.outages], last + 2)
    book.table(
        "Beda mesin",
        [
            Col("Pegawai", 34),
            Col("Unit", 34),
            Col("Tanggal", 12),
            Col("Sesi", 12),
            Col("Keadaan", 16),
            Col("Catatan", 70, "wrap"),
        ],
        asked_rows(section, profile),
    )
