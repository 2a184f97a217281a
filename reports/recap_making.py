"""Many units' recaps of one month, gathered once and drawn one after another, in a process of the press (TLG-10).

Pure of decisions: which units, at which stage and against which version before, is told; files go into a folder.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from domain.calendar import WorkCalendar
from domain.profile import Profile
from domain.report_times import Span
from domain.resolution import World
from domain.sheet_layout import Paper
from domain.sheet_plan import signer_of
from reports.content import changed_since, unit_recap_identity
from reports.cover import Cover, change_line
from reports.figures_kept import Kept, identity_of, pack, unpack
from reports.figures_monthly import Monthly, MonthlyInput, monthly
from reports.gather_monthly import gather_monthly
from reports.making import PDF, XLSX, MadeFile
from reports.numbering import ReportIdentity
from reports.pdf import Frame, Signatory
from reports.pdf_monthly import month_title, unit_recap_pdf
from reports.recap_xlsx import recap_workbook
from storage.engine import Database
from storage.records_reports import ReportRow

CHANGES_TOLD = 20


@dataclass(frozen=True, slots=True)
class RecapWanted:
    """One unit; ``earlier`` with ``earlier_figures`` (its kept figures, a file) is its newest version so far."""

    unit: str
    earlier: ReportRow | None = None
    earlier_figures: Path | None = None


@dataclass(frozen=True, slots=True)
class RecapBatch:
    """All that the process needs. ``url`` is the service's database; files are written into ``folder``."""

    url: str
    profile: Profile
    span: Span
    wanted: tuple[RecapWanted, ...]
    now: datetime
    folder: Path
    paper: Paper = Paper.F4


@dataclass(frozen=True, slots=True)
class MadeRecap:
    """One unit's recap. ``identity`` holds no figures here; they lie in ``figures``, a file.

    ``unchanged``: every figure is as in the version before, whose files then count and nothing was drawn. ``told`` are
    the first differences as people read them, ``changes`` how many there are, ``open_days`` what is not settled.
    """

    unit: str
    identity: ReportIdentity
    audit_head: str = ""
    people: int = 0
    open_days: int = 0
    changes: int = 0
    told: tuple[str, ...] = ()
    files: tuple[MadeFile, ...] = ()
    figures: Path | None = None
    unchanged: bool = False


def make_recaps(batch: RecapBatch) -> tuple[list[MadeRecap], list[str]]:
    """The recaps in the order wanted, and the units held back because somebody's sums do not make up the working days.

    A unit without anybody to report on has none.
    """
    return asyncio.run(_make(batch))


async def _make(batch: RecapBatch) -> tuple[list[MadeRecap], list[str]]:
    db = await Database.open(batch.url)
    try:
        async with db.snapshot() as uow:
            calendar = WorkCalendar(batch.profile, await uow.calendar.all())
            world = World(batch.profile, calendar, await uow.roster.load(), await uow.periods.all())
            units = frozenset(wanted.unit for wanted in batch.wanted)
            given = await gather_monthly(uow, world, batch.span, batch.now, units)
    finally:
        await db.close()
    people = list(given.people)
    made: list[MadeRecap] = []
    held: list[str] = []
    for wanted in batch.wanted:
        month = monthly(_of_unit(replace(given, people=people), wanted.unit), batch.profile)
        if month.unbalanced:
            held.append(wanted.unit)
        elif month.units:
            made.append(_one(batch, wanted, month, world))
    return made, held


def _of_unit(given: MonthlyInput, unit: str) -> MonthlyInput:
    return replace(
        given,
        units=[one for one in given.units if one.code == unit],
        people=[month for month in given.people if month.person.unit == unit],
        transfers=[t for t in given.transfers if unit in (t.before, t.after)],
        returns=[r for r in given.returns if r.unit == unit],
        corrections=[c for c in given.corrections if c.unit == unit],
        evidence=[e for e in given.evidence if e.unit == unit],
    )


def _one(batch: RecapBatch, wanted: RecapWanted, month: Monthly, world: World) -> MadeRecap:
    earlier = _earlier(wanted)
    (unit,) = month.units
    identity = unit_recap_identity(month, unit, batch.profile, earlier)
    if earlier is not None and dict(earlier.figures) == dict(identity.figures):
        plain = replace(earlier, figures={})
        return MadeRecap(wanted.unit, plain, month.audit_head, month.people, month.open_days, unchanged=True)
    head = signer_of(world.roster, world.roster.units[wanted.unit], month.last)
    signatory = Signatory("", month.last, head.post, head.name, head.rank, head.nip)
    title = month_title(month, batch.profile)
    frame = Frame(identity, batch.profile, title, "", signatory, batch.paper, landscape=True)
    changed = changed_since(month, earlier.figures, _last_day(earlier, batch.profile)) if earlier else frozenset()
    stem = batch.folder / f"{identity.number}_v{identity.version}"
    pdf, xlsx, figures = (stem.with_name(stem.name + suffix) for suffix in (".pdf", ".xlsx", ".json.gz"))
    pdf.write_bytes(unit_recap_pdf(month, frame, changed))
    xlsx.write_bytes(recap_workbook(month, identity, batch.profile, signatory, batch.paper, changed=changed))
    figures.write_bytes(pack(Kept(identity.figures, Cover("", ""))))
    return MadeRecap(
        unit=wanted.unit,
        identity=replace(identity, figures={}, changes=()),
        audit_head=month.audit_head,
        people=month.people,
        open_days=month.open_days,
        changes=len(identity.changes),
        told=tuple(change_line(change) for change in identity.changes[:CHANGES_TOLD]),
        files=(MadeFile(pdf.name, PDF, pdf), MadeFile(xlsx.name, XLSX, xlsx)),
        figures=figures,
    )


def _earlier(wanted: RecapWanted) -> ReportIdentity | None:
    if wanted.earlier is None or wanted.earlier_figures is None:
        return None
    return identity_of(wanted.earlier, unpack(wanted.earlier_figures.read_bytes()).figures)


def _last_day(earlier: ReportIdentity, profile: Profile) -> date:
    """Days after the version before had nothing to change yet."""
    return earlier.as_of.astimezone(profile.tz).date()
