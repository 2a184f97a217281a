"""Monthly recaps as PDF: one unit's own (pre-filled, TLG-10; form F; MLG-09) and the consolidated report (TLG-D5)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from domain.profile import Profile
from domain.wording import long_date, moment_text
from reports.content import period_text
from reports.cover import change_line
from reports.figures import spaced_nip
from reports.figures_monthly import Monthly, RecapReturn, UnitMonth
from reports.pdf import Frame, frame_data, join, page_count, typeset
from reports.pdf_devices import devices_data
from reports.pdf_pages import MARGIN, day_heads, is_form_f, letter_height, table_of, unit_pages
from reports.pdf_weekly import watch_data

PAGES_A_PART = 8  # a part is drawn at a time: memory stays that of one part, whatever the government's size


def month_title(month: Monthly, profile: Profile) -> tuple[str, ...]:
    """The title as the government's own form has it: BLG form F in two lines, others with the month."""
    if is_form_f(profile):
        period = f"PERIODE {_numbers(month.first)} s.d {_numbers(month.last)}"
        return (profile.forms["manual_recap"].title, f"{profile.forms['monthly'].title} {period}")
    return (profile.forms["monthly"].title, period_text(month.first, month.last).upper())


def unit_recap_pdf(month: Monthly, frame: Frame, changed: Collection[tuple[str, str, date]] = ()) -> bytes:
    """The recap of the only unit in ``month``; ``changed`` cells are framed (``content.changed_since``).

    The head signs where the profile says so; otherwise ``frame.signatory`` is not printed.
    """
    (unit,) = month.units
    table = table_of(month, frame.profile, frame.size)
    signed = frame.signatory is not None and frame.profile.forms["monthly"].head_signature
    kop = frame.profile.kop if frame.kop is None else frame.kop
    letter = letter_height(len(kop), len(frame.title), replaces=bool(frame.report.replaces))
    pages = unit_pages(unit, month, table, letter=letter, signed=signed, changed=changed)
    data = _job(month, frame, pages, letter=True, changed=bool(changed))
    if not signed:
        data["frame"]["signatory"] = None
    return typeset("month", data)


def monthly_pdf(month: Monthly, frame: Frame) -> bytes:
    """Summary, transfers, discipline watch, then every unit's table; ``frame`` is landscape."""
    table = table_of(month, frame.profile, frame.size)
    pages = [p for unit in month.units for p in unit_pages(unit, month, table)]
    front = _front(month, frame, len(pages))
    before = page_count(front)
    parts = [front]
    for start in range(0, len(pages), PAGES_A_PART):
        part = pages[start : start + PAGES_A_PART]
        data = _job(month, frame, part, letter=False, changed=False)
        data["frame"]["pages_before"] = before + start
        data["frame"]["pages_after"] = len(pages) - start - len(part)
        data["frame"]["signatory"] = None
        parts.append(typeset("month", data, tagged=False))
    return join(parts)


def _job(
    month: Monthly, frame: Frame, pages: Sequence[dict[str, Any]], *, letter: bool, changed: bool
) -> dict[str, Any]:
    table = table_of(month, frame.profile, frame.size)
    return {
        "frame": frame_data(frame, margin=MARGIN),
        "table": table.data(),
        "days": day_heads(month),
        "legend": [list(line) for line in month.legend],
        "unit_label": "Nama OPD" if table.form_f else "Unit",
        "caption": period_text(month.first, month.last),
        "letter": letter,
        "changed": changed,
        "pages": list(pages),
    }


def _front(month: Monthly, frame: Frame, pages_after: int) -> bytes:
    profile = frame.profile
    names = {unit.unit.code: unit.unit.name for unit in month.units}
    back = {r.unit: r for r in month.returns}
    data = {
        "frame": frame_data(frame, pages_after=pages_after, margin=MARGIN + 4),
        "intro": _intro(month),
        "codes": [column.code for column in month.columns],
        "legend": [list(line) for line in month.legend],
        "units": [_unit_row(unit, back.get(unit.unit.code), profile) for unit in month.units],
        "sums": [str(v) for v in (month.people, month.working_days, *month.totals, month.open_days)],
        "daily": [[str(day.day), *counts] for day, counts in zip(month.days, _daily(month), strict=True)],
        "transfers": [
            [
                t.person.name,
                spaced_nip(t.person.nip),
                long_date(t.day),
                names.get(t.before or "", t.before or "–"),
                names.get(t.after or "", t.after or "–"),
            ]
            for t in month.transfers
        ],
        "corrections": [
            [moment_text(c.at, profile), c.by, names.get(c.unit, c.unit), c.subject, c.before, c.after]
            for c in month.corrections
        ],
        "watch": watch_data(month.watch),
        "devices": devices_data(month.devices, frame.profile),
        "changes": [change_line(change) for change in frame.report.changes],
        "audit_head": month.audit_head,
    }
    return typeset("month_front", data, tagged=len(month.units) <= PAGES_A_PART)


def _intro(month: Monthly) -> str:
    settled = sum(unit.settled for unit in month.units)
    return (
        f"Rekap memuat {month.people} pegawai dari {len(month.units)} unit, {month.working_days} hari kerja pegawai. "
        f"{settled} unit tuntas; {month.open_days} hari pegawai masih belum lengkap atau diperiksa dan "
        f"{month.objections} sanggahan belum diputus. Yang masih terbuka bukan ketidakhadiran."
    )


def _unit_row(unit: UnitMonth, back: RecapReturn | None, profile: Profile) -> list[str]:
    counts = (len(unit.lines), unit.working_days, *unit.totals, unit.open_days)
    return [unit.unit.name, *(str(count) if count else "–" for count in counts), _returned(back, profile)]


def _returned(back: RecapReturn | None, profile: Profile) -> str:
    if back is None:
        return "–"
    if back.at is None:
        return "belum kembali"
    local = back.at.astimezone(profile.tz)
    words = f"{local:%d-%m-%Y %H.%M}{' TERLAMBAT' if back.late else ''}"
    return f"{words}, {back.differences} beda" if back.differences else words


def _daily(month: Monthly) -> Iterator[tuple[float, float, float]]:
    """For each day the shares, in per cent, of presence, of any other status and of what is open."""
    present = next((n for n, column in enumerate(month.columns) if "HADIR" in column.keys), 0)
    for counts in month.daily:
        whole = sum(counts) or 1
        still_open = counts[-1]
        here = counts[present]
        yield 100 * here / whole, 100 * (sum(counts) - here - still_open) / whole, 100 * still_open / whole


def _numbers(day: date) -> str:
    return f"{day:%d-%m-%Y}"
