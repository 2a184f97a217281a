"""The weekly recap as PDF (TLG-D4): from figures to the plain rows that ``templates/reports/weekly.typ`` prints.

People whose marks are all signatures are counted, not listed; the workbook lists everybody.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.profile import Profile
from domain.terms import Session
from domain.wording import DAYS, moment_text
from reports.content import span_text
from reports.cover import change_line
from reports.figures import SYMBOL_WORDS, spaced_nip
from reports.figures_arrivals import Histogram
from reports.figures_discipline import NOTICE, Watch, WatchLine
from reports.figures_weekly import Outcome, PersonLineWeek, Tally, UnitWeek, Weekly
from reports.pdf import Frame, frame_data, typeset
from reports.pdf_devices import devices_data

LOWEST_SHOWN = 15
LISTED_MOST = 1000  # people in the PDF: some thirty pages; the workbook has everybody
TAGGED_UNITS = 250  # beyond it the structure alone would take more memory than a small machine has
_TICKS = 10

SIGNS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.ON_TIME: ("✓", "white"),
    Outcome.EARLY: ("A", "light"),
    Outcome.PARTIAL: ("S", "light"),
    Outcome.LATE: ("T", "grey"),
    Outcome.EXCUSED: ("G", "light"),
    Outcome.MISSING: ("B", "black"),
    Outcome.TO_CHECK: ("?", "hatch"),
    Outcome.NOT_YET: ("…", "white"),
    Outcome.EXTRA: ("+", "white"),
}
"""Sign and ground of a heat map cell: letters carry the meaning, so that black and white is enough."""

SIGN_WORDS = {
    "✓": "tepat waktu",
    "A": "lebih awal",
    "S": "tepat waktu sebagian",
    "T": "terlambat (menit)",
    "G": "terlambat karena gangguan penerima",
    "B": "belum diterima",
    "?": "perlu periksa",
    "…": "belum waktunya",
    "+": "dikirim, tidak wajib",
}


def weekly_pdf(week: Weekly, frame: Frame) -> bytes:
    """The whole report."""
    profile = frame.profile
    listed, note = listed_people(week)
    names = {unit.unit.code: unit.unit.name for unit in week.units}
    data = {
        "frame": frame_data(frame),
        "intro": _intro(week),
        "sessions": [[profile.session_names[s], *_tally_row(week.sessions[s])] for s in Session if week.sessions[s].due]
        + [["Jumlah", *_tally_row(week.total)]],
        "histograms": [_histogram(h, profile) for h in week.arrivals],
        "lowest": _lowest(week),
        "missing": [[u.unit.name, str(u.total.missing), str(u.total.late)] for u in week.most_missing],
        "units": [_unit_row(u, profile) for u in week.units if u.total.due or u.total.extra],
        "columns": [[f"{DAYS[d.weekday()][:3]} {d.day}", profile.session_names[s][:1]] for d, s in week.columns],
        "heat": [[[u.unit.name, ""], *_heat(u)] for u in week.units],
        "heat_legend": [[*SIGNS[outcome], SIGN_WORDS[SIGNS[outcome][0]]] for outcome in Outcome],
        "people": [
            [p.person.name, spaced_nip(p.person.nip), names.get(p.person.unit, p.person.unit), *p.cells] for p in listed
        ],
        "people_note": note,
        "people_legend": [[sign, words] for sign, words in SYMBOL_WORDS.items() if sign != "½"],
        "corrections": [
            [
                moment_text(c.at, profile),
                c.by,
                names.get(c.unit, c.unit),
                f"{c.subject}, {c.day:%d-%m-%Y}",
                c.before,
                c.after,
            ]
            for c in week.corrections
        ],
        "corrected_by": [[who, str(count)] for who, count in week.corrected_by],
        "watch": watch_data(week.watch),
        "devices": devices_data(week.devices, profile),
        "changes": [change_line(change) for change in frame.report.changes],
        "audit_head": week.audit_head,
    }
    return typeset("weekly", data, tagged=len(week.units) <= TAGGED_UNITS)


def listed_people(week: Weekly, most: int = LISTED_MOST) -> tuple[Sequence[PersonLineWeek], str]:
    """Who is listed, and what is said of the others: of a large government only those who wait for somebody."""
    marked = [p for p in week.people if p.coded or p.open or p.to_check]
    whole = f"{len(week.people) - len(marked)} pegawai lainnya terisi seluruhnya. "
    everybody = "Tanda setiap pegawai ada pada berkas XLSX."
    if len(marked) <= most:
        return marked, whole + everybody
    listed = [p for p in marked if p.open or p.to_check][:most]
    others = f"{len(marked) - len(listed)} pegawai dengan kode atau sel terbuka tidak dimuat di sini; {whole}"
    return listed, others + everybody


def _intro(week: Weekly) -> str:
    total = week.total
    parts = [f"{total.on_time} tepat waktu", f"{total.late} terlambat", f"{total.missing} belum diterima"]
    others = {"lebih awal": total.early, "tepat waktu sebagian": total.partial, "perlu periksa": total.to_check}
    others["terlambat karena gangguan penerima (tidak dihitung terlambat)"] = total.excused
    parts += [f"{count} {words}" for words, count in others.items() if count]
    return (
        f"Dari {total.due} kiriman wajib tanggal {span_text(week.first, week.last)}: {', '.join(parts)}. "
        f"Sebanyak {total.questions} pembacaan masih diperiksa dan {week.objections} sanggahan belum diputus. "
        "Keterlambatan dicatat pada pengiriman unit, bukan pada kehadiran pegawai."
    )


def _tally_row(tally: Tally) -> list[str]:
    counts = (
        tally.due,
        tally.on_time,
        tally.early,
        tally.partial,
        tally.late,
        tally.late_minutes,
        tally.latest_minutes,
        tally.excused,
        tally.missing,
        tally.to_check,
        tally.wrong_route,
        tally.unverified,
    )
    return [str(count) if count else "–" for count in counts]


def _unit_row(unit: UnitWeek, profile: Profile) -> list[str]:
    """One row a unit, a line a session in each cell: half the cells of a row a session."""
    shown = [s for s in Session if unit.sessions[s].due or unit.sessions[s].extra]
    names = "\n".join(profile.session_names[s].capitalize() for s in shown)
    counts = zip(*(_tally_row(unit.sessions[s]) for s in shown), strict=True)
    return [unit.unit.name, names, *("\n".join(column) for column in counts)]


def _heat(unit: UnitWeek) -> list[list[str]]:
    cells = []
    for outcome, late in zip(unit.cells, unit.late, strict=True):
        sign, ground = SIGNS[outcome] if outcome else ("", "white")
        cells.append([f"{sign}{late}" if outcome in (Outcome.LATE, Outcome.EXCUSED) else sign, ground])
    return cells


def _lowest(week: Weekly) -> list[list[object]]:
    """Units with the smallest part on time: name, and the parts on time, late, missing and other in per cent."""
    due = [u for u in week.units if u.total.due]
    due.sort(key=lambda u: ((u.total.on_time + u.total.early) / u.total.due, u.unit.code))
    rows: list[list[object]] = []
    for unit in due[:LOWEST_SHOWN]:
        total = unit.total
        parts = (total.on_time + total.early, total.partial + total.late, total.missing)
        shares = [100 * part / total.due for part in parts]
        rows.append([unit.unit.name, *shares, 100 - sum(shares), f"{shares[0]:.0f} %"])
    return rows


def _histogram(found: Histogram, profile: Profile) -> dict[str, Any]:
    step = -(-len(found.labels) // _TICKS)
    inner = len(found.labels) - 1
    labels = [
        label if index in (0, inner) or ((index - 1) % step == 0 and index < inner - step // 2) else ""
        for index, label in enumerate(found.labels)
    ]
    name = profile.session_names[found.session]
    title = f"Kedatangan kiriman {name}, jendela {found.window} {profile.zone_label} ({found.total} kiriman)"
    return {"title": title, "labels": labels, "counts": list(found.counts), "highest": max(found.counts)}


def watch_data(found: Watch | None) -> dict[str, Any] | None:
    """The discipline watch as rows; None where the report is not for the discipline section."""
    if found is None:
        return None
    groups = [
        {
            "title": ", ".join(group.employment),
            "reference": group.legal_reference,
            "crossed": [
                _watch_row(line, "; ".join(filter(None, (line.step, line.run_words)))) for line in group.crossed
            ],
            "near": [_watch_row(line, line.next_step or "batas hari berturut-turut") for line in group.near],
            "counted": [_watch_row(line, "ambang ditetapkan PPK") for line in group.counted],
        }
        for group in found.groups
    ]
    return {"year": found.year, "notice": NOTICE, "groups": groups}


def _watch_row(line: WatchLine, words: str) -> list[str]:
    return [
        line.person.name + (" (baru)" if line.newly else ""),
        spaced_nip(line.person.nip),
        str(line.absent),
        str(line.late_minutes),
        str(line.days),
        str(line.longest_run),
        words,
    ]
