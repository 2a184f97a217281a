"""Every figure of a report under a name that people understand: hashed, kept, and compared between versions."""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.calendar import month_end
from domain.profile import Profile
from domain.wording import MONTHS, month_name
from reports.figures_devices import device_figures
from reports.figures_monthly import MonthLine, Monthly, UnitMonth
from reports.figures_weekly import Outcome, Weekly
from reports.numbering import ITEM, ReportIdentity, ReportKind, identify, report_number


def span_text(first: date, last: date) -> str:
    """``23–27 November 2026``, ``30 November–4 Desember 2026``, ``28 Desember 2026–2 Januari 2027``."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return end if first == last else f"{first.day}–{end}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {MONTHS[first.month - 1]}{year}–{end}"


def period_text(first: date, last: date) -> str:
    """``November 2026`` for a whole month, else the span of days."""
    whole = first.day == 1 and last == month_end(first.year, first.month)
    return month_name(first) if whole else span_text(first, last)


def weekly_totals(week: Weekly) -> dict[str, int]:
    """What CEK answers with and the cover mail is written from."""
    total = week.total
    return {
        "kiriman wajib": total.due,
        Outcome.ON_TIME.value: total.on_time,
        Outcome.EARLY.value: total.early,
        Outcome.PARTIAL.value: total.partial,
        Outcome.LATE.value: total.late,
        Outcome.EXCUSED.value: total.excused,
        Outcome.MISSING.value: total.missing,
        Outcome.TO_CHECK.value: total.to_check,
        "pembacaan diperiksa": total.questions,
        "sanggahan belum diputus": week.objections,
    }


def weekly_identity(
    week: Weekly, profile: Profile, scope: str = "", earlier: ReportIdentity | None = None
) -> ReportIdentity:
    """The identity of a weekly recap; ``scope`` is ``5H``/``6H`` where the patterns have reports of their own."""
    figures = {f"jumlah, {label}": str(value) for label, value in weekly_totals(week).items()}
    for sending, outcome in week.evidence:
        entry = sending.entry
        late = f" {entry.late_minutes} menit" if entry and outcome is Outcome.LATE else ""
        place = f"{sending.unit}, {sending.window.date:%d-%m-%Y}, {profile.session_names[sending.window.session]}"
        number = f", {entry.number}, {sending.sha256}" if entry else ""
        figures[place] = f"{outcome.value}{late}{number}"
    figures |= device_figures(week.devices)
    columns = [f"{day:%d-%m} {profile.session_names[session]}" for day, session in week.columns]
    for line in week.people:
        figures[f"{line.person.unit}, {line.person.name} ({line.person.key})"] = _items(columns, line.cells)
    draft = ReportIdentity(
        kind=ReportKind.WEEKLY,
        number=report_number(profile.number_prefix, ReportKind.WEEKLY, week.first, scope),
        scope=profile.government,
        period=span_text(week.first, week.last),
        as_of=week.as_of,
        version=1,
        totals=weekly_totals(week),
        figures=figures,
    )
    return identify(draft, earlier)


def monthly_totals(month: Monthly) -> dict[str, int]:
    """Units, people, the total of each column, what is still open."""
    return {
        "unit": len(month.units),
        "pegawai": month.people,
        "hari kerja pegawai": month.working_days,
        **{f"{column.code} ({column.label})": value for column, value in zip(month.columns, month.totals, strict=True)},
        "belum lengkap atau perlu periksa": month.open_days,
    }


def monthly_identity(month: Monthly, profile: Profile, earlier: ReportIdentity | None = None) -> ReportIdentity:
    """The identity of the consolidated recap, or of one unit's own when it holds a single unit's figures alone."""
    return _monthly(month, profile, ReportKind.MONTHLY, profile.government, "", earlier)


def unit_recap_identity(
    month: Monthly, unit: UnitMonth, profile: Profile, earlier: ReportIdentity | None = None
) -> ReportIdentity:
    """The identity of one unit's recap; ``month`` holds this unit alone."""
    return _monthly(month, profile, ReportKind.UNIT_RECAP, unit.unit.name, unit.unit.code, earlier)


def _monthly(
    month: Monthly, profile: Profile, kind: ReportKind, scope: str, code: str, earlier: ReportIdentity | None
) -> ReportIdentity:
    draft = ReportIdentity(
        kind=kind,
        number=report_number(profile.number_prefix, kind, month.first, code),
        scope=scope,
        period=period_text(month.first, month.last),
        as_of=month.as_of,
        version=1,
        totals=monthly_totals(month),
        figures=_month_figures(month),
    )
    return identify(draft, earlier)


def _items(columns: Sequence[str], cells: Sequence[str]) -> str:
    """``1: H; 2: DL``: one line a person keeps a government's record small, and a difference still names its days."""
    return ITEM.join(f"{column}: {text}" for column, text in zip(columns, cells, strict=True) if text)


def _month_figures(month: Monthly) -> Mapping[str, str]:
    figures = {f"jumlah, {label}": str(value) for label, value in monthly_totals(month).items()}
    days = [str(day.day) for day in month.days]
    for unit in month.units:
        for line in unit.lines:
            figures[line_place(unit, line)] = _items(days, line.cells)
    return figures | device_figures(month.devices)


def line_place(unit: UnitMonth, line: MonthLine) -> str:
    """Under which name the figures keep a person's month: ``12: H; 13: DL``, day by day."""
    return f"{unit.unit.code}, {line.person.name} ({line.person.key})"


def changed_since(month: Monthly, earlier: Mapping[str, str], until: date) -> frozenset[tuple[str, str, date]]:
    """(unit, person, day) up to ``until`` whose text is another than in ``earlier`` figures: marked (TLG-10)."""
    found = set()
    for unit in month.units:
        for line in unit.lines:
            items = earlier.get(line_place(unit, line), "").split(ITEM)
            before = dict(item.split(": ", 1) for item in items if item)
            found |= {
                (unit.unit.code, line.person.key, day)
                for day, text in zip(month.days, line.cells, strict=True)
                if day <= until and before.get(str(day.day), "") != text
            }
    return frozenset(found)
