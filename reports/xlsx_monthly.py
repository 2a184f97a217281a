"""The monthly recap as a workbook (TLG-10, TLG-D5): sums a unit, one row a person, and what stands behind it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from openpyxl.utils import get_column_letter

from domain.profile import Profile
from domain.sheet_layout import Paper
from domain.wording import long_date, moment_text
from reports.figures_monthly import MonthLine, Monthly
from reports.figures_recap import Reconciliation
from reports.numbering import ReportIdentity
from reports.pdf_devices import devices_sheet
from reports.xlsx import HEAD_HEIGHT, Book, Col, Value
from reports.xlsx_charts import bar_chart
from reports.xlsx_weekly import corrections_sheet, watch_sheet

_FIXED = 7  # columns of "Rekap" before the first day
_CHANGED = frozenset[tuple[str, str, date]]()


def monthly_xlsx(
    month: Monthly,
    report: ReportIdentity,
    profile: Profile,
    paper: Paper = Paper.F4,
    *,
    changed: Collection[tuple[str, str, date]] = _CHANGED,
    reconciled: Sequence[Reconciliation] = (),
) -> bytes:
    """The whole workbook, of a government or of one unit; ``changed`` cells stand out (TLG-10)."""
    book = Book(report, profile, paper)
    names = {unit.unit.code: unit.unit.name for unit in month.units}
    _summary(book, month)
    _recap(book, month, changed)
    _days(book, month)
    book.table("Legenda", [Col("Kode", 10, "middle"), Col("Arti", 60)], month.legend)
    _transfers(book, month, names)
    _returns(book, month, names)
    if reconciled:
        _differences(book, reconciled, names)
    _evidence(book, month, names)
    corrections_sheet(book, month.corrections, names)
    devices_sheet(book, month.devices)
    watch_sheet(book, month.watch)
    book.changes(report.changes)
    return book.saved(month.as_of)


def _summary(book: Book, month: Monthly) -> None:
    codes = [column.code for column in month.columns]
    heads = ("Unit", "Kode", "Pegawai", "Hari kerja", *codes, "Terbuka")
    columns = [
        Col(head, 34 if head == "Unit" else 11, "text" if head in ("Unit", "Kode") else "number") for head in heads
    ]
    sheet = book.sheet("Ringkasan", [column.width for column in columns])
    row = book.preamble(sheet, book.profile.forms["monthly"].title.upper())
    lines: list[Sequence[Value]] = [
        (u.unit.name, u.unit.code, len(u.lines), u.working_days, *u.totals, u.open_days) for u in month.units
    ]
    lines.append(("Jumlah", "", month.people, month.working_days, *month.totals, month.open_days))
    book.add_table(sheet, columns, lines, row + 1)


def _recap(book: Book, month: Monthly, changed: Collection[tuple[str, str, date]]) -> None:
    codes = [Col(column.code, 6, "number") for column in month.columns]
    columns = [
        Col("Kode", 8),
        Col("Unit", 30),
        Col("No", 5, "number"),
        Col("Nama", 36),
        Col("NIP", 21),
        Col("Pangkat/Gol.", 20),
        Col("Jabatan", 28),
        *(Col(str(day.day), 4.5, "middle") for day in month.days),
        *codes,
        Col("Hari kerja", 7, "number"),
        Col("Terbuka", 8, "number"),
        Col("Jumlah cocok", 8, "middle"),
    ]
    sheet = book.sheet("Rekap", [column.width for column in columns], frozen="F2")
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = HEAD_HEIGHT
    sheet.append([book.cell(sheet, column.head, "head") for column in columns])
    styles = [column.style for column in columns]
    last = 1
    for unit in month.units:
        for number, line in enumerate(unit.lines, 1):
            row = _line(unit.unit.code, unit.unit.name, number, line)
            cells = [book.cell(sheet, value, style) for value, style in zip(row, styles, strict=True)]
            if changed:
                for place, day in enumerate(month.days, _FIXED):
                    if (unit.unit.code, line.person.key, day) in changed:
                        cells[place] = book.cell(sheet, row[place], "changed")
            sheet.append(cells)
            last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _line(code: str, unit: str, number: int, line: MonthLine) -> list[Value]:
    person = line.person
    return [
        code,
        unit,
        number,
        person.name,
        person.nip,
        person.rank,
        person.post,
        *line.cells,
        *line.totals,
        line.working_days,
        line.open_days,
        "ya" if line.balanced else "TIDAK",
    ]


def _days(book: Book, month: Monthly) -> None:
    names = (*(column.code for column in month.columns), "Terbuka")
    columns = [Col("Tanggal", 28), Col("Tgl", 6, "middle"), *(Col(name, 9, "number") for name in names)]
    rows: list[Sequence[Value]] = [
        (long_date(day), str(day.day), *counts) for day, counts in zip(month.days, month.daily, strict=True)
    ]
    sheet = book.sheet("Harian", [column.width for column in columns], frozen="C2")
    last = book.add_table(sheet, columns, rows, 1)
    chart = bar_chart(sheet, "Status menurut hari (pegawai)", 3, names, (2, last))
    chart.width, chart.height = 26, 11
    sheet.add_chart(chart, f"A{last + 3}")


def _transfers(book: Book, month: Monthly, names: dict[str, str]) -> None:
    columns = [Col("Nama", 36), Col("NIP", 21), Col("Mulai", 28), Col("Dari", 34), Col("Ke", 34)]
    rows = (
        (
            t.person.name,
            t.person.nip,
            long_date(t.day),
            names.get(t.before or "", t.before or ""),
            names.get(t.after or "", t.after or ""),
        )
        for t in month.transfers
    )
    book.table("Perpindahan", columns, rows)


def _returns(book: Book, month: Monthly, names: dict[str, str]) -> None:
    columns = [Col("Unit", 38), Col("Diterima", 44), Col("Keadaan", 16), Col("Perbedaan", 11, "number")]
    rows = (
        (
            names.get(r.unit, r.unit),
            moment_text(r.at, book.profile) if r.at else "",
            "belum kembali" if r.at is None else "terlambat" if r.late else "tepat waktu",
            r.differences,
        )
        for r in month.returns
    )
    book.table("Rekap kembali", columns, rows)


def _differences(book: Book, reconciled: Sequence[Reconciliation], names: dict[str, str]) -> None:
    columns = [
        Col("Unit", 34),
        Col("Nama", 36),
        Col("Tempat", 14),
        Col("Catatan", 12, "middle"),
        Col("Rekap kembali", 14, "middle"),
        Col("Perbedaan", 28),
    ]

    def rows() -> Iterator[Sequence[Value]]:
        for found in reconciled:
            for d in found.differences:
                place = d.place if isinstance(d.place, str) else f"{d.place:%d-%m-%Y}"
                yield names.get(found.unit, found.unit), d.name, place, d.recorded, d.returned, d.kind.value

    book.table("Perbedaan", columns, rows())


def _evidence(book: Book, month: Monthly, names: dict[str, str]) -> None:
    columns = [
        Col("Unit", 38),
        Col("Tanggal", 12, "middle"),
        Col("Sesi", 10, "middle"),
        Col("Nomor kiriman", 24),
        Col("Sidik berkas (SHA-256)", 68),
    ]
    rows = (
        (
            names.get(e.unit, e.unit),
            f"{e.day:%d-%m-%Y}",
            book.profile.session_names[e.session],
            e.number,
            e.sha256,
        )
        for e in month.evidence
    )
    book.table("Bukti", columns, rows)
