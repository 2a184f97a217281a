"""A report from rows to files, whole: gathered in one snapshot, figured, compared with the version before, drawn.

Runs in a process of its own (``reports.child``), so that nothing here delays a window.
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from domain.calendar import WorkCalendar
from domain.errors import ReportError, UsageError
from domain.profile import Profile
from domain.report_times import Span
from domain.resolution import World
from domain.sheet_layout import Paper
from domain.sheet_plan import signer_of
from domain.terms import Pattern
from reports.content import monthly_identity, span_text, unit_recap_identity, weekly_identity
from reports.cover import Cover, monthly_cover, weekly_cover
from reports.figures_kept import Kept, identity_of, pack, unpack
from reports.figures_monthly import Monthly, monthly
from reports.figures_weekly import Weekly, weekly
from reports.gather_monthly import gather_monthly
from reports.gather_weekly import gather_weekly
from reports.numbering import ReportIdentity, ReportKind, report_number
from reports.pdf import Frame, Signatory
from reports.pdf_monthly import month_title, monthly_pdf, unit_recap_pdf
from reports.pdf_weekly import weekly_pdf
from reports.recap_checking import reconciliation_of
from reports.recap_xlsx import recap_workbook
from reports.xlsx_monthly import monthly_xlsx
from reports.xlsx_weekly import weekly_xlsx
from storage.engine import Database, UnitOfWork
from storage.records_reports import RecapCheckRow, ReportRow

PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PATTERNS = {Pattern.FIVE: "UNIT LIMA HARI KERJA", Pattern.SIX: "UNIT ENAM HARI KERJA"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: ``unit`` is the code of a unit recap's unit, otherwise None."""

    kind: ReportKind
    span: Span
    unit: str | None = None

    @property
    def code(self) -> str:
        """The scope in the number: a unit's code, ``5H``, ``6H`` or ""."""
        return self.unit if self.unit is not None else self.span.code

    def number(self, profile: Profile) -> str:
        """The number, the same for every version."""
        return report_number(profile.number_prefix, self.kind, self.span.first, self.code)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs the desk's own reports; an empty ``name`` leaves the line to be filled in by hand."""

    place: str = ""
    post: str = ""
    name: str = ""
    rank: str = ""
    nip: str = ""


@dataclass(frozen=True, slots=True)
class ReportTask:
    """All that a process needs to make one version; files are written into ``folder``.

    ``url`` is the service's database. ``earlier`` with ``earlier_figures`` (its kept figures, a file) is the newest
    version so far.
    """

    url: str
    profile: Profile
    wanted: Wanted
    now: datetime
    folder: Path
    signer: Signer = Signer()
    paper: Paper = Paper.F4
    earlier: ReportRow | None = None
    earlier_figures: Path | None = None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was made, and its name as an attachment."""

    name: str
    media_type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a task. ``identity`` holds no figures here; they lie in ``figures``, a file.

    ``unchanged``: every figure is as in the earlier version, whose files then count and nothing was drawn. ``empty``:
    nothing was due and nothing came. ``doubts``: what in it waits for a person.
    """

    identity: ReportIdentity | None
    audit_head: str = ""
    changes: int = 0
    doubts: int = 0
    cover: Cover | None = None
    files: tuple[MadeFile, ...] = ()
    figures: Path | None = None
    unchanged: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to report."""
        return self.identity is None


@dataclass(frozen=True, slots=True)
class Prepared:
    """One report ready to be drawn."""

    identity: ReportIdentity
    cover: Cover
    audit_head: str
    doubts: int
    draw: Mapping[str, Callable[[], bytes]] = field(repr=False)


async def make(task: ReportTask) -> Made:
    """Make the version that is due now; raises ``ReportError`` when its sums do not add up."""
    db = await Database.open(task.url)
    try:
        async with db.snapshot() as uow:
            report = await prepare(task, uow)
    finally:
        await db.close()
    if report is None:
        return Made(None)
    earlier = _earlier(task)
    if earlier is not None and dict(earlier.figures) == dict(report.identity.figures):
        plain = replace(earlier, figures={})
        return Made(plain, report.audit_head, doubts=report.doubts, unchanged=True)
    return _written(task, report)


def _earlier(task: ReportTask) -> ReportIdentity | None:
    if task.earlier is None or task.earlier_figures is None:
        return None
    return identity_of(task.earlier, unpack(task.earlier_figures.read_bytes()).figures)


def _written(task: ReportTask, report: Prepared) -> Made:
    identity = report.identity
    files = []
    for suffix, draw in report.draw.items():
        path = task.folder / f"{identity.number}_v{identity.version}.{suffix}"
        path.write_bytes(draw())
        files.append(MadeFile(path.name, PDF if suffix == "pdf" else XLSX, path))
    figures = task.folder / "figures.json.gz"
    figures.write_bytes(pack(Kept(identity.figures, report.cover)))
    return Made(
        identity=replace(identity, figures={}, changes=()),
        audit_head=report.audit_head,
        changes=len(identity.changes),
        doubts=report.doubts,
        cover=report.cover,
        files=tuple(files),
        figures=figures,
    )


async def prepare(task: ReportTask, uow: UnitOfWork) -> Prepared | None:
    """Rows to figures; None when there is nothing to report. ``uow`` is best a snapshot."""
    # Millions of small rows without a cycle among them: looking for one takes a third of the time.
    gc.disable()
    try:
        return await _prepare(task, uow)
    finally:
        gc.enable()


async def _prepare(task: ReportTask, uow: UnitOfWork) -> Prepared | None:
    world = World(
        task.profile,
        WorkCalendar(task.profile, await uow.calendar.all()),
        await uow.roster.load(),
        await uow.periods.all(),
    )
    wanted = task.wanted
    if wanted.kind is ReportKind.WEEKLY:
        week = weekly(await gather_weekly(uow, world, wanted.span, task.now), task.profile)
        return _weekly_report(task, week) if week.evidence else None
    if wanted.unit is not None and wanted.unit not in world.roster.units:
        raise UsageError(f"tidak ada unit berkode {wanted.unit}")
    only = None if wanted.unit is None else {wanted.unit}
    month = monthly(await gather_monthly(uow, world, wanted.span, task.now, only), task.profile)
    if month.unbalanced:
        raise ReportError(f"jumlah {len(month.unbalanced)} pegawai tidak sama dengan hari kerjanya; laporan ditahan")
    if not month.units:
        return None
    return (
        _unit_report(task, month, world)
        if wanted.unit is not None
        else _monthly_report(task, month, await uow.recap_checks.latest(wanted.span.first))
    )


def _weekly_report(task: ReportTask, week: Weekly) -> Prepared:
    profile = task.profile
    identity = weekly_identity(week, profile, task.wanted.code, _earlier(task))
    pattern = task.wanted.span.pattern
    kind = f" {_PATTERNS[pattern]}" if pattern else ""
    title = (f"REKAP MINGGUAN PRESENSI MANUAL{kind}", span_text(week.first, week.last).upper())
    frame = _frame(task, identity, title, profile.recipients["weekly"].name)
    return Prepared(
        identity,
        weekly_cover(identity, week, profile),
        week.audit_head,
        week.total.questions + week.total.to_check + week.objections + sum(p.to_check for p in week.people),
        {
            "pdf": lambda: weekly_pdf(week, frame),
            "xlsx": lambda: weekly_xlsx(week, identity, profile, task.paper),
        },
    )


def _monthly_report(task: ReportTask, month: Monthly, checks: Mapping[str, RecapCheckRow]) -> Prepared:
    profile = task.profile
    reconciled = [reconciliation_of(checks[u.unit.code]) for u in month.units if u.unit.code in checks]
    identity = monthly_identity(month, profile, _earlier(task))
    frame = _frame(task, identity, month_title(month, profile), profile.recipients["monthly"].name)
    return Prepared(
        identity,
        monthly_cover(identity, month, profile),
        month.audit_head,
        month.open_days + month.objections,
        {
            "xlsx": lambda: monthly_xlsx(month, identity, profile, task.paper, reconciled=reconciled),
            "pdf": lambda: monthly_pdf(month, replace(frame, landscape=True)),
        },
    )


def _unit_report(task: ReportTask, month: Monthly, world: World) -> Prepared:
    profile = task.profile
    (unit,) = month.units
    identity = unit_recap_identity(month, unit, profile, _earlier(task))
    head = signer_of(world.roster, world.roster.units[unit.unit.code], month.last)
    signatory = Signatory("", month.last, head.post, head.name, head.rank, head.nip)
    frame = _frame(task, identity, month_title(month, profile), "")
    frame = replace(frame, signatory=signatory, landscape=True)
    return Prepared(
        identity,
        monthly_cover(identity, month, profile),
        month.audit_head,
        month.open_days,
        {
            "xlsx": lambda: recap_workbook(month, identity, profile, signatory, task.paper),
            "pdf": lambda: unit_recap_pdf(month, frame),
        },
    )


def _frame(task: ReportTask, identity: ReportIdentity, title: tuple[str, ...], recipient: str) -> Frame:
    signer, profile = task.signer, task.profile
    day = task.now.astimezone(profile.tz).date()
    post = signer.post or f"Kepala {profile.agency}"
    signatory = Signatory(signer.place, day, post, signer.name or "." * 40, signer.rank, signer.nip)
    return Frame(identity, profile, title, recipient, signatory, task.paper)
