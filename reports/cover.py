"""The mail that carries a report, in the words of CONVENTIONS.md 6."""

from dataclasses import dataclass

from domain.profile import Profile
from domain.wording import moment_text
from reports.content import weekly_totals
from reports.figures_monthly import Monthly
from reports.figures_weekly import Outcome, Weekly
from reports.numbering import KIND_NAMES, Change, ReportIdentity
from templates import render

CHANGES_SHOWN = 20
_SECTIONS = ("Subbidang", "Bidang", "Bagian", "Badan")  # one writes to the head of these


@dataclass(frozen=True, slots=True)
class Cover:
    """Subject and body of the covering mail."""

    subject: str
    body: str


def weekly_cover(report: ReportIdentity, week: Weekly, profile: Profile) -> Cover:
    """To the recipient of weekly reports (TLG-D4)."""
    total = week.total
    always = {Outcome.ON_TIME: total.on_time, Outcome.LATE: total.late, Outcome.MISSING: total.missing}
    counts = weekly_totals(week)
    parts = [f"{count} {outcome.value}" for outcome, count in always.items()]
    others = (Outcome.EARLY, Outcome.PARTIAL, Outcome.EXCUSED, Outcome.TO_CHECK)
    parts += [f"{counts[o.value]} {o.value}" for o in others if counts[o.value]]
    sentence = f"Dari {total.due} kiriman: {', '.join(parts)}."
    doubts = _doubts(f"{total.questions} pembacaan masih diperiksa", week.objections)
    return _cover(
        report, profile, profile.recipients["weekly"].name, "rekap pengiriman presensi manual", sentence, doubts
    )


def monthly_cover(report: ReportIdentity, month: Monthly, profile: Profile) -> Cover:
    """To the recipient of monthly reports (TLG-D5)."""
    back = sum(r.at is not None for r in month.returns)
    late = sum(r.late for r in month.returns)
    sentence = f"Rekap memuat {month.people} pegawai dari {len(month.units)} unit."
    if month.returns:
        sentence += (
            f" Dari {len(month.returns)} rekap unit: {back - late} kembali tepat waktu, {late} terlambat, "
            f"{len(month.returns) - back} belum diterima."
        )
    doubts = _doubts(f"{month.open_days} hari pegawai masih belum lengkap atau diperiksa", month.objections)
    name = profile.recipients["monthly"].name
    return _cover(report, profile, name, "rekap bulanan presensi manual", sentence, doubts)


def change_line(change: Change) -> str:
    """``Dinas Perhubungan, 23-11-2026, DATANG: belum diterima → terlambat 4 menit``."""
    return f"{change.place}: {change.before or '(kosong)'} → {change.after or '(kosong)'}"


def _doubts(first: str, objections: int) -> str:
    return f"Sebanyak {first} dan {objections} sanggahan belum diputus."


def _cover(report: ReportIdentity, profile: Profile, recipient: str, subject: str, figures: str, doubts: str) -> Cover:
    lines = [change_line(change) for change in report.changes[:CHANGES_SHOWN]]
    if len(report.changes) > CHANGES_SHOWN:
        lines.append(f"dan {len(report.changes) - CHANGES_SHOWN} perubahan lain pada lampiran")
    body = render(
        "report_cover",
        recipient=f"Kepala {recipient}" if recipient.startswith(_SECTIONS) else recipient,
        subject=subject,
        period=f"{'tanggal' if report.period[0].isdigit() else 'bulan'} {report.period}",
        as_of=moment_text(report.as_of, profile),
        version=report.version,
        replaces=report.replaces,
        changes=lines,
        figures=figures,
        doubts=doubts,
        sender_name=profile.agency,
        government=profile.government,
        number=report.number,
        short_hash=report.short_hash,
        legal_basis=profile.legal_basis,
    )
    number = f"Nomor {report.number}, versi {report.version}"
    note = f"; {report.replaces}" if report.replaces else ""
    return Cover(f"{KIND_NAMES[report.kind]}, {report.period} ({number}{note})", body)
