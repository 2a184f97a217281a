"""Units' monthly recaps by mail: the draft, the final one with its changes marked, and what a returned one says
(TLG-10, TLG-D5; BLG-31..33; MLG-09). Drawn by the press; reminders are in ``reminders.recaps``.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import structlog

from bot.press import Press
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.recap_due import RecapPlan, RecapStage, plans_at
from domain.report_times import Span
from domain.resolution import World
from domain.roster import Unit
from domain.wording import month_name
from intake.letters import Outgoing
from intake.world import Worlds
from reminders.recaps import RecapPen, recap_addresses, sweep_reminders
from reports.figures_kept import MEDIA_TYPE
from reports.making import MadeFile
from reports.numbering import ReportKind, report_number
from reports.recap_checking import check_recap
from reports.recap_making import MadeRecap, RecapBatch, RecapWanted, make_recaps
from storage.engine import Database, UnitOfWork
from storage.jobs import DELIVER
from storage.records import LetterFile, NewOutbox
from storage.records_reports import NewReport, ReportRow

log = structlog.get_logger()

BATCH = 24  # units gathered and drawn at a time: the first letters leave while the last are drawn
HELD_SECONDS = 600
BEHIND = -2  # after receipts and reminders
ROBOT = "posko"


@dataclass(frozen=True, slots=True)
class _Wanted:
    unit: Unit
    plan: RecapPlan
    stage: RecapStage
    addresses: tuple[str, ...]

    def key(self, to: str) -> str:
        return f"recap:{self.stage.name.lower()}:{self.plan.first:%Y-%m}:{self.unit.code}:{to}"


class RecapPost:
    """Everything that the clock does about units' recaps; each letter is written once, by whichever process."""

    def __init__(
        self, db: Database, blobs: BlobStore, clock: Clock, profile: Profile, press: Press, outgoing: Outgoing
    ) -> None:
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._profile = profile
        self._press = press
        self._outgoing = outgoing
        self._worlds = Worlds(profile)
        self._held: dict[str, float] = {}  # units whose sums did not add up: tried again after a while

    async def sweep(self) -> int:
        """Issue, remind and compare what is due now; returns how many letters were new."""
        if self._profile.deadlines.monthly_recap is None:
            return 0
        return await self.issue() + await self.remind() + await self.compare()

    async def issue(self) -> int:
        """Drafts, final and revised recaps that a unit should have by now and has not been sent."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            world = await self._worlds.load(uow)
            wanted = [w for w in self._wanted(world, now) if w.addresses and not self._is_held(w)]
            known = await uow.outbox.states([w.key(to) for w in wanted for to in w.addresses])
        fresh = [w for w in wanted if any(w.key(to) not in known for to in w.addresses)]
        written = 0
        for batch in _batches(fresh):
            written += await self._draw_and_post(world, batch, now)
        return written

    def _wanted(self, world: World, now: datetime) -> Iterator[_Wanted]:
        day = now.astimezone(self._profile.tz).date()
        for unit, plan in plans_at(world.roster, world.calendar, world.periods, now):
            stage = plan.stage(now)
            if stage is not None:
                yield _Wanted(unit, plan, stage, recap_addresses(world, unit, day, self._outgoing.own_addresses))

    def _is_held(self, wanted: _Wanted) -> bool:
        since = self._held.get(self._number(wanted))
        return since is not None and self._clock.elapsed_real() - since < HELD_SECONDS

    async def _draw_and_post(self, world: World, batch: Sequence[_Wanted], now: datetime) -> int:
        first, last = batch[0].plan.first, batch[0].plan.last
        async with self._db.begin() as uow:
            numbers = {w.unit.code: self._number(w) for w in batch}
            rows = {code: row for code, n in numbers.items() if (row := await uow.reports.latest(n)) is not None}
        with tempfile.TemporaryDirectory(prefix="posko-rekap-") as place:
            folder = Path(place)
            asked = tuple([await self._asked(w.unit.code, rows.get(w.unit.code), folder) for w in batch])
            task = RecapBatch(self._db.url, self._profile, Span(first, last), asked, now, folder)
            made, held = await self._press.run(make_recaps, task)
            for unit in held:  # one unit's sums that do not add up hold back nobody else's
                log.error("recap_held", unit=unit, reason="sums do not make up the working days")
                self._held[numbers[unit]] = self._clock.elapsed_real()
            files = {one.unit: await self._kept(one) for one in made}
        by_unit = {w.unit.code: w for w in batch}
        async with self._db.begin() as uow:
            letters = [
                letter
                for one in made
                for letter in await self._letters(uow, world, by_unit[one.unit], one, rows, files[one.unit], now)
            ]
            ids = await uow.outbox.put_many(letters)
            await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: i} for i in ids], priority=BEHIND)
            if ids:
                detail = {"letters": len(ids), "month": f"{first:%Y-%m}", "stage": batch[0].stage.value}
                await uow.audit.add("recaps_issued", "outbox", str(ids[0]), ROBOT, now, detail)
        log.info("recaps_issued", stage=batch[0].stage.value, units=len(made), letters=len(ids))
        return len(ids)

    def _number(self, wanted: _Wanted) -> str:
        return report_number(self._profile.number_prefix, ReportKind.UNIT_RECAP, wanted.plan.first, wanted.unit.code)

    async def _asked(self, unit: str, earlier: ReportRow | None, folder: Path) -> RecapWanted:
        if earlier is None:
            return RecapWanted(unit)
        path = folder / f"{earlier.number}_v{earlier.version}.earlier.gz"
        path.write_bytes(await self._blobs.get(earlier.figures_sha256))
        return RecapWanted(unit, earlier, path)

    async def _kept(self, made: MadeRecap) -> tuple[tuple[LetterFile, ...], str]:
        """The files in the archive, and the figures' hash; files are kept before any row names them."""
        figures = "" if made.figures is None else await self._archived(MadeFile("", MEDIA_TYPE, made.figures))
        files = [LetterFile(f.name, f.media_type, await self._archived(f)) for f in made.files]
        return tuple(files), figures

    async def _archived(self, file: MadeFile) -> str:
        data = file.path.read_bytes()
        sha256 = await self._blobs.put(data)
        async with self._db.begin() as uow:
            await uow.files.add(sha256, len(data), file.media_type)
        return sha256

    async def _letters(
        self,
        uow: UnitOfWork,
        world: World,
        wanted: _Wanted,
        made: MadeRecap,
        rows: dict[str, ReportRow],
        kept: tuple[tuple[LetterFile, ...], str],
        now: datetime,
    ) -> list[NewOutbox]:
        """Record the version (unless nothing changed) and write its letters; none when another process was quicker."""
        files, figures = kept
        earlier = rows.get(made.unit)
        if made.unchanged and earlier is not None:
            files, version = earlier.files, earlier.id
        else:
            found = await uow.reports.add(_version(wanted, made, files, figures, now))
            if found is None:
                return []
            version = found
        await uow.reports.add_recipients(version, wanted.addresses)
        pen = RecapPen(world, wanted.unit, wanted.plan, now)
        body = pen.issued(wanted.stage, made.identity, made, signed=self._profile.forms["monthly"].head_signature)
        subject = f"Rekap bulanan {month_name(wanted.plan.first)} ({wanted.stage.value}): {wanted.unit.name}"
        return [
            pen.letter(wanted.key(to), to, "recap", subject, body, wanted.plan.ends, files) for to in wanted.addresses
        ]

    async def remind(self) -> int:
        """Reminders to the units that have not returned theirs, and the receivers' list."""
        async with self._db.begin() as uow:
            world = await self._worlds.load(uow)
            return await sweep_reminders(
                uow, world, self._clock.now(), self._outgoing.receivers, self._outgoing.own_addresses
            )

    async def compare(self) -> int:
        """Returned recaps that nobody has compared yet: kept, and told to their units."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            waiting = await uow.recap_checks.unchecked()
            if not waiting:
                return 0
            world = await self._worlds.load(uow)
        written = 0
        for back in waiting:
            async with self._db.begin() as uow:
                check = await check_recap(uow, world, back, now)
                unit = world.roster.units.get(back.unit)
                if await uow.recap_checks.add(check) is None or unit is None:
                    continue
                detail = {"compared": check.compared, "differences": len(check.differences)}
                await uow.audit.add("recap_compared", "submission", str(back.submission_id), ROBOT, now, detail)
                pen = RecapPen(world, unit, None, now)
                day = now.astimezone(self._profile.tz).date()
                letters = [
                    pen.checked(f"recap_checked:{back.submission_id}:{back.sha256}:{to}", to, back.number, check)
                    for to in recap_addresses(world, unit, day, self._outgoing.own_addresses)
                ]
                ids = await uow.outbox.put_many(letters)
                await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: i} for i in ids])
                written += len(ids)
        return written


def _batches(wanted: Sequence[_Wanted]) -> Iterator[Sequence[_Wanted]]:
    """Of one month and stage each."""
    ordered = sorted(wanted, key=lambda w: (w.plan.first, w.stage))
    for _, group in groupby(ordered, key=lambda w: (w.plan.first, w.stage)):
        some = list(group)
        for start in range(0, len(some), BATCH):
            yield some[start : start + BATCH]


def _version(wanted: _Wanted, made: MadeRecap, files: tuple[LetterFile, ...], figures: str, now: datetime) -> NewReport:
    identity = made.identity
    return NewReport(
        kind=identity.kind.value,
        number=identity.number,
        version=identity.version,
        code=made.unit,
        first=wanted.plan.first,
        last=wanted.plan.last,
        scope=identity.scope,
        period=identity.period,
        as_of=identity.as_of,
        sha256=identity.sha256,
        totals=tuple(identity.totals.items()),
        figures_sha256=figures,
        changes=made.changes,
        audit_head=made.audit_head,
        files=files,
        made_at=now,
        made_by=ROBOT,
    )
