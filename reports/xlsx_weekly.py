"""The weekly recap as a workbook (TLG-D4): every figure of the PDF, every person, and the evidence for each sheet."""

from collections.abc import Iterator, Sequence

from domain.profile import Profile
from domain.sheet_layout import Paper
from domain.terms import Session
from domain.wording import DAYS, clock_time, moment_text
from reports.figures import Correction
from reports.figures_arrivals import Histogram
from reports.figures_discipline import NOTICE, Watch
from reports.figures_weekly import Outcome, Sending, Tally, Weekly
from reports.numbering import ReportIdentity
from reports.pdf_devices import devices_sheet
from reports.pdf_weekly import LOWEST_SHOWN, SIGN_WORDS, SIGNS
from reports.xlsx import HEAD_HEIGHT, Book, Col, Value
from reports.xlsx_charts import bar_chart

_TALLY = (
    "Wajib",
    "Tepat waktu",
    "Lebih awal",
    "Sebagian",
    "Terlambat",
    "Gangguan penerima",
    "Belum",
    "Periksa",
    "Menit (jumlah)",
    "Menit (terlama)",
    "Salah jalur",
    "Belum verifikasi",
    "Tidak wajib",
)
_TALLY_COLUMNS = [Col(head, 10, "number") for head in _TALLY]


def weekly_xlsx(week: Weekly, report: ReportIdentity, profile: Profile, paper: Paper = Paper.F4) -> bytes:
    """The whole workbook."""
    book = Book(report, profile, paper)
    names = {unit.unit.code: unit.unit.name for unit in week.units}
    _summary(book, week)
    book.table(
        "Unit",
        [Col("Kode", 10), Col("Unit", 38), Col("Sesi", 12, "middle"), *_TALLY_COLUMNS],
        (
            (u.unit.code, u.unit.name, profile.session_names[s], *_tally(u.sessions[s]))
            for u in week.units
            for s in Session
        ),
        "D2",
    )
    _heat(book, week)
    _arrivals(book, week.arrivals)
    _people(book, week, names)
    _evidence(book, week, names)
    corrections_sheet(book, week.corrections, names)
    devices_sheet(book, week.devices)
    watch_sheet(book, week.watch)
    book.changes(report.changes)
    return book.saved(week.as_of)


def _tally(tally: Tally) -> tuple[int, ...]:
    return (
        tally.due,
        tally.on_time,
        tally.early,
        tally.partial,
        tally.late,
        tally.excused,
        tally.missing,
        tally.to_check,
        tally.late_minutes,
        tally.latest_minutes,
        tally.wrong_route,
        tally.unverified,
        tally.extra,
    )


def _summary(book: Book, week: Weekly) -> None:
    profile = book.profile
    sheet = book.sheet("Ringkasan", [34, 16, *[10] * len(_TALLY)])
    row = book.preamble(sheet, "REKAP MINGGUAN PENGIRIMAN PRESENSI MANUAL")
    columns = [Col("Sesi", 34), *_TALLY_COLUMNS]
    lines: list[Sequence[Value]] = [(profile.session_names[s], *_tally(week.sessions[s])) for s in Session]
    last = book.add_table(sheet, columns, [*lines, ("Jumlah", *_tally(week.total))], row + 1)
    sheet.append([])
    lowest = sorted(
        (u for u in week.units if u.total.due),
        key=lambda u: ((u.total.on_time + u.total.early) / u.total.due, u.unit.code),
    )[:LOWEST_SHOWN]
    start = last + 2
    heads = ("Unit dengan ketepatan terendah", "Tepat waktu", "Terlambat", "Belum", "Lain")
    sheet.append([book.cell(sheet, head, "head") for head in heads])
    for unit in lowest:
        t = unit.total
        good, late = t.on_time + t.early, t.late + t.partial
        counts = (good, late, t.missing, t.due - good - late - t.missing)
        sheet.append([book.cell(sheet, unit.unit.name), *(book.cell(sheet, count, "number") for count in counts)])
    end = start + len(lowest)
    sheet.append([])
    sheet.append([book.cell(sheet, head, "head") for head in ("Terbanyak belum diterima", "Belum", "Terlambat")])
    for unit in week.most_missing:
        row_cells = (unit.total.missing, unit.total.late)
        sheet.append([book.cell(sheet, unit.unit.name), *(book.cell(sheet, count, "number") for count in row_cells)])
    if lowest:
        chart = bar_chart(sheet, "Ketepatan unit terendah (kiriman)", 2, heads[1:], (start + 1, end), across=True)
        chart.height = 12
        sheet.add_chart(chart, f"G{start}")


def _heat(book: Book, week: Weekly) -> None:
    heads = [f"{DAYS[day.weekday()][:3]} {day.day} {book.profile.session_names[s][:1]}" for day, s in week.columns]
    sheet = book.sheet("Peta", [10, 38, *[8] * len(heads)], frozen="C2")
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = HEAD_HEIGHT
    sheet.append([book.cell(sheet, head, "head") for head in ("Kode", "Unit", *heads)])
    for unit in week.units:
        cells = [book.cell(sheet, unit.unit.code), book.cell(sheet, unit.unit.name)]
        for outcome, late in zip(unit.cells, unit.late, strict=True):
            sign, ground = SIGNS[outcome] if outcome else ("", "white")
            text = f"{sign}{late}" if outcome in (Outcome.LATE, Outcome.EXCUSED) else sign
            cells.append(book.cell(sheet, text, f"ground-{ground}"))
        sheet.append(cells)
    sheet.append([])
    for sign, words in SIGN_WORDS.items():
        sheet.append([book.cell(sheet, sign, "middle"), book.cell(sheet, words)])


def _arrivals(book: Book, found: Sequence[Histogram]) -> None:
    sheet = book.sheet("Kedatangan", [12, 12, 16, 12], frozen="A2")
    rows = [(h, label, count) for h in found for label, count in zip(h.labels, h.counts, strict=True)]
    book.add_table(
        sheet,
        [Col("Sesi", 12), Col("Jendela", 12), Col("Mulai (5 menit)", 16, "middle"), Col("Kiriman", 12, "number")],
        ((book.profile.session_names[h.session], h.window, label, count) for h, label, count in rows),
        1,
    )
    first = 2
    for number, h in enumerate(found):
        last = first + len(h.labels) - 1
        title = f"{book.profile.session_names[h.session]} {h.window} {book.profile.zone_label}"
        chart = bar_chart(sheet, title, 4, ("Kiriman",), (first, last), labels=True)
        chart.width = 15
        sheet.add_chart(chart, f"{'FO'[number % 2]}{2 + number // 2 * 19}")  # two beside each other
        first = last + 1


def _people(book: Book, week: Weekly, names: dict[str, str]) -> None:
    marks = [
        Col(f"{DAYS[day.weekday()][:3]} {day.day} {book.profile.session_names[s][:1]}", 7, "middle")
        for day, s in week.columns
    ]
    counts = [Col(head, 9, "number") for head in ("Hadir", "Kode", "Kosong", "Periksa")]
    columns = [Col("Unit", 32), Col("Nama", 36), Col("NIP", 21), Col("Status", 10), *marks, *counts]
    book.table(
        "Pegawai",
        columns,
        (
            (
                names.get(line.person.unit, line.person.unit),
                line.person.name,
                line.person.nip,
                line.person.employment,
                *line.cells,
                line.present,
                line.coded,
                line.open,
                line.to_check,
            )
            for line in week.people
        ),
        "E2",
    )


def _evidence(book: Book, week: Weekly, names: dict[str, str]) -> None:
    columns = [
        Col("Tanggal", 12, "middle"),
        Col("Unit", 38),
        Col("Sesi", 10, "middle"),
        Col("Keadaan", 22),
        Col("Menit terlambat", 10, "number"),
        Col("Diterima", 14, "middle"),
        Col("Jalur", 10, "middle"),
        Col("Nomor kiriman", 24),
        Col("Sidik berkas (SHA-256)", 68),
        Col("Tanda", 34, "wrap"),
    ]
    book.table("Bukti", columns, (_evidence_row(book, s, o, names) for s, o in week.evidence))


def _evidence_row(book: Book, sending: Sending, outcome: Outcome, names: dict[str, str]) -> Sequence[Value]:
    entry, profile = sending.entry, book.profile
    return (
        f"{sending.window.date:%d-%m-%Y}",
        names.get(sending.unit, sending.unit),
        profile.session_names[sending.window.session],
        outcome.value,
        entry.late_minutes if entry else 0,
        clock_time(entry.at, profile) if entry else "",
        sending.channel.value if sending.channel else "",
        entry.number if entry else "",
        sending.sha256,
        ", ".join(sorted(flag.value.replace("_", " ") for flag in entry.flags)) if entry else "",
    )


def corrections_sheet(book: Book, corrections: Sequence[Correction], names: dict[str, str]) -> None:
    """What was corrected and by whom."""
    columns = [
        Col("Waktu", 40),
        Col("Oleh", 24),
        Col("Unit", 32),
        Col("Kiriman atau pegawai", 36),
        Col("Tanggal", 12),
        Col("Semula", 16),
        Col("Menjadi", 16),
    ]
    rows = (
        (
            moment_text(c.at, book.profile),
            c.by,
            names.get(c.unit, c.unit),
            c.subject,
            f"{c.day:%d-%m-%Y}",
            c.before,
            c.after,
        )
        for c in corrections
    )
    book.table("Perbaikan", columns, rows)


def watch_sheet(book: Book, found: Watch | None) -> None:
    """The discipline watch; no sheet where the report is not for the discipline section."""
    if found is None:
        return
    columns = [
        Col("Golongan", 22),
        Col("Daftar", 14),
        Col("Nama", 36),
        Col("NIP", 21),
        Col("Hari final", 9, "number"),
        Col("Menit terlambat", 10, "number"),
        Col("Hari dihitung", 9, "number"),
        Col("Berturut-turut", 9, "number"),
        Col("Baru", 7, "middle"),
        Col("Ambang (informasi, bukan penetapan)", 70, "wrap"),
    ]
    sheet = book.sheet("Disiplin", [column.width for column in columns], frozen="A3")
    sheet.append([book.cell(sheet, NOTICE, "plain")])
    book.add_table(sheet, columns, _watch_rows(found), 2)


def _watch_rows(found: Watch) -> Iterator[Sequence[Value]]:
    for group in found.groups:
        title = ", ".join(group.employment)
        for listed, lines in (("mencapai", group.crossed), ("mendekati", group.near), ("jumlah", group.counted)):
            for line in lines:
                reached = "; ".join(filter(None, (line.step, line.run_words)))
                words = {"mencapai": reached, "mendekati": line.next_step}.get(listed, "ambang ditetapkan PPK")
                person = line.person
                counts = (line.absent, line.late_minutes, line.days, line.longest_run)
                yield title, listed, person.name, person.nip, *counts, "ya" if line.newly else "", words
