"""Reports from an order to letters: made in a child, archived, then written with their letters in one transaction.

A process may be killed at any point: before the transaction nothing of the report exists, after it everything does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.settings_reports import Reports
from domain.errors import ReportError
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.report_times import Span
from domain.sheet_layout import Paper
from domain.terms import Pattern, Scheme
from domain.wording import clock_time
from intake.letters import Outgoing
from reports.child import SECONDS, make_in_child
from reports.content import span_text
from reports.cover import Cover
from reports.figures_kept import MEDIA_TYPE, unpack
from reports.making import Made, ReportTask, Signer, Wanted
from reports.numbering import KIND_NAMES, ReportKind
from storage.engine import Database, UnitOfWork
from storage.jobs import DELIVER
from storage.records import LetterFile, NewOutbox
from storage.records_reports import NewReport, OrderState, ReportOrderRow, ReportRow
from templates import DESK_NAME, render

LEASE = timedelta(seconds=SECONDS + 300)
BEHIND = -1  # a report's letter must not stand before a receipt
ROBOT = "posko"
_KEYS: Mapping[ReportKind, str] = {ReportKind.WEEKLY: "weekly", ReportKind.MONTHLY: "monthly"}


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of asking for a report. ``new``: a version was made; ``letters``: to whom it goes now."""

    report: ReportRow
    new: bool
    doubts: int
    letters: tuple[str, ...] = ()


class Reporter:
    """Makes reports; safe in any number of processes. ``url`` is the database as the children open it."""

    def __init__(
        self,
        db: Database,
        url: str,
        blobs: BlobStore,
        clock: Clock,
        profile: Profile,
        settings: Reports,
        outgoing: Outgoing,
        work: Path,
    ) -> None:
        """``work``: a folder for files under way, of this installation."""
        self._db = db
        self._url = url
        self._blobs = blobs
        self._clock = clock
        self._profile = profile
        self._settings = settings
        self._outgoing = outgoing
        self._work = work

    async def carry_out(self, order_id: int) -> bool:
        """Make what was ordered; False when it was done before or another worker has it."""
        async with self._db.begin() as uow:
            if not await uow.report_orders.claim(order_id, self._real_now(), LEASE):
                return False
            order = await uow.report_orders.get(order_id)
        wanted = wanted_for(order.kind, order.code, order.first, order.last)
        await self._make(wanted, order.asked_by, send=order.send, order=order_id)
        return True

    async def failed(self, order_id: int, error: Exception) -> None:
        """Count a failed attempt; the fifth tells the receivers once."""
        told = f"{type(error).__name__}: {error}"[:500]
        async with self._db.begin() as uow:
            if await uow.report_orders.fail(order_id, self._real_now(), told) is OrderState.FAILED:
                await self.alert_failed(uow, await uow.report_orders.get(order_id))

    async def alert_failed(self, uow: UnitOfWork, order: ReportOrderRow) -> None:
        """One alert for one order that was given up."""
        wanted = wanted_for(order.kind, order.code, order.first, order.last)
        body = render(
            "report_failed",
            number=wanted.number(self._profile),
            period=span_text(order.first, order.last),
            attempts=order.attempts,
            error=order.note,
            command=command_of(wanted),
            sender_name=DESK_NAME,
        )
        subject = f"Laporan {wanted.number(self._profile)} gagal dibuat"
        await self._outgoing.alert(uow, f"report_failed:{order.id}", subject, body, self._clock.now())

    async def make(self, wanted: Wanted, by: str, *, send: bool) -> Reported | None:
        """The report as it stands now; None when there is nothing to report.

        A new version is made only when a figure changed; it goes to everybody who has an earlier one. ``send``: to the
        recipients as well. Raises ``ReportError`` and ``UsageError``.
        """
        return await self._make(wanted, by, send=send, order=None)

    async def _make(self, wanted: Wanted, by: str, *, send: bool, order: int | None) -> Reported | None:
        async with self._db.begin() as uow:
            earlier = await uow.reports.latest(wanted.number(self._profile))
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._work) as folder:
            made = await make_in_child(await self._task(wanted, earlier, Path(folder)))
            new = await self._archived(wanted, made, by)
        async with self._db.begin() as uow:
            if order is not None and not await uow.report_orders.finish(order, _note(made)):
                return None  # our claim ran out, and another process was quicker
            if made.empty:
                return None
            return await self._write(uow, wanted, made, new, earlier, by, send)

    async def _task(self, wanted: Wanted, earlier: ReportRow | None, folder: Path) -> ReportTask:
        kept = None
        if earlier is not None:
            kept = folder / "earlier.json.gz"
            kept.write_bytes(await self._blobs.get(earlier.figures_sha256))
        signer = self._settings.signer
        return ReportTask(
            url=self._url,
            profile=self._profile,
            wanted=wanted,
            now=self._clock.now(),
            folder=folder,
            signer=Signer(signer.place, signer.post, signer.name, signer.rank, signer.nip),
            paper=Paper(self._settings.paper),
            earlier=earlier,
            earlier_figures=kept,
        )

    async def _archived(self, wanted: Wanted, made: Made, by: str) -> NewReport | None:
        """The new version with its files among the originals; None when there is none."""
        identity = made.identity
        if identity is None or made.unchanged or made.figures is None:
            return None
        stored = []
        for file in made.files:
            size = file.path.stat().st_size
            sha256 = await self._blobs.put_file(file.path)
            stored.append((LetterFile(file.name, file.media_type, sha256), size))
        size = made.figures.stat().st_size
        figures = await self._blobs.put_file(made.figures)
        async with self._db.begin() as uow:
            for letter_file, bytes_ in (*stored, (LetterFile("", MEDIA_TYPE, figures), size)):
                await uow.files.add(letter_file.sha256, bytes_, letter_file.media_type)
        return NewReport(
            kind=identity.kind.value,
            number=identity.number,
            version=identity.version,
            code=wanted.code,
            first=wanted.span.first,
            last=wanted.span.last,
            scope=identity.scope,
            period=identity.period,
            as_of=identity.as_of,
            sha256=identity.sha256,
            totals=tuple(identity.totals.items()),
            figures_sha256=figures,
            changes=made.changes,
            audit_head=made.audit_head,
            files=tuple(file for file, _ in stored),
            made_at=self._clock.now(),
            made_by=by,
        )

    async def _write(
        self,
        uow: UnitOfWork,
        wanted: Wanted,
        made: Made,
        new: NewReport | None,
        earlier: ReportRow | None,
        by: str,
        send: bool,
    ) -> Reported:
        """The version and its letters, all or nothing."""
        if new is not None:
            if await uow.reports.add(new) is None:
                raise ReportError(f"{new.number} versi {new.version} baru saja dibuat proses lain; ulangi")
            detail = {"number": new.number, "version": new.version, "sha256": new.sha256}
            await uow.audit.add("report_made", "report", new.number, by, self._clock.now(), detail)
        versions = await uow.reports.versions(wanted.number(self._profile))
        report = versions[-1]
        if new is None and (earlier is None or report.id != earlier.id):
            raise ReportError(f"{report.number} versi {report.version} baru saja dibuat proses lain; ulangi")
        had_it = [to for version in versions for to in version.sent_to]
        wished = self.recipients(wanted.kind) if send else ()
        targets = dict.fromkeys((*wished, *(had_it if new else ())))
        to = [one for one in targets if one not in report.sent_to and one not in self._outgoing.own_addresses]
        await self._post(uow, report, made.cover or await self._kept_cover(report), to)
        if send and not wished and wanted.kind in _KEYS:
            await self._tell_unaddressed(uow, wanted, report)
        return Reported((await uow.reports.versions(report.number))[-1], new is not None, made.doubts, tuple(to))

    async def _post(self, uow: UnitOfWork, report: ReportRow, cover: Cover, to: list[str]) -> None:
        letters = [
            NewOutbox(
                dedupe_key=f"report:{report.number}:{report.version}:{address}",
                scheme=Scheme.MAIL,
                to_address=address,
                kind="report",
                subject=cover.subject,
                body=cover.body,
                due_at=self._clock.now(),
                files=report.files,
            )
            for address in to
        ]
        ids = await uow.outbox.put_many(letters)
        if ids:
            await uow.reports.add_recipients(report.id, to)
            nudges: list[dict[str, Any]] = [{DELIVER.argument: id_} for id_ in ids]
            await uow.defer_many(DELIVER.name, DELIVER.queue, nudges, priority=BEHIND)
            detail = {"version": report.version, "letters": len(ids)}
            await uow.audit.add("report_sent", "report", report.number, ROBOT, self._clock.now(), detail)

    async def _kept_cover(self, report: ReportRow) -> Cover:
        return unpack(await self._blobs.get(report.figures_sha256)).cover

    async def _tell_unaddressed(self, uow: UnitOfWork, wanted: Wanted, report: ReportRow) -> None:
        now = self._clock.now()
        body = render(
            "report_unaddressed",
            report=KIND_NAMES[wanted.kind],
            period=report.period,
            number=report.number,
            version=report.version,
            made=clock_time(report.made_at, self._profile),
            key=_KEYS[wanted.kind],
            command=command_of(wanted),
            sender_name=DESK_NAME,
        )
        key = f"report_unaddressed:{report.number}:{report.version}"
        await self._outgoing.alert(uow, key, f"Laporan {report.number} belum mempunyai penerima", body, now)

    def recipients(self, kind: ReportKind) -> tuple[str, ...]:
        """Whom the installation, else the profile, names for reports of ``kind``, copies included (BTG-08)."""
        if kind not in _KEYS:
            return ()
        key = _KEYS[kind]
        named: tuple[str, ...] = getattr(self._settings, key)
        rule = self._profile.recipients["weekly" if kind is ReportKind.WEEKLY else "monthly"]
        return tuple(dict.fromkeys((*(named or rule.addresses), *rule.copies)))

    def _real_now(self) -> datetime:
        return self._clock.to_real(self._clock.now())


def wanted_for(kind: str, code: str, first: date, last: date) -> Wanted:
    """The report that a row of an order or of a version is about."""
    known = ReportKind(kind)
    pattern = next((p for p in Pattern if known is ReportKind.WEEKLY and code == f"{p.value}H"), None)
    return Wanted(known, Span(first, last, pattern), code if known is ReportKind.UNIT_RECAP else None)


def command_of(wanted: Wanted) -> str:
    """What an operator types to make the report: ``weekly --week 2026-W48``."""
    first = wanted.span.first
    if wanted.kind is ReportKind.WEEKLY:
        year, week, _ = first.isocalendar()
        return f"weekly --week {year}-W{week:02}"
    return f"monthly --month {first:%Y-%m}" + (f" --unit {wanted.unit}" if wanted.unit else "")


def _note(made: Made) -> str:
    if made.identity is None:
        return "tidak ada yang perlu dilaporkan"
    version = f"{made.identity.number} versi {made.identity.version}"
    return f"{version}: tanpa perubahan" if made.unchanged else version
